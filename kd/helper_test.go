package kd

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// newRNG returns a generator for a test.
func newRNG(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// randomLayers returns outputs on n nodes for a teacher and a student of the
// given widths. The teacher's hidden layers have passed a ReLU; the student's
// have not, because at rows of zeros there is no derivative to check.
func randomLayers(n int, teacher, student []int, rng *rand.Rand) Layers {
	l := Layers{Teacher: randomOutputs(n, teacher, rng), Student: randomOutputs(n, student, rng)}
	for _, m := range l.Teacher[:len(teacher)-1] {
		for i, v := range m.Data {
			m.Data[i] = max(v, 0)
		}
	}
	return l
}

func randomOutputs(n int, widths []int, rng *rand.Rand) (out []mat.Matrix) {
	for _, w := range widths {
		m := mat.New(n, w)
		for i := range m.Data {
			m.Data[i] = float32(1 + 2*rng.NormFloat64()) // a mean well away from 0, where l2 is curved
		}
		out = append(out, m)
	}
	return out
}

// quieter returns l with features a third as large and edges among the
// nodes, three to each on average: at the distances of randomLayers rbf is 0.
func quieter(l Layers, rng *rand.Rand) Layers {
	for _, m := range slices.Concat(l.Teacher, l.Student) {
		for i := range m.Data {
			m.Data[i] /= 3
		}
	}
	l.Edges = randomEdges(l.Student[0].Rows, rng)
	return l
}

func randomEdges(n int, rng *rand.Rand) graph.CSR {
	var src, dst []int32
	for range 3 * n {
		src, dst = append(src, int32(rng.IntN(n))), append(dst, int32(rng.IntN(n)))
	}
	edges, err := graph.NewCSR(src, dst, n, n)
	if err != nil {
		panic(err)
	}
	return edges
}

// rms returns the root of the mean square of x.
func rms(x []float32) (r float64) {
	for _, v := range x {
		r += float64(v) * float64(v) / float64(len(x))
	}
	return math.Sqrt(r)
}

// widths returns the widths of layers.
func widths(layers []mat.Matrix) (w []int) {
	for _, m := range layers {
		w = append(w, m.Cols)
	}
	return w
}

// likes returns zero matrices of the shapes of m.
func likes(m []mat.Matrix) (z []mat.Matrix) {
	for _, x := range m {
		z = append(z, mat.New(x.Rows, x.Cols))
	}
	return z
}

// checkGradient compares grad, the derivative of loss with respect to x, with
// central differences along random directions of length 1, along which the
// derivative is about the rms of grad.
func checkGradient(t *testing.T, name string, x, grad []float32, rng *rand.Rand, loss func() float64) {
	t.Helper()
	const h, tolerance = 1e-2, 1e-2
	// The loss is computed in float32: 1e-7 of it, or of the terms of a small
	// one, over 2h.
	noise := 1e-7 / (2 * h) * max(math.Abs(loss()), 2)
	start := append([]float32(nil), x...)
	size := rms(grad)
	dir := make([]float64, len(x))
	for range 3 {
		norm := 0.0
		for i := range dir {
			dir[i] = rng.NormFloat64()
			norm += dir[i] * dir[i]
		}
		want := 0.0
		for i := range dir {
			dir[i] /= math.Sqrt(norm)
			want += float64(grad[i]) * dir[i]
		}
		at := func(h float64) float64 {
			for i := range x {
				x[i] = start[i] + float32(h*dir[i])
			}
			defer copy(x, start)
			return loss()
		}
		got := (at(h) - at(-h)) / (2 * h)
		if d := math.Abs(got - want); !(d <= tolerance*size+noise) {
			t.Errorf("%s: derivative of the loss is %.6g, Backward says %.6g (rms %.3g)", name, got, want, size)
		}
	}
}

// checkCriterion compares Backward of c on l with differences of loss, which
// is c.Loss except where Backward takes something as constant. c runs on
// other data first, so that stale scratch shows.
func checkCriterion(t *testing.T, c Criterion, l, other Layers, rng *rand.Rand, loss func() float64) {
	t.Helper()
	c.Loss(other)
	c.Backward(1, likes(other.Student))
	for _, p := range c.Params() {
		p.G.Zero()
	}
	const scale = 2.5
	grad := likes(l.Student)
	for _, g := range grad {
		for i := range g.Data {
			g.Data[i] = 1 // Backward adds
		}
	}
	c.Loss(l)
	c.Backward(scale, grad)
	scaled := func() float64 { return scale * loss() }
	for j, g := range grad {
		for i := range g.Data {
			g.Data[i]--
		}
		checkGradient(t, "student layer "+string(rune('0'+j)), l.Student[j].Data, g.Data, rng, scaled)
	}
	for _, p := range c.Params() {
		checkGradient(t, p.Name, p.W.Data, p.G.Data, rng, scaled)
	}
}

// near reports whether got and want differ by at most tolerance.
func near(got, want, tolerance float64) bool { return math.Abs(got-want) <= tolerance }
