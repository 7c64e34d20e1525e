package kd

import (
	"math"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// freezers returns a criterion of each kind that can be frozen.
func freezers(t *testing.T) map[string]Freezer {
	t.Helper()
	all := map[string]Freezer{}
	for _, name := range []string{"abkd", "stride", "fitnet", "gcrd"} {
		c, err := New(name, testTeacher, testStudent, Config{ABKD: ABKDConfig{Dim: 4, Granularity: "per-node"}, HeadDim: 4}, newRNG(1))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = c.(Freezer)
	}
	return all
}

// Frozen while it is in use, the teacher's projections get no gradient; freed
// again, they do.
func TestFreeze(t *testing.T) {
	l := randomLayers(8, testTeacher, testStudent, newRNG(2))
	for name, c := range freezers(t) {
		t.Run("criterion="+name, func(t *testing.T) {
			projections := c.TeacherProjections()
			for _, p := range projections {
				if !slices.Contains(c.Params(), p) || !strings.Contains(p.Name, "teacher") {
					t.Errorf("%s is a projection of the teacher and not among the criterion's parameters", p.Name)
				}
			}
			for _, frozen := range []bool{false, true, false} {
				c.Freeze(frozen)
				gnn.ZeroGrad(c.Params())
				c.Loss(l)
				c.Backward(1, likes(l.Student))
				moved := 0.0
				for _, p := range projections {
					if p.Frozen != frozen {
						t.Errorf("%s is frozen: %t, want %t", p.Name, p.Frozen, frozen)
					}
					moved += rms(p.G.Data)
				}
				if (moved == 0) != frozen {
					t.Errorf("frozen %t: gradient of the projections is %g", frozen, moved)
				}
			}
		})
	}
}

// Frozen or not, the student's gradient is the same.
func TestFreezeLeavesTheStudentsGradient(t *testing.T) {
	l := randomLayers(8, testTeacher, testStudent, newRNG(2))
	for name, c := range freezers(t) {
		var want []mat.Matrix
		for _, frozen := range []bool{false, true} {
			c.Freeze(frozen)
			grad := likes(l.Student)
			c.Loss(l)
			c.Backward(1, grad)
			for j := range want {
				if !slices.Equal(grad[j].Data, want[j].Data) {
					t.Errorf("%s: gradient for layer %d is %v, want %v", name, j, grad[j].Data, want[j].Data)
				}
			}
			want = grad
		}
	}
}

func TestPin(t *testing.T) {
	l := randomLayers(8, testTeacher, testStudent, newRNG(2))
	for _, name := range []string{"abkd", "stride"} {
		c := freezers(t)[name].(Pinner)
		alignment := func() []float32 {
			c.Loss(l)
			return slices.Clone(c.(Aligner).Alignment().A.Data)
		}
		learned := alignment()
		if err := c.Pin(testPin); err != nil {
			t.Fatal(err)
		}
		if got := alignment(); !slices.Equal(got, testPin.Data) {
			t.Errorf("%s: A is %v, want %v", name, got, testPin.Data)
		}
		for _, p := range c.Params() {
			if want := strings.HasPrefix(p.Name, "attention."); p.Frozen != want {
				t.Errorf("%s: %s is frozen: %t, want %t", name, p.Name, p.Frozen, want)
			}
		}
		if err := c.Pin(mat.New(2, 2)); err == nil || !strings.Contains(err.Error(), "want 3×2") {
			t.Errorf("%s: a matrix of another shape gave %v", name, err)
		}
		if got := alignment(); !slices.Equal(got, testPin.Data) {
			t.Errorf("%s: A is %v after a refused pin, want %v", name, got, testPin.Data)
		}
		if err := c.Pin(mat.Matrix{}); err != nil {
			t.Fatal(err)
		}
		if got := alignment(); !slices.Equal(got, learned) {
			t.Errorf("%s: A is %v once it is free, want %v", name, got, learned)
		}
	}
}

// The optimiser knows projections that were frozen from the start, so that
// they can be trained later.
func TestStateHasTheFrozen(t *testing.T) {
	for _, frozen := range []bool{false, true} {
		c, err := New("abkd", testTeacher, testStudent, Config{ABKD: ABKDConfig{FrozenTeacher: frozen}}, newRNG(1))
		if err != nil {
			t.Fatal(err)
		}
		params := Weights(c)
		for _, p := range c.(Freezer).TeacherProjections() {
			if !slices.Contains(params, p) || p.Frozen != frozen {
				t.Errorf("frozen=%t: %s is missing, or frozen: %t", frozen, p.Name, p.Frozen)
			}
		}
		want := len(c.Params())
		if frozen {
			want += len(testTeacher)
		}
		if len(params) != want {
			t.Errorf("frozen=%t: %d parameters, want %d", frozen, len(params), want)
		}
	}
	if Weights(nil) != nil {
		t.Error("no criterion has parameters")
	}
}

func TestDiagonal(t *testing.T) {
	for _, c := range []struct {
		lt, ls int
		want   []float32
	}{
		{1, 1, []float32{1}}, {1, 2, []float32{0, 1}}, {2, 1, []float32{1, 1}},
		{2, 2, []float32{1, 0, 0, 1}}, {2, 3, []float32{1, 0, 0, 0, 0, 1}},
		{4, 3, []float32{1, 0, 0, 1. / 3, 2. / 3, 0, 0, 2. / 3, 1. / 3, 0, 0, 1}},
	} {
		got := Diagonal(c.lt, c.ls)
		for i, v := range got.Data {
			if math.Abs(float64(v-c.want[i])) > 1e-6 {
				t.Errorf("%d×%d: %v, want %v", c.lt, c.ls, got.Data, c.want)
				break
			}
		}
	}
}
