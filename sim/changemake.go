package sim

import (
	"fmt"
	"slices"

	"abkd/sim/wire"
)

// Change makes an edit between the last step and the next. Changes that were
// planned are dropped: from here on the run is another one. After an error
// nothing has changed.
func (r *Run) Change(e wire.Edit) error {
	if r.phase >= wire.Finished {
		return fmt.Errorf("sim: command change: the run has ended: rewind it first")
	}
	change := wire.Change{Epoch: r.epoch, Step: r.step, Teaching: r.phase == wire.Teaching, Edit: e}
	changes := append(slices.Clone(r.changes[:r.applied]), change)
	if err := r.checkChanges(changes); err != nil {
		return fmt.Errorf("sim: command change: %w", err)
	}
	r.changes = changes
	r.makeDue()
	return nil
}

// Schedule plans changes for moments to come in place of those planned before.
// After an error nothing has changed.
func (r *Run) Schedule(changes []wire.Change) error {
	ordered, err := r.orderChanges(changes, r.changes[:r.applied])
	if err != nil {
		return err
	}
	if positionOf(ordered[0]).compare(r.position()) < 0 {
		return fmt.Errorf("sim: command plan: %s is over: the run is at epoch %d, step %d", ordered[0], r.epoch, r.step)
	}
	r.changes = append(slices.Clone(r.changes[:r.applied]), ordered...)
	r.makeDue()
	return nil
}

// orderChanges returns the changes in order of time and checks that they can be
// made after some others.
func (r *Run) orderChanges(changes, after []wire.Change) (ordered []wire.Change, err error) {
	if err := wire.Check(wire.Schedule{Plan: changes}); err != nil {
		return nil, err
	}
	ordered = slices.Clone(changes)
	for i, c := range ordered { // a few: what is made at one moment keeps its order
		for ; i > 0 && positionOf(c).compare(positionOf(ordered[i-1])) < 0; i-- {
			ordered[i], ordered[i-1] = ordered[i-1], c
		}
	}
	if first := positionOf(ordered[0]); len(after) > 0 && first.compare(r.position()) < 0 {
		after = madeBefore(after, first)
	}
	if err := r.checkChanges(append(slices.Clone(after), ordered...)); err != nil {
		return nil, fmt.Errorf("sim: command plan: %w", err)
	}
	return ordered, nil
}

// madeBefore returns the changes that are made before a moment.
func madeBefore(changes []wire.Change, moment position) []wire.Change {
	n := 0
	for n < len(changes) && positionOf(changes[n]).compare(moment) < 0 {
		n++
	}
	return changes[:n]
}

// positionOf returns when c is made.
func positionOf(c wire.Change) position {
	p := position{wire.Distilling, c.Epoch, c.Step}
	if c.Teaching {
		p.phase = wire.Teaching
	}
	return p
}

// checkChanges returns an error unless the changes can be made one after the
// other.
func (r *Run) checkChanges(changes []wire.Change) error {
	w := r.newWorld()
	for i, c := range changes {
		if i > 0 && positionOf(c).compare(positionOf(changes[i-1])) < 0 {
			return fmt.Errorf("%s comes after %s, want them in order of time", c, changes[i-1])
		}
		if err := w.add(r, c); err != nil {
			return err
		}
		epochs := r.plan.Epochs
		if c.Teaching {
			epochs = r.plan.TeacherEpochs
		}
		if c.Epoch >= epochs || c.Step >= r.Steps() {
			return fmt.Errorf("%s is never reached: there are %d epochs of %d steps", c, epochs, r.Steps())
		}
	}
	return nil
}

// makeDue makes the changes whose time has come.
func (r *Run) makeDue() {
	made := false
	for r.phase < wire.Finished && r.applied < len(r.changes) && positionOf(r.changes[r.applied]).compare(r.position()) <= 0 {
		if err := r.makeChange(r.changes[r.applied]); err != nil {
			r.fail(fmt.Errorf("sim: change %s: %w", r.changes[r.applied], err))
			return
		}
		r.applied++
		made = true
	}
	if made {
		r.evaluateAll()
	}
}

func (r *Run) makeChange(c wire.Change) error {
	w := r.world.clone()
	if err := w.add(r, c); err != nil {
		return err
	}
	r.setWorld(w)
	e, ok := c.Edit.(wire.SetWeight)
	if !ok {
		return nil
	}
	edited, err := r.findWeight(e)
	if err != nil {
		return err
	}
	return r.setWeight(edited)
}

// evaluateAll evaluates every model anew.
func (r *Run) evaluateAll() {
	for _, l := range r.lanes {
		r.eval.measure(l.model, &l.state)
	}
	if r.teacher != nil && r.phase != wire.Teaching {
		r.eval.measure(r.teacher.bestModel, &r.teacher.state)
	}
}
