package graph

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Every entry of the transpose says where it came from, in storage that an
// earlier, larger matrix has left dirty.
func TestTransposeEntries(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var got CSR
	var from []int32
	for _, size := range []struct{ src, dst, edges int }{{20, 30, 200}, {5, 7, 12}, {4, 3, 0}, {1, 1, 1}} {
		var src, dst []int32
		for range size.edges {
			src, dst = append(src, rng.Int32N(int32(size.src))), append(dst, rng.Int32N(int32(size.dst)))
		}
		c, err := NewCSR(src, dst, size.src, size.dst)
		if err != nil {
			t.Fatal(err)
		}
		want, err := NewCSR(dst, src, size.dst, size.src)
		if err != nil {
			t.Fatal(err)
		}
		got, from = TransposeEntries(got, from, c, size.src)
		if !slices.Equal(got.Ptr, want.Ptr) || !slices.Equal(got.Col, want.Col) || len(from) != len(c.Col) {
			t.Fatalf("transpose of %v is %v with %d origins, want %v", c, got, len(from), want)
		}
		for j := range got.Rows() {
			for e := got.Ptr[j]; e < got.Ptr[j+1]; e++ {
				i := got.Col[e]
				if o := from[e]; o < c.Ptr[i] || o >= c.Ptr[i+1] || c.Col[o] != int32(j) {
					t.Errorf("entry (%d, %d) of the transpose comes from entry %d, which is none of (%d, %d)", j, i, o, i, j)
				}
			}
		}
	}
	c := CSR{Ptr: []int32{0, 2, 3}, Col: []int32{0, 2, 2}}
	if n := testing.AllocsPerRun(5, func() { got, from = TransposeEntries(got, from, c, 3) }); n != 0 {
		t.Errorf("TransposeEntries allocates %g times, want 0", n)
	}
}
