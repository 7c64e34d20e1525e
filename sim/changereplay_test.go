package sim

import (
	"fmt"
	"strings"
	"testing"

	"abkd/sim/wire"
)

// replayed are changes of every kind, in runs of every kind; %d stands for a
// training node, or for the ends of a citation.
var replayed = []struct{ begin, change string }{
	{small, "pin diagonal"},
	{small, "pin 1,0;0.25,0.75;0,1"},
	{small + "&pin=1,0;1,0;1,0", "pin free"},
	{small + "&criterion=stride&max-nodes=50", "pin uniform"},
	{small, "weight student layers.0.self.paper.weight 1 2 0.5"},
	{small, "weight alone layers.1.self.paper.bias 0 1 -2"},
	{small + "&alpha=0.5", "weight teacher layers.2.self.paper.bias 0 0 3"},
	{small, "drop cites"},
	{small, "drop author__writes__paper"},
	{small, "cut cites %d %d"},
	{small, "mislabel %d 2"},
	{small + "&label-reuse=on&alpha=0.5", "mislabel %d 2"},
	{small + "&label-reuse=on", "drop cites"},
	{small, "freeze on"},
	{small + "&frozen=on", "freeze off"},
	{small + "&criterion=fitnet", "freeze on"},
	{small + "&criterion=gcrd&max-nodes=50", "freeze on"},
	{small + "&sampler=neighbor&batch=100&fanout=3", "drop writes"},
	{small + "&sampler=neighbor&batch=100&fanout=3", "mislabel %d 1"},
	{small + "&sampler=saint&roots=60&steps=3", "drop writes"},
	{"begin data=karate&model=gcn&teach=untrained&epochs=12", "cut knows 0 1"},
	{"begin data=karate&model=gat&heads=2&teach=untrained&epochs=12", "drop knows"},
	{"begin data=karate&model=sage&teach=untrained&epochs=12", "drop knows"},
	{"begin data=karate&model=gcnii&teach=untrained&epochs=12", "drop knows"},
	{"begin data=karate&teach=on&teacher-epochs=12&epochs=3", "cut knows 0 2"},
	{"begin data=karate&teach=on&teacher-epochs=12&epochs=3", "weight teacher layers.0.self.member.bias 0 1 1"},
}

// fill puts nodes of the session's graph in for the %d of a change.
func fill(t *testing.T, s *Session, change string) string {
	t.Helper()
	switch strings.Count(change, "%d") {
	case 1:
		return fmt.Sprintf(change, s.run.split.Train[1])
	case 2:
		cites := s.run.graph.Relations[relation(t, s, "cites")].In
		dst := s.run.split.Train[0]
		for len(cites.Row(int(dst))) == 0 {
			dst++
		}
		return fmt.Sprintf(change, cites.Row(int(dst))[0], dst)
	}
	return change
}

// rewound goes to the beginning of an epoch and then some steps on.
func rewound(t *testing.T, s *Session, epoch, more int) {
	t.Helper()
	do(t, s, fmt.Sprint("rewind ", epoch))
	arrive(t, s)
	steps(t, s, more)
}

