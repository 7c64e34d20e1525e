// Package graph holds heterogeneous graphs: typed nodes with features,
// relations between them as compressed sparse rows, labels and splits.
//
// A homogeneous graph is the case of one node type and one relation.
package graph

import (
	"fmt"
	"slices"

	"abkd/gnn/mat"
	"abkd/internal/order"
)

// An EdgeType names a relation: the type of its source nodes, the relation's
// own name and the type of its destination nodes.
type EdgeType struct{ Src, Rel, Dst string }

// String returns the name in the form used by checkpoints and file names,
// such as "author__writes__paper".
func (t EdgeType) String() string { return t.Src + "__" + t.Rel + "__" + t.Dst }

// A CSR lists, for each row i, its entries Col[Ptr[i]:Ptr[i+1]]. Read as the
// in-edges of a relation, row i is a destination node and its entries are the
// source nodes that send it a message.
type CSR struct {
	Ptr []int32 // [rows+1]
	Col []int32 // [entries]
}

// Rows returns the number of rows.
func (c CSR) Rows() int { return max(len(c.Ptr)-1, 0) }

// Row returns the entries of row i, sharing their storage.
func (c CSR) Row(i int) []int32 { return c.Col[c.Ptr[i]:c.Ptr[i+1]] }

// A NodeType is one kind of node.
type NodeType struct {
	Name     string
	Count    int
	Features mat.Matrix // [Count × p], 0×0 for a type without features
	Derived  Derivation // where Features come from, if they are not the type's own
	Labels   []string   // what each node is called, nil if unknown
	Years    []int32    // when each node appeared, nil if unknown
}

// LabelInputs are what the labels of training nodes say of each target node, its
// own left out.
type LabelInputs struct {
	Split string     // whose training nodes they are
	X     mat.Matrix // [target nodes × channels·classes]
}

// A Derivation is how features are computed that a graph does not have.
type Derivation uint8

// The derivations; the zero one is none.
const (
	Means  Derivation = 1 + iota // averages of other nodes' features, see WithMeans
	FastRP                       // of the relations alone, see WithFastRP
)

// A Relation is one kind of edge; Src and Dst are indices into Graph.Types.
type Relation struct {
	EdgeType
	Src, Dst int
	In       CSR // row = destination node, entries = source nodes, sorted, each once
}

// A Split divides the labelled nodes of the target type.
type Split struct {
	Name               string
	Train, Valid, Test []int32
}

// A Graph is a heterogeneous graph with labels on the nodes of one type.
// It is not changed after it has been built and may be shared; its arrays may
// be those of a cache file, which cannot be written to.
type Graph struct {
	Name       string
	Types      []NodeType
	Relations  []Relation
	Target     int     // index into Types of the type that carries labels
	Labels     []int32 // [Types[Target].Count], -1 where unknown
	Classes    int
	ClassNames []string // [Classes], nil if unknown
	Splits     []Split  // the first is the default

	// Origin says what the graph was made from, and by which commands, "" if that
	// is not known: parts in one line, between them "; ". Nothing computes with it.
	Origin string

	// LabelInputs are what models with label reuse read, nil if nothing has
	// computed them. They belong to this graph's edges, labels and split.
	LabelInputs *LabelInputs

	// Notes say what the source holds and the graph does not, and what was
	// assumed where the source says nothing: a clause each, such as "edge
	// features are not used". Nothing computes with them.
	Notes []string
}

// TypeIndex returns the index of the node type of that name, or -1.
func (g *Graph) TypeIndex(name string) int {
	for i := range g.Types { // reads names alone: features may be on their way in
		if g.Types[i].Name == name {
			return i
		}
	}
	return -1
}

// Split returns the split of that name, or the default one for "".
func (g *Graph) Split(name string) (Split, error) {
	var known []string
	for i, s := range g.Splits {
		if s.Name == name || name == "" && i == 0 {
			return s, nil
		}
		known = append(known, s.Name)
	}
	return Split{}, fmt.Errorf("graph: %s: split is %.40q, want one of %.40q", g.Name, name, known)
}

// LabelsOf returns the labels of those target nodes.
func (g *Graph) LabelsOf(nodes []int32) []int32 {
	labels := make([]int32, len(nodes))
	for i, v := range nodes {
		labels[i] = g.Labels[v]
	}
	return labels
}

// NumNodes returns the number of nodes of all types.
func (g *Graph) NumNodes() (n int) {
	for _, t := range g.Types {
		n += t.Count
	}
	return n
}

