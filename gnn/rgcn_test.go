package gnn

import (
	"fmt"
	"math"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// weights returns the parameters of m by name.
func weights(m *RGCN) map[string]mat.Matrix {
	ws := map[string]mat.Matrix{}
	for _, p := range m.Params() {
		ws[p.Name] = p.W
	}
	return ws
}

// addMul sets y += x·w.
func addMul(y, x []float64, w mat.Matrix) {
	for i, v := range x {
		for j, u := range w.Row(i) {
			y[j] += v * float64(u)
		}
	}
}

func wide(row []float32) (x []float64) {
	for _, v := range row {
		x = append(x, float64(v))
	}
	return x
}

// referenceInput returns the first layer's input of each type and row.
func referenceInput(m *RGCN, g *graph.Graph, b *sample.Batch) [][][]float64 {
	ws, x := weights(m), make([][][]float64, len(g.Types))
	for t, nt := range g.Types {
		for i := range b.Top(len(m.convs))[0].NumSrc[t] {
			v := i
			if b.Nodes != nil {
				v = int(b.Nodes[t][i])
			}
			if nt.Features.Empty() {
				x[t] = append(x[t], wide(ws["embed."+nt.Name].Row(v)))
			} else if w, ok := ws["encode."+nt.Name+".weight"]; ok {
				h := wide(ws["encode."+nt.Name+".bias"].Data)
				addMul(h, wide(nt.Features.Row(v)), w)
				x[t] = append(x[t], h)
			} else {
				x[t] = append(x[t], wide(nt.Features.Row(v)))
			}
		}
	}
	return x
}

// reference computes the outputs of all layers for the target type in float64,
// node by node, straight from the formula and by the parameters' names.
func reference(m *RGCN, g *graph.Graph, b *sample.Batch) (layers [][][]float64) {
	ws, x := weights(m), referenceInput(m, g, b)
	for l, b := range b.Top(len(m.convs)) {
		y := make([][][]float64, len(g.Types))
		for t, nt := range g.Types {
			for i := range b.NumDst[t] {
				row := wide(ws[fmt.Sprintf("layers.%d.self.%s.bias", l, nt.Name)].Data)
				addMul(row, x[t][i], ws[fmt.Sprintf("layers.%d.self.%s.weight", l, nt.Name)])
				y[t] = append(y[t], row)
			}
		}
		for r, rel := range g.Relations {
			for i := range b.NumDst[rel.Dst] {
				us := b.Rel[r].In.Row(i)
				for _, u := range us {
					message := make([]float64, len(y[rel.Dst][i]))
					addMul(message, x[rel.Src][u], ws[fmt.Sprintf("layers.%d.rel.%v.weight", l, rel.EdgeType)])
					for j, v := range message {
						y[rel.Dst][i][j] += v / float64(len(us))
					}
				}
			}
		}
		if l < len(m.convs)-1 {
			for _, rows := range y {
				for _, row := range rows {
					for j, v := range row {
						row[j] = max(v, 0)
					}
				}
			}
		}
		layers, x = append(layers, y[g.Target]), y
	}
	return layers
}

func TestRGCNForward(t *testing.T) {
	g := testGraph(t, 1)
	for _, layers := range []int{1, 2, 3} {
		for name, s := range testSamplers(g, layers) {
			t.Run(fmt.Sprintf("layers=%d/batch=%s", layers, name), func(t *testing.T) {
				m := newTestModel(t, Config{Layers: layers, Hidden: 6, Input: 2 + layers}, g, 2)
				for range 3 {
					b := s.Next()
					tr := m.Forward(b, nil)
					for l, want := range reference(m, g, b) {
						got := tr.Layers[l]
						if got.Rows != len(want) || got.Cols != m.Widths()[l] {
							t.Fatalf("layer %d is %v, want %d×%d", l, got, len(want), m.Widths()[l])
						}
						for i, row := range want {
							for j, v := range row {
								if d := math.Abs(float64(got.Row(i)[j]) - v); d > 1e-5*(1+math.Abs(v)) {
									t.Fatalf("layer %d, row %d, column %d is %v, want %v", l, i, j, got.Row(i)[j], v)
								}
							}
						}
						if !sameBits(tr.Hidden[l][g.Target], got) {
							t.Errorf("Hidden[%d][target] differs from Layers[%d]", l, l)
						}
					}
					if !sameBits(tr.Logits(), tr.Layers[layers-1]) || len(tr.Input) != len(g.Types) {
						t.Error("logits are not the last layer, or an input is missing")
					}
				}
			})
		}
	}
}

// The loss Σ_l C_l ⊙ Layers[l] reaches every layer from the side and from
// above; dropout draws the same numbers in each evaluation.
func TestRGCNGradient(t *testing.T) {
	g := testGraph(t, 1)
	for _, layers := range []int{1, 2, 3} {
		for _, dropout := range []float32{-1, 0.3} {
			for name, s := range testSamplers(g, layers) {
				t.Run(fmt.Sprintf("layers=%d/dropout=%g/batch=%s", layers, dropout, name), func(t *testing.T) {
					// Inputs of width 3, 4 and 5: with encoders for some types, all, the others.
					m := newTestModel(t, Config{Layers: layers, Hidden: 5, Input: 2 + layers, Dropout: dropout, LabelReuse: true}, g, 2)
					run := func(b *sample.Batch) *Trace { return m.Forward(b, newRand(9)) }
					random := func(seed uint64, tr *Trace) (c []mat.Matrix) {
						rng := newRand(seed)
						for _, y := range tr.Layers {
							c = append(c, randomMatrix(rng, y.Rows, y.Cols))
						}
						return c
					}
					b := s.Next()
					m.Backward(b, random(4, run(b))) // leaves stale scratch
					ZeroGrad(m.Params())
					b = s.Next()

					c := random(5, run(b))
					loss := func() (s float64, pattern uint64) {
						tr := run(b)
						for l, y := range tr.Layers {
							s += dot(c[l], y)
						}
						return s, reluPattern(tr.Hidden[:layers-1]...)
					}
					m.Backward(b, c)
					for _, p := range m.Params() {
						checkGradient(t, p.Name, loss, p.W, p.Gradient())
					}
				})
			}
		}
	}
}

// An empty gradient is a zero gradient, and gradients of layers add up.
func TestRGCNBackwardIsLinear(t *testing.T) {
	g := testGraph(t, 1)
	m := newTestModel(t, Config{Hidden: 5}, g, 2)
	b := sample.NewFull(g, 3, someRows(g)).Next()
	tr := m.Forward(b, newRand(9))
	backward := func(layers ...int) (sum []mat.Matrix) {
		ZeroGrad(m.Params())
		grad := make([]mat.Matrix, len(tr.Layers))
		for _, l := range layers {
			grad[l] = randomMatrix(newRand(uint64(l)), tr.Layers[l].Rows, tr.Layers[l].Cols)
		}
		m.Backward(b, grad)
		for _, p := range m.Params() {
			sum = append(sum, p.Gradient().Clone())
		}
		return sum
	}
	all, parts := backward(0, 1, 2), backward(0)
	for _, l := range []int{1, 2} {
		for i, p := range backward(l) {
			mat.Axpy(1, p, parts[i])
		}
	}
	for i, p := range m.Params() {
		mat.Axpy(-1, all[i], parts[i])
		if d := math.Sqrt(dot(parts[i], parts[i])); d > 1e-5*(1+math.Sqrt(dot(all[i], all[i]))) {
			t.Errorf("gradients of %s, layer by layer, sum up to %g off the gradient of all", p.Name, d)
		}
	}
	for i, p := range backward() {
		if dot(p, p) != 0 {
			t.Errorf("gradient of %s for a loss of 0 is not 0", m.Params()[i].Name)
		}
	}
}

// A model of 2 layers computes the same on the last two blocks of three.
func TestRGCNPrefix(t *testing.T) {
	g := testGraph(t, 1)
	m := newTestModel(t, Config{Layers: 2, Hidden: 6}, g, 2)
	run := func(blocks int) (out []mat.Matrix) {
		ZeroGrad(m.Params())
		b := sample.NewFull(g, blocks, someRows(g)).Next()
		tr := m.Forward(b, newRand(9))
		for _, y := range tr.Layers {
			out = append(out, y.Clone())
		}
		m.Backward(b, out)
		for _, p := range m.Params() {
			out = append(out, p.Gradient().Clone())
		}
		return out
	}
	want := run(2)
	for i, got := range run(3) {
		if !sameBits(got, want[i]) {
			t.Errorf("output %d (layers, then gradients) on 3 blocks is not that on 2", i)
		}
	}
}

// With the fanout unbounded, a seed gets the logits that it has in the whole
// graph, up to the order of the sums.
func TestRGCNNeighborIsFull(t *testing.T) {
	g := testGraph(t, 1)
	m := newTestModel(t, Config{Layers: 2, Hidden: 6}, g, 2)
	want := m.Forward(sample.NewFull(g, 2, nil).Next(), nil).Logits().Clone()
	s := sample.NewNeighbor(g, 2, someRows(g), 5, 1000, newRand(3))
	for range s.Steps() {
		b := s.Next()
		logits := m.Forward(b, nil).Logits()
		for i, v := range b.Seeds {
			for c, x := range logits.Row(i) {
				if d := x - want.Row(int(v))[c]; d > 1e-5 || d < -1e-5 {
					t.Fatalf("logit %d of node %d is %g, want %g", c, v, x, want.Row(int(v))[c])
				}
			}
		}
	}
}

// On the receptive field of the rows with a loss, that loss and all gradients
// are those on the whole graph, up to the order of the sums.
func TestRGCNReceptiveIsFull(t *testing.T) {
	g := testGraph(t, 1)
	rows := someRows(g)[:4]
	for _, c := range []Config{{Layers: 1}, {Layers: 2, Hidden: 6}, {Layers: 3, Hidden: 6, Inputs: "means"}} {
		t.Run(fmt.Sprintf("layers=%d", c.Layers), func(t *testing.T) {
			m := newTestModel(t, c, g, 2)
			run := func(b *sample.Batch) (loss float64, grads []mat.Matrix) {
				var ce CrossEntropy
				ZeroGrad(m.Params())
				tr := m.Forward(b, nil)
				loss = ce.Loss(tr.Logits(), b.Rows, b.Labels)
				grad := make([]mat.Matrix, len(tr.Layers))
				grad[len(grad)-1] = mat.New(tr.Logits().Rows, tr.Logits().Cols)
				ce.Backward(1, grad[len(grad)-1])
				m.Backward(b, grad)
				for _, p := range m.Params() {
					grads = append(grads, p.Gradient().Clone())
				}
				return loss, grads
			}
			want, wantGrads := run(sample.NewFull(g, c.Layers, rows).Next())
			// Two blocks more than the model has layers; its own are the last.
			got, grads := run(sample.NewReceptive(g, c.Layers+2, rows).Next())
			if math.Abs(got-want) > 1e-5*want {
				t.Errorf("loss is %g, want %g", got, want)
			}
			for i, p := range m.Params() {
				wantNear(t, "gradient of "+p.Name, grads[i], wantGrads[i], 1e-4)
			}
		})
	}
}

// What a model keeps of a fixed batch is used for that batch alone.
func TestRGCNKeepsFeatures(t *testing.T) {
	g := testGraph(t, 1)
	for _, normalise := range []bool{false, true} {
		t.Run(fmt.Sprintf("normalise=%t", normalise), func(t *testing.T) {
			c := Config{Layers: 2, Hidden: 6, RowNormalise: normalise}
			m := newTestModel(t, c, g, 2)
			sampled := sample.NewNeighbor(g, 2, someRows(g), 5, 2, newRand(3))
			batches := []*sample.Batch{
				sample.NewReceptive(g, 2, someRows(g)).Next(), sample.NewFull(g, 2, nil).Next(),
				sample.NewReceptive(g, 2, someRows(g)[3:]).Next(), sampled.Next(),
			}
			for round, i := range []int{0, 0, 1, 0, 1, 1, 2, 0, 2, 3, 0, 3, 3, 1, 3} {
				if i == 3 {
					batches[3] = sampled.Next() // in the storage of the last
				}
				got := m.Forward(batches[i], nil).Logits()
				if want := newTestModel(t, c, g, 2).Forward(batches[i], nil).Logits(); !sameBits(got, want) {
					t.Fatalf("round %d: logits on batch %d differ from a new model's", round, i)
				}
			}
		})
	}
}

func TestRGCNMessage(t *testing.T) {
	g := testGraph(t, 1)
	m := newTestModel(t, Config{Layers: 2, Hidden: 6}, g, 2)
	b := sample.NewFull(g, 2, nil).Next()
	tr := m.Forward(b, nil)
	for layer, x := range [][]mat.Matrix{tr.Input, tr.Hidden[0]} {
		for r, rel := range g.Relations {
			if x[rel.Src].Rows == 0 {
				continue // the type sends nothing in this layer
			}
			w := m.convs[layer].Rel[r].W
			const row, degree = 2, 3
			want := 0.0
			for j := range w.Cols {
				s := 0.0
				for i, v := range x[rel.Src].Row(row) {
					s += float64(v) * float64(w.Row(i)[j])
				}
				want += s * s
			}
			want = math.Sqrt(want) / degree
			if got := m.Message(layer, r, row, degree); math.Abs(float64(got)-want) > 1e-5*(1+want) {
				t.Errorf("message of layer %d over %v is %g, want %g", layer, rel.EdgeType, got, want)
			}
		}
	}
	if n := testing.AllocsPerRun(10, func() { m.Message(1, 0, 0, 1) }); n != 0 {
		t.Errorf("Message allocates %g times, want 0", n)
	}
}

func TestRGCNPanics(t *testing.T) {
	g := testGraph(t, 1)
	m := newTestModel(t, Config{Layers: 2, Hidden: 6}, g, 2)
	short := sample.NewFull(g, 1, nil).Next()
	wantPanic(t, "gnn: RGCN.Forward: batch has 1 blocks, want at least 2 (layers)", func() { m.Forward(short, nil) })
	b := sample.NewFull(g, 2, nil).Next()
	m.Forward(b, nil)
	wantPanic(t, "gnn: RGCN.Backward: 1 gradients, want 2 (layers)", func() { m.Backward(b, make([]mat.Matrix, 1)) })
	wantPanic(t, "gnn: RGCN.Backward: gradient of layer 1 is 3×4, want 24×4 (or empty)",
		func() { m.Backward(b, []mat.Matrix{{}, mat.New(3, 4)}) })
}
