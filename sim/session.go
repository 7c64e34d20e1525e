package sim

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/sim/baseline"
	"abkd/sim/guess"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// A Session is a run under a user's control: it plays, pauses and paces it
// and starts new ones. It knows no screen and, but for how long it has been
// replaying, no clock; the program around it calls Tick when the time it asked
// for has passed.
type Session struct {
	run      *Run
	said     setup.Experiment // of run: what the link says, not what it came to
	timeline timeline
	target   position // of a rewind, where the run is going to
	weights  []byte   // checkpoint of the default teacher, nil if there is none
	running  bool
	speed    float64       // epochs per second, 0 for as fast as it can
	due      time.Duration // when the next step is due
	focus    int           // target node, -1 for the default
	graph    *graph.Graph
	data     string     // name of graph
	pack     graph.Pack // the graph of data=pack, none at first
	shipped  graph.Pack // that of data=debian-mini, likewise
	memory   int64      // that a run may need, 0 for any
	backend  string     // what its runs compute with, "" for the fastest

	owed bool // the last snapshot lacked the baselines

	keeper   func(*Run) // nil for none
	attended bool       // the run is another program's, see SessionOf
	steps    int        // made
}

// Idle is what Tick returns when there is nothing to wait for but a command.
const Idle = time.Duration(-1)

// DefaultSpeed is the pace of a new session in epochs per second: slow enough
// to see, fast enough not to wait.
const DefaultSpeed = 6

// NewSession returns a session that holds no run yet.
func NewSession() *Session { return &Session{speed: DefaultSpeed, focus: -1, memory: SessionMemory} }

// SetTeacher gives the session the checkpoint of the default teacher. It is
// used by every experiment whose graph and teacher it fits; others train
// their own.
func (s *Session) SetTeacher(checkpoint []byte) { s.weights = checkpoint }

// SetBackend makes the runs to come compute with the backend of that name, one
// of mat.Backends; "" stands for the fastest.
func (s *Session) SetBackend(name string) { s.backend = name }

// Command reads and carries out the text of a command. After an error
// everything is as it was.
func (s *Session) Command(text string) error {
	c, err := wire.ParseCommand(text)
	if err != nil {
		return err
	}
	return s.Do(c)
}

// Do carries out c. After an error everything is as it was.
func (s *Session) Do(c wire.Command) error {
	if c == nil {
		return fmt.Errorf("sim: there is no command")
	}
	if err := cmp.Or(wire.Check(c), s.refuseAttended(c)); err != nil {
		return err
	}
	switch c := c.(type) {
	case wire.Speed:
		s.speed, s.due = c.EpochsPerSecond, 0
		return nil
	case wire.Begin:
		e, err := setup.ParseExperiment(c.Experiment)
		if err != nil {
			return err
		}
		err = s.begin(e)
		s.running = s.running || err == nil
		return err
	}
	if s.run == nil {
		return fmt.Errorf("sim: command %s: no experiment has begun", wire.String(c))
	}
	return s.steer(c)
}

// steer carries out a command that is about the run there is.
func (s *Session) steer(c wire.Command) error {
	switch c := c.(type) {
	case wire.Play:
		s.running, s.due = s.run.Phase() < wire.Finished, 0
	case wire.Pause:
		s.running = false
	case wire.Step:
		s.running = false
		s.finishSeek()
		s.goOn()
	case wire.Reset:
		return s.begin(s.said)
	case wire.Undo:
		return s.undo()
	case wire.Extend:
		return s.extend(c.Epochs)
	case wire.Rewind:
		return s.rewind(c.To)
	case wire.Alter:
		return s.change(c.Edit)
	case wire.Schedule:
		return s.schedule(c.Plan)
	case wire.Inspect:
		return s.run.Inspect(c.Subject)
	case wire.Show:
		s.run.Show(c.What)
	case wire.Find:
		s.run.Find(c.Text)
	case wire.Name:
		s.run.Name(c)
	case wire.Focus:
		if n := s.graph.Types[s.graph.Target].Count; c.Node >= n {
			return fmt.Errorf("sim: command focus: node is %d, want 0..%d", c.Node, n-1)
		}
		s.focus = c.Node
		s.run.SetFocus(c.Node)
	default:
		return fmt.Errorf("sim: command %T: a session does not know it", c)
	}
	return nil
}

