package kd

import (
	"fmt"
	"math"
	"slices"
)

// A similarity says how alike the features x and y of two nodes are:
//
//	rbf     exp(-‖x - y‖²/2)      cosine  x̂·ŷ
//	l2      ‖x - y‖               poly    (x̂·ŷ)²      x̂ = x/‖x‖
//
// l2 grows with the distance; that is how it is published. Each is a function
// of one number r that products of rows give: the squared distance for those
// on the left, the product of unit vectors for those on the right.
type similarity string

// similarities lists them; the first is the default.
var similarities = []similarity{"rbf", "cosine", "poly", "l2"}

// newSimilarity returns the similarity of that name for a criterion.
func newSimilarity(criterion, name string) (similarity, error) {
	if name == "" {
		return similarities[0], nil
	}
	if k := similarity(name); slices.Contains(similarities, k) {
		return k, nil
	}
	return "", fmt.Errorf("kd: %s: kernel is %q, want one of %q", criterion, name, similarities)
}

// angular reports whether r is the product of unit vectors.
func (k similarity) angular() bool { return k == "cosine" || k == "poly" }

// of returns the similarity at r.
func (k similarity) of(r float32) float32 {
	switch k {
	case "rbf":
		return float32(math.Exp(-0.5 * float64(r)))
	case "poly":
		return r * r
	case "l2":
		return float32(math.Sqrt(float64(r)))
	}
	return r
}

// slope returns the derivative of the similarity at r, where it has the value
// s. Ours: between equal nodes, where l2 has none, it is 0.
func (k similarity) slope(r, s float32) float32 {
	switch k {
	case "rbf":
		return -0.5 * s
	case "poly":
		return 2 * r
	case "l2":
		if s == 0 {
			return 0
		}
		return 0.5 / s
	}
	return 1
}

// between returns r of two rows, unit vectors if k is angular.
func (k similarity) between(x, y []float32) (r float32) {
	if k.angular() {
		return inner(x, y)
	}
	for i, v := range x {
		d := v - y[i]
		r += float32(d * d)
	}
	return r
}

// addBetween adds g times the derivative of r to dx and dy:
//
//	angular  dx = y   dy = x      else  dx = 2·(x - y) = -dy
func (k similarity) addBetween(g float32, x, y, dx, dy []float32) {
	if k.angular() {
		addScaledRow(dx, g, y)
		addScaledRow(dy, g, x)
		return
	}
	for i, v := range x {
		d := float32(2 * g * (v - y[i]))
		dx[i] += d
		dy[i] -= d
	}
}

func inner(x, y []float32) (s float32) {
	for i, v := range x {
		s += float32(v * y[i])
	}
	return s
}

func addScaledRow(y []float32, a float32, x []float32) {
	for i, v := range x {
		y[i] += float32(a * v)
	}
}

// resize returns n elements in the storage of s, not cleared.
func resize[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }
