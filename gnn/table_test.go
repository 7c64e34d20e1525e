package gnn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// The gradient of a table is the sum of what was added, whichever rows came
// when, and takes memory for the rows that came alone.
func TestTableGradient(t *testing.T) {
	rng := newRand(1)
	p, want := NewTable("embed.a", 9, 3), mat.New(9, 3)
	for range 3 { // once more after clearing: nothing is left
		for _, nodes := range [][]int32{{4, 2, 7}, {2, 8}, nil, {}, {7}} {
			n := len(nodes)
			if nodes == nil {
				n = 5
			}
			dx := randomMatrix(rng, n, 3)
			p.AddRows(dx, nodes)
			for i := range n {
				v := i
				if nodes != nil {
					v = int(nodes[i])
				}
				for d, x := range dx.Row(i) {
					want.Row(v)[d] += x
				}
			}
			if got := p.Gradient(); !sameBits(got, want) {
				t.Fatalf("gradient after rows %v is %v, want %v", nodes, got.Data, want.Data)
			}
			if rows := slices.Compact(slices.Sorted(slices.Values(p.Rows))); len(rows) != len(p.Rows) || p.G.Rows != len(rows) || p.G.Cols != 3 {
				t.Fatalf("rows are %v with a gradient of %v, want each once", p.Rows, p.G)
			}
		}
		ZeroGrad([]*Param{p})
		want.Zero()
		if len(p.Rows) != 0 || !p.G.Empty() || !sameBits(p.Gradient(), want) {
			t.Fatalf("cleared gradient has rows %v", p.Rows)
		}
	}
	dx, nodes := randomMatrix(rng, 3, 3), []int32{4, 2, 7}
	if n := testing.AllocsPerRun(10, func() { p.AddRows(dx, nodes); p.dropRows() }); n != 0 {
		t.Errorf("a step allocates %g times, want 0", n)
	}
}

// A step on some rows is PyTorch's SparseAdam, in float64: other rows and
// their moments stay, and the corrections are those of all steps.
func TestAdamOfTable(t *testing.T) {
	for _, decay := range []float64{0, 0.3} {
		t.Run(fmt.Sprintf("decay=%g", decay), func(t *testing.T) {
			const rows, cols, lr, b1, b2, eps = 8, 5, 0.02, 0.9, 0.999, 1e-8
			rng := newRand(2)
			p := NewTable("embed.a", rows, cols)
			p.Decay = decay
			copy(p.W.Data, randomMatrix(rng, rows, cols).Data)
			a := NewAdam([]*Param{p}, lr)
			var w, m, v [rows * cols]float64
			for i, x := range p.W.Data {
				w[i] = float64(x)
			}
			for step := 1.0; step <= 40; step++ {
				var nodes []int32
				for _, r := range rng.Perm(rows)[:rng.IntN(rows+1)] {
					nodes = append(nodes, int32(r))
				}
				dx := randomMatrix(rng, len(nodes), cols)
				before := p.W.Clone()
				for i, r := range nodes {
					for d, g := range dx.Row(i) {
						k := int(r)*cols + d
						g := float64(g) + decay*w[k]
						m[k], v[k] = b1*m[k]+(1-b1)*g, b2*v[k]+(1-b2)*g*g
						w[k] -= lr / (1 - math.Pow(b1, step)) * m[k] / (math.Sqrt(v[k])/math.Sqrt(1-math.Pow(b2, step)) + eps)
					}
				}
				p.AddRows(dx, nodes)
				a.Step()
				for r := range rows {
					if !slices.Contains(nodes, int32(r)) && !slices.Equal(p.W.Row(r), before.Row(r)) {
						t.Fatalf("step %g on rows %v changes row %d", step, nodes, r)
					}
				}
				for k, x := range p.W.Data {
					if math.Abs(float64(x)-w[k]) > 1e-5*(1+math.Abs(w[k])) {
						t.Fatalf("after step %g element %d is %g, want %g", step, k, x, w[k])
					}
				}
			}
		})
	}
}

