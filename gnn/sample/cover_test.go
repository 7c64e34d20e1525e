package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"abkd/gnn/graph"
)

// newAdjacency returns the relation of the given edges, source and destination.
func newAdjacency(t testing.TB, src, dst int, edges ...[2]int32) Adjacency {
	t.Helper()
	var us, vs []int32
	for _, e := range edges {
		us, vs = append(us, e[0]), append(vs, e[1])
	}
	in, err := graph.NewCSR(us, vs, src, dst)
	if err != nil {
		t.Fatal(err)
	}
	return transposed(in, src)
}

// dense returns the matrix of the means that a takes, destinations × sources.
func dense(a Adjacency) (m [][]float64) {
	for v := range a.In.Rows() {
		row := make([]float64, a.Out.Rows())
		for _, u := range a.In.Row(v) {
			row[u] += 1 / float64(len(a.In.Row(v)))
		}
		m = append(m, row)
	}
	return m
}

// denseOut is dense by the edges that leave the sources.
func denseOut(a Adjacency) (m [][]float64) {
	for range a.In.Rows() {
		m = append(m, make([]float64, a.Out.Rows()))
	}
	for u := range a.Out.Rows() {
		for e := a.Out.Ptr[u]; e < a.Out.Ptr[u+1]; e++ {
			m[a.Out.Col[e]][u] += float64(a.OutWeight[e])
		}
	}
	return m
}

// checkCover reports how the two means of a's cover differ from its one, ""
// for not at all.
func checkCover(a Adjacency) string {
	c := a.Cover
	if c == nil {
		return ""
	}
	if c.First.In.Rows() != c.N || c.Last.Out.Rows() != c.N {
		return fmt.Sprintf("cover has %d and %d nodes, want %d", c.First.In.Rows(), c.Last.Out.Rows(), c.N)
	}
	for way, f := range map[string]func(Adjacency) [][]float64{"in": dense, "out": denseOut} {
		first, last, want := f(c.First), f(c.Last), f(a)
		for v := range want {
			for u := range want[v] {
				got := 0.0
				for k := range c.N {
					got += last[v][k] * first[k][u]
				}
				if math.Abs(got-want[v][u]) > 1e-6 {
					return fmt.Sprintf("cover: %s: source %d has weight %g in destination %d, want %g", way, u, got, v, want[v][u])
				}
			}
		}
	}
	return ""
}

// matching returns the size of the largest set of edges without common ends,
// which is that of the least cover (Kőnig, 1931).
func matching(a Adjacency) (size int) {
	mate := slices.Repeat([]int{-1}, a.Out.Rows())
	for v := range a.In.Rows() {
		seen := make([]bool, a.Out.Rows())
		var join func(v int) bool
		join = func(v int) bool {
			for _, u := range a.In.Row(v) {
				if seen[u] {
					continue
				}
				seen[u] = true
				if mate[u] < 0 || join(mate[u]) {
					mate[u] = v
					return true
				}
			}
			return false
		}
		if join(v) {
			size++
		}
	}
	return size
}

func count(covered [2][]bool) (n int) {
	for _, side := range covered {
		for _, c := range side {
			if c {
				n++
			}
		}
	}
	return n
}

// Small graphs whose least cover is known.
func TestCoverOf(t *testing.T) {
	for _, c := range []struct {
		name     string
		src, dst int
		edges    [][2]int32
		want     int
		pays     bool
	}{
		{"none", 3, 2, nil, 0, true},
		{"edge", 1, 1, [][2]int32{{0, 0}}, 1, false},
		{"hub-source", 1, 4, [][2]int32{{0, 0}, {0, 1}, {0, 2}, {0, 3}}, 1, true},
		{"hub-destination", 4, 1, [][2]int32{{0, 0}, {1, 0}, {2, 0}, {3, 0}}, 1, false},
		{"two-hubs", 4, 4, [][2]int32{{0, 0}, {0, 1}, {0, 2}, {1, 3}, {2, 3}, {3, 3}}, 2, true},
		{"cycle", 2, 2, [][2]int32{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, 2, false},
		{"few-sources", 2, 5, [][2]int32{{0, 0}, {1, 0}, {0, 1}, {1, 1}, {0, 2}, {1, 2}, {0, 3}, {1, 3}, {0, 4}, {1, 4}}, 2, true},
		{"empty-rows", 3, 9, [][2]int32{{0, 1}, {1, 4}, {2, 8}}, 3, true},
	} {
		t.Run("graph="+c.name, func(t *testing.T) {
			a := newAdjacency(t, c.src, c.dst, c.edges...)
			if n := count(coverEdges(a.In, a.Out)); n != c.want {
				t.Errorf("cover has %d nodes, want %d", n, c.want)
			}
			a.Cover = newCover(a)
			if (a.Cover != nil) != c.pays {
				t.Errorf("cover is %v, want one: %t", a.Cover, c.pays)
			}
			if fault := checkCover(a); fault != "" {
				t.Error(fault)
			}
		})
	}
}

// On random graphs every edge is covered, the two means are the one, and the
// cover is nearly the least.
func TestCoverRandom(t *testing.T) {
	found, least, paid := 0, 0, 0
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 9))
		src, dst := 1+rng.IntN(40), 1+rng.IntN(40)
		var edges [][2]int32
		for range rng.IntN(2 * (src + dst)) {
			edges = append(edges, [2]int32{int32(rng.IntN(src)), int32(rng.IntN(dst))})
		}
		a := newAdjacency(t, src, dst, edges...)
		covered := coverEdges(a.In, a.Out)
		for _, e := range edges {
			if !covered[1][e[0]] && !covered[0][e[1]] {
				t.Fatalf("seed %d: no end of the edge from %d to %d is covered", seed, e[0], e[1])
			}
		}
		found, least = found+count(covered), least+matching(a)
		if a.Cover = newCover(a); a.Cover != nil {
			paid++
		}
		if fault := checkCover(a); fault != "" {
			t.Fatalf("seed %d: %s", seed, fault)
		}
	}
	t.Logf("covers have %d nodes, the least ones %d; %d of 60 pay", found, least, paid)
	if float64(found) > 1.1*float64(least) || paid == 0 || paid == 60 {
		t.Errorf("covers have %d nodes, the least ones %d; %d of 60 pay", found, least, paid)
	}
}

// The check itself must see a fault.
func TestCheckCoverSeesFaults(t *testing.T) {
	for want, spoil := range map[string]func(c *Cover){
		"cover has": func(c *Cover) { c.N++ },
		"weight":    func(c *Cover) { c.Last.OutWeight[0] = 3 },
		"in:":       func(c *Cover) { c.Last.In.Col[0] = 1 - c.Last.In.Col[0] },
	} {
		a := newAdjacency(t, 4, 4, [2]int32{0, 0}, [2]int32{0, 1}, [2]int32{0, 2}, [2]int32{1, 3}, [2]int32{2, 3})
		a.Cover = newCover(a)
		if fault := checkCover(a); fault != "" {
			t.Fatal(fault)
		}
		spoil(a.Cover)
		if fault := checkCover(a); fault == "" {
			t.Errorf("no fault is seen, want one with %q", want)
		}
	}
}

func BenchmarkCover(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 9))
	var edges [][2]int32
	for range 60000 {
		edges = append(edges, [2]int32{int32(rng.IntN(20000)), int32(rng.IntN(20000))})
	}
	a := newAdjacency(b, 20000, 20000, edges...)
	for b.Loop() {
		newCover(a)
	}
}
