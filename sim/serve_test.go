package sim

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/sim/limits"
	"abkd/sim/wire"
)

// A script is a front whose messages come at set times. It is the session's
// clock too: time passes while the session waits, and a little with each step.
type script struct {
	t      *testing.T
	now    time.Duration
	until  time.Duration // when the front is gone
	coming []timed       // in order of time
	sent   []timed       // by the session
	answer func(m Message) []timed
	broken error // of the next Send
}

type timed struct {
	at time.Duration
	Message
}

const aStep = time.Microsecond

func (p *script) Receive(wait time.Duration) (Message, bool, error) {
	till := p.now + wait
	if wait == Idle {
		till = p.until
	}
	if len(p.coming) > 0 && p.coming[0].at <= till {
		m := p.coming[0]
		p.coming = p.coming[1:]
		p.now = max(p.now, m.at)
		return m.Message, true, nil
	}
	if p.now = max(till, p.now+aStep); p.now > p.until || wait == Idle {
		return Message{}, false, io.EOF
	}
	return Message{}, false, nil
}

func (p *script) Send(m Message) error {
	m.Bytes = slices.Clone(m.Bytes)
	p.sent = append(p.sent, timed{p.now, m})
	if p.answer != nil {
		p.coming = append(p.coming, p.answer(m)...)
		slices.SortStableFunc(p.coming, func(a, b timed) int { return int(a.at - b.at) })
	}
	return p.broken
}

func (p *script) serve(s *Session) error {
	p.t.Helper()
	slices.SortStableFunc(p.coming, func(a, b timed) int { return int(a.at - b.at) })
	err := serve(s, p, func() time.Duration { return p.now })
	if len(p.sent) == 0 || p.sent[0].Type != ReadyMessage || p.sent[0].Text != mat.Fastest() {
		p.t.Fatalf("the session sends %v, want ready with its kernels first", p.sent)
	}
	return err
}

// of returns what the session has sent of that type.
func (p *script) of(kind MessageType) (all []timed) {
	for _, m := range p.sent {
		if m.Type == kind {
			all = append(all, m)
		}
	}
	return all
}

