package graph

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/mat"
)

// randomEdges draws n edges with repetitions.
func randomEdges(rng *rand.Rand, n, numSrc, numDst int) (src, dst []int32) {
	for range n {
		src = append(src, int32(rng.IntN(numSrc)))
		dst = append(dst, int32(rng.IntN(numDst)))
	}
	return src, dst
}

// dense returns the adjacency of c: element [i][j] says that row i has entry j.
func dense(c CSR, cols int) [][]bool {
	d := make([][]bool, c.Rows())
	for i := range d {
		d[i] = make([]bool, cols)
		for _, j := range c.Row(i) {
			d[i][j] = true
		}
	}
	return d
}

func TestNewCSR(t *testing.T) {
	for _, c := range []struct {
		name     string
		src, dst []int32
		s, d     int
		ptr, col []int32
	}{
		{"edges=0", nil, nil, 3, 2, []int32{0, 0, 0}, []int32{}},
		{"edges=0/rows=0", nil, nil, 3, 0, []int32{0}, []int32{}},
		{"edges=1", []int32{2}, []int32{1}, 3, 2, []int32{0, 0, 1}, []int32{2}},
		{"unsorted", []int32{2, 0, 1}, []int32{1, 1, 0}, 3, 2, []int32{0, 1, 3}, []int32{1, 0, 2}},
		{"repeated", []int32{2, 0, 2, 2, 0}, []int32{1, 0, 1, 1, 0}, 3, 2, []int32{0, 1, 2}, []int32{0, 2}},
		{"hole", []int32{1, 1, 0}, []int32{3, 3, 0}, 2, 4, []int32{0, 1, 1, 1, 2}, []int32{0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := NewCSR(c.src, c.dst, c.s, c.d)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Ptr, c.ptr) || !slices.Equal(got.Col, c.col) {
				t.Errorf("CSR is %v %v, want %v %v", got.Ptr, got.Col, c.ptr, c.col)
			}
			if got.Rows() != c.d {
				t.Errorf("%d rows, want %d", got.Rows(), c.d)
			}
		})
	}
}

func TestNewCSRAgainstDense(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s, d := 1+rng.IntN(12), 1+rng.IntN(12)
		src, dst := randomEdges(rng, rng.IntN(80), s, d)
		want := make([][]bool, d)
		for i := range want {
			want[i] = make([]bool, s)
		}
		for e := range src {
			want[dst[e]][src[e]] = true
		}
		c, err := NewCSR(src, dst, s, d)
		if err != nil {
			t.Fatal(err)
		}
		if got := dense(c, s); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("seed %d: adjacency is %v, want %v", seed, got, want)
		}
		for i := range d {
			row := c.Row(i)
			if !slices.IsSorted(row) || len(slices.Compact(slices.Clone(row))) != len(row) {
				t.Fatalf("seed %d: row %d is %v, want it sorted, each once", seed, i, row)
			}
		}
	}
}

func TestNewCSRKeepsItsInput(t *testing.T) {
	src, dst := []int32{2, 0, 2, 1}, []int32{1, 1, 1, 0}
	if _, err := NewCSR(src, dst, 3, 2); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(src, []int32{2, 0, 2, 1}) || !slices.Equal(dst, []int32{1, 1, 1, 0}) {
		t.Errorf("the edge list became %v %v", src, dst)
	}
}

func TestNewCSRErrors(t *testing.T) {
	for _, c := range []struct {
		src, dst []int32
		want     string
	}{
		{[]int32{0, 3}, []int32{0, 0}, "edge 1 starts at node 3, want 0..2"},
		{[]int32{-1}, []int32{0}, "edge 0 starts at node -1, want 0..2"},
		{[]int32{0}, []int32{2}, "edge 0 ends at node 2, want 0..1"},
		{[]int32{0}, []int32{-7}, "edge 0 ends at node -7, want 0..1"},
	} {
		if _, err := NewCSR(c.src, c.dst, 3, 2); err == nil || err.Error() != c.want {
			t.Errorf("NewCSR(%v, %v) says %v, want %s", c.src, c.dst, err, c.want)
		}
	}
}

// The storage of one transpose serves all the others, larger and smaller, so
// that stale values show.
func TestTransposeAgainstDense(t *testing.T) {
	var got CSR
	var weight []float32
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 2))
		s, d := 1+rng.IntN(15), 1+rng.IntN(15)
		src, dst := randomEdges(rng, rng.IntN(60), s, d)
		c, err := NewCSR(src, dst, s, d)
		if err != nil {
			t.Fatal(err)
		}
		got, weight = Transpose(got, weight, c, s)
		if got.Rows() != s || len(got.Col) != len(c.Col) || len(weight) != len(c.Col) {
			t.Fatalf("seed %d: %d rows, %d entries, %d weights, want %d, %d, %d", seed, got.Rows(), len(got.Col), len(weight), s, len(c.Col), len(c.Col))
		}
		want := dense(c, s)
		for j, row := range dense(got, d) {
			for i, has := range row {
				if has != want[i][j] {
					t.Fatalf("seed %d: entry (%d, %d) is %v, want %v", seed, j, i, has, want[i][j])
				}
			}
			if !slices.IsSorted(got.Row(j)) {
				t.Fatalf("seed %d: row %d is %v, want it sorted", seed, j, got.Row(j))
			}
		}
		for e, i := range got.Col {
			if w := 1 / float32(len(c.Row(int(i)))); weight[e] != w {
				t.Fatalf("seed %d: weight of an entry from row %d is %v, want %v", seed, i, weight[e], w)
			}
		}
	}
}

