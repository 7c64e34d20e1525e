package graph

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestFastRP compares with numpy, see testdata/fastrp/fastrp.py.
func TestFastRP(t *testing.T) {
	var c struct {
		Types []struct {
			Name  string
			Count int
		}
		Relations []struct {
			Src, Name, Dst string
			Edges          [][2]int32
		}
		Width, Rounds int
		Seed          uint64
		Embeddings    [][][]float64
	}
	b, err := os.ReadFile(filepath.Join("testdata", "fastrp", "case.json"))
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	g := &Graph{Name: "case"}
	for _, n := range c.Types {
		g.Types = append(g.Types, NodeType{Name: n.Name, Count: n.Count})
	}
	for _, r := range c.Relations {
		var src, dst []int32
		for _, e := range r.Edges {
			src, dst = append(src, e[0]), append(dst, e[1])
		}
		if err := g.AddWithReverse(EdgeType{r.Src, r.Name, r.Dst}, src, dst); err != nil {
			t.Fatal(err)
		}
	}
	pairs := Pairs(g)
	if len(pairs) != len(c.Embeddings) || len(pairs) != 3 {
		t.Fatalf("pairs are %v, want %d", pairs, len(c.Embeddings))
	}
	for i, pair := range pairs {
		got := NewPropagation(g, pair, false).FastRP(c.Width, c.Rounds, c.Seed, uint64(i))
		for v, row := range c.Embeddings[i] {
			for d, want := range row {
				if math.Abs(float64(got.Row(v)[d])-want) > 1e-5 {
					t.Fatalf("relation %d, node %d, column %d is %g, want %g", i, v, d, got.Row(v)[d], want)
				}
			}
		}
	}
}

// What R is drawn from has the shares that the paper asks for.
func TestDrawSign(t *testing.T) {
	const n = 600_000
	var count [3]float64
	for i := range uint64(n) {
		count[int(drawSign(7, 2, i))+1]++
	}
	for k, want := range []float64{1. / 6, 2. / 3, 1. / 6} {
		if got := count[k] / n; math.Abs(got-want) > 0.003 {
			t.Errorf("%d has the share %.4f, want %.4f", k-1, got, want)
		}
	}
}

// Every type that a relation reaches and that has no features gets columns for
// each of its relations, and what is there stays.
func TestWithFastRP(t *testing.T) {
	g := papers(rand.New(rand.NewPCG(1, 0)))
	h := WithFastRP(g)
	want := []int{3, 3 * FastRPWidth, FastRPWidth, FastRPWidth, 0}
	for t2, nt := range h.Types {
		if nt.Features.Cols != want[t2] || nt.Derived != map[bool]Derivation{true: FastRP}[t2 >= 1 && t2 <= 3] {
			t.Errorf("%s has width %d, derivation %d, want width %d", nt.Name, nt.Features.Cols, nt.Derived, want[t2])
		}
	}
	if got := FastRPWidths(g); !slices.Equal(got, want) || !slices.Equal(FastRPWidths(h), want) {
		t.Errorf("widths are %v, want %v", got, want)
	}
	if &h.Types[0].Features.Data[0] != &g.Types[0].Features.Data[0] || g.Types[1].Features.Cols != 0 {
		t.Error("the graph that is given was changed, or the papers' features copied")
	}
	if WithFastRP(h) != h || fmt.Sprint(WithFastRP(WithMeans(h)).Types) != fmt.Sprint(h.Types) || fmt.Sprint(WithoutDerived(h)) != fmt.Sprint(g) {
		t.Error("a second call, or one on means, makes other features")
	}
	if fmt.Sprint(WithMeans(h).Types) != fmt.Sprint(WithMeans(g).Types) || !slices.Equal(MeanWidths(h), MeanWidths(g)) {
		t.Error("means are not those of the graph without FastRP")
	}
	again := WithFastRP(papers(rand.New(rand.NewPCG(1, 0))))
	if fmt.Sprint(again.Types) != fmt.Sprint(h.Types) {
		t.Error("the same graph has other features")
	}
	// The columns of a relation are those of that relation alone.
	pair := Pairs(g)[2] // edits
	p := NewPropagation(g, pair, false)
	x := p.OfType(g, p.FastRP(FastRPWidth, FastRPRounds, FastRPSeed, 2), 1)
	for v := range x.Rows {
		if !slices.Equal(x.Row(v), h.Types[1].Features.Row(v)[2*FastRPWidth:]) {
			t.Fatalf("author %d has other columns for edits", v)
		}
	}
}

// A pack holds them as they are, and says what they are.
func TestPackOfFastRP(t *testing.T) {
	g := papers(rand.New(rand.NewPCG(2, 0)))
	g.Labels, g.Classes = make([]int32, 12), 2
	h := WithFastRP(g)
	b, err := Pack{Graph: h}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	p, err := DecodePack(b)
	if err != nil {
		t.Fatal(err)
	}
	for i, nt := range p.Graph.Types {
		if nt.Derived != h.Types[i].Derived || !slices.Equal(nt.Features.Data, h.Types[i].Features.Data) {
			t.Errorf("%s has other features in the pack", nt.Name)
		}
	}
	if WithFastRP(p.Graph) != p.Graph {
		t.Error("the features of a pack are computed anew")
	}
}
