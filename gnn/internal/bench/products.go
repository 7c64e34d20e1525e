//go:build !js

package main

import (
	"fmt"
	"math/rand/v2"

	gonum "gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"abkd/gnn/internal/kernel"
)

// A library is OpenBLAS, if it is built in.
type library struct {
	name       string
	core       func() string
	setThreads func(n int)
	gemm       func(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int)
}

// A product is C [m × n] = A·B with k terms in each sum; A is stored
// transposed if transA, and B if transB.
type product struct {
	layout         string
	m, n, k        int
	transA, transB bool
	a, b, c        []float32
}

// layer returns the three products of a linear layer with n rows, p inputs
// and q outputs: the forward one and the two of the backward pass.
func layer(rng *rand.Rand, n, p, q int) []*product {
	x, w, y := numbers(rng, n*p), numbers(rng, p*q), numbers(rng, n*q)
	return []*product{
		{"NN", n, q, p, false, false, x, w, make([]float32, n*q)},
		{"NT", n, p, q, false, true, y, w, make([]float32, n*p)},
		{"TN", p, q, n, true, false, x, y, make([]float32, p*q)},
	}
}

func numbers(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

// strides returns the distances between the elements of one column and of one
// row of an r×c matrix.
func strides(r, c int, transposed bool) (int, int) {
	if transposed {
		return 1, r
	}
	return c, 1
}

// stored returns the rows and columns of an r×c matrix as it is stored.
func stored(r, c int, transposed bool) (int, int) {
	if transposed {
		return c, r
	}
	return r, c
}

// contenders returns who computes p, the kernels first, the fastest of them last.
func (p *product) contenders(peer *torch) ([]contender, error) {
	var all []contender
	ars, acs := strides(p.m, p.k, p.transA)
	brs, bcs := strides(p.k, p.n, p.transB)
	for _, impl := range kernel.Available() {
		loops := kernel.New(impl)
		all = append(all, local(impl.Name(), func() {
			loops.Gemm(p.m, p.n, p.k, p.a, ars, acs, p.b, brs, bcs, p.c, p.n, false)
		}))
	}
	ar, ac := stored(p.m, p.k, p.transA)
	br, bc := stored(p.k, p.n, p.transB)
	a, b := blas32.General{Rows: ar, Cols: ac, Stride: ac, Data: p.a}, blas32.General{Rows: br, Cols: bc, Stride: bc, Data: p.b}
	c := blas32.General{Rows: p.m, Cols: p.n, Stride: p.n, Data: p.c}
	all = append(all, local("gonum", func() { blas32.Gemm(transpose(p.transA), transpose(p.transB), 1, a, b, 0, c) }))
	if blas.name != "" {
		blas.setThreads(1)
		all = append(all, local(blas.name, func() { blas.gemm(p.transA, p.transB, p.m, p.n, p.k, p.a, ac, p.b, bc, p.c, p.n) }))
	}
	if peer != nil {
		c, err := peer.contender("gemm %d %d %d %s", p.m, p.n, p.k, p.layout)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func transpose(t bool) gonum.Transpose {
	if t {
		return gonum.Trans
	}
	return gonum.NoTrans
}

// products times the products of layers.
func (b *bench) products() error {
	shapes := [][3]int{{4096, 128, 512}, {4096, 512, 512}, {3000, 128, 64}, {20000, 128, 349}}
	rounds := b.rounds
	if b.quick {
		shapes, rounds = [][3]int{{100, 30, 70}}, 3
	}
	rng := rand.New(rand.NewPCG(1, 1))
	fmt.Fprintf(b.w, "### Products, float32, one thread\n\n")
	var t table
	for i, s := range shapes {
		for _, p := range layer(rng, s[0], s[1], s[2]) {
			all, err := p.contenders(b.peer)
			if err != nil {
				return err
			}
			seconds, err := race(all, rounds)
			if err != nil {
				return err
			}
			if t == nil {
				t.add(append([]string{"rows × inputs × outputs", "layout"}, headings(all, "GFLOP/s")...)...)
			}
			t.add(append([]string{fmt.Sprintf("%d × %d × %d", s[0], s[1], s[2]), p.layout}, rates(2*float64(p.m)*float64(p.n)*float64(p.k), seconds)...)...)
			if i == 0 {
				b.judgeProduct(p.layout, all, seconds)
			}
		}
	}
	t.write(b.w)
	return nil
}

// judgeProduct adds the bar over OpenBLAS, at the first shape.
func (b *bench) judgeProduct(layout string, all []contender, seconds []float64) {
	ours := len(kernel.Available()) - 1
	for i, c := range all {
		if c.name == blas.name {
			k := bar{what: fmt.Sprintf("%s product over OpenBLAS, one thread", layout), reached: seconds[i] / seconds[ours], atLeast: .85, stretch: 1.1}
			if layout == "TN" {
				k.atLeast, k.stretch = .8, 1
			}
			b.bars = append(b.bars, k)
		}
	}
}

// headings names the contenders and the ratios of the fastest kernel to each.
func headings(all []contender, unit string) (cells []string) {
	ours := len(kernel.Available()) - 1
	for _, c := range all {
		cells = append(cells, c.name+", "+unit)
	}
	for i, c := range all {
		if i != ours {
			cells = append(cells, all[ours].name+" : "+c.name)
		}
	}
	return cells
}

// rates returns amount per second in billions for each, and the ratios.
func rates(amount float64, seconds []float64) (cells []string) {
	ours := len(kernel.Available()) - 1
	for _, s := range seconds {
		cells = append(cells, figure(amount/s/1e9))
	}
	for i, s := range seconds {
		if i != ours {
			cells = append(cells, figure(s/seconds[ours]))
		}
	}
	return cells
}
