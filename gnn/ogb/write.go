//go:build !js

package ogb

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"abkd/gnn/graph"
)

// Write writes g to the folder dir, which must be empty or not exist, so that
// Read gives an equal graph. The folder appears when all is written.
//
// Reverse relations are left out, since Read makes them; an undirected
// relation has each edge once. A graph that Read could not give back, such as
// one with a directed relation between two nodes of a type, is an error. A
// graph of the node type "node" and the relation "to" alone is written as a
// homogeneous one.
func Write(dir string, g *graph.Graph) error {
	forward, err := check(g)
	if err != nil {
		return fmt.Errorf("ogb: %s: %w", dir, err)
	}
	st := &Stream{Graph: g, Features: func(t, lo, hi int, x []float32) {
		copy(x, g.Types[t].Features.Data[lo*g.Types[t].Features.Cols:])
	}}
	for _, r := range forward {
		st.Relations = append(st.Relations, r.EdgeType)
		st.Directed = r.Src == r.Dst && !equal(transposed(g, r), r.In) // else it has a reverse
	}
	st.Out = func(i int) graph.CSR { return outEdges(g, forward[i]) }
	return WriteStream(dir, st, nil)
}

// Check returns the error of a graph that Write would refuse, nil for one that
// can be written.
func Check(g *graph.Graph) error {
	_, err := check(g)
	return err
}

// check returns the relations that are no reverse of another.
func check(g *graph.Graph) (forward []graph.Relation, err error) {
	if err := g.Validate(); err != nil {
		return nil, err
	}
	if err := writable(g); err != nil {
		return nil, err
	}
	return forwardRelations(g)
}

// transposed returns the edges of r by their source.
func transposed(g *graph.Graph, r graph.Relation) graph.CSR {
	out, _ := graph.TransposeEntries(graph.CSR{}, nil, r.In, g.Types[r.Src].Count)
	return out
}

func equal(a, b graph.CSR) bool { return slices.Equal(a.Ptr, b.Ptr) && slices.Equal(a.Col, b.Col) }

// outEdges returns the edges of r by their source; of an undirected relation,
// those that do not go to a lower node.
func outEdges(g *graph.Graph, r graph.Relation) graph.CSR {
	out := transposed(g, r)
	if r.Src != r.Dst || !equal(out, r.In) {
		return out
	}
	kept := int32(0)
	for u := range out.Rows() {
		row := r.In.Row(u)
		i, _ := slices.BinarySearch(row, int32(u))
		out.Ptr[u] = kept
		kept += int32(copy(out.Col[kept:], row[i:]))
	}
	out.Ptr[out.Rows()] = kept
	out.Col = out.Col[:kept]
	return out
}

// writable returns an error if g lacks a split, or has a name that cannot
// stand in a file or be that of one.
func writable(g *graph.Graph) error {
	if len(g.Splits) == 0 {
		return errors.New("the graph has no split, want one or more")
	}
	for _, t := range g.Types {
		for i, f := range t.Features.Data {
			if !(f >= -graph.MaxFeature && f <= graph.MaxFeature) {
				return fmt.Errorf("feature %d of %s %d is %v, want %s", i%t.Features.Cols, t.Name, i/t.Features.Cols, f, graph.FeatureRange)
			}
		}
	}
	return g.CheckNames()
}

// forwardRelations returns those relations of g that are no reverse of
// another, or an error if Read could not make g of them.
func forwardRelations(g *graph.Graph) (forward []graph.Relation, err error) {
	back := map[graph.EdgeType]graph.CSR{}
	for _, r := range g.Relations {
		back[r.EdgeType] = r.In
	}
	for _, r := range g.Relations {
		reverse := graph.EdgeType{Src: r.EdgeType.Dst, Rel: "rev_" + r.Rel, Dst: r.EdgeType.Src}
		name, isReverse := strings.CutPrefix(r.Rel, "rev_")
		_, hasForward := back[graph.EdgeType{Src: reverse.Src, Rel: name, Dst: reverse.Dst}]
		if isReverse && hasForward && r.Src != r.Dst {
			continue
		}
		in := back[reverse]
		if r.Src == r.Dst {
			in = r.In
		}
		if !equal(transposed(g, r), in) && (r.EdgeType != homogeneousType || len(g.Types) > 1 || len(g.Relations) > 1) {
			return nil, fmt.Errorf("relation %v has no reverse, want each edge in both directions", r.EdgeType)
		}
		forward = append(forward, r)
	}
	return forward, nil
}

var homogeneousType = graph.EdgeType{Src: "node", Rel: "to", Dst: "node"}
