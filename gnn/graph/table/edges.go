package table

import (
	"cmp"
	"fmt"
	"strings"

	"abkd/internal/show"
)

// An edgeReader reads the rows of one table.
type edgeReader struct {
	*reader
	*schema
	problems
	count, strange int
	loose          bool
}

func (r *reader) readEdges(s *schema) error {
	e := &edgeReader{reader: r, schema: s}
	if l, ok := s.Table.(interface{ Loose() bool }); ok {
		e.loose = l.Loose()
	}
	err := r.numbered(s)
	if err == nil {
		err = s.Rows(e.row)
	}
	if err == nil {
		err = e.problems.err()
	}
	if err != nil {
		return err
	}
	if e.count == 0 {
		return Refuse("%s: there is no edge below the header", s.File())
	}
	if e.strange > 0 {
		r.Note(fmt.Sprintf("%s: %s left out, of nodes that no row has.", s.File(), counted(e.strange, "edge")+map[bool]string{true: " is", false: " are"}[e.strange == 1]))
	}
	return nil
}

// numbered refuses nodes that are counted from 0 beside edges that name them by
// numbers from 1 on: each edge would join the nodes before those that it means.
func (r *reader) numbered(s *schema) error {
	m, ok := s.Table.(interface{ Size() int })
	if !ok {
		return nil
	}
	if zero, found, _ := r.node("0", "", ""); found {
		return Refuse("%s: its nodes are counted from 1, and %s calls one 0: count them from 1 there too", s.File(), zero.of.Where(zero.row))
	}
	if n := r.nodes(); n != m.Size() {
		r.Note(fmt.Sprintf("%s: it has %s rows, and there are %s nodes.", s.File(), show.Grouped(m.Size()), show.Grouped(n)))
	}
	return nil
}

// row reads an edge.
func (e *edgeReader) row(row int, cells []string) error {
	e.count++
	var ends [2]node
	for i, at := range [2]int{e.source, e.target} {
		kind := text(cells, [2]int{e.sourceKind, e.targetKind}[i])
		if kind == "" {
			kind = e.fixedEnds[i]
		}
		id := text(cells, at)
		n, found, several := e.node(id, e.columns[at].group, kind)
		switch {
		case id == "":
			e.add("%s: %s is empty: every edge joins two nodes by their identifiers", e.Where(row), e.name(at))
			return nil
		case several:
			return Refuse("%s: %s %s is in several tables of nodes: add columns source_type and target_type, or call the file as SOURCE_relation_TARGET", e.Where(row), e.name(at), show.Quote(id))
		case !found && e.loose:
			e.strange++
			return nil
		case !found:
			of := ""
			if kind != "" {
				of = " of type " + show.Quote(kind)
			}
			e.add("%s: %s %s is that of no node%s: every edge joins two nodes by their identifiers", e.Where(row), e.name(at), show.Quote(id), of)
			return nil
		}
		ends[i] = n
	}
	p, err := e.Relation(e.relationOf(cells), int(ends[0].kind), int(ends[1].kind), e.File())
	if err != nil {
		return err
	}
	where := func() string { return e.Where(row) }
	if err := e.AddEdge(p, ends[0].number, ends[1].number, where); err != nil {
		return err
	}
	both, said := e.wayOf(cells)
	switch {
	case said && !both:
		e.Ways[0]++
	case said:
		e.Ways[1]++
		if e.o.Directed && p.Src == p.Dst && ends[0].number != ends[1].number {
			return e.AddEdge(p, ends[1].number, ends[0].number, where)
		}
	}
	return nil
}

func (e *edgeReader) name(at int) string { return strings.TrimSpace(e.Columns()[at]) }

// relationOf returns the name of the relation of a row.
func (e *edgeReader) relationOf(cells []string) string {
	return cmp.Or(text(cells, e.relation), e.fixedRel, "to")
}

// node returns the node of that identifier, in the group and of the type where
// these are not "".
func (r *reader) node(id, group, kind string) (found node, ok, several bool) {
	for _, s := range r.spaces {
		if group != "" && s.group != group {
			continue
		}
		n, here := s.ids[id]
		if !here || kind != "" && r.Types[n.kind].Name != kind {
			continue
		}
		if ok {
			return found, true, true
		}
		found, ok = n, true
	}
	return found, ok, false
}
