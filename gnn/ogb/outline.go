//go:build !js

package ogb

import (
	"math"
	"path/filepath"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// An Outline is what a data set says of its size, before nodes and edges are read.
type Outline struct {
	// Graph has node types with counts and, as features without data, widths, and
	// relations without edges. Classes is 0 where the labels alone tell how many.
	Graph *graph.Graph
	Edges int64 // in all relations, reverses included; of a type to itself at most so many
	Bytes int64 // that the graph takes once it is read, at most
}

// ReadOutline returns the outline of the data set in dir. It reads the files of counts
// and first rows, and takes no memory that grows with the data set.
func ReadOutline(dir string, o Options) (Outline, error) {
	if err := IsDataset(dir); err != nil {
		return Outline{}, err
	}
	o.Progress = nil // there is none worth telling
	r := &reader{Options: o, dir: dir}
	m, err := r.meta()
	if err != nil {
		return Outline{}, err
	}
	s, err := r.schema(m)
	if err != nil {
		return Outline{}, err
	}
	g := &graph.Graph{Name: filepath.Base(dir), Target: s.target}
	if err := r.classes(g, m); err != nil {
		return Outline{}, err
	}
	return r.outline(g, s)
}

// outline returns the outline of g, whose types and relations are those of s.
func (r *reader) outline(g *graph.Graph, s *schema) (Outline, error) {
	out := Outline{Graph: g}
	for _, t := range s.types {
		width := int64(0)
		if t.features != "" {
			var err error
			if width, err = r.columns(t.features); err != nil {
				return out, err
			}
		}
		g.Types = append(g.Types, graph.NodeType{Name: t.name, Count: t.count, Features: mat.Matrix{Rows: t.count, Cols: int(width)}})
	}
	for _, rel := range s.relations {
		if rel.reverse {
			continue
		}
		n, err := r.number(rel.folder+"/num-edge-list.csv.gz", math.MaxInt32)
		if err != nil {
			return out, err
		}
		src, dst := s.index(rel.Src), s.index(rel.Dst)
		g.Relations = append(g.Relations, graph.Relation{EdgeType: rel.EdgeType, Src: src, Dst: dst})
		if out.Edges += int64(n); rel.directed {
			continue
		}
		if out.Edges += int64(n); src != dst {
			g.Relations = append(g.Relations, graph.Relation{EdgeType: rel.EdgeType.Reverse(), Src: dst, Dst: src})
		}
	}
	needs, err := r.needs(s)
	for _, n := range needs {
		out.Bytes += n.kept
	}
	return out, err
}
