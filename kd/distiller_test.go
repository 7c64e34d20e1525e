package kd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

func TestDistillerMix(t *testing.T) {
	for _, alpha := range []float64{0, 0.25, 1} {
		for _, beta := range []float64{0, 3} {
			for _, name := range Names {
				t.Run(fmt.Sprintf("alpha=%v/beta=%v/criterion=%s", alpha, beta, name), func(t *testing.T) {
					b := newBench(t, -1)
					c := b.criterion(t, name, perNode)
					l := NewDistiller(b.teacher, b.student, c, Settings{Alpha: alpha, Beta: beta, Temperature: 2, LR: 0.01}).Step(b.batch, nil)
					if want := (1-alpha)*l.CE + alpha*l.KD + beta*l.Aux; !near(l.Total, want, 1e-12) {
						t.Errorf("total is %v, want %v", l.Total, want)
					}
					if (l.KD != 0) != (alpha != 0) || (l.Aux != 0) != (c != nil) || !(l.CE > 0) {
						t.Errorf("losses are %+v", l)
					}
				})
			}
		}
	}
}

// TestDistillerGradient checks the gradient of the total loss in the
// student's weights: through the rows, the layers and the mix.
func TestDistillerGradient(t *testing.T) {
	for _, s := range []Settings{
		{LR: 1},
		{LR: 1, Alpha: 0.4, Temperature: 2},
		{LR: 1, Beta: 3},
		{LR: 1, Alpha: 0.4, Temperature: 2, Beta: 3, AllNodes: true},
	} {
		t.Run(fmt.Sprintf("alpha=%v/beta=%v/all=%v", s.Alpha, s.Beta, s.AllNodes), func(t *testing.T) {
			b := newBench(t, -1)
			name := "none"
			if s.Beta > 0 {
				name = "abkd"
			}
			// Pooled: a row of zeros after the ReLU has no derivative per node.
			d := NewDistiller(b.teacher, b.student, b.criterion(t, name, Options{ABKD: ABKDConfig{Dim: 6}}), s)
			_, trace, rows := d.loss(b.batch, nil)
			d.backward(trace, rows)
			b.student.Backward(b.batch, d.full)
			last := "layers.1." // no ReLU behind it
			for _, p := range b.student.Params() {
				if !strings.HasPrefix(p.Name, last) {
					continue
				}
				checkGradient(t, p.Name, p.W.Data, p.G.Data, newRNG(12), func() float64 {
					l, _, _ := d.loss(b.batch, nil)
					return l.Total
				})
			}
		})
	}
}

// TestDistillerHiddenGradient: what a criterion says of a hidden layer
// arrives at the nodes that were compared, and at no other.
func TestDistillerHiddenGradient(t *testing.T) {
	b := newBench(t, -1)
	c := b.criterion(t, "abkd", perNode)
	d := NewDistiller(b.teacher, b.student, c, Settings{LR: 1, Beta: 2})
	_, trace, rows := d.loss(b.batch, nil)
	d.backward(trace, rows)
	want := likes(d.layers.Student)
	c.Backward(2, want)
	at := map[int]int{}
	for i, r := range rows {
		at[int(r)] = i
	}
	for v := range d.full[0].Rows {
		i, compared := at[v]
		for k, got := range d.full[0].Row(v) {
			if !compared && got != 0 || compared && got != want[0].Row(i)[k] {
				t.Fatalf("gradient of node %d (compared: %v) is %v", v, compared, d.full[0].Row(v))
			}
		}
	}
}

func TestDistillerLearns(t *testing.T) {
	for _, name := range Names {
		t.Run("criterion="+name, func(t *testing.T) {
			b := newBench(t, 0.1)
			plain := NewDistiller(nil, b.teacher, nil, Settings{LR: 0.02})
			rng := newRNG(5)
			for range 60 {
				plain.Step(b.batch, rng)
			}
			s := Settings{LR: 0.02, Beta: 1}
			if name != "none" {
				s.Alpha, s.Temperature = 0.5, 4
			}
			d := NewDistiller(b.teacher, b.student, b.criterion(t, name, perNode), s)
			first := d.Step(b.batch, rng)
			var last Losses
			for range 80 {
				last = d.Step(b.batch, rng)
				if err := last.Check(); err != nil {
					t.Fatal(err)
				}
			}
			if !(last.Total < 0.6*first.Total && last.CE < 0.6*first.CE) {
				t.Errorf("losses went from %+v to %+v", first, last)
			}
			if name == "kd" && !(last.KD < 0.6*first.KD) {
				t.Errorf("KD went from %v to %v", first.KD, last.KD)
			}
		})
	}
}