// Every change has an effect, is replayed by a rewind and by a plan, and is
// gone after undo, all exactly.
func TestChangesAreReplayed(t *testing.T) {
	for _, c := range replayed {
		t.Run(c.begin+"/"+c.change, func(t *testing.T) {
			s := session(t, c.begin)
			change, n := fill(t, s, c.change), s.run.Steps()
			steps(t, s, 3*n+n/2) // in the middle of an epoch, if it has one
			before := s.run.Hash()
			steps(t, s, n)
			unchanged := s.run.Hash()
			rewound(t, s, 3, n/2)
			do(t, s, "change "+change)
			changed := s.run.Hash()
			steps(t, s, n)
			after := s.run.Hash()
			if changed == before || after == unchanged {
				t.Fatal("nothing has changed")
			}
			if got := snapshot(t, s).Changes; len(got) != 1 || !strings.HasSuffix(got[0].Text(), change) || got[0].Epoch != 3 || got[0].Step != n/2 {
				t.Errorf("changes are %v, want %s at 3.%d", got, change, n/2)
			}
			steps(t, s, n)
			if rewound(t, s, 1, 3*n+n/2); s.run.Hash() != after {
				t.Errorf("after a rewind: hash is %x, want %x", s.run.Hash(), after)
			}
			link := s.run.changes[0].String()
			do(t, s, "undo")
			if arrive(t, s); s.run.Hash() != before || s.run.position().step != n/2 {
				t.Errorf("after undo: hash is %x at %v, want %x", s.run.Hash(), s.run.position(), before)
			}
			if steps(t, s, n); s.run.Hash() != unchanged {
				t.Errorf("after undo and an epoch: hash is %x, want %x", s.run.Hash(), unchanged)
			}
			shared := session(t, c.begin, "pause", "plan "+link)
			if steps(t, shared, 4*n+n/2); shared.run.Hash() != after {
				t.Errorf("planned as %s: hash is %x, want %x", link, shared.run.Hash(), after)
			}
		})
	}
}

// A change after a rewind makes another run: what was recorded is dropped, and
// what was planned.
func TestChangeDropsTheFuture(t *testing.T) {
	s := session(t, small, "plan 2.0:drop cites|4.0:freeze on|9.0:pin diagonal")
	steps(t, s, 6)
	if got := snapshot(t, s); len(got.Changes) != 3 || got.Recorded != 6 || s.run.applied != 2 {
		t.Fatalf("%d changes, %d made, recorded %d epochs, want 3, 2 and 6", len(got.Changes), s.run.applied, got.Recorded)
	}
	do(t, s, "rewind 3")
	arrive(t, s)
	do(t, s, "change drop writes")
	got := snapshot(t, s)
	if fmt.Sprint(got.Changes) != "[2.0:drop cites 3.0:drop writes]" || got.Recorded != 3 || got.Epoch != 3 {
		t.Errorf("changes are %v, recorded %d at %d, want those before 3 and the new one, 3 at 3", got.Changes, got.Recorded, got.Epoch)
	}
	steps(t, s, 2)
	do(t, s, "undo", "undo")
	if arrive(t, s); s.run.Epoch() != 2 || len(s.run.changes) != 0 || s.run.now != s.run.graph {
		t.Errorf("at epoch %d with changes %v, want 2 with none", s.run.Epoch(), s.run.changes)
	}
}

// Undo of what has not been made yet leaves the run where it is.
func TestUndoOfThePlan(t *testing.T) {
	s := session(t, small, "plan 5.0:drop cites", "step")
	before := s.run.Hash()
	if do(t, s, "undo"); s.run.Hash() != before || len(s.run.changes) != 0 {
		t.Errorf("hash is %x with changes %v, want %x and none", s.run.Hash(), s.run.changes, before)
	}
}

// Undo of a change that was made while the teacher was trained goes back
// there.
func TestUndoAcrossPhases(t *testing.T) {
	s := session(t, karateRun)
	steps(t, s, 2)
	before := s.run.Hash()
	steps(t, s, 4)
	var curve []uint64
	for range 3 {
		do(t, s, "step")
		curve = append(curve, s.run.Hash())
	}
	do(t, s, "reset", "pause")
	steps(t, s, 2)
	do(t, s, "change drop knows")
	steps(t, s, 7)
	if got := s.run.changes[0].String(); got != "2.0:teaching drop knows" || s.run.Hash() == curve[2] {
		t.Errorf("change is %q, and has no effect: %t", got, s.run.Hash() == curve[2])
	}
	do(t, s, "undo")
	if arrive(t, s); s.run.Phase() != wire.Teaching || s.run.Hash() != before {
		t.Fatalf("phase is %d with hash %x, want %d with %x", s.run.Phase(), s.run.Hash(), wire.Teaching, before)
	}
	steps(t, s, 4)
	for i, want := range curve {
		if do(t, s, "step"); s.run.Hash() != want {
			t.Errorf("student's epoch %d: hash is %x, want %x", i+1, s.run.Hash(), want)
		}
	}
}

