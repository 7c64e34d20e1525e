package kd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
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
// student's weights: through the rows, the outputs and the mix.
func TestDistillerGradient(t *testing.T) {
	for _, s := range []Settings{
		{LR: 1},
		{LR: 1, Alpha: 0.4, Temperature: 2},
		{LR: 1, Beta: 3},
		{LR: 1, Alpha: 0.4, Temperature: 2, Beta: 3, AllNodes: true},
	} {
		for _, kind := range []string{"rgcn", "gcnii"} {
			t.Run(fmt.Sprintf("model=%s/alpha=%v/beta=%v/all=%v", kind, s.Alpha, s.Beta, s.AllNodes), func(t *testing.T) {
				b := newBenchOf(t, kind, -1)
				name := "none"
				if s.Beta > 0 {
					name = "abkd"
				}
				// Pooled: a row of zeros after the ReLU has no derivative per node.
				d := NewDistiller(b.teacher, b.student, b.criterion(t, name, Config{ABKD: ABKDConfig{Dim: 6}}), s)
				_, trace, rows := d.loss(b.batch, nil)
				d.backward(b.batch, trace, rows)
				checked := 0
				for _, p := range b.student.Params() {
					if !strings.HasPrefix(p.Name, map[string]string{"rgcn": "layers.1.", "gcnii": "output."}[kind]) {
						continue // there is a ReLU behind it
					}
					checked++
					checkGradient(t, p.Name, p.W.Data, p.Gradient().Data, newRNG(12), func() float64 {
						l, _, _ := d.loss(b.batch, nil)
						return l.Total
					})
				}
				if checked == 0 {
					t.Error("no parameter is checked")
				}
			})
		}
	}
}

// TestDistillerHiddenGradient: what a criterion says of a hidden layer
// arrives at the nodes that were compared, and at no other.
func TestDistillerHiddenGradient(t *testing.T) {
	b := newBench(t, -1)
	c := b.criterion(t, "abkd", perNode)
	d := NewDistiller(b.teacher, b.student, c, Settings{LR: 1, Beta: 2})
	_, trace, rows := d.loss(b.batch, nil)
	d.backward(b.batch, trace, rows)
	want := likes(d.layers().Student)
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
		if !p.Embedding {
			p.G.Data[0] = 1 // left by someone else
		}
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
		for _, g := range p.Gradient().Data {
			if g != 0 {
				t.Fatalf("gradient of the teacher's %s is %v, want 0", p.Name, g)
			}
		}
	}
}

// TestDistillerReduces trains with each criterion, which is to make its own
// loss smaller: the student becomes more like the teacher.
func TestDistillerReduces(t *testing.T) {
	for _, s := range specs() {
		t.Run(s.name(), func(t *testing.T) {
			b := newBench(t, -1)
			o := s.o
			o.ABKD.Granularity, o.HeadDim = "per-node", 12
			d := NewDistiller(b.teacher, b.student, b.criterion(t, s.criterion, o), Settings{Beta: 100, LR: 0.01, AllNodes: true})
			first := d.Step(b.batch, nil)
			var last Losses
			for range 100 {
				last = d.Step(b.batch, nil)
			}
			want := 0.6
			if s.criterion == "gcrd" || s.criterion == "stride" {
				want = 0.9 // to tell nodes apart is not something a loss of 0 is in reach for
			}
			if !(first.Aux > 0 && last.Aux < want*first.Aux) {
				t.Errorf("loss went from %v to %v, want less than %v of it", first.Aux, last.Aux, want)
			}
		})
	}
}

func TestDistillerAllocs(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		for _, name := range Names {
			b := newBench(t, 0.5)
			b.batch.Fixed = fixed
			d := NewDistiller(b.teacher, b.student, b.criterion(t, name, Config{}), Settings{Alpha: 0.5, Temperature: 4, Beta: 1, LR: 0.01, AllNodes: true, Gate: map[bool]float64{true: 0.3}[fixed]})
			rng := newRNG(8)
			if n := testing.AllocsPerRun(5, func() { d.Step(b.batch, rng) }); n != 0 {
				t.Errorf("fixed=%v, criterion=%s: a step allocates %v times, want 0", fixed, name, n)
			}
		}
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
		{b.teacher, Settings{Gate: -1, LR: 1}, "kd: NewDistiller: gate is -1, want at least 0"},
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

// descent is gradient descent, an optimiser of one's own without a state.
type descent struct {
	params []*gnn.Param
	rate   float32
}

func (o descent) Update() {
	for _, p := range o.params {
		mat.Axpy(-o.rate, p.G, p.W)
	}
}

func (o descent) LastUpdate(*gnn.Param) mat.Matrix { return mat.Matrix{} }

func (o descent) State() gnn.OptimizerState { return gnn.OptimizerState{} }

// A step is a gradient and an update of what it says, by any optimiser.
func TestGradientThenApply(t *testing.T) {
	s := Settings{Alpha: 0.5, Beta: 1, Temperature: 2, Optimizer: func(ps []*gnn.Param) gnn.Optimizer { return descent{ps, 0.1} }}
	b := newBench(t, -1)
	d := NewDistiller(b.teacher, b.student, b.criterion(t, "abkd", Config{}), s)
	before := make([]mat.Matrix, len(d.Params()))
	for i, p := range d.Params() {
		before[i] = p.W.Clone()
	}
	losses := d.Gradient(b.batch, nil)
	for i, p := range d.Params() {
		if !slices.Equal(p.W.Data, before[i].Data) {
			t.Fatalf("the gradient changes %s", p.Name)
		}
		mat.Axpy(-0.1, p.G, before[i])
	}
	d.Apply()
	for i, p := range d.Params() {
		if !slices.Equal(p.W.Data, before[i].Data) {
			t.Errorf("%s is %v, want %v", p.Name, p.W.Data, before[i].Data)
		}
	}
	other := newBench(t, -1)
	if got := NewDistiller(other.teacher, other.student, other.criterion(t, "abkd", Config{}), s).Step(other.batch, nil); got != losses {
		t.Errorf("losses of a step are %+v, want %+v", got, losses)
	}
}
