// Package play runs lessons without a screen: what the page does while a reader
// watches, as fast as the machine can.
package play

import (
	"fmt"
	"strings"

	"abkd/sim"
	"abkd/sim/course"
	"abkd/sim/wire"
)

// Values runs all runs of a lesson on a seed, one after the other in a session,
// and returns what they come to. An error says which run could not be made.
func Values(s *sim.Session, l *course.Lesson, seed int) (map[string]float64, error) {
	seen := map[string]*wire.Snapshot{}
	for _, run := range l.RunsOf() {
		snap, err := end(s, &run, l.Shows, seed)
		if err != nil {
			return nil, fmt.Errorf("run %s, seed %d: %w", run.Name, seed+run.Plus, err)
		}
		seen[run.Name] = snap
	}
	return l.Reckon(seen), nil
}

// end returns the moment at which a run is looked at.
func end(s *sim.Session, run *course.Run, shows []string, seed int) (*wire.Snapshot, error) {
	begin := strings.TrimPrefix(fmt.Sprintf("%s&seed=%d", run.Begin, seed+run.Plus), "&")
	commands := append([]string{"speed 0", "begin " + begin, "pause", "show " + strings.Join(shows, ",")}, run.Commands...)
	for _, text := range commands {
		if err := s.Command(text); err != nil {
			return nil, err
		}
	}
	for !reached(s.Run(), run.Until) {
		if err := s.Command("play"); err != nil {
			return nil, err
		}
		s.Tick(0)
	}
	snap := new(wire.Snapshot)
	s.Snapshot(snap)
	s.Snapshot(snap) // the baselines come with the second
	if snap.Error != "" {
		return nil, fmt.Errorf("%s", snap.Error)
	}
	return snap, nil
}

// reached reports whether r is at an epoch of the students, or over.
func reached(r *sim.Run, until int) bool {
	if r.Phase() >= wire.Finished {
		return true
	}
	return until != course.End && r.Phase() == wire.Distilling && r.Epoch() >= until
}
