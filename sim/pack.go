package sim

import (
	"cmp"
	"fmt"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim/setup"
)

// PackLimits are what a session takes of a pack, so that a step of a small model
// lasts well under a second in a browser and its memory stays in the hundreds of
// megabytes.
type PackLimits struct {
	Bytes     int // of the file
	Nodes     int
	Edges     int // reverses included
	Numbers   int // of features, all nodes together
	Width     int // of features, and classes
	Teacher   int // bytes of it
	Types     int // of nodes; each has weights of its own in every layer
	Relations int // reverses included; each has weights of its own in every layer
	Name      int // bytes of the name of a graph, a type, a relation or a class
}

// MaxPackBytes is more than any pack has that SetPack takes.
const MaxPackBytes = 64 << 20

// Limits returns what SetPack takes.
func Limits() PackLimits {
	return PackLimits{
		Bytes: MaxPackBytes, Nodes: 20_000, Edges: 400_000, Numbers: 6_000_000, Width: gnn.MaxWidth,
		Teacher: 32 << 20, Types: 64, Relations: 2 * 64, Name: 1 << 12,
	}
}

// SetPack gives the session the graph of a pack, for experiments with
// data=pack, in place of an earlier one; a run that has begun goes on as it is.
// The name is that of the file. SetPack returns the experiment to begin with:
// of the teacher in the pack, or one that trains its own. After an error
// everything is as it was.
func (s *Session) SetPack(b []byte, name string) (setup.Experiment, error) {
	p, e, err := openPack(b)
	if err != nil {
		return setup.Experiment{}, fmt.Errorf("sim: %s: %w", cmp.Or(name, "pack"), err)
	}
	s.pack = p
	return e, nil
}

func openPack(b []byte) (p graph.Pack, e setup.Experiment, err error) {
	if p, err = graph.DecodePack(b); err != nil {
		return p, e, err
	}
	if err := checkPack(p.Graph); err != nil {
		return p, e, err
	}
	e = setup.Experiment{Data: setup.PackData, Teach: "on"}
	if p.Teacher != nil {
		if e, err = fitTo(p); err != nil {
			return p, e, err
		}
	}
	// What New would refuse is refused now, before the graph is taken.
	split, err := p.Graph.Split("")
	if err == nil && len(split.Train) == 0 {
		err = fmt.Errorf("split %s has no training nodes, want at least one to learn from", split.Name)
	}
	return p, e, err
}

// checkPack reports what makes a graph too large to be trained on while
// someone watches.
func checkPack(g *graph.Graph) error {
	most := Limits()
	numbers, width := 0, 0
	for t, w := range graph.MeanWidths(g) {
		width = max(width, w)
		numbers += g.Types[t].Count * w
	}
	const advice = `: cut a smaller part with "abkd pack"`
	for _, c := range []struct {
		what      string
		got, most int
	}{
		{"nodes", g.NumNodes(), most.Nodes}, {"edges, reverses included", g.NumEdges(), most.Edges},
		{"numbers in features", numbers, most.Numbers}, {"columns of features", width, most.Width}, {"classes", g.Classes, most.Width},
		{"types of nodes", len(g.Types), most.Types}, {"relations, reverses included", len(g.Relations), most.Relations},
		{"bytes in the longest name", longestName(g), most.Name},
	} {
		if c.got > c.most {
			return fmt.Errorf("%d %s, want at most %d%s", c.got, c.what, c.most, advice)
		}
	}
	return nil
}

// longestName returns how many bytes the longest name of a type, a relation or
// a class has.
func longestName(g *graph.Graph) int {
	n := len(g.Name)
	for _, t := range g.Types {
		n = max(n, len(t.Name))
	}
	for _, r := range g.Relations {
		n = max(n, len(r.Rel))
	}
	for _, name := range g.ClassNames {
		n = max(n, len(name))
	}
	return n
}

// fitTo returns the experiment of the teacher in p.
func fitTo(p graph.Pack) (setup.Experiment, error) {
	if n, most := len(p.Teacher), Limits().Teacher; n > most {
		return setup.Experiment{}, fmt.Errorf("teacher has %d bytes, want at most %d: train a narrower one, or pack its weights as float16", n, most)
	}
	m, err := gnn.Read(p.Teacher, p.Graph)
	if err != nil {
		return setup.Experiment{}, fmt.Errorf("teacher: %w", err)
	}
	c := m.Config()
	e := setup.Experiment{Data: setup.PackData, Model: c.Kind, Inputs: c.Inputs, Teacher: setup.Size{Layers: c.Layers, Hidden: c.Hidden}}
	if err := e.Check(); err != nil {
		return setup.Experiment{}, fmt.Errorf("teacher: %w", err)
	}
	return e, nil
}

// graphFor returns the graph of that name.
func (s *Session) graphFor(data string) (*graph.Graph, error) {
	switch {
	case data == setup.PackData && s.pack.Graph == nil:
		return nil, fmt.Errorf("sim: data set is %s, but none is open: open a file that \"abkd pack\" wrote", data)
	case data == setup.PackData:
		return s.pack.Graph, nil
	case s.graph != nil && data == s.data:
		return s.graph, nil
	}
	return setup.BuiltIn(data)
}

// weightsFor returns the checkpoint of the teacher that may fit that data set,
// nil for none.
func (s *Session) weightsFor(data string) []byte {
	if data == setup.PackData {
		return s.pack.Teacher
	}
	return s.weights
}
