package inspect

import (
	"reflect"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/sim/wire"
)

// Names are found by parts of them in any case, numbers as they are, those that
// fit best first.
func TestFindNodes(t *testing.T) {
	g := &graph.Graph{
		Types:  []graph.NodeType{{Name: "paper", Count: 6, Labels: []string{"Deep graphs", "graph", "Graphs of 5", "The graph", "PARAGRAPHS", "text"}}},
		Labels: []int32{0, 1, -1, 0, 1, 0},
	}
	for text, want := range map[string][]int{
		"graph": {1, 2, 0, 3, 4}, " GRAPHS ": {2, 0, 4}, "5": {5, 2}, "99": nil, "zebra": nil, "": nil, "t": {3, 5},
	} {
		f := FindNodes(g, text)
		var ids []int
		for _, n := range f.Nodes {
			ids = append(ids, n.ID)
			if n.Name != g.Types[0].Labels[n.ID] || n.Label != int(g.Labels[n.ID]) {
				t.Errorf("%q finds %+v", text, n)
			}
		}
		if !reflect.DeepEqual(ids, want) || f.Count != len(want) || f.Text != text {
			t.Errorf("%q finds %v (%+v), want %v", text, ids, f, want)
		}
	}
	many := &graph.Graph{Types: []graph.NodeType{{Name: "p", Count: 100, Labels: make([]string, 100)}}, Labels: make([]int32, 100)}
	for i := range many.Types[0].Labels {
		many.Types[0].Labels[i] = "é" + strings.Repeat("é", i)
	}
	if f := FindNodes(many, "É"); f.Count != 100 || len(f.Nodes) != mostFound || len(Name(&many.Types[0], 99)) > mostName+8 {
		t.Errorf("of 100 names it tells %d of %d", len(f.Nodes), f.Count)
	}
	nameless := &graph.Graph{Types: []graph.NodeType{{Name: "p", Count: 3}}, Labels: []int32{0, 1, 0}}
	if f := FindNodes(nameless, "2"); !reflect.DeepEqual(f.Nodes, []wire.FoundNode{{ID: 2, Label: 0}}) {
		t.Errorf("without names 2 finds %+v", f)
	}
}
