package window

import (
	"cmp"
	"errors"
	"math"
	"strconv"

	"github.com/ebitenui/ebitenui/widget"

	"abkd/cmd/internal/native"
	"abkd/sim"
	"abkd/sim/lesson"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// A beside is another run beside the one that is steered, A | B: what was kept as A,
// while the run with a change is B. A is computed again by a trainer of its own, and
// goes to each moment that B shows.
type beside struct {
	begin   []string // the commands that begin A, none while there is one run alone
	front   *front
	trainer *native.Trainer // nil where B has to stand alone
	pulled  bool
	a       *wire.Snapshot    // the last that came
	lanes   []wire.Lane       // A's curves as far as they are known
	aim     *wire.Snapshot    // of B, to which A is on its way
	sent    bool              // A has been told to go back there
	pair    [2]*wire.Snapshot // both as they were shown last, nil while B stands alone
	alone   string            // why it does, as in messages beside.…
	reason  string            // of A's trainer
	said    *widget.Text      // how B stands to A
}

// A front takes the snapshots of a trainer of the window's own.
type front struct{ w *Window }

// Show implements native.Front.
func (f *front) Show(s *wire.Snapshot) { f.w.show(f, s) }

// Refuse implements native.Front.
func (f *front) Refuse(code sim.Code, text string) { f.w.refuse(code, text) }

// keepOrLeave keeps the run as A, or leaves A.
func (w *Window) keepOrLeave() {
	switch {
	case w.attended != nil:
		w.tell(w.speech.say("desktop.beside.attached"))
	case len(w.beside.begin) > 0:
		w.leaveBeside()
	default:
		w.keepBeside(courseOf(w.snapshot))
	}
	w.keepNow(true)
}

// courseOf returns the commands that begin the run of s.
func courseOf(s *wire.Snapshot) []string {
	all := []string{wire.String(wire.Begin{Experiment: s.Experiment})}
	if len(s.Changes) > 0 {
		all = append(all, wire.String(wire.Schedule{Plan: s.Changes}))
	}
	return all
}

// keepBeside makes the run that these commands begin A.
func (w *Window) keepBeside(begin []string) {
	w.beside = beside{begin: begin}
	w.state.Beside, w.stale = begin, true
	w.startBeside()
}

// leaveBeside has B alone again.
func (w *Window) leaveBeside() {
	w.stopBeside("")
	w.beside, w.state.Beside = beside{}, nil
	w.showRuns()
}

// startBeside computes A.
func (w *Window) startBeside() {
	w.stopBeside("")
	b := &w.beside
	f := &front{w}
	w.mu.Lock()
	b.front = f
	w.mu.Unlock()
	b.trainer = native.New(f, w.runMemory())
	g, begin, show, inspected := w.graph, b.begin, w.scene().Shows, w.inspected
	beside, most := w.state.Experiment, w.runMemory()
	b.trainer.Do(func(s *sim.Session) {
		s.SetMemory(memoryBeside(g, beside, most))
		g.Give(s)
		s.Do(wire.Speed{})
		for _, c := range begin {
			if err := s.Command(c); err != nil {
				w.afterwards(func() { w.refuseBeside(f, err) })
				return
			}
		}
		s.Do(wire.Show{What: show})
		s.Do(wire.Inspect{Subject: inspected})
	})
}

// memoryBeside is what a run on g may take beside one of that experiment, where both
// may take so many bytes.
func memoryBeside(g *native.Graph, experiment string, most int64) int64 {
	e, err := setup.ParseExperiment(experiment)
	if err != nil {
		return most
	}
	need, err := g.Need(e, most)
	if err != nil {
		return most
	}
	return max(most-need.Total()+need.Graph, 1) // the graph is there once
}

// refuseBeside says why there is no A.
func (w *Window) refuseBeside(f *front, err error) {
	if w.beside.front != f {
		return
	}
	why := "gone"
	if _, large := errors.AsType[*sim.MemoryError](err); large {
		why = "memory"
	}
	w.stopBeside(why)
	w.beside.reason = w.speech.reworded(err.Error())
}

// stopBeside ends A's trainer, and says why B stands alone.
func (w *Window) stopBeside(alone string) {
	b := &w.beside
	w.mu.Lock()
	b.front, w.arrivedBeside = nil, nil
	w.mu.Unlock()
	if t := b.trainer; t != nil {
		b.trainer = nil
		go t.Close()
	}
	b.a, b.pulled, b.reason = nil, false, ""
	w.part(alone)
}

// part has B stand alone, for as long as that is so.
func (w *Window) part(alone string) {
	b := &w.beside
	had := b.pair[0] != nil
	if had || b.alone != alone {
		w.stale = true
	}
	b.alone, b.aim, b.pair = alone, nil, [2]*wire.Snapshot{}
	if had && w.snapshot != nil {
		w.showRuns()
	}
}

// takeBeside takes a snapshot of A.
func (w *Window) takeBeside(a *wire.Snapshot) {
	b := &w.beside
	b.a, b.pulled = a, false
	length := func(l []wire.Lane) int {
		if len(l) == 0 {
			return 0
		}
		return len(l[len(l)-1].History)
	}
	if a.Phase != wire.Teaching && length(a.Lanes) >= length(b.lanes) {
		b.lanes = a.Lanes
	}
	w.meet()
}

// mirror has A show what B does.
func (w *Window) mirror(c wire.Command) {
	if w.beside.trainer == nil {
		return
	}
	switch c.(type) {
	case wire.Show, wire.Inspect:
		w.beside.trainer.Command(c)
	case wire.Begin:
		w.part("")
	}
}

// momentOf is the moment of b in run a: between two epochs only where both have as
// many steps.
func momentOf(b, a *wire.Snapshot) wire.Moment {
	if a.Steps != b.Steps {
		return wire.Moment{Epoch: b.Epoch}
	}
	return wire.Moment{Epoch: b.Epoch, Step: b.Step}
}

func focusOf(s *wire.Snapshot) int {
	if len(s.Graph.Nodes) == 0 {
		return -1
	}
	return s.Graph.Nodes[0].ID
}

// meet shows both once A is where B was; then it sends A to where B is.
func (w *Window) meet() {
	b := &w.beside
	a, now := b.a, w.snapshot
	switch {
	case b.trainer == nil || a == nil || now == nil:
		return
	case now.Phase == wire.Teaching:
		w.part("teaching")
		return
	case a.Phase == wire.Teaching:
		return // the teacher that B has had
	}
	if b.aim == nil {
		b.aim, b.sent = now, false
	}
	to := momentOf(b.aim, a)
	if a.Running || a.Epoch != to.Epoch || a.Step != to.Step {
		w.sendBeside(to)
		return
	}
	if node := focusOf(b.aim); node >= 0 && node != focusOf(a) {
		b.trainer.Command(wire.Focus{Node: node})
		return
	}
	if b.pair[0] == nil || b.alone != "" {
		w.stale = true
	}
	b.alone, b.pair, b.aim = "", [2]*wire.Snapshot{a, b.aim}, nil
	w.showRuns()
	for _, f := range w.moving {
		f() // what is said of both
	}
	if b.pair[1] != now {
		w.meet()
	}
}

// sendBeside sends A to where it has been, or on to where it has not.
func (w *Window) sendBeside(to wire.Moment) {
	b := &w.beside
	switch a := b.a; {
	case b.sent:
	case a.Recorded > to.Epoch || a.Recorded == to.Epoch && to.Step == 0:
		b.sent = true
		b.trainer.Command(wire.Rewind{To: to})
	case a.Phase == wire.Failed:
		w.part("failed")
	case !a.Running:
		if a.Phase == wire.Finished {
			b.trainer.Command(wire.Extend{Epochs: b.aim.Epochs})
		}
		b.trainer.Command(wire.Play{})
	}
}

// showRuns draws what there is: both, or B alone, as it is where a scene is of many
// runs.
func (w *Window) showRuns() {
	w.fresh = settled
	frame := w.scene().Frame
	if p := w.beside.pair; p[0] != nil && frame != lesson.Race && frame != lesson.Frontier {
		w.game.ShowBoth(p[0], p[1])
	} else if w.snapshot != nil {
		w.game.Show(w.snapshot)
	}
}

// swap steers A from now on, beside what was steered: both trainers stay where they
// are.
func (w *Window) swap() {
	b := &w.beside
	if b.trainer == nil || b.pair[0] == nil {
		return
	}
	now, then := w.snapshot, b.a
	w.mu.Lock()
	w.front, b.front = b.front, w.front
	w.source = w.front
	w.arrived, w.arrivedBeside = w.arrivedBeside, w.arrived
	w.mu.Unlock()
	w.trainer, b.trainer = b.trainer, w.trainer
	w.pulled, b.pulled = b.pulled, w.pulled
	b.begin = courseOf(now)
	b.trainer.Command(wire.Speed{})
	b.trainer.Command(wire.Pause{})
	w.trainer.Command(wire.Speed{EpochsPerSecond: w.state.Speed})
	if now.Running {
		w.trainer.Command(wire.Play{})
	}
	w.state.Beside, w.state.Experiment = b.begin, then.Experiment
	w.forgetGuesses()
	w.snapshot, b.a, b.lanes = then, now, now.Lanes
	w.part("")
	w.meet()
	w.stale = true
	w.keepNow(true)
}

// besideBar says how B stands to A, and in what it differs.
func (w *Window) besideBar() part {
	k, say, b := w.kit, w.speech.say, &w.beside
	width := float64(w.places.beside.Dx())/k.unit - 24
	buttons := []part{
		k.button("beside swap", say("beside.swap"), look{height: 26, as: small, disabled: b.pair[0] == nil}, w.swap),
		k.button("beside leave", say("beside.leave"), look{height: 26, as: small}, w.keepOrLeave),
	}
	if b.alone == "memory" || b.alone == "gone" {
		buttons = append([]part{k.button("beside retry", say("button.retry"), look{height: 26, as: small}, w.startBeside)}, buttons...)
	}
	used := 8.0
	for _, p := range buttons {
		used += float64(k.measured(p))/k.unit + 8
	}
	what := k.text(k.cut(w.difference(), plain, (width-used)*k.unit), plain, k.ink, 0)
	b.said = w.changing(strong, width, func(*wire.Snapshot) string { return w.standing() })
	return k.column(6, k.insets(12, 8), b.said,
		k.spread(width, 8, []part{middle(what)}, buttons))
}

// standing says how B stands to A, or why it stands alone.
func (w *Window) standing() string {
	say, b := w.speech.say, &w.beside
	a, s := b.pair[0], b.pair[1]
	switch {
	case b.alone == "gone":
		return say("beside.gone", "reason", b.reason)
	case b.alone != "":
		return say("beside." + b.alone)
	case a == nil:
		return say("beside.waits")
	case s.Epoch == 0:
		return say("beside.begins")
	}
	accuracy := func(s *wire.Snapshot) float64 { return float64(s.Lanes[len(s.Lanes)-1].Model.Test) }
	of, other := accuracy(s), accuracy(a)
	if math.IsNaN(of) || math.IsNaN(other) || s.Tests == 0 {
		return say("beside.unknown", "epoch", s.Epoch)
	}
	right := func(v float64) int { return int(math.Round(v * float64(s.Tests))) }
	n, kind := right(of)-right(other), w.speech.typeName(s.Graph.Types[s.Graph.Target])
	args := []any{"epoch", s.Epoch, "right", right(of), "other", right(other), "tests", s.Tests, "type", kind}
	if n == 0 {
		return say("beside.level", args...)
	}
	side := map[bool]string{true: "ahead", false: "behind"}[n > 0]
	return say("beside.gap", append(args, "nodes", say("nodes.counted", "n", max(n, -n), "type", kind), "side", side)...)
}

// typeName is what nodes of a type are called.
func (s *speech) typeName(name string) string {
	if key := "canvas.name." + name; s.has(key) {
		return s.say(key)
	}
	return s.say("type.foreign", "type", name)
}

// difference says in what B differs from A: the first thing, and how many more.
func (w *Window) difference() string {
	say := w.speech.say
	var a, b setup.Experiment
	var planA []wire.Change
	for _, text := range w.beside.begin {
		switch c, _ := wire.ParseCommand(text); c := c.(type) {
		case wire.Begin:
			a, _ = setup.ParseExperiment(c.Experiment)
		case wire.Schedule:
			planA = c.Plan
		}
	}
	b, _ = setup.ParseExperiment(w.state.Experiment)
	first, more := "", -1
	note := func(name, of, other string) {
		if more++; more == 0 {
			first = say("beside.differs", "name", name, "b", of, "a", other, "more", 0)
		}
	}
	for _, c := range setup.Shown() {
		if x, y := w.valueOf(&c, &a), w.valueOf(&c, &b); x != y && (len(c.Unmet(&a)) == 0 || len(c.Unmet(&b)) == 0) {
			note(say("control."+c.Key), y, x)
		}
	}
	has, lacks := say("beside.has"), say("beside.lacks")
	onlyIn := func(plan, other []wire.Change, of, not string) {
		for _, c := range plan {
			isInBoth := false
			for _, o := range other {
				isInBoth = isInBoth || o.Text() == c.Text() && o.Epoch == c.Epoch && o.Step == c.Step
			}
			if !isInBoth {
				note(say("beside.changed", "change", wire.EditString(c.Edit), "epoch", strconv.Itoa(c.Epoch)), of, not)
			}
		}
	}
	if w.snapshot != nil {
		onlyIn(planA, w.snapshot.Changes, lacks, has)
		onlyIn(w.snapshot.Changes, planA, has, lacks)
	}
	if more < 0 {
		return say("beside.same")
	}
	return first
}

// valueOf is what an experiment has of a setting, as the window calls it.
func (w *Window) valueOf(c *setup.Control, e *setup.Experiment) string {
	value := cmp.Or(c.Get(e), c.DefaultIn(e))
	if key := "control." + c.Key + "." + value; c.Kind == setup.Choice && w.speech.has(key) {
		return w.speech.say(key)
	}
	return value
}

// ghost is A's last curve, nil for none.
func (b *beside) ghost() []wire.Point {
	if len(b.lanes) == 0 {
		return nil
	}
	return b.lanes[len(b.lanes)-1].History
}

// testAt is the accuracy of a curve after an epoch, NaN where it is not known.
func testAt(h []wire.Point, epoch int) float32 {
	if epoch < 1 || epoch > len(h) {
		return float32(math.NaN())
	}
	return h[epoch-1].Test
}