// Run returns the run that the session has, nil before the first.
func (s *Session) Run() *Run { return s.run }

// begin replaces the run by one of e; it plays on if the old one did.
func (s *Session) begin(e setup.Experiment) error {
	g, err := s.graphFor(e.Data)
	if err != nil {
		return err
	}
	if err := e.Check(); err != nil {
		return err
	}
	g = e.Plan().Prepare(g) // once, for the teacher, the estimate and the run
	teacher := s.teacher(g, e)
	own := e
	if teacher == nil && e.Teach != "untrained" {
		own.Teach = "on"
	}
	if err := s.checkMemory(g, own, teacher); err != nil {
		return err
	}
	backend, err := mat.NewBackend(s.backend)
	if err != nil {
		return err
	}
	run, err := New(g, own, Options{Teacher: teacher, Baseline: true, View: true, Backend: backend})
	if err != nil {
		return err
	}
	if g != s.graph {
		s.focus = -1
	}
	if s.focus >= 0 {
		run.SetFocus(s.focus)
	}
	if s.run != nil {
		run.wish = s.run.wish.forNextRun()
		s.run.Close()
	}
	s.run, s.said, s.graph, s.data, s.due = run, e, g, e.Data, 0
	s.timeline, s.target, s.owed = timeline{}, position{}, false
	s.timeline.record(run)
	return nil
}

// teacher returns the default teacher, or the pack's, if it fits g and e, else
// nil.
func (s *Session) teacher(g *graph.Graph, e setup.Experiment) gnn.Model {
	weights := s.weightsFor(e.Data)
	want := e.Plan()
	if want.Teach != "off" || weights == nil {
		return nil
	}
	m, err := gnn.Read(weights, g)
	if err != nil {
		return nil // made for another graph
	}
	if c := m.Config(); c.Kind != want.Model || c.Inputs != want.Inputs || c.LabelReuse != want.LabelReuse || c.Layers != want.Teacher.Layers || c.Hidden != want.Teacher.Hidden {
		return nil
	}
	return m
}

// Tick makes the steps that are due at the time now, which counts from any
// fixed moment, and returns how long to wait before the next call: 0 to go on
// at once, Idle if nothing runs.
func (s *Session) Tick(now time.Duration) time.Duration {
	if s.run != nil && s.seeking() {
		if s.replay(replaySlice); s.seeking() {
			return 0
		}
	}
	if !s.running {
		return Idle
	}
	if now < s.due {
		return s.due - now
	}
	if s.running = s.goOn(); !s.running {
		return Idle
	}
	if s.speed == 0 {
		return 0
	}
	interval := time.Duration(float64(time.Second) / s.speed / float64(s.run.Steps()))
	if s.due += interval; s.due < now {
		s.due = now // a slow machine falls behind; it must not race to catch up
	}
	return max(s.due-now, 0)
}

// Snapshot describes the session in dst and reports whether there is a run.
func (s *Session) Snapshot(dst *wire.Snapshot) bool {
	if s.run == nil {
		return false
	}
	s.run.Snapshot(dst)
	dst.Experiment = s.said.String()
	dst.Running = s.running
	dst.Recorded = s.recorded()
	dst.Remarks = s.run.remarked(dst)
	if s.run.Epoch() > 0 || s.run.Phase() > wire.Teaching && s.run.plan.Teach == "on" {
		if s.owed && s.run.baselines == nil && !s.seeking() {
			s.run.baselines = baseline.Of(s.run.given, s.run.split, sessionSpread)
		}
		s.owed = s.run.baselines == nil
		dst.Baselines = slices.Clone(s.run.baselines)
	}
	guess.In(dst)
	return true
}

// owes reports whether another snapshot has more than the last one though no
// step is made: no picture waits for the baselines, which come with the next.
func (s *Session) owes() bool { return s.owed && !s.running && !s.seeking() }

// sessionSpread is how many multiplications and additions label propagation may
// take in a session, which does nothing else meanwhile: a second or so.
const sessionSpread = 1 << 30
