package sim

import (
	"cmp"
	"fmt"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim/limits"
	"abkd/sim/setup"
)

// SetShipped gives the session the pack of a data set that ships beside the
// program, for experiments on it.
func (s *Session) SetShipped(data string, b []byte) error {
	if data != setup.DebianMini {
		return fmt.Errorf("sim: data set is %.40q, want %s", data, setup.DebianMini)
	}
	p, _, err := openPack(b)
	if err != nil {
		return fmt.Errorf("sim: %s: %w", data, err)
	}
	s.shipped = p
	return nil
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

// SetGraph gives the session a graph of any size, and what is left of its pack,
// for experiments with data=pack.
func (s *Session) SetGraph(p graph.Pack) { s.pack = p }

func openPack(b []byte) (p graph.Pack, e setup.Experiment, err error) {
	if p, err = graph.DecodePack(b); err != nil {
		return p, e, err
	}
	if err := limits.Pack.Check(p.Graph); err != nil {
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

// fitTo returns the experiment of the teacher in p.
func fitTo(p graph.Pack) (setup.Experiment, error) {
	if n, most := len(p.Teacher), limits.Pack.Teacher; n > most {
		return setup.Experiment{}, fmt.Errorf("teacher has %d bytes, want at most %d: train a narrower one, or pack its weights as float16", n, most)
	}
	m, err := gnn.Read(p.Teacher, p.Graph)
	if err != nil {
		return setup.Experiment{}, fmt.Errorf("teacher: %w", err)
	}
	c := m.Config()
	e := setup.Experiment{Data: setup.PackData, Model: c.Kind, Inputs: c.Inputs, LabelReuse: c.LabelReuse, Teacher: setup.Size{Layers: c.Layers, Hidden: c.Hidden}}
	if err := e.Check(); err != nil {
		return setup.Experiment{}, fmt.Errorf("teacher: %w", err)
	}
	return e, nil
}

// graphFor returns the graph of that name.
func (s *Session) graphFor(data string) (*graph.Graph, error) {
	p := s.packOf(data)
	switch {
	case p.Graph != nil:
		return p.Graph, nil
	case data == setup.PackData:
		return nil, fmt.Errorf("sim: data set is %s, but none is open: open a file that \"abkd pack\" wrote", data)
	case data == setup.DebianMini:
		return nil, fmt.Errorf("sim: data set is %s, but its pack was not given: choose another graph", data)
	case s.graph != nil && data == s.data:
		return s.graph, nil
	}
	return setup.BuiltIn(data)
}

// weightsFor returns the checkpoint of the teacher that may fit that data set,
// nil for none.
func (s *Session) weightsFor(data string) []byte {
	if p := s.packOf(data); p.Graph != nil {
		return p.Teacher
	}
	return s.weights
}

// packOf returns the pack of that data set, an empty one if it is none or was
// not given.
func (s *Session) packOf(data string) (p graph.Pack) {
	switch data {
	case setup.PackData:
		p = s.pack
	case setup.DebianMini:
		p = s.shipped
	}
	return p
}
