package play

import (
	"abkd/gnn"
	"abkd/sim"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// A Kit is what a page gives its trainer before it begins an experiment: the
// default teacher, and the graph that ships.
type Kit struct{ teacher, pack []byte }

// NewKit trains the default teacher, as a page has it; pack is the graph that
// ships, of assets/packs.
func NewKit(pack []byte) (*Kit, error) {
	g, err := setup.BuiltIn("")
	if err != nil {
		return nil, err
	}
	r, err := sim.New(g, setup.Experiment{Teach: "on"}, sim.Options{})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for r.Phase() == wire.Teaching && r.Step() {
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	m, _ := r.Teacher()
	return &Kit{gnn.Encode(m, nil), pack}, nil
}

// Session returns one that has the kit.
func (k *Kit) Session() (*sim.Session, error) {
	s := sim.NewSession()
	s.SetTeacher(k.teacher)
	return s, s.SetShipped(setup.DebianMini, k.pack)
}
