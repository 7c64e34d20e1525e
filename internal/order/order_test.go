package order

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestOf compares with the library's stable sort, on keys many of which are
// equal.
func TestOf(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for n := range 70 {
		keys, want := make([]int, n), make([]int, n)
		for i := range n {
			keys[i], want[i] = rng.IntN(1+n/3), i
		}
		slices.SortStableFunc(want, func(a, b int) int { return keys[a] - keys[b] })
		if got := Of(n, func(a, b int) bool { return keys[a] < keys[b] }); !slices.Equal(got, want) {
			t.Errorf("keys %v are in the order %v, want %v", keys, got, want)
		}
	}
}

func TestRows(t *testing.T) {
	var r Rows
	row := []int32{3, -1, 1 << 30, 3, 0}
	want := slices.Sorted(slices.Values(row))
	if r.Sort(row); !slices.Equal(row, want) {
		t.Errorf("got %v, want %v", row, want)
	}
	if n := testing.AllocsPerRun(10, func() { r.Sort(row) }); n != 0 {
		t.Errorf("a row that is no longer than before takes %v allocations, want none", n)
	}
}
