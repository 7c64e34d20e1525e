package sim

import (
	"fmt"
	"slices"
	"testing"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/sim/inspect"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// What the scenes of package lesson say of runs, on ten seeds of the
// experiments that they are shown with. What the scenes depth and collapse say of
// accuracies and of a loss that falls, lessons say too: sim/course/play runs them.

const kdBesideABKD = "alpha=0.5&nodes=all"

// defaultTeacher returns the checkpoint of the default experiment's teacher.
func defaultTeacher(t *testing.T) []byte {
	t.Helper()
	g, err := setup.BuiltIn("")
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(g, setup.Experiment{Teach: "on"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for r.Phase() == wire.Teaching && r.Step() {
	}
	m, _ := r.Teacher()
	return gnn.Encode(m, nil)
}

// taughtBy begins an experiment with the default teacher.
func taughtBy(t *testing.T, teacher []byte, seed int, experiment string) *Session {
	t.Helper()
	s := NewSession()
	s.SetTeacher(teacher)
	do(t, s, fmt.Sprintf("begin %s&seed=%d", experiment, seed), "pause")
	return s
}

// goTo steps to an epoch.
func goTo(s *Session, epoch int) {
	for s.run.Phase() < wire.Finished && s.run.Epoch() < epoch {
		s.makeStep()
	}
}

// most returns the largest share of each row of A.
func most(a wire.Matrix) []float32 {
	all := make([]float32, a.Rows)
	for k, v := range a.Data {
		all[k/a.Cols] = max(all[k/a.Cols], v)
	}
	return all
}

// Scene collapse: the first ten steps of the published loss kill units of a narrow
// student, whether A learns or not; begun later it kills none, and a control keeps all alive.
func TestClaimUnitsDie(t *testing.T) {
	i := slices.IndexFunc(setup.Presets(), func(p setup.Preset) bool { return p.Key == "dying" })
	dying := setup.Presets()[i].Experiment
	sum := map[string]int{}
	for seed := 1; seed <= 10; seed++ {
		dead := func(beside string) int {
			s := session(t, fmt.Sprintf("begin %s&epochs=10&seed=%d%s", dying, seed, beside), "pause")
			defer s.run.Close()
			for s.makeStep() {
			}
			n, of := 0, 0
			for _, share := range inspect.Activity(taughtLane(s).model, s.run.eval.batch) {
				if of++; share == 0 {
					n++
				}
			}
			if of != 7 {
				t.Fatalf("there are %d units, want 7", of)
			}
			sum[beside] += n
			return n
		}
		published, uniform := dead(""), dead("&pin=0.5,0.5;0.5,0.5")
		if published < 2 || max(published-uniform, uniform-published) > 1 {
			t.Errorf("seed %d: %d units die by the published loss, %d with A pinned", seed, published, uniform)
		}
		if late, kd := dead("&warmup=50"), dead("&criterion=kd&alpha=0.8"); late != kd {
			t.Errorf("seed %d: before it begins the loss has killed %d units, KD alone %d", seed, late, kd)
		}
		dead("&criterion=spread")
	}
	// What the scene says of the ten of them.
	if sum[""] != 37 || sum["&pin=0.5,0.5;0.5,0.5"] != 37 || sum["&warmup=50"] != 15 || sum["&criterion=kd&alpha=0.8"] != 15 || sum["&criterion=spread"] != 0 {
		t.Errorf("of 70 units are dead after ten steps: %v", sum)
	}
}

func embeddingsOf(s *wire.Snapshot, model string) (all []wire.Embedding) {
	for _, e := range s.Embeddings {
		if e.Model == model {
			all = append(all, e)
		}
	}
	return all
}

// between returns the share of the points' variance that lies between classes.
func between(e wire.Embedding, label []int32) float64 {
	type mean struct{ x, y, n float64 }
	var all mean
	classes := map[int32]*mean{}
	add := func(m *mean, k int) { m.x, m.y, m.n = m.x+float64(e.X[k]), m.y+float64(e.Y[k]), m.n+1 }
	for k, v := range e.Nodes {
		if label[v] < 0 {
			continue
		}
		if classes[label[v]] == nil {
			classes[label[v]] = &mean{}
		}
		add(&all, k)
		add(classes[label[v]], k)
	}
	square := func(x, y float64) float64 {
		x, y = x-all.x/all.n, y-all.y/all.n
		return x*x + y*y
	}
	var inside, whole float64
	for _, c := range classes {
		inside += c.n * square(c.x/c.n, c.y/c.n)
	}
	for k, v := range e.Nodes {
		if label[v] >= 0 {
			whole += square(float64(e.X[k]), float64(e.Y[k]))
		}
	}
	return inside / whole
}

// lost counts the test nodes that the teacher has right and the student alone wrong.
func lost(s *wire.Snapshot) (n int) {
	p := s.Predictions
	for v, c := range p.Label {
		if p.Part[v] == 2 && c >= 0 && p.Teacher[v] == c && p.Alone[v] != c {
			n++
		}
	}
	return n
}

// needsManyRuns skips what trains dozens of models where only the slow kernels
// compute: a claim is about models, and is run on one arithmetic.
func needsManyRuns(t *testing.T) {
	t.Helper()
	if testing.Short() || !slices.Contains(mat.Backends(), "avx2") {
		t.Skip("dozens of runs")
	}
}
