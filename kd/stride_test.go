package kd

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/mat"
)

func newSTRIDE(t *testing.T, c ABKDConfig) *STRIDE {
	t.Helper()
	s, err := NewSTRIDE(testTeacher, testStudent, Config{ABKD: c}, newRNG(3))
	if err != nil {
		t.Fatal(err)
	}
	perturb(s.params)
	return s
}

func TestSTRIDEGradient(t *testing.T) {
	for _, c := range configs() {
		t.Run(c.name(), func(t *testing.T) {
			rng := newRNG(5)
			s := newSTRIDE(t, c)
			l := randomLayers(8, testTeacher, testStudent, rng)
			loss := func() float64 { return s.Loss(l) }
			if c.DetachAttention {
				loss = lossOfPinnedSTRIDE(t, s, c, l)
			}
			checkCriterion(t, s, l, randomLayers(11, testTeacher, testStudent, rng), rng, loss)
		})
	}
}

// lossOfPinnedSTRIDE is lossOfPinned for STRIDE.
func lossOfPinnedSTRIDE(t *testing.T, s *STRIDE, c ABKDConfig, l Layers) func() float64 {
	s.Loss(l)
	c.Pin = s.Alignment().A.Clone()
	pinned := newSTRIDE(t, c)
	for i, p := range pinned.params {
		p.W = s.params[i].W
	}
	return func() float64 { return pinned.Loss(l) }
}

// TestSTRIDEAddsG: with the parameters of an ABKD it is that ABKD, and G.
func TestSTRIDEAddsG(t *testing.T) {
	for _, c := range configs() {
		t.Run(c.name(), func(t *testing.T) {
			s, a := newSTRIDE(t, c), newABKD(t, c)
			for i, p := range a.Params() {
				if name := s.Params()[i].Name; name != p.Name {
					t.Fatalf("parameter %d is %s, want %s", i, name, p.Name)
				}
				copy(p.W.Data, s.Params()[i].W.Data)
			}
			l := randomLayers(8, testTeacher, testStudent, newRNG(6))
			want := a.Loss(l)
			got, alignment := s.Loss(l), s.Alignment()
			for k, g := range alignment.G.Data {
				if !(g > 0) {
					t.Errorf("structure term of pair %d is %v, want more than 0", k, g)
				}
				want += float64(alignment.A.Data[k]) * float64(g) / 3
			}
			if !near(got, want, 1e-5) {
				t.Errorf("loss is %v, want %v", got, want)
			}
			for k, d := range a.Alignment().D.Data {
				if d != alignment.D.Data[k] {
					t.Errorf("dissimilarity of pair %d is %v, want ABKD's %v", k, alignment.D.Data[k], d)
				}
			}
		})
	}
}

// TestSTRIDEFrozen: nothing of the teacher's is trained.
func TestSTRIDEFrozen(t *testing.T) {
	s := newSTRIDE(t, ABKDConfig{FrozenTeacher: true})
	for _, p := range s.Params() {
		if strings.HasPrefix(p.Name, "embedding.teacher.") || strings.HasPrefix(p.Name, "structure.teacher.") {
			t.Errorf("parameter %s is to be trained", p.Name)
		}
	}
	l := randomLayers(8, testTeacher, testStudent, newRNG(1))
	s.Loss(l)
	s.Backward(1, likes(l.Student))
	for _, p := range teacherProjections(s) {
		if rms(p.G.Data) != 0 {
			t.Errorf("gradient of %s is %v, want 0", p.Name, p.G.Data)
		}
	}
}

// infoNCE is the contrast in float64, straight from its definition, of the
// given rows.
func infoNCE(w, u mat.Matrix, tau float64) (loss float64) {
	for v := range w.Rows {
		sum, own := 0.0, 0.0
		for k := range u.Rows {
			x := similar("cosine", w.Row(v), u.Row(k)) / tau
			sum += math.Exp(x)
			if k == v {
				own = x
			}
		}
		loss += math.Log(sum) - own
	}
	return loss / float64(w.Rows)
}

