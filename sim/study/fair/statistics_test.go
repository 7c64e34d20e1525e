package fair

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"abkd/sim/study"
)

// oracle is what testdata/statistics.py computed by numpy and scipy.
type oracle struct {
	Holm  struct{ P, Adjusted []float64 }
	Mixed []struct {
		Groups             [][]float64
		Mean, Low, High, P float64
		GraphSD            float64 `json:"graph_sd"`
		SeedSD             float64 `json:"seed_sd"`
	}
	Best, Over struct {
		Tests       [][][]float64
		Probability []float64
	}
}

func readOracle(t *testing.T) (o oracle) {
	t.Helper()
	text, err := os.ReadFile("testdata/statistics.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	if len(o.Holm.P) == 0 || len(o.Mixed) == 0 || len(o.Best.Tests) == 0 || len(o.Over.Tests) == 0 {
		t.Fatal("testdata/statistics.json lacks a part")
	}
	return o
}

func near(got study.Number, want, tolerance float64) bool {
	return math.Abs(float64(got)-want) <= tolerance
}

func TestHolm(t *testing.T) {
	o := readOracle(t)
	var p []study.Number
	for _, x := range o.Holm.P {
		p = append(p, study.Number(x))
	}
	for i, got := range Holm(p) {
		if !near(got, o.Holm.Adjusted[i], 1e-12) {
			t.Errorf("p %v is adjusted to %v, want %v", p[i], got, o.Holm.Adjusted[i])
		}
	}
	// One that is unknown counts, and stays unknown.
	got := Holm([]study.Number{0.02, study.Number(math.NaN()), 0.01})
	if !near(got[2], 0.03, 1e-15) || !near(got[0], 0.04, 1e-15) || got[1].Known() {
		t.Errorf("with an unknown one they are %v", got)
	}
}

// TestMixedMean compares the fit with scipy's over both variances on the dense
// covariance: balanced, unbalanced, and with no spread between the graphs.
func TestMixedMean(t *testing.T) {
	for i, c := range readOracle(t).Mixed {
		m := MixedMean(c.Groups)
		for _, v := range []struct {
			name string
			got  study.Number
			want float64
		}{{"mean", m.Mean, c.Mean}, {"low", m.Low, c.Low}, {"high", m.High, c.High}, {"p", m.P, c.P}, {"graphs' deviation", m.GraphSD, c.GraphSD}, {"seeds' deviation", m.SeedSD, c.SeedSD}} {
			if !near(v.got, v.want, 2e-5) {
				t.Errorf("case %d: %s is %v, want %v", i, v.name, v.got, v.want)
			}
		}
	}
}

func TestMixedMeanUnknown(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		d    [][]float64
		mean float64
	}{
		"none":       {nil, nan},
		"one graph":  {[][]float64{{0.1, 0.3}}, 0.2},
		"unknown":    {[][]float64{{0.1, nan}, {0.2, 0.1}}, nan},
		"all equal":  {[][]float64{{0, 0}, {0, 0}}, 0},
		"one seed":   {[][]float64{{0.1}, {0.3}}, 0.2},
		"same seeds": {[][]float64{{0.1, 0.1}, {0.3, 0.3}}, 0.2},
	} {
		m := MixedMean(c.d)
		if m.P.Known() || m.Low.Known() || m.Mean.Known() == math.IsNaN(c.mean) || m.Mean.Known() && !near(m.Mean, c.mean, 1e-12) {
			t.Errorf("%s: it is %+v, want the mean %v alone", name, m, c.mean)
		}
	}
}

// TestBest compares the bootstrap with the exact distribution over all resamples.
func TestBest(t *testing.T) {
	o := readOracle(t)
	for _, c := range []struct {
		name  string
		tests [][][]float64
		want  []float64
	}{{"one graph", o.Best.Tests, o.Best.Probability}, {"two graphs", o.Over.Tests, o.Over.Probability}} {
		sum := 0.0
		for m, got := range Best(c.tests) {
			sum += float64(got)
			if !near(got, c.want[m], 0.015) { // three standard errors of 10,000 draws
				t.Errorf("%s: method %d is best with probability %v, want %v", c.name, m, got, c.want[m])
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("%s: the probabilities add up to %v", c.name, sum)
		}
	}
	if p := Best([][][]float64{{{0.5, math.NaN()}}, {{0.5, 0.5}}}); p[0].Known() || p[1].Known() {
		t.Errorf("of an unknown accuracy they are %v", p)
	}
}