// A teacher that the program around has given keeps its weights.
func TestGivenTeacherIsEdited(t *testing.T) {
	s := newSession(t, "begin teacher-hidden=16&alpha=0.5&epochs=9", "pause", "step")
	m, _ := s.run.Teacher()
	bias := m.Params()[len(m.Params())-1]
	old := bias.W.Clone()
	do(t, s, "change weight teacher "+bias.Name+" 0 0 7")
	if bias.W.Data[0] != 7 {
		t.Errorf("weight is %g, want 7", bias.W.Data[0])
	}
	steps(t, s, 2)
	do(t, s, "rewind 0")
	if arrive(t, s); bias.W.Data[0] != old.Data[0] {
		t.Errorf("weight is %g before the change, want %g", bias.W.Data[0], old.Data[0])
	}
	if steps(t, s, 2); bias.W.Data[0] != 7 {
		t.Errorf("weight is %g after the change, want 7", bias.W.Data[0])
	}
	state := stateOf(s.run) // of the teacher as it was given
	if bias.W.Data[0] != 7 {
		t.Errorf("weight is %g after a state was taken, want 7", bias.W.Data[0])
	}
	again := newSession(t, "begin teacher-hidden=16&alpha=0.5&epochs=9", "pause")
	if err := again.run.UnmarshalBinary(state); err != nil || again.run.Hash() != s.run.Hash() {
		t.Errorf("resumed: hash is %x, want %x: %v", again.run.Hash(), s.run.Hash(), err)
	}
}

// A run that has begun before its plan arrived goes back.
func TestPlanOfThePast(t *testing.T) {
	const plan = "plan 0.0:drop cites|2.0:freeze on"
	prompt := session(t, small, plan)
	steps(t, prompt, 4)
	late := session(t, small, "step")
	do(t, late, "change drop writes")
	steps(t, late, 2)
	do(t, late, "play", plan)
	if arrive(t, late); late.run.Epoch() != 0 || !late.running || late.run.applied != 1 {
		t.Errorf("at epoch %d, running %t, %d changes made, want 0, true and 1", late.run.Epoch(), late.running, late.run.applied)
	}
	if steps(t, late, 4); late.run.Hash() != prompt.run.Hash() {
		t.Errorf("hash is %x, want %x as if the plan had been there", late.run.Hash(), prompt.run.Hash())
	}
	if err := planText(late.run, "1.0:restore cites"); err == nil || !strings.Contains(err.Error(), "is over") {
		t.Errorf("a run, which cannot go back, says %v", err)
	}
}

// A plan may be made while the teacher is trained for when it is.
func TestPlanForTheNextPhase(t *testing.T) {
	s := session(t, karateRun, "plan 2.0:pin uniform|4.0:teaching drop knows|1.0:weight student layers.0.self.member.bias 0 0 1")
	if got := fmt.Sprint(snapshot(t, s).Changes); got != "[4.0:teaching drop knows 1.0:weight student layers.0.self.member.bias 0 0 1 2.0:pin uniform]" {
		t.Errorf("changes are %s, want them in order of time", got)
	}
	steps(t, s, 6+2)
	if s.run.applied != 3 || s.run.Phase() != wire.Distilling || s.run.Epoch() != 2 {
		t.Errorf("%d changes made in phase %d at epoch %d, want 3 in %d at 2", s.run.applied, s.run.Phase(), s.run.Epoch(), wire.Distilling)
	}
	steps(t, s, 1)
	for _, a := range snapshot(t, s).A.Data {
		if a != 0.5 {
			t.Fatalf("A has the entry %g, want 0.5", a)
		}
	}
}

// Steps of a changed run allocate nothing.
func TestChangedStepsAllocateNothing(t *testing.T) {
	r := stateRun(t, "teach=untrained&teacher-hidden=8&epochs=1000&alpha=0.5")
	if err := planText(r, "1.0:drop cites|1.0:pin diagonal|2.0:freeze on"); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		r.Step()
	}
	if n := testing.AllocsPerRun(5, func() { r.Step() }); n != 0 {
		t.Errorf("a step allocates %v times, want 0", n)
	}
}
