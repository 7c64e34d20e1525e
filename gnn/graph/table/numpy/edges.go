package numpy

import (
	"fmt"
	"slices"
	"strings"

	"abkd/gnn/graph/table"
	"abkd/internal/show"
)

// lists calls back with each list of edges: its relation, the types of its
// ends, and a function that goes through the edges.
func (r *reader) lists(each func(rel, from, to, name string, edges func(func(u, v int64) error) error) error) error {
	typed := r.typed("edge_index")
	for _, t := range typed {
		ends := strings.Split(t, "___")
		e := r.find([]string{"edge_index"}, t)
		if len(ends) != 3 {
			return table.Refuse("%s: want a name such as author___writes___paper", e.name)
		}
		if err := each(ends[1], ends[0], ends[2], e.name, e.pairs); err != nil {
			return err
		}
	}
	if len(typed) > 0 {
		return nil
	}
	if e := r.find(edgeNames, ""); e != nil {
		return each("to", "node", "node", e.name, e.pairs)
	}
	m, err := r.adjacency()
	if err != nil {
		return err
	}
	if m == nil {
		return table.Refuse("%s: there is no array of edges: want edge_index [2 × edges], edges [edges × 2] or a sparse matrix (adj_indptr, adj_indices, adj_shape, or one that SciPy saved); there are %s", r.Name, r.keys())
	}
	if m.rows != m.cols {
		return table.Refuse("%s: the matrix of edges has %d rows and %d columns, want as many", m.name, m.rows, m.cols)
	}
	return each("to", "node", "node", m.name, func(f func(u, v int64) error) error {
		err := m.each(func(i, j int, _ float64) error { return f(int64(i), int64(j)) })
		if m.zeros > 0 {
			r.Note(fmt.Sprintf("%s: entries that are 0, which are no edges: %s.", m.name, show.Grouped(m.zeros)))
		}
		return err
	})
}

func (r *reader) keys() string {
	var all []string
	for _, e := range r.all {
		all = append(all, e.key)
	}
	return table.Listed(all)
}

// adjacency returns the sparse matrix of the edges, nil for none.
func (r *reader) adjacency() (*sparse, error) {
	if m, err := r.sparse("adj_", ""); m != nil || err != nil {
		return m, err
	}
	for _, e := range r.all {
		if (e.key == "indptr" || e.key == "row") && !e.taken {
			if m, err := r.sparse("", e.file); m != nil || err != nil {
				return m, err
			}
		}
	}
	return nil, nil
}

// pairs calls back with the edges of [2 × edges], or of [edges × 2].
func (e *entry) pairs(f func(u, v int64) error) error {
	across := len(e.shape) == 2 && e.shape[0] == 2 && (e.shape[1] != 2 || e.key == "edge_index" || strings.Contains(e.key, "___"))
	if len(e.shape) != 2 || !across && e.shape[1] != 2 {
		return table.Refuse("%s: the shape is %v, want [2 × edges] or [edges × 2]", e.name, e.shape)
	}
	n := e.shape[0]
	if across {
		n = e.shape[1]
	}
	for k := range n {
		var ends [2]int64
		for i := range ends {
			row, col := k, i
			if across {
				row, col = i, k
			}
			v, ok := e.integer(row, col)
			if !ok {
				return table.Refuse("%s: edge %d is of node %s, want a whole number", e.name, k, e.text(row, col))
			}
			ends[i] = v
		}
		if err := f(ends[0], ends[1]); err != nil {
			return err
		}
	}
	return nil
}

// highest returns how many nodes of a type the edges are of.
func (r *reader) highest(kind string) (n int, whose string, err error) {
	err = r.lists(func(_, from, to, name string, edges func(func(u, v int64) error) error) error {
		return edges(func(u, v int64) error {
			for _, end := range []struct {
				kind string
				node int64
			}{{from, u}, {to, v}} {
				if end.kind == kindName(kind) && end.node >= int64(n) {
					if end.node >= 1<<31-1 {
						return table.Refuse("%s: an edge is of node %d, want less than %d", name, end.node, 1<<31-1)
					}
					n, whose = int(end.node)+1, name
				}
			}
			return nil
		})
	})
	return n, whose, err
}

// edges adds the edges of all lists.
func (r *reader) edges() error {
	return r.lists(func(rel, from, to, name string, edges func(func(u, v int64) error) error) error {
		src := slices.IndexFunc(r.Types, func(t *table.Nodes) bool { return t.Name == from })
		dst := slices.IndexFunc(r.Types, func(t *table.Nodes) bool { return t.Name == to })
		p, err := r.Relation(rel, src, dst, name)
		if err != nil {
			return err
		}
		at := 0
		return edges(func(u, v int64) error {
			if n := int64(r.Types[src].Count); u < 0 || u >= n {
				return table.Refuse("%s: edge %d starts at node %d, want 0..%d", name, at, u, n-1)
			}
			if n := int64(r.Types[dst].Count); v < 0 || v >= n {
				return table.Refuse("%s: edge %d ends at node %d, want 0..%d", name, at, v, n-1)
			}
			at++
			return r.AddEdge(p, int32(u), int32(v), func() string { return name })
		})
	})
}
