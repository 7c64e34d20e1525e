package sim

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/kd"
)

// stateRuns are runs with every part that a state can have.
func stateRuns() map[string]string {
	runs := map[string]string{
		"neighbor":   "sampler=neighbor&batch=100&fanout=3&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=3",
		"batchnorm":  "head=batchnorm&frozen=on&nodes=all&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=4",
		"embeddings": "inputs=embedding&input=8&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=3&alpha=0.3",
		"untrained":  "teach=untrained&teacher-hidden=8&epochs=4",
	}
	for _, name := range kd.Names {
		runs["criterion="+name] = "criterion=" + name + "&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=4&max-nodes=40&nodes=all"
	}
	for _, kind := range gnn.Kinds() {
		runs["model="+kind] = "data=karate&model=" + kind + "&teach=on&teacher-hidden=8&teacher-epochs=3&epochs=4&layers=2&heads=2"
	}
	return runs
}

func stateRun(t testing.TB, text string) *Run {
	t.Helper()
	e := experiment(t, text)
	return newRun(t, builtIn(t, e.Resolved().Data), text, Options{Baseline: true})
}

// A run that continues from a state is bit for bit the run it would have
// been, from any step of any phase.
func TestStateContinues(t *testing.T) {
	for name, text := range stateRuns() {
		t.Run(name, func(t *testing.T) {
			r := stateRun(t, text)
			var states [][]byte
			var want []uint64
			for more := true; more; {
				states, want = append(states, r.AppendState(nil)), append(want, r.Hash())
				more = r.Step()
			}
			states, want = append(states, r.AppendState(nil)), append(want, r.Hash())
			if err := r.Err(); err != nil {
				t.Fatal(err)
			}
			curve := fmt.Sprint(r.lanes[len(r.lanes)-1].history)
			for i := 0; i < len(states); i += 1 + len(states)/4 {
				again := stateRun(t, text)
				if i%2 == 1 {
					again.Step() // a run may have begun
				}
				if err := again.SetState(states[i]); err != nil {
					t.Fatal(err)
				}
				for k := i; ; k++ {
					if got := again.Hash(); got != want[k] {
						t.Fatalf("state of step %d, after %d more: hash is %x, want %x", i, k-i, got, want[k])
					}
					if !again.Step() {
						break
					}
				}
				if got := fmt.Sprint(again.lanes[len(again.lanes)-1].history); got != curve {
					t.Errorf("state of step %d: history is\n%s\nwant\n%s", i, got, curve)
				}
				if got := again.AppendState(nil); sameButTimes(t, again, got, states[len(states)-1]) != nil {
					t.Errorf("state of step %d: the last state differs", i)
				}
			}
		})
	}
}

// sameButTimes returns an error unless two states, both of r's end, differ by
// measured times alone.
func sameButTimes(t *testing.T, r *Run, a, b []byte) error {
	t.Helper()
	hash := func(state []byte) uint64 {
		if err := r.SetState(state); err != nil {
			t.Fatal(err)
		}
		return r.Hash()
	}
	if len(a) != len(b) || hash(a) != hash(b) {
		return fmt.Errorf("%d bytes differ from %d", len(a), len(b))
	}
	return nil
}

// A state that is cut short, damaged or of another run is refused, and the
// run is as it was.
func TestStateRefuses(t *testing.T) {
	const text = "data=karate&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=3&hidden=3&dim=2&input=4"
	r := stateRun(t, text)
	for range 3 {
		r.Step()
	}
	state, want := r.AppendState(nil), r.Hash()
	refused := func(t *testing.T, r *Run, state []byte, message string) {
		t.Helper()
		before := r.Hash()
		if err := r.SetState(state); err == nil || !strings.Contains(err.Error(), message) {
			t.Fatalf("got %v, want %q", err, message)
		}
		if got := r.Hash(); got != before {
			t.Fatalf("hash is %x after a refused state, want %x", got, before)
		}
	}
	for n := range state {
		refused(t, r, state[:n], "sim: state: ")
	}
	for n := 0; n < len(state); n += 7 {
		damaged := append([]byte(nil), state...)
		damaged[n] ^= 1
		refused(t, r, damaged, "sim: state: ")
	}
	refused(t, r, append(state, 0), "damaged")
	if err := r.SetState(state); err != nil || r.Hash() != want {
		t.Fatalf("the state itself gives %v", err)
	}
	for other, message := range map[string]string{
		strings.Replace(text, "epochs=3", "epochs=3&seed=2", 1): "same settings",
		text + "&criterion=kd": "same settings",
	} {
		refused(t, stateRun(t, other), state, message)
	}
	g := *builtIn(t, "karate")
	g.Labels = append([]int32{(g.Labels[0] + 1) % 4}, g.Labels[1:]...)
	refused(t, newRun(t, &g, text, Options{Baseline: true}), state, "another graph")
	refused(t, newRun(t, builtIn(t, "karate"), text, Options{}), state, "lanes")
}

