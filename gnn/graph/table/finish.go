package table

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/internal/show"
)

// Finish makes the graph, and says in the preview what was understood and what
// was left out. The draft is used up.
func (d *Draft) Finish() (*graph.Graph, *Preview, error) {
	f := &finisher{Draft: d, g: &graph.Graph{Name: d.Name, Origin: d.Origin}}
	for _, step := range []func() error{f.target, f.types, f.labels, f.relations, f.splits, f.degrees, f.limits} {
		if err := step(); err != nil {
			return nil, nil, err
		}
	}
	f.notes()
	if err := f.g.Validate(); err != nil {
		return nil, nil, err
	}
	if err := f.g.CheckNames(); err != nil {
		return nil, nil, Refuse("%s: %v", f.called(), err)
	}
	f.g.Notes = d.Notes
	return f.g, NewPreview(f.g).of(d, f.g.Target), nil
}

// called names the file of the nodes, or the graph, and its format.
func (d *Draft) called() string { return cmp.Or(d.From, d.Name) + " (" + d.Format + ")" }

type finisher struct {
	*Draft
	g        *graph.Graph
	buckets  int // of degrees, 0 where there are features
	repeated int // edges that were listed before
	leftOut  [3]int
	drawn    bool
}

// target finds the one type of which nodes have labels.
func (f *finisher) target() error {
	f.g.Target = -1
	for i, t := range f.Types {
		switch {
		case len(t.Classes) == 0:
		case f.g.Target >= 0:
			return Refuse("%s: nodes of the types %s and %s have labels (%s and %s): label nodes of one type only", f.Name,
				show.Quote(f.Types[f.g.Target].Name), show.Quote(t.Name), show.Quote(f.Types[f.g.Target].Classes[0]), show.Quote(t.Classes[0]))
		default:
			f.g.Target = i
		}
	}
	if f.g.Target < 0 {
		return Refuse("%s: no node has a label: fill the column of the classes for the nodes whose class is known, there is nothing to learn without", f.called())
	}
	return nil
}

func (f *finisher) types() error {
	for _, t := range f.Types {
		n := graph.NodeType{Name: t.Name, Count: t.Count, Labels: t.Names}
		if t.Width > 0 {
			n.Features = mat.Matrix{Rows: t.Count, Cols: t.Width, Data: t.Features}
		}
		if t.Dated == t.Count {
			n.Years = t.Years
		} else if t.Dated > 0 {
			f.Note(fmt.Sprintf("%s: years are left out, because %s of %s have none.", t.Name, show.Grouped(t.Count-t.Dated), show.Grouped(t.Count)))
		}
		f.g.Types = append(f.g.Types, n)
	}
	return nil
}

// labels numbers the classes: in the order of the alphabet, with numbers in
// them as numbers.
func (f *finisher) labels() error {
	t := f.Types[f.g.Target]
	f.joinNumbers(t)
	order := make([]int32, len(t.Classes))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(natural(t.Classes[a], t.Classes[b]), cmp.Compare(t.Classes[a], t.Classes[b]))
	})
	if len(order) < 2 {
		also := ""
		for text := range t.Missing {
			if strings.HasPrefix(text, "-1") {
				also = ", and -1 stands for no label"
			}
		}
		return Refuse("%s: every label is %s%s: want two classes or more", f.called(), show.Quote(t.Classes[0]), also)
	}
	number := make([]int32, len(order))
	for i, c := range order {
		number[c] = int32(i)
		f.g.ClassNames = append(f.g.ClassNames, t.Classes[c])
	}
	f.g.Classes, f.g.Labels = len(order), t.Labels
	for i, c := range t.Labels {
		if c >= 0 {
			t.Labels[i] = number[c]
		}
	}
	return nil
}

// natural compares two texts with the numbers in them as numbers.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x > 0 && y > 0 {
			m, n := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if c := cmp.Or(cmp.Compare(len(m), len(n)), cmp.Compare(m, n)); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) (n int) {
	for n < len(s) && s[n]-'0' < 10 {
		n++
	}
	return n
}

// relations gives each relation its reverse, unless the source has one, and
// makes those within a type undirected.
func (f *finisher) relations() error {
	has := func(name string, src, dst int) bool {
		return slices.ContainsFunc(f.Pairs, func(p *Pairs) bool { return p.Name == name && p.Src == src && p.Dst == dst })
	}
	for i, p := range f.Pairs {
		t := graph.EdgeType{Src: f.Types[p.Src].Name, Rel: p.Name, Dst: f.Types[p.Dst].Name}
		before, listed := len(f.g.Relations), len(p.From)
		forward, isReverse := strings.CutPrefix(p.Name, "rev_")
		var err error
		switch {
		case p.Src == p.Dst && !f.o.Directed:
			f.repeated += listed - distinct(p, f.Types[p.Dst].Count)
			err = f.g.AddWithReverse(t, p.From, p.To)
		case p.Src == p.Dst, has("rev_"+p.Name, p.Dst, p.Src), isReverse && has(forward, p.Dst, p.Src):
			err = f.g.AddRelation(t, p.From, p.To)
		default:
			err = f.g.AddWithReverse(t, p.From, p.To)
		}
		if err != nil {
			return err
		}
		if p.Src != p.Dst || f.o.Directed {
			f.repeated += listed - len(f.g.Relations[before].In.Col)
		}
		f.Pairs[i].From, f.Pairs[i].To = nil, nil
	}
	return f.reverses()
}

