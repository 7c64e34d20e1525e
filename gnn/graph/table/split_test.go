package table

import (
	"slices"
	"testing"
)

// The generator is Mulberry32, bit for bit: a split that the page draws is the
// same.
func TestRandom(t *testing.T) {
	next := Random(1)
	for i, want := range []float64{0.6270739405881613, 0.002735721180215478, 0.5274470399599522} {
		if got := next(); got != want {
			t.Errorf("number %d is %v, want %v", i, got, want)
		}
	}
}

// Every labelled node is in one part, or in none where the shares leave some
// over.
func TestDrawSplit(t *testing.T) {
	labels := make([]int32, 100)
	for v := range labels {
		labels[v] = int32(v%5) - 1
	}
	for shares, want := range map[[3]int][3]int{{60, 20, 20}: {48, 16, 16}, {50, 25, 25}: {40, 20, 20}, {10, 0, 50}: {8, 0, 40}, {100, 0, 0}: {80, 0, 0}} {
		s := drawSplit(labels, 4, shares, 3)
		if got := [3]int{len(s.Train), len(s.Valid), len(s.Test)}; got != want {
			t.Errorf("shares %v give %v nodes, want %v", shares, got, want)
		}
		all := slices.Concat(s.Train, s.Valid, s.Test)
		slices.Sort(all)
		if len(slices.Compact(all)) != want[0]+want[1]+want[2] {
			t.Errorf("shares %v: a node is in two parts", shares)
		}
	}
}

func TestNatural(t *testing.T) {
	words := []string{"b2", "b10", "a", "b01", "c", "b1", "10", "9", "A"}
	slices.SortFunc(words, natural)
	if want := []string{"9", "10", "A", "a", "b01", "b1", "b2", "b10", "c"}; !slices.Equal(words, want) {
		t.Errorf("sorted: %q, want %q", words, want)
	}
}
