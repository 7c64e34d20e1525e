package sim

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// Whatever bytes a state has behind a right sum, the run is as it was or is
// one that goes on.
func FuzzState(f *testing.F) {
	r, state := smallState(f)
	body, want := state[:len(state)-4], r.Hash()
	f.Add(body)
	f.Add(body[:len(body)/2])
	f.Add([]byte("ABKR"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := r.UnmarshalBinary(b); err == nil && !bytes.Equal(b, state) {
			t.Skip("the sum is right")
		}
		if err := r.UnmarshalBinary(sealed(bytes.Clone(b))); err != nil {
			if r.Hash() != want {
				t.Fatalf("a refused state changed the run: %v", err)
			}
			return
		}
		r.Step()
		if err := r.UnmarshalBinary(state); err != nil || r.Hash() != want {
			t.Fatalf("the state is not set again: %v", err)
		}
	})
}

// A link is refused or is an experiment whose text is read as the same.
func FuzzParseExperiment(f *testing.F) {
	for _, text := range stateRuns() {
		f.Add(text)
	}
	f.Add("pin=1,0;0.5,0.5&lr=1e9&seed=18446744073709551615")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := setup.ParseExperiment(text)
		if err != nil {
			return
		}
		again, err := setup.ParseExperiment(e.String())
		if err != nil || again.String() != e.String() {
			t.Fatalf("%q is %q and then %q (%v)", text, e, again, err)
		}
		if err := e.Check(); err != nil && !strings.HasPrefix(err.Error(), "sim: ") {
			t.Fatal(err)
		}
	})
}

// A change is refused or is one whose text is read as the same.
func FuzzParseChange(f *testing.F) {
	for _, text := range []string{"pin diagonal", "cut knows 0 1", "weight student layers.0.bias 0 0 2", "drop cites"} {
		f.Add(1, 2, text)
	}
	f.Fuzz(func(t *testing.T, epoch, step int, text string) {
		at := wire.Moment{Epoch: epoch, Step: step}
		c, err := wire.ParseChange(at, text)
		if err != nil {
			return
		}
		if again, err := wire.ParseChange(at, c.Text()); err != nil || again.Text() != c.Text() {
			t.Fatalf("%q is %q and then %q (%v)", text, c.Text(), again.Text(), err)
		}
	})
}

// A pack is refused or has a run that makes a step, whatever stands behind a
// right sum.
func FuzzSetPack(f *testing.F) {
	g := builtIn(f, "karate")
	f.Add(encodedPack(f, g, nil)[packBody:])
	f.Add(encodedPack(f, g, gnn.Encode(newTeacher(f, g), nil))[packBody:])
	f.Fuzz(func(t *testing.T, body []byte) {
		s := NewSession()
		s.SetMemory(64 << 20)
		e, err := s.SetPack(sealedPack(body), "fuzzed")
		if err != nil {
			return
		}
		e.Student, e.Teacher = setup.Size{Layers: 1, Hidden: 2}, setup.Size{Layers: 1, Hidden: 2}
		if s.Command("begin "+e.String()) == nil {
			s.Command("step")
		}
	})
}

// packBody is where a pack's sum and length end, and what they are of begins.
const packBody = 24

// sealedPack returns the pack of a body with its sum and length.
func sealedPack(body []byte) []byte {
	b := append([]byte("ABKDPACK"), 1, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(body)))
	return append(b, body...)
}

func encodedPack(t testing.TB, g *graph.Graph, teacher []byte) []byte {
	t.Helper()
	b, err := graph.Pack{Graph: g, Teacher: teacher}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(sealedPack(b[packBody:]), b) {
		t.Fatal("a pack has another header")
	}
	return b
}

// Each of a list of commands is refused and changes nothing, or does what it
// says; none is swallowed.
func FuzzSession(f *testing.F) {
	f.Add("pause\nstep\nchange pin diagonal\nstep\nundo\nrewind 0\nreset\nplay")
	f.Add("step\nchange weight student layers.0.weight 0 0 2\nfocus 3\ninspect cell 0 0\nshow logits,embeddings\nspeed 0.5")
	f.Add("plan 2.0:mislabel 0 1|1.0:freeze on\nstep\nstep\nstep\nplan 0.0:pin 1,0\nrewind 1.0\nstep\nstep\nplay\nstep")
	f.Add("change drop knows\nchange restore knows\nchange cut knows 0 1\nchange mend knows 0 1\ninspect node student 0 member 2")
	f.Add("begin data=karate&epochs=1&hidden=2&teacher-hidden=2&teacher-epochs=1&criterion=kd\nstep\nstep\nstep\nchange drop knows")
	f.Fuzz(func(t *testing.T, text string) {
		s := NewSession()
		s.SetMemory(8 << 20)
		if err := s.Command("begin data=karate&epochs=3&layers=2&hidden=2&teach=untrained&teacher-hidden=2"); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(text, "\n")
		for _, line := range lines[:min(len(lines), 12)] {
			if c, err := wire.ParseCommand(line); err == nil {
				doOrRefuse(t, s, c)
			}
		}
	})
}

