package inspect

import (
	"strconv"
	"strings"

	"abkd/gnn/graph"
	"abkd/sim/wire"
)

// mostFound is how many nodes are told of those that a text finds.
const mostFound = 12

// FindNodes returns the target nodes of g whose number is text or whose name
// has it, in letters of any case: the number first, then names that are the
// text, begin with it, have it at the beginning of a word, or elsewhere.
func FindNodes(g *graph.Graph, text string) wire.Found {
	f := wire.Found{Text: text}
	want := strings.ToLower(strings.TrimSpace(text))
	if want == "" {
		return f
	}
	t := &g.Types[g.Target]
	number := -1
	if id, err := strconv.Atoi(want); err == nil && id >= 0 && id < t.Count {
		number = id
	}
	var ranked [4][]int
	for id, name := range t.Labels {
		if rank := fits(strings.ToLower(name), want); rank >= 0 && id != number {
			ranked[rank] = append(ranked[rank], id)
		}
	}
	var found []int
	if number >= 0 {
		found = append(found, number)
	}
	for _, ids := range ranked {
		found = append(found, ids...)
	}
	f.Count = len(found)
	for _, id := range found[:min(len(found), mostFound)] {
		f.Nodes = append(f.Nodes, wire.FoundNode{ID: id, Name: Name(t, id), Label: int(g.Labels[id])})
	}
	return f
}

// fits ranks how well a name fits what is looked for, -1 if it has it nowhere.
func fits(name, want string) int {
	at := strings.Index(name, want)
	switch {
	case at < 0:
		return -1
	case name == want:
		return 0
	case at == 0:
		return 1
	case strings.Contains(name, " "+want):
		return 2
	}
	return 3
}

// Names returns what the target nodes of g are called that c asks for.
func Names(g *graph.Graph, c wire.Name) wire.Named {
	n := wire.Named{Nodes: c.Nodes}
	nodes, _ := c.Numbers() // a session has checked them
	for _, id := range nodes {
		n.Names = append(n.Names, Name(&g.Types[g.Target], id))
	}
	return n
}

// mostName is how many bytes of a name are told.
const mostName = 160

// Name returns what a node of t is called, cut to a line; "" if it has no name.
func Name(t *graph.NodeType, id int) string {
	if id >= len(t.Labels) {
		return ""
	}
	name := t.Labels[id]
	for i := range name {
		if i > mostName {
			return name[:i] + "…"
		}
	}
	return name
}
