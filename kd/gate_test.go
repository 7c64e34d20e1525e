package kd

import (
	"fmt"
	"math"
	"testing"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// TestGateByHand: of a criterion's gradient that opposes the task's only what is
// across it is left, no longer than the share.
func TestGateByHand(t *testing.T) {
	for _, test := range []struct {
		share         float64
		a, want       []float32
		ratio, cosine float64
	}{
		{1, []float32{1, 1}, []float32{1, 1}, math.Sqrt2 / 2, math.Sqrt2 / 2},
		{0.25, []float32{3, 0}, []float32{0.5, 0}, 1.5, 1},
		{10, []float32{-1, 3}, []float32{0, 3}, math.Sqrt(10) / 2, -1 / math.Sqrt(10)},
		{0.5, []float32{-1, 3}, []float32{0, 1}, math.Sqrt(10) / 2, -1 / math.Sqrt(10)},
		{0.5, []float32{-1, 0}, []float32{0, 0}, 0.5, -1},
	} {
		g := newGate(test.share, &ranks{})
		g.begin(make([]mat.Matrix, 1))
		g.keep(0, mat.Matrix{Rows: 1, Cols: 2, Data: []float32{2, 0}})
		got := mat.Matrix{Rows: 1, Cols: 2, Data: test.a}
		p := fmt.Sprint(test.a)
		g.pass(0, got)
		for k, want := range test.want {
			if !near(float64(got.Data[k]), float64(want), 1e-6) {
				t.Errorf("share %v of %s is %v, want %v", test.share, p, got.Data, test.want)
				break
			}
		}
		if pull := g.pulls[0]; !near(pull.Ratio(), test.ratio, 1e-6) || !near(pull.Cosine, test.cosine, 1e-6) {
			t.Errorf("pull of %s is %+v, want ratio %v and cosine %v", p, pull, test.ratio, test.cosine)
		}
	}
	g := newGate(1, &ranks{})
	g.begin(make([]mat.Matrix, 1))
	g.keep(0, mat.New(1, 2))
	a := mat.Matrix{Rows: 1, Cols: 2, Data: []float32{1, 2}}
	if g.pass(0, a); a.Data[0] != 0 || a.Data[1] != 0 {
		t.Errorf("beside a task without a gradient %v is left, want 0", a.Data)
	}
}

// gated returns a distiller whose gradient has these settings, after one step.
func gated(t *testing.T, kind string, s Settings) (*Distiller, bench) {
	b := newBenchOf(t, kind, -1)
	s.Alpha, s.Temperature, s.LR, s.AllNodes = 0.5, 2, 0.01, true
	d := NewDistiller(b.teacher, b.student, b.criterion(t, "abkd", perNode), s)
	if err := d.Gradient(b.batch, nil).Check(); err != nil {
		t.Fatal(err)
	}
	return d, b
}

// TestGateBounds: what is left of the criterion's gradient is no longer than its
// share of the task's, at every output and for every kind, and does not oppose it; a gate that
// everything passes is none.
func TestGateBounds(t *testing.T) {
	for _, kind := range []string{"rgcn", "gcn", "gcnii"} {
		t.Run("model="+kind, func(t *testing.T) {
			const share = 0.3
			task, _ := gated(t, kind, Settings{})
			open, _ := gated(t, kind, Settings{Beta: 40})
			d, b := gated(t, kind, Settings{Beta: 40, Gate: share})
			if d.Pulls()[0].Ratio() <= share {
				t.Fatalf("pulls are %+v: there is nothing to bound", d.Pulls())
			}
			length := func(with, without *Distiller) (x float64) {
				for i, p := range with.student.Params() {
					for k, g := range p.Gradient().Data {
						x += math.Pow(float64(g-without.student.Params()[i].Gradient().Data[k]), 2)
					}
				}
				return math.Sqrt(x)
			}
			if gates, all := length(d, task), length(open, task); !(gates > 0 && gates < all/2) {
				t.Errorf("the criterion moves the weights' gradient by %v, without a gate by %v", gates, all)
			}
			inner := d.gate.pass
			d.gate.pass = func(l int, dy mat.Matrix) {
				inner(l, dy)
				a, along := 0.0, 0.0
				for i, x := range dy.Data {
					a += float64(x) * float64(x)
					along += float64(x) * float64(d.gate.task[l].Data[i])
				}
				if p := d.gate.pulls[l]; math.Sqrt(a) > share*p.Task*(1+1e-5) || along < -1e-5*math.Sqrt(a)*p.Task {
					t.Errorf("output %d: the gradient is %v along the task's %v, %v long", l, along, p.Task, math.Sqrt(a))
				}
			}
			d.Gradient(b.batch, nil)
		})
	}
}

// TestLookAtPulls: a run that is looked at computes the numbers of one that is
// not, and what is seen is what a gate sees.
func TestLookAtPulls(t *testing.T) {
	for _, kind := range []string{"rgcn", "gcnii"} {
		plain, _ := gated(t, kind, Settings{Beta: 1})
		b := newBenchOf(t, kind, -1)
		d := NewDistiller(b.teacher, b.student, b.criterion(t, "abkd", perNode), plain.Settings())
		if d.Pulls() != nil {
			t.Error("there are pulls before the first step")
		}
		d.LookAtPulls(true)
		d.Gradient(b.batch, nil)
		for i, p := range plain.Params() {
			for k, g := range p.Gradient().Data {
				if got := d.Params()[i].Gradient().Data[k]; got != g {
					t.Fatalf("%s: gradient %d of %s is %v, want %v", kind, k, p.Name, got, g)
				}
			}
		}
		whole, _ := gated(t, kind, Settings{Beta: 1, Gate: 1e9})
		last := len(d.Pulls()) - 1 // below it a gate has changed what flows
		if got, want := d.Pulls()[last], whole.Pulls()[last]; !near(got.Ratio(), want.Ratio(), 1e-4) || kind != "gcnii" && !near(got.Cosine, want.Cosine, 1e-4) {
			t.Errorf("%s: pull at the logits is %+v, a gate sees %+v", kind, got, want)
		}
	}
}

// TestSetWeight: with weight 0 the student learns what it would without the
// criterion, of which no parameter moves; with a part of 1 as with that part of beta.
func TestSetWeight(t *testing.T) {
	train := func(criterion string, s Settings, w float64) (*Distiller, []*gnn.Param) {
		b := newBench(t, -1)
		s.Alpha, s.Temperature, s.LR = 0.5, 2, 0.01
		d := NewDistiller(b.teacher, b.student, b.criterion(t, criterion, perNode), s)
		d.SetWeight(w)
		for range 5 {
			d.Step(b.batch, nil)
		}
		return d, b.student.Params()
	}
	d, got := train("abkd", Settings{Beta: 3, OwnDecay: 0.1, Gate: 0.5}, 0)
	_, want := train("none", Settings{}, 1)
	sameParams(t, got, want)
	if d.Alignment().D.Empty() {
		t.Error("what is not learned from yet is not computed")
	}
	fresh, _ := train("abkd", Settings{}, 0)
	sameParams(t, Weights(d.criterion), Weights(fresh.criterion))
	_, got = train("abkd", Settings{Beta: 4}, 0.5)
	_, want = train("abkd", Settings{Beta: 2}, 1)
	sameParams(t, got, want)
}

func sameParams(t *testing.T, got, want []*gnn.Param) {
	t.Helper()
	for i, p := range want {
		for k, w := range p.W.Data {
			if got[i].W.Data[k] != w {
				t.Fatalf("%s: weight %d is %v, want %v", p.Name, k, got[i].W.Data[k], w)
			}
		}
	}
}

// TestOwnParams: the criterion's own parameters have a learning rate and a decay
// of their own, the student's have not.
func TestOwnParams(t *testing.T) {
	b := newBench(t, -1)
	d := NewDistiller(b.teacher, b.student, b.criterion(t, "abkd", perNode), Settings{Beta: 1, LR: 0.01, OwnLR: 0.002, OwnDecay: 0.3})
	d.Step(b.batch, nil)
	for i, p := range d.Params() {
		own, step := i < len(Weights(d.criterion)), rms(d.LastUpdate(p).Data)
		if want := map[bool]float64{true: 0.002, false: 0.01}[own]; step > want*1.001 || own && p.Name == "subspace" && step < want/10 {
			t.Errorf("%s: the first step is %v, want %v", p.Name, step, want)
		}
		if (p.Decay == 0.3) != own {
			t.Errorf("%s: decay is %v", p.Name, p.Decay)
		}
	}
}