// denseSteps trains m on b with dense gradients of the tables too: what a
// sparse step has to equal where every row is in every batch.
func denseSteps(m Model, k *mat.Backend, b *sample.Batch, steps int) []mat.Matrix {
	st := newStep(m, 0.05)
	st.ce.Backend = k
	rng := newRand(4)
	grads := make([]mat.Matrix, len(m.Params()))
	moments := NewAdam(m.Params(), 0.05)
	var w []mat.Matrix
	for _, p := range m.Params() {
		w = append(w, p.W)
	}
	for step := 1; step <= steps; step++ {
		tr := m.Forward(b, rng)
		grad := make([]mat.Matrix, len(tr.Outputs))
		st.ce.Loss(tr.Logits(), b.Rows, b.Labels)
		last := len(grad) - 1
		grad[last] = mat.New(tr.Logits().Rows, tr.Logits().Cols)
		st.ce.Backward(1, grad[last])
		m.Backward(b, grad)
		moments.decay1 *= 0.9
		moments.decay2 *= 0.999
		s := mat.AdamStep{LR: 0.05, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8,
			Correction1: float32(1 - moments.decay1), Correction2: float32(math.Sqrt(1 - moments.decay2))}
		for i, p := range m.Params() {
			grads[i] = p.Gradient().Clone()
			if p.Decay != 0 {
				k.Axpy(float32(p.Decay), p.W, grads[i])
			}
			k.Adam(p.W, grads[i], moments.m[i], moments.v[i], s)
		}
		ZeroGrad(m.Params())
	}
	return w
}

// On batches with all rows of a table training is what it is with a dense
// gradient, bit for bit, with every implementation; without decay also where
// the batch is fixed and has some of the rows.
func TestTableOfAllRowsIsDense(t *testing.T) {
	hetero, cites := testGraph(t, 1), citationGraph(t, 1, 0, 0)
	for _, c := range []struct {
		name  string
		kind  string
		g     *graph.Graph
		s     sample.Sampler
		decay float64
	}{
		{"rgcn/full", "rgcn", hetero, sample.NewFull(hetero, 3, someRows(hetero)), 0},
		{"rgcn/receptive", "rgcn", hetero, sample.NewReceptive(hetero, 3, someRows(hetero)[:4]), 0},
		{"gcn/full", "gcn", cites, sample.NewFull(cites, 3, someRows(cites)), 0.01},
		{"gat/full", "gat", cites, sample.NewFull(cites, 3, someRows(cites)), 0},
		{"gcnii/receptive", "gcnii", cites, sample.NewReceptive(cites, 3, someRows(cites)[:4]), 0},
		{"mlp/full", "mlp", cites, sample.NewFull(cites, 3, someRows(cites)), 0.01},
	} {
		for _, backend := range mat.Backends() {
			t.Run(fmt.Sprintf("model=%s/backend=%s", c.name, backend), func(t *testing.T) {
				k := newBackend(t, backend)
				config := Config{Kind: c.kind, Hidden: 6, Heads: 2}
				m, n := newModelOf(t, config, c.g, 3), newModelOf(t, config, c.g, 3)
				if _, tables := Count(m); tables == 0 {
					t.Fatal("the model has no table")
				}
				SetBackend(k, m, n)
				SetDecay(m, c.decay, c.decay)
				SetDecay(n, c.decay, c.decay)
				want := denseSteps(n, k, c.s.Next(), 12)
				st, rng := newStep(m, 0.05), newRand(4)
				SetBackend(k, st.adam)
				st.ce.Backend = k
				for range 12 {
					st.run(c.s.Next(), rng)
				}
				for i, p := range m.Params() {
					if !sameBits(p.W, want[i]) {
						t.Errorf("%s differs from that of dense steps", p.Name)
					}
				}
			})
		}
	}
}

