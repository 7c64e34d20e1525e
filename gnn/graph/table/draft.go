package table

import (
	"maps"
	"slices"
	"strings"

	"abkd/internal/show"
)

// A Draft is a graph of which classes, splits and reverses are still to be
// made. Readers of formats fill it.
type Draft struct {
	Name   string
	From   string // the first file of nodes, "" where they have none of their own
	Origin string // as in graph.Graph
	Format string // what the files were, for people
	Types  []*Nodes
	Pairs  []*Pairs
	Notes  []string
	Uses   []Use
	// SplitNote says what the splits are, "" where they are the file's own.
	SplitNote string
	// Ways counts the edges of which the source says that they go one way, and
	// both ways.
	Ways [2]int

	o Options
}

// A Use says what a column was taken for.
type Use struct {
	File, Column string
	As           string // "" for a column that is not used
}

// Nodes are those of one type.
type Nodes struct {
	Name  string
	Count int
	Names []string // nil if they have none

	Width    int
	Features []float32 // Count × Width

	Years []int32
	Dated int // nodes that have a year

	Classes []string       // texts of labels
	Labels  []int32        // index into Classes, -1 for none; nil if no node has one
	Missing map[string]int // what stands in place of a label, and how often
	Splits  []Parts

	numbers map[string]int32 // of Classes
}

// Parts is a split of the nodes of a type.
type Parts struct {
	Name string
	Of   []int8 // 0, 1 and 2 for training, validation and test, -1 for none
}

// Pairs are the edges of one relation, in the order of the source.
type Pairs struct {
	Name     string
	Src, Dst int // types
	From, To []int32
}

// NewDraft returns a draft without nodes.
func NewDraft(name, format string, o Options) *Draft {
	return &Draft{Name: name, Format: format, o: o}
}

// Note adds a sentence on what was assumed or left out, once.
func (d *Draft) Note(notes ...string) {
	for _, n := range notes {
		if !slices.Contains(d.Notes, n) {
			d.Notes = append(d.Notes, n)
		}
	}
}

// Type returns the nodes of the type of that name, which it makes if there are
// none yet, and the place of the type.
func (d *Draft) Type(name, where string) (int, *Nodes, error) {
	for i, t := range d.Types {
		if t.Name == name {
			return i, t, nil
		}
	}
	if most := orMost(d.o.Limits.Types, mostKinds); len(d.Types) == most {
		return 0, nil, Refuse("%s: more than %d types of nodes, of which %s is one: is the column of types what it should be?", where, most, show.Quote(name))
	}
	t := &Nodes{Name: strings.Clone(name), Missing: map[string]int{}}
	d.Types = append(d.Types, t)
	return len(d.Types) - 1, t, nil
}

// Relation returns the pairs of that name between two types, which it makes if
// there are none yet.
func (d *Draft) Relation(name string, src, dst int, where string) (*Pairs, error) {
	for _, p := range d.Pairs {
		if p.Name == name && p.Src == src && p.Dst == dst {
			return p, nil
		}
	}
	if most := orMost(d.o.Limits.Relations, mostKinds); len(d.Pairs) == most {
		return nil, Refuse("%s: more than %d relations, of which %s is one: is the column of relations what it should be?", where, most, show.Quote(name))
	}
	p := &Pairs{Name: strings.Clone(name), Src: src, Dst: dst}
	d.Pairs = append(d.Pairs, p)
	return p, nil
}

// What nodes, numbers and edges take, in bytes: a node with its name, its place
// among the identifiers and what slices have left over; a number in a slice
// that is copied as it grows; an edge in its list, in both directions and in
// the graph. Measured, with what the collector has not yet taken back.
const (
	nodeBytes   = 220
	numberBytes = 12
	edgeBytes   = 64
)

// AddNode makes room for one more node of t.
func (d *Draft) AddNode(t *Nodes, where func() string) error { return d.AddNodes(t, 1, where) }

// AddNodes makes room for n more nodes of t.
func (d *Draft) AddNodes(t *Nodes, n int, where func() string) error {
	if most := orMost(d.o.Limits.Nodes, mostNodes); n > most-d.nodes() {
		return Refuse("%s: more than %s nodes, want at most that many: cut a smaller part (“abkd pack” does it for large graphs)", where(), show.Grouped(most))
	}
	t.Count += n
	return d.o.Memory.Take(int64(n)*(nodeBytes+numberBytes*int64(t.Width)), where)
}

func (d *Draft) nodes() (n int) {
	for _, t := range d.Types {
		n += t.Count
	}
	return n
}

// AddEdge adds an edge to p.
func (d *Draft) AddEdge(p *Pairs, from, to int32, where func() string) error {
	if most := orMost(d.o.Limits.Edges, mostNodes/2); len(p.From) >= most {
		return Refuse("%s: more than %s edges, want at most that many: cut a smaller part (“abkd pack” does it for large graphs)", where(), show.Grouped(most))
	}
	if err := d.o.Memory.Take(edgeBytes, where); err != nil {
		return err
	}
	p.From, p.To = append(p.From, from), append(p.To, to)
	return nil
}

// missing counts what stands in place of labels, in words.
func (t *Nodes) missing() (all []string) {
	for _, text := range slices.Sorted(maps.Keys(t.Missing)) {
		what := "“" + text + "”"
		if text == "" {
			what = "empty"
		}
		all = append(all, show.Grouped(t.Missing[text])+" of "+t.Name+" ("+what+")")
	}
	return all
}
