package quality

import (
	"math"
	"testing"

	"abkd/gnn/mat"
)

// near reports whether two numbers are equal but for rounding, or both none.
func near(a, b float64) bool { return math.Abs(a-b) < 1e-12 || a != a && b != b }

// TestTally compares everything with what pencil and paper give for eight
// predictions of three classes, one of which no node has.
func TestTally(t *testing.T) {
	labels := []int32{0, 0, 0, 0, 1, 1, -1, 0}
	p := Predictions{
		Class:      []int32{0, 0, 1, 2, 1, 0, 1, 1},
		Confidence: []float64{0.95, 0.96, 0.5, 1, 0.4, 0.41, 0.9, 0.2},
	}
	tally := p.Tally(labels, 4, []int32{0, 1, 2, 3, 4, 5, 6}) // 6 has no label, 7 is of another part
	if tally.Nodes != 6 || !near(tally.Accuracy(), 3./6) || !near(tally.Confidence(), (0.95+0.96+0.5+1+0.4+0.41)/6) {
		t.Errorf("of %d nodes %v are right, with confidence %v", tally.Nodes, tally.Accuracy(), tally.Confidence())
	}
	nan := math.NaN()
	for i, want := range []Class{
		{0, 4, 3, 2, 2. / 3, 2. / 4, 4. / 7}, {1, 2, 2, 1, 1. / 2, 1. / 2, 1. / 2}, {2, 0, 1, 0, 0, nan, 0}, {3, 0, 0, 0, nan, nan, nan},
	} {
		got := tally.Classes()[i]
		if got.Class != want.Class || got.Nodes != want.Nodes || got.Predicted != want.Predicted || got.Right != want.Right ||
			!near(got.Precision, want.Precision) || !near(got.Recall, want.Recall) || !near(got.F1, want.F1) {
			t.Errorf("class %d has %+v, want %+v", i, got, want)
		}
	}
	if got, want := tally.MacroF1(), (4./7+1./2+0)/3; !near(got, want) {
		t.Errorf("macro-F1 is %v, want %v", got, want)
	}
	if got := tally.BalancedAccuracy(); !near(got, 0.5) {
		t.Errorf("balanced accuracy is %v, want 0.5", got)
	}
	cells := []Cell{{0, 0, 2}, {0, 1, 1}, {0, 2, 1}, {1, 0, 1}, {1, 1, 1}}
	got := tally.Confusion()
	if len(got) != len(cells) {
		t.Fatalf("the confusion has %v, want %v", got, cells)
	}
	for i := range cells {
		if got[i] != cells[i] {
			t.Errorf("entry %d is %v, want %v", i, got[i], cells[i])
		}
	}
	if worst := tally.Confused(); len(worst) != 3 || worst[0] != cells[1] {
		t.Errorf("the wrong entries are %v", worst)
	}
	// 0.4 is the end of bin 5 of 15; 0.41 and 0.5 are in bins 6 and 7, the others in the last.
	bins := tally.Reliability()
	for m, n := range map[int]int{5: 1, 6: 1, 7: 1, 14: 3} {
		if bins[m].Nodes != n {
			t.Errorf("bin %d (%v to %v) has %d nodes, want %d", m, bins[m].Low, bins[m].High, bins[m].Nodes, n)
		}
	}
	if b := bins[14]; !near(b.Accuracy, 2./3) || !near(b.Confidence, 2.91/3) || bins[0].Accuracy == bins[0].Accuracy {
		t.Errorf("the last bin has %+v, the first, which is empty, %+v", b, bins[0])
	}
	if got, want := tally.ECE(), (0.6+0.41+0.5+0.91)/6; !near(got, want) {
		t.Errorf("ECE is %v, want %v", got, want)
	}
}

// What no node tells is not known.
func TestNothing(t *testing.T) {
	tally := Predictions{}.Tally(nil, 2, nil)
	for name, x := range map[string]float64{"accuracy": tally.Accuracy(), "confidence": tally.Confidence(), "ECE": tally.ECE(), "macro-F1": tally.MacroF1(), "balanced accuracy": tally.BalancedAccuracy()} {
		if x == x {
			t.Errorf("%s of no nodes is %v", name, x)
		}
	}
	var p Predictions
	p.Add(mat.Matrix{Rows: 2, Cols: 3, Data: []float32{0, 0, 0, 1, 3, float32(math.NaN())}})
	if !near(p.Confidence[0], 1./3) || p.Class[0] != 0 || p.Confidence[1] == p.Confidence[1] {
		t.Errorf("of equal logits and of one that is no number the predictions are %+v", p)
	}
	if e := p.Tally([]int32{0, 1}, 3, []int32{0, 1}).ECE(); e == e {
		t.Errorf("with a confidence that is no number ECE is %v", e)
	}
}

// TestBinOf checks the ends of the bins, which are part of the lower one.
func TestBinOf(t *testing.T) {
	for x, want := range map[float64]int{0: 0, 1e-9: 0, 1.0 / 15: 0, 1.0/15 + 1e-9: 1, 0.2: 2, 0.2 + 1e-9: 3, 1: 14, 1 + 1e-15: 14} {
		if got := binOf(x); got != want {
			t.Errorf("%v is in bin %d, want %d", x, got, want)
		}
	}
}