// With the sum put right each length is still checked.
func TestStateChecksEveryLength(t *testing.T) {
	const text = "data=karate&teach=on&teacher-hidden=4&teacher-epochs=1&epochs=3&hidden=3&dim=2&input=4"
	r := stateRun(t, text)
	for range 2 {
		r.Step()
	}
	state, want := r.AppendState(nil), r.Hash()
	body := state[:len(state)-8]
	refuses := func(b []byte) {
		t.Helper()
		if err := r.SetState(binary.LittleEndian.AppendUint64(b, sumOf(b))); err == nil {
			t.Fatalf("a state of %d bytes instead of %d was accepted", len(b), len(body))
		}
		if r.Hash() != want {
			t.Fatalf("a refused state of %d bytes changed the run", len(b))
		}
	}
	for n := 6; n < len(body); n++ {
		refuses(append([]byte(nil), body[:n]...))
	}
	refuses(append(append([]byte(nil), body...), 0))
}

// Whatever else is wrong with the bytes, the run either is as it was or can go
// on: nothing panics.
func TestStateSurvivesDamage(t *testing.T) {
	const text = "data=karate&teach=on&teacher-hidden=3&teacher-epochs=1&epochs=3&hidden=3&dim=2&input=4&criterion=gcrd&head-dim=2&max-nodes=3"
	r := stateRun(t, text)
	if err := r.Plan("0.0:cut knows 0 1|2.0:weight student layers.0.self.member.bias 0 0 1"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r.Step()
	}
	state, want := r.AppendState(nil), r.Hash()
	refused := 0
	for n := 6; n < len(state)-8; n += 3 {
		b := append([]byte(nil), state[:len(state)-8]...)
		b[n] ^= 1 << (n % 7)
		err := r.SetState(binary.LittleEndian.AppendUint64(b, sumOf(b)))
		if err != nil {
			refused++
			if r.Hash() != want {
				t.Fatalf("byte %d: a refused state changed the run: %v", n, err)
			}
			continue
		}
		for r.Step() {
		}
		if err := r.SetState(state); err != nil || r.Hash() != want {
			t.Fatalf("byte %d: the state is not set again: %v", n, err)
		}
	}
	if refused < 50 {
		t.Errorf("%d of %d damaged states were refused, want 50 at least", refused, len(state))
	}
}

func TestStateOfAGivenTeacher(t *testing.T) {
	g := builtIn(t, "mag-mini")
	r := newRun(t, g, "epochs=4", Options{Teacher: newTeacher(t, g)})
	r.Step()
	state := r.AppendState(nil)
	again := newRun(t, g, "epochs=4", Options{Teacher: newTeacher(t, g)})
	if err := again.SetState(state); err != nil || again.Hash() != r.Hash() {
		t.Fatalf("hash is %x, want %x: %v", again.Hash(), r.Hash(), err)
	}
	other := newTeacher(t, g)
	other.Params()[0].W.Data[0]++
	again = newRun(t, g, "epochs=4", Options{Teacher: other})
	if err := again.SetState(state); err == nil || !strings.Contains(err.Error(), "another teacher") {
		t.Errorf("another teacher gave %v", err)
	}
}

// The state has the changes, those to come too.
func TestStateHasTheChanges(t *testing.T) {
	const text = "data=karate&teach=untrained&teacher-hidden=8&epochs=8&hidden=3"
	r := stateRun(t, text)
	plan := "1.0:pin diagonal|2.0:cut knows 0 1|3.0:weight teacher layers.0.bias 0 0 1|5.0:weight student layers.0.bias 0 0 2"
	plan = strings.ReplaceAll(plan, "layers.0.bias", "layers.0.self.member.bias")
	if err := r.Plan(plan); err != nil {
		t.Fatal(err)
	}
	var states [][]byte
	for range 7 {
		states = append(states, r.AppendState(nil))
		r.Step()
	}
	want := r.Hash()
	for i, state := range states {
		again := stateRun(t, text)
		if err := again.SetState(state); err != nil {
			t.Fatal(err)
		}
		for again.Epoch() < 7 {
			again.Step()
		}
		if again.Hash() != want {
			t.Errorf("from epoch %d: hash is %x, want %x", i, again.Hash(), want)
		}
	}
}

func TestHashTellsRunsApart(t *testing.T) {
	seen := map[uint64]string{}
	for _, text := range []string{"", "&seed=2", "&beta=2", "&dropout=0", "&lr=0.02", "&frozen=on"} {
		r := stateRun(t, "data=karate&teach=untrained&teacher-hidden=8"+text)
		for i := range 3 {
			r.Step()
			at := fmt.Sprintf("%s epoch %d", text, i+1)
			if other, known := seen[r.Hash()]; known {
				t.Errorf("%q and %q have the same hash", at, other)
			}
			seen[r.Hash()] = at
		}
	}
}
