package sim

import (
	"fmt"
	"slices"
	"strings"
)

// Change makes the change that text says, see changeForms, between the last
// step and the next. Changes that were planned are dropped: from here on the
// run is another one. After an error nothing has changed.
func (r *Run) Change(text string) error {
	if r.phase >= Finished {
		return fmt.Errorf("sim: command change: the run has ended: rewind it first")
	}
	change := Change{r.epoch, r.step, text}
	if r.phase == Teaching {
		change.Text = madeWhileTeaching + text
	}
	changes := append(slices.Clone(r.changes[:r.applied]), change)
	if err := r.checkChanges(changes); err != nil {
		return fmt.Errorf("sim: command change: %w", err)
	}
	r.changes = changes
	r.makeDue()
	return nil
}

// Plan plans changes for moments to come, written as Change.String writes
// them and separated by "|", in place of those planned before. After an error
// nothing has changed.
func (r *Run) Plan(text string) error {
	plan, err := r.parsePlan(text, r.changes[:r.applied])
	if err != nil {
		return err
	}
	if plan[0].at().compare(r.position()) < 0 {
		return fmt.Errorf("sim: command plan: %s is over: the run is at epoch %d, step %d", plan[0], r.epoch, r.step)
	}
	r.changes = append(slices.Clone(r.changes[:r.applied]), plan...)
	r.makeDue()
	return nil
}

// parsePlan reads changes separated by "|", returns them in order of time and
// checks that they can be made after some others.
func (r *Run) parsePlan(text string, after []Change) (plan []Change, err error) {
	for _, part := range strings.Split(text, "|") {
		at, change, _ := strings.Cut(part, ":")
		epoch, step, err := parseMoment(at)
		if err != nil {
			return nil, fmt.Errorf("sim: command plan: %q: %w", part, err)
		}
		plan = append(plan, Change{epoch, step, change})
	}
	slices.SortStableFunc(plan, func(a, b Change) int { return a.at().compare(b.at()) })
	if first := plan[0].at(); len(after) > 0 && first.compare(r.position()) < 0 {
		after = madeBefore(after, first)
	}
	if err := r.checkChanges(append(slices.Clone(after), plan...)); err != nil {
		return nil, fmt.Errorf("sim: command plan: %w", err)
	}
	return plan, nil
}

// madeBefore returns the changes that are made before a moment.
func madeBefore(changes []Change, at position) []Change {
	n, _ := slices.BinarySearchFunc(changes, at, func(c Change, at position) int { return c.at().compare(at) })
	return changes[:n]
}

// at returns when c is made.
func (c Change) at() position {
	p := position{Distilling, c.Epoch, c.Step}
	if _, teaching, _ := c.words(); teaching {
		p.phase = Teaching
	}
	return p
}

// checkChanges returns an error unless the changes can be made one after the
// other.
func (r *Run) checkChanges(changes []Change) error {
	w := r.newWorld()
	for i, c := range changes {
		if i > 0 && c.at().compare(changes[i-1].at()) < 0 {
			return fmt.Errorf("%s comes after %s, want them in order of time", c, changes[i-1])
		}
		if err := w.add(r, c); err != nil {
			return err
		}
		epochs := r.cfg.Epochs
		if c.at().phase == Teaching {
			epochs = r.cfg.TeacherEpochs
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
	for r.phase < Finished && r.applied < len(r.changes) && r.changes[r.applied].at().compare(r.position()) <= 0 {
		if err := r.make(r.changes[r.applied]); err != nil {
			r.fail(fmt.Errorf("sim: change %s: %w", r.changes[r.applied], err))
			return
		}
		r.applied++
		made = true
	}
	if made {
		r.measure()
	}
}

func (r *Run) make(c Change) error {
	w := r.world.clone()
	if err := w.add(r, c); err != nil {
		return err
	}
	r.become(w)
	words, _, err := c.words()
	if err != nil || words[0] != "weight" {
		return err
	}
	edited, err := r.parseWeight(words)
	if err != nil {
		return err
	}
	return r.setWeight(edited)
}

// measure evaluates every model anew.
func (r *Run) measure() {
	for _, l := range r.lanes {
		r.eval.run(l.model, &l.state)
	}
	if r.teacher != nil && r.phase != Teaching {
		r.eval.run(r.teacher.bestModel, &r.teacher.state)
	}
}
