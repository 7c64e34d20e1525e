package paper

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// Ranks are the mean ranks of methods over blocks, which are graphs, or the seeds
// of the only graph: the highest accuracy has rank 1, equals share.
type Ranks struct {
	Names  []string  // best first
	Mean   []float64 // rank of each
	Blocks int
	Graphs bool // blocks are graphs
	// Critical is how far two mean ranks must be apart to differ at .05, by
	// Nemenyi's test (Demšar, JMLR 7, 2006).
	Critical  float64
	Statistic float64 // Friedman's χ², corrected for ties
	P         float64 // of it: that all methods are alike
}

// Ranks ranks the methods that all graphs have with all seeds known; nil if there
// are fewer than two of them or of blocks.
func (p *Paper) Ranks() *Ranks {
	var names []string
	for _, name := range p.Names {
		if !slices.ContainsFunc(p.Graphs, func(g Graph) bool {
			m := g.Method(name)
			return m == nil || len(m.Tests) == 0 || slices.ContainsFunc(m.Tests, math.IsNaN)
		}) {
			names = append(names, name)
		}
	}
	var blocks [][]float64
	if len(p.Graphs) > 1 {
		for _, g := range p.Graphs {
			blocks = append(blocks, nil)
			for _, name := range names {
				mean, _ := g.Method(name).Mean()
				blocks[len(blocks)-1] = append(blocks[len(blocks)-1], float64(mean))
			}
		}
	} else if len(p.Graphs) == 1 {
		for seed := range p.Graphs[0].Seeds {
			blocks = append(blocks, nil)
			for _, name := range names {
				blocks[len(blocks)-1] = append(blocks[len(blocks)-1], p.Graphs[0].Method(name).Tests[seed])
			}
		}
	}
	if len(names) < 2 || len(blocks) < 2 {
		return nil
	}
	mean, statistic, prob := friedman(blocks)
	r := &Ranks{Blocks: len(blocks), Graphs: len(p.Graphs) > 1, Critical: criticalDifference(len(names), len(blocks)), Statistic: statistic, P: prob}
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case mean[a] < mean[b]:
			return -1
		case mean[a] > mean[b]:
			return 1
		}
		return 0
	})
	for _, i := range order {
		r.Names, r.Mean = append(r.Names, names[i]), append(r.Mean, mean[i])
	}
	return r
}

// friedman returns the mean ranks of [block][method], Friedman's statistic and its
// p-value by χ² with one degree of freedom less than there are methods; NaN where
// all are equal in every block.
func friedman(blocks [][]float64) (mean []float64, statistic, p float64) {
	n, k := float64(len(blocks)), len(blocks[0])
	mean = make([]float64, k)
	ties := 0.0
	for _, b := range blocks {
		for i, x := range b {
			better, equal := 0, 0
			for _, y := range b {
				if y > x {
					better++
				}
				if y == x {
					equal++
				}
			}
			mean[i] += (float64(better) + float64(equal+1)/2) / n
			ties += float64(equal*equal - 1) // in all Σ t³ - t over groups of t equals
		}
	}
	squares, m := 0.0, float64(k)
	for _, r := range mean {
		squares += r * r * n * n
	}
	statistic = (12*squares/(n*m*(m+1)) - 3*n*(m+1)) / (1 - ties/(n*m*(m*m-1)))
	if math.IsNaN(statistic) || math.IsInf(statistic, 0) {
		return mean, math.NaN(), math.NaN()
	}
	return mean, statistic, distuv.ChiSquared{K: m - 1}.Survival(statistic)
}

// criticalDifference is Nemenyi's for k methods on n blocks at .05.
func criticalDifference(k, n int) float64 {
	return studentizedRange(0.95, k) / math.Sqrt2 * math.Sqrt(float64(k*(k+1))/float64(6*n))
}

// studentizedRange returns the quantile of the range of k standard normal numbers,
// which is Tukey's studentized range of infinitely many degrees of freedom.
func studentizedRange(quantile float64, k int) float64 {
	low, high := 0.0, 20.0
	for range 60 {
		if middle := (low + high) / 2; rangeBelow(middle, k) < quantile {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// rangeBelow returns the probability that the range of k standard normal numbers is
// below q: k·∫ φ(z)·(Φ(z) - Φ(z-q))^(k-1) dz, with z the greatest of them.
func rangeBelow(q float64, k int) float64 {
	n := distuv.UnitNormal
	return float64(k) * quad.Fixed(func(z float64) float64 {
		return n.Prob(z) * math.Pow(n.CDF(z)-n.CDF(z-q), float64(k-1))
	}, -9, 9, 200, nil, 0)
}

// cliques returns the groups of methods of which no two differ, first and last
// place of each, without those inside of another and of one alone.
func (r *Ranks) cliques() (groups [][2]int) {
	for i := range r.Mean {
		last := i
		for j := i; j < len(r.Mean) && r.Mean[j]-r.Mean[i] <= r.Critical; j++ {
			last = j
		}
		if last > i && (len(groups) == 0 || last > groups[len(groups)-1][1]) {
			groups = append(groups, [2]int{i, last})
		}
	}
	return groups
}
