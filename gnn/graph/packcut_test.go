package graph

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/mat"
)

// field returns a larger graph of papers, authors and topics in which paper 0
// has very many neighbours.
func field(seed uint64) *Graph {
	rng := rand.New(rand.NewPCG(seed, 1))
	g := &Graph{Name: "field", Classes: 4, Types: []NodeType{
		{Name: "paper", Count: 400, Features: mat.New(400, 2), Years: make([]int32, 400)}, {Name: "author", Count: 300, Labels: make([]string, 300)}, {Name: "topic", Count: 5},
	}}
	split := Split{Name: "time"}
	for i := range 400 {
		g.Types[0].Features.Row(i)[0] = float32(i)
		g.Types[0].Years[i] = int32(i)
		g.Labels = append(g.Labels, int32(i*i%4))
		part := []*[]int32{&split.Train, &split.Valid, &split.Test}[i%10/8+i%10/9]
		*part = append(*part, int32(i))
	}
	for i := range 300 {
		g.Types[1].Labels[i] = fmt.Sprint("author ", i)
	}
	g.Splits = []Split{{"random", []int32{0, 1, 2, 3}, []int32{4}, []int32{5}}, split}
	add := func(src, rel, dst string, n int) {
		var from, to []int32
		for i := range n {
			from = append(from, int32(rng.IntN(g.Types[g.TypeIndex(src)].Count)))
			to = append(to, int32(rng.IntN(g.Types[g.TypeIndex(dst)].Count))*int32(i%3+1)/3)
		}
		if err := g.AddWithReverse(EdgeType{src, rel, dst}, from, to); err != nil {
			panic(err)
		}
	}
	add("author", "writes", "paper", 900)
	add("paper", "cites", "paper", 700)
	add("paper", "has_topic", "topic", 800)
	return WithMeans(g)
}

func cutOf(t *testing.T, c Cut, g *Graph, seed uint64) (*Graph, [][]int32) {
	t.Helper()
	part, origin, err := c.Of(g, rand.New(rand.NewPCG(seed, 2)))
	if err != nil {
		t.Fatal(err)
	}
	if err := part.Validate(); err != nil {
		t.Fatal(err)
	}
	return part, origin
}

// TestCutIsInduced compares the part with the definition: the edges of g
// between its nodes, and all that g says of them.
func TestCutIsInduced(t *testing.T) {
	g := field(1)
	part, origin := cutOf(t, Cut{Seeds: 24, Hops: 2, Nodes: 150, Split: "time"}, g, 1)
	if n := part.NumNodes(); n != 150 {
		t.Errorf("%d nodes, want 150: there are enough around", n)
	}
	for k, nodes := range origin {
		have, want := part.Types[k], g.Types[k]
		if have.Count != len(nodes) || !slices.IsSorted(nodes) || len(slices.Compact(slices.Clone(nodes))) != len(nodes) {
			t.Fatalf("%s are %v of %d", want.Name, nodes, have.Count)
		}
		for i, v := range nodes {
			if !slices.Equal(have.Features.Row(i), want.Features.Row(int(v))) {
				t.Errorf("features of %s %d are not those of %d", want.Name, i, v)
			}
			if want.Years != nil && have.Years[i] != want.Years[v] || want.Labels != nil && have.Labels[i] != want.Labels[v] {
				t.Errorf("%s %d is not %d", want.Name, i, v)
			}
			if k == g.Target && part.Labels[i] != g.Labels[v] {
				t.Errorf("label of %s %d is %d, want that of %d", want.Name, i, part.Labels[i], v)
			}
		}
	}
	for i, r := range g.Relations {
		all, some := dense(r.In, g.Types[r.Src].Count), dense(part.Relations[i].In, part.Types[r.Src].Count)
		for d, v := range origin[r.Dst] {
			for s, u := range origin[r.Src] {
				if all[v][u] != some[d][s] {
					t.Fatalf("%v: edge %d to %d is %v in the graph and %v in the part", r.EdgeType, u, v, all[v][u], some[d][s])
				}
			}
		}
	}
}