// NumEdges returns the number of edges of all relations, reverses included.
func (g *Graph) NumEdges() (n int) {
	for _, r := range g.Relations {
		n += len(r.In.Col)
	}
	return n
}

// AddRelation adds the relation t with an edge from src[i] to dst[i] for each
// i. An edge that is listed more than once is stored once.
func (g *Graph) AddRelation(t EdgeType, src, dst []int32) error {
	r, err := g.NewRelation(t, src, dst)
	if err != nil {
		return err
	}
	return g.append(r)
}

// AddWithReverse adds the relation t and its reverse, named rev_Rel. A
// relation from a type to itself is made undirected instead: each edge is
// stored in both directions, in one relation.
func (g *Graph) AddWithReverse(t EdgeType, src, dst []int32) error {
	r, err := g.NewWithReverse(t, src, dst)
	if err != nil {
		return err
	}
	return g.append(r...)
}

// NewWithReverse returns the relations that AddWithReverse adds. g, of which
// it reads the types, is not changed.
func (g *Graph) NewWithReverse(t EdgeType, src, dst []int32) ([]Relation, error) {
	if t.Src == t.Dst {
		src, dst = append(slices.Clone(src), dst...), append(slices.Clone(dst), src...)
	}
	r, err := g.NewRelation(t, src, dst)
	if err != nil || t.Src == t.Dst {
		return []Relation{r}, err
	}
	back := EdgeType{t.Dst, "rev_" + t.Rel, t.Src}
	return []Relation{r, {back, r.Dst, r.Src, transpose(r.In, g.Types[r.Src].Count)}}, nil
}

// NewRelation returns the relation that AddRelation adds. g, of which it
// reads the types, is not changed.
func (g *Graph) NewRelation(t EdgeType, src, dst []int32) (Relation, error) {
	s, d := g.TypeIndex(t.Src), g.TypeIndex(t.Dst)
	if s < 0 || d < 0 {
		return Relation{}, fmt.Errorf("graph: relation %v: node types are %q and %q, want both among %q", t, t.Src, t.Dst, g.typeNames())
	}
	if len(src) != len(dst) {
		return Relation{}, fmt.Errorf("graph: relation %v: %d sources, want %d (one per destination)", t, len(src), len(dst))
	}
	in, err := NewCSR(src, dst, g.Types[s].Count, g.Types[d].Count)
	if err != nil {
		return Relation{}, fmt.Errorf("graph: relation %v: %w", t, err)
	}
	return Relation{t, s, d, in}, nil
}

func (g *Graph) append(all ...Relation) error {
	for _, r := range all {
		if slices.ContainsFunc(g.Relations, func(q Relation) bool { return q.EdgeType == r.EdgeType }) {
			return fmt.Errorf("graph: relation %v is there already", r.EdgeType)
		}
		g.Relations = append(g.Relations, r)
	}
	return nil
}

func (g *Graph) typeNames() (names []string) {
	for i := range g.Types {
		names = append(names, g.Types[i].Name)
	}
	return names
}

// NewCSR builds the in-edges of a relation from its edge list: row dst[i] gets
// the entry src[i]. Entries are sorted within a row and each is kept once.
func NewCSR(src, dst []int32, numSrc, numDst int) (CSR, error) {
	for i := range src {
		if uint32(src[i]) >= uint32(numSrc) {
			return CSR{}, fmt.Errorf("edge %d starts at node %d, want 0..%d", i, src[i], numSrc-1)
		}
		if uint32(dst[i]) >= uint32(numDst) {
			return CSR{}, fmt.Errorf("edge %d ends at node %d, want 0..%d", i, dst[i], numDst-1)
		}
	}
	c := CSR{Ptr: make([]int32, numDst+1), Col: make([]int32, len(src))}
	for _, d := range dst {
		c.Ptr[d+1]++
	}
	for i := range numDst {
		c.Ptr[i+1] += c.Ptr[i]
	}
	next := slices.Clone(c.Ptr[:numDst])
	for i, d := range dst {
		c.Col[next[d]] = src[i]
		next[d]++
	}
	kept, rows := int32(0), order.Rows{}
	for i := range numDst {
		row := c.Col[c.Ptr[i]:next[i]]
		rows.Sort(row)
		c.Ptr[i] = kept
		kept += int32(copy(c.Col[kept:], slices.Compact(row)))
	}
	c.Ptr[numDst] = kept
	c.Col = c.Col[:kept]
	return c, nil
}

func resize[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return make([]T, n)
}
