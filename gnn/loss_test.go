package gnn

import (
	"math"
	"testing"

	"abkd/gnn/mat"
)

func TestCrossEntropy(t *testing.T) {
	logits := randomMatrix(newRand(1), 6, 4)
	rows, labels := []int32{4, 0, 5}, []int32{1, 3, 0}
	want := 0.0
	for i, r := range rows {
		sum := 0.0
		for _, z := range logits.Row(int(r)) {
			sum += math.Exp(float64(z))
		}
		want += (math.Log(sum) - float64(logits.Row(int(r))[labels[i]])) / float64(len(rows))
	}
	var ce CrossEntropy
	if got := ce.Loss(logits, rows, labels); math.Abs(got-want) > 1e-6 {
		t.Errorf("loss is %.8f, want %.8f", got, want)
	}
}

func TestCrossEntropyGradient(t *testing.T) {
	logits := randomMatrix(newRand(1), 6, 4)
	var ce CrossEntropy
	// Leaves stale scratch.
	ce.Loss(randomMatrix(newRand(2), 9, 4), []int32{8, 1, 2, 3, 4}, []int32{0, 1, 2, 3, 0})
	ce.Backward(1, mat.New(9, 4))

	rows, labels := []int32{4, 0, 5, 4}, []int32{1, 3, 0, 1} // row 4 counts twice
	loss := func() (float64, uint64) { return ce.Loss(logits, rows, labels), 0 }
	loss()
	grad := mat.New(6, 4)
	ce.Backward(1, grad)
	checkGradient(t, "logits", loss, logits, grad)
	for _, r := range []int{1, 2, 3} {
		for _, g := range grad.Row(r) {
			if g != 0 {
				t.Errorf("row %d, on which no loss is taken, has the gradient %v", r, grad.Row(r))
			}
		}
	}

	// Backward adds, and scales.
	loss()
	twice := grad.Clone()
	ce.Backward(0.5, twice)
	ce.Backward(0.5, twice)
	mat.Axpy(-2, grad, twice)
	if d := dot(twice, twice); d > 1e-12 {
		t.Errorf("two halves of the gradient are %g off the whole", math.Sqrt(d))
	}
}

// Large logits neither overflow nor lose the label.
func TestCrossEntropyIsStable(t *testing.T) {
	logits := mat.Matrix{Rows: 2, Cols: 2, Data: []float32{1e4, -1e4, 1e4, -1e4}}
	var ce CrossEntropy
	if got := ce.Loss(logits, []int32{0, 1}, []int32{0, 1}); got != 1e4 {
		t.Errorf("loss is %g, want 10000", got)
	}
	grad := mat.New(2, 2)
	ce.Backward(1, grad)
	if want := (mat.Matrix{Rows: 2, Cols: 2, Data: []float32{0, 0, 0.5, -0.5}}); dot(grad, want) != 0.5 || dot(grad, grad) != 0.5 {
		t.Errorf("gradient is %v, want %v", grad.Data, want.Data)
	}
}

func TestCrossEntropyOfNothing(t *testing.T) {
	var ce CrossEntropy
	logits, grad := randomMatrix(newRand(1), 3, 2), mat.New(3, 2)
	ce.Loss(logits, []int32{1}, []int32{1})
	if got := ce.Loss(logits, nil, nil); !math.IsNaN(got) {
		t.Errorf("loss without rows is %g, want none", got)
	}
	if ce.Backward(1, grad); dot(grad, grad) != 0 {
		t.Errorf("gradient without rows is %v, want 0", grad.Data)
	}
}

func TestAccuracy(t *testing.T) {
	logits := mat.Matrix{Rows: 3, Cols: 3, Data: []float32{
		1, 2, 0,
		-3, -2, -1,
		5, 5, 1,
	}}
	for i, want := range []int32{1, 2, 0} {
		if got := Predict(logits.Row(i)); got != want {
			t.Errorf("class of row %d is %d, want %d", i, got, want)
		}
	}
	for _, tt := range []struct {
		rows, labels []int32
		want         float64
	}{
		{nil, nil, math.NaN()},
		{[]int32{0, 1, 2}, []int32{1, 2, 0}, 1},
		{[]int32{2, 0}, []int32{1, 1}, 0.5},
		{[]int32{1}, []int32{-1}, 0},
	} {
		if got := Accuracy(logits, tt.rows, tt.labels); got != tt.want && !(math.IsNaN(got) && math.IsNaN(tt.want)) {
			t.Errorf("Accuracy(%v, %v) = %g, want %g", tt.rows, tt.labels, got, tt.want)
		}
	}
}

func TestLossPanics(t *testing.T) {
	var ce CrossEntropy
	logits := mat.New(3, 2)
	wantPanic(t, "gnn: CrossEntropy.Loss: 1 labels, want 2 (one per row)", func() { ce.Loss(logits, []int32{0, 1}, []int32{0}) })
	wantPanic(t, "gnn: Accuracy: 1 labels, want 2 (one per row)", func() { Accuracy(logits, []int32{0, 1}, []int32{0}) })
}