// reverses refuses a relation that is called as the reverse of another and has
// other edges.
func (f *finisher) reverses() error {
	for _, back := range f.g.Relations {
		name, is := strings.CutPrefix(back.Rel, "rev_")
		t := graph.EdgeType{Src: back.EdgeType.Dst, Rel: name, Dst: back.EdgeType.Src}
		i := slices.IndexFunc(f.g.Relations, func(r graph.Relation) bool { return r.EdgeType == t })
		if !is || i < 0 || back.Src == back.Dst {
			continue
		}
		in, _ := graph.TransposeEntries(graph.CSR{}, nil, f.g.Relations[i].In, f.g.Types[back.Dst].Count)
		if !slices.Equal(in.Ptr, back.In.Ptr) || !slices.Equal(in.Col, back.In.Col) {
			return Refuse("%s: relation %s has other edges than %s from the other end, whose reverse is called so: give it another name", f.called(), show.Quote(back.Rel), show.Quote(name))
		}
	}
	return nil
}

// distinct returns how many of the pairs differ.
func distinct(p *Pairs, count int) int {
	c, err := graph.NewCSR(p.From, p.To, count, count)
	if err != nil {
		return len(p.From) // adding them says why
	}
	return len(c.Col)
}

// splits takes the splits of the source, or draws one.
func (f *finisher) splits() error {
	t := f.Types[f.g.Target]
	if f.o.Shares == [3]int{} {
		for _, s := range t.Splits {
			if split, any := f.given(s); any {
				f.g.Splits = append(f.g.Splits, split)
			}
		}
	}
	if len(f.g.Splits) > 0 {
		if s := f.g.Splits[0]; len(s.Train) == 0 {
			return Refuse("%s: split %s has 0 train, %d valid and %d test nodes with a label: want at least one train, or leave the column out and it is drawn", f.Name, show.Quote(s.Name), len(s.Valid), len(s.Test))
		}
		return nil
	}
	f.drawn = true
	shares := f.o.Shares
	if shares == [3]int{} {
		shares = [3]int{60, 20, 20}
	}
	s := drawSplit(f.g.Labels, f.g.Classes, shares, f.o.Seed)
	if len(s.Train) == 0 {
		return Refuse("%s: the classes are too small to draw %d %% of each for training: label more nodes, or write train, valid and test into a column \"split\"", f.called(), shares[0])
	}
	f.g.Splits = []graph.Split{s}
	return nil
}

// given returns a split of the source; nodes without a label are left out of
// it. any is false for one that names no part.
func (f *finisher) given(p Parts) (s graph.Split, any bool) {
	s.Name = p.Name
	for v, part := range p.Of {
		if part < 0 {
			continue
		}
		any = true
		if f.g.Labels[v] < 0 {
			f.leftOut[part]++
			continue
		}
		nodes := []*[]int32{&s.Train, &s.Valid, &s.Test}[part]
		*nodes = append(*nodes, int32(v))
	}
	return s, any
}

// degrees gives every node, if none has features, a one-hot of how many edges
// reach it, in buckets 0, 1, 2–3, 4–7, ….
func (f *finisher) degrees() error {
	if slices.ContainsFunc(f.Types, func(t *Nodes) bool { return t.Width > 0 }) {
		return nil
	}
	bucket := make([][]uint8, len(f.g.Types))
	for k := range f.g.Types {
		degree := make([]uint32, f.g.Types[k].Count)
		for _, r := range f.g.Relations {
			for v := 0; r.Dst == k && v < len(degree); v++ {
				degree[v] += uint32(len(r.In.Row(v)))
			}
		}
		bucket[k] = make([]uint8, len(degree))
		for v, n := range degree {
			bucket[k][v] = uint8(bits.Len32(n))
			f.buckets = max(f.buckets, 1+bits.Len32(n))
		}
	}
	if err := f.o.Memory.Take(4*int64(f.g.NumNodes())*int64(f.buckets), func() string { return f.Name }); err != nil {
		return err
	}
	for k := range f.g.Types {
		x := mat.New(f.g.Types[k].Count, f.buckets)
		for v, b := range bucket[k] {
			x.Row(v)[b] = 1
		}
		f.g.Types[k].Features = x
	}
	return nil
}

// limits refuses a graph that is larger than the caller takes.
func (f *finisher) limits() error {
	numbers, width := 0, 0
	for _, t := range f.g.Types {
		numbers, width = numbers+len(t.Features.Data), max(width, t.Features.Cols)
	}
	l := f.o.Limits
	for _, c := range []struct {
		got, most int
		what      string
	}{
		{f.g.NumNodes(), l.Nodes, "nodes"}, {f.g.NumEdges(), l.Edges, "edges, reverses included"}, {numbers, l.Numbers, "numbers in features"},
		{width, l.Width, "columns of features"}, {f.g.Classes, l.Width, "classes"}, {len(f.g.Relations), l.Relations, "relations, reverses included"},
	} {
		if c.most > 0 && c.got > c.most {
			return Refuse("%s: %s %s, want at most %s: cut a smaller part (“abkd pack” does it for large graphs)", f.Name, show.Grouped(c.got), c.what, show.Grouped(c.most))
		}
	}
	return nil
}
