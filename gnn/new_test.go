package gnn

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// magSchema has the names, counts and widths of OGBN-Mag and no data.
func magSchema() *graph.Graph {
	g := &graph.Graph{Name: "ogbn-mag", Classes: 349, Target: 3, Types: []graph.NodeType{
		{Name: "author", Count: 1_134_649}, {Name: "field_of_study", Count: 59_965},
		{Name: "institution", Count: 8_740}, {Name: "paper", Count: 736_389, Features: mat.Matrix{Rows: 736_389, Cols: 128}},
	}}
	for _, r := range []graph.EdgeType{
		{Src: "author", Rel: "affiliated_with", Dst: "institution"}, {Src: "institution", Rel: "rev_affiliated_with", Dst: "author"},
		{Src: "author", Rel: "writes", Dst: "paper"}, {Src: "paper", Rel: "rev_writes", Dst: "author"},
		{Src: "paper", Rel: "cites", Dst: "paper"},
		{Src: "paper", Rel: "has_topic", Dst: "field_of_study"}, {Src: "field_of_study", Rel: "rev_has_topic", Dst: "paper"},
	} {
		g.Relations = append(g.Relations, graph.Relation{EdgeType: r, Src: g.TypeIndex(r.Src), Dst: g.TypeIndex(r.Dst)})
	}
	return g
}

// The published models of OGBN-Mag have these numbers of parameters.
func TestShapesOfMag(t *testing.T) {
	for _, tt := range []struct {
		layers, hidden    int
		params, embedding int
	}{
		{3, 512, 5_575_540, 154_029_312},
		{2, 32, 169_428, 154_029_312},
	} {
		t.Run(fmt.Sprintf("layers=%d/hidden=%d", tt.layers, tt.hidden), func(t *testing.T) {
			shapes, err := ParamShapes(Config{Layers: tt.layers, Hidden: tt.hidden, Inputs: "embedding"}, magSchema())
			if err != nil {
				t.Fatal(err)
			}
			if p, e := CountShapes(shapes); p != tt.params || e != tt.embedding {
				t.Errorf("%d parameters and %d in embeddings, want %d and %d", p, e, tt.params, tt.embedding)
			}
		})
	}
}

func TestNewHasTheShapes(t *testing.T) {
	g := testGraph(t, 1)
	for _, c := range []Config{{}, {Layers: 1}, {Layers: 2, Hidden: 7, Input: 6}, {Input: 3}} {
		t.Run(fmt.Sprintf("layers=%d/hidden=%d/input=%d", c.Layers, c.Hidden, c.Input), func(t *testing.T) {
			m, err := New(c, g, newRand(1))
			if err != nil {
				t.Fatal(err)
			}
			shapes, err := ParamShapes(c, g)
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range m.Params() {
				if s := p.Shape(); s != shapes[i] || p.Gradient().Rows != s.Rows || p.G.Cols != s.Cols {
					t.Errorf("parameter %d is %v, want %v", i, s, shapes[i])
				}
			}
			p1, e1 := Count(m)
			if p2, e2 := CountShapes(shapes); p1 != p2 || e1 != e2 || len(m.Params()) != len(shapes) {
				t.Errorf("the model counts %d and %d numbers, its shapes %d and %d", p1, e1, p2, e2)
			}
		})
	}
}

func TestShapesNames(t *testing.T) {
	g := testGraph(t, 1)
	shapes, err := ParamShapes(Config{Layers: 2, Hidden: 7, Input: 5, Inputs: "embedding"}, g)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range shapes {
		got = append(got, fmt.Sprintf("%s %d×%d", s.Name, s.Rows, s.Cols))
	}
	for _, want := range []string{
		"embed.author 17×5", "embed.reader 3×5", "encode.field.weight 3×5", "encode.field.bias 1×5",
		"layers.0.self.reader.weight 5×7", "layers.0.self.reader.bias 1×7", "layers.0.rel.author__rev_in__paper.weight 5×7",
		"layers.0.rel.paper__cites__paper.weight 5×7", "layers.1.rel.paper__rev_writes__author.weight 7×4", "layers.1.self.paper.bias 1×4",
	} {
		if has := slices.Contains(got, want); has == strings.Contains(want, "author__rev_in") {
			t.Errorf("shapes contain %q: %t, of %q", want, has, got)
		}
	}
	// 2 embeddings, 1 encoder, and in 2 layers 5 types and 9 relations.
	if want := 2 + 2 + 2*(2*5+9); len(got) != want {
		t.Errorf("%d shapes, want %d", len(got), want)
	}
}

