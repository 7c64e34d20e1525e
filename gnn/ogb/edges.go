//go:build !js

package ogb

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"abkd/gnn/graph"
	"abkd/internal/show"
)

// edges makes room for the relations and their reverses, and returns the
// tasks that read them.
func (r *reader) edges(g *graph.Graph, s *schema) (tasks []task) {
	for _, rel := range s.relations {
		if rel.reverse {
			tasks = append(tasks, task{rel.folder + "/edge.csv.gz", func() error { return r.listedReverse(g, s, rel) }})
			continue
		}
		at := len(g.Relations)
		g.Relations = append(g.Relations, graph.Relation{})
		if !rel.directed && rel.Src != rel.Dst {
			g.Relations = append(g.Relations, graph.Relation{})
		}
		tasks = append(tasks, task{rel.folder + "/edge.csv.gz", func() error {
			got, err := r.relation(g, s, rel)
			copy(g.Relations[at:], got) // when all have their room
			return err
		}})
	}
	return tasks
}

// listedReverse reads a relation that is the reverse of another one, as PyTorch
// Geometric's ToUndirected adds them.
func (r *reader) listedReverse(g *graph.Graph, s *schema, rel relation) error {
	got, err := r.relation(g, s, rel)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reverses = append(r.reverses, listed{got[0], rel.folder})
	return nil
}

// checkReverses holds the reverses that the data set lists against those that g
// has: they are the same or are of another meaning.
func (r *reader) checkReverses(g *graph.Graph) error {
	for _, l := range r.reverses {
		i := slices.IndexFunc(g.Relations, func(q graph.Relation) bool { return q.EdgeType == l.EdgeType })
		of := strings.TrimPrefix(l.Rel, "rev_")
		if i < 0 || !equal(g.Relations[i].In, l.In) {
			return fmt.Errorf("ogb: %s: has other edges than %s from the other end, whose reverse is called so: give it another name", l.folder, of)
		}
		r.note(noteEdges, "%s is listed beside %s, of which it is the reverse: it is one relation, as for any other", l.Rel, of)
	}
	return nil
}

// relation reads a relation and makes its reverse.
func (r *reader) relation(g *graph.Graph, s *schema, rel relation) ([]graph.Relation, error) {
	count := r.actual(rel.folder + "/num-edge-list.csv.gz")
	n, err := r.number(count, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	src, dst, err := r.edgeList(rel.folder+"/edge.csv.gz", s.types[s.index(rel.Src)], s.types[s.index(rel.Dst)], n, count)
	if err != nil {
		return nil, err
	}
	if err := r.relationType(rel.folder+"/edge_reltype.csv.gz", n, count); err != nil {
		return nil, err
	}
	var got []graph.Relation
	if rel.directed {
		got = make([]graph.Relation, 1)
		got[0], err = g.NewRelation(rel.EdgeType, src, dst)
	} else {
		got, err = g.NewWithReverse(rel.EdgeType, src, dst)
	}
	if err != nil {
		return nil, fmt.Errorf("ogb: %s: %w", rel.folder, err)
	}
	stored := len(got[0].In.Col)
	switch undirected := rel.Src == rel.Dst && !rel.directed; {
	case undirected && s.hasSplit != "" && stored > n && r.Direction == AsStated:
		r.note(noteEdges, "%s made undirected", rel.Rel)
	case !undirected && stored < n:
		r.note(noteEdges, "%d of %d edges of %s stand there more than once and are kept once", n-stored, n, rel.Rel)
	}
	return got, nil
}

func (r *reader) edgeList(file string, from, to nodeType, count int, whence string) (src, dst []int32, err error) {
	t, err := r.open(file)
	if err != nil {
		return nil, nil, err
	}
	return t.edgeList(from, to, count, whence)
}

// edgeList reads count rows of a source and a destination.
func (t *table) edgeList(from, to nodeType, count int, whence string) (src, dst []int32, err error) {
	room := min(int64(count), t.most/4+1) // an edge is four bytes or more
	src, dst = make([]int32, 0, room), make([]int32, 0, room)
	var v [2]int64
	for err == nil && t.next() {
		switch err = t.ints(v[:]); {
		case err != nil:
		case len(src) == count:
			err = t.tooMany(count, whence)
		case v[0] < 0 || v[0] >= int64(from.count):
			err = t.errorf("starts at %s %d, want 0..%d", from.name, v[0], from.count-1)
		case v[1] < 0 || v[1] >= int64(to.count):
			err = t.errorf("ends at %s %d, want 0..%d", to.name, v[1], to.count-1)
		}
		src, dst = append(src, int32(v[0])), append(dst, int32(v[1]))
	}
	return src, dst, t.done(err, len(src), count, whence)
}

// relationType checks that a file, if it is there, says the same integer for
// each of count edges.
func (r *reader) relationType(file string, count int, whence string) error {
	file, err := r.find(file)
	if err != nil || file == "" {
		return err
	}
	t, err := r.openFile(file)
	if err != nil {
		return err
	}
	var first []byte
	var kind int64
	var v [1]int64
	n := 0
	for ; err == nil && t.next(); n++ {
		switch {
		case n == count:
			err = t.tooMany(count, whence)
		case n == 0:
			first = slices.Clone(t.row)
			err = t.ints(v[:])
			kind = v[0]
		case !bytes.Equal(t.row, first):
			if err = t.ints(v[:]); err == nil && v[0] != kind {
				err = t.errorf("relation type is %s, want %s as in line 1", show.Quote(t.row), first)
			}
		}
	}
	return t.done(err, n, count, whence)
}