// TestCutBalances counts the seeds by class and part, and looks for them alone
// in the splits.
func TestCutBalances(t *testing.T) {
	g := field(2)
	part, origin := cutOf(t, Cut{Seeds: 24, Hops: 1, Nodes: 100, Split: "time"}, g, 1)
	s := part.Splits[0]
	if s.Name != "time" || part.Splits[1].Name != "random" {
		t.Fatalf("splits are %s and %s, want time first", s.Name, part.Splits[1].Name)
	}
	if len(s.Train)+len(s.Valid)+len(s.Test) != 24 {
		t.Errorf("%d, %d and %d seeds, want 24 in all", len(s.Train), len(s.Valid), len(s.Test))
	}
	count := map[string]int{}
	for name, nodes := range map[string][]int32{"train": s.Train, "valid": s.Valid, "test": s.Test} {
		for _, v := range nodes {
			count[fmt.Sprint(name, part.Labels[v])]++
		}
	}
	// i*i%4 is 0 or 1, for even and odd: of the validation nodes all, which end
	// in 8, are of class 0, and of the test nodes, in 9, all of class 1.
	if want := map[string]int{"train0": 6, "train1": 6, "valid0": 6, "test1": 6}; !reflect.DeepEqual(count, want) {
		t.Errorf("seeds are %v, want %v", count, want)
	}
	for _, v := range part.Splits[1].Train {
		if o := origin[0][v]; o > 3 {
			t.Errorf("paper %d trains in the split random, which has 0..3", o)
		}
	}
}

// TestCutGrows checks that a hop takes from every node of the one before, and
// that no hop takes all.
func TestCutGrows(t *testing.T) {
	g := field(3)
	for _, c := range []struct {
		cut  Cut
		want int
	}{
		{Cut{Seeds: 10, Hops: 0, Nodes: 100}, 6}, {Cut{Seeds: 10, Hops: 0, Nodes: 100, Split: "time"}, 10},
		{Cut{Seeds: 10, Hops: 2, Nodes: 10, Split: "time"}, 10}, {Cut{Seeds: 10, Hops: 2, Nodes: 60, Split: "time"}, 60},
		{Cut{Seeds: 400, Hops: 60, Nodes: 10000, Split: "time"}, 0},
	} {
		c.cut.Seeds = min(c.cut.Seeds, map[string]int{"": 6, "time": 400}[c.cut.Split])
		part, _ := cutOf(t, c.cut, g, 3)
		if n := part.NumNodes(); n != c.want && c.want > 0 {
			t.Errorf("%+v: %d nodes, want %d", c.cut, n, c.want)
		}
	}
	part, _ := cutOf(t, Cut{Seeds: 10, Hops: 1, Nodes: 40, Split: "time"}, g, 3)
	alone := 0
	for _, s := range [][]int32{part.Splits[0].Train, part.Splits[0].Valid, part.Splits[0].Test} {
		for _, v := range s {
			n := 0
			for _, r := range part.Relations {
				if r.Dst == part.Target {
					n += len(r.In.Row(int(v)))
				}
			}
			if n == 0 {
				alone++
			}
		}
	}
	if alone > 0 {
		t.Errorf("%d of 10 seeds have no neighbour, though there is room for three each", alone)
	}
}

// TestCutOfAll has room for all: then the part is what is within the hops.
func TestCutOfAll(t *testing.T) {
	g := field(4)
	g.Splits = g.Splits[1:]
	for hops := range 4 {
		for _, seeds := range []int{2, 400} {
			_, origin := cutOf(t, Cut{Seeds: seeds, Hops: hops, Nodes: 1000}, g, 4)
			_, start := cutOf(t, Cut{Seeds: seeds, Nodes: 1000}, g, 4)
			near := make([][]bool, len(g.Types))
			for k := range near {
				near[k] = make([]bool, g.Types[k].Count)
				for _, v := range start[k] {
					near[k][v] = true
				}
			}
			for range hops {
				before := [][]bool{slices.Clone(near[0]), slices.Clone(near[1]), slices.Clone(near[2])}
				for _, r := range g.Relations {
					for v, is := range before[r.Dst] {
						for _, u := range r.In.Row(v) {
							near[r.Src][u] = near[r.Src][u] || is
						}
					}
				}
			}
			for k := range near {
				var want []int32
				for v, is := range near[k] {
					if is {
						want = append(want, int32(v))
					}
				}
				if !slices.Equal(origin[k], want) {
					t.Errorf("hops=%d seeds=%d: %d of %s, want %d", hops, seeds, len(origin[k]), g.Types[k].Name, len(want))
				}
			}
		}
	}
	if part, _ := cutOf(t, Cut{Seeds: 400, Hops: 3, Nodes: 1000}, g, 4); !reflect.DeepEqual(part.Splits, g.Splits) || !reflect.DeepEqual(part.Relations[2].In, g.Relations[2].In) {
		t.Error("splits or citations differ from the graph's")
	}
}

