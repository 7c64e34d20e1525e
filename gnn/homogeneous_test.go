package gnn

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// targetKinds are the kinds that compute on the target type alone.
var targetKinds = []string{"gcn", "sage", "gat", "gcnii", "mlp"}

// A testCase of the kinds' tests: a graph, and what a model of it reads.
type kindGraph struct {
	name string
	g    *graph.Graph
	c    Config
}

// kindGraphs returns graphs on which every path of the input is taken.
func kindGraphs(tb testing.TB) []kindGraph {
	bare := *citationGraph(tb, 1, 6, 0)
	bare.Types = []graph.NodeType{{Name: "paper", Count: bare.Types[0].Count}}
	return []kindGraph{
		{"dense", citationGraph(tb, 1, 6, 0), Config{Hidden: 5}},
		{"sparse", citationGraph(tb, 1, 40, 0.92), Config{Hidden: 5}},
		{"normalised", citationGraph(tb, 1, 40, 0.92), Config{Hidden: 5, RowNormalise: true}},
		{"dense-normalised", citationGraph(tb, 1, 6, 0), Config{Hidden: 5, RowNormalise: true}},
		{"encoder", citationGraph(tb, 1, 6, 0), Config{Hidden: 5, Input: 4}},
		{"embedding", &bare, Config{Hidden: 5, Input: 4}},
		{"heterogeneous", testGraph(tb, 1), Config{Hidden: 5}},
	}
}

func (k kindGraph) config(kind string, layers int, dropout float32) Config {
	c := k.c
	c.Kind, c.Layers, c.Dropout, c.Heads = kind, layers, dropout, 3
	if dropout > 0 {
		c.InputDropout = dropout
	}
	return c
}

// Every kind, on every kind of input and batch, computes what the formulas say.
func TestKindsForward(t *testing.T) {
	for _, kind := range targetKinds {
		for _, k := range kindGraphs(t) {
			for name, s := range testSamplers(k.g, 3) {
				t.Run(fmt.Sprintf("kind=%s/graph=%s/batch=%s", kind, k.name, name), func(t *testing.T) {
					m := newModelOf(t, k.config(kind, 3, -1), k.g, 2)
					for range 3 {
						b := s.Next()
						wantOutputs(t, m, m.Forward(b, nil), referenceOutputs(m, k.g, b))
					}
				})
			}
		}
	}
}

func wantOutputs(t *testing.T, m Model, tr *Trace, want [][][]float64) {
	t.Helper()
	if len(tr.Outputs) != len(want) || len(tr.Layers) != len(m.Widths()) {
		t.Fatalf("%d outputs, %d of them layers, want %d and %d", len(tr.Outputs), len(tr.Layers), len(want), len(m.Widths()))
	}
	for l, rows := range want {
		got := tr.Outputs[l]
		if got.Rows != len(rows) || got.Cols != len(rows[0]) || l < len(tr.Layers) && got.Cols != m.Widths()[l] {
			t.Fatalf("output %d is %v, want %d×%d", l, got, len(rows), len(rows[0]))
		}
		for i, row := range rows {
			for j, v := range row {
				if d := math.Abs(float64(got.Row(i)[j]) - v); !(d <= 2e-5*(1+math.Abs(v))) {
					t.Fatalf("output %d, row %d, column %d is %v, want %v", l, i, j, got.Row(i)[j], v)
				}
			}
		}
	}
	if !sameBits(tr.Logits(), tr.Outputs[len(want)-1]) {
		t.Error("the logits are not the last output")
	}
}

// kinks returns a hash of on which side of its kinks every activation of m is.
func kinks(m Model) uint64 {
	var sides []mat.Matrix
	switch m := m.(type) {
	case *GCNII:
		sides = append(sides, m.in.y)
		for l := range m.convs {
			sides = append(sides, m.convs[l].y)
		}
	case *Chain:
		for l, k := range m.layers {
			if a, ok := k.(*gatConv); ok {
				sides = append(sides, a.scores())
			} else if l < len(m.layers)-1 {
				sides = append(sides, m.trace.Layers[l])
			}
		}
	}
	return reluPattern(sides)
}

// scores returns what LeakyReLU was applied to.
func (l *gatConv) scores() mat.Matrix {
	s := mat.New(len(l.links.in.Col), l.src.Cols)
	for v := range l.links.m {
		for e := l.links.in.Ptr[v]; e < l.links.in.Ptr[v+1]; e++ {
			for k := range l.src.Cols {
				s.Row(int(e))[k] = l.src.Row(int(l.links.in.Col[e]))[k] + l.dst.Row(v)[k]
			}
		}
	}
	return s
}

