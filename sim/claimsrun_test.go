package sim

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"abkd/gnn"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// What the scenes say of one run, on the graph that the page opens with and on
// mag-mini. One run of each seed is asked for all of it.
func TestClaimsOfARun(t *testing.T) {
	needsManyRuns(t)
	teacher := defaultTeacher(t)
	for seed := 1; seed <= 10; seed++ {
		t.Run(fmt.Sprintf("opening, seed %d", seed), func(t *testing.T) {
			t.Parallel()
			claimsOf(t, shippedSession(t, fmt.Sprintf("begin %s&seed=%d", setup.Presets()[0].Experiment, seed), "pause"))
		})
		t.Run(fmt.Sprintf("mag-mini, seed %d", seed), func(t *testing.T) {
			t.Parallel()
			claimsOf(t, taughtBy(t, teacher, seed, kdBesideABKD))
		})
	}
}

func claimsOf(t *testing.T, s *Session) {
	t.Helper()
	defer s.run.Close()
	do(t, s, "show predictions,embeddings,logits")
	claimEqualStudents(t, s)
	goTo(s, 1)
	first := snapshot(t, s)
	goTo(s, 3)
	early := snapshot(t, s)
	goTo(s, 60)
	later := snapshot(t, s)
	claimDecided(t, first.A, later.A)
	claimEasiest(t, later.A, later.D)
	claimRelations(t, s, later)
	goTo(s, 1<<30)
	end := snapshot(t, s)
	claimHeldApart(t, early, end)
	claimLost(t, early, end)
	claimSoftLabels(t, end.Focus.Teacher)
	claimTemperatureSquared(t, end.Focus.Teacher, end.Focus.Student)
	if a, b := right(first), right(end); b <= a {
		t.Errorf("the students have %d test nodes right at the end, %d after an epoch", b, a)
	}
}

// Scene methods: under each criterion the student begins with the same weights.
func TestClaimMethodsBeginAlike(t *testing.T) {
	needsManyRuns(t)
	criteria := slices.IndexFunc(setup.Controls(), func(c setup.Control) bool { return c.Key == "criterion" })
	for seed := 1; seed <= 10; seed++ {
		s := shippedSession(t)
		var first []*gnn.Param
		for _, o := range setup.Controls()[criteria].Options {
			do(t, s, fmt.Sprintf("begin data=debian-mini&hidden=6&teacher-hidden=128&nodes=all&criterion=%s&seed=%d", o, seed), "pause")
			params := s.run.lanes[len(s.run.lanes)-1].model.Params()
			if first == nil {
				first = params
			}
			for i, p := range params {
				if !slices.Equal(p.W.Data, first[i].W.Data) {
					t.Fatalf("seed %d: under %s the student begins with other weights %s", seed, o, p.Name)
				}
			}
		}
	}
}

// Scene start: both students begin with the same weights.
func claimEqualStudents(t *testing.T, s *Session) {
	t.Helper()
	alone, taught := s.run.lanes[0].model.Params(), s.run.lanes[1].model.Params()
	for i, p := range alone {
		if !slices.Equal(p.W.Data, taught[i].W.Data) {
			t.Fatalf("the students differ in %s at first", p.Name)
		}
	}
}

// Scene alignment: no row of A is decided at first, most are some dozen epochs
// later, and each shares out one unit.
func claimDecided(t *testing.T, first, later wire.Matrix) {
	t.Helper()
	decided := 0
	for i, m := range most(later) {
		sum := 0.0
		for _, v := range later.Data[i*later.Cols : (i+1)*later.Cols] {
			sum += float64(v)
		}
		if m > 0.9 {
			decided++
		}
		if most(first)[i] > 0.9 || math.Abs(sum-1) > 1e-4 {
			t.Errorf("row %d of A has %g at epoch 1, sum %g later", i+1, most(first)[i], sum)
		}
	}
	if 2*decided <= later.Rows {
		t.Errorf("%d of %d rows of A are decided: %v", decided, later.Rows, most(later))
	}
}

// Scene alignment: attention goes where the distance is small, so that the D that A
// weighs is below the mean of all pairs.
func claimEasiest(t *testing.T, a, d wire.Matrix) {
	t.Helper()
	weighed, all := 0.0, 0.0
	for k, v := range a.Data {
		weighed += float64(v*d.Data[k]) / float64(a.Rows)
		all += float64(d.Data[k]) / float64(len(a.Data))
	}
	if weighed >= all {
		t.Errorf("A weighs D to %g, its mean is %g: A is %v, D %v", weighed, all, a.Data, d.Data)
	}
}

