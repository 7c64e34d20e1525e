package sim

import (
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/sim/wire"
)

// Each item of a list is shown, whatever their order, and nothing else.
func TestShowLists(t *testing.T) {
	r, _ := viewOf(t, "")
	for bits := range 1 << len(wire.Showable) {
		var list []string
		for k, name := range wire.Showable {
			if bits>>k&1 != 0 {
				list = append(list, name)
			}
		}
		slices.Reverse(list)
		s := shown(t, r, strings.Join(list, ","))
		for name, is := range map[string]bool{
			"predictions": s.Predictions.Label != nil, "logits": s.Focus.Student != nil,
			"embeddings": s.Embeddings != nil, "smoothness": s.Smoothness.Student != nil,
			"calibration": s.Calibration.Student.Nodes != nil, "answers": s.Answers.Student != nil,
			"attention": s.Attention.Epochs != nil, "directions": s.Directions != nil, "neighbours": s.Neighbours.Nodes != nil,
		} {
			if want := slices.Contains(list, name); is != want {
				t.Errorf("show %v: %s is shown: %v, want %v", list, name, is, want)
			}
		}
	}
}

// A node without a name of its own is called by its number.
func TestNodeName(t *testing.T) {
	g := &graph.Graph{Types: []graph.NodeType{{Name: "paper", Count: 3, Labels: []string{"On trees", ""}}}}
	for id, want := range []string{"paper 0 “On trees”", "paper 1", "paper 2"} {
		if got := nameOf(g, 0, int32(id)); got != want {
			t.Errorf("node %d is called %q, want %q", id, got, want)
		}
	}
}
