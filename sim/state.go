package sim

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"abkd/gnn/sample"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// The state of a run is what its next step and all after it depend on, beside
// the experiment and what the run was given:
//
//	"ABKR" version:u16 | header | moment | lanes | sum:u32
//	header   experiment, lanes, prints of graph and teacher
//	moment   phase, epoch, step, changes, sampler
//	lanes    per model in training: weights, best weights, criterion, optimiser,
//	         alignment, generators, losses, history; before them the teacher's
//
// in the form of a coder; sum is the CRC-32C of all bytes before it. Version 1
// differs in its sum alone, FNV-1a of words in a u64, which misses some damage:
// it is still read. A run that continues from its state is bit for bit the run
// that it would have been; only the inference times are measured anew.
const (
	stateMagic   = "ABKR"
	stateVersion = 2
	stateStart   = len(stateMagic) + 2
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// AppendState appends the run's state to dst: what a file needs to resume the
// run. The weights of a teacher that the run was given are not part of it,
// only a print of them.
func (r *Run) AppendState(dst []byte) []byte {
	start := len(dst)
	c := coder{does: appends, b: dst}
	r.state(&c)
	return binary.LittleEndian.AppendUint32(c.b, crc32.Checksum(c.b[start:], castagnoli))
}

// WriteState writes what AppendState appends, of which it never has more than
// a few megabytes in memory: an optimiser of embedding tables has gigabytes.
func (r *Run) WriteState(w io.Writer) error {
	c := coder{does: appends, w: w}
	r.state(&c)
	c.drain(0)
	if c.err != nil {
		return c.err
	}
	_, err := w.Write(binary.LittleEndian.AppendUint32(nil, c.crc))
	return err
}

// state visits all but the sum.
func (r *Run) state(c *coder) {
	c.b = binary.LittleEndian.AppendUint16(append(c.b, stateMagic...), stateVersion)
	r.asTaught(func() {
		m := r.moment()
		r.header(c)
		c.moment(&m)
		r.body(c, m.phase, r.lanes)
	})
}

// SetState makes r continue from a state that AppendState of a run of the same
// experiment, graph and teacher has appended; the students' epochs may have
// become more, as no step depends on them. Another state, a damaged one or that
// of a run that failed is an error that says so, and the run is as it was.
func (r *Run) SetState(src []byte) error {
	body, err := stateBody(src)
	if err != nil {
		return fmt.Errorf("sim: state: %w", err)
	}
	c := coder{does: checks, b: body}
	r.asTaught(func() {
		r.header(&c)
		r.restore(&c)
	})
	return c.err
}

// stateBody returns what stands between the version and the sum of a state, of
// which the sum is right.
func stateBody(src []byte) ([]byte, error) {
	if len(src) < stateStart || string(src[:len(stateMagic)]) != stateMagic {
		return nil, fmt.Errorf("%d bytes that begin with %.4q are not the state of a run", len(src), src)
	}
	v, size := binary.LittleEndian.Uint16(src[len(stateMagic):]), 4
	if v == 1 {
		size = 8
	}
	n := len(src) - size
	intact := n >= stateStart
	switch {
	case v != 1 && v != stateVersion:
		return nil, fmt.Errorf("version is %d, want %d: it was written by another version of this program, or is damaged", v, stateVersion)
	case intact && v == 1:
		intact = binary.LittleEndian.Uint64(src[n:]) == sumOf(src[:n])
	case intact:
		intact = binary.LittleEndian.Uint32(src[n:]) == crc32.Checksum(src[:n], castagnoli)
	}
	if !intact {
		return nil, fmt.Errorf("the sum of its %d bytes does not match: it is damaged or cut short", len(src))
	}
	return src[stateStart:n], nil
}

// Hash returns a hash of everything that the next step depends on, the weights
// of a trained teacher and what was only recorded left out: histories, and
// times that were measured.
func (r *Run) Hash() uint64 {
	c := coder{does: hashes, brief: true, sum: fnvOffset}
	m := r.moment()
	m.changes = m.changes[:m.applied]
	c.changes(&m.changes)
	c.moment(&m)
	r.body(&c, m.phase, r.lanes)
	return c.sum
}

// A moment is the part of a state that is not of a model in training.
type moment struct {
	phase       wire.Phase
	epoch, step int
	changes     []wire.Change
	applied     int // changes[:applied] have been
	sampler     []byte
}

func (r *Run) moment() moment {
	m := moment{phase: r.phase, epoch: r.epoch, step: r.step, changes: r.changes, applied: r.applied}
	if s, ok := r.sampler.(sample.Stateful); ok {
		m.sampler = s.State()
	}
	return m
}

// moment visits m. A keyframe leaves out the changes, of which the run has the
// list.
func (c *coder) moment(m *moment) {
	m.phase = wire.Phase(c.count("phase", int(m.phase), int(wire.Failed)))
	m.epoch = c.count("epoch", m.epoch, maxCount)
	m.step = c.count("step", m.step, maxCount)
	if !c.brief {
		c.changes(&m.changes)
	}
	m.applied = c.count("number of changes", m.applied, len(m.changes))
	m.sampler = c.bytes("sampler", m.sampler)
}

func (c *coder) changes(list *[]wire.Change) {
	n := c.count("number of changes", len(*list), maxCount)
	reads := c.does >= checks
	if reads {
		*list = nil
	}
	for i := 0; i < n && c.err == nil; i++ {
		if reads {
			*list = append(*list, wire.Change{})
		}
		to := &(*list)[i]
		epoch, step := c.count("epoch of a change", to.Epoch, maxCount), c.count("step of a change", to.Step, maxCount)
		text := c.bytes("text of a change", []byte(to.Text()))
		if reads {
			var err error
			if *to, err = wire.ParseChange(wire.Moment{Epoch: epoch, Step: step}, string(text)); err != nil {
				c.fail("a change: %v", err)
			}
		}
	}
}

// header visits what must be the same in the run that continues.
func (r *Run) header(c *coder) {
	e := r.begunWith()
	lanes, teacher := uint64(1), uint64(0)
	if r.options.Baseline {
		lanes = 2
	}
	if r.options.Teacher != nil {
		teacher = printParams(r.options.Teacher.Params())
	}
	if r.graphPrint == 0 {
		r.graphPrint = printGraph(r.graph, r.split)
	}
	begun := string(c.bytes("experiment", []byte(e.String())))
	beside := c.uint("number of lanes", lanes)
	if begun != e.String() || beside != lanes {
		was, is := differing(begun, &e)
		if beside != lanes {
			was, is = append(was, fmt.Sprintf("alone=%t", beside > 1)), append(is, fmt.Sprintf("alone=%t", lanes > 1))
		}
		if len(was) > 0 {
			c.fail("it was begun with %s, this run has %s: resume with the same settings", strings.Join(was, " "), strings.Join(is, " "))
		}
	}
	if c.uint("print of the graph", r.graphPrint) != r.graphPrint {
		c.fail("it is of another graph or split than this one of %s: resume with the same data", r.graph.Name)
	}
	if c.uint("print of the teacher", teacher) != teacher {
		c.fail("it is of another teacher: resume with the same weights")
	}
}

// begunWith returns the experiment that a state names: all that must be the
// same, in the words that every state so far was written with.
func (r *Run) begunWith() setup.Experiment {
	e := r.said.Complete()
	e.Data = ""  // a folder may have moved; its graph has a print
	e.Epochs = 0 // see checkMoment
	for _, share := range []*setup.Opt[float64]{&e.Alpha, &e.Beta, &e.Dropout, &e.Decay, &e.DenseDecay} {
		if share.Or(0) == 0 {
			*share = setup.Opt[float64]{} // those words leave it out
		}
	}
	return e
}

// differing lists the settings in which the experiment of the text was is
// another than is, with those that stand at their default.
func differing(was string, is *setup.Experiment) (before, now []string) {
	old, err := setup.ParseExperiment(was)
	if err != nil {
		return []string{was}, []string{is.String()} // of another version of the program
	}
	for _, c := range setup.Controls() {
		a, b := cmp.Or(c.Get(&old), c.DefaultIn(&old)), cmp.Or(c.Get(is), c.DefaultIn(is))
		if a != b {
			before, now = append(before, c.Key+"="+a), append(now, c.Key+"="+b)
		}
	}
	return before, now
}

// restore checks what c has left to read and then sets it. After an error,
// which is c's, nothing has been set.
func (r *Run) restore(c *coder) {
	m := moment{changes: r.changes}
	if c.moment(&m); c.err == nil {
		c.err = r.checkMoment(&m)
	}
	if c.err != nil {
		return
	}
	w := r.newWorld()
	for _, change := range m.changes[:m.applied] {
		if c.err = w.add(r, change); c.err != nil {
			return
		}
	}
	lanes, err := r.lanesOf(m.phase)
	if err != nil {
		c.err = err
		return
	}
	body := c.b
	if r.body(c, m.phase, lanes); c.err == nil && len(c.b) > 0 {
		c.fail("%d bytes are left over", len(c.b))
	}
	if s, ok := r.sampler.(sample.Stateful); ok && c.err == nil {
		c.err = s.SetState(m.sampler)
	} else if len(m.sampler) > 0 {
		c.fail("it has %d bytes of a sampler, want none", len(m.sampler))
	}
	if c.err != nil {
		return
	}
	r.phase, r.epoch, r.step, r.err = m.phase, m.epoch, m.step, nil
	r.changes, r.applied, r.lanes = m.changes, m.applied, lanes
	r.become(w)
	c.does, c.b = sets, body
	r.body(c, m.phase, lanes)
	for _, l := range lanes {
		l.distiller.Forget()
	}
	if r.view != nil && (!c.brief || m.phase == wire.Teaching) {
		r.view.teacher = nil // its weights are, or will be, others
	}
}

// checkMoment returns an error unless the run can be there. Of a run that has
// come to its end this one may have more epochs.
func (r *Run) checkMoment(m *moment) error {
	if m.phase == wire.Finished && m.epoch < r.plan.Epochs {
		if every := r.plan.EvalEvery; m.epoch%every != 0 {
			return fmt.Errorf("sim: state: its last epoch, %d, was evaluated because it was the last: with an evaluation every %d epochs a longer run would be another one", m.epoch, every)
		}
		m.phase = wire.Distilling
	}
	epochs := r.epochs(m.phase)
	switch {
	case m.phase == wire.Failed:
		return fmt.Errorf("sim: state: it is of a run that failed")
	case m.phase >= wire.Distilling && m.epoch > epochs || m.phase == wire.Distilling && m.epoch == epochs:
		return fmt.Errorf("sim: state: it is of a run of more epochs: %d are done, want more than that instead of %d", m.epoch, epochs)
	case m.epoch > epochs || (m.epoch == epochs) != (m.phase == wire.Finished) || m.step >= r.Steps():
		return fmt.Errorf("sim: state: it is at epoch %d, step %d of phase %d, which has %d epochs of %d steps", m.epoch, m.step, m.phase, epochs, r.Steps())
	}
	if err := r.checkChanges(m.changes); err != nil {
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

// body visits the teacher and the lanes of a phase.
func (r *Run) body(c *coder, p wire.Phase, lanes []*lane) {
	if r.teacher != nil && p != wire.Teaching {
		c.measured("teacher", &r.teacher.state)
		c.measured("teacher at its best", &r.teacher.best)
		if r.teaches() && !c.brief {
			c.params(r.teacher.bestModel.Params())
		}
	}
	for _, l := range lanes {
		c.lane(l)
	}
}

func (c *coder) lane(l *lane) {
	s := l.distiller.State()
	c.params(l.model.Params())
	c.params(l.bestModel.Params())
	c.params(s.Criterion)
	for _, n := range s.Optimizer.Numbers {
		c.float64("optimiser", n)
	}
	for _, m := range s.Optimizer.Moments {
		c.matrices("optimiser's moments", m...)
	}
	c.matrices("alignment", s.Alignment.A, s.Alignment.D, s.Alignment.G)
	c.source("generator of dropout", l.rng)
	if l.draws != nil {
		c.source("generator of the criterion", l.draws)
	}
	for _, loss := range []*float64{&l.losses.Total, &l.losses.CE, &l.losses.KD, &l.losses.Aux} {
		c.float64("loss", loss)
	}
	c.measured("model", &l.state)
	c.measured("model at its best", &l.best)
	c.history(&l.history)
}

// measured visits what a ModelState says beside the size.
func (c *coder) measured(what string, s *wire.ModelState) {
	c.numbers(what, &s.Loss, &s.Train, &s.Valid, &s.Test)
	c.int("best epoch of "+what, &s.BestEpoch, maxCount)
	if !c.brief {
		c.numbers("time of "+what, &s.InferMicros)
	}
}

// history visits a learning curve. A keyframe holds only its length: what was
// recorded before it stays in memory, and what comes after is recorded again.
func (c *coder) history(h *[]wire.Point) {
	n := c.count("epochs of history", len(*h), cap(*h))
	if c.does == hashes || c.err != nil {
		return
	}
	points := (*h)[:n]
	if !c.brief {
		for i := range points {
			p := &points[i]
			if c.does == checks {
				p = new(wire.Point)
			}
			c.numbers("history", &p.Total, &p.CE, &p.KD, &p.Aux, &p.Train, &p.Valid, &p.Test)
		}
	}
	if c.does == sets {
		*h = points
	}
}
