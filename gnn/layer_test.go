package gnn

import (
	"fmt"
	"math"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// testLinks returns the links of the first block of b, with self-loops.
func testLinks(g *graph.Graph, b *sample.Batch) *links {
	var m homogeneous
	m.kind, m.graph, m.scale = &gcnKind, g, 0.9
	m.rel, _ = selfRelation("gcn", g)
	m.own, m.links = make([]links, len(b.Blocks)), make([]*links, len(b.Blocks))
	var nodes []int32
	if b.Nodes != nil {
		nodes = b.Nodes[g.Target]
	}
	m.setDegrees(nodes, b.Blocks[0].NumSrc[g.Target])
	m.setLinks(b.Blocks, b.Fixed)
	return m.links[0]
}

func randomParam(seed uint64, name string, r, c int) *Param {
	p := NewParam(name, r, c)
	copy(p.W.Data, randomMatrix(newRand(seed), r, c).Data)
	return p
}

// A layerCase is one layer with random parameters, and its gradient's check.
type layerCase struct {
	name   string
	layer  layer
	params []*Param
	kinks  func() mat.Matrix // what the kinks of the activations depend on
}

func layerCases(p, q int, hidden bool) []layerCase {
	w, v, b := randomParam(1, "weight", p, q), randomParam(2, "neigh", p, q), randomParam(3, "bias", 1, q)
	linear := &linear{Weight: w, Bias: b, relu: hidden}
	gcn := &gcnConv{Weight: w, Bias: b, relu: hidden}
	sage := &sageConv{Self: w, Neigh: v, Bias: b, relu: hidden}
	const heads = 2
	gat := &gatConv{
		Weight: randomParam(1, "weight", p, heads*q), Src: randomParam(2, "src", heads, q), Dst: randomParam(3, "dst", heads, q),
		Bias: b, hidden: hidden, drop: newDropout(0.3),
	}
	if hidden {
		gat.Bias = randomParam(4, "bias", 1, heads*q)
	}
	return []layerCase{
		{"linear", linear, []*Param{w, b}, func() mat.Matrix { return linear.y }},
		{"gcn", gcn, []*Param{w, b}, func() mat.Matrix { return gcn.y }},
		{"sage", sage, []*Param{w, v, b}, func() mat.Matrix { return sage.y }},
		{"gat", gat, []*Param{gat.Weight, gat.Src, gat.Dst, gat.Bias}, func() mat.Matrix { return gat.scores() }},
	}
}

// Every layer's gradients are those of Σ C ⊙ Y, its input's among them.
func TestLayerGradient(t *testing.T) {
	g := citationGraph(t, 1, 6, 0)
	for _, hidden := range []bool{true, false} {
		for _, size := range []struct{ p, q int }{{1, 1}, {4, 3}, {3, 9}} {
			for i := range layerCases(size.p, size.q, hidden) {
				for name, s := range testSamplers(g, 2) {
					c := layerCases(size.p, size.q, hidden)[i]
					t.Run(fmt.Sprintf("layer=%s/hidden=%t/p=%d/q=%d/batch=%s", c.name, hidden, size.p, size.q, name), func(t *testing.T) {
						checkLayer(t, c, g, s, size.p, hidden)
					})
				}
			}
		}
	}
}

func checkLayer(t *testing.T, c layerCase, g *graph.Graph, s sample.Sampler, p int, hidden bool) {
	k := c.layer
	b := s.Next()
	links := testLinks(g, b)
	stale := randomMatrix(newRand(8), links.n, p)
	k.Backward(randomLike(9, k.Forward(links, dense(stale), newRand(4))))
	ZeroGrad(c.params)

	links = testLinks(g, s.Next())
	x := randomMatrix(newRand(6), links.n, p)
	run := func() mat.Matrix { return k.Forward(links, dense(x), newRand(5)) }
	dy := randomLike(7, run())
	loss := func() (s float64, pattern uint64) {
		y := run()
		if hidden || c.name == "gat" {
			pattern = reluPattern([]mat.Matrix{c.kinks()})
		}
		return dot(dy, y), pattern
	}
	dx := k.Backward(dy).Clone()
	checkGradient(t, "x", loss, x, dx)
	for _, p := range c.params {
		checkGradient(t, p.Name, loss, p.W, p.G)
	}
}

func randomLike(seed uint64, m mat.Matrix) mat.Matrix {
	return randomMatrix(newRand(seed), m.Rows, m.Cols)
}

// A layer whose input is constant returns no gradient of it, and the others as
// before.
func TestLayerConstant(t *testing.T) {
	g := citationGraph(t, 1, 6, 0)
	links := testLinks(g, sample.NewFull(g, 1, nil).Next())
	x := dense(randomMatrix(newRand(6), links.n, 4))
	for i, c := range layerCases(4, 3, true) {
		t.Run("layer="+c.name, func(t *testing.T) {
			ZeroGrad(c.params) // some are another case's too
			constant := layerCases(4, 3, true)[i]
			switch k := constant.layer.(type) {
			case *linear:
				k.constant = true
			case *gcnConv:
				k.constant = true
			case *sageConv:
				k.constant = true
			case *gatConv:
				k.constant = true
			}
			dy := randomLike(7, c.layer.Forward(links, x, nil))
			c.layer.Backward(dy)
			constant.layer.Forward(links, x, nil)
			if dx := constant.layer.Backward(dy); !dx.Empty() {
				t.Errorf("gradient of a constant input is %v, want it empty", dx)
			}
			for j, p := range c.params {
				if !sameBits(constant.params[j].G, p.G) {
					t.Errorf("gradient of %s differs", p.Name)
				}
			}
		})
	}
}

// gcniiConv has a second input, H0, and a share of its weights.
func TestGCNIIConvGradient(t *testing.T) {
	g := citationGraph(t, 1, 6, 0)
	for _, q := range []int{1, 5} {
		for name, s := range testSamplers(g, 2) {
			t.Run(fmt.Sprintf("q=%d/batch=%s", q, name), func(t *testing.T) {
				k := &gcniiConv{Weight: randomParam(1, "weight", q, q), alpha: 0.2, beta: 0.4, gcniiScratch: new(gcniiScratch)}
				b := s.Next()
				links := testLinks(g, b)
				h, h0 := randomMatrix(newRand(6), links.n, q), randomMatrix(newRand(7), links.n, q)
				dy := randomLike(8, k.Forward(links, h, h0))
				k.Backward(dy, mat.New(links.n, q)) // leaves stale scratch
				ZeroGrad([]*Param{k.Weight})
				dh0 := randomMatrix(newRand(9), links.n, q) // Backward adds to it
				before := dh0.Clone()
				k.Forward(links, h, h0)
				dh := k.Backward(dy, dh0).Clone()
				mat.Axpy(-1, before, dh0)
				loss := func() (float64, uint64) {
					y := k.Forward(links, h, h0)
					return dot(dy, y), reluPattern([]mat.Matrix{y})
				}
				checkGradient(t, "h", loss, h, dh)
				checkGradient(t, "h0", loss, h0, dh0)
				checkGradient(t, "weight", loss, k.Weight.W, k.Weight.G)
			})
		}
	}
}

// Attention sums to one over the edges into each node, head by head.
func TestGATAttention(t *testing.T) {
	g := citationGraph(t, 1, 6, 0)
	links := testLinks(g, sample.NewFull(g, 1, nil).Next())
	k := layerCases(6, 3, true)[3].layer.(*gatConv)
	x := g.Types[0].Features.Clone()
	for i := range x.Data {
		x.Data[i] *= 60 // scores far beyond what exp holds
	}
	k.Forward(links, dense(x), nil)
	for v := range links.m {
		for h := range k.alpha.Cols {
			sum := 0.0
			for e := links.in.Ptr[v]; e < links.in.Ptr[v+1]; e++ {
				sum += float64(k.alpha.Row(int(e))[h])
			}
			if !(math.Abs(sum-1) <= 1e-5) { // nor NaN
				t.Errorf("attention of node %d, head %d, sums up to %g, want 1", v, h, sum)
			}
		}
	}
}

func TestLayerPanics(t *testing.T) {
	g := citationGraph(t, 1, 6, 0)
	links := testLinks(g, sample.NewFull(g, 1, nil).Next())
	for _, c := range layerCases(4, 3, true) {
		name := map[string]string{"linear": "linear", "gcn": "gcnConv", "sage": "sageConv", "gat": "gatConv"}[c.name]
		wantPanic(t, fmt.Sprintf("gnn: %s.Forward: features are 26×5, want 26×4 (block sources × layer input)", name),
			func() { c.layer.Forward(links, dense(mat.New(26, 5)), nil) })
		y := c.layer.Forward(links, dense(mat.New(26, 4)), nil)
		wantPanic(t, fmt.Sprintf("gnn: %s.Backward: gradient is 3×%d, want %v", name, y.Cols, y),
			func() { c.layer.Backward(mat.New(3, y.Cols)) })
	}
	k := &gcniiConv{Weight: NewParam("w", 4, 4), gcniiScratch: new(gcniiScratch)}
	wantPanic(t, "gnn: gcniiConv.Forward: features are 26×5, want 26×4 (block sources × layer input)",
		func() { k.Forward(links, mat.New(26, 5), mat.New(26, 5)) })
}
