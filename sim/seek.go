package sim

import (
	"fmt"
	"slices"
	"time"

	"abkd/sim/wire"
)

// replaySlice is how long a Tick goes on replaying before it lets messages
// through.
const replaySlice = 30 * time.Millisecond

// makeStep makes a step of the run, remembers it, and reports whether there is
// another one.
func (s *Session) makeStep() bool {
	more := s.run.Step()
	s.steps++
	if !s.attended {
		s.timeline.record(s.run)
	}
	return more
}

// rewind goes to a moment of this phase that has been recorded, by the last
// keyframe before it and the steps from there, which are those that were made
// then. If they take long the Ticks that follow make them, and the snapshots
// meanwhile show how far they have come. The changes that were made at that
// very moment have been made then. A teacher that is trained already stays
// so: only Undo goes back to a phase before.
func (s *Session) rewind(m wire.Moment) error {
	to := s.run.position()
	to.epoch, to.step = m.Epoch, m.Step
	if last := s.recorded(); m.Epoch > last || m.Step >= s.run.Steps() || m.Epoch == last && m.Step > s.furthestStep(last) {
		return fmt.Errorf("sim: command rewind: moment is %v, want an epoch from 0 to %d, the last recorded of this phase", m, last)
	}
	return s.seek(to)
}

// recorded returns the furthest epoch of this phase that can be replayed.
func (s *Session) recorded() int {
	at := s.run.position()
	return max(s.timeline.recorded[at.phase], at.epoch)
}

// furthestStep returns the last step that has been made after the furthest
// epoch.
func (s *Session) furthestStep(epoch int) int {
	if at := s.run.position(); at.epoch == epoch {
		return at.step
	}
	return 0
}

// seek begins to go to a moment, and pauses there.
func (s *Session) seek(to position) error {
	at, f := s.run.position(), s.timeline.before(to)
	if s.run.Err() != nil || to.compare(at) < 0 || at.compare(f.at) < 0 {
		if err := s.run.setFrame(f); err != nil {
			return err
		}
	}
	s.running, s.target = false, to
	s.replay(replaySlice)
	return nil
}

// replay goes on to the target, for so long at most.
func (s *Session) replay(budget time.Duration) {
	for start := time.Now(); s.seeking() && time.Since(start) < budget; {
		s.makeStep()
	}
}

// seeking reports whether the run is still on its way to the target.
func (s *Session) seeking() bool {
	return s.run.Phase() < wire.Finished && s.run.position().compare(s.target) < 0
}

// finishSeek goes all the way to the target.
func (s *Session) finishSeek() {
	for s.seeking() {
		s.makeStep()
	}
}

// extend gives the run so many epochs in all. One that is over can go on.
func (s *Session) extend(epochs int) error {
	s.finishSeek()
	if err := s.run.Extend(epochs); err != nil {
		return err
	}
	s.said.Epochs = epochs
	return nil
}

// change makes a change now. What was recorded after this moment is dropped.
func (s *Session) change(e wire.Edit) error {
	s.finishSeek()
	planned := s.run.applied
	if err := s.run.Change(e); err != nil {
		return err
	}
	s.timeline.forget(s.run.position(), planned)
	return nil
}

// schedule plans changes in place of all that come after the first of them. If
// that is over, for a run does not wait for its plan, it goes back to it. What
// was recorded after it is dropped.
func (s *Session) schedule(changes []wire.Change) error {
	s.finishSeek()
	r := s.run
	ordered, err := r.orderChanges(changes, r.changes[:r.applied])
	if err != nil {
		return err
	}
	first, made := positionOf(ordered[0]), r.applied
	if first.compare(r.position()) >= 0 {
		s.timeline.forget(r.position(), made)
		return r.Schedule(ordered)
	}
	kept, running := madeBefore(r.changes, first), s.running
	err = s.goBack(first, len(kept), append(slices.Clone(kept), ordered...))
	s.running = running
	return err
}

// goBack goes to a moment by the keyframe before it, with other changes from
// then on: the first ones, so many, are those that the run has.
func (s *Session) goBack(to position, kept int, changes []wire.Change) error {
	s.timeline.forget(to, kept)
	s.run.changes, s.run.applied = changes, min(s.run.applied, kept)
	if err := s.run.setFrame(s.timeline.before(to)); err != nil {
		return err
	}
	return s.seek(to)
}

// undo removes the last change and goes to the moment when it was made, if
// that is over. What was recorded after it is dropped.
func (s *Session) undo() error {
	s.finishSeek()
	r := s.run
	if len(r.changes) == 0 {
		return fmt.Errorf("sim: command undo: nothing has been changed")
	}
	n := len(r.changes) - 1
	to, kept := positionOf(r.changes[n]), slices.Clone(r.changes[:n])
	if r.applied <= n { // it has not been made yet
		s.timeline.forget(to, n)
		r.changes = kept
		return nil
	}
	return s.goBack(to, n, kept)
}