// TestDistillerPlain compares training without a teacher with the same steps
// written out, bit by bit.
func TestDistillerPlain(t *testing.T) {
	a, b := newBench(t, 0.5), newBench(t, 0.5)
	for _, p := range a.student.Params() {
		p.G.Data[0] = 1 // left by someone else
	}
	d := NewDistiller(nil, a.student, nil, Settings{LR: 0.01})
	adam := gnn.NewAdam(b.student.Params(), 0.01)
	rngA, rngB := newRNG(6), newRNG(6)
	var ce gnn.CrossEntropy
	for step := range 5 {
		got := d.Step(a.batch, rngA)
		logits := b.student.Forward(b.batch, rngB).Logits()
		want := ce.Loss(logits, b.batch.Rows, b.batch.Labels)
		grad := make([]mat.Matrix, 2)
		grad[1] = mat.New(logits.Rows, logits.Cols)
		ce.Backward(1, grad[1])
		b.student.Backward(b.batch, grad)
		adam.Step()
		if got.Total != want || got.CE != want {
			t.Errorf("step %d: losses are %+v, want %v", step, got, want)
		}
	}
	sameWeights(t, a.student, b.student.Params())
}

func sameWeights(t *testing.T, m gnn.Model, want []*gnn.Param) {
	t.Helper()
	for i, p := range m.Params() {
		for k, w := range p.W.Data {
			if w != want[i].W.Data[k] {
				t.Fatalf("%s: element %d is %v, want %v", p.Name, k, w, want[i].W.Data[k])
			}
		}
	}
}

// counted is a model that counts its forward passes.
type counted struct {
	gnn.Model
	passes int
}

func (c *counted) Forward(b *sample.Batch, rng *rand.Rand) *gnn.Trace {
	c.passes++
	return c.Model.Forward(b, rng)
}

// TestDistillerTeacher: the teacher runs without dropout, once on a fixed
// batch, is not changed, and what is kept of it is what it would compute.
func TestDistillerTeacher(t *testing.T) {
	const steps = 4
	train := func(fixed bool) (*counted, bench, Losses) {
		b := newBench(t, 0.5)
		batch := *b.batch
		batch.Fixed = fixed
		teacher := &counted{Model: b.teacher}
		d := NewDistiller(teacher, b.student, b.criterion(t, "abkd", perNode), Settings{Alpha: 0.5, Temperature: 4, Beta: 1, LR: 0.05})
		var l Losses
		rng := newRNG(7)
		for range steps {
			l = d.Step(&batch, rng)
		}
		return teacher, b, l
	}
	kept, a, lossA := train(true)
	again, b, lossB := train(false)
	if kept.passes != 1 || again.passes != steps {
		t.Errorf("teacher ran %d times on a fixed batch and %d on others, want 1 and %d", kept.passes, again.passes, steps)
	}
	if lossA != lossB {
		t.Errorf("losses are %+v on a fixed batch, else %+v", lossA, lossB)
	}
	sameWeights(t, a.student, b.student.Params())
	sameWeights(t, a.teacher, newBench(t, 0.5).teacher.Params())
	for _, p := range a.teacher.Params() {
		for _, g := range p.G.Data {
			if g != 0 {
				t.Fatalf("gradient of the teacher's %s is %v, want 0", p.Name, g)
			}
		}
	}
}

// TestDistillerOtherBatch: what is kept of one batch is not taken for another,
// nor for the same after a batch in between that is not fixed.
func TestDistillerOtherBatch(t *testing.T) {
	b := newBench(t, -1)
	g := testGraph(t)
	other := sample.NewFull(g, 3, g.Splits[0].Train[:5]).Next()
	drawn := *other
	drawn.Fixed = false
	teacher := &counted{Model: b.teacher}
	d := NewDistiller(teacher, b.student, nil, Settings{Alpha: 1, Temperature: 1, LR: 0.01})
	for step, test := range []struct {
		batch  *sample.Batch
		passes int
	}{{b.batch, 1}, {other, 2}, {other, 2}, {&drawn, 3}, {&drawn, 4}, {other, 5}, {other, 5}} {
		d.Step(test.batch, nil)
		if teacher.passes != test.passes {
			t.Errorf("step %d: teacher ran %d times so far, want %d", step, teacher.passes, test.passes)
		}
	}
}

func TestDistillerRows(t *testing.T) {
	for _, all := range []bool{false, true} {
		t.Run(fmt.Sprintf("all=%v", all), func(t *testing.T) {
			b := newBench(t, -1)
			d := NewDistiller(b.teacher, b.student, nil, Settings{Alpha: 0.5, Temperature: 2, LR: 0.01, AllNodes: all})
			l := Layers{
				Teacher: []mat.Matrix{b.teacher.Forward(b.batch, nil).Logits().Clone()},
				Student: []mat.Matrix{b.student.Forward(b.batch, nil).Logits().Clone()},
			}
			if !all {
				l.Teacher = gather(nil, l.Teacher, b.batch.Rows)
				l.Student = gather(nil, l.Student, b.batch.Rows)
			}
			want := newKD(t, 2).Loss(l)
			if got := d.Step(b.batch, nil).KD; got != want {
				t.Errorf("KD is %v, want %v", got, want)
			}
		})
	}
}

