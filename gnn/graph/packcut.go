package graph

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"abkd/gnn/mat"
)

// A Cut says which part of a graph to cut out, around target nodes that are
// called seeds.
type Cut struct {
	Seeds int    // how many, drawn evenly over the classes and the parts of the split
	Hops  int    // how many edges away from a seed a node may be
	Nodes int    // at most, of all types
	Split string // "" for the graph's first

	// Prefer are target nodes to take: as seeds, before others of their class and
	// part of the split, or else as if they were seeds, but in no split.
	Prefer []int32
}

// Of returns the part of g, and for each node type the nodes of g that its
// nodes are, increasing.
//
// The seeds are drawn in turn from each class's training, validation and test
// nodes, those of Prefer first. Around them it grows hop by hop: each node that is in takes in turn one
// of the nodes that send it messages over each relation, drawn at random, until
// the hop has its share of the nodes that are left. All edges
// between the nodes come along, and the names, years, labels and features,
// derived ones too: what a node had as the mean of all its neighbours it keeps.
// Splits hold the seeds alone, the chosen one first: the other target nodes
// are there for their messages, with their surroundings cut off.
func (c Cut) Of(g *Graph, rng *rand.Rand) (*Graph, [][]int32, error) {
	split, err := g.Split(c.Split)
	if err != nil {
		return nil, nil, err
	}
	if n := len(split.Train) + len(split.Valid) + len(split.Test); c.Seeds < 1 || c.Seeds > n {
		return nil, nil, fmt.Errorf("graph: cut of %s: %d seeds, want 1..%d (the nodes of split %s)", g.Name, c.Seeds, n, split.Name)
	}
	if c.Nodes < c.Seeds || c.Hops < 0 {
		return nil, nil, fmt.Errorf("graph: cut of %s: %d nodes and %d hops, want at least %d nodes (the seeds) and 0 hops", g.Name, c.Nodes, c.Hops, c.Seeds)
	}
	k := &cutter{g: g, rng: rng, left: c.Nodes, in: make([][]bool, len(g.Types))}
	for t, nt := range g.Types {
		k.in[t] = make([]bool, nt.Count)
	}
	last := k.seeds(split, c.Seeds, c.Prefer)
	seeds := slices.Clone(k.in[g.Target])
	for _, v := range c.Prefer {
		if n := (typedNode{g.Target, v}); k.left > 0 && k.addNode(n) {
			last = append(last, n)
		}
	}
	for hop := range c.Hops {
		last = k.addNeighbours(last, (k.left+c.Hops-hop-1)/(c.Hops-hop))
	}
	cut, origin := k.graph()
	cut.Splits = cutSplits(g, split.Name, seeds, k.index[g.Target])
	return cut, origin, nil
}

// A typedNode is a node of a type.
type typedNode struct {
	kind int
	node int32
}

// A cutter holds which nodes are in the part, and how many may still be.
type cutter struct {
	g     *Graph
	rng   *rand.Rand
	in    [][]bool
	left  int
	draws []draw    // that are not at their end
	index [][]int32 // per type, the new number of each node, -1 for none
}

// addNode takes a node in and reports whether it is new.
func (k *cutter) addNode(n typedNode) bool {
	if k.in[n.kind][n.node] {
		return false
	}
	k.in[n.kind][n.node] = true
	k.left--
	return true
}

// seeds takes n nodes of the split in, each class and part in turn, the
// preferred ones first.
func (k *cutter) seeds(split Split, n int, prefer []int32) (taken []typedNode) {
	preferred := make(map[int32]bool, len(prefer))
	for _, v := range prefer {
		preferred[v] = true
	}
	parts := [3][][]int32{}
	for p, nodes := range [][]int32{split.Train, split.Valid, split.Test} {
		parts[p] = make([][]int32, k.g.Classes)
		for _, v := range nodes {
			y := k.g.Labels[v]
			parts[p][y] = append(parts[p][y], v)
		}
		for _, list := range parts[p] {
			k.rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			first := 0
			for i, v := range list {
				if preferred[v] {
					list[first], list[i] = v, list[first]
					first++
				}
			}
		}
	}
	classes := k.rng.Perm(k.g.Classes)
	for round := 0; ; round++ {
		for _, y := range classes {
			for p := range parts {
				if len(taken) == n {
					return taken
				}
				if round < len(parts[p][y]) {
					v := typedNode{k.g.Target, parts[p][y][round]}
					k.addNode(v)
					taken = append(taken, v)
				}
			}
		}
	}
}

