package gnn

import (
	"math/rand/v2"

	"abkd/gnn/mat"
)

// dropout is inverted dropout (Srivastava et al., JMLR 15, 2014): an element
// becomes 0 with probability p and 1/(1-p) times itself otherwise, so that its
// expectation stays. The probability is taken in steps of 1/65536, four
// decisions from each number drawn.
type dropout struct {
	cut   uint64  // an element is dropped if its 16 random bits are below
	scale float32 // 1/(1-p)
	h     mat.Matrix
	kept  []uint8 // four decisions in each, the lowest bit first
}

func newDropout(p float32) dropout {
	cut := uint64(max(p, 0)*65536 + 0.5)
	cut = min(cut, 65535)
	return dropout{cut: cut, scale: 65536 / float32(65536-cut)}
}

// active reports whether anything is dropped in training.
func (d *dropout) active() bool { return d.cut > 0 }

// forward returns y [m × q] with elements dropped, valid until the next call.
// It chooses by table and not by branch: which way a random branch goes cannot
// be foreseen, and to find out takes longer than the product.
func (d *dropout) forward(y mat.Matrix, rng *rand.Rand) mat.Matrix {
	d.h = d.h.Reshape(y.Rows, y.Cols)
	d.kept = resize(d.kept, (len(y.Data)+3)/4)
	factor := [2]float32{0, d.scale}
	for i := range d.kept {
		bits, kept := rng.Uint64(), uint8(0)
		from := y.Data[4*i : min(4*i+4, len(y.Data))]
		to := d.h.Data[4*i:][:len(from)]
		for j, v := range from {
			k := 1 ^ (bits&0xffff-d.cut)>>63 // 1 if the 16 bits are not below the cut
			to[j] = v * factor[k]
			kept |= uint8(k) << j
			bits >>= 16
		}
		d.kept[i] = kept
	}
	return d.h
}

// backward turns dL/dh into dL/dy in place.
func (d *dropout) backward(dh mat.Matrix) {
	factor := [2]float32{0, d.scale}
	for i, kept := range d.kept[:(len(dh.Data)+3)/4] {
		g := dh.Data[4*i : min(4*i+4, len(dh.Data))]
		for j := range g {
			g[j] *= factor[kept>>j&1]
		}
	}
}

// resize returns a slice of n elements in the storage of s if it is large
// enough. The elements are not cleared.
func resize[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return make([]T, n)
}
