package kd

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/mat"
)

var (
	testTeacher = []int{6, 6, 4}
	testStudent = []int{5, 4}
)

func newABKD(t *testing.T, c ABKDConfig) *ABKD {
	t.Helper()
	a, err := NewABKD(testTeacher, testStudent, c, newRNG(3))
	if err != nil {
		t.Fatal(err)
	}
	perturb(a.params)
	return a
}

// perturb moves what starts at a special value, such as P = I, off it. Every
// third unit of a batch-normalised head is below 0 for all nodes and the
// others above, because differences across the kink of a ReLU are no
// derivative: of 8 normalised values none is beyond √7.
func perturb(params []*gnn.Param) {
	rng := newRNG(4)
	for _, p := range params {
		for i := range p.W.Data {
			switch {
			case strings.HasSuffix(p.Name, ".beta"):
				p.W.Data[i] = 3 + 0.5*rng.Float32()
				if i%3 == 1 {
					p.W.Data[i] *= -1
				}
			case !strings.HasSuffix(p.Name, ".weight"):
				p.W.Data[i] += 0.2*rng.Float32() - 0.1
			}
		}
	}
}

var testPin = mat.Matrix{Rows: 3, Cols: 2, Data: []float32{1, 0, 0.5, 0.5, 0.2, 1.4}}

// configs returns every legal combination of switches.
func configs() (all []ABKDConfig) {
	for _, softmax := range []string{"row", "column", "global", "uniform"} {
		for _, head := range [][2]string{{"linear", "pooled"}, {"linear", "per-node"}, {"batchnorm", "per-node"}} {
			for bits := range 16 {
				c := ABKDConfig{
					Dim: 5, Softmax: softmax, Head: head[0], Granularity: head[1],
					NoSubspace: bits&1 != 0, DetachAttention: bits&2 != 0, FrozenTeacher: bits&4 != 0,
				}
				if bits&8 != 0 {
					c.Pin = testPin
				}
				all = append(all, c)
			}
		}
	}
	return all
}

func (c ABKDConfig) name() string {
	return fmt.Sprintf("softmax=%s/head=%s/granularity=%s/subspace=%v/detach=%v/frozen=%v/pinned=%v",
		c.Softmax, c.Head, c.Granularity, !c.NoSubspace, c.DetachAttention, c.FrozenTeacher, !c.Pin.Empty())
}

func TestABKDGradient(t *testing.T) {
	for _, c := range configs() {
		t.Run(c.name(), func(t *testing.T) {
			rng := newRNG(5)
			a := newABKD(t, c)
			l := randomLayers(8, testTeacher, testStudent, rng)
			loss := func() float64 { return a.Loss(l) }
			if c.DetachAttention {
				loss = lossOfPinned(t, a, c, l)
			}
			checkCriterion(t, a, l, randomLayers(11, testTeacher, testStudent, rng), rng, loss)
		})
	}
}

// lossOfPinned returns the loss with A held at what a computes on l: the
// function whose gradient a detached attention has.
func lossOfPinned(t *testing.T, a *ABKD, c ABKDConfig, l Layers) func() float64 {
	a.Loss(l)
	c.Pin = a.Alignment().A.Clone()
	pinned := newABKD(t, c)
	for i, p := range pinned.params {
		p.W = a.params[i].W
	}
	return func() float64 { return pinned.Loss(l) }
}

// TestABKDFrozen makes sure that nothing trains a frozen projection.
func TestABKDFrozen(t *testing.T) {
	for _, head := range []string{"linear", "batchnorm"} {
		t.Run("head="+head, func(t *testing.T) {
			a := newABKD(t, ABKDConfig{Head: head, Granularity: "per-node", FrozenTeacher: true})
			for _, p := range a.Params() {
				if strings.HasPrefix(p.Name, "embedding.teacher.") {
					t.Errorf("parameter %s is to be trained", p.Name)
				}
			}
			l := randomLayers(8, testTeacher, testStudent, newRNG(1))
			a.Loss(l)
			a.Backward(1, likes(l.Student))
			for _, e := range a.teacher {
				for _, p := range e.params() {
					for _, g := range p.G.Data {
						if g != 0 {
							t.Fatalf("gradient of %s is %v, want 0", p.Name, g)
						}
					}
				}
			}
		})
	}
}

