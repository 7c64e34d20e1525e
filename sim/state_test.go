package sim

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/kd"
	"abkd/sim/wire"
)

// stateRuns are runs with every part that a state can have.
func stateRuns() map[string]string {
	runs := map[string]string{
		"neighbor":   "sampler=neighbor&batch=100&fanout=3&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=3",
		"saint":      "sampler=saint&roots=40&steps=3&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=3",
		"rarely":     "eval-every=2&teach=on&teacher-hidden=8&teacher-epochs=3&epochs=5",
		"batchnorm":  "head=batchnorm&frozen=on&nodes=all&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=4",
		"embeddings": "inputs=embedding&input=8&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=3&alpha=0.3",
		"labels":     "inputs=fastrp&label-reuse=on&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=3&alpha=0.3",
		"scheduled":  "warmup=1&fade=3&gate=0.5&own-lr=0.002&own-decay=0.01&hidden-only=on&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=4",
		"posterior":  "dissimilarity=posterior&attend=hard&nodes=all&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=3",
		"relations":  "dissimilarity=relations&nodes=all&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=3",
		"subspace":   "dissimilarity=subspace&sampler=saint&roots=40&steps=2&teach=on&teacher-hidden=8&teacher-epochs=2&epochs=3",
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

// stateOf returns what AppendBinary of r appends.
func stateOf(r *Run) []byte {
	b, err := r.AppendBinary(nil)
	if err != nil {
		panic(err)
	}
	return b
}

func stateRun(t testing.TB, text string) *Run {
	t.Helper()
	e := experiment(t, text)
	return newRun(t, builtIn(t, e.Plan().Data), text, Options{Baseline: true})
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
				states, want = append(states, stateOf(r)), append(want, r.Hash())
				more = r.Step()
			}
			states, want = append(states, stateOf(r)), append(want, r.Hash())
			if err := r.Err(); err != nil {
				t.Fatal(err)
			}
			curve := fmt.Sprint(r.lanes[len(r.lanes)-1].history)
			for i := 0; i < len(states); i += 1 + len(states)/4 {
				again := stateRun(t, text)
				if i%2 == 1 {
					again.Step() // a run may have begun
				}
				if err := again.UnmarshalBinary(states[i]); err != nil {
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
				if got := stateOf(again); sameButTimes(t, again, got, states[len(states)-1]) != nil {
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
		if err := r.UnmarshalBinary(state); err != nil {
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
	state, want := stateOf(r), r.Hash()
	refused := func(t *testing.T, r *Run, state []byte, message string) {
		t.Helper()
		before := r.Hash()
		if err := r.UnmarshalBinary(state); err == nil || !strings.Contains(err.Error(), message) {
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
	if err := r.UnmarshalBinary(state); err != nil || r.Hash() != want {
		t.Fatalf("the state itself gives %v", err)
	}
	for other, message := range map[string]string{
		strings.Replace(text, "epochs=3", "epochs=3&seed=2", 1): "begun with seed=1, this run has seed=2: resume with the same settings",
		text + "&criterion=kd&dim=3":                            "begun with criterion=abkd alpha=0 dim=2, this run has criterion=kd alpha=0.9 dim=3: resume with the same settings",
	} {
		refused(t, stateRun(t, other), state, message)
	}
	g := *builtIn(t, "karate")
	g.Labels = append([]int32{(g.Labels[0] + 1) % 4}, g.Labels[1:]...)
	refused(t, newRun(t, &g, text, Options{Baseline: true}), state, "another graph")
	refused(t, newRun(t, builtIn(t, "karate"), text, Options{}), state, "begun with alone=true, this run has alone=false: resume with the same settings")
	for key, is := range map[string]string{"dropout": "0.1", "decay": "0.0005", "beta": "0.1", "alpha": "0.9"} {
		was := text + "&criterion=at&" + key + "="
		zero := stateRun(t, was+"0")
		refused(t, stateRun(t, was+is), stateOf(zero), "begun with "+key+"=0, this run has "+key+"="+is+": resume with the same settings")
		refused(t, zero, stateOf(stateRun(t, was+is)), "begun with "+key+"="+is+", this run has "+key+"=0: resume with the same settings")
		if err := stateRun(t, was+"0").UnmarshalBinary(stateOf(zero)); err != nil {
			t.Errorf("%s=0 does not go on from itself: %v", key, err)
		}
	}
}

// With the sum put right each length is still checked.
func TestStateChecksEveryLength(t *testing.T) {
	const text = "data=karate&teach=on&teacher-hidden=4&teacher-epochs=1&epochs=3&hidden=3&dim=2&input=4"
	r := stateRun(t, text)
	for range 2 {
		r.Step()
	}
	state, want := stateOf(r), r.Hash()
	body := state[:len(state)-4]
	refuses := func(b []byte) {
		t.Helper()
		if err := r.UnmarshalBinary(sealed(b)); err == nil {
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
	if err := planText(r, "0.0:cut knows 0 1|2.0:weight student layers.0.self.member.bias 0 0 1"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r.Step()
	}
	state, want := stateOf(r), r.Hash()
	refused := 0
	for n := 6; n < len(state)-4; n += 3 {
		b := append([]byte(nil), state[:len(state)-4]...)
		b[n] ^= 1 << (n % 7)
		err := r.UnmarshalBinary(sealed(b))
		if err != nil {
			refused++
			if r.Hash() != want {
				t.Fatalf("byte %d: a refused state changed the run: %v", n, err)
			}
			continue
		}
		for r.Step() {
		}
		if err := r.UnmarshalBinary(state); err != nil || r.Hash() != want {
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
	state := stateOf(r)
	again := newRun(t, g, "epochs=4", Options{Teacher: newTeacher(t, g)})
	if err := again.UnmarshalBinary(state); err != nil || again.Hash() != r.Hash() {
		t.Fatalf("hash is %x, want %x: %v", again.Hash(), r.Hash(), err)
	}
	other := newTeacher(t, g)
	other.Params()[0].W.Data[0]++
	again = newRun(t, g, "epochs=4", Options{Teacher: other})
	if err := again.UnmarshalBinary(state); err == nil || !strings.Contains(err.Error(), "another teacher") {
		t.Errorf("another teacher gave %v", err)
	}
}

// The state has the changes, those to come too.
func TestStateHasTheChanges(t *testing.T) {
	const text = "data=karate&teach=untrained&teacher-hidden=8&epochs=8&hidden=3"
	r := stateRun(t, text)
	plan := "1.0:pin diagonal|2.0:cut knows 0 1|3.0:weight teacher layers.0.bias 0 0 1|5.0:weight student layers.0.bias 0 0 2"
	plan = strings.ReplaceAll(plan, "layers.0.bias", "layers.0.self.member.bias")
	if err := planText(r, plan); err != nil {
		t.Fatal(err)
	}
	var states [][]byte
	for range 7 {
		states = append(states, stateOf(r))
		r.Step()
	}
	want := r.Hash()
	for i, state := range states {
		again := stateRun(t, text)
		if err := again.UnmarshalBinary(state); err != nil {
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

// What is written is what is appended, in pieces.
func TestWriteState(t *testing.T) {
	for name, text := range map[string]string{
		"small": "data=karate&teach=on&teacher-hidden=8&teacher-epochs=1&epochs=3&hidden=3&dim=2&input=4",
		"large": "teach=untrained&teacher-hidden=8&epochs=3&hidden=512&layers=3",
	} {
		t.Run(name, func(t *testing.T) {
			r := stateRun(t, text)
			r.Step()
			var w pieces
			if err := r.WriteState(&w); err != nil {
				t.Fatal(err)
			}
			want := stateOf(r)
			if got := slices.Concat(w...); !bytes.Equal(got, want) {
				t.Fatalf("%d bytes were written, want the %d that are appended", len(got), len(want))
			}
			for i, p := range w {
				if len(p) > 3<<20 {
					t.Errorf("piece %d has %d bytes, want %d at most", i, len(p), 3<<20)
				}
			}
			if name == "large" && len(w) < 4 {
				t.Errorf("%d bytes came in %d pieces, want more", len(want), len(w))
			}
			for n := range len(w) + 1 {
				err := r.WriteState(&fullAfter{n})
				if full := n < len(w); full != (err != nil) || full && err != errFull {
					t.Errorf("with room for %d of %d pieces the error is %v", n, len(w), err)
				}
			}
			if !bytes.Equal(stateOf(r), want) {
				t.Error("after failed writes the state is another one")
			}
		})
	}
}

type pieces [][]byte

func (p *pieces) Write(b []byte) (int, error) {
	*p = append(*p, bytes.Clone(b))
	return len(b), nil
}

var errFull = errors.New("full")

// fullAfter takes so many writes.
type fullAfter struct{ n int }

func (w *fullAfter) Write(b []byte) (int, error) {
	if w.n--; w.n < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// A run may go on for more epochs than it was begun with, and is then the run
// of that many; not for fewer than it has done, nor where its last epoch was
// evaluated for being the last.
func TestStateOfFewerEpochs(t *testing.T) {
	const text = "data=karate&teach=untrained&teacher-hidden=8&criterion=kd"
	done := func(text string, epochs int) *Run {
		r := stateRun(t, text)
		for r.Step() && r.Epoch() < epochs {
		}
		return r
	}
	want := done(text+"&epochs=7", 7)
	for _, c := range []struct{ of, at int }{{5, 5}, {5, 3}, {9, 4}} {
		state := stateOf(done(fmt.Sprintf("%s&epochs=%d", text, c.of), c.at))
		r := stateRun(t, text+"&epochs=7")
		if err := r.UnmarshalBinary(state); err != nil {
			t.Fatal(err)
		}
		if r.Phase() != wire.Distilling || r.Epoch() != c.at {
			t.Errorf("phase is %d, epoch %d, want %d and %d", r.Phase(), r.Epoch(), wire.Distilling, c.at)
		}
		for r.Step() {
		}
		if r.Hash() != want.Hash() || !slices.Equal(r.History(), want.History()) {
			t.Errorf("epoch %d of %d, then up to 7: hash is %x, want that of 7 epochs, %x", c.at, c.of, r.Hash(), want.Hash())
		}
	}
	for _, c := range []struct {
		of, at  int
		to      string
		message string
	}{
		{9, 8, "&epochs=7", "8 are done"},
		{9, 7, "&epochs=7", "7 are done"},
		{7, 7, "&epochs=6", "7 are done"},
		{5, 5, "&epochs=7&eval-every=2", "because it was the last"},
	} {
		from := fmt.Sprintf("%s&epochs=%d", text, c.of)
		if strings.Contains(c.to, "eval-every") {
			from += "&eval-every=2"
		}
		state := stateOf(done(from, c.at))
		r := stateRun(t, text+c.to)
		before := r.Hash()
		if err := r.UnmarshalBinary(state); err == nil || !strings.Contains(err.Error(), c.message) || r.Hash() != before {
			t.Errorf("epoch %d of %d for %s: got %v, want %q and the run as it was", c.at, c.of, c.to, err, c.message)
		}
	}
}