// The loss Σ_l C_l ⊙ Outputs[l] reaches every layer from the side and from
// above; dropout draws the same numbers in each evaluation.
func TestKindsGradient(t *testing.T) {
	for _, kind := range targetKinds {
		for _, k := range kindGraphs(t) {
			for _, dropout := range []float32{-1, 0.3} {
				for name, s := range testSamplers(k.g, 2) {
					if strings.Contains(k.name, "normalised") && name == "deeper" {
						continue // tells nothing new
					}
					t.Run(fmt.Sprintf("kind=%s/graph=%s/dropout=%g/batch=%s", kind, k.name, dropout, name), func(t *testing.T) {
						m := newModelOf(t, k.config(kind, 2, dropout), k.g, 2)
						checkModelGradient(t, m, s)
					})
				}
			}
		}
	}
}

func checkModelGradient(t *testing.T, m Model, s sample.Sampler) {
	run := func(b *sample.Batch) *Trace { return m.Forward(b, newRand(9)) }
	random := func(seed uint64, tr *Trace) (c []mat.Matrix) {
		rng := newRand(seed)
		for _, y := range tr.Outputs {
			c = append(c, randomMatrix(rng, y.Rows, y.Cols))
		}
		return c
	}
	b := s.Next()
	m.Backward(b, random(4, run(b))) // leaves stale scratch
	ZeroGrad(m.Params())
	b = s.Next()

	c := random(5, run(b))
	loss := func() (s float64, pattern uint64) {
		for l, y := range run(b).Outputs {
			s += dot(c[l], y)
		}
		return s, kinks(m)
	}
	m.Backward(b, c)
	for _, p := range m.Params() {
		checkGradient(t, p.Name, loss, p.W, p.Gradient())
	}
}

// An empty gradient is a zero gradient, and gradients of outputs add up.
func TestKindsBackwardIsLinear(t *testing.T) {
	g := citationGraph(t, 1, 6, 0)
	for _, kind := range targetKinds {
		t.Run("kind="+kind, func(t *testing.T) {
			m := newModelOf(t, Config{Kind: kind, Hidden: 5, Heads: 2}, g, 2)
			b := sample.NewFull(g, 3, someRows(g)).Next()
			tr := m.Forward(b, newRand(9))
			backward := func(outputs ...int) (sum []mat.Matrix) {
				ZeroGrad(m.Params())
				grad := make([]mat.Matrix, len(tr.Outputs))
				for _, l := range outputs {
					grad[l] = randomMatrix(newRand(uint64(l)), tr.Outputs[l].Rows, tr.Outputs[l].Cols)
				}
				m.Backward(b, grad)
				for l, d := range grad {
					if !d.Empty() && !sameBits(d, randomMatrix(newRand(uint64(l)), d.Rows, d.Cols)) {
						t.Errorf("Backward changes the gradient %d that it is given", l)
					}
				}
				for _, p := range m.Params() {
					sum = append(sum, p.Gradient().Clone())
				}
				return sum
			}
			var outputs []int
			for l := range tr.Outputs {
				outputs = append(outputs, l)
			}
			all, parts := backward(outputs...), backward(0)
			for _, l := range outputs[1:] {
				for i, p := range backward(l) {
					mat.Axpy(1, p, parts[i])
				}
			}
			for i, p := range m.Params() {
				mat.Axpy(-1, all[i], parts[i])
				if d := math.Sqrt(dot(parts[i], parts[i])); d > 1e-5*(1+math.Sqrt(dot(all[i], all[i]))) {
					t.Errorf("gradients of %s, output by output, sum up to %g off the gradient of all", p.Name, d)
				}
			}
			for i, p := range backward() {
				if dot(p, p) != 0 {
					t.Errorf("gradient of %s for a loss of 0 is not 0", m.Params()[i].Name)
				}
			}
		})
	}
}