func TestTransposeIsTheDerivativeOfTheMean(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	src, dst := randomEdges(rng, 40, 9, 7)
	c, err := NewCSR(src, dst, 9, 7)
	if err != nil {
		t.Fatal(err)
	}
	out, weight := Transpose(CSR{}, nil, c, 9)
	x, dy := mat.New(9, 3), mat.New(7, 3)
	for _, m := range []mat.Matrix{x, dy} {
		for i := range m.Data {
			m.Data[i] = rng.Float32() - .5
		}
	}
	y, dx := mat.New(7, 3), mat.New(9, 3)
	mat.SpMM(y, c.Ptr, c.Col, nil, x, false)
	mat.SpMM(dx, out.Ptr, out.Col, weight, dy, false)
	var a, b float64 // <mean(x), dy> = <x, meanᵀ(dy)>
	for i := range y.Data {
		a += float64(y.Data[i]) * float64(dy.Data[i])
	}
	for i := range x.Data {
		b += float64(x.Data[i]) * float64(dx.Data[i])
	}
	if d := a - b; d > 1e-5 || d < -1e-5 {
		t.Errorf("<mean(x), dy> is %v but <x, meanᵀ(dy)> is %v", a, b)
	}
}

func TestTransposeReusesStorage(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	src, dst := randomEdges(rng, 200, 30, 20)
	c, err := NewCSR(src, dst, 30, 20)
	if err != nil {
		t.Fatal(err)
	}
	out, weight := Transpose(CSR{}, nil, c, 30)
	if n := testing.AllocsPerRun(10, func() { out, weight = Transpose(out, weight, c, 30) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

// library returns a small valid graph.
func library(t *testing.T) *Graph {
	t.Helper()
	g := &Graph{
		Name: "library",
		Types: []NodeType{
			{Name: "book", Count: 4, Features: mat.New(4, 2), Labels: []string{"a", "b", "c", "d"}, Years: []int32{1, 2, 3, 4}},
			{Name: "reader", Count: 3},
		},
		Labels: []int32{0, 1, -1, 1}, Classes: 2, ClassNames: []string{"prose", "verse"},
		Splits: []Split{{Name: "even", Train: []int32{0}, Valid: []int32{1}, Test: []int32{3}}, {Name: "odd", Train: []int32{3}}},
	}
	if err := g.AddWithReverse(EdgeType{"reader", "borrows", "book"}, []int32{0, 2, 0}, []int32{1, 3, 1}); err != nil {
		t.Fatal(err)
	}
	if err := g.AddWithReverse(EdgeType{"book", "cites", "book"}, []int32{0, 1, 2, 3}, []int32{1, 0, 2, 0}); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestAddWithReverse(t *testing.T) {
	g := library(t)
	want := []struct {
		name     string
		src, dst int
		ptr, col []int32
	}{
		{"reader__borrows__book", 1, 0, []int32{0, 0, 1, 1, 2}, []int32{0, 2}},
		{"book__rev_borrows__reader", 0, 1, []int32{0, 1, 1, 2}, []int32{1, 3}},
		{"book__cites__book", 0, 0, []int32{0, 2, 3, 4, 5}, []int32{1, 3, 0, 2, 0}},
	}
	if len(g.Relations) != len(want) {
		t.Fatalf("%d relations, want %d", len(g.Relations), len(want))
	}
	for i, w := range want {
		r := g.Relations[i]
		if r.String() != w.name || r.Src != w.src || r.Dst != w.dst {
			t.Errorf("relation %d is %v from %d to %d, want %s from %d to %d", i, r, r.Src, r.Dst, w.name, w.src, w.dst)
		}
		if !slices.Equal(r.In.Ptr, w.ptr) || !slices.Equal(r.In.Col, w.col) {
			t.Errorf("%s is %v %v, want %v %v", w.name, r.In.Ptr, r.In.Col, w.ptr, w.col)
		}
	}
	if g.NumNodes() != 7 || g.NumEdges() != 9 {
		t.Errorf("%d nodes, %d edges, want 7, 9", g.NumNodes(), g.NumEdges())
	}
}

func TestAddRelationErrors(t *testing.T) {
	for _, c := range []struct {
		name     string
		t        EdgeType
		src, dst []int32
		want     string
	}{
		{"type=unknown", EdgeType{"ghost", "reads", "book"}, nil, nil, `graph: relation ghost__reads__book: node types are "ghost" and "book", want both among ["book" "reader"]`},
		{"length", EdgeType{"reader", "reads", "book"}, []int32{1}, nil, "graph: relation reader__reads__book: 1 sources, want 0 (one per destination)"},
		{"range", EdgeType{"reader", "reads", "book"}, []int32{3}, []int32{0}, "graph: relation reader__reads__book: edge 0 starts at node 3, want 0..2"},
		{"twice", EdgeType{"reader", "borrows", "book"}, nil, nil, "graph: relation reader__borrows__book is there already"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := library(t)
			if err := g.AddRelation(c.t, c.src, c.dst); err == nil || err.Error() != c.want {
				t.Errorf("AddRelation says %v, want %s", err, c.want)
			}
			if len(g.Relations) != 3 {
				t.Errorf("%d relations after the error, want 3", len(g.Relations))
			}
		})
	}
}

func TestSplit(t *testing.T) {
	g := library(t)
	for _, c := range []struct{ ask, want string }{{"", "even"}, {"even", "even"}, {"odd", "odd"}} {
		if s, err := g.Split(c.ask); err != nil || s.Name != c.want {
			t.Errorf("Split(%q) is %q, %v, want %q", c.ask, s.Name, err, c.want)
		}
	}
	if _, err := g.Split("time"); err == nil || err.Error() != `graph: library: split is "time", want one of ["even" "odd"]` {
		t.Errorf("Split(time) says %v", err)
	}
	if _, err := new(Graph).Split(""); err == nil {
		t.Error("a graph without splits has a default split")
	}
}

func TestValidate(t *testing.T) {
	if err := library(t).Validate(); err != nil {
		t.Fatalf("a valid graph: %v", err)
	}
	for _, c := range []struct {
		name  string
		spoil func(*Graph)
		want  string // "graph: library: " left out
	}{
		{"target", func(g *Graph) { g.Target = 2 }, "target type is 2, want 0..1"},
		{"target=negative", func(g *Graph) { g.Target = -1 }, "target type is -1, want 0..1"},
		{"types=same", func(g *Graph) { g.Types[1].Name = "book" }, `node types 0 and 1 are both "book", want different names`},
		{"count", func(g *Graph) { g.Types[1].Count = -1 }, "-1 nodes of type reader, want 0 or more"},
		{"features", func(g *Graph) { g.Types[0].Features = mat.New(3, 2) }, "features of book are 3×2, want 4 rows"},
		{"names", func(g *Graph) { g.Types[0].Labels = []string{"a"} }, "1 names of book, want 4"},
		{"years", func(g *Graph) { g.Types[0].Years = []int32{1} }, "1 years of book, want 4"},
		{"labels", func(g *Graph) { g.Labels = g.Labels[:3] }, "3 labels, want 4"},
		{"label=high", func(g *Graph) { g.Labels[3] = 2 }, "label of node 3 is 2, want 0..1, or -1 for none"},
		{"label=low", func(g *Graph) { g.Labels[3] = -2 }, "label of node 3 is -2, want 0..1, or -1 for none"},
		{"classes", func(g *Graph) { g.ClassNames = []string{"prose"} }, "1 names of classes, want 2"},
		{"split=range", func(g *Graph) { g.Splits[0].Test = []int32{3, 9} }, "split even: entry 1 of test is node 9, want 0..3"},
		{"split=unlabelled", func(g *Graph) { g.Splits[1].Valid = []int32{2} }, "split odd: entry 0 of valid is node 2, which has no label"},
		{"split=twice", func(g *Graph) { g.Splits[0].Test = []int32{3, 0} }, "split even: entry 1 of test is node 0, which is in train already"},
		{"relation=type", func(g *Graph) { g.Relations[0].Src = 5 }, "relation reader__borrows__book: node type is 5, want 0..1"},
		{"relation=rows", func(g *Graph) { g.Relations[0].In.Ptr = []int32{0} }, "relation reader__borrows__book: 1 row pointers, want 5"},
		{"relation=span", func(g *Graph) { g.Relations[0].In.Col = []int32{0} }, "relation reader__borrows__book: rows span entries 0..2, want 0..1"},
		{"relation=order", func(g *Graph) { g.Relations[0].In.Ptr = []int32{0, 2, 1, 1, 2} }, "relation reader__borrows__book: row 1 spans entries 2..1, want an increasing range below 3"},
		{"relation=beyond", func(g *Graph) { g.Relations[0].In.Ptr = []int32{0, 9, 9, 9, 2} }, "relation reader__borrows__book: row 0 spans entries 0..9, want an increasing range below 3"},
		{"relation=entry", func(g *Graph) { g.Relations[0].In.Col[1] = 3 }, "relation reader__borrows__book: row 3 has entry 3 after -1, want increasing entries in 0..2"},
		{"relation=repeated", func(g *Graph) { g.Relations[2].In.Col[1] = 1 }, "relation book__cites__book: row 0 has entry 1 after 1, want increasing entries in 0..3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := library(t)
			c.spoil(g)
			err := g.Validate()
			if err == nil || strings.TrimPrefix(err.Error(), "graph: library: ") != c.want {
				t.Errorf("Validate says %v, want %s", err, c.want)
			}
		})
	}
}
