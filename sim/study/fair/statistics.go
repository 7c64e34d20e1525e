package fair

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"abkd/sim/study"
)

// Holm returns the p-values of one family adjusted by the step-down method of
// Holm (1979): the k-th smallest of m times m-k+1, never below the one before,
// and never above 1. One that is unknown stays so and counts as a test.
func Holm(p []study.Number) []study.Number {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(known(p[a]), known(p[b])) })
	out, least := make([]study.Number, len(p)), study.Number(0)
	for k, i := range order {
		if !p[i].Known() {
			out[i] = p[i]
			continue
		}
		least = max(least, min(1, p[i]*study.Number(len(p)-k)))
		out[i] = least
	}
	return out
}

// known puts what is unknown behind all that is known.
func known(p study.Number) float64 {
	if !p.Known() {
		return math.Inf(1)
	}
	return float64(p)
}

// A Mixed is the mean of a mixed model, see MixedMean.
type Mixed struct {
	Mean    study.Number `json:"mean"`
	Low     study.Number `json:"low"` // 95 % confidence interval
	High    study.Number `json:"high"`
	P       study.Number `json:"p"`        // two-sided, of no difference
	GraphSD study.Number `json:"graph_sd"` // between graphs
	SeedSD  study.Number `json:"seed_sd"`  // within a graph
}

// MixedMean fits differences, those of each graph a slice, by
//
//	d_gs = μ + b_g + ε_gs     b_g ~ N(0, τ²)   ε_gs ~ N(0, σ²)
//
// with the graph as a random effect, by restricted maximum likelihood (REML),
// which is found over the ratio τ²/σ². The interval of μ is by Student's t with
// one degree of freedom less than there are graphs: with as many seeds of each
// that is exact where τ is not at its bound 0, and else wider than it needs to be.
// Of fewer than two graphs, or of differences that are unknown or without any
// spread, nothing is known but the mean.
func MixedMean(d [][]float64) Mixed {
	none := study.Number(math.NaN())
	m := Mixed{Mean: none, Low: none, High: none, P: none, GraphSD: none, SeedSD: none}
	all := slices.Concat(d...)
	if len(all) == 0 || slices.ContainsFunc(all, math.IsNaN) {
		return m
	}
	mean, sd := study.MeanSD(all)
	m.Mean = mean
	if len(d) < 2 || len(all) <= len(d) || sd < study.NoSpread || slices.ContainsFunc(d, func(g []float64) bool { return len(g) == 0 }) {
		return m
	}
	r := newREML(d)
	if r.within < study.NoSpread*study.NoSpread {
		return m // no seed differs from another
	}
	ratio := r.best()
	mu, variance, sigma2 := r.mean(ratio)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(len(d) - 1)}
	se := math.Sqrt(variance)
	half := study.T975(t.Nu) * se
	m.Mean, m.Low, m.High = study.Number(mu), study.Number(mu-half), study.Number(mu+half)
	m.P = study.Number(2 * t.Survival(math.Abs(mu)/se))
	m.GraphSD, m.SeedSD = study.Number(math.Sqrt(ratio*sigma2)), study.Number(math.Sqrt(sigma2))
	return m
}

// A reml has what the restricted likelihood reads of the data.
type reml struct {
	n, means []float64 // of each graph
	total    float64   // differences
	within   float64   // sum of squares about the graphs' means
}

func newREML(d [][]float64) (r reml) {
	for _, g := range d {
		mean := stat.Mean(g, nil)
		r.n, r.means = append(r.n, float64(len(g))), append(r.means, mean)
		r.total += float64(len(g))
		for _, x := range g {
			r.within += (x - mean) * (x - mean)
		}
	}
	return r
}

// mean returns the estimate of μ at a ratio τ²/σ², its variance, and σ².
func (r *reml) mean(ratio float64) (mu, variance, sigma2 float64) {
	weights := r.weights(ratio)
	mu = stat.Mean(r.means, weights)
	sum, squares := 0.0, r.within
	for g, w := range weights {
		sum += w
		squares += w * (r.means[g] - mu) * (r.means[g] - mu)
	}
	sigma2 = squares / (r.total - 1)
	return mu, sigma2 / sum, sigma2
}

// weights are n/(1+n·ratio): what the mean of each graph tells of μ.
func (r *reml) weights(ratio float64) []float64 {
	w := make([]float64, len(r.n))
	for g, n := range r.n {
		w[g] = n / (1 + n*ratio)
	}
	return w
}

// deviance returns -2 times the restricted log-likelihood at a ratio, without
// what does not depend on it.
func (r *reml) deviance(ratio float64) float64 {
	_, _, sigma2 := r.mean(ratio)
	x, sum := (r.total-1)*math.Log(sigma2), 0.0
	for g, w := range r.weights(ratio) {
		x += math.Log(1 + r.n[g]*ratio)
		sum += w
	}
	return x + math.Log(sum)
}

// best returns the ratio of the least deviance, 0 if none above 0 is better.
func (r *reml) best() float64 {
	at := func(x []float64) float64 { return r.deviance(math.Exp(x[0])) }
	best, least := 0.0, r.deviance(0)
	for _, start := range []float64{-6, -2, 2} { // logarithms: more than one minimum is rare, and possible
		found, err := optimize.Minimize(optimize.Problem{Func: at}, []float64{start}, nil, &optimize.NelderMead{})
		if err == nil && found.F < least {
			best, least = math.Exp(found.X[0]), found.F
		}
	}
	return best
}

// bootstraps is how often Best draws: the error of a probability is below .005.
const bootstraps = 10000

// Best returns for each method the probability that its mean is the highest, by
// the bootstrap: graphs are drawn anew, and in each its seeds, the same for all
// methods, whose runs are pairs. The mean is that over graphs. Equals share. With
// one graph only its seeds are drawn. The tests are those of [method][graph][seed];
// with any unknown nothing is known.
func Best(tests [][][]float64) []study.Number {
	out := make([]study.Number, len(tests))
	for _, graphs := range tests {
		if slices.ContainsFunc(graphs, func(seeds []float64) bool { return len(seeds) == 0 || slices.ContainsFunc(seeds, math.IsNaN) }) {
			return slices.Repeat([]study.Number{study.Number(math.NaN())}, len(tests))
		}
	}
	rng := rand.New(rand.NewPCG(1, 0))
	means := make([]float64, len(tests))
	for range bootstraps {
		clear(means)
		graphs := len(tests[0])
		for g := range graphs {
			if graphs > 1 {
				g = rng.IntN(graphs)
			}
			addResampled(means, tests, g, rng)
		}
		share(out, means)
	}
	return out
}

// addResampled adds to means those of the methods on seeds of graph g drawn anew.
func addResampled(means []float64, tests [][][]float64, g int, rng *rand.Rand) {
	n := len(tests[0][g])
	for range n {
		s := rng.IntN(n)
		for m := range tests {
			means[m] += tests[m][g][s] / float64(n)
		}
	}
}

// share gives one draw to the highest mean, in parts to equals.
func share(out []study.Number, means []float64) {
	highest := slices.Max(means)
	var equal []int
	for m, x := range means {
		if highest-x < study.NoSpread {
			equal = append(equal, m)
		}
	}
	for _, m := range equal {
		out[m] += study.Number(1 / float64(bootstraps*len(equal)))
	}
}
