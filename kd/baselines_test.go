package kd

import (
	"fmt"
	"math"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// same returns layers in which the student computes what the teacher does.
func same(n int, seed uint64) (l Layers, widths []int) {
	widths = []int{4, 3}
	rng := newRNG(seed)
	l = quieter(randomLayers(n, widths, widths, rng), rng)
	l.Student[0] = l.Teacher[0].Clone()
	return l, widths
}

// TestCriterionEqual: there is nothing to learn from an equal layer.
func TestCriterionEqual(t *testing.T) {
	for _, s := range specs() {
		switch s.criterion {
		case "gcrd", "abkd", "stride", "spread":
			continue // not 0 at equality: the nodes, the layers or the units differ
		}
		t.Run(s.name(), func(t *testing.T) {
			l, w := same(8, 1)
			c := s.make(t, w, w)
			if f, ok := c.(*FitNet); ok {
				for i, p := range f.student.params() {
					copy(p.W.Data, f.teacher.params()[i].W.Data)
				}
			}
			loss, grad := c.Loss(l), likes(l.Student)
			c.Backward(1, grad)
			if loss != 0 || rms(grad[0].Data) != 0 {
				t.Errorf("loss is %v and gradient %v, want 0", loss, grad[0].Data)
			}
		})
	}
}

// TestCriterionSymmetric: AT and GSP do not know which of the two is the teacher.
func TestCriterionSymmetric(t *testing.T) {
	for _, s := range specs() {
		if s.criterion != "at" && s.criterion != "gsp" || s.o.MaxNodes > 0 {
			continue
		}
		t.Run(s.name(), func(t *testing.T) {
			rng := newRNG(2)
			l := quieter(randomLayers(8, []int{6, 3}, []int{4, 3}, rng), rng)
			a := s.make(t, []int{6, 3}, []int{4, 3}).Loss(l)
			b := s.make(t, []int{4, 3}, []int{6, 3}).Loss(Layers{Teacher: l.Student, Student: l.Teacher})
			if !near(a, b, 1e-6*a) || a == 0 {
				t.Errorf("losses are %v and, swapped, %v", a, b)
			}
		})
	}
}

// TestCriterionInvariant: what may happen to the student's layer without a
// loss seeing it, and what may not.
func TestCriterionInvariant(t *testing.T) {
	scale := func(v, k int, x float32) float32 { return 3 * x }
	scaleRows := func(v, k int, x float32) float32 { return float32(v+1) * x }
	shift := func(v, k int, x float32) float32 { return x + 0.2*float32(k+1) }
	flip := func(v, k int, x float32) float32 { return -x }
	for _, test := range []struct {
		criterion, kernel, what string
		change                  func(v, k int, x float32) float32
		want                    bool
	}{
		{"at", "", "scale", scale, true}, {"at", "", "rows", scaleRows, false}, {"at", "", "flip", flip, true}, {"at", "", "shift", shift, false},
		{"lsp", "cosine", "rows", scaleRows, true}, {"lsp", "poly", "rows", scaleRows, true},
		{"lsp", "cosine", "shift", shift, false}, {"lsp", "rbf", "shift", shift, true}, {"lsp", "l2", "shift", shift, true},
		{"lsp", "rbf", "scale", scale, false}, {"lsp", "l2", "scale", scale, false}, {"lsp", "rbf", "flip", flip, true},
		{"gsp", "cosine", "rows", scaleRows, true}, {"gsp", "poly", "rows", scaleRows, true},
		{"gsp", "cosine", "shift", shift, false}, {"gsp", "rbf", "shift", shift, true}, {"gsp", "l2", "shift", shift, true},
		{"gsp", "rbf", "scale", scale, false}, {"gsp", "l2", "scale", scale, false}, {"gsp", "cosine", "flip", flip, true},
		{"fitnet", "", "shift", shift, true}, {"gcrd", "", "shift", shift, true}, {"fitnet", "", "rows", scaleRows, false},
		{"spread", "", "scale", scale, true}, {"spread", "", "shift", shift, true}, {"spread", "", "flip", flip, true}, {"spread", "", "rows", scaleRows, false},
	} {
		t.Run(fmt.Sprintf("criterion=%s/kernel=%s/change=%s", test.criterion, test.kernel, test.what), func(t *testing.T) {
			rng := newRNG(3)
			l := quieter(randomLayers(8, testTeacher, testStudent, rng), rng)
			if test.criterion == "spread" {
				narrow(l.Student)
			}
			c := spec{test.criterion, Config{Kernel: test.kernel}}.make(t, testTeacher, testStudent)
			want := c.Loss(l)
			s := l.Student[0]
			for v := range s.Rows {
				for k, x := range s.Row(v) {
					s.Row(v)[k] = test.change(v, k, x)
				}
			}
			if got := c.Loss(l); near(got, want, 1e-4*want) != test.want {
				t.Errorf("loss goes from %v to %v, want the same: %v", want, got, test.want)
			}
		})
	}
}

// TestATByHand: lengths 25 and 0 against 9 and 9.
func TestATByHand(t *testing.T) {
	a, err := NewAT([]int{1, 2}, []int{2, 2}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	l := Layers{
		Teacher: []mat.Matrix{{Rows: 2, Cols: 1, Data: []float32{3, -3}}, mat.New(2, 2)},
		Student: []mat.Matrix{{Rows: 2, Cols: 2, Data: []float32{3, 4, 0, 0}}, mat.New(2, 2)},
	}
	h := math.Sqrt(0.5)
	if got, want := a.Loss(l), ((1-h)*(1-h)+h*h)/2; !near(got, want, 1e-6) {
		t.Errorf("loss is %v, want %v", got, want)
	}
}

// similar returns the similarity of x and y in float64, straight from its
// definition.
func similar(kernel string, x, y []float32) float64 {
	var product, xx, yy, square float64
	for i := range x {
		a, b := float64(x[i]), float64(y[i])
		product, xx, yy, square = product+a*b, xx+a*a, yy+b*b, square+(a-b)*(a-b)
	}
	cosine := product / max(math.Sqrt(xx*yy), 1e-12)
	return map[string]float64{"rbf": math.Exp(-square / 2), "l2": math.Sqrt(square), "cosine": cosine, "poly": cosine * cosine}[kernel]
}

// TestGSPNaive compares the tiled loss with all pairs one by one, and its
// gradient with differences, on more nodes than a tile has.
func TestGSPNaive(t *testing.T) {
	const n = tileRows + 17
	for _, kernel := range Kernels() {
		t.Run("kernel="+kernel, func(t *testing.T) {
			rng := newRNG(4)
			l := quieter(randomLayers(n, testTeacher, testStudent, rng), rng)
			naive := func() (sum float64) {
				T, S := l.Teacher[1], l.Student[0]
				for u := range n {
					for v := range n {
						d := similar(kernel, S.Row(u), S.Row(v)) - similar(kernel, T.Row(u), T.Row(v))
						sum += d * d / n / n
					}
				}
				return sum
			}
			c := spec{"gsp", Config{Kernel: kernel}}.make(t, testTeacher, testStudent)
			if got, want := c.Loss(l), naive(); !near(got, want, 1e-5*want) {
				t.Errorf("loss is %v, want %v", got, want)
			}
			grad := likes(l.Student)
			c.Backward(100, grad)
			checkGradient(t, "layer", l.Student[0].Data, grad[0].Data, rng, func() float64 { return 100 * naive() })
		})
	}
}

// TestGSPEqualNodes: at distance 0 l2 has no derivative, and the product of
// rows must not make one up.
func TestGSPEqualNodes(t *testing.T) {
	rng := newRNG(5)
	l := quieter(randomLayers(6, testTeacher, testStudent, rng), rng)
	for v := range 6 {
		copy(l.Student[0].Row(v), l.Student[0].Row(0))
	}
	c, grad := spec{"gsp", Config{Kernel: "l2"}}.make(t, testTeacher, testStudent), likes(l.Student)
	loss := c.Loss(l)
	c.Backward(1, grad)
	if !(loss > 0) || rms(grad[0].Data) > 1e-6 {
		t.Errorf("loss is %v, gradient of equal nodes %v, want 0", loss, grad[0].Data)
	}
}

// TestGSPFar has features far from 0, where ‖x‖² + ‖y‖² - 2·x·y is a small
// difference of large numbers.
func TestGSPFar(t *testing.T) {
	for _, kernel := range []string{"rbf", "l2"} {
		rng := newRNG(5)
		l := quieter(randomLayers(8, testTeacher, testStudent, rng), rng)
		c := spec{"gsp", Config{Kernel: kernel}}.make(t, testTeacher, testStudent)
		want := c.Loss(l)
		for i := range l.Student[0].Data {
			l.Student[0].Data[i] += 512
		}
		if got := c.Loss(l); !near(got, want, 1e-3*want) {
			t.Errorf("kernel=%s: loss of features shifted by 512 is %v, want %v", kernel, got, want)
		}
	}
}

// TestLSPNaive compares the loss with its definition, node by node.
func TestLSPNaive(t *testing.T) {
	for _, kernel := range Kernels() {
		t.Run("kernel="+kernel, func(t *testing.T) {
			rng := newRNG(6)
			l := quieter(randomLayers(9, testTeacher, testStudent, rng), rng)
			softmaxed := func(x mat.Matrix, v int) (p []float64) {
				sum := 0.0
				for _, u := range l.Edges.Row(v) {
					p = append(p, math.Exp(similar(kernel, x.Row(int(u)), x.Row(v))))
					sum += p[len(p)-1]
				}
				for i := range p {
					p[i] /= sum
				}
				return p
			}
			want, count := 0.0, 0.0
			for v := range 9 {
				p, q := softmaxed(l.Teacher[1], v), softmaxed(l.Student[0], v)
				for i := range p {
					want += p[i] * math.Log(p[i]/q[i])
				}
				if len(p) > 0 {
					count++
				}
			}
			want /= count
			c := spec{"lsp", Config{Kernel: kernel}}.make(t, testTeacher, testStudent).(*LSP)
			if got := c.Loss(l); !near(got, want, 1e-5*want) || got <= 0 {
				t.Errorf("loss is %v, want %v", got, want)
			}
			for v := range 9 { // p and q sum to one, so q - p to zero
				sum := 0.0
				for _, d := range c.diff[l.Edges.Ptr[v]:l.Edges.Ptr[v+1]] {
					sum += float64(d)
				}
				if !near(sum, 0, 1e-6) {
					t.Errorf("differences of the shares of node %d sum to %v, want 0", v, sum)
				}
			}
		})
	}
}

// TestLSPEdges: without edges there is nothing to compare, and edges among
// other nodes are a mistake.
func TestLSPEdges(t *testing.T) {
	l := randomLayers(8, testTeacher, testStudent, newRNG(7))
	c, grad := spec{"lsp", Config{}}.make(t, testTeacher, testStudent), likes(l.Student)
	for _, none := range []graph.CSR{{}, {Ptr: make([]int32, 9)}} {
		l.Edges = none
		loss := c.Loss(l)
		c.Backward(1, grad)
		if loss != 0 || rms(grad[0].Data) != 0 {
			t.Errorf("loss is %v and gradient %v without edges, want 0", loss, grad[0].Data)
		}
	}
	defer func() {
		if got, want := recover(), "kd: LSP.Loss: edges are among 7 nodes, want 8"; got != want {
			t.Errorf("panic is %v, want %s", got, want)
		}
	}()
	l.Edges = randomEdges(7, newRNG(7))
	c.Loss(l)
}

// TestFitNetByHand: heads that tell the two apart at every element.
func TestFitNetByHand(t *testing.T) {
	f, err := NewFitNet([]int{1, 2}, []int{1, 2}, Config{HeadDim: 2}, newRNG(1))
	if err != nil {
		t.Fatal(err)
	}
	// Normalised, ±1 on both sides; weights of either sign: l2 of the ReLU is
	// (1, 0) or (0, 1), and the student's is the other one.
	copy(f.teacher.weight.W.Data, []float32{1, -1})
	copy(f.student.weight.W.Data, []float32{-1, 1})
	x := mat.Matrix{Rows: 2, Cols: 1, Data: []float32{-5, 5}}
	l := Layers{Teacher: []mat.Matrix{x, mat.New(2, 2)}, Student: []mat.Matrix{x, mat.New(2, 2)}}
	if got := f.Loss(l); !near(got, 1, 1e-6) {
		t.Errorf("loss is %v, want 1: each of 4 elements is off by 1", got)
	}
}

func TestHeadDefaults(t *testing.T) {
	f, err := NewFitNet(testTeacher, testStudent, Config{}, newRNG(1))
	if err != nil {
		t.Fatal(err)
	}
	g, err := NewGCRD(testTeacher, testStudent, Config{}, newRNG(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []mat.Matrix{f.student.weight.W, f.teacher.weight.W, g.heads.student.weight.W, g.heads.teacher.weight.W} {
		if p.Cols != 128 {
			t.Errorf("head is %v, want 128 wide", p)
		}
	}
	if g.contrast.tau != 0.075 || g.contrast.nodes.limit != 0 {
		t.Errorf("tau is %v and the cap %d, want 0.075 and 0", g.contrast.tau, g.contrast.nodes.limit)
	}
	s, err := NewSTRIDE(testTeacher, testStudent, Config{}, newRNG(1))
	if err != nil {
		t.Fatal(err)
	}
	if s.contrast.tau != 0.5 {
		t.Errorf("tau of STRIDE is %v, want 0.5", s.contrast.tau)
	}
}