func TestCutIsSeeded(t *testing.T) {
	g := field(5)
	c := Cut{Seeds: 20, Hops: 2, Nodes: 120, Split: "time"}
	a, from := cutOf(t, c, g, 1)
	if b, again := cutOf(t, c, g, 1); !reflect.DeepEqual(a, b) || !reflect.DeepEqual(from, again) {
		t.Error("the same seed gives another part")
	}
	if _, other := cutOf(t, c, g, 2); reflect.DeepEqual(from, other) {
		t.Error("another seed gives the same part")
	}
}

func TestCutErrors(t *testing.T) {
	g := field(6)
	for _, c := range []struct {
		cut  Cut
		want string
	}{
		{Cut{Seeds: 0, Nodes: 10}, "0 seeds, want 1..6"},
		{Cut{Seeds: 7, Nodes: 10}, "7 seeds, want 1..6"},
		{Cut{Seeds: 6, Nodes: 5}, "5 nodes and 0 hops, want at least 6"},
		{Cut{Seeds: 1, Nodes: 5, Hops: -1}, "5 nodes and -1 hops"},
		{Cut{Seeds: 1, Nodes: 5, Split: "no"}, `split is "no"`},
	} {
		if _, _, err := c.cut.Of(g, rand.New(rand.NewPCG(1, 1))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error is %v, want %q in it", c.cut, err, c.want)
		}
	}
}

// TestDrawVisitsEach checks that the order of a draw leaves nothing out.
func TestDrawVisitsEach(t *testing.T) {
	k := &cutter{rng: rand.New(rand.NewPCG(7, 7))}
	for n := 1; n < 60; n++ {
		row := make([]int32, n)
		for range 5 {
			d := k.newDraw(0, row)
			seen := make([]bool, n)
			for i := range n {
				seen[(d.start+i*d.step)%n] = true
			}
			if slices.Contains(seen, false) {
				t.Fatalf("of %d not each is drawn from %d in steps of %d", n, d.start, d.step)
			}
		}
	}
}

// TestCutIsFair has a topic with every paper, and one with three: the small
// one's papers are drawn before the large one's are used up.
func TestCutIsFair(t *testing.T) {
	g := &Graph{Name: "hub", Classes: 1, Labels: make([]int32, 2), Target: 1, Types: []NodeType{{Name: "paper", Count: 1000}, {Name: "topic", Count: 2}}}
	g.Splits = []Split{{Name: "s", Train: []int32{0, 1}}}
	var from, to []int32
	for v := range int32(1000) {
		from, to = append(from, v), append(to, 0)
	}
	for v := range int32(3) {
		from, to = append(from, 500*v/2), append(to, 1)
	}
	if err := g.AddWithReverse(EdgeType{"paper", "has", "topic"}, from, to); err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(20) {
		part, origin := cutOf(t, Cut{Seeds: 2, Hops: 1, Nodes: 12}, g, seed)
		if got := len(part.Relations[0].In.Row(1)); got != 3 {
			t.Errorf("seed=%d: the small topic has %d of its three papers: %v", seed, got, origin[0])
		}
		if n := part.NumNodes(); n != 12 {
			t.Errorf("seed=%d: %d nodes, want 12", seed, n)
		}
	}
}

