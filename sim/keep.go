package sim

import "abkd/sim/wire"

// SetKeeper has keep called with the run at the end of each epoch that is no
// replay, and by Keep. What it writes of the run, Resume goes on from.
func (s *Session) SetKeeper(keep func(*Run)) { s.keeper = keep }

// Keep has the run kept as it is, between two epochs too. One that looks back at
// what was recorded is not: what comes after would be lost.
func (s *Session) Keep() {
	if s.keeper != nil && s.run != nil && s.run.Epoch() >= s.recorded() {
		s.keeper(s.run)
	}
}

// Resume begins the experiment that a state is of, which Run.WriteState has
// written, and goes on from there. After an error there may be a run that is at
// its beginning. A rewind to what was before the state computes it again, from
// the first moment of all.
func (s *Session) Resume(src []byte) error {
	e, err := ExperimentOf(src)
	if err != nil {
		return err
	}
	if err := s.begin(e); err != nil {
		return err
	}
	if err := s.run.UnmarshalBinary(src); err != nil {
		return err
	}
	s.timeline.record(s.run)
	s.running = s.run.Phase() < wire.Finished
	return nil
}

// goOn makes the next step. It reports whether there is another one.
func (s *Session) goOn() bool {
	before := s.run.position()
	more := s.makeStep()
	if at := s.run.position(); at.phase != before.phase || at.epoch != before.epoch {
		s.Keep()
	}
	return more
}
