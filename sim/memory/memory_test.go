package memory

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
		most int64
		fits bool
	}{
		{means, false},
		{means + Program, false},
		{2*means + Program, false}, // the graph has pointers for the authors
		{2*means + 3*4*count + Program, true},
	} {
		if err := Allow(c.most, "somebody").CheckMeans(g); (err == nil) != c.fits {
			t.Errorf("with %v: %v, want room %t", c.most, err, c.fits)
		} else if err != nil && !strings.Contains(err.Error(), "1,048,576 of author") {
			t.Errorf("error is %v, want the nodes in it", err)
		}
	}
	bare := &graph.Graph{Types: []graph.NodeType{{Name: "paper", Count: 2, Features: mat.New(2, width)}}}
	if err := Allow(1, "somebody").CheckMeans(bare); err != nil {
		t.Errorf("with nothing to average: %v", err)
	}
}

// TestAllowance checks what is refused and what is warned of.
func TestAllowance(t *testing.T) {
	allowed := Allow(1<<30, "somebody")
	if err := allowed.Refuse("the work is", 1<<31, ": too much"); err == nil || err.Error() != "somebody 1 GiB: the work is estimated to need 2 GiB, which is more: too much" {
		t.Errorf("beyond what is allowed: %v", err)
	}
	var told strings.Builder
	small := Allowance{Free: 1 << 29, Most: 1 << 30}
	small.Warn(&told, "the work is", 1<<30, ": a lot")
	if err := small.Refuse("the work is", 1<<30, ""); err != nil || told.String() != "abkd: the work is estimated to need 1 GiB and there are 512 MiB: a lot\n" {
		t.Errorf("beyond what is free: %v, told %q", err, &told)
	}
	if err := small.Refuse("the work is", 1<<31, ""); err == nil || err.Error() != "the work is estimated to need 2 GiB, more than the machine has with all its swap, 1 GiB" {
		t.Errorf("beyond the machine: %v", err)
	}
}