// snapshots returns those that the session has sent.
func (p *script) snapshots() (all []*wire.Snapshot) {
	p.t.Helper()
	for _, m := range p.of(SnapshotMessage) {
		s, err := wire.DecodeSnapshot(m.Bytes)
		if err != nil {
			p.t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func command(at time.Duration, text string) timed {
	return timed{at, Message{Type: CommandMessage, Text: text}}
}

func pull(at time.Duration) timed { return timed{at, Message{Type: PullMessage}} }

const (
	second = time.Second
	served = "begin data=karate&teach=untrained&teacher-hidden=2&hidden=2&epochs=1000"
)

// A pull is paid once, as soon as there is something new; without one nothing
// is sent, and the run goes on.
func TestServePaysAPullOnce(t *testing.T) {
	p := &script{t: t, until: 10 * second, coming: []timed{
		pull(0), // of a session without a run
		command(1*second, "speed 10"), command(1*second, served),
		command(4*second+10*time.Millisecond, "pause"), // the first two epochs are at 1 s
		pull(5 * second), pull(6 * second), // the second finds nothing new
		command(7*second, "step"), pull(8 * second), pull(8 * second),
		command(9*second, "step"), command(9*second+second/2, "step"), // two pulls are one credit
	}}
	if err := p.serve(NewSession()); err != nil {
		t.Fatal(err)
	}
	var at []time.Duration
	for _, m := range p.of(SnapshotMessage) {
		at = append(at, m.at)
	}
	if want := []time.Duration{1 * second, 5 * second, 7 * second, 9 * second}; !slices.EqualFunc(at, want, func(a, b time.Duration) bool { return a.Round(time.Second/100) == b }) {
		t.Fatalf("snapshots are sent at %v, want %v", at, want)
	}
	s := p.snapshots()
	if s[0].Epoch > 1 || s[1].Epoch != 32 || s[1].Running || s[2].Epoch != 33 || s[3].Epoch != 34 {
		t.Errorf("they are of epochs %d, %d, %d, %d, want the first, 32 (paused), 33, 34", s[0].Epoch, s[1].Epoch, s[2].Epoch, s[3].Epoch)
	}
}

// A front that pulls after each snapshot gets every epoch when it is due; a
// slow one gets fewer, each the newest, and holds up nothing.
func TestServeKeepsThePace(t *testing.T) {
	for takes, want := range map[time.Duration]int{0: 50, 450 * time.Millisecond: 10} {
		p := &script{t: t, until: 5 * second, coming: []timed{command(0, "speed 10"), command(0, served), pull(0)}}
		p.answer = func(m Message) []timed {
			if m.Type != SnapshotMessage {
				return nil
			}
			return []timed{{p.now + takes, Message{Type: PullMessage, More: true}}}
		}
		s := NewSession()
		if err := p.serve(s); err != nil {
			t.Fatal(err)
		}
		if got := s.run.Epoch(); got < 49 || got > 51 {
			t.Errorf("drawing takes %v: %d epochs are done in 5 s at 10 a second", takes, got)
		}
		list := p.snapshots()
		if n := len(list); n < want-1 || n > want+2 {
			t.Errorf("drawing takes %v: %d snapshots, want about %d", takes, n, want)
		}
		for i := 1; i < len(list); i++ {
			a, b := list[i-1], list[i]
			if steps := int(max(takes, 100*time.Millisecond)/(100*time.Millisecond)) + 1; b.Epoch <= a.Epoch || b.Epoch > a.Epoch+steps {
				t.Errorf("drawing takes %v: after epoch %d comes %d", takes, a.Epoch, b.Epoch)
			}
			// The curves that the front has kept are not sent again.
			if l := b.Lanes[0]; l.Earlier != a.Epoch || len(l.History) != b.Epoch-a.Epoch {
				t.Errorf("snapshot %d has %d points after the first %d, want those of epochs %d to %d", i, len(l.History), l.Earlier, a.Epoch, b.Epoch)
			}
		}
	}
}

// At full speed messages are let in between steps, and the run is the one that
// it would have been without a front.
func TestServeAtFullSpeed(t *testing.T) {
	const text = served + "&seed=3"
	p := &script{t: t, until: time.Hour, coming: []timed{command(0, "speed 0"), command(0, text), pull(100 * aStep), command(200*aStep, "pause"), pull(201 * aStep)}}
	s := NewSession()
	if err := p.serve(s); err != nil {
		t.Fatal(err)
	}
	list := p.snapshots()
	if len(list) != 2 || list[0].Epoch < 40 || list[1].Epoch <= list[0].Epoch || list[1].Epoch > 210 || list[1].Running {
		t.Fatalf("%d snapshots, want one on the way and one of the pause", len(list))
	}
	alone := newRun(t, builtIn(t, "karate"), strings.TrimPrefix(text, "begin "), Options{Baseline: true, View: true})
	for alone.Epoch() < list[1].Epoch {
		alone.Step()
	}
	if alone.Hash() != list[1].Hash {
		t.Error("the run is another one than without a front")
	}
}

// Whatever is refused is answered with the reason, and the session goes on.
func TestServeAnswers(t *testing.T) {
	g := builtIn(t, "mag-mini")
	packed := encodePack(t, graph.Pack{Graph: g, Teacher: gnn.Encode(newTeacher(t, g), nil)})
	huge := make([]byte, limits.Pack.Bytes+1)
	p := &script{t: t, until: second, coming: []timed{
		command(0, "step"),
		{1, Message{Type: "picture"}},
		{2, Message{Type: GraphMessage, Text: "page.html", Bytes: []byte("<html>")}},
		{3, Message{Type: GraphMessage, Text: "huge.pack", Bytes: huge}},
		{4, Message{Type: GraphMessage, Text: "mini.pack", Bytes: packed}},
		{5, Message{Type: TeacherMessage, Bytes: gnn.Encode(newTeacher(t, g), nil)}},
		command(6, "begin teacher-hidden=16"), command(6, "pause"), pull(6),
		command(7, "focus 99999"), command(7, "begin layers=x"), command(8, "begin data=pack&teacher-hidden=16"), pull(8),
	}}
	if err := p.serve(NewSession()); err != nil {
		t.Fatal(err)
	}
	var errs []string
	var codes []Code
	for _, m := range p.of(ErrorMessage) {
		errs = append(errs, m.Text)
		codes = append(codes, m.Code)
	}
	for i, want := range []string{"no experiment has begun", `message is "picture"`, "page.html", "huge.pack: 67108865 bytes, want at most 67108864", "command focus: node is 99999", "layers"} {
		if len(errs) <= i || !strings.Contains(errs[i], want) {
			t.Errorf("errors are %q, want %q as number %d", errs, want, i)
		}
	}
	if want := []Code{CommandRefused, MessageRefused, GraphRefused, GraphRefused, CommandRefused, ExperimentRefused}; !slices.Equal(codes, want) {
		t.Errorf("codes are %q, want %q", codes, want)
	}
	if opened := p.of(OpenedMessage); len(opened) != 1 || opened[0].Text != "data=pack&teacher-hidden=16" {
		t.Errorf("opened is %v, want once the experiment of the pack", opened)
	}
	for i, s := range p.snapshots() {
		if s.Phase != wire.Distilling || s.Teacher.Hidden != 16 {
			t.Errorf("run %d is in phase %d with a teacher of %d, want one that has the teacher", i, s.Phase, s.Teacher.Hidden)
		}
	}
}

// A broken port ends Serve with its error, a bug with what it was.
func TestServeEnds(t *testing.T) {
	broken := errors.New("the line is cut")
	p := &script{t: t, broken: broken}
	if err := p.serve(NewSession()); err != broken {
		t.Errorf("of a port that cannot send: %v, want %v", err, broken)
	}
	p = &script{t: t, until: second, coming: []timed{command(0, "speed 0"), command(0, served)}}
	p.answer = func(m Message) []timed { p.broken = broken; return []timed{pull(p.now)} }
	if err := p.serve(NewSession()); err != broken {
		t.Errorf("of a snapshot that cannot be sent: %v, want %v", err, broken)
	}
	s := NewSession()
	s.run = &Run{} // which has no lanes
	p = &script{t: t, until: second, coming: []timed{pull(0)}}
	if err := p.serve(s); err == nil || len(p.of(ErrorMessage)) != 1 || !strings.Contains(err.Error(), p.of(ErrorMessage)[0].Text) {
		t.Errorf("of a bug: %v, and %v is sent, want the same twice", err, p.of(ErrorMessage))
	}
	if err := Serve(NewSession(), &script{t: t}); err != nil {
		t.Errorf("of a front that is gone: %v, want none", err)
	}
}