// On sampled batches a step touches the batch's rows of the tables, whatever
// the sampler, and none of the others.
func TestTableTouchesTheBatch(t *testing.T) {
	g := testGraph(t, 1)
	for name, s := range map[string]sample.Sampler{
		"neighbor": sample.NewNeighbor(g, 3, someRows(g), 2, 1, newRand(3)),
		"walk":     sample.NewRandomWalk(g, 3, someRows(g), sample.Walk{Roots: 2}, newRand(3)),
	} {
		t.Run("batch="+name, func(t *testing.T) {
			m := newModelOf(t, Config{Hidden: 6, Dropout: -1}, g, 3)
			st, touched, spared := newStep(m, 0.05), 0, 0
			for range 10 {
				var before []mat.Matrix
				for _, p := range m.Params() {
					before = append(before, p.W.Clone())
				}
				b := s.Next()
				st.run(b, nil)
				for i, p := range m.Params() {
					if !p.Embedding {
						continue
					}
					nodes := b.Nodes[g.TypeIndex(p.Name[len("embed."):])]
					for r := range p.W.Rows {
						switch changed, in := !slices.Equal(p.W.Row(r), before[i].Row(r)), slices.Contains(nodes, int32(r)); {
						case changed && !in:
							t.Errorf("row %d of %s changes, which is not in the batch", r, p.Name)
						case changed:
							touched++
						case !in:
							spared++
						}
					}
				}
			}
			if touched == 0 || spared == 0 {
				t.Errorf("%d rows changed, %d did not, want some of both", touched, spared)
			}
		})
	}
}

// Training on batches drawn ahead is training on the same batches, bit for
// bit, whatever either goroutine does when.
func TestTrainingOnPrefetched(t *testing.T) {
	g := testGraph(t, 1)
	for name, make := range map[string]func() sample.Sampler{
		"neighbor": func() sample.Sampler { return sample.NewNeighbor(g, 3, someRows(g), 5, 2, rand.NewPCG(1, 1)) },
		"walk": func() sample.Sampler {
			return sample.NewRandomWalk(g, 3, someRows(g), sample.Walk{Roots: 6}, rand.NewPCG(1, 1))
		},
	} {
		t.Run("batch="+name, func(t *testing.T) {
			train := func(s sample.Sampler) Model {
				m := newModelOf(t, Config{Hidden: 6}, g, 2)
				st, rng := newStep(m, 0.01), newRand(4)
				for range 25 {
					st.run(s.Next(), rng)
				}
				return m
			}
			ahead := sample.NewPrefetch(make(), 3)
			defer ahead.Close()
			want := train(make()).Params()
			for i, p := range train(ahead).Params() {
				if !sameBits(p.W, want[i].W) {
					t.Errorf("%s differs from what it is without", p.Name)
				}
			}
		})
	}
}

// What the last step added to a table is stated for the rows of its batch.
func TestLastUpdateOfTable(t *testing.T) {
	p := NewTable("embed.a", 4, 2)
	a := NewAdam([]*Param{p}, 0.1)
	for _, nodes := range [][]int32{{0, 1}, {2, 1}} {
		before := p.W.Clone()
		p.AddRows(randomMatrix(newRand(5), 2, 2), nodes)
		a.Update()
		update := a.LastUpdate(p)
		ZeroGrad([]*Param{p})
		for i, w := range p.W.Data {
			if d := w - before.Data[i]; math.Abs(float64(d-update.Data[i])) > 1e-6 {
				t.Errorf("rows %v: element %d moved by %g, stated is %g", nodes, i, d, update.Data[i])
			}
		}
	}
}

func BenchmarkTableStep(b *testing.B) {
	const nodes, touched = 200_000, 20_000
	p := NewTable("embed.a", nodes, 128)
	a, rng := NewAdam([]*Param{p}, 0.01), newRand(1)
	dx := randomMatrix(rng, touched, 128)
	var rows []int32
	for _, r := range rng.Perm(nodes)[:touched] {
		rows = append(rows, int32(r))
	}
	b.ReportAllocs()
	for b.Loop() {
		p.AddRows(dx, rows)
		a.Step()
	}
	b.ReportMetric(float64(touched)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
