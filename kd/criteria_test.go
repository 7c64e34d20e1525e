package kd

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// A spec is a criterion with options.
type spec struct {
	criterion string
	o         Config
}

func (s spec) name() string {
	return fmt.Sprintf("criterion=%s/kernel=%s/max=%d", s.criterion, s.o.Kernel, s.o.MaxNodes)
}

// capped reports whether the criterion has a cap on nodes.
func capped(criterion string) bool {
	return slices.Contains([]string{"gsp", "gcrd", "stride"}, criterion)
}

// specs returns every criterion with every kernel, with and without a cap.
func specs() (all []spec) {
	for _, name := range Names[2:] {
		kernels, limits := []string{""}, []int{0}
		if name == "lsp" || name == "gsp" {
			kernels = Kernels()
		}
		if capped(name) {
			limits = []int{0, 5}
		}
		for _, k := range kernels {
			for _, limit := range limits {
				o := Config{ABKD: ABKDConfig{Dim: 5}, HeadDim: 6, Kernel: k, MaxNodes: limit}
				if name == "gcrd" {
					o.Tau = 0.5 // so that differences over 2h are a derivative
				}
				all = append(all, spec{name, o})
			}
		}
	}
	return all
}

func (s spec) make(t *testing.T, teacher, student []int) Criterion {
	t.Helper()
	c, err := New(s.criterion, teacher, student, s.o, newRNG(3))
	if err != nil {
		t.Fatal(err)
	}
	perturb(c.Params())
	return c
}

// repeat makes c draw the same nodes in the next Loss as in every other one
// that follows a repeat.
func repeat(c Criterion) {
	switch c := c.(type) {
	case *ABKD:
		if p, ok := c.form.(*pairsAlike); ok {
			p.rng = newRNG(9)
		}
	case *GSP:
		c.nodes.rng = newRNG(9)
	case *GCRD:
		c.contrast.nodes.rng = newRNG(9)
	case *STRIDE:
		c.contrast.nodes.rng = newRNG(9)
	}
}

// repeated is a criterion that draws the same nodes in every Loss.
type repeated struct{ Criterion }

func (r repeated) Loss(l Layers) float64 {
	repeat(r.Criterion)
	return r.Criterion.Loss(l)
}

func TestCriterionGradient(t *testing.T) {
	for _, shape := range []struct {
		n                int
		teacher, student []int
	}{
		{8, testTeacher, testStudent},
		{6, []int{7, 3}, []int{2, 3}},
		{8, []int{3, 9, 5, 3}, []int{4, 6, 3}},
	} {
		for _, s := range specs() {
			t.Run(fmt.Sprintf("n=%d/%s", shape.n, s.name()), func(t *testing.T) {
				rng := newRNG(5)
				c := repeated{s.make(t, shape.teacher, shape.student)}
				l := randomLayers(shape.n, shape.teacher, shape.student, rng)
				if s.criterion != "stride" { // whose attention would hardly have a derivative
					l = quieter(l, rng)
				}
				if s.criterion == "spread" {
					narrow(l.Student)
				}
				other := quieter(randomLayers(11, shape.teacher, shape.student, rng), rng)
				checkCriterion(t, c, l, other, rng, func() float64 { return c.Loss(l) })
				checkHidden(t, s.criterion, c, l)
			})
		}
	}
}

// narrow leaves every other unit a fifth of its spread: alike they would have no
// loss, and half would be a kink.
func narrow(layers []mat.Matrix) {
	for _, m := range layers {
		for i := range m.Data {
			if i%m.Cols%2 == 1 {
				m.Data[i] = 0.4 + m.Data[i]/5
			}
		}
	}
}

// checkHidden makes sure that a feature criterion has a derivative in the
// last hidden layer, one that a check can see, and in no other; spread in every
// hidden one.
func checkHidden(t *testing.T, name string, c Criterion, l Layers) {
	t.Helper()
	if name == "abkd" || name == "stride" {
		return
	}
	grad := likes(l.Student)
	c.Loss(l)
	c.Backward(1, grad)
	for j, g := range grad {
		last := j == len(grad)-2 || name == "spread" && j < len(grad)-1
		if last != (rms(g.Data) > 2e-4) || !last && rms(g.Data) != 0 {
			t.Errorf("gradient of layer %d of %d has the size %v", j, len(grad), rms(g.Data))
		}
	}
}

