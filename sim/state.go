package sim

import (
	"fmt"
	"io"
	"strings"

	"abkd/gnn/mat"
	"abkd/sim/internal/state"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// AppendBinary appends the run's state to dst: what a file needs to resume the
// run. The weights of a teacher that the run was given are not part of it,
// only a print of them. A run that continues from its state is bit for bit the
// run that it would have been; only the inference times are measured anew. The
// error is nil.
func (r *Run) AppendBinary(dst []byte) ([]byte, error) {
	r.asTaught(func() { dst = state.Append(dst, r.visitState) })
	return dst, nil
}

// WriteState writes what AppendBinary appends, of which it never has more than
// a few megabytes in memory.
func (r *Run) WriteState(w io.Writer) (err error) {
	r.asTaught(func() { err = state.Write(w, r.visitState) })
	return err
}

// UnmarshalBinary makes r continue from a state that AppendBinary of a run of the same
// experiment, graph and teacher has appended; the students' epochs may have
// become more, as no step depends on them. Another state, a damaged one or that
// of a run that failed is an error that says so, and the run is as it was.
func (r *Run) UnmarshalBinary(src []byte) error {
	c, err := state.Open(src)
	if err != nil {
		return err
	}
	r.asTaught(func() {
		r.visitSaid(c)
		if r.visitHeader(c); c.Err() == nil {
			err = r.restore(c)
		} else {
			err = c.Err()
		}
	})
	return err
}

// Hash returns a hash of everything that the next step depends on, the weights
// of a trained teacher and what was only recorded left out: histories, and
// times that were measured.
func (r *Run) Hash() uint64 {
	p := r.statePlace()
	p.Changes = p.Changes[:p.Applied]
	return state.Hash(func(c *state.Coder) {
		c.Changes(&p.Changes)
		c.Place(&p)
		r.visitModels(c, p.Phase, r.lanes)
	})
}

// appendFrame appends a frame of the run, from which it can go on.
func (r *Run) appendFrame(dst []byte) []byte { return state.AppendFrame(dst, r.visitFrame) }

// setFrame goes back, or on, to a frame of this run.
func (r *Run) setFrame(f *frame) (err error) {
	r.asTaught(func() { err = r.restore(state.OpenFrame(f.state)) })
	if err == nil {
		r.makeDue()
	}
	return err
}

// ExperimentOf returns the experiment that a state of AppendBinary is of, as it
// was said, with its data and its number of epochs.
func ExperimentOf(src []byte) (e setup.Experiment, err error) {
	c, err := state.Open(src)
	if err != nil {
		return e, err
	}
	said := (&Run{}).visitSaid(c)
	if c.Version < firstSaid {
		c.Fail("it was written by an earlier version of this program, and does not say of which data it is: only the command that wrote it goes on from it")
	}
	if c.Err() != nil {
		return e, c.Err()
	}
	return setup.ParseExperiment(said)
}

// firstSaid is the first version of states that say their experiment in full.
const firstSaid = 4

// visitSaid visits the experiment as it was said, and returns it.
func (r *Run) visitSaid(c *state.Coder) string {
	if c.Version < firstSaid {
		return ""
	}
	return string(c.Bytes("experiment as it was said", []byte(r.said.String())))
}

func (r *Run) visitState(c *state.Coder) {
	r.visitSaid(c)
	r.visitHeader(c)
	r.visitFrame(c)
}

func (r *Run) visitFrame(c *state.Coder) {
	p := r.statePlace()
	c.Place(&p)
	r.visitModels(c, p.Phase, r.lanes)
}

func (r *Run) statePlace() state.Place {
	p := state.Place{Phase: r.phase, Epoch: r.epoch, Step: r.step, Changes: r.changes, Applied: r.applied}
	if p.Sampler = r.gathered; p.Sampler == nil {
		p.Sampler = r.draws().SamplerState()
	}
	return p
}

// visitHeader visits what must be the same in the run that continues.
func (r *Run) visitHeader(c *state.Coder) {
	e := r.begunWith(c.Version)
	lanes, teacher := uint64(1), uint64(0)
	if r.options.Baseline {
		lanes = 2
	}
	if r.options.Teacher != nil {
		teacher = state.PrintParams(r.options.Teacher.Params())
	}
	if r.graphPrint == 0 {
		r.graphPrint = state.PrintGraph(r.graph, r.split)
	}
	begun := string(c.Bytes("experiment", []byte(e.String())))
	beside := c.Uint("number of lanes", lanes)
	if begun != e.String() || beside != lanes {
		was, is := setup.Differing(begun, &e)
		if beside != lanes {
			was, is = append(was, fmt.Sprintf("alone=%t", beside > 1)), append(is, fmt.Sprintf("alone=%t", lanes > 1))
		}
		if len(was) > 0 {
			c.Fail("it was begun with %s, this run has %s: resume with the same settings", strings.Join(was, " "), strings.Join(is, " "))
		}
	}
	if c.Uint("print of the graph", r.graphPrint) != r.graphPrint {
		c.Fail("it is of another graph or split than this one of %s: resume with the same data", r.graph.Name)
	}
	if c.Uint("print of the teacher", teacher) != teacher {
		c.Fail("it is of another teacher: resume with the same weights")
	}
}

// begunWith returns the experiment that a state of that version names: all that
// must be the same.
func (r *Run) begunWith(version int) setup.Experiment {
	e := r.said.Complete()
	e.Data = ""  // a folder may have moved; its graph has a print
	e.Epochs = 0 // see checkPlace
	if version > 2 {
		return e
	}
	for _, weight := range []*setup.Opt[float64]{&e.Alpha, &e.Beta, &e.Dropout, &e.Decay, &e.DenseDecay} {
		if weight.Or(0) == 0 {
			*weight = setup.Opt[float64]{} // it was left out
		}
	}
	return e
}

// restore checks what c has left to read and then sets it. After an error
// nothing has been set.
func (r *Run) restore(c *state.Coder) error {
	p := state.Place{Changes: r.changes}
	if c.Place(&p); c.Err() != nil {
		return c.Err()
	}
	if err := r.checkPlace(&p); err != nil {
		return err
	}
	w := r.newWorld()
	for _, change := range p.Changes[:p.Applied] {
		if err := w.add(r, change); err != nil {
			return err
		}
	}
	lanes, err := r.lanesOf(p.Phase)
	if err != nil {
		return err
	}
	models := func(c *state.Coder) { r.visitModels(c, p.Phase, lanes) }
	if err := c.Check(models); err != nil {
		return err
	}
	dropout, err := r.draws().Set(p.Sampler, len(lanes), p.Epoch*r.Steps()+p.Step)
	if err != nil {
		return err
	}
	r.phase, r.epoch, r.step, r.err = p.Phase, p.Epoch, p.Step, nil
	r.changes, r.applied, r.lanes = p.Changes, p.Applied, lanes
	r.setWorld(w)
	c.Set(models)
	for i, l := range lanes {
		if dropout != nil {
			*l.rng = *dropout[i]
		}
		l.distiller.Forget()
	}
	last := p.Epoch // of the last step
	if p.Step == 0 {
		last = max(last-1, 0)
	}
	r.weigh(last)
	if r.view != nil && (!c.Brief || p.Phase == wire.Teaching) {
		r.view.Forget() // its weights are, or will be, others
	}
	return nil
}

// checkPlace returns an error unless the run can be there. Of a run that has
// come to its end this one may have more epochs.
func (r *Run) checkPlace(p *state.Place) error {
	if p.Phase == wire.Finished && p.Epoch < r.plan.Epochs {
		if every := r.plan.EvalEvery; p.Epoch%every != 0 {
			return fmt.Errorf("sim: state: its last epoch, %d, was evaluated because it was the last: with an evaluation every %d epochs a longer run would be another one", p.Epoch, every)
		}
		p.Phase = wire.Distilling
	}
	epochs := r.epochs(p.Phase)
	switch {
	case p.Phase == wire.Failed:
		return fmt.Errorf("sim: state: it is of a run that failed")
	case p.Phase >= wire.Distilling && p.Epoch > epochs || p.Phase == wire.Distilling && p.Epoch == epochs:
		return fmt.Errorf("sim: state: it is of a run of more epochs: %d are done, want more than that instead of %d", p.Epoch, epochs)
	case p.Epoch > epochs || (p.Epoch == epochs) != (p.Phase == wire.Finished) || p.Step >= r.Steps():
		return fmt.Errorf("sim: state: it is at epoch %d, step %d of phase %d, which has %d epochs of %d steps", p.Epoch, p.Step, p.Phase, epochs, r.Steps())
	}
	if err := r.checkChanges(p.Changes); err != nil {
		return fmt.Errorf("sim: state: changes: %w", err)
	}
	return nil
}

// lanesOf returns the lanes of a phase: those that the run has, or new ones.
func (r *Run) lanesOf(p wire.Phase) ([]*lane, error) {
	switch {
	case p == wire.Teaching && !r.teaches():
		return nil, fmt.Errorf("sim: state: it is of a run that is training its teacher, want one that has it")
	case p == wire.Teaching:
		return []*lane{r.teacher}, nil
	case r.lanes[0] != r.teacher:
		return r.lanes, nil
	}
	return r.students()
}

// teaches reports whether the run trains, or has trained, its teacher.
func (r *Run) teaches() bool { return r.teacher != nil && r.teacher.distiller != nil }

// visitModels visits the teacher and the lanes of a phase.
func (r *Run) visitModels(c *state.Coder, p wire.Phase, lanes []*lane) {
	if r.teacher != nil && p != wire.Teaching {
		c.Measured("teacher", &r.teacher.state)
		c.Measured("teacher at its best", &r.teacher.best)
		if r.teaches() && !c.Brief {
			c.Params(r.teacher.bestModel.Params())
		}
	}
	for _, l := range lanes {
		c.Model(l.parts())
	}
}

// parts returns what the next step of l depends on.
func (l *lane) parts() state.Model {
	d := l.distiller.State()
	return state.Model{
		Weights: l.model.Params(), Best: l.bestModel.Params(),
		Criterion: d.Criterion, Optimizer: d.Optimizer, Alignment: []mat.Matrix{d.Alignment.A, d.Alignment.D, d.Alignment.G},
		Dropout: l.rng, Draws: l.draws,
		Losses: []*float64{&l.losses.Total, &l.losses.CE, &l.losses.KD, &l.losses.Aux},
		Now:    &l.state, AtBest: &l.best, History: &l.history,
	}
}