// TestCutDrawsEvenly counts how often each neighbour of a large node is drawn.
func TestCutDrawsEvenly(t *testing.T) {
	g := &Graph{Name: "star", Classes: 1, Labels: []int32{0}, Target: 1, Types: []NodeType{{Name: "leaf", Count: 50}, {Name: "hub", Count: 1}}}
	g.Splits = []Split{{Name: "s", Train: []int32{0}}}
	var from []int32
	for v := range int32(50) {
		from = append(from, v)
	}
	if err := g.AddRelation(EdgeType{"leaf", "to", "hub"}, from, make([]int32, 50)); err != nil {
		t.Fatal(err)
	}
	count := make([]int, 50)
	const runs, each = 2000, 10
	for seed := range uint64(runs) {
		_, origin := cutOf(t, Cut{Seeds: 1, Hops: 1, Nodes: 1 + each}, g, seed)
		if len(origin[0]) != each {
			t.Fatalf("%d leaves, want %d", len(origin[0]), each)
		}
		for _, v := range origin[0] {
			count[v]++
		}
	}
	for v, n := range count { // 400 ± 18 by binomial draws
		if n < 300 || n > 500 {
			t.Errorf("leaf %d is drawn %d times of %d, want about %d", v, n, runs, runs*each/50)
		}
	}
}

// TestCutOfOneType has a graph of one type and relation.
func TestCutOfOneType(t *testing.T) {
	n := 40
	g := &Graph{Name: "ring", Classes: 2, Types: []NodeType{{Name: "node", Count: n, Features: mat.New(n, 1)}}}
	var from, to []int32
	s := Split{Name: "s"}
	for i := range n {
		g.Labels = append(g.Labels, int32(i%2))
		from, to = append(from, int32(i)), append(to, int32((i+1)%n))
		part := []*[]int32{&s.Train, &s.Valid}[i/2%2]
		*part = append(*part, int32(i))
	}
	g.Splits = []Split{s}
	if err := g.AddWithReverse(EdgeType{"node", "to", "node"}, from, to); err != nil {
		t.Fatal(err)
	}
	part, origin := cutOf(t, Cut{Seeds: 1, Hops: 3, Nodes: 100}, g, 1)
	if part.NumNodes() != 7 || part.NumEdges() != 12 {
		t.Errorf("%d nodes and %d edges are within three steps on a ring, want 7 and 12: %v", part.NumNodes(), part.NumEdges(), origin)
	}
	if s := part.Splits[0]; len(s.Train)+len(s.Valid)+len(s.Test) != 1 {
		t.Errorf("the split is %+v, want the seed alone", s)
	}
}

// TestCutPrefer takes preferred nodes as seeds of their class and part, and those
// in no part of the split along.
func TestCutPrefer(t *testing.T) {
	g := field(5)
	for i := range g.Splits {
		if s := &g.Splits[i]; s.Name == "time" {
			s.Test = slices.DeleteFunc(s.Test, func(v int32) bool { return v == 9 })
		}
	}
	c := Cut{Seeds: 24, Hops: 1, Nodes: 60, Split: "time", Prefer: []int32{9, 8, 18, 17, 399}}
	part, origin := cutOf(t, c, g, 1)
	split := part.Splits[0]
	if n := len(split.Train) + len(split.Valid) + len(split.Test); n != 24 || part.NumNodes() != 60 {
		t.Errorf("the split has %d nodes of %d, want 24 of 60", n, part.NumNodes())
	}
	for v, want := range map[int32]string{8: "valid", 18: "valid", 17: "train", 399: "test", 9: "none"} {
		i, in := slices.BinarySearch(origin[0], v)
		got := "none"
		for name, nodes := range map[string][]int32{"train": split.Train, "valid": split.Valid, "test": split.Test} {
			if slices.Contains(nodes, int32(i)) {
				got = name
			}
		}
		if !in || got != want {
			t.Errorf("paper %d is in the part: %v, for %s; want %s", v, in, got, want)
		}
	}
	c.Prefer = nil
	a, _ := cutOf(t, c, g, 1)
	b, _ := cutOf(t, c, g, 1)
	if !reflect.DeepEqual(a, b) || reflect.DeepEqual(a.Splits, part.Splits) {
		t.Error("the same cut gives another part, or preferred nodes change nothing")
	}
}