// permuted returns l with node order[i] in row i.
func permuted(l Layers, order []int32) Layers {
	p := Layers{Teacher: gather(nil, l.Teacher, order), Student: gather(nil, l.Student, order)}
	at := make([]int32, len(order))
	for i, v := range order {
		at[v] = int32(i)
	}
	var src, dst []int32
	for v := range l.Edges.Rows() {
		for _, u := range l.Edges.Row(v) {
			src, dst = append(src, at[u]), append(dst, at[v])
		}
	}
	p.Edges, _ = graph.NewCSR(src, dst, len(order), len(order))
	return p
}

// TestCriterionPermutation: the order of the nodes does not matter to a loss,
// and its gradient follows them.
func TestCriterionPermutation(t *testing.T) {
	for _, s := range specs() {
		if s.o.MaxNodes > 0 {
			continue
		}
		t.Run(s.name(), func(t *testing.T) {
			rng := newRNG(6)
			l := quieter(randomLayers(9, testTeacher, testStudent, rng), rng)
			order := []int32{3, 8, 0, 1, 7, 2, 6, 5, 4}
			c := s.make(t, testTeacher, testStudent)
			loss, grad := c.Loss(l), likes(l.Student)
			c.Backward(1, grad)
			p := permuted(l, order)
			got, gotGrad := c.Loss(p), likes(p.Student)
			c.Backward(1, gotGrad)
			if !near(got, loss, 1e-5*loss) {
				t.Errorf("loss of the nodes in another order is %v, want %v", got, loss)
			}
			for j, want := range gather(nil, grad, order) {
				for k, w := range want.Data {
					if !near(float64(gotGrad[j].Data[k]), float64(w), 1e-5+1e-3*rms(want.Data)) {
						t.Fatalf("gradient of layer %d, element %d is %v, want %v", j, k, gotGrad[j].Data[k], w)
					}
				}
			}
		})
	}
}

// TestCriterionCap: a capped loss is the loss on the nodes that it drew, and
// no other node has a gradient.
func TestCriterionCap(t *testing.T) {
	for _, s := range specs() {
		if s.o.MaxNodes == 0 || s.criterion == "stride" { // D is of all nodes
			continue
		}
		t.Run(s.name(), func(t *testing.T) {
			rng := newRNG(7)
			l := quieter(randomLayers(12, testTeacher, testStudent, rng), rng)
			c := s.make(t, testTeacher, testStudent)
			got, grad := c.Loss(l), likes(l.Student)
			c.Backward(1, grad)
			g, ok := c.(*GSP)
			if !ok {
				return // its heads see the other nodes: TestGCRDCap
			}
			if len(g.rows) != 5 {
				t.Fatalf("%d nodes are compared, want 5", len(g.rows))
			}
			s.o.MaxNodes = 0
			want := s.make(t, testTeacher, testStudent).Loss(Layers{Teacher: gather(nil, l.Teacher, g.rows), Student: gather(nil, l.Student, g.rows)})
			if !near(got, want, 1e-6) {
				t.Errorf("loss is %v, want %v", got, want)
			}
			for v := range 12 {
				if drawn := slices.Contains(g.rows, int32(v)); drawn != (rms(grad[0].Row(v)) > 0) {
					t.Errorf("node %d is compared: %v, its gradient is %v", v, drawn, grad[0].Row(v))
				}
			}
		})
	}
}

