package gnn

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// A training step: forward, loss, backward, update.
type step struct {
	m    Model
	ce   CrossEntropy
	adam *Adam
	grad []mat.Matrix
}

func newStep(m Model, lr float64) *step {
	return &step{m: m, adam: NewAdam(m.Params(), lr)}
}

func (s *step) run(b *sample.Batch, rng *rand.Rand) float64 {
	tr := s.m.Forward(b, rng)
	logits := tr.Logits()
	if s.grad == nil {
		s.grad = make([]mat.Matrix, len(tr.Outputs))
	}
	loss := s.ce.Loss(logits, b.Rows, b.Labels)
	last := len(s.grad) - 1
	s.grad[last] = s.grad[last].Reshape(logits.Rows, logits.Cols)
	s.grad[last].Zero()
	s.ce.Backward(1, s.grad[last])
	s.m.Backward(b, s.grad)
	s.adam.Step()
	return loss
}

func TestTrainingAllocatesNothing(t *testing.T) {
	g, words := testGraph(t, 1), citationGraph(t, 1, 40, 0.92)
	for _, kind := range Kinds() {
		for graph, g := range map[string]*graph.Graph{"heterogeneous": g, "sparse": words} {
			for name, s := range testSamplers(g, 3) {
				t.Run(fmt.Sprintf("kind=%s/graph=%s/batch=%s", kind, graph, name), func(t *testing.T) {
					m := newModelOf(t, Config{Kind: kind, Hidden: 6, Heads: 2, RowNormalise: true}, g, 2)
					SetDecay(m, 0.01, 0.01)
					st, rng := newStep(m, 0.01), newRand(9)
					for range 50 { // buffers grow to the largest batch
						st.run(s.Next(), rng)
					}
					b := s.Next()
					if n := testing.AllocsPerRun(20, func() { st.run(b, rng) }); n != 0 {
						t.Errorf("a step allocates %g times, want 0", n)
					}
				})
			}
		}
	}
}

// A model with a row to train for some nodes learns labels by heart.
func TestRGCNOverfits(t *testing.T) {
	g := testGraph(t, 1)
	for name, s := range testSamplers(g, 2) {
		t.Run("batch="+name, func(t *testing.T) {
			m, err := New(Config{Layers: 2, Hidden: 32, Dropout: -1, Inputs: "embedding"}, g, newRand(2))
			if err != nil {
				t.Fatal(err)
			}
			st := newStep(m, 0.02)
			for range 150 {
				st.run(s.Next(), nil)
			}
			b := sample.NewFull(g, 2, someRows(g)).Next()
			logits := m.Forward(b, nil).Logits()
			if acc := Accuracy(logits, b.Rows, b.Labels); acc != 1 {
				t.Errorf("accuracy on the training nodes is %g, want 1", acc)
			}
			if loss := st.ce.Loss(logits, b.Rows, b.Labels); loss > 0.1 {
				t.Errorf("loss on the training nodes is %g, want at most 0.1", loss)
			}
		})
	}
}

// Every kind learns most labels of a graph by heart, without and with noise.
func TestKindsFit(t *testing.T) {
	g := citationGraph(t, 1, 40, 0.8)
	for _, kind := range targetKinds {
		for _, dropout := range []float32{-1, 0.2} {
			t.Run(fmt.Sprintf("kind=%s/dropout=%g", kind, dropout), func(t *testing.T) {
				m, err := New(Config{Kind: kind, Layers: 2, Hidden: 16, Heads: 2, Dropout: dropout}, g, newRand(2))
				if err != nil {
					t.Fatal(err)
				}
				st, rng := newStep(m, 0.02), newRand(5)
				s := sample.NewFull(g, 2, someRows(g))
				for range 150 {
					st.run(s.Next(), rng)
				}
				b := s.Next()
				if acc := Accuracy(m.Forward(b, nil).Logits(), b.Rows, b.Labels); acc < 0.9 {
					t.Errorf("accuracy on the training nodes is %g, want at least 0.9", acc)
				}
			})
		}
	}
}

// The same seed gives the same bits, whatever else is in memory.
func TestTrainingIsDeterministic(t *testing.T) {
	for _, kind := range Kinds() {
		t.Run("kind="+kind, func(t *testing.T) { wantDeterministic(t, kind) })
	}
}

func wantDeterministic(t *testing.T, kind string) {
	g := testGraph(t, 1)
	train := func() Model {
		m, err := New(Config{Kind: kind, Hidden: 6, Heads: 2}, g, newRand(2))
		if err != nil {
			t.Fatal(err)
		}
		st, s, rng := newStep(m, 0.01), sample.NewNeighbor(g, 3, someRows(g), 5, 2, newRand(3)), newRand(4)
		for range 10 {
			st.run(s.Next(), rng)
		}
		return m
	}
	a, b := train(), train()
	for i, p := range a.Params() {
		if !sameBits(p.W, b.Params()[i].W) {
			t.Errorf("%s differs between two runs from one seed", p.Name)
		}
	}
}

func BenchmarkStep(b *testing.B) {
	g := testGraph(b, 1)
	for _, hidden := range []int{8, 64} {
		b.Run(fmt.Sprintf("hidden=%d", hidden), func(b *testing.B) {
			st, rng := newStep(newTestModel(b, Config{Hidden: hidden}, g, 2), 0.01), newRand(9)
			batch := sample.NewFull(g, 3, someRows(g)).Next()
			b.ReportAllocs()
			for b.Loop() {
				st.run(batch, rng)
			}
		})
	}
}
