package sim

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/kd"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

var update = flag.Bool("update", false, "write testdata anew")

func builtIn(t testing.TB, name string) *graph.Graph {
	t.Helper()
	g, err := setup.BuiltIn(name)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// newTeacher returns an untrained teacher: enough where only the machinery is tested.
func newTeacher(t testing.TB, g *graph.Graph) gnn.Model {
	t.Helper()
	m, err := gnn.New(gnn.Config{Layers: 3, Hidden: 16, Inputs: "means"}, g, rand.New(rand.NewPCG(1, 0)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func experiment(t testing.TB, text string) setup.Experiment {
	t.Helper()
	e, err := setup.ParseExperiment(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func newRun(t testing.TB, g *graph.Graph, text string, o Options) *Run {
	t.Helper()
	r, err := New(g, experiment(t, text), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// trace writes the losses of every step, bit by bit.
func trace(t testing.TB, data, text string) string {
	portable, err := mat.NewBackend("go")
	if err != nil {
		t.Fatal(err)
	}
	g := builtIn(t, data)
	r := newRun(t, g, text, Options{Baseline: true, Backend: portable})
	var b strings.Builder
	for more := true; more; {
		more = r.Step()
		for _, l := range r.lanes {
			fmt.Fprintf(&b, "%s %d %016x %016x %016x\n", l.criterion, r.epoch, math.Float64bits(l.losses.CE), math.Float64bits(l.losses.KD), math.Float64bits(l.losses.Aux))
		}
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The same seed gives the same losses, bit for bit, wherever the plain Go
// kernels run: testdata holds them, and this test runs on amd64, with the tag
// purego, and on js/wasm.
func TestTraceIsTheSameEverywhere(t *testing.T) {
	for _, c := range []struct{ name, data, text string }{
		{"mag-mini", "mag-mini", "teach=on&teacher-hidden=16&teacher-epochs=5&epochs=8&alpha=0.5"},
		{"batchnorm", "mag-mini", "teach=on&teacher-hidden=8&teacher-epochs=2&epochs=5&head=batchnorm&nodes=all&frozen=on"},
		{"neighbor", "mag-mini", "teach=on&teacher-hidden=8&teacher-epochs=2&epochs=3&sampler=neighbor&batch=100&fanout=3"},
		{"saint", "mag-mini", "teach=on&teacher-hidden=8&teacher-epochs=2&epochs=3&sampler=saint&roots=60&steps=3"},
		{"karate", "karate", "teach=on&teacher-hidden=8&teacher-epochs=3&epochs=6&criterion=kd"},
	} {
		t.Run("run="+c.name, func(t *testing.T) {
			got := trace(t, c.data, c.text)
			file := "testdata/trace-" + c.name + ".txt"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(got, "\n") {
				if w := strings.Split(string(want), "\n")[i]; line != w {
					t.Fatalf("step %d\ngot  %s\nwant %s", i, line, w)
				}
			}
		})
	}
}

// Every kind of model trains and distils.
func TestEveryModelRuns(t *testing.T) {
	for _, kind := range gnn.Kinds() {
		for _, data := range []string{"karate", "mag-mini"} {
			t.Run("model="+kind+"/data="+data, func(t *testing.T) {
				r := newRun(t, builtIn(t, data), "model="+kind+"&teach=on&teacher-hidden=8&teacher-epochs=4&epochs=4&layers=2&hidden=4&alpha=0.5&heads=2", Options{Baseline: true, View: true})
				for r.Step() {
				}
				var s wire.Snapshot
				r.Snapshot(&s)
				if s.Phase != wire.Finished {
					t.Fatalf("phase is %d: %s", s.Phase, s.Error)
				}
				if h := s.Lanes[1].History; h[3].Total >= h[0].Total || s.A.Empty() {
					t.Errorf("loss goes from %g to %g, A is %v", h[0].Total, h[3].Total, s.A)
				}
			})
		}
	}
}

// Every criterion that the table offers can be trained by.
func TestEveryCriterionRuns(t *testing.T) {
	g := builtIn(t, "mag-mini")
	for _, o := range setup.ControlOf("criterion").Options {
		t.Run("criterion="+o, func(t *testing.T) {
			if !slices.Contains(kd.Names, o) {
				t.Fatalf("kd has no such criterion, but %q", kd.Names)
			}
			r := newRun(t, g, "epochs=3&criterion="+o, Options{Teacher: newTeacher(t, g)})
			for r.Step() {
			}
			if err := r.Err(); err != nil {
				t.Fatal(err)
			}
		})
	}
	if n := len(setup.ControlOf("criterion").All()); n != len(kd.Names) {
		t.Errorf("the table offers %d criteria, want %d", n, len(kd.Names))
	}
}

func TestSeedChangesTheRun(t *testing.T) {
	const text = "teach=on&teacher-hidden=8&teacher-epochs=1&epochs=2"
	if trace(t, "karate", text) == trace(t, "karate", text+"&seed=2") {
		t.Error("seeds 1 and 2 give the same losses")
	}
}

// The lanes of one run start from the same weights and see the same dropout:
// with beta 0 the taught student is the one alone.
func TestLanesDifferByTheirCriterionAlone(t *testing.T) {
	g := builtIn(t, "mag-mini")
	r := newRun(t, g, "beta=0&epochs=4", Options{Teacher: newTeacher(t, g), Baseline: true})
	for r.Step() {
	}
	alone, taught := r.lanes[0].history, r.lanes[1].history
	for i := range alone {
		if alone[i].CE != taught[i].CE || alone[i].Test != taught[i].Test {
			t.Fatalf("epoch %d: alone %+v, taught with beta 0 %+v", i+1, alone[i], taught[i])
		}
	}
	r = newRun(t, g, "beta=5&epochs=4", Options{Teacher: newTeacher(t, g), Baseline: true})
	for r.Step() {
	}
	if last := len(alone) - 1; r.lanes[1].history[last].CE == alone[last].CE {
		t.Error("beta 5 changes nothing")
	}
}

// A run on all nodes computes on those that reach the training nodes, which
// gives the losses of the whole graph up to the order of the sums.
func TestFullRunIsExact(t *testing.T) {
	g := builtIn(t, "mag-mini")
	for _, criterion := range []string{"none", "abkd", "lsp"} {
		t.Run("criterion="+criterion, func(t *testing.T) {
			text := "dropout=0&epochs=4&alpha=0.3&criterion=" + criterion
			part := newRun(t, g, text, Options{Teacher: newTeacher(t, g)})
			whole := newRun(t, g, text, Options{Teacher: newTeacher(t, g)})
			whole.sampler = sample.NewFull(g, 3, whole.split.Train)
			if n, all := part.sampler.Next().Blocks[1].NumDst, whole.sampler.Next().Blocks[1].NumDst; slices.Equal(n, all) {
				t.Errorf("second layer has rows %v, want fewer than %v", n, all)
			}
			for part.Step() && whole.Step() {
				if a, b := part.lanes[0].losses, whole.lanes[0].losses; math.Abs(a.Total-b.Total) > 1e-4*b.Total || math.Abs(a.Aux-b.Aux) > 1e-4*b.Aux {
					t.Fatalf("losses are %+v, want %+v", a, b)
				}
			}
		})
	}
}

func TestPhases(t *testing.T) {
	g := builtIn(t, "karate")
	r := newRun(t, g, "teach=on&teacher-hidden=8&teacher-epochs=3&epochs=2", Options{Baseline: true})
	var phases []wire.Phase
	for {
		phases = append(phases, r.Phase())
		if !r.Step() {
			break
		}
	}
	if got, want := fmt.Sprint(phases), fmt.Sprint([]wire.Phase{wire.Teaching, wire.Teaching, wire.Teaching, wire.Distilling, wire.Distilling}); got != want {
		t.Errorf("phases are %s, want %s", got, want)
	}
	if r.Phase() != wire.Finished || r.Step() {
		t.Errorf("phase is %d at the end, want %d, and no step after it", r.Phase(), wire.Finished)
	}
	if _, s := r.Teacher(); s.BestEpoch < 1 || s.BestEpoch > 3 {
		t.Errorf("teacher's best epoch is %d, want 1..3", s.BestEpoch)
	}
}

// Best holds the weights of the epoch of the best validation accuracy, not
// the last ones.
func TestBestIsTheBestValidationEpoch(t *testing.T) {
	g := builtIn(t, "mag-mini")
	r := newRun(t, g, "criterion=none&hidden=16&epochs=30&lr=0.03", Options{})
	for r.Step() {
	}
	m, best := r.Best()
	var top float32
	epoch := 0
	for i, p := range r.lanes[0].history {
		if p.Valid > top {
			top, epoch = p.Valid, i+1
		}
	}
	if best.BestEpoch != epoch || best.Valid != top {
		t.Errorf("best epoch is %d with %.4f, want %d with %.4f", best.BestEpoch, best.Valid, epoch, top)
	}
	if got := Evaluate(m, g, r.split); got.Valid != top || got.Test != best.Test {
		t.Errorf("the kept weights reach %.4f / %.4f, want %.4f / %.4f", got.Valid, got.Test, top, best.Test)
	}
}

func TestNewRefuses(t *testing.T) {
	g := builtIn(t, "karate")
	for text, want := range map[string]string{
		"split=other":                       `split is "other"`,
		"":                                  "needs a teacher",
		"criterion=none&alpha=0.5":          "needs a teacher",
		"teach=on&pin=1,0&teacher-epochs=1": "", // refused when the students begin
	} {
		r, err := New(g, experiment(t, text), Options{})
		if err == nil {
			for r.Step() {
			}
			err, want = r.Err(), "pin"
			var s wire.Snapshot
			r.Snapshot(&s) // the teacher's, as no student has begun
			if s.Phase != wire.Failed || len(s.Lanes) != 1 {
				t.Errorf("%q: phase is %d with %d lanes, want %d with the teacher's", text, s.Phase, len(s.Lanes), wire.Failed)
			}
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gave %v, want %q", text, err, want)
		}
	}
	if _, err := setup.BuiltIn("reddit"); err == nil {
		t.Error("an unknown data set was accepted")
	}
}

// A run that diverges stops with a sentence that says what blew up.
func TestDivergenceStops(t *testing.T) {
	g := builtIn(t, "karate")
	teacher := newTeacher(t, g)
	teacher.Params()[0].W.Data[0] = float32(math.NaN())
	for i := range teacher.Params() {
		clearTo(teacher.Params()[i].W.Data, float32(math.Inf(1)))
	}
	r := newRun(t, g, "head=batchnorm", Options{Teacher: teacher})
	for r.Step() {
	}
	var s wire.Snapshot
	r.Snapshot(&s)
	if s.Phase != wire.Failed || !strings.Contains(s.Error, "lower") {
		t.Errorf("phase %d, error %q, want %d and advice", s.Phase, s.Error, wire.Failed)
	}
}

func clearTo(x []float32, v float32) {
	for i := range x {
		x[i] = v
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	g := builtIn(t, "mag-mini")
	for name, r := range map[string]*Run{
		"teaching":   newRun(t, g, "teach=on&teacher-hidden=16", Options{}),
		"distilling": newRun(t, g, "alpha=0.5&epochs=1000", Options{Teacher: newTeacher(t, g), Baseline: true}),
	} {
		for range 3 {
			r.Step()
		}
		if n := testing.AllocsPerRun(5, func() { r.Step() }); n != 0 {
			t.Errorf("%s: a step with its epoch's evaluation allocates %v times, want 0", name, n)
		}
	}
}

func BenchmarkStep(b *testing.B) {
	g := builtIn(b, "mag-mini")
	r := newRun(b, g, "epochs=100000", Options{Teacher: newTeacher(b, g), Baseline: true})
	for b.Loop() {
		r.Step()
	}
}
