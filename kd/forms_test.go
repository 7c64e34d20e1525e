package kd

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// forms returns the dissimilarities that are no embedding, with every attention.
func forms() (all []ABKDConfig) {
	for _, form := range Dissimilarities[1:] {
		for _, softmax := range []string{"row", "column", "global", "uniform"} {
			all = append(all, ABKDConfig{Dim: 5, Dissimilarity: form, Softmax: softmax, HiddenOnly: softmax == "column"})
		}
	}
	return append(all, ABKDConfig{Dim: 5, Renormalise: true}, ABKDConfig{Dim: 5, Renormalise: true, Granularity: "per-node"})
}

func formName(c ABKDConfig) string {
	return fmt.Sprintf("form=%s/renormalise=%v/granularity=%s/softmax=%s", c.Dissimilarity, c.Renormalise, c.Granularity, c.Softmax)
}

// related returns l with edges of two relations, and of one that has none.
func related(l Layers) Layers {
	n := l.Student[0].Rows
	none, _ := graph.NewCSR(nil, nil, n, n)
	l.Relations = []graph.CSR{randomEdges(n, newRNG(2)), none, randomEdges(n, newRNG(3))}
	return l
}

// TestFormsGradient holds every form to differences of its loss; a posterior's
// readouts of the teacher are those of the first Loss.
func TestFormsGradient(t *testing.T) {
	for _, c := range forms() {
		t.Run(formName(c), func(t *testing.T) {
			rng := newRNG(5)
			a := repeated{newABKD(t, c)}
			l := related(randomLayers(12, testTeacher, testStudent, rng))
			checkCriterion(t, a, l, related(randomLayers(14, testTeacher, testStudent, rng)), rng, func() float64 { return a.Loss(l) })
		})
	}
}

// TestHardAttention: the attention's parameters ascend, and the student's gradient
// is that of an attention that is pinned where it stands.
func TestHardAttention(t *testing.T) {
	for _, form := range []string{"embedding", "energy"} {
		c := ABKDConfig{Dim: 5, Dissimilarity: form}
		easy, hard := newABKD(t, c), newABKD(t, ABKDConfig{Dim: 5, Dissimilarity: form, Attend: "hard"})
		l := randomLayers(12, testTeacher, testStudent, newRNG(6))
		easy.Loss(l)
		hard.Loss(l)
		c.Pin = easy.Alignment().A.Clone()
		pinned := newABKD(t, c)
		pinned.Loss(l)
		got, want := likes(l.Student), likes(l.Student)
		easy.Backward(1, likes(l.Student))
		hard.Backward(1, got)
		pinned.Backward(1, want)
		for j := range got {
			if !slices.Equal(got[j].Data, want[j].Data) {
				t.Errorf("%s: gradient of layer %d is not that of a pinned attention", form, j)
			}
		}
		for i, p := range hard.Params() {
			sign := float32(1)
			if strings.HasPrefix(p.Name, "attention.") {
				sign = -1
			}
			for k, g := range p.G.Data {
				if g != sign*easy.Params()[i].G.Data[k] {
					t.Fatalf("%s: gradient of %s is %v, want %v", form, p.Name, g, sign*easy.Params()[i].G.Data[k])
				}
			}
		}
	}
}

// TestHelpfulAttention: the attention ascends its agreement with the task, by
// differences; the student's gradient, and that of all other parameters, is that of
// an attention that is pinned where it stands.
func TestHelpfulAttention(t *testing.T) {
	for _, c := range append(forms(), ABKDConfig{Dim: 5}, ABKDConfig{Dim: 5, Granularity: "per-node", Softmax: "global"}, ABKDConfig{Dim: 5, Head: "batchnorm"}) {
		if c.Softmax == "uniform" || c.Dissimilarity == "relations" { // whose others are drawn in each Loss
			continue
		}
		c.Attend = "helpful"
		a, rng := newABKD(t, c), newRNG(6)
		l := related(randomLayers(12, testTeacher, testStudent, rng))
		task := randomOutputs(12, testStudent, rng)
		a.SetTask(task)
		a.Loss(l)
		c.Pin = a.Alignment().A.Clone()
		pinned := newABKD(t, c)
		pinned.SetTask(task)
		pinned.Loss(l)
		got, want := likes(l.Student), likes(l.Student)
		a.Backward(1, got)
		pinned.Backward(1, want)
		for j := range got {
			if !slices.Equal(got[j].Data, want[j].Data) {
				t.Errorf("%s: gradient of layer %d is not that of a pinned attention", formName(c), j)
			}
		}
		agreed := a.agreement.c.Clone()
		for k, x := range agreed.Data {
			if !(math.Abs(float64(x)) <= 1+1e-6) || x == 0 {
				t.Errorf("%s: agreement of pair %d is %v", formName(c), k, x)
			}
		}
		for i, p := range a.Params() {
			if !strings.HasPrefix(p.Name, "attention.") {
				if !slices.Equal(p.G.Data, pinned.Params()[i].G.Data) {
					t.Errorf("%s: gradient of %s is not that of a pinned attention", formName(c), p.Name)
				}
				continue
			}
			checkGradient(t, formName(c)+" "+p.Name, p.W.Data, p.G.Data, rng, func() float64 {
				a.Loss(l)
				sum := 0.0
				for k, w := range a.Alignment().A.Data {
					sum -= float64(w) * float64(agreed.Data[k])
				}
				return sum / float64(a.attention.lt)
			})
		}
	}
}

