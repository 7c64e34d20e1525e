package gnn

import (
	"fmt"
	"math"
	"slices"

	"abkd/gnn/mat"
)

// CrossEntropy is the mean cross-entropy of some rows of the logits:
//
//	L = (1/k)·Σ_i -log softmax(logits[rows[i]])[labels[i]],  k = len(rows)
//
// The zero CrossEntropy is ready for use.
type CrossEntropy struct {
	Backend *mat.Backend // computes it

	// Kept by Loss for Backward.
	rows []int32
	grad mat.Matrix // dL/dlogits of those rows [k × c]

	logits mat.Matrix // those rows [k × c]
}

// Loss returns the loss on logits [n × c], NaN if there are no rows; labels[i]
// is the class of row rows[i].
func (l *CrossEntropy) Loss(logits mat.Matrix, rows, labels []int32) float64 {
	if len(rows) != len(labels) {
		panic(fmt.Sprintf("gnn: CrossEntropy.Loss: %d labels, want %d (one per row)", len(labels), len(rows)))
	}
	l.rows = rows
	l.logits = l.logits.Reshape(len(rows), logits.Cols)
	l.grad = l.grad.Reshape(len(rows), logits.Cols)
	if len(rows) == 0 {
		return math.NaN() // a mean over nothing
	}
	mat.Gather(l.logits, logits, rows)
	return l.Backend.SoftmaxCrossEntropy(l.grad, l.logits, labels, 1/float32(len(rows))) / float64(len(rows))
}

// Backward adds scale·dL/dlogits of the last Loss to grad [n × c].
func (l *CrossEntropy) Backward(scale float32, grad mat.Matrix) {
	for i, r := range l.rows {
		dst := grad.Row(int(r))
		for c, g := range l.grad.Row(i) {
			dst[c] += float32(scale * g)
		}
	}
}

// Predict returns the class with the largest of the logits, the first of
// equals.
func Predict(logits []float32) int32 {
	best := 0
	for c, v := range logits {
		if v > logits[best] {
			best = c
		}
	}
	return int32(best)
}

// Softmax returns the share of each class, exp(z_c) / Σ_k exp(z_k).
func Softmax(logits []float32) []float64 {
	most, shares, sum := slices.Max(logits), make([]float64, len(logits)), 0.0
	for c, z := range logits {
		shares[c] = math.Exp(float64(z) - float64(most))
		sum += shares[c]
	}
	for c := range shares {
		shares[c] /= sum
	}
	return shares
}

// Accuracy returns the share of the rows whose predicted class is their
// label, NaN if there are no rows; labels[i] is the class of row rows[i].
func Accuracy(logits mat.Matrix, rows, labels []int32) float64 {
	if len(rows) != len(labels) {
		panic(fmt.Sprintf("gnn: Accuracy: %d labels, want %d (one per row)", len(labels), len(rows)))
	}
	right := 0
	for i, r := range rows {
		if Predict(logits.Row(int(r))) == labels[i] {
			right++
		}
	}
	return Share(right, len(rows))
}

// Share returns k of n as a number from 0 to 1, NaN if n is 0: the share of
// nothing is unknown, not 0.
func Share(k, n int) float64 {
	if n == 0 {
		return math.NaN()
	}
	return float64(k) / float64(n)
}