// Scene teacher: what separates classes grows from the teacher's first layer to
// its last, and in the student's last layer while it trains.
func claimHeldApart(t *testing.T, early, end *wire.Snapshot) {
	t.Helper()
	if e := embeddingsOf(end, "teacher"); between(e[len(e)-1], end.Predictions.Label) <= between(e[0], end.Predictions.Label) {
		t.Error("the teacher's last layer holds its classes no further apart than its first")
	}
	last := func(w *wire.Snapshot) float64 {
		e := embeddingsOf(w, "student")
		return between(e[len(e)-1], w.Predictions.Label)
	}
	if last(end) <= last(early) {
		t.Errorf("the student's last layer holds its classes %g apart at the end, %g at epoch 3", last(end), last(early))
	}
}

// Scene alone: the teacher knows test nodes that the student alone gets wrong,
// and they become fewer.
func claimLost(t *testing.T, early, end *wire.Snapshot) {
	t.Helper()
	if a, b := lost(early), lost(end); b == 0 || b >= a {
		t.Errorf("%d test nodes are lost on the student alone at the end, %d at epoch 3", b, a)
	}
}

// Scene labels: the higher the temperature, the less the likeliest class has, at
// 10 less than half of what it had; far above the logits every class has the same.
func claimSoftLabels(t *testing.T, logits []float32) {
	t.Helper()
	top := func(temperature float64) float64 { return slices.Max(softened(logits, temperature)) }
	for _, temperature := range []float64{1, 2, 4, 8} {
		if top(2*temperature) >= top(temperature) {
			t.Errorf("at temperature %g the likeliest class has %g, at %g %g", temperature, top(temperature), 2*temperature, top(2*temperature))
		}
	}
	if even := 1 / float64(len(logits)); top(10) > top(1)/2 || top(1000) > 1.1*even {
		t.Errorf("the likeliest class has %g at temperature 1, %g at 10, %g at 1000; each would have %g", top(1), top(10), top(1000), even)
	}
}

// Scene labels: the gradient of the soft labels falls as 1/T², so that T² times it
// keeps its size.
func claimTemperatureSquared(t *testing.T, teacher, student []float32) {
	t.Helper()
	size := func(temperature float64) float64 {
		p, q, sum := softened(teacher, temperature), softened(student, temperature), 0.0
		for k := range p {
			d := (q[k] - p[k]) / temperature
			sum += d * d
		}
		return math.Sqrt(sum)
	}
	if a, b := size(50)*50*50, size(100)*100*100; math.Abs(a/b-1) > 0.1 {
		t.Errorf("T² times the gradient is %g at temperature 50, %g at 100", a, b)
	}
}

// softened returns softmax(x / t).
func softened(x []float32, t float64) []float64 {
	p, sum, most := make([]float64, len(x)), 0.0, x[0]
	for _, v := range x {
		most = max(most, v)
	}
	for k, v := range x {
		p[k] = math.Exp(float64(v-most) / t)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

// Scene node: without a relation its messages are missing from the sum, and what
// is said of the focus changes with one that brings messages.
func claimRelations(t *testing.T, s *Session, now *wire.Snapshot) {
	t.Helper()
	changed, brings := 0, map[int]bool{}
	for _, e := range now.Graph.Edges {
		if e.Dst == 0 {
			brings[e.Rel] = true
		}
	}
	for r := range brings {
		do(t, s, "change drop "+now.Graph.Relations[r].Key)
		if after := snapshot(t, s).Focus.Student; fmt.Sprint(after) != fmt.Sprint(now.Focus.Student) {
			changed++
		}
		do(t, s, "undo")
	}
	if changed == 0 {
		t.Errorf("without any one of %d relations the student says the same of the focus", len(brings))
	}
}

// right counts the test nodes that both students have right.
func right(s *wire.Snapshot) (n int) {
	p := s.Predictions
	for v, c := range p.Label {
		if p.Part[v] != 2 || c < 0 {
			continue
		}
		for _, says := range [][]int32{p.Alone, p.Student} {
			if v < len(says) && says[v] == c {
				n++
			}
		}
	}
	return n
}
