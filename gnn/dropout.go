package gnn

import (
	"math/rand/v2"

	"abkd/gnn/mat"
)

// dropout is inverted dropout (Srivastava et al., JMLR 15, 2014): an element
// becomes 0 with probability p and 1/(1-p) times itself otherwise, so that its
// expectation stays. The probability is taken in steps of 1/65536, four
// decisions from each number drawn.
//
// It follows a ReLU, which makes a mask needless: an element of h is 0 if it
// was dropped or if ReLU stopped it, and either way no gradient passes.
type dropout struct {
	cut   uint64  // an element is dropped if its 16 random bits are below
	scale float32 // 1/(1-p)
	h     mat.Matrix
}

func newDropout(p float32) dropout {
	cut := uint64(max(p, 0)*65536 + 0.5)
	cut = min(cut, 65535)
	return dropout{cut: cut, scale: 65536 / float32(65536-cut)}
}

// forward returns y [m × q] with elements dropped, valid until the next call.
func (d *dropout) forward(y mat.Matrix, rng *rand.Rand) mat.Matrix {
	d.h = d.h.Reshape(y.Rows, y.Cols)
	var bits uint64
	for i, v := range y.Data {
		if i%4 == 0 {
			bits = rng.Uint64()
		}
		if bits&0xffff < d.cut {
			v = 0
		}
		d.h.Data[i] = v * d.scale
		bits >>= 16
	}
	return d.h
}

// backward turns dL/dh into dL/dy in place.
func (d *dropout) backward(dh mat.Matrix) {
	g := dh.Data
	for i, v := range d.h.Data[:len(g)] {
		if v != 0 {
			g[i] *= d.scale
		} else {
			g[i] = 0
		}
	}
}
