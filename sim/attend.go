package sim

import (
	"fmt"
	"time"

	"abkd/sim/setup"
	"abkd/sim/wire"
)

// SessionOf returns a session of a run that another program trains to its end:
// whoever steers it pauses, steps and paces it and looks into it, and changes
// nothing that it comes to. It goes as fast as it can. Nothing of what is over is
// recorded, so that the run takes no more memory than alone.
func SessionOf(r *Run) *Session {
	return &Session{run: r, said: SaidToFronts(r), graph: r.graph, data: r.said.Data, focus: -1, running: true, attended: true}
}

// SaidToFronts returns the experiment of r as fronts know it: a graph that they
// have no name for is their data=pack.
func SaidToFronts(r *Run) setup.Experiment {
	e := r.said
	if _, err := setup.ParseExperiment(e.String()); err != nil {
		e.Data = setup.PackData
	}
	return e
}

// refuseAttended returns an error for a command that would change what a run
// comes to, if it is another program's.
func (s *Session) refuseAttended(c wire.Command) error {
	if !s.attended {
		return nil
	}
	switch c.(type) {
	case wire.Begin, wire.Reset, wire.Undo, wire.Extend, wire.Rewind, wire.Alter, wire.Schedule:
		return fmt.Errorf("sim: the run is that of a command, which says what it is: here it can be paused, stepped, paced and looked into")
	}
	return nil
}

// An Attendant makes the steps of a run for the program that trains it, while the
// fronts at a port steer and watch it.
type Attendant struct {
	server server
	wait   time.Duration
}

// Attend returns the attendant of r, which is paused at first or not.
func Attend(r *Run, p Port, paused bool) *Attendant {
	start, s := time.Now(), SessionOf(r)
	s.running = !paused
	return &Attendant{server: server{session: s, port: p, clock: func() time.Duration { return time.Since(start) }}}
}

// Step waits until a step may be made, makes it, and reports whether there is
// another one. Its error is that of the port, io.EOF once that is closed; then no
// step has been made.
func (a *Attendant) Step() (more bool, err error) {
	s := a.server.session
	for before := s.steps; s.steps == before; {
		if a.wait, err = a.server.takeTurn(a.wait); err != nil {
			return true, err
		}
	}
	return s.run.Phase() < wire.Finished, nil
}

// Linger shows what is new to fronts that ask for so long, and makes no step: a
// run that is over is still to be seen.
func (a *Attendant) Linger(most time.Duration) {
	a.server.session.running = false
	for end := time.Now().Add(most); ; {
		left := time.Until(end)
		if left <= 0 {
			return
		}
		if _, err := a.server.takeTurn(left); err != nil {
			return
		}
	}
}