// With the fanout unbounded, a seed gets the logits that it has in the whole
// graph, up to the order of the sums.
func TestKindsNeighborIsFull(t *testing.T) {
	for _, k := range kindGraphs(t) {
		for _, kind := range targetKinds {
			t.Run(fmt.Sprintf("kind=%s/graph=%s", kind, k.name), func(t *testing.T) {
				m := newModelOf(t, k.config(kind, 2, -1), k.g, 2)
				want := m.Forward(sample.NewFull(k.g, 2, nil).Next(), nil).Logits().Clone()
				s := sample.NewNeighbor(k.g, 2, someRows(k.g), 5, 1000, newRand(3))
				for range s.Steps() {
					b := s.Next()
					logits := m.Forward(b, nil).Logits()
					for i, v := range b.Seeds {
						for c, x := range logits.Row(i) {
							if d := x - want.Row(int(v))[c]; d > 2e-5 || d < -2e-5 {
								t.Fatalf("logit %d of node %d is %g, want %g", c, v, x, want.Row(int(v))[c])
							}
						}
					}
				}
			})
		}
	}
}

// Batches of one model take turns, as training and evaluation do: what is kept
// of one must not reach the other.
func TestKindsTakeTurns(t *testing.T) {
	g := citationGraph(t, 1, 40, 0.92)
	for _, kind := range targetKinds {
		t.Run("kind="+kind, func(t *testing.T) {
			c := Config{Kind: kind, Layers: 2, Hidden: 5, Heads: 2}
			m := newModelOf(t, c, g, 2)
			full, eval := sample.NewFull(g, 2, someRows(g)), sample.NewFull(g, 3, nil)
			// As many source nodes as the graph has, in another order.
			shuffled := sample.NewNeighbor(g, 2, reversed(g), g.Types[0].Count, 2, newRand(3))
			for range 2 {
				for _, s := range []sample.Sampler{full, shuffled, eval, full} {
					b := s.Next()
					want := newModelOf(t, c, g, 2).Forward(b, nil).Logits().Clone()
					if !sameBits(m.Forward(b, nil).Logits(), want) {
						t.Error("a model that has seen other batches computes other logits")
					}
				}
			}
		})
	}
}

func reversed(g *graph.Graph) (nodes []int32) {
	for v := g.Types[g.Target].Count - 1; v >= 0; v-- {
		nodes = append(nodes, int32(v))
	}
	return nodes
}

// A model that normalises the rows computes what one that does not computes of
// normalised features, also where it cannot know that they are sparse.
func TestRowNormalise(t *testing.T) {
	for _, raw := range []*graph.Graph{citationGraph(t, 1, 40, 0.92), citationGraph(t, 1, 6, 0), testGraph(t, 1)} {
		g := *raw
		g.Types = slices.Clone(raw.Types)
		for i := range g.Types {
			f := g.Types[i].Features.Clone()
			for v, scale := range rowScale(f) {
				for d := range f.Row(v) {
					f.Row(v)[d] *= scale
				}
			}
			g.Types[i].Features = f
		}
		for _, kind := range Kinds() {
			for name := range testSamplers(raw, 2) {
				t.Run(fmt.Sprintf("graph=%s/kind=%s/batch=%s", raw.Name, kind, name), func(t *testing.T) {
					c := Config{Kind: kind, Layers: 2, Hidden: 5, Heads: 2, RowNormalise: true}
					m := newModelOf(t, c, raw, 2)
					c.RowNormalise = false
					plain := newModelOf(t, c, &g, 2)
					b := testSamplers(raw, 2)[name].Next()
					if got := m.Forward(b, nil).Logits().Clone(); !sameBits(got, plain.Forward(b, nil).Logits()) {
						t.Error("logits differ")
					}
				})
			}
		}
	}
}

func TestKindsPanics(t *testing.T) {
	g := citationGraph(t, 1, 6, 0)
	for _, kind := range targetKinds {
		m := newModelOf(t, Config{Kind: kind, Layers: 2, Hidden: 6, Heads: 1}, g, 2)
		short := sample.NewFull(g, 1, nil).Next()
		wantPanic(t, "gnn: "+kind+": batch has 1 blocks, want at least 2 (layers)", func() { m.Forward(short, nil) })
		b := sample.NewFull(g, 2, nil).Next()
		n := len(m.Forward(b, nil).Outputs)
		wantPanic(t, fmt.Sprintf("gnn: %s: Backward: 1 gradients, want %d (outputs)", kind, n), func() { m.Backward(b, make([]mat.Matrix, 1)) })
		grad := make([]mat.Matrix, n)
		grad[1] = mat.New(3, 4)
		wantPanic(t, fmt.Sprintf("gnn: %s: Backward: gradient of output 1 is 3×4, want %v (or empty)", kind, m.Forward(b, nil).Outputs[1]),
			func() { m.Backward(b, grad) })
	}
}