// A draw goes through the in-neighbours of a node over a relation in a random
// order: (start + i·step) mod n visits each of n once if step and n have no
// common factor.
type draw struct {
	src         int
	row         []int32
	start, step int
	i           int
}

func (k *cutter) newDraw(src int, row []int32) draw {
	n := len(row)
	d := draw{src: src, row: row, start: k.rng.IntN(n), step: 1}
	if n > 2 {
		for d.step = 1 + k.rng.IntN(n-1); gcd(d.step, n) != 1; {
			d.step = 1 + k.rng.IntN(n-1)
		}
	}
	return d
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// addNeighbours takes up to budget nodes in, neighbours of the given nodes or of those
// of earlier calls, and returns them.
func (k *cutter) addNeighbours(from []typedNode, budget int) (added []typedNode) {
	for _, n := range from {
		for _, r := range k.g.Relations {
			if r.Dst == n.kind && len(r.In.Row(int(n.node))) > 0 {
				k.draws = append(k.draws, k.newDraw(r.Src, r.In.Row(int(n.node))))
			}
		}
	}
	for len(k.draws) > 0 && len(added) < budget {
		kept := k.draws[:0]
		for i, d := range k.draws {
			if len(added) == budget {
				kept = append(kept, k.draws[i:]...)
				break
			}
			for d.i < len(d.row) {
				n := typedNode{d.src, d.row[(d.start+d.i*d.step)%len(d.row)]}
				d.i++
				if k.addNode(n) {
					added = append(added, n)
					break
				}
			}
			if d.i < len(d.row) {
				kept = append(kept, d)
			}
		}
		k.draws = kept
	}
	return added
}

// graph returns the part without splits, and where its nodes come from.
func (k *cutter) graph() (*Graph, [][]int32) {
	g := k.g
	h := &Graph{Name: g.Name, Origin: g.Origin, Target: g.Target, Classes: g.Classes, ClassNames: g.ClassNames}
	origin := make([][]int32, len(g.Types))
	k.index = make([][]int32, len(g.Types))
	for t := range g.Types {
		k.index[t] = make([]int32, g.Types[t].Count)
		for v, in := range k.in[t] {
			k.index[t][v] = -1
			if in {
				k.index[t][v] = int32(len(origin[t]))
				origin[t] = append(origin[t], int32(v))
			}
		}
		h.Types = append(h.Types, g.Types[t].rows(origin[t]))
	}
	h.Labels = pick(g.Labels, origin[g.Target])
	for _, r := range g.Relations {
		h.Relations = append(h.Relations, Relation{r.EdgeType, r.Src, r.Dst, k.between(r.In, origin[r.Dst], k.index[r.Src])})
	}
	return h, origin
}

// rows returns the type with those of its nodes alone.
func (t *NodeType) rows(nodes []int32) NodeType {
	part := NodeType{Name: t.Name, Count: len(nodes), Derived: t.Derived, Labels: pick(t.Labels, nodes), Years: pick(t.Years, nodes)}
	if !t.Features.Empty() {
		part.Features = mat.New(len(nodes), t.Features.Cols)
		mat.Gather(part.Features, t.Features, nodes)
	}
	return part
}

// between returns the rows dst of in, of which only the entries remain that
// have a new number: the order of the numbers is that of the nodes.
func (k *cutter) between(in CSR, dst, number []int32) CSR {
	out := CSR{Ptr: make([]int32, 1, len(dst)+1)}
	for _, v := range dst {
		for _, u := range in.Row(int(v)) {
			if number[u] >= 0 {
				out.Col = append(out.Col, number[u])
			}
		}
		out.Ptr = append(out.Ptr, int32(len(out.Col)))
	}
	return out
}

// pick returns the elements of all at those places, nil if there are none.
func pick[T any](all []T, at []int32) []T {
	if all == nil {
		return nil
	}
	some := make([]T, len(at))
	for i, v := range at {
		some[i] = all[v]
	}
	return some
}

// cutSplits returns the splits of g with the seeds alone, the named one first.
func cutSplits(g *Graph, first string, seeds []bool, number []int32) (splits []Split) {
	for _, s := range g.Splits {
		part := Split{Name: s.Name}
		for _, p := range []struct {
			dst *[]int32
			src []int32
		}{{&part.Train, s.Train}, {&part.Valid, s.Valid}, {&part.Test, s.Test}} {
			for _, v := range p.src {
				if seeds[v] {
					*p.dst = append(*p.dst, number[v])
				}
			}
		}
		if s.Name == first {
			splits = slices.Insert(splits, 0, part)
		} else {
			splits = append(splits, part)
		}
	}
	return splits
}
