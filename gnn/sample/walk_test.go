package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"abkd/gnn/graph"
)

func TestRandomWalkInvariants(t *testing.T) {
	for _, c := range []struct {
		layers int
		walk   Walk
	}{{1, Walk{Roots: 1}}, {1, Walk{Roots: 9, Length: 6}}, {2, Walk{Roots: 4}}, {3, Walk{Roots: 7, Length: 1}}, {3, Walk{Roots: 30}}, {4, Walk{Roots: 500}}} {
		t.Run(fmt.Sprintf("layers=%d/roots=%d/length=%d", c.layers, c.walk.Roots, c.walk.Length), func(t *testing.T) {
			for seed := range uint64(5) {
				g := randomGraph(t, seed)
				train := someNodes(g, 12)
				s := NewRandomWalk(g, c.layers, train, c.walk, rand.NewPCG(seed, 2))
				for range 8 {
					b := s.Next()
					if fault := checkBatch(g, b); fault != "" {
						t.Fatal(fault)
					}
					if len(b.Blocks) != c.layers || b.Fixed {
						t.Fatalf("%d blocks, fixed %v, want %d and false", len(b.Blocks), b.Fixed, c.layers)
					}
					checkInduced(t, s, b)
					checkTrained(t, b, train)
				}
				for n, local := range s.local {
					if i := slices.IndexFunc(local, func(v int32) bool { return v != -1 }); i >= 0 {
						t.Errorf("node %d of type %d is remembered after its batch", i, n)
					}
				}
			}
		})
	}
}

// checkInduced checks that the blocks of b have every edge between its nodes,
// but for relations that end where no path leads to the target, and that they
// share their storage.
func checkInduced(t *testing.T, s *RandomWalk, b *Batch) {
	t.Helper()
	full := NewFull(s.g, len(b.Blocks), nil).Next()
	for l, block := range b.Blocks {
		for n, nodes := range b.Nodes {
			for _, k := range []struct {
				what       string
				got, whole int
			}{{"sources", block.NumSrc[n], full.Blocks[l].NumSrc[n]}, {"destinations", block.NumDst[n], full.Blocks[l].NumDst[n]}} {
				if want := len(nodes) * min(k.whole, 1); k.got != want {
					t.Fatalf("block %d has %d %s of type %d, want %d", l, k.got, k.what, n, want)
				}
			}
		}
		for i, r := range s.g.Relations {
			var got, want [][2]int32
			for d := range block.NumDst[r.Dst] {
				for _, u := range block.Rel[i].In.Row(d) {
					got = append(got, [2]int32{b.Nodes[r.Src][u], b.Nodes[r.Dst][d]})
				}
				for _, u := range r.In.Row(int(b.Nodes[r.Dst][d])) {
					if slices.Contains(b.Nodes[r.Src], u) {
						want = append(want, [2]int32{u, b.Nodes[r.Dst][d]})
					}
				}
			}
			order := func(a, b [2]int32) int { return slices.Compare(a[:], b[:]) }
			slices.SortFunc(got, order)
			slices.SortFunc(want, order)
			if !slices.Equal(got, want) {
				t.Fatalf("block %d: %v has the edges %v, want %v", l, r.EdgeType, got, want)
			}
			if len(got) > 0 && &block.Rel[i].In.Col[0] != &b.Blocks[0].Rel[i].In.Col[0] {
				t.Errorf("block %d: %v has edges of its own", l, r.EdgeType)
			}
		}
	}
}

// checkTrained checks that the rows of b are its nodes of train.
func checkTrained(t *testing.T, b *Batch, train []int32) {
	t.Helper()
	var want []int32
	for i, v := range b.Seeds {
		if slices.Contains(train, v) {
			want = append(want, int32(i))
		}
	}
	if !slices.Equal(b.Rows, want) {
		t.Fatalf("rows are %v, want those of nodes to be trained, %v", b.Rows, want)
	}
}

