package study

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

func always(int) bool { return true }

func karate(t testing.TB, s Spec) *graph.Graph {
	t.Helper()
	g, err := setup.BuiltIn("karate")
	if err != nil {
		t.Fatal(err)
	}
	return s.Base.Plan().Prepare(g)
}

// plan returns the plan of s, each teacher trained.
func plan(t testing.TB, s Spec, g *graph.Graph) (cells []Cell, teachers map[string]gnn.Model) {
	t.Helper()
	list, cells, err := s.Plan()
	if err != nil {
		t.Fatal(err)
	}
	teachers = map[string]gnn.Model{}
	for _, x := range list {
		m, r, err := Teach(g, x, always)
		if err != nil || m == nil {
			t.Fatalf("teacher: %v", err)
		}
		if r.Layers != x.Experiment.Teacher.Layers || r.Params == 0 || r.Seed != x.Experiment.Plan().Seed {
			t.Errorf("teacher is %+v, want one of %v", r, x.Experiment.Teacher)
		}
		teachers[x.Key("", "")] = m
	}
	return cells, teachers
}

// TestTrain trains every method twice: the order does not matter, and what is
// reported is what sim reports of such a run.
func TestTrain(t *testing.T) {
	s := spec(t, "none", "kd", "fitnet", "abkd", "kd+abkd")
	s.Methods = append(s.Methods, Method{"abkd", "diagonal", "pin=diagonal"}, Method{"abkd", "random", "teacher=untrained"})
	g := karate(t, s)
	cells, teachers := plan(t, s, g)
	first := make([]Result, len(cells))
	for i, c := range cells {
		r, ok, err := Train(g, c, teachers[c.Teacher.Key("", "")], always)
		if err != nil || !ok {
			t.Fatalf("%s: %v", c.Method, err)
		}
		first[i] = r
		if len(r.Curve) != 5 || r.BestEpoch < 1 || r.BestEpoch > 5 || r.Curve[r.BestEpoch-1].Test != r.Test || r.Curve[r.BestEpoch-1].Valid != r.Valid {
			t.Errorf("%s: best epoch %d has test %v, the curve is %+v", c.Method, r.BestEpoch, r.Test, r.Curve)
		}
		for _, p := range r.Curve {
			if p.Valid > r.Valid {
				t.Errorf("%s: validation was %v at the best epoch, but %v at another", c.Method, r.Valid, p.Valid)
			}
		}
		if aligned := c.Method.Criterion == "abkd"; (r.A != nil) != aligned || aligned && (len(r.A) != 3 || len(r.A[0]) != 2) {
			t.Errorf("%s: A is %v", c.Method, r.A)
		}
		if c.Method.Variant == "diagonal" && !reflect.DeepEqual(r.A, [][]Value{{1, 0}, {0.5, 0.5}, {0, 1}}) {
			t.Errorf("pinned A is %v", r.A)
		}
	}
	for i := len(cells) - 1; i >= 0; i-- {
		again, _, err := Train(g, cells[i], teachers[cells[i].Teacher.Key("", "")], always)
		if err != nil || !reflect.DeepEqual(again, first[i]) {
			t.Fatalf("%s: run again it is\n%+v (%v), want\n%+v", cells[i].Method, again, err, first[i])
		}
	}
}

// TestTeach compares a teacher with the one that sim trains by itself, and an
// untrained one with the weights that this begins with.
func TestTeach(t *testing.T) {
	s := spec(t, "kd")
	s.Methods = append(s.Methods, Method{"kd", "random", "alpha=0.9&teacher=untrained"})
	g := karate(t, s)
	list, _, err := s.Plan()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list[:2] {
		r, err := sim.New(g, x.Experiment, sim.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for !x.Untrained && r.Phase() == wire.Teaching {
			r.Step()
		}
		want, _ := r.Teacher()
		epochs := 0
		got, state, err := Teach(g, x, func(n int) bool { epochs += n; return true })
		if err != nil {
			t.Fatal(err)
		}
		if string(gnn.Encode(got, nil)) != string(gnn.Encode(want, nil)) {
			t.Errorf("untrained=%t: the weights are not those that sim has", x.Untrained)
		}
		if want := map[bool]int{false: 4}[x.Untrained]; epochs != want || state.Untrained != x.Untrained || (state.BestEpoch > 0) == x.Untrained || state.Test <= 0 {
			t.Errorf("untrained=%t: %d epochs, want %d; %+v", x.Untrained, epochs, want, state)
		}
	}
}

// TestStop stops training at once, in the middle and never.
func TestStop(t *testing.T) {
	s := spec(t, "abkd")
	g := karate(t, s)
	cells, teachers := plan(t, s, g)
	for _, after := range []int{1, 3, 100} {
		epochs := 0
		tick := func(n int) bool { epochs += n; return epochs < after }
		_, ok, err := Train(g, cells[0], teachers[cells[0].Teacher.Key("", "")], tick)
		if err != nil || ok != (after > 5) || epochs != min(after, 5) {
			t.Errorf("stopped after %d epochs it says %t (%v) after %d", after, ok, err, epochs)
		}
		epochs = 0
		m, _, err := Teach(g, cells[0].Teacher, tick)
		if err != nil || (m != nil) != (after > 4) || epochs != min(after, 4) {
			t.Errorf("stopped after %d epochs the teacher is there: %t (%v), after %d", after, m != nil, err, epochs)
		}
	}
}

// TestDivergence trains with a weight that no float32 can bear.
func TestDivergence(t *testing.T) {
	s := spec(t, "fitnet")
	s.Base.Beta, s.Base.LR, s.Base.Epochs = setup.Some(1e5), setup.Some(1.0), 60
	s.Methods = []Method{{"at", "wild", "beta=100000&lr=1"}}
	g := karate(t, s)
	cells, teachers := plan(t, s, g)
	teacher := teachers[cells[0].Teacher.Key("", "")]
	teacher.Params()[0].W.Data[0] = float32(math.Inf(1)) // every output is no number
	r, ok, err := Train(g, cells[0], teacher, always)
	if err != nil || !ok {
		t.Fatalf("a run that diverges is an error: %v", err)
	}
	if !strings.Contains(r.Failure, "want a finite number") || r.Params == 0 || len(r.Curve) != r.BestEpoch {
		t.Errorf("a run that diverges is %+v, want the reason and what was before", r)
	}
}

func TestTrainErrors(t *testing.T) {
	s := spec(t, "abkd")
	s.Base.Pin = "1,0"
	g := karate(t, s)
	cells, teachers := plan(t, s, g)
	if _, _, err := Train(g, cells[0], teachers[cells[0].Teacher.Key("", "")], always); err == nil || !strings.Contains(err.Error(), "study: abkd: ") || !strings.Contains(err.Error(), "want 3×2") {
		t.Errorf("a pin of the wrong shape says %v", err)
	}
	cells[0].Teacher.Experiment.Split = "nosuch"
	if _, _, err := Teach(g, cells[0].Teacher, always); err == nil || !strings.Contains(err.Error(), "nosuch") {
		t.Errorf("an unknown split says %v", err)
	}
}

func TestFinite(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range [][2]float32{{0.5, 0.5}, {inf, math.MaxFloat32}, {-inf, -math.MaxFloat32}, {float32(math.NaN()), float32(math.NaN())}} {
		if got := finite(c[0]); float32(got) != c[1] && !(got != got && c[1] != c[1]) {
			t.Errorf("finite(%v) is %v, want %v", c[0], got, c[1])
		}
	}
}
