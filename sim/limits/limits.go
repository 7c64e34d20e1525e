// Package limits says what a session takes of a graph of the user's own.
package limits

import (
	"fmt"

	"abkd/gnn/graph"
)

// Limits are what a session takes of a pack, so that a step of a small model
// lasts well under a second in a browser and its memory stays in the hundreds of
// megabytes.
type Limits struct {
	Bytes     int // of the file
	Nodes     int
	Edges     int // reverses included
	Numbers   int // of features, all nodes together
	Width     int // of features, and classes
	Teacher   int // bytes of it
	Types     int // of nodes; each has weights of its own in every layer
	Relations int // reverses included; each has weights of its own in every layer
	Name      int // bytes of the name of a graph, a type, a relation or a class
}

// Pack are the limits.
var Pack = Limits{
	Bytes: 64 << 20, Nodes: 20_000, Edges: 400_000, Numbers: 6_000_000, Width: 8192,
	Teacher: 32 << 20, Types: 64, Relations: 2 * 64, Name: 1 << 12,
}

// Check reports what makes a graph too large to be trained on while someone
// watches.
func (l Limits) Check(g *graph.Graph) error {
	numbers, width := 0, 0
	for t, w := range graph.MeanWidths(g) {
		width = max(width, w)
		numbers += g.Types[t].Count * w
	}
	const cut = `cut a smaller part with "abkd pack"`
	for _, c := range []struct {
		what      string
		got, most int
		advice    string
	}{
		{"nodes", g.NumNodes(), l.Nodes, cut}, {"edges, reverses included", g.NumEdges(), l.Edges, cut}, {"numbers in features", numbers, l.Numbers, cut},
		{"columns of features", width, l.Width, "keep fewer"}, {"classes", g.Classes, l.Width, "join the small ones"},
		{"types of nodes", len(g.Types), l.Types, "leave some out"}, {"relations, reverses included", len(g.Relations), l.Relations, "leave some out"},
		{"bytes in the longest name", longestName(g), l.Name, "shorten it"},
	} {
		if c.got > c.most {
			return fmt.Errorf("%d %s, want at most %d: %s", c.got, c.what, c.most, c.advice)
		}
	}
	return nil
}

// longestName returns how many bytes the longest name of a type, a relation or
// a class has.
func longestName(g *graph.Graph) int {
	n := len(g.Name)
	for _, t := range g.Types {
		n = max(n, len(t.Name))
	}
	for _, r := range g.Relations {
		n = max(n, len(r.Rel))
	}
	for _, name := range g.ClassNames {
		n = max(n, len(name))
	}
	return n
}
