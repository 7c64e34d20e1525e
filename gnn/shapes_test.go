package gnn

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// planetoid returns the schema of a citation graph and no data.
func planetoid(name string, nodes, words, classes int) *graph.Graph {
	return &graph.Graph{
		Name: name, Classes: classes,
		Types:     []graph.NodeType{{Name: "paper", Count: nodes, Features: mat.Matrix{Rows: nodes, Cols: words}}},
		Relations: []graph.Relation{{EdgeType: graph.EdgeType{Src: "paper", Rel: "cites", Dst: "paper"}}},
	}
}

// The published models of GCNII 64×64 → 4×4 have these numbers of parameters,
// and with them these ratios.
func TestShapesOfGCNII(t *testing.T) {
	for _, tt := range []struct {
		g                *graph.Graph
		teacher, student int
		ratio            string
	}{
		{planetoid("cora", 2708, 1433, 7), 354_375, 5_835, "60.7"},
		{planetoid("citeseer", 3327, 3703, 6), 499_590, 14_910, "33.5"},
		{planetoid("pubmed", 19717, 500, 3), 294_403, 2_083, "141.3"},
	} {
		t.Run("graph="+tt.g.Name, func(t *testing.T) {
			var params [2]int
			for i, size := range []int{64, 4} {
				shapes, err := ParamShapes(Config{Kind: "gcnii", Layers: size, Hidden: size}, tt.g)
				if err != nil {
					t.Fatal(err)
				}
				p, e := CountShapes(shapes)
				if params[i] = p; e != 0 {
					t.Errorf("%d numbers in tables, want none", e)
				}
			}
			if params != [2]int{tt.teacher, tt.student} {
				t.Errorf("parameters are %d, want %d and %d", params, tt.teacher, tt.student)
			}
			if r := fmt.Sprintf("%.1f", float64(params[0])/float64(params[1])); r != tt.ratio {
				t.Errorf("ratio is %s, want %s", r, tt.ratio)
			}
		})
	}
}

func TestShapesOfKinds(t *testing.T) {
	g := planetoid("cora", 2708, 1433, 7)
	for _, tt := range []struct {
		c    Config
		want string
	}{
		{Config{Kind: "mlp", Layers: 2, Hidden: 8}, "layers.0.weight 1433×8, layers.0.bias 1×8, layers.1.weight 8×7, layers.1.bias 1×7"},
		{Config{Kind: "gcn", Layers: 1}, "layers.0.weight 1433×7, layers.0.bias 1×7"},
		{Config{Kind: "sage", Layers: 1, Input: 9}, "encode.paper.weight 1433×9, encode.paper.bias 1×9, layers.0.self.weight 9×7, layers.0.neigh.weight 9×7, layers.0.bias 1×7"},
		{Config{Kind: "gat", Layers: 2, Hidden: 5, Heads: 3}, "layers.0.weight 1433×15, layers.0.att_src 3×5, layers.0.att_dst 3×5, layers.0.bias 1×15, " +
			"layers.1.weight 15×21, layers.1.att_src 3×7, layers.1.att_dst 3×7, layers.1.bias 1×7"},
		{Config{Kind: "gcnii", Layers: 2, Hidden: 5}, "input.weight 1433×5, input.bias 1×5, layers.0.weight 5×5, layers.1.weight 5×5, output.weight 5×7, output.bias 1×7"},
	} {
		t.Run("kind="+tt.c.Kind, func(t *testing.T) {
			shapes, err := ParamShapes(tt.c, g)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range shapes {
				got = append(got, fmt.Sprintf("%s %d×%d", s.Name, s.Rows, s.Cols))
			}
			if joined := strings.Join(got, ", "); joined != tt.want {
				t.Errorf("shapes are %s, want %s", joined, tt.want)
			}
		})
	}
}

// What New makes has the shapes, in their order, and a model of the target
// type alone none of another type.
func TestKindsHaveTheShapes(t *testing.T) {
	for _, k := range kindGraphs(t) {
		for _, kind := range targetKinds {
			t.Run(fmt.Sprintf("graph=%s/kind=%s", k.name, kind), func(t *testing.T) {
				c := k.config(kind, 2, 0.5)
				shapes, err := ParamShapes(c, k.g)
				if err != nil {
					t.Fatal(err)
				}
				m := newModelOf(t, c, k.g, 1)
				var got []ParamShape
				for _, p := range m.Params() {
					got = append(got, p.Shape())
					if strings.Contains(p.Name, "author") {
						t.Errorf("%s is of a type that the model does not read", p.Name)
					}
				}
				if !slices.Equal(got, shapes) {
					t.Errorf("parameters are %v, want %v", got, shapes)
				}
			})
		}
	}
}

// Only what a kind cannot do without is asked of a graph.
func TestSelfRelation(t *testing.T) {
	g := testGraph(t, 1)
	if rel, err := selfRelation("gcn", g); err != nil || g.Relations[rel].Rel != "cites" {
		t.Errorf("relation is %d, %v, want that of cites", rel, err)
	}
	author := *g
	author.Target = 0
	author.Labels = make([]int32, 17)
	for _, kind := range Kinds() {
		_, err := New(Config{Kind: kind}, &author, nil)
		if want := kind != "rgcn" && kind != "mlp"; (err != nil) != want {
			t.Errorf("error for %s on authors, who know no authors, is %v, want one: %t", kind, err, want)
		}
	}
}