// unitVectors returns n random rows of length 1.
func unitVectors(n int, rng *rand.Rand) selection {
	var u unitRows
	u.forward(randomOutputs(n, []int{5}, rng)[0])
	return selection{x: u.unit, dx: mat.New(n, 5)}
}

// TestContrast compares loss and gradients with the definition, on fewer and
// on more nodes than a tile has.
func TestContrast(t *testing.T) {
	for _, n := range []int{1, 2, 9, tileRows, tileRows + 17} {
		rng := newRNG(uint64(n))
		c, err := newContrast("test", 0, 0.5, 0, rng)
		if err != nil {
			t.Fatal(err)
		}
		c.drawNodes(n)
		w, u := unitVectors(n, rng), unitVectors(n, rng)
		const weight = 3
		got, want := c.loss(w, u, weight), infoNCE(w.x, u.x, 0.5)
		if !near(got, want, 1e-5*max(want, 1)) {
			t.Errorf("n=%d: loss is %v, want %v", n, got, want)
		}
		// The derivative on the sphere: infoNCE divides by the length.
		for _, s := range []selection{w, u} {
			var r unitRows
			r.forward(s.x)
			r.backward(s.dx)
			checkGradient(t, "vectors", s.x.Data, s.dx.Data, rng, func() float64 { return weight * infoNCE(w.x, u.x, 0.5) })
		}
	}
}

// TestContrastProperties: nodes that are all alike cost log n, the right
// partners less than the wrong ones.
func TestContrastProperties(t *testing.T) {
	const n = 8
	c, _ := newContrast("test", 0.1, 1, 0, newRNG(1))
	c.drawNodes(n)
	alike := selection{x: mat.New(n, 2), dx: mat.New(n, 2)}
	for v := range n {
		alike.x.Row(v)[0] = 1
	}
	if got := c.loss(alike, alike, 1); !near(got, math.Log(n), 1e-6) {
		t.Errorf("loss of equal nodes is %v, want log %d", got, n)
	}
	w := unitVectors(n, newRNG(2))
	wrong := selection{x: reverseRows([]mat.Matrix{w.x})[0], dx: mat.New(n, 5)}
	if right, other := c.loss(w, w, 1), c.loss(w, wrong, 1); !(right < math.Log(n) && right < other) {
		t.Errorf("loss with the right partners is %v, with the wrong ones %v", right, other)
	}
}

// TestGCRDCap: the capped loss is the contrast of the drawn nodes of heads
// that saw all.
func TestGCRDCap(t *testing.T) {
	rng := newRNG(3)
	l := randomLayers(12, testTeacher, testStudent, rng)
	c, err := NewGCRD(testTeacher, testStudent, Config{HeadDim: 6, MaxNodes: 5, Tau: 0.5}, rng)
	if err != nil {
		t.Fatal(err)
	}
	perturb(c.Params())
	got, rows := c.Loss(l), c.contrast.rows
	if len(rows) != 5 {
		t.Fatalf("%d nodes are contrasted, want 5", len(rows))
	}
	all := gather(nil, []mat.Matrix{c.heads.student.y, c.heads.teacher.y}, rows)
	if want := infoNCE(all[0], all[1], 0.5); !near(got, want, 1e-5) {
		t.Errorf("loss is %v, want %v", got, want)
	}
}

// TestDrawn: every subset is drawn, about as often as any other.
func TestDrawn(t *testing.T) {
	d, err := newDrawn("test", 2, newRNG(4))
	if err != nil {
		t.Fatal(err)
	}
	count := map[[2]int32]int{}
	const draws = 6000
	for range draws {
		rows := slices.Clone(d.drawNodes(4))
		slices.Sort(rows)
		count[[2]int32(rows)]++
	}
	for pair, n := range count { // 1000 ± 29
		if pair[0] == pair[1] || pair[1] > 3 || n < 850 || n > 1150 {
			t.Errorf("nodes %v are drawn %d times of %d", pair, n, draws)
		}
	}
	if len(count) != 6 {
		t.Errorf("%d different pairs are drawn, want 6", len(count))
	}
	if rows := d.drawNodes(2); rows != nil {
		t.Errorf("2 of 2 nodes are %v, want nil", rows)
	}
}
