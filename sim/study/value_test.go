package study

import (
	"encoding/json"
	"math"
	"testing"
)

// TestValue writes and reads what is known and what is not.
func TestValue(t *testing.T) {
	type point struct{ A, B, C Value }
	text, err := json.Marshal(point{0.3, Value(math.NaN()), 0})
	if want := `{"A":0.3,"B":null,"C":0}`; err != nil || string(text) != want {
		t.Fatalf("JSON is %s (%v), want %s", text, err, want)
	}
	back := point{B: 7}
	if err := json.Unmarshal(text, &back); err != nil || back.A != 0.3 || back.B == back.B || back.C != 0 {
		t.Errorf("read back as %v (%v)", back, err)
	}
}

func TestRatio(t *testing.T) {
	if Ratio(6, 3) != 2 || Ratio(6, 0).Known() || Ratio(0, 3).Known() {
		t.Errorf("ratios are %v, %v and %v, want 2 and none", Ratio(6, 3), Ratio(6, 0), Ratio(0, 3))
	}
}

// TestCompareUnknown has a number that nobody knows among the pairs, and too
// few pairs.
func TestCompareUnknown(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		x, y []float64
		diff bool
	}{
		"none": {nil, nil, false}, "one": {[]float64{.5}, []float64{.25}, true}, "unknown": {[]float64{nan, nan}, []float64{nan, nan}, false},
		"one unknown": {[]float64{.5, .75, nan}, []float64{.25, .5, .5}, false},
	} {
		p := Compare("kd", c.x, c.y)
		if p.Diff.Known() != c.diff || p.Low.Known() || p.High.Known() || p.P.Known() || p.PWilcoxon.Known() {
			t.Errorf("%s: %+v, want nothing known but a difference: %t", name, p, c.diff)
		}
	}
}

// TestRowsUnknown has no test nodes in the one case, no validation nodes in
// the other.
func TestRowsUnknown(t *testing.T) {
	none := Value(math.NaN())
	cells, teachers := results(t)
	for i := range cells {
		cells[i].Test = none
	}
	for _, r := range Rows(cells, teachers) {
		if r.TestMean.Known() || r.TestSD.Known() || r.Diff.Known() || r.P.Known() || r.PWilcoxon.Known() || !r.ValidMean.Known() || r.Baseline == "" {
			t.Errorf("without test nodes: %+v", r)
		}
	}
	cells, teachers = results(t)
	for i := range cells {
		cells[i].Valid = none
	}
	for _, r := range Rows(cells, teachers) {
		if r.ValidMean.Known() || r.Baseline != "" || r.Diff.Known() || r.P.Known() || !r.TestMean.Known() {
			t.Errorf("without validation nodes: %+v", r)
		}
	}
}