func TestABKDProperties(t *testing.T) {
	for _, c := range configs() {
		t.Run(c.name(), func(t *testing.T) {
			a := newABKD(t, c)
			l := randomLayers(8, testTeacher, testStudent, newRNG(6))
			loss := a.Loss(l)
			A, D := a.Alignment().A, a.Alignment().D
			checkAttention(t, c, A)
			// l2 gives rows of length at most 1, and Q stretches no vector by
			// more than ‖Q‖_F = √d: ‖u - w‖² <= (2√d)², or 2² without Q.
			bound := 4.0
			if !c.NoSubspace {
				bound *= 5
			}
			want := 0.0
			for k, d := range D.Data {
				if !(d >= 0 && float64(d) <= bound) {
					t.Errorf("dissimilarity of pair %d is %v, want 0..%v", k, d, bound)
				}
				want += float64(A.Data[k]) * float64(d) / 3
			}
			if !near(loss, want, 1e-6) {
				t.Errorf("loss is %v, want 1/Lt ΣΣ A·D = %v", loss, want)
			}
			reversed := Layers{Teacher: reverseRows(l.Teacher), Student: reverseRows(l.Student)}
			if got := a.Loss(reversed); !near(got, loss, 1e-5) {
				t.Errorf("loss with the nodes in another order is %v, want %v", got, loss)
			}
		})
	}
}

func checkAttention(t *testing.T, c ABKDConfig, A mat.Matrix) {
	t.Helper()
	if !c.Pin.Empty() {
		for k, v := range A.Data {
			if v != c.Pin.Data[k] {
				t.Errorf("attention of pair %d is %v, want the pinned %v", k, v, c.Pin.Data[k])
			}
		}
		return
	}
	rows, columns, total := make([]float64, A.Rows), make([]float64, A.Cols), 0.0
	for i := range rows {
		for j, v := range A.Row(i) {
			if !(v > 0) {
				t.Errorf("attention of pair %d, %d is %v, want more than 0", i, j, v)
			}
			rows[i] += float64(v)
			columns[j] += float64(v)
			total += float64(v)
		}
	}
	sums := map[string][]float64{"row": rows, "uniform": rows, "column": columns, "global": {total / 3}}[c.Softmax]
	for k, s := range sums {
		if !near(s, 1, 1e-6) {
			t.Errorf("attention of %s %d sums to %v, want 1", c.Softmax, k, s)
		}
	}
}

func reverseRows(m []mat.Matrix) (r []mat.Matrix) {
	for l, z := range likes(m) {
		for i := range z.Rows {
			copy(z.Row(i), m[l].Row(z.Rows-1-i))
		}
		r = append(r, z)
	}
	return r
}

// TestABKDUniformIsPinned compares softmax "uniform" with A pinned at 1/Ls.
func TestABKDUniformIsPinned(t *testing.T) {
	l := randomLayers(8, testTeacher, testStudent, newRNG(7))
	uniform := newABKD(t, ABKDConfig{Softmax: "uniform"})
	pin := mat.New(3, 2)
	for k := range pin.Data {
		pin.Data[k] = 0.5
	}
	pinned := newABKD(t, ABKDConfig{Pin: pin})
	if got, want := uniform.Loss(l), pinned.Loss(l); got != want {
		t.Errorf("loss is %v, pinned %v", got, want)
	}
	got, want := likes(l.Student), likes(l.Student)
	uniform.Backward(1, got)
	pinned.Backward(1, want)
	for j := range got {
		for k := range got[j].Data {
			if got[j].Data[k] != want[j].Data[k] {
				t.Fatalf("gradient of layer %d differs", j)
			}
		}
	}
}

