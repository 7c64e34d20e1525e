package kd

import (
	"fmt"
	"slices"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/sample"
	"abkd/internal/order"
)

// edges finds the edges among the compared nodes in the blocks of a batch.
//
//   - An edge of any relation from the target type to itself, such as paper
//     cites paper, is one, once; or of each such relation apart.
//   - In a graph without such a relation two nodes with a neighbour in common
//     are joined, such as papers by the same author (ours). The type of that
//     neighbour is the one that joins the fewest pairs, not the hub that
//     joins all. A node is not joined to itself.
//
// A block that was sampled holds the messages that were drawn, and only those
// edges are found.
type edges struct {
	target int
	apart  bool
	direct [][]int // relations from the target type to itself, those together that are taken as one
	hops   [2]int  // relations target -> x and x -> target, if there is no direct one

	local []int32     // 1 + the compared node, of each seed, with several ranks of each source; 0 if it is not compared
	found []graph.CSR // for each of direct, or of the hops
	sort  order.Rows
}

// edgesFor returns what finds the edges for c on the graph of student, nil
// if c does not want any.
func edgesFor(c Criterion, student gnn.Model) (*edges, error) {
	r, ok := c.(EdgeReader)
	if !ok {
		return nil, nil
	}
	wants, apart := r.ReadsEdges()
	if !wants {
		return nil, nil
	}
	return newEdges(student.Graph(), apart)
}

func newEdges(g *graph.Graph, apart bool) (*edges, error) {
	e := &edges{target: g.Target}
	fewest := -1.0
	for i, out := range g.Relations {
		if out.Src != g.Target {
			continue
		}
		if out.Dst == g.Target {
			if apart || e.direct == nil {
				e.direct = append(e.direct, nil)
			}
			last := &e.direct[len(e.direct)-1]
			*last = append(*last, i)
			continue
		}
		for k, in := range g.Relations {
			if in.Src != out.Dst || in.Dst != g.Target {
				continue
			}
			if n := pairs(out.In, in.In); fewest < 0 || n < fewest {
				fewest, e.hops = n, [2]int{i, k}
			}
		}
	}
	if e.direct == nil && fewest < 0 {
		return nil, fmt.Errorf("kd: edges: no relation of graph %s joins nodes of type %s, directly or by a neighbour in common", g.Name, g.Types[g.Target].Name)
	}
	e.apart, e.found = apart, make([]graph.CSR, max(len(e.direct), 1))
	return e, nil
}

// give sets what the criterion wants of l.
func (e *edges) give(l *Layers, found []graph.CSR) {
	if e.apart {
		l.Relations = found
		return
	}
	l.Edges = found[0]
}

// pairs returns the number of pairs that the nodes between two relations
// join: the product of their degrees, summed.
func pairs(out, in graph.CSR) (n float64) {
	for _, x := range in.Col {
		n += float64(out.Ptr[x+1] - out.Ptr[x])
	}
	return n
}

// among returns the edges among the given rows of b, valid until the next
// call: row i holds the sources of the in-edges of rows[i]. Of several ranks,
// rows[i] is row first+i of all, and place says, for each target node, 1 + its
// row, or 0: a source may be another rank's.
func (e *edges) among(b *sample.Batch, rows []int32, first int, place []int32) []graph.CSR {
	e.locate(b, rows, first, place)
	last := &b.Blocks[len(b.Blocks)-1]
	for k := range e.found {
		f := &e.found[k]
		f.Ptr, f.Col = append(f.Ptr[:0], 0), f.Col[:0]
		for i, r := range rows {
			start := len(f.Col)
			if e.direct == nil {
				e.addHops(f, b, int(r), int32(first+i))
			} else {
				for _, rel := range e.direct[k] {
					e.add(f, last.Rel[rel].In.Row(int(r)), -1)
				}
			}
			row := f.Col[start:]
			e.sort.Sort(row)
			f.Col = f.Col[:start+len(slices.Compact(row))]
			f.Ptr = append(f.Ptr, int32(len(f.Col)))
		}
	}
	return e.found
}

// locate sets local. A node that several ranks compare is the row of this one.
func (e *edges) locate(b *sample.Batch, rows []int32, first int, place []int32) {
	e.local = resize(e.local, b.Blocks[len(b.Blocks)-1].NumDst[e.target])
	clear(e.local)
	if place != nil {
		n := b.Blocks[max(len(b.Blocks)-2, 0)].NumSrc[e.target]
		e.local = resize(e.local, n)
		for i := range e.local {
			v := i
			if b.Nodes != nil {
				v = int(b.Nodes[e.target][i])
			}
			e.local[i] = 0
			if v < len(place) {
				e.local[i] = place[v]
			}
		}
	}
	for i, r := range rows {
		e.local[r] = int32(first + i + 1)
	}
}

// addHops adds the compared nodes that have a neighbour in common with row r.
func (e *edges) addHops(f *graph.CSR, b *sample.Batch, r int, self int32) {
	n := len(b.Blocks)
	if n < 2 {
		panic("kd: edges: batch has 1 block, want 2 for neighbours in common")
	}
	for _, x := range b.Blocks[n-1].Rel[e.hops[1]].In.Row(r) {
		e.add(f, b.Blocks[n-2].Rel[e.hops[0]].In.Row(int(x)), self)
	}
}

// add adds the sources that are compared, except the node self.
func (e *edges) add(f *graph.CSR, sources []int32, self int32) {
	for _, s := range sources {
		if int(s) < len(e.local) && e.local[s] > 0 && e.local[s]-1 != self {
			f.Col = append(f.Col, e.local[s]-1)
		}
	}
}