// TestCriterionDraws: a generator decides all draws, which differ from Loss to
// Loss; a cap that is not reached draws nothing.
func TestCriterionDraws(t *testing.T) {
	for _, s := range specs() {
		if s.o.MaxNodes == 0 {
			continue
		}
		t.Run(s.name(), func(t *testing.T) {
			l := quieter(randomLayers(12, testTeacher, testStudent, newRNG(8)), newRNG(8))
			losses := func(limit int) (x [3]float64) {
				s.o.MaxNodes = limit
				c := s.make(t, testTeacher, testStudent)
				for i := range x {
					x[i] = c.Loss(l)
				}
				return x
			}
			a, b := losses(5), losses(5)
			if a != b {
				t.Errorf("losses are %v and then %v", a, b)
			}
			if a[0] == a[1] && a[1] == a[2] {
				t.Errorf("losses are %v: the same nodes are drawn again", a)
			}
			if reached, none := losses(12), losses(0); reached != none || none[0] != none[1] {
				t.Errorf("losses with a cap of all nodes are %v, without %v", reached, none)
			}
		})
	}
}

// TestCriterionZeroLayer has a student whose hidden units are dead.
func TestCriterionZeroLayer(t *testing.T) {
	for _, s := range specs() {
		t.Run(s.name(), func(t *testing.T) {
			rng := newRNG(9)
			l := quieter(randomLayers(8, testTeacher, testStudent, rng), rng)
			l.Student[0].Zero()
			c, grad := s.make(t, testTeacher, testStudent), likes(l.Student)
			loss := c.Loss(l)
			c.Backward(1, grad)
			if !finite(loss) || !(rms(grad[0].Data) < 10) {
				t.Errorf("loss is %v, gradient of a layer of zeros %v", loss, grad[0].Data)
			}
		})
	}
}

// TestCriterionFewNodes has batches of no node and of one.
func TestCriterionFewNodes(t *testing.T) {
	for n := range 2 {
		for _, s := range specs() {
			t.Run(fmt.Sprintf("n=%d/%s", n, s.name()), func(t *testing.T) {
				c := s.make(t, testTeacher, testStudent)
				l := randomLayers(n, testTeacher, testStudent, newRNG(1))
				loss, grad := c.Loss(l), likes(l.Student)
				c.Backward(1, grad)
				if !finite(loss) || n == 0 && s.criterion != "abkd" && s.criterion != "stride" && loss != 0 {
					t.Errorf("loss is %v", loss)
				}
				for _, g := range grad {
					if n > 0 && !finite(rms(g.Data)) {
						t.Errorf("gradient is %v", g.Data)
					}
				}
			})
		}
	}
}

func TestCriterionAllocs(t *testing.T) {
	for _, s := range specs() {
		rng := newRNG(1)
		c := s.make(t, testTeacher, testStudent)
		l := quieter(randomLayers(8, testTeacher, testStudent, rng), rng)
		small := quieter(randomLayers(3, testTeacher, testStudent, rng), rng)
		grad, smallGrad := likes(l.Student), likes(small.Student)
		step := func() {
			c.Loss(l)
			c.Backward(1, grad)
			c.Loss(small)
			c.Backward(1, smallGrad)
		}
		if n := testing.AllocsPerRun(3, step); n != 0 {
			t.Errorf("%s: a step allocates %v times, want 0", s.name(), n)
		}
	}
}

func TestCriterionShapes(t *testing.T) {
	for _, name := range []string{"FitNet", "AT", "LSP", "GSP", "G-CRD"} {
		for want, spoil := range map[string]func(l *Layers){
			"1 teacher and 2 student layers, want at least 2 and 1": func(l *Layers) { l.Teacher = l.Teacher[:1] },
			"last hidden layers are 8×5 and 8×5, want n×6 and n×5":  func(l *Layers) { l.Teacher[1] = mat.New(8, 5) },
			"last hidden layers are 8×6 and 7×5, want n×6 and n×5":  func(l *Layers) { l.Student[0] = mat.New(7, 5) },
		} {
			l := randomLayers(8, testTeacher, testStudent, newRNG(1))
			spoil(&l)
			func() {
				defer func() {
					if got := recover(); got != "kd: "+name+".Loss: "+want {
						t.Errorf("panic is %v, want %s", got, want)
					}
				}()
				spec{strings.ReplaceAll(strings.ToLower(name), "-", ""), Config{}}.make(t, testTeacher, testStudent).Loss(l)
			}()
		}
	}
}