// TestABKDPinIsCopied makes sure that a caller may reuse the matrix.
func TestABKDPinIsCopied(t *testing.T) {
	pin := testPin.Clone()
	a := newABKD(t, ABKDConfig{Pin: pin})
	pin.Data[0] = 99
	a.Loss(randomLayers(8, testTeacher, testStudent, newRNG(7)))
	if got := a.Alignment().A.Data[0]; got != testPin.Data[0] {
		t.Errorf("attention is %v after the caller changed its matrix, want %v", got, testPin.Data[0])
	}
}

// TestABKDSubspaceScale: Q does not depend on the length of P.
func TestABKDSubspaceScale(t *testing.T) {
	a := newABKD(t, ABKDConfig{})
	l := randomLayers(8, testTeacher, testStudent, newRNG(8))
	want := a.Loss(l)
	for k := range a.subspace.p.W.Data {
		a.subspace.p.W.Data[k] *= 1e-3
	}
	if got := a.Loss(l); !near(got, want, 1e-5) {
		t.Errorf("loss with P/1000 is %v, want %v", got, want)
	}
}

// TestABKDIdentical: equal layers through equal projections are not different.
func TestABKDIdentical(t *testing.T) {
	a, err := NewABKD([]int{4}, []int{4}, ABKDConfig{Granularity: "per-node"}, newRNG(1))
	if err != nil {
		t.Fatal(err)
	}
	copy(a.student[0].weight.W.Data, a.teacher[0].weight.W.Data)
	l := randomLayers(5, []int{4}, []int{4}, newRNG(2))
	l.Student = l.Teacher
	if got := a.Loss(l); got != 0 {
		t.Errorf("loss is %v, want 0", got)
	}
}

// TestABKDCollapse trains only the criterion, with a student that never
// changes, and looks at how much of the loss is left.
func TestABKDCollapse(t *testing.T) {
	for _, test := range []struct {
		c        ABKDConfig
		from, to float64
	}{
		{ABKDConfig{}, 0, 0.05},
		{ABKDConfig{Granularity: "per-node"}, 0, 0.05},
		{ABKDConfig{Granularity: "per-node", FrozenTeacher: true}, 0, 0.2}, // P finds a way
		{ABKDConfig{Granularity: "per-node", FrozenTeacher: true, NoSubspace: true}, 0.4, 1},
		{ABKDConfig{Head: "batchnorm", FrozenTeacher: true, NoSubspace: true}, 0.4, 1},
	} {
		t.Run(test.c.name(), func(t *testing.T) {
			a, err := NewABKD(testTeacher, testStudent, test.c, newRNG(3))
			if err != nil {
				t.Fatal(err)
			}
			l := randomLayers(60, testTeacher, testStudent, newRNG(10))
			grad := likes(l.Student)
			adam := gnn.NewAdam(a.Params(), 0.01)
			start := a.Loss(l)
			for range 200 {
				a.Backward(1, grad)
				adam.Step()
				a.Loss(l)
			}
			if left := a.Loss(l) / start; !(left >= test.from && left <= test.to) {
				t.Errorf("%.4f of the loss is left, want %v..%v", left, test.from, test.to)
			}
		})
	}
}

// TestABKDZeroRows has a student with dead units: l2 has no derivative at 0,
// and none must be invented.
func TestABKDZeroRows(t *testing.T) {
	for _, c := range configs() {
		a := newABKD(t, c)
		l := randomLayers(8, testTeacher, testStudent, newRNG(9))
		l.Student[0].Zero()
		grad := likes(l.Student)
		loss := a.Loss(l)
		a.Backward(1, grad)
		for _, g := range grad[0].Data {
			if !finite(loss) || math.Abs(float64(g)) > 10 || !finite(float64(g)) {
				t.Fatalf("%s: loss is %v, gradient of a zero layer %v", c.name(), loss, g)
			}
		}
	}
}

