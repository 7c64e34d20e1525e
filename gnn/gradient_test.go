package gnn

import (
	"cmp"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// An objective returns a loss and the pattern of the ReLUs behind it.
type objective func() (loss float64, pattern uint64)

// checkGradient compares grad with central differences of f along random
// directions of w. One direction tests every element at once, and the error of
// a float32 loss stays far below the tolerance, which it does not when elements
// are moved one by one. A step that crosses a kink of a ReLU is halved: between
// kinks the loss is linear in any one parameter.
func checkGradient(t *testing.T, name string, f objective, w, grad mat.Matrix) {
	t.Helper()
	const (
		directions = 4
		h0         = 1e-2 // length of the first step
		tol        = 1e-2 // of the rms gradient; a wrong derivative is off by about 1
		noise      = 1e-6 // of a loss whose terms are float32
	)
	rng := newRand(7)
	w0 := w.Clone()
	defer copy(w.Data, w0.Data)
	_, pattern := f()
	for range directions {
		d := randomMatrix(rng, w.Rows, w.Cols)
		norm := math.Sqrt(dot(d, d))
		at := func(h float64) (float64, bool) {
			for i := range w.Data {
				w.Data[i] = w0.Data[i] + float32(h/norm)*d.Data[i]
			}
			loss, p := f()
			return loss, p == pattern
		}
		var want, h float64
		for h = h0; ; h /= 2 {
			hi, ok1 := at(h)
			lo, ok2 := at(-h)
			if want = (hi - lo) / (2 * h); ok1 && ok2 {
				break
			}
			if h < h0/200 {
				t.Fatalf("%s: every step crosses a kink", name)
			}
		}
		got := dot(grad, d) / norm
		rms := math.Sqrt(dot(grad, grad) / float64(max(1, len(grad.Data))))
		if e := math.Abs(got - want); !(e <= tol*rms+noise/h) {
			t.Errorf("d loss/d %s along a random direction is %.6g, want %.6g (rms gradient %.2g, step %.2g)", name, got, want, rms, h)
		}
	}
}

// reluPattern returns a hash of which elements are positive.
func reluPattern(layers ...[]mat.Matrix) uint64 {
	h := fnv.New64a()
	for _, ys := range layers {
		for _, y := range ys {
			for _, v := range y.Data {
				if v > 0 {
					h.Write([]byte{1})
				} else {
					h.Write([]byte{0})
				}
			}
		}
	}
	return h.Sum64()
}

// testGraph returns a graph of the shape of a small OGBN-MAG with papers that
// cite each other, a type without features, one of the papers' feature width,
// one of another, one relation without edges and one type that nothing leaves
// or reaches.
func testGraph(tb testing.TB, seed uint64) *graph.Graph {
	tb.Helper()
	rng := newRand(seed)
	g := &graph.Graph{Name: "test", Classes: 4, Target: 2, Types: []graph.NodeType{
		{Name: "author", Count: 17},
		{Name: "field", Count: 7, Features: randomMatrix(rng, 7, 3)},
		{Name: "paper", Count: 24, Features: randomMatrix(rng, 24, 5)},
		{Name: "venue", Count: 4, Features: randomMatrix(rng, 4, 5)},
		{Name: "reader", Count: 3},
	}}
	for _, r := range []struct {
		name  graph.EdgeType
		edges int
	}{
		{graph.EdgeType{Src: "author", Rel: "writes", Dst: "paper"}, 40},
		{graph.EdgeType{Src: "paper", Rel: "cites", Dst: "paper"}, 30},
		{graph.EdgeType{Src: "paper", Rel: "has", Dst: "field"}, 30},
		{graph.EdgeType{Src: "paper", Rel: "in", Dst: "venue"}, 20},
		{graph.EdgeType{Src: "author", Rel: "reviews", Dst: "paper"}, 0},
	} {
		var src, dst []int32
		for range r.edges {
			src = append(src, rng.Int32N(int32(g.Types[g.TypeIndex(r.name.Src)].Count)))
			dst = append(dst, rng.Int32N(int32(g.Types[g.TypeIndex(r.name.Dst)].Count)))
		}
		if err := g.AddWithReverse(r.name, src, dst); err != nil {
			tb.Fatal(err)
		}
	}
	for range g.Types[g.Target].Count {
		g.Labels = append(g.Labels, rng.Int32N(int32(g.Classes)))
	}
	g.Splits = []graph.Split{{Name: "some", Train: someRows(g)}}
	if err := g.Validate(); err != nil {
		tb.Fatal(err)
	}
	return g
}

// someRows returns every second target node of g, the last first.
func someRows(g *graph.Graph) (rows []int32) {
	for v := g.Types[g.Target].Count - 1; v >= 0; v -= 2 {
		rows = append(rows, int32(v))
	}
	return rows
}

// testSamplers returns a sampler of each kind that a model of the given number
// of layers can be trained on.
func testSamplers(g *graph.Graph, layers int) map[string]sample.Sampler {
	return map[string]sample.Sampler{
		"full":      sample.NewFull(g, layers, someRows(g)),
		"deeper":    sample.NewFull(g, layers+1, someRows(g)),
		"receptive": sample.NewReceptive(g, layers, someRows(g)),
		"neighbor":  sample.NewNeighbor(g, layers, someRows(g), 5, 2, newRand(3)),
		"walk":      sample.NewRandomWalk(g, layers, someRows(g), sample.Walk{Roots: 9}, newRand(3)),
	}
}

// newTestModel returns an RGCN whose biases are random as well.
func newTestModel(tb testing.TB, c Config, g *graph.Graph, seed uint64) *RGCN {
	tb.Helper()
	return newModelOf(tb, c, g, seed).(*RGCN)
}

// newModelOf returns a model of any kind whose biases are random as well, and
// whose attention is far from the mean. Types without features have tables
// unless c says otherwise.
func newModelOf(tb testing.TB, c Config, g *graph.Graph, seed uint64) Model {
	tb.Helper()
	c.Inputs = cmp.Or(c.Inputs, "embedding")
	m, err := New(c, g, newRand(seed))
	if err != nil {
		tb.Fatal(err)
	}
	rng := newRand(seed + 1)
	for _, p := range m.Params() {
		if p.W.Rows == 1 || strings.Contains(p.Name, ".att_") {
			copy(p.W.Data, randomMatrix(rng, p.W.Rows, p.W.Cols).Data)
		}
	}
	return m
}

// citationGraph returns a graph of one node type and one relation, in which
// some edges go one way, a node has none, one cites itself, and a share of the
// features is 0.
func citationGraph(tb testing.TB, seed uint64, width int, zeros float64) *graph.Graph {
	tb.Helper()
	const nodes = 26
	rng := newRand(seed)
	x := randomMatrix(rng, nodes, width)
	for i := range x.Data {
		if rng.Float64() < zeros {
			x.Data[i] = 0
		}
	}
	g := &graph.Graph{Name: "citations", Classes: 3, Types: []graph.NodeType{{Name: "paper", Count: nodes, Features: x}}}
	src, dst := []int32{4, 5, 6}, []int32{4, 9, 11} // the first is a self-loop
	for range 45 {
		u, v := rng.Int32N(nodes-1), rng.Int32N(nodes-1) // the last node has no edge
		src, dst = append(src, u, v), append(dst, v, u)
	}
	if err := g.AddRelation(graph.EdgeType{Src: "paper", Rel: "cites", Dst: "paper"}, src, dst); err != nil {
		tb.Fatal(err)
	}
	for range nodes {
		g.Labels = append(g.Labels, rng.Int32N(int32(g.Classes)))
	}
	g.Splits = []graph.Split{{Name: "some", Train: someRows(g)}}
	if err := g.Validate(); err != nil {
		tb.Fatal(err)
	}
	return g
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 11)) }

func randomMatrix(rng *rand.Rand, rows, cols int) mat.Matrix {
	m := mat.New(rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(rng.NormFloat64())
	}
	return m
}

func dot(a, b mat.Matrix) (s float64) {
	for i, v := range a.Data {
		s += float64(v) * float64(b.Data[i])
	}
	return s
}

// sameBits reports whether a and b have one shape and the same elements.
func sameBits(a, b mat.Matrix) bool {
	if a.Rows != b.Rows || a.Cols != b.Cols {
		return false
	}
	for i, v := range a.Data {
		if math.Float32bits(v) != math.Float32bits(b.Data[i]) {
			return false
		}
	}
	return true
}

// wantPanic runs f and reports unless it panics with want.
func wantPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := recover(); got != want {
			t.Errorf("panic %v, want %s", got, want)
		}
	}()
	f()
}