// forked is a graph of five nodes of three types in which walks branch, meet a
// node that nothing leaves and one that no layer reads.
func forked(t testing.TB) *graph.Graph {
	g := &graph.Graph{Name: "forked", Classes: 1, Target: 0, Labels: make([]int32, 3), Types: []graph.NodeType{
		{Name: "paper", Count: 3}, {Name: "author", Count: 2}, {Name: "reader", Count: 1},
	}}
	for _, r := range []struct {
		name     graph.EdgeType
		src, dst []int32
	}{
		{graph.EdgeType{Src: "author", Rel: "writes", Dst: "paper"}, []int32{0, 0, 1}, []int32{0, 1, 1}},
		{graph.EdgeType{Src: "paper", Rel: "by", Dst: "author"}, []int32{0, 0, 1}, []int32{0, 1, 0}},
		{graph.EdgeType{Src: "paper", Rel: "cites", Dst: "paper"}, []int32{0, 1}, []int32{1, 2}},
		{graph.EdgeType{Src: "paper", Rel: "read_by", Dst: "reader"}, []int32{1, 1}, []int32{0, 0}},
	} {
		if err := g.AddRelation(r.name, r.src, r.dst); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

// exact returns the probability of each set of visited nodes of one walk from
// node v of type at, of those that a layer reads.
func exact(g *graph.Graph, at, v, length int, seen map[[2]int]bool, p float64, into map[string]float64) {
	next := map[[2]int]bool{}
	for n := range seen {
		next[n] = true
	}
	if g.Types[at].Name != "reader" {
		next[[2]int{at, v}] = true
	}
	if length == 0 {
		var set [][2]int
		for n := range next {
			set = append(set, n)
		}
		slices.SortFunc(set, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
		into[fmt.Sprint(set)] += p
		return
	}
	var to [][2]int
	for _, r := range g.Relations {
		for d := range r.In.Rows() {
			if r.Src == at && slices.Contains(r.In.Row(d), int32(v)) {
				to = append(to, [2]int{r.Dst, d})
			}
		}
	}
	if len(to) == 0 {
		to = [][2]int{{at, v}}
	}
	for _, n := range to {
		exact(g, n[0], n[1], length-1, next, p/float64(len(to)), into)
	}
}

// Walks have the distribution that is written down: the statistic is χ²
// distributed and exceeds its bound once in a thousand.
func TestRandomWalkDistribution(t *testing.T) {
	const draws = 40000
	g := forked(t)
	for _, length := range []int{1, 2, 3, 5} {
		t.Run(fmt.Sprintf("length=%d", length), func(t *testing.T) {
			want := map[string]float64{}
			for v := range 3 {
				exact(g, 0, v, length, nil, 1./3, want)
			}
			s := NewRandomWalk(g, 3, nil, Walk{Roots: 1, Length: length}, rand.NewPCG(1, uint64(length)))
			got := map[string]float64{}
			for range draws {
				var set [][2]int
				for n, nodes := range s.Next().Nodes {
					for _, v := range slices.Sorted(slices.Values(nodes)) {
						set = append(set, [2]int{n, int(v)})
					}
				}
				got[fmt.Sprint(set)]++
			}
			chi := 0.0
			for set, p := range want {
				d := got[set] - p*draws
				chi += d * d / (p * draws)
				delete(got, set)
			}
			if len(got) > 0 {
				t.Errorf("sets %v are visited, which no walk visits", got)
			}
			df := float64(len(want) - 1)
			bound := df * math.Pow(1-2/(9*df)+3.09*math.Sqrt(2/(9*df)), 3) // Wilson and Hilferty, 1931
			t.Logf("%d sets, statistic %.1f, bound %.1f", len(want), chi, bound)
			if chi > bound {
				t.Errorf("statistic of %d sets is %.1f, want at most %.1f", len(want), chi, bound)
			}
		})
	}
}

// The zero Walk is the protocol of OGBN-MAG.
func TestRandomWalkDefaults(t *testing.T) {
	s := NewRandomWalk(randomGraph(t, 1), 3, nil, Walk{}, rand.NewPCG(1, 1))
	if want := (Walk{20000, 3, 30}); s.walk != want || s.Steps() != 30 {
		t.Errorf("walk is %+v with %d steps, want %+v", s.walk, s.Steps(), want)
	}
	if b := s.Next(); len(b.Rows) != 0 || len(b.Labels) != 0 || len(b.Seeds) == 0 {
		t.Errorf("%d rows and %d seeds without nodes to train, want 0 and some", len(b.Rows), len(b.Seeds))
	}
}

// Out-edges are the reverse relation's in-edges where there is one.
func TestOutEdges(t *testing.T) {
	for name, g := range map[string]*graph.Graph{"random": randomGraph(t, 3), "forked": forked(t)} {
		for i, out := range outEdges(g) {
			r := g.Relations[i]
			want, _ := graph.Transpose(graph.CSR{}, nil, r.In, g.Types[r.Src].Count)
			if !slices.Equal(out.Ptr, want.Ptr) || !slices.Equal(out.Col, want.Col) {
				t.Errorf("%s: out-edges of %v are %v, want %v", name, r.EdgeType, out, want)
			}
			shared := slices.ContainsFunc(g.Relations, func(q graph.Relation) bool { return &q.In.Ptr[0] == &out.Ptr[0] })
			if hasReverse := name == "random" && r.Rel != "read_by"; shared != hasReverse {
				t.Errorf("%s: out-edges of %v are shared: %t, want %t", name, r.EdgeType, shared, hasReverse)
			}
		}
	}
}

func TestRandomWalkDeterminism(t *testing.T) {
	g := randomGraph(t, 2)
	draw := func(seed uint64) (all string) {
		s := NewRandomWalk(g, 2, someNodes(g, 17), Walk{Roots: 5}, rand.NewPCG(seed, 5))
		for range 6 {
			all += fmt.Sprint(*s.Next())
		}
		return all
	}
	first := draw(1)
	if draw(1) != first {
		t.Error("the same seed draws different batches")
	}
	if draw(2) == first {
		t.Error("different seeds draw the same batches")
	}
}

func TestRandomWalkAllocs(t *testing.T) {
	g := randomGraph(t, 2)
	s := NewRandomWalk(g, 3, someNodes(g, 17), Walk{Roots: 6}, rand.NewPCG(1, 7))
	for range 300 {
		s.Next()
	}
	if n := testing.AllocsPerRun(100, func() { s.Next() }); n != 0 {
		t.Errorf("%v allocations per batch, want 0", n)
	}
}

func TestRandomWalkRefuses(t *testing.T) {
	g, src := randomGraph(t, 1), rand.NewPCG(1, 8)
	mustPanic(t, "NewRandomWalk: 0 layers", func() { NewRandomWalk(g, 0, nil, Walk{}, src) })
	mustPanic(t, "-1 roots", func() { NewRandomWalk(g, 1, nil, Walk{Roots: -1}, src) })
	mustPanic(t, "walks of -2 edges", func() { NewRandomWalk(g, 1, nil, Walk{Length: -2}, src) })
	mustPanic(t, "-3 steps", func() { NewRandomWalk(g, 1, nil, Walk{Steps: -3}, src) })
	mustPanic(t, "entry 0 is node 999", func() { NewRandomWalk(g, 1, []int32{999}, Walk{}, src) })
	empty := &graph.Graph{Types: []graph.NodeType{{Name: "paper"}}}
	mustPanic(t, "0 target nodes", func() { NewRandomWalk(empty, 1, nil, Walk{}, src) })
}

// largeGraph has the shape of OGBN-MAG at a tenth of its size: 194 thousand
// nodes, 4 million edges, the fields of study as uneven as there.
func largeGraph(tb testing.TB) *graph.Graph {
	rng := rand.New(rand.NewPCG(1, 10))
	g := &graph.Graph{Name: "large", Classes: 1, Types: []graph.NodeType{
		{Name: "paper", Count: 73_639}, {Name: "author", Count: 113_465}, {Name: "field", Count: 5_997}, {Name: "institution", Count: 874},
	}}
	for _, r := range []struct {
		src, rel, dst string
		edges         int
		skew          float64 // of the destinations: node n·x^skew for a uniform x
	}{
		{"author", "writes", "paper", 714_566, 1}, {"paper", "cites", "paper", 541_627, 2},
		{"paper", "has", "field", 750_505, 4}, {"author", "at", "institution", 104_400, 3},
	} {
		n, m := g.Types[g.TypeIndex(r.src)].Count, g.Types[g.TypeIndex(r.dst)].Count
		var src, dst []int32
		for range r.edges {
			src, dst = append(src, int32(rng.IntN(n))), append(dst, int32(float64(m)*math.Pow(rng.Float64(), r.skew)))
		}
		if err := g.AddWithReverse(graph.EdgeType{Src: r.src, Rel: r.rel, Dst: r.dst}, src, dst); err != nil {
			tb.Fatal(err)
		}
	}
	g.Labels = make([]int32, g.Types[0].Count)
	return g
}

func BenchmarkSamplers(b *testing.B) {
	g := largeGraph(b)
	train := make([]int32, g.Types[0].Count)
	for i := range train {
		train[i] = int32(i)
	}
	samplers := map[string]func() Sampler{
		"walk/roots=2000":      func() Sampler { return NewRandomWalk(g, 3, train, Walk{Roots: 2000}, rand.NewPCG(1, 1)) },
		"walk/roots=20000":     func() Sampler { return NewRandomWalk(g, 3, train, Walk{}, rand.NewPCG(1, 1)) },
		"neighbor/seeds=1024":  func() Sampler { return NewNeighbor(g, 3, train, 1024, 5, rand.NewPCG(1, 1)) },
		"prefetch/roots=20000": func() Sampler { return NewPrefetch(NewRandomWalk(g, 3, train, Walk{}, rand.NewPCG(1, 1)), 2) },
	}
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range samplers {
			if !yield(name) {
				return
			}
		}
	}) {
		b.Run(name, func(b *testing.B) {
			s := samplers[name]()
			edges, nodes := 0, 0
			for b.Loop() {
				batch := s.Next()
				for i := range g.Relations {
					edges += len(batch.Blocks[0].Rel[i].In.Col)
				}
				for _, n := range batch.Blocks[0].NumSrc {
					nodes += n
				}
			}
			b.ReportMetric(float64(edges)/b.Elapsed().Seconds(), "edges/s")
			b.ReportMetric(float64(edges)/float64(b.N), "edges")
			b.ReportMetric(float64(nodes)/float64(b.N), "nodes")
			if p, ok := s.(*Prefetch); ok {
				p.Close()
			}
		})
	}
}