func TestConfigDefaults(t *testing.T) {
	g := testGraph(t, 1)
	bare := &graph.Graph{Types: []graph.NodeType{{Name: "a", Count: 2}}, Classes: 2, Labels: []int32{0, 1}}
	other := &graph.Graph{Types: []graph.NodeType{{Name: "a", Count: 2}, {Name: "b", Count: 1, Features: mat.New(1, 9)}}, Classes: 2}
	rgcn := func(layers, hidden, input int, inputs string, dropout float32) Config {
		return Config{Kind: "rgcn", Layers: layers, Hidden: hidden, Input: input, Inputs: inputs, Dropout: dropout}
	}
	for _, tt := range []struct {
		name string
		g    *graph.Graph
		in   Config
		want Config
	}{
		{"zero", g, Config{}, rgcn(3, 64, 5, "means", 0.5)},
		{"no-features", bare, Config{Hidden: 7}, rgcn(3, 7, 7, "means", 0.5)},
		{"features-of-another-type", other, Config{}, rgcn(3, 64, 9, "means", 0.5)},
		{"set", g, rgcn(1, 2, 3, "means", -1), rgcn(1, 2, 3, "means", -1)},
		{"others'-fields", g, Config{Heads: 3, Alpha: 2, Lambda: 9, InputDropout: 5}, rgcn(3, 64, 5, "means", 0.5)},
		{"gcn", g, Config{Kind: "gcn", Dropout: 0.25}, Config{Kind: "gcn", Layers: 3, Hidden: 64, Input: 5, Inputs: "means", Dropout: 0.25, InputDropout: 0.25}},
		{"gat", g, Config{Kind: "gat", Dropout: -1}, Config{Kind: "gat", Layers: 3, Hidden: 64, Input: 5, Inputs: "means", Dropout: -1, InputDropout: -1, Heads: 8}},
		{"gcnii", g, Config{Kind: "gcnii", InputDropout: -1}, Config{Kind: "gcnii", Layers: 3, Hidden: 64, Input: 5, Inputs: "means", Dropout: 0.5, InputDropout: -1, Alpha: 0.1, Lambda: 0.5}},
		{"sage", g, Config{Kind: "sage", Heads: 2}, Config{Kind: "sage", Layers: 3, Hidden: 64, Input: 5, Inputs: "means", Dropout: 0.5, InputDropout: -1}},
		{"mlp", bare, Config{Kind: "mlp", RowNormalise: true}, Config{Kind: "mlp", Layers: 3, Hidden: 64, Input: 64, Inputs: "means", Dropout: 0.5, InputDropout: -1, RowNormalise: true}},
	} {
		t.Run("config="+tt.name, func(t *testing.T) {
			got, err := tt.in.Defaults(tt.g)
			if err != nil || got != tt.want {
				t.Errorf("Defaults = %+v, %v, want %+v", got, err, tt.want)
			}
			if again, err := got.Defaults(tt.g); err != nil || again != got {
				t.Errorf("defaults of the defaults are %+v, %v, want the same", again, err)
			}
			m, err := New(tt.in, tt.g, nil)
			if err != nil || m.Config() != tt.want {
				t.Errorf("New made a model of %+v, %v, want %+v", m.Config(), err, tt.want)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	g := testGraph(t, 1)
	twice := *g
	twice.Types = append(slices.Clone(g.Types), g.Types[0])
	twiceRel := *g
	twiceRel.Relations = append(slices.Clone(g.Relations), g.Relations[0])
	wide := *g
	wide.Types = slices.Clone(g.Types)
	for i := range wide.Types {
		wide.Types[i].Features = mat.New(wide.Types[i].Count, MaxWidth+1)
	}
	noCites, twoCites := *g, *g
	noCites.Relations = slices.DeleteFunc(slices.Clone(g.Relations), func(r graph.Relation) bool { return r.Rel == "cites" })
	twoCites.Relations = slices.Clone(g.Relations)
	for _, r := range g.Relations {
		if r.Rel == "cites" {
			r.Rel = "likes"
			twoCites.Relations = append(twoCites.Relations, r)
		}
	}
	noClass, noTarget := *g, *g
	noClass.Classes, noTarget.Target = 0, 5
	for _, tt := range []struct {
		c    Config
		g    *graph.Graph
		want string
	}{
		{Config{Kind: "gin"}, g, fmt.Sprintf(`gnn: kind of model is "gin", want one of %q`, slices.Concat(Kinds(), Baselines()))},
		{Config{Kind: "gcn", InputDropout: 1}, g, "gnn: dropout of the input is 1, want at most 0.99"},
		{Config{Kind: "gat", Heads: -2}, g, "gnn: -2 heads of width 64, want at least 1 and 8192 columns at most"},
		{Config{Kind: "gat", Heads: 129}, g, "gnn: 129 heads of width 64, want at least 1 and 8192 columns at most"},
		{Config{Kind: "gcnii", Alpha: 1}, g, "gnn: alpha is 1, want less than 1"},
		{Config{Kind: "gcnii", Lambda: -1}, g, "gnn: lambda is -1, want above 0 and at most 1.7"},
		{Config{Kind: "gcnii", Lambda: 1.8}, g, "gnn: lambda is 1.8, want above 0 and at most 1.7"},
		{Config{Kind: "gcn"}, &noCites, "gnn: graph test: 0 relations from paper to paper, want 1 for the kind gcn; rgcn and mlp need none"},
		{Config{Kind: "gcnii"}, &twoCites, "gnn: graph test: 2 relations from paper to paper, want 1 for the kind gcnii; rgcn and mlp need none"},
		{Config{Layers: -1}, g, "gnn: number of layers is -1, want 1..64"},
		{Config{Layers: 65}, g, "gnn: number of layers is 65, want 1..64"},
		{Config{Hidden: -8}, g, "gnn: hidden width is -8, want 1..8192"},
		{Config{Hidden: 1 << 20}, g, "gnn: hidden width is 1048576, want 1..8192"},
		{Config{Input: -1}, g, "gnn: input width is -1, want 1..8192"},
		{Config{}, &wide, "gnn: the features are 8193 wide, and a model takes at most 8192 as they are: choose an input width, to which it brings them"},
		{Config{Inputs: "zeros"}, g, `gnn: inputs is "zeros", want one of ["means" "embedding" "fastrp"]`},
		{Config{Dropout: 1}, g, "gnn: dropout is 1, want at most 0.99"},
		{Config{Dropout: float32(math.NaN())}, g, "gnn: dropout is NaN, want at most 0.99"},
		{Config{}, &twice, `gnn: graph test: node type "author" stands twice, want once`},
		{Config{}, &twiceRel, `gnn: graph test: relation "author__writes__paper" stands twice, want once`},
		{Config{}, &noClass, "gnn: graph test: number of classes is 0, want at least 1"},
		{Config{}, &noTarget, "gnn: graph test: target type is 5, want 0..4"},
	} {
		if m, err := New(tt.c, tt.g, nil); err == nil || err.Error() != tt.want || m != nil {
			t.Errorf("New(%+v) = %v, %v, want the error %s", tt.c, m, err, tt.want)
		}
	}
}

func TestInitialWeights(t *testing.T) {
	g := testGraph(t, 1)
	m, err := New(Config{Layers: 2, Hidden: 200, Input: 100, Inputs: "embedding"}, g, newRand(1))
	if err != nil {
		t.Fatal(err)
	}
	again, _ := New(Config{Layers: 2, Hidden: 200, Input: 100, Inputs: "embedding"}, g, newRand(1))
	other, _ := New(Config{Layers: 2, Hidden: 200, Input: 100, Inputs: "embedding"}, g, newRand(2))
	for i, p := range m.Params() {
		if !sameBits(p.W, again.Params()[i].W) {
			t.Errorf("%s differs between two models from one seed", p.Name)
		}
		limit := math.Sqrt(6 / float64(p.W.Rows+p.W.Cols))
		if p.Embedding {
			limit = 0.1 // 1/sqrt(100)
		}
		if strings.HasSuffix(p.Name, ".bias") {
			if dot(p.W, p.W) != 0 {
				t.Errorf("%s is not 0", p.Name)
			}
			continue
		}
		if sameBits(p.W, other.Params()[i].W) {
			t.Errorf("%s is the same from two seeds", p.Name)
		}
		top := 0.0
		for _, v := range p.W.Data {
			top = max(top, math.Abs(float64(v)))
		}
		// A uniform variable in ±limit has the variance limit²/3.
		variance := dot(p.W, p.W) / float64(len(p.W.Data)) / (limit * limit / 3)
		if top > limit || top < 0.9*limit || math.Abs(variance-1) > 0.25 {
			t.Errorf("%s reaches to %.3g with %.3g of the variance, want ±%.3g and 1", p.Name, top, variance, limit)
		}
	}
	zero, _ := New(Config{Inputs: "embedding"}, g, nil)
	for _, p := range zero.Params() {
		if dot(p.W, p.W) != 0 {
			t.Errorf("%s is not 0 without a source of randomness", p.Name)
		}
	}
}

func TestCopy(t *testing.T) {
	g := testGraph(t, 1)
	src, dst := newTestModel(t, Config{}, g, 1), newTestModel(t, Config{}, g, 3)
	if n := testing.AllocsPerRun(5, func() { Copy(dst.Params(), src.Params()) }); n != 0 {
		t.Errorf("Copy allocates %g times, want 0", n)
	}
	for i, p := range src.Params() {
		if !sameBits(dst.Params()[i].W, p.W) {
			t.Errorf("%s is not copied", p.Name)
		}
	}
	src.Params()[0].W.Data[0]++
	if dst.Params()[0].W.Data[0] == src.Params()[0].W.Data[0] {
		t.Error("the copy shares storage with the original")
	}
	wantPanic(t, "gnn: Copy: 1 parameters, want 2", func() { Copy(src.Params()[:1], src.Params()[:2]) })
	wantPanic(t, "gnn: Copy: b is 1×2, want 2×1", func() { Copy([]*Param{NewParam("b", 1, 2)}, []*Param{NewParam("b", 2, 1)}) })
}

// Without random numbers Draw leaves the weights, as New leaves zeros.
func TestDrawWithoutRandomNumbers(t *testing.T) {
	p := NewParam("w", 2, 2)
	p.W.Data[3] = 5
	if p.Draw(nil); p.W.Data[3] != 5 || p.W.Data[0] != 0 {
		t.Errorf("the weights are %v, want them as they were", p.W.Data)
	}
}
