package remark

import (
	"math"
	"slices"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// TestOfSettings wants a remark on what is far from its default, and none on a
// default, however large it is.
func TestOfSettings(t *testing.T) {
	scaled := mat.Matrix{Rows: 2, Cols: 1, Data: []float32{1, -3}}
	raw := mat.Matrix{Rows: 2, Cols: 1, Data: []float32{1, -1e6}}
	for _, c := range []struct {
		text     string
		features mat.Matrix
		tests    int
		want     []wire.Remark
	}{
		{"", scaled, 98, nil},
		{"criterion=at", scaled, 20, nil}, // β is 10,000 by default
		{"criterion=none&beta=1000", scaled, 0, nil},
		{"lr=1", scaled, 98, []wire.Remark{{Code: "rate", Value: 1, Beside: 0.01}}},
		{"beta=1000", scaled, 98, []wire.Remark{{Code: "weight", Value: 1000, Beside: 1}}},
		{"criterion=gcrd&beta=10", scaled, 98, []wire.Remark{{Code: "weight", Value: 10, Beside: 0.1}}},
		{"", raw, 12, []wire.Remark{{Code: "features", Of: "paper", Value: 1e6}, {Code: "tests", Value: 12, Beside: 1. / 12}}},
		{"model=gcn&row-normalise=on", raw, 98, nil}, // which scales them
	} {
		e, err := setup.ParseExperiment(c.text)
		if err != nil {
			t.Fatal(err)
		}
		g := &graph.Graph{Types: []graph.NodeType{{Name: "paper", Features: c.features}}}
		if got := OfSettings(e, g, c.tests); !slices.Equal(got, c.want) {
			t.Errorf("%q with %d test nodes: %+v, want %+v", c.text, c.tests, got, c.want)
		}
	}
}

func TestOfLoss(t *testing.T) {
	if got := OfLoss(60, 2); got != nil { // a guess has 0.69
		t.Errorf("60 of two classes is remarked: %+v", got)
	}
	if got := OfLoss(21956, 2); len(got) != 1 || got[0].Code != "loss" || got[0].Value != 21956 {
		t.Errorf("21956 of two classes: %+v", got)
	}
}

// TestSilent: what is silent is so in every pair, and by a number.
func TestSilent(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		a, d    []float32
		largest float32
		is      bool
	}{
		{nil, nil, 0, false},
		{[]float32{1, 0}, []float32{0.004, 1.9}, 0.004, true},
		{[]float32{0.9, 0.1}, []float32{0.004, 1.9}, 0.19, false},
		{[]float32{0, 1}, []float32{2, 0}, 0, true},
		{[]float32{0.5, 0.5}, []float32{nan, 0}, nan, false},
		{[]float32{0.5, 0.5}, []float32{0, nan}, nan, false},
	} {
		if largest, is := Silent(c.a, c.d); is != c.is || largest != c.largest && c.largest == c.largest {
			t.Errorf("A %v and D %v: %v, %v, want %v, %v", c.a, c.d, largest, is, c.largest, c.is)
		}
	}
}
