package main

import (
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// To average features takes room beside the graph and for the sum: less than
// that is refused before any of it is taken.
func TestCheckMeans(t *testing.T) {
	const count, width = 1 << 20, 8
	g := &graph.Graph{Types: []graph.NodeType{{Name: "paper", Count: 2, Features: mat.New(2, width)}, {Name: "author", Count: count}}}
	if err := g.AddRelation(graph.EdgeType{Src: "paper", Rel: "by", Dst: "author"}, []int32{0}, []int32{1}); err != nil {
		t.Fatal(err)
	}
	const means = 4 * count * width
	for _, c := range []struct {
		most byteSize
		fits bool
	}{
		{means, false},
		{means + programBytes, false},
		{2*means + programBytes, false}, // the graph has pointers for the authors
		{2*means + 3*4*count + programBytes, true},
	} {
		s := source{data: "d", maxMemory: c.most}
		if err := s.checkMeans(g); (err == nil) != c.fits {
			t.Errorf("with %v: %v, want room %t", c.most, err, c.fits)
		} else if err != nil && !strings.Contains(err.Error(), "1,048,576 of author") {
			t.Errorf("error is %v, want the nodes in it", err)
		}
	}
	bare := &graph.Graph{Types: []graph.NodeType{{Name: "paper", Count: 2, Features: mat.New(2, width)}}}
	if err := (&source{maxMemory: 1}).checkMeans(bare); err != nil {
		t.Errorf("with nothing to average: %v", err)
	}
}