// TestDistillerNoRows has a batch without training nodes.
func TestDistillerNoRows(t *testing.T) {
	b := newBench(t, -1)
	d := NewDistiller(b.teacher, b.student, b.criterion(t, "abkd", perNode), Settings{Alpha: 0.5, Temperature: 2, Beta: 1, LR: 0.01})
	empty := *b.batch
	empty.Rows, empty.Labels = nil, nil
	if l := d.Step(&empty, nil); l != (Losses{}) {
		t.Errorf("losses are %+v, want 0", l)
	}
	if l := d.Step(b.batch, nil); !(l.KD > 0 && l.Aux > 0 && l.CE > 0) {
		t.Errorf("losses of the next batch are %+v", l)
	}
}

func TestDistillerAllocs(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		for _, name := range Names {
			b := newBench(t, 0.5)
			b.batch.Fixed = fixed
			d := NewDistiller(b.teacher, b.student, b.criterion(t, name, Options{}), Settings{Alpha: 0.5, Temperature: 4, Beta: 1, LR: 0.01, AllNodes: true})
			rng := newRNG(8)
			if n := testing.AllocsPerRun(5, func() { d.Step(b.batch, rng) }); n != 0 {
				t.Errorf("fixed=%v, criterion=%s: a step allocates %v times, want 0", fixed, name, n)
			}
		}
	}
}

func TestDistillerAlignment(t *testing.T) {
	b := newBench(t, -1)
	c := b.criterion(t, "abkd", perNode)
	d := NewDistiller(b.teacher, b.student, c, Settings{Beta: 1, LR: 0.01})
	d.Step(b.batch, nil)
	if a := d.Alignment(); a.A.String() != "3×2" || &a.D.Data[0] != &c.(Aligner).Alignment().D.Data[0] {
		t.Errorf("alignment is %v and %v, want the criterion's", a.A, a.D)
	}
	none := NewDistiller(nil, b.student, nil, Settings{LR: 0.01})
	if a := none.Alignment(); !a.A.Empty() || !a.D.Empty() {
		t.Errorf("alignment without a criterion is %v and %v, want none", a.A, a.D)
	}
}

// TestDistillerDiverged: a loss that is no number stops training.
func TestDistillerDiverged(t *testing.T) {
	b := newBench(t, -1)
	d := NewDistiller(b.teacher, b.student, b.criterion(t, "abkd", perNode), Settings{Beta: math.MaxFloat64, LR: 0.01})
	l := d.Step(b.batch, nil)
	if err := l.Check(); err == nil || !strings.Contains(err.Error(), "total loss is +Inf") {
		t.Errorf("losses are %+v, error is %v", l, err)
	}
	sameWeights(t, b.student, newBench(t, -1).student.Params())
}

func TestLossesCheck(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		l    Losses
		want string
	}{
		{Losses{Total: nan, CE: nan}, "kd: step: cross-entropy is NaN, want a finite number: lower the learning rate"},
		{Losses{Total: inf, KD: inf}, "kd: step: KD loss is +Inf, want a finite number: lower alpha or the learning rate"},
		{Losses{Total: nan, Aux: nan}, "kd: step: criterion's loss is NaN, want a finite number: lower beta or the learning rate"},
		{Losses{Total: inf, Aux: 1}, "kd: step: total loss is +Inf, want a finite number: lower beta or the learning rate"},
	} {
		if err := test.l.Check(); err == nil || err.Error() != test.want {
			t.Errorf("error is %v, want %s", err, test.want)
		}
	}
	if err := (Losses{Total: 1, CE: 2}).Check(); err != nil {
		t.Error(err)
	}
}

func TestNewDistillerPanics(t *testing.T) {
	b := newBench(t, -1)
	for _, test := range []struct {
		teacher gnn.Model
		s       Settings
		want    string
	}{
		{b.teacher, Settings{Alpha: 1.5, LR: 1}, "kd: NewDistiller: alpha is 1.5, want 0..1"},
		{b.teacher, Settings{Alpha: math.NaN(), LR: 1}, "kd: NewDistiller: alpha is NaN, want 0..1"},
		{b.teacher, Settings{Beta: -1, LR: 1}, "kd: NewDistiller: beta is -1, want at least 0"},
		{b.teacher, Settings{Alpha: 0.5, LR: 1}, "kd: KD: temperature is 0, want a finite number above 0"},
		{nil, Settings{Alpha: 0.5, Temperature: 1, LR: 1}, "kd: NewDistiller: teacher is nil, want one for alpha above 0 or a criterion"},
	} {
		func() {
			defer func() {
				if got := recover(); got != test.want {
					t.Errorf("panic is %v, want %s", got, test.want)
				}
			}()
			NewDistiller(test.teacher, b.student, nil, test.s)
		}()
	}
}