// TestHelpfulDistils: the task's gradient is that of the step, with a gate and a
// warm-up too, no step allocates, and the attention moves.
func TestHelpfulDistils(t *testing.T) {
	for _, criterion := range []string{"abkd", "stride"} {
		for _, kind := range []string{"rgcn", "gcnii", "gat"} {
			for _, gate := range []float64{0, 0.5} {
				b := newBenchOf(t, kind, 0.5)
				c := b.criterion(t, criterion, Config{ABKD: ABKDConfig{Attend: "helpful", Granularity: "per-node"}})
				d := NewDistiller(b.teacher, b.student, c, Settings{Alpha: 0.5, Temperature: 4, Beta: 1, LR: 0.01, AllNodes: true, Gate: gate})
				rng := newRNG(8)
				before := d.Params()[0].W.Clone()
				d.SetWeight(0)
				d.Step(b.batch, rng)
				if !slices.Equal(before.Data, d.Params()[0].W.Data) {
					t.Errorf("%s: the attention learns in the warm-up", criterion)
				}
				d.SetWeight(1)
				if n := testing.AllocsPerRun(5, func() { d.Step(b.batch, rng) }); n != 0 {
					t.Errorf("model=%s, gate=%v: a step allocates %v times, want 0", kind, gate, n)
				}
				if slices.Equal(before.Data, d.Params()[0].W.Data) {
					t.Errorf("%s: the attention does not learn", criterion)
				}
				for l, p := range d.Pulls() {
					if got := rms(d.task[min(l, len(d.task)-1)].Data); !(got > 0) || !(p.Task > 0) {
						t.Errorf("model=%s: at output %d the task's gradient is %v", kind, l, got)
					}
				}
			}
		}
	}
}

// TestFormsBounds: a D is in its range, 0 for a student that is the teacher, and
// a student of one unit, or of none that varies, gives finite numbers.
func TestFormsBounds(t *testing.T) {
	most := map[string]float64{"energy": 2, "subspace": 1, "relations": 4, "posterior": math.Inf(1)}
	for _, c := range forms() {
		if c.Renormalise {
			continue
		}
		a := newABKD(t, c)
		l := related(randomLayers(12, testTeacher, testStudent, newRNG(7)))
		for _, spoil := range []func(){func() {}, func() { l.Student[0].Zero() }, func() { l.Teacher[1].Zero() }} {
			spoil()
			loss, grad := a.Loss(l), likes(l.Student)
			a.Backward(1, grad)
			for k, d := range a.Alignment().D.Data {
				if !(float64(d) >= -1e-6 && float64(d) <= most[c.Dissimilarity]+1e-6) {
					t.Errorf("%s: D of pair %d is %v", formName(c), k, d)
				}
			}
			for _, g := range grad {
				if !finite(loss) || !finite(rms(g.Data)) {
					t.Errorf("%s: loss is %v, gradient %v", formName(c), loss, rms(g.Data))
				}
			}
		}
		same, err := NewABKD([]int{6, 4}, []int{6, 4}, c, newRNG(1))
		if err != nil {
			t.Fatal(err)
		}
		l = related(randomLayers(30, []int{6, 4}, []int{6, 4}, newRNG(7)))
		l.Student = l.Teacher
		if same.Loss(l); c.Dissimilarity != "posterior" && !near(float64(same.Alignment().D.Data[0]), 0, 5e-3) {
			t.Errorf("%s: D of a layer and itself is %v", formName(c), same.Alignment().D.Data[0])
		}
	}
	a := newABKD(t, ABKDConfig{Dim: 5, Renormalise: true})
	for k := range a.subspace.p.W.Data { // of rank 1, and as long as Q may make it
		a.subspace.p.W.Data[k] = float32(1 + k%5)
	}
	a.Loss(randomLayers(12, testTeacher, testStudent, newRNG(7)))
	for k, d := range a.Alignment().D.Data {
		if !(d <= 4+1e-6) {
			t.Errorf("renormalised D of pair %d is %v, want at most 4", k, d)
		}
	}
}