// The same of commands that no text has gone through.
func FuzzSessionDo(f *testing.F) {
	for kind := range uint8(commandKinds) {
		f.Add(kind, "knows", "student", 0, 1, 0.5)
		f.Add(kind, "layers.0.self.member.weight", "teacher", -5, 1<<40, 1e300)
	}
	f.Fuzz(func(t *testing.T, kind uint8, a, b string, i, j int, x float64) {
		s := NewSession()
		s.SetMemory(8 << 20)
		do(t, s, "begin data=karate&epochs=3&layers=2&hidden=2&teach=untrained&teacher-hidden=2", "step", "pause")
		doOrRefuse(t, s, madeCommand(kind, a, b, i, j, x))
		doOrRefuse(t, s, wire.Step{})
		doOrRefuse(t, s, wire.Rewind{})
	})
}

const commandKinds = 25

// madeCommand returns a command of any kind with these arguments.
func madeCommand(kind uint8, a, b string, i, j int, x float64) wire.Command {
	at := func(e wire.Edit) wire.Command {
		if i%2 == 0 {
			return wire.Alter{Edit: e}
		}
		return wire.Schedule{Plan: []wire.Change{{Epoch: i, Step: j, Edit: e}, {Epoch: j, Teaching: i > 2, Edit: e}}}
	}
	subject := wire.Subject{Kind: a, Model: b, Layer: i, Type: b, Relation: b, Param: b, I: i, J: j}
	switch kind % commandKinds {
	case 0:
		return wire.Speed{EpochsPerSecond: x}
	case 1:
		return wire.Focus{Node: i}
	case 2:
		return wire.Begin{Experiment: a}
	case 3:
		return wire.Rewind{To: wire.Moment{Epoch: i, Step: j}}
	case 4:
		return at(wire.Pin{To: a})
	case 5:
		return at(wire.SetWeight{Model: b, Param: a, Row: i, Col: j, Value: float32(x)})
	case 6:
		return at(wire.Drop{Relation: a})
	case 7:
		return at(wire.Restore{Relation: a})
	case 8:
		return at(wire.Cut{Relation: a, Src: i, Dst: j})
	case 9:
		return at(wire.Mend{Relation: a, Src: i, Dst: j})
	case 10:
		return at(wire.Mislabel{Node: i, Class: j})
	case 11:
		return at(wire.Freeze{On: i > j})
	case 12:
		return at(nil)
	case 13:
		return wire.Schedule{}
	case 14, 15, 16, 17, 18:
		subject.Kind = [...]string{"node", "edge", "cell", "loss", "param"}[kind%commandKinds-14]
		return wire.Inspect{Subject: subject}
	case 19:
		return wire.Inspect{Subject: subject}
	case 20:
		return wire.Show{What: []string{a, b}}
	case 21:
		return wire.Undo{}
	case 22:
		return wire.Reset{}
	case 23:
		return wire.Extend{Epochs: i}
	}
	return nil
}

// doOrRefuse fails unless s refuses c in a line and is as it was, or does what
// c says.
func doOrRefuse(t *testing.T, s *Session, c wire.Command) {
	t.Helper()
	before := seen(s)
	err := s.Do(c)
	switch {
	case err != nil && seen(s) != before:
		t.Fatalf("%v is refused (%v) and changes %v to %v", c, err, before, seen(s))
	case err != nil && strings.ContainsAny(err.Error(), "\n\r"):
		t.Fatalf("%v: the error is %q, want one line", c, err)
	case err == nil:
		if want := effect(s, c, before); want != "" {
			t.Fatalf("%v is swallowed: %s; it was %v", c, want, before)
		}
	}
	s.Snapshot(new(wire.Snapshot))
}

// seen is what a refused command must leave as it is.
func seen(s *Session) string {
	return fmt.Sprint(s.run.Hash(), s.said, s.running, s.speed, s.focus, s.target, s.run.wish.subject, s.run.wish.shown, s.run.changes, s.run.applied)
}

// effect returns what is to be seen of c in s, which has carried it out, and is
// not; "" if all is well.
func effect(s *Session, c wire.Command, before string) string {
	s.finishSeek()
	r, at := s.run, s.run.position()
	ended, ok := r.phase >= wire.Finished, true
	has := func(c wire.Change) bool {
		return slices.ContainsFunc(r.changes, func(made wire.Change) bool { return made.Edit == c.Edit })
	}
	switch c := c.(type) {
	case wire.Speed:
		ok = s.speed == c.EpochsPerSecond
	case wire.Begin:
		e, err := setup.ParseExperiment(c.Experiment)
		ok = err == nil && s.said == e && at.epoch == 0 && s.running
	case wire.Play:
		ok = s.running != ended
	case wire.Pause:
		ok = !s.running
	case wire.Step:
		ok = !s.running && (ended || seen(s) != before)
	case wire.Reset:
		ok = at.epoch == 0 && at.step == 0
	case wire.Extend:
		ok = s.said.Epochs == c.Epochs && r.plan.Epochs == c.Epochs && !ended
	case wire.Rewind:
		ok = r.Err() != nil || at.epoch == c.To.Epoch && at.step == c.To.Step
	case wire.Alter:
		ok = has(wire.Change{Edit: c.Edit})
	case wire.Schedule:
		ok = !slices.ContainsFunc(c.Plan, func(p wire.Change) bool { return !has(p) })
	case wire.Inspect:
		ok = r.wish.subject.Subject == c.Subject
	case wire.Show:
		ok = slices.Equal(r.wish.shown, c.What)
	case wire.Focus:
		ok = s.focus == c.Node
	}
	if ok {
		return ""
	}
	return fmt.Sprintf("the run is at %v, %v, %v", at, r.changes, s.running)
}
