package gnn

import (
	"math"
	"math/rand/v2"

	"abkd/gnn/mat"
)

// dropout is inverted dropout (Srivastava et al., JMLR 15, 2014): an element
// becomes 0 with probability p and 1/(1-p) times itself otherwise, so that its
// expectation stays. The probability is taken in steps of 1/65536, four
// decisions from each number drawn; the generator that is passed in draws the
// seed of a faster one.
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
// It chooses by mask and not by branch: which way a random branch goes cannot
// be foreseen, and to find out takes longer than the product.
func (d *dropout) forward(y mat.Matrix, rng *rand.Rand) mat.Matrix {
	d.h = d.h.Reshape(y.Rows, y.Cols)
	d.kept = resize(d.kept, (len(y.Data)+3)/4)
	random, cut, scale := splitMix(rng.Uint64()), d.cut, math.Float32bits(d.scale)
	from, to := y.Data, d.h.Data
	for i := range d.kept {
		bits := random.next()
		a, b, c, e := keep(bits, cut), keep(bits>>16, cut), keep(bits>>32, cut), keep(bits>>48, cut)
		d.kept[i] = uint8(a | b<<1 | c<<2 | e<<3)
		if len(from) < 4 {
			for j, v := range from {
				to[j] = v * math.Float32frombits(-keep(bits>>(16*j), cut)&scale)
			}
			break
		}
		x, h := (*[4]float32)(from), (*[4]float32)(to)
		h[0] = x[0] * math.Float32frombits(-a&scale)
		h[1] = x[1] * math.Float32frombits(-b&scale)
		h[2] = x[2] * math.Float32frombits(-c&scale)
		h[3] = x[3] * math.Float32frombits(-e&scale)
		from, to = from[4:], to[4:]
	}
	return d.h
}

// keep returns 1 if the lowest 16 bits are not below the cut, 0 if they are.
func keep(bits, cut uint64) uint32 { return uint32(1 ^ (bits&0xffff-cut)>>63) }

// backward turns dL/dh into dL/dy in place.
func (d *dropout) backward(dh mat.Matrix) {
	g, scale := dh.Data, math.Float32bits(d.scale)
	for _, kept := range d.kept[:(len(g)+3)/4] {
		k := uint32(kept)
		if len(g) < 4 {
			for j := range g {
				g[j] *= math.Float32frombits(-(k >> j & 1) & scale)
			}
			break
		}
		x := (*[4]float32)(g)
		x[0] *= math.Float32frombits(-(k & 1) & scale)
		x[1] *= math.Float32frombits(-(k >> 1 & 1) & scale)
		x[2] *= math.Float32frombits(-(k >> 2 & 1) & scale)
		x[3] *= math.Float32frombits(-(k >> 3 & 1) & scale)
		g = g[4:]
	}
}

// splitMix is the generator SplitMix64 (Steele, Lea and Flood,
// https://doi.org/10.1145/2660193.2660195). Its value is its state.
type splitMix uint64

func (s *splitMix) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// resize returns a slice of n elements in the storage of s if it is large
// enough. The elements are not cleared.
func resize[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return make([]T, n)
}
