package sim

import (
	"bytes"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim/wire"
)

// Whatever bytes a state has behind a right sum, the run is as it was or is
// one that goes on.
func FuzzSetState(f *testing.F) {
	r, state := smallState(f)
	body, want := state[:len(state)-4], r.Hash()
	f.Add(body)
	f.Add(body[:len(body)/2])
	f.Add([]byte(stateMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := r.SetState(b); err == nil && !bytes.Equal(b, state) {
			t.Skip("the sum is right")
		}
		if err := r.SetState(sealed(bytes.Clone(b))); err != nil {
			if r.Hash() != want {
				t.Fatalf("a refused state changed the run: %v", err)
			}
			return
		}
		r.Step()
		if err := r.SetState(state); err != nil || r.Hash() != want {
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
		e, err := ParseExperiment(text)
		if err != nil {
			return
		}
		again, err := ParseExperiment(e.String())
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

// A pack is refused or has a run that makes a step.
func FuzzSetPack(f *testing.F) {
	g := builtIn(f, "karate")
	f.Add(encodedPack(f, g, nil))
	f.Add(encodedPack(f, g, gnn.Encode(newTeacher(f, g), nil)))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := NewSession()
		e, err := s.SetPack(b, "fuzzed")
		if err != nil {
			return
		}
		e.Student, e.Teacher = Shape{Layers: 1, Hidden: 2}, Shape{Layers: 1, Hidden: 2}
		if s.Command("begin "+e.String()) == nil {
			s.Command("step")
		}
	})
}

func encodedPack(t testing.TB, g *graph.Graph, teacher []byte) []byte {
	t.Helper()
	b, err := graph.Pack{Graph: g, Teacher: teacher}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
