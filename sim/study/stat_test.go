package study

import (
	"encoding/json"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// near reports whether got is want within a relative 1e-5.
func near(got Number, want float64) bool {
	return math.Abs(float64(got)-want) <= 1e-5*max(math.Abs(want), 1e-6)
}

func TestMeanSD(t *testing.T) {
	for _, c := range []struct {
		x        []float64
		mean, sd float64
	}{
		{[]float64{1, 2, 3, 4}, 2.5, 1.2909944}, // sqrt(5/3)
		{[]float64{2, 4}, 3, 1.4142136},
		{[]float64{0.8, 0.8, 0.8}, 0.8, 0},
	} {
		if mean, sd := MeanSD(c.x); !near(mean, c.mean) || math.Abs(float64(sd)-c.sd) > 1e-6 {
			t.Errorf("mean and deviation of %v are %v and %v, want %v and %v", c.x, mean, sd, c.mean, c.sd)
		}
	}
	if mean, sd := MeanSD([]float64{7}); mean != 7 || sd.Known() {
		t.Errorf("mean and deviation of one number are %v and %v, want it and none", mean, sd)
	}
	if mean, sd := MeanSD(nil); mean.Known() || sd.Known() {
		t.Errorf("mean and deviation of nothing are %v and %v, want none", mean, sd)
	}
}

// TestCompare holds the paired t-test against values computed by hand. With
// one and two degrees of freedom Student's distribution has a closed form:
//
//	p = 1 - 2/π·atan(t)      p = 1 - t/sqrt(t²+2)
func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name               string
		x, y               []float64
		diff, low, high, p float64
		wilcoxon           float64
	}{
		// Differences .1, .2, .1: mean 2/15, deviation .0577350, error 1/30, t = 4; the quantile is 4.3026527.
		{"pairs=3", []float64{.5, .6, .7}, []float64{.4, .4, .6}, 2. / 15, 2./15 - 4.3026527/30, 2./15 + 4.3026527/30, 1 - 4/math.Sqrt(18), 0.25},
		// Differences .1, .3: mean .2, error .1, t = 2; the quantile is 12.7062047.
		{"pairs=2", []float64{.5, .9}, []float64{.4, .6}, .2, .2 - 1.27062047, .2 + 1.27062047, 1 - 2/math.Pi*math.Atan(2), 0.5},
		// Differences -.1, .1, -.1, .1, 0: mean 0.
		{"mean=0", []float64{.4, .6, .4, .6, .5}, []float64{.5, .5, .5, .5, .5}, 0, -.1241664, .1241664, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Compare("other", c.x, c.y)
			for _, v := range []struct {
				name string
				got  Number
				want float64
			}{{"difference", got.Diff, c.diff}, {"low", got.Low, c.low}, {"high", got.High, c.high}, {"p", got.P, c.p}, {"Wilcoxon's p", got.PWilcoxon, c.wilcoxon}} {
				if math.Abs(float64(v.got)-v.want) > 1e-6 {
					t.Errorf("%s is %v, want %v", v.name, v.got, v.want)
				}
			}
			back := Compare("", c.y, c.x)
			if math.Abs(float64(back.Diff+got.Diff)) > 1e-12 || math.Abs(float64(back.P-got.P)) > 1e-12 || math.Abs(float64(back.Low+got.High)) > 1e-12 {
				t.Errorf("the other way round it is %+v, want the mirror image of %+v", back, got)
			}
		})
	}
	// No spread, no interval: exactly, and but for the rounding to float32.
	for _, y := range [][]float64{{1, 2, 3}, {float64(float32(.9)), float64(float32(1.9)), float64(float32(2.9))}} {
		x := []float64{y[0] + .5, y[1] + .5, y[2] + .5 + 1e-8}
		if c := Compare("", x, y); math.Abs(float64(c.Diff)-.5) > 1e-6 || c.Low.Known() || c.High.Known() || c.P.Known() || c.PWilcoxon != .25 {
			t.Errorf("a constant difference gives %+v, want it and Wilcoxon's p alone", c)
		}
		if c := Compare("", y, y); c.Diff != 0 || c.Low.Known() || c.P != 1 || c.PWilcoxon != 1 {
			t.Errorf("equal pairs give %+v, want no difference and p 1", c)
		}
	}
	if one := Compare("", []float64{1}, []float64{0}); one.Diff != 1 || one.P.Known() || one.Low.Known() || one.PWilcoxon.Known() {
		t.Errorf("one pair gives %+v, want a difference alone", one)
	}
}