func TestABKDAllocs(t *testing.T) {
	for _, c := range configs() {
		a := newABKD(t, c)
		l := randomLayers(8, testTeacher, testStudent, newRNG(1))
		grad := likes(l.Student)
		if n := testing.AllocsPerRun(3, func() { a.Loss(l); a.Backward(1, grad) }); n != 0 {
			t.Errorf("%s: a step allocates %v times, want 0", c.name(), n)
		}
	}
}

func TestABKDDefaults(t *testing.T) {
	zero, err := ABKDConfig{}.complete(testTeacher, testStudent)
	if err != nil {
		t.Fatal(err)
	}
	if zero.Dim != 32 || zero.Softmax != "row" || zero.Head != "linear" || zero.Granularity != "pooled" {
		t.Errorf("defaults are %+v", zero)
	}
	heads, err := ABKDConfig{Head: "batchnorm"}.complete(testTeacher, testStudent)
	if err != nil || heads.Granularity != "per-node" {
		t.Errorf("granularity of batchnorm heads is %q (%v), want per-node", heads.Granularity, err)
	}
}

func TestABKDErrors(t *testing.T) {
	nan, inf := testPin.Clone(), testPin.Clone()
	nan.Data[3] = float32(math.NaN())
	inf.Data[0] = float32(math.Inf(1))
	for _, test := range []struct {
		teacher, student []int
		c                ABKDConfig
		want             string
	}{
		{testTeacher, testStudent, ABKDConfig{Dim: -1}, `dim is -1, want at least 1`},
		{testTeacher, testStudent, ABKDConfig{Softmax: "rows"}, `softmax is "rows", want one of ["row" "column" "global" "uniform"]`},
		{testTeacher, testStudent, ABKDConfig{Head: "mlp"}, `head is "mlp", want one of ["linear" "batchnorm"]`},
		{testTeacher, testStudent, ABKDConfig{Granularity: "node"}, `granularity is "node", want one of ["pooled" "per-node"]`},
		{testTeacher, testStudent, ABKDConfig{Head: "batchnorm", Granularity: "pooled"}, `head is "batchnorm" with granularity "pooled", want "per-node"`},
		{testTeacher, testStudent, ABKDConfig{Pin: mat.New(2, 3)}, `pinned attention is 2×3, want 3×2`},
		{testTeacher, testStudent, ABKDConfig{Pin: mat.New(0, 3)}, `pinned attention is 0×3, want 3×2`},
		{testTeacher, testStudent, ABKDConfig{Pin: nan}, `pinned attention of pair 1, 1 is NaN, want a finite number`},
		{testTeacher, testStudent, ABKDConfig{Pin: inf}, `pinned attention of pair 0, 0 is +Inf, want a finite number`},
		{nil, testStudent, ABKDConfig{}, `the teacher has no layers`},
		{testTeacher, []int{5, 0}, ABKDConfig{}, `width of student layer 1 is 0, want at least 1`},
	} {
		_, err := NewABKD(test.teacher, test.student, test.c, newRNG(1))
		if err == nil || !strings.HasPrefix(err.Error(), "kd: ABKD: "+test.want) {
			t.Errorf("error is %v, want %s", err, test.want)
		}
	}
}

func TestABKDShapes(t *testing.T) {
	good := func() Layers { return randomLayers(8, testTeacher, testStudent, newRNG(1)) }
	for want, spoil := range map[string]func(l *Layers){
		"kd: ABKD.Loss: 2 teacher and 2 student layers, want 3 and 2": func(l *Layers) { l.Teacher = l.Teacher[:2] },
		"kd: ABKD.Loss: teacher layer 1 is 8×5, want 8×6":             func(l *Layers) { l.Teacher[1] = mat.New(8, 5) },
		"kd: ABKD.Loss: student layer 0 is 7×5, want 8×5":             func(l *Layers) { l.Student[0] = mat.New(7, 5) },
	} {
		l := good()
		spoil(&l)
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic is %v, want %s", got, want)
				}
			}()
			newABKD(t, ABKDConfig{}).Loss(l)
		}()
	}
}