// TestReadingKeeps: what is kept of a teacher is what would be found again, and
// another teacher is looked at.
func TestReadingKeeps(t *testing.T) {
	c := ABKDConfig{Dim: 5, Dissimilarity: "subspace"}
	a := newABKD(t, c)
	l := randomLayers(12, testTeacher, testStudent, newRNG(7))
	want := a.Loss(l)
	l.Kept = true
	if got := a.Loss(l); got != want {
		t.Errorf("loss is %v, want %v", got, want)
	}
	other := randomLayers(12, testTeacher, testStudent, newRNG(8))
	l.Kept, l.Teacher = false, other.Teacher
	if got, want := a.Loss(l), newABKD(t, c).Loss(l); got != want || got == a.Loss(other) {
		t.Errorf("loss with another teacher is %v, want %v", got, want)
	}
}

// TestLeadingDirections: those of a wide layer are found by iteration as well as
// all of them by rotations.
func TestLeadingDirections(t *testing.T) {
	rng := newRNG(4)
	x := randomOutputs(200, []int{60}, rng)[0]
	for v := range x.Rows {
		for k := range x.Row(v) {
			x.Row(v)[k] *= float32(math.Exp(-float64(k) / 4))
		}
	}
	few, all := newReading([]int{60}, []int{3}), newReading([]int{60}, []int{60})
	few.teacher[0].find(nil, x)
	all.teacher[0].find(nil, x)
	got, want := few.teacher[0].u, all.teacher[0].u
	for k := range 3 {
		inner := 0.0
		for v := range x.Rows {
			inner += float64(got.Row(v)[k]) * float64(want.Row(v)[k])
		}
		if !near(math.Abs(inner), 1, 1e-4) {
			t.Errorf("direction %d: its cosine with the true one is %v", k, inner)
		}
	}
}

// TestPosteriorReads: the readouts of the first Loss stay, and find the teacher's
// classes.
func TestPosteriorReads(t *testing.T) {
	a := newABKD(t, ABKDConfig{Dim: 5, Dissimilarity: "posterior"})
	l := randomLayers(40, testTeacher, testStudent, newRNG(7))
	a.Loss(l)
	p := a.form.(*posteriors)
	last, right := p.teacher[2].z, 0
	for v := range last.Rows {
		if gnn.Predict(last.Row(v)) == gnn.Predict(l.Teacher[2].Row(v)) {
			right++
		}
	}
	if right < 39 {
		t.Errorf("of the logits themselves %d of 40 classes are found", right)
	}
	before := p.teacher[0].weight.W.Clone()
	a.Loss(randomLayers(30, testTeacher, testStudent, newRNG(9)))
	if !slices.Equal(before.Data, p.teacher[0].weight.W.Data) {
		t.Error("a readout of the teacher has moved")
	}
	if names := fmt.Sprint(len(Weights(a)) - len(a.Params())); names != "6" {
		t.Errorf("%s weights are not trained, want the 6 of the teacher's readouts", names)
	}
}

// TestFormsDistil trains with every form, on one batch and on drawn ones, without
// memory of its own for a step; ranks come to the gradients of one process.
func TestFormsDistil(t *testing.T) {
	for _, form := range Dissimilarities[1:] {
		for _, kind := range []string{"rgcn", "gcnii"} {
			for _, fixed := range []bool{false, true} {
				b := newBenchOf(t, kind, 0.5)
				b.batch.Fixed = fixed
				d := NewDistiller(b.teacher, b.student, b.criterion(t, "abkd", Config{ABKD: ABKDConfig{Dissimilarity: form}}), Settings{Alpha: 0.5, Temperature: 4, Beta: 1, LR: 0.01, AllNodes: true})
				rng := newRNG(8)
				if n := testing.AllocsPerRun(5, func() { d.Step(b.batch, rng) }); n != 0 {
					t.Errorf("fixed=%v, form=%s: a step allocates %v times, want 0", fixed, form, n)
				}
				if l := d.Step(b.batch, rng); l.Check() != nil || l.Aux == 0 {
					t.Errorf("form=%s: losses are %+v", form, l)
				}
			}
		}
	}
}

// TestFormsErrors: what is no form is refused, and pairs of nodes on a graph that
// joins none.
func TestFormsErrors(t *testing.T) {
	_, err := NewABKD(testTeacher, testStudent, ABKDConfig{Dissimilarity: "cosine"}, newRNG(1))
	want := `kd: ABKD: dissimilarity is "cosine", want one of ["embedding" "energy" "subspace" "relations" "posterior"]`
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
	m, err := gnn.New(gnn.Config{Layers: 2, Hidden: 4}, edgeGraph(t), newRNG(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Between("stride", m, m, Config{ABKD: ABKDConfig{Dissimilarity: "relations"}}, newRNG(1)); err == nil || !strings.Contains(err.Error(), "joins nodes") {
		t.Errorf("error is %v", err)
	}
	if err := newABKD(t, ABKDConfig{Dissimilarity: "energy"}).Pin(mat.New(1, 1)); err == nil {
		t.Error("a pin of another shape is taken")
	}
}