func TestWilcoxon(t *testing.T) {
	for _, c := range []struct {
		name string
		d    []float64
		want float64
	}{
		{"all positive", []float64{1, 2, 3}, 2. / 8},
		{"all negative", []float64{-1, -2, -3, -4, -5}, 2. / 32},
		// 19 of the 128 subsets of 1..7 have a sum up to 7.
		{"one against", []float64{1, 2, 3, 4, 5, 6, -7}, 2 * 19. / 128},
		// Ranks 2, 2, 2: the sum of the positive ones is at least 4 in 4 of 8 cases.
		{"tied", []float64{1, 1, -1}, 1},
		// Ranks 1.5, 1.5, 3.5, 3.5: that of the negative ones is up to 1.5 in 3 of 16.
		{"tied pairs", []float64{2, 2, 1, -1}, 2 * 3. / 16},
		{"zeros left out", []float64{0, 3, 0, 1, 2}, 2. / 8},
		{"only zeros", []float64{0, 0}, 1},
		// Hollander and Wolfe (1973), table 3.1: V = 40, one-sided p = .01953.
		{"depression", []float64{1.83 - .878, .50 - .647, 1.62 - .598, 2.48 - 2.05, 1.68 - 1.06, 1.88 - 1.29, 1.55 - 1.06, 3.06 - 3.14, 1.30 - 1.29}, 2 * 10. / 512},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Wilcoxon(c.d); math.Abs(got-c.want) > 1e-12 {
				t.Errorf("p is %v, want %v", got, c.want)
			}
			for i := range c.d {
				c.d[i] *= -1
			}
			if got := Wilcoxon(c.d); math.Abs(got-c.want) > 1e-12 {
				t.Errorf("with the signs turned p is %v, want %v", got, c.want)
			}
		})
	}
	if p := Wilcoxon(nil); !math.IsNaN(p) {
		t.Errorf("p of nothing is %v, want none", p)
	}
}

// TestWilcoxonAgainstAllSigns compares with the definition: the statistic under
// each of the 2ⁿ signs, ranks counted afresh.
func TestWilcoxonAgainstAllSigns(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 0))
		d := make([]float64, 1+rng.IntN(11))
		for i := range d {
			d[i] = float64(rng.IntN(9)-3) / 4 // ties and zeros are likely
		}
		var sizes []float64
		var signs uint
		for _, x := range d {
			if x != 0 {
				if x > 0 {
					signs |= 1 << len(sizes)
				}
				sizes = append(sizes, math.Abs(x))
			}
		}
		statistic := func(signs uint) (w float64) {
			for i, x := range sizes {
				if signs>>i&1 == 0 {
					continue
				}
				rank := 0.5
				for _, y := range sizes {
					switch {
					case y < x:
						rank++
					case y == x:
						rank += 0.5
					}
				}
				w += rank
			}
			return w
		}
		got, below, above := statistic(signs), 0, 0
		for s := range uint(1) << len(sizes) {
			if w := statistic(s); w <= got {
				below++
			}
			if w := statistic(s); w >= got {
				above++
			}
		}
		want := min(1, 2*float64(min(below, above))/float64(uint(1)<<len(sizes)))
		if p := Wilcoxon(d); math.Abs(p-want) > 1e-12 {
			t.Errorf("p of %v (%d positive) is %v, want %v", d, bits.OnesCount(signs), p, want)
		}
	}
}

// TestIntervalCovers draws seeds of a known difference: the 95 % interval must
// hold it in about 95 of 100 cases, and p be below .05 without a difference
// in about 5.
func TestIntervalCovers(t *testing.T) {
	const trials = 4000
	rng := rand.New(rand.NewPCG(1, 2))
	for _, pairs := range []int{3, 10} {
		covered, significant := 0, 0
		for range trials {
			x, y := make([]float64, pairs), make([]float64, pairs)
			for i := range x {
				y[i] = rng.NormFloat64() // what a seed has in common falls out
				x[i] = y[i] + 0.25 + 0.1*rng.NormFloat64()
			}
			c := Compare("", x, y)
			if c.Low <= 0.25 && 0.25 <= c.High {
				covered++
			}
			for i := range x {
				x[i] -= 0.25
			}
			if Compare("", x, y).P < 0.05 {
				significant++
			}
		}
		if share := float64(covered) / trials; share < 0.935 || share > 0.965 {
			t.Errorf("with %d pairs %v of the intervals hold the difference, want .95", pairs, share)
		}
		if share := float64(significant) / trials; share < 0.035 || share > 0.065 {
			t.Errorf("with %d pairs %v of the p-values are below .05, want .05", pairs, share)
		}
	}
}

// TestWilcoxonApproximation compares the normal approximation with the exact
// value where the one takes over from the other, and with a value by hand.
func TestWilcoxonApproximation(t *testing.T) {
	var d []float64
	for i := range exactPairs {
		x := float64(i + 1)
		if i%3 == 0 {
			x = -x
		}
		d = append(d, x)
	}
	exact := Wilcoxon(d)
	ranks, w := signedRanks(d)
	if got := wilcoxonNormal(ranks, w); math.Abs(got-exact) > 0.03*exact {
		t.Errorf("the approximation is %v, want near the exact %v", got, exact)
	}
	// 26 positive ones: mean 175.5, variance 26·27·53/24 = 1550.25, z = 175/39.3732.
	d = nil
	for i := range exactPairs + 1 {
		d = append(d, float64(i+1))
	}
	if got, want := Wilcoxon(d), math.Erfc(175/math.Sqrt(1550.25)/math.Sqrt2); math.Abs(got-want) > 1e-6*want {
		t.Errorf("p of 26 positive differences is %v, want %v", got, want)
	}
}

func TestNumberInJSON(t *testing.T) {
	for _, c := range []struct {
		x    Number
		want string
	}{{0.5, "0.5"}, {unknown, "null"}, {Number(math.Inf(1)), "null"}, {1e-9, "0.000000001"}, {-3, "-3"}} {
		if got, err := json.Marshal(c.x); err != nil || string(got) != c.want {
			t.Errorf("%v is %s (%v) in JSON, want %s", float64(c.x), got, err, c.want)
		}
	}
}
