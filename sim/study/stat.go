package study

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Number is a float64 that JSON shows as null where there is none: the
// standard deviation of one seed, say.
type Number float64

// MarshalJSON implements json.Marshaler.
func (x Number) MarshalJSON() ([]byte, error) {
	if !x.Known() {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(x), 'f', -1, 64), nil
}

// UnmarshalJSON implements json.Unmarshaler: null is no number.
func (x *Number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*x = unknown
		return nil
	}
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return fmt.Errorf("study: number is %s, want a number or null", text)
	}
	*x = Number(v)
	return nil
}

// Known reports whether x is a finite number.
func (x Number) Known() bool { return !math.IsNaN(float64(x)) && !math.IsInf(float64(x), 0) }

// unknown is the Number that there is none of.
var unknown = Number(math.NaN())

// MeanSD returns the mean of x and its standard deviation, with the divisor
// n-1; of one number there is none. With an unknown one among them both are
// unknown.
func MeanSD(x []float64) (mean, sd Number) {
	if len(x) == 0 {
		return unknown, unknown
	}
	if len(x) == 1 {
		return Number(x[0]), unknown
	}
	m, s := stat.MeanStdDev(x, nil)
	return Number(m), Number(s)
}

// A Paired is the comparison of two methods on the same seeds.
type Paired struct {
	Against   string `json:"against"`   // the other method
	Diff      Number `json:"diff"`      // mean over the seeds of this one's accuracy minus the other's
	Low       Number `json:"diff_low"`  // 95 % confidence interval of Diff, by Student's t
	High      Number `json:"diff_high"` //
	P         Number `json:"p"`         // of the paired t-test, two-sided
	PWilcoxon Number `json:"p_wilcoxon"`
}

// NoSpread is below which standard deviation differences of accuracies count
// as equal: that of a single node is far more on any graph.
const NoSpread = 1e-6

// Compare compares x with y, pair by pair. Two pairs are the least that has
// an interval. Pairs that all differ by the same have none either, as there is
// no spread to judge the difference by: accuracies are multiples of one node,
// so with few seeds that is no rarity, and p would be 0 for nothing. If they
// are all equal, p is 1. With a number that is unknown among them nothing is
// known.
func Compare(against string, x, y []float64) Paired {
	if len(x) != len(y) {
		panic(fmt.Sprintf("study: Compare: %d numbers with %d, want pairs", len(x), len(y)))
	}
	d := make([]float64, len(x))
	for i := range d {
		d[i] = x[i] - y[i]
	}
	p := Paired{Against: against, Diff: unknown, Low: unknown, High: unknown, P: unknown, PWilcoxon: Number(Wilcoxon(d))}
	if slices.ContainsFunc(d, math.IsNaN) {
		return p
	}
	mean, sd := MeanSD(d)
	p.Diff = mean
	switch n := float64(len(d)); {
	case n < 2:
	case sd >= NoSpread:
		t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}
		se := float64(sd) / math.Sqrt(n)
		half := Number(T975(n-1) * se)
		p.Low, p.High = mean-half, mean+half
		p.P = Number(2 * t.Survival(math.Abs(float64(mean))/se))
	case math.Abs(float64(mean)) < NoSpread:
		p.P = 1
	}
	return p
}

// T975 returns the quantile .975 of Student's t.
func T975(freedom float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile(0.975)
}

// exactPairs is up to how many differences Wilcoxon counts all signs.
const exactPairs = 25

// Wilcoxon returns the two-sided p-value of the signed-rank test that the
// differences d are symmetric about zero. Differences of zero are left out and
// equal sizes share their mean rank, as in Wilcoxon (1945). For up to 25
// differences the value is exact given those ranks, all 2ⁿ signs being
// equally likely:
//
//	p = min(1, 2·min(P(W ≤ w), P(W ≥ w)))      W = sum of the ranks of the positive ones
//
// for more it is the normal approximation with correction for ties and
// continuity. Note that with n pairs p is never below 2/2ⁿ: .25 for three
// seeds, .0625 for five. Of fewer than two, or of differences that are not
// known, there is none: NaN.
func Wilcoxon(d []float64) float64 {
	if len(d) < 2 || slices.ContainsFunc(d, math.IsNaN) {
		return math.NaN()
	}
	ranks, w := signedRanks(d)
	n := len(ranks)
	if n == 0 {
		return 1
	}
	if n > exactPairs {
		return wilcoxonNormal(ranks, w)
	}
	// ways[s] is in how many ways doubled ranks, which are whole, add up to s.
	total := n * (n + 1)
	ways := make([]float64, total+1)
	ways[0] = 1
	for _, r := range ranks {
		for s := total; s >= r; s-- {
			ways[s] += ways[s-r]
		}
	}
	var below, above float64
	for s, k := range ways {
		if s <= w {
			below += k
		}
		if s >= w {
			above += k
		}
	}
	return min(1, 2*min(below, above)/math.Exp2(float64(n)))
}

// signedRanks returns twice the rank of each difference's size, and the sum
// of those of the positive ones.
func signedRanks(d []float64) (ranks []int, positive int) {
	var nonzero []float64
	for _, x := range d {
		if x != 0 {
			nonzero = append(nonzero, x)
		}
	}
	slices.SortFunc(nonzero, func(a, b float64) int {
		switch a, b := math.Abs(a), math.Abs(b); {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return 0
	})
	for i := 0; i < len(nonzero); {
		j := i
		for j < len(nonzero) && math.Abs(nonzero[j]) == math.Abs(nonzero[i]) {
			j++
		}
		for _, x := range nonzero[i:j] {
			ranks = append(ranks, i+1+j) // twice the mean of i+1..j
			if x > 0 {
				positive += i + 1 + j
			}
		}
		i = j
	}
	return ranks, positive
}

func wilcoxonNormal(ranks []int, positive int) float64 {
	var mean, variance float64 // of the sum of the ranks whose sign is drawn
	for _, r := range ranks {
		rank := float64(r) / 2
		mean += rank / 2
		variance += rank * rank / 4 // which takes ties into account
	}
	z := max(0, math.Abs(float64(positive)/2-mean)-0.5) / math.Sqrt(variance)
	return min(1, 2*distuv.UnitNormal.Survival(z))
}
