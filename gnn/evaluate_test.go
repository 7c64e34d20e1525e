package gnn

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// evaluatedBatch returns b with the covers of an evaluation: all sources of relations
// of g that have few of them, none elsewhere.
func evaluatedBatch(g *graph.Graph, b *sample.Batch) *sample.Batch {
	c := *b
	c.Blocks = slices.Clone(b.Blocks)
	for l, block := range b.Blocks {
		c.Blocks[l].Rel = slices.Clone(block.Rel)
		for r := range block.Rel {
			a := &c.Blocks[l].Rel[r]
			if a.Cover = nil; !sendsProducts(g, r) {
				continue
			}
			self := graph.CSR{Ptr: []int32{0}}
			for u := range block.NumSrc[g.Relations[r].Src] {
				self.Col, self.Ptr = append(self.Col, int32(u)), append(self.Ptr, int32(u+1))
			}
			a.Cover = &sample.Cover{N: len(self.Col), First: sample.Adjacency{In: self}, Last: sample.Adjacency{In: a.In}}
		}
	}
	return &c
}

// evaluated returns what e computes for its n nodes, and fails unless each
// came once, in order.
func evaluated(t *testing.T, e *Evaluator, n int) mat.Matrix {
	t.Helper()
	var all mat.Matrix
	e.Each(func(first int, logits mat.Matrix) {
		if first != all.Rows {
			t.Errorf("logits of row %d come after those of %d rows", first, all.Rows)
		}
		all.Rows, all.Cols, all.Data = all.Rows+logits.Rows, logits.Cols, append(all.Data, logits.Data...)
	})
	if all.Rows != n {
		t.Errorf("%d rows of logits, want %d", all.Rows, n)
	}
	return all
}

// checkLayers checks that e shows each layer's outputs for its rows (nil: all) as
// they are in want, in order.
func checkLayers(t *testing.T, e *Evaluator, want *Trace, rows []int32) {
	t.Helper()
	got := make([]mat.Matrix, len(want.Layers))
	at := 0
	e.EachLayer(func(layer, first int, h mat.Matrix) {
		if g := &got[layer]; layer < at || first != g.Rows {
			t.Errorf("row %d of layer %d comes after %d rows of it and some of layer %d", first, layer, g.Rows, at)
		} else {
			g.Rows, g.Cols, g.Data = g.Rows+h.Rows, h.Cols, append(g.Data, h.Data...)
		}
		at = layer
	})
	for l, h := range want.Layers {
		if rows != nil {
			part := mat.New(len(rows), h.Cols)
			mat.Gather(part, h, rows)
			h = part
		}
		if !slices.Equal(got[l].Data, h.Data) {
			t.Errorf("layer %d is %v, want %v", l, got[l].Data, h.Data)
		}
	}
}

// An evaluation is Forward on the whole graph, bit for bit, whatever the kind,
// the inputs and the nodes asked for, with each implementation of the kernels;
// a second one, after Release too, is the first.
func TestEvaluatorIsForward(t *testing.T) {
	configs := map[string]Config{
		"rgcn/layers=1": {Layers: 1}, "rgcn/layers=2": {Layers: 2}, "rgcn/layers=3": {}, "rgcn/layers=5": {Layers: 5},
		"rgcn/encoder": {Input: 7}, "rgcn/means": {Inputs: "means"}, "rgcn/scaled": {RowNormalise: true, Input: 7}, "rgcn/scaled-features": {RowNormalise: true},
		"rgcn/labels": {LabelReuse: true}, "rgcn/labels-fastrp": {LabelReuse: true, Inputs: "fastrp"},
		"gcn": {Kind: "gcn"}, "sage": {Kind: "sage", Input: 7}, "gat": {Kind: "gat", Heads: 2}, "mlp": {Kind: "mlp"},
		"gcnii": {Kind: "gcnii", Layers: 4}, "gcnii/layers=1": {Kind: "gcnii", Layers: 1},
	}
	graphs := map[string]*graph.Graph{"heterogeneous": testGraph(t, 1), "sparse": citationGraph(t, 1, 40, 0.92), "table": citationGraph(t, 1, 0, 0)}
	for name, c := range configs {
		c.Hidden = 6
		for graph, g := range graphs {
			for _, backend := range mat.Backends() {
				t.Run(fmt.Sprintf("model=%s/graph=%s/backend=%s", name, graph, backend), func(t *testing.T) {
					m := newModelOf(t, c, g, 3)
					SetBackend(newBackend(t, backend), m)
					b := evaluatedBatch(g, sample.NewFull(g, m.Config().Layers, nil).Next())
					want := m.Forward(b, nil).Logits().Clone()
					some := someRows(g)[3:9]
					part := mat.New(len(some), want.Cols)
					mat.Gather(part, want, some)
					for _, k := range []struct {
						rows []int32
						want mat.Matrix
					}{{nil, want}, {some, part}, {[]int32{}, mat.New(0, want.Cols)}} {
						e := NewEvaluator(m, k.rows)
						checkLayers(t, e, m.Forward(b, nil), k.rows)
						for i := range 3 {
							if got := evaluated(t, e, k.want.Rows); !slices.Equal(got.Data, k.want.Data) {
								t.Errorf("evaluation %d of %d rows is %v, want %v", i, k.want.Rows, got.Data, k.want.Data)
							}
							if i == 1 {
								e.Release()
							}
						}
					}
				})
			}
		}
	}
}

// The logits are those of the weights of the moment, and the model can go on
// training: nothing of it is changed.
func TestEvaluatorFollowsTraining(t *testing.T) {
	g := testGraph(t, 1)
	for _, kind := range Kinds() {
		t.Run("kind="+kind, func(t *testing.T) {
			c := Config{Kind: kind, Hidden: 6, Heads: 2, Dropout: -1}
			watched, alone := newModelOf(t, c, g, 3), newModelOf(t, c, g, 3)
			a, b := newStep(watched, 0.05), newStep(alone, 0.05)
			e := NewEvaluator(watched, nil)
			batch := sample.NewFull(g, 3, someRows(g)).Next()
			before := evaluated(t, e, g.Types[g.Target].Count)
			for range 3 {
				a.run(batch, nil)
				b.run(batch, nil)
				evaluated(t, e, before.Rows)
			}
			for i, p := range watched.Params() {
				if !sameBits(p.W, alone.Params()[i].W) {
					t.Errorf("%s differs from what it is without evaluations", p.Name)
				}
			}
			after := evaluated(t, e, before.Rows)
			if slices.Equal(before.Data, after.Data) {
				t.Error("the logits after training are those before")
			}
			if got, want := after, watched.Forward(evaluatedBatch(g, batch), nil).Logits(); !slices.Equal(got.Data, want.Data) {
				t.Error("the logits after training are not the model's")
			}
		})
	}
}

func TestEvaluatorPredicts(t *testing.T) {
	g := testGraph(t, 1)
	m := newModelOf(t, Config{Hidden: 6}, g, 3)
	logits := m.Forward(evaluatedBatch(g, sample.NewFull(g, 3, nil).Next()), nil).Logits()
	rows := someRows(g)
	got := NewEvaluator(m, rows).Predict([]int32{9, 9, 9})
	if len(got) != len(rows) {
		t.Fatalf("%d classes, want %d", len(got), len(rows))
	}
	for i, v := range rows {
		if want := Predict(logits.Row(int(v))); got[i] != want {
			t.Errorf("class of node %d is %d, want %d", v, got[i], want)
		}
	}
}

func TestEvaluatorRefuses(t *testing.T) {
	g := testGraph(t, 1)
	m := newModelOf(t, Config{}, g, 3)
	wantPanic(t, "sample: NewField: entry 1 is node 99, want 0..23", func() { NewEvaluator(m, []int32{0, 99}) })
	wantPanic(t, "sample: NewField: entry 1 is node 3 again, want each node once", func() { NewEvaluator(m, []int32{3, 3}) })
	if _, err := EvaluationBytes(Config{Kind: "gnn"}, g); err == nil {
		t.Error("the memory of a kind that is none is estimated")
	}
}

// wideGraph has the relations of OGBN-MAG and some thousand nodes, so that the
// outputs of layers are most of what an evaluation takes.
func wideGraph(tb testing.TB, papers int) *graph.Graph {
	tb.Helper()
	rng := newRand(5)
	g := &graph.Graph{Name: "wide", Classes: 20, Types: []graph.NodeType{
		{Name: "paper", Count: papers, Features: randomMatrix(rng, papers, 16)},
		{Name: "author", Count: 3 * papers / 2}, {Name: "field", Count: papers / 12}, {Name: "institution", Count: papers / 80},
	}}
	for _, r := range []struct {
		src, rel, dst string
		degree        int // edges per node of the source type
	}{{"author", "writes", "paper", 6}, {"paper", "cites", "paper", 7}, {"paper", "has", "field", 10}, {"author", "at", "institution", 1}} {
		n, m := g.Types[g.TypeIndex(r.src)].Count, g.Types[g.TypeIndex(r.dst)].Count
		var src, dst []int32
		for i := range n * r.degree {
			src, dst = append(src, int32(i/r.degree)), append(dst, rng.Int32N(int32(m)))
		}
		if err := g.AddWithReverse(graph.EdgeType{Src: r.src, Rel: r.rel, Dst: r.dst}, src, dst); err != nil {
			tb.Fatal(err)
		}
	}
	for range papers {
		g.Labels = append(g.Labels, rng.Int32N(20))
	}
	return g
}

// Where a layer has several chunks the logits are Forward's still.
func TestEvaluatorInChunks(t *testing.T) {
	g := wideGraph(t, 6000)
	c := Config{Layers: 2, Hidden: 512}
	if n := chunkRows(c.Hidden); n >= 6000 || n%48 != 0 {
		t.Fatalf("a chunk has %d rows, want fewer than 6000 in whole tiles", n)
	}
	m := newModelOf(t, c, g, 3)
	want := m.Forward(evaluatedBatch(g, sample.NewFull(g, 2, nil).Next()), nil).Logits()
	if got := evaluated(t, NewEvaluator(m, nil), want.Rows); !slices.Equal(got.Data, want.Data) {
		t.Error("logits are not those of Forward")
	}
	chunks := 0
	NewEvaluator(m, nil).Each(func(int, mat.Matrix) { chunks++ })
	if chunks < 2 {
		t.Errorf("%d chunk of logits, want several", chunks)
	}
}

// In blocks of columns the outputs are Forward's up to rounding, whatever the
// blocks, and each layer's can be seen as well.
func TestEvaluatorInBlocks(t *testing.T) {
	g := testGraph(t, 1)
	for _, tt := range []struct {
		layers int
		blocks []int
	}{{2, []int{4}}, {3, []int{4, 6}}, {3, []int{11, 3}}, {3, []int{5, 11}}, {5, []int{2, 4, 8, 11}}} {
		t.Run(fmt.Sprintf("layers=%d/blocks=%v", tt.layers, tt.blocks), func(t *testing.T) {
			m := newModelOf(t, Config{Layers: tt.layers, Hidden: 11, LabelReuse: true}, g, 3)
			want := m.Forward(evaluatedBatch(g, sample.NewFull(g, tt.layers, nil).Next()), nil)
			e := NewEvaluator(m, nil)
			e.rgcn.blocks = tt.blocks
			for range 2 {
				close32(t, "logits", evaluated(t, e, want.Logits().Rows).Data, want.Logits().Data)
				at := make([]mat.Matrix, tt.layers)
				e.EachLayer(func(layer, _ int, h mat.Matrix) {
					at[layer].Data = append(at[layer].Data, h.Data...)
				})
				for l, h := range want.Layers {
					close32(t, fmt.Sprintf("layer %d", l), at[l].Data, h.Data)
				}
				e.Release()
			}
		})
	}
}

func close32(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i, x := range want {
		if math.Abs(float64(got[i]-x)) > 1e-5*(1+math.Abs(float64(x))) {
			t.Fatalf("%s: number %d is %v, want %v", what, i, got[i], x)
		}
	}
}

// An evaluation takes at most the memory that is stated, and an R-GCN's not
// much less: counted is every byte ever allocated, not only what lives.
func TestEvaluationBytes(t *testing.T) {
	g := wideGraph(t, 4000)
	for name, c := range map[string]Config{
		"rgcn": {Hidden: 96}, "rgcn/blocks": {Hidden: 96}, "rgcn/layers=4": {Hidden: 96, Layers: 4}, "rgcn/encoder": {Hidden: 64, Input: 40}, "rgcn/scaled": {Hidden: 64, RowNormalise: true},
		"gcn": {Kind: "gcn", Hidden: 96}, "sage": {Kind: "sage", Hidden: 96}, "gat": {Kind: "gat", Hidden: 16}, "mlp": {Kind: "mlp", Hidden: 96}, "gcnii": {Kind: "gcnii", Hidden: 96, Layers: 9},
	} {
		t.Run("model="+name, func(t *testing.T) {
			m := newModelOf(t, c, g, 3)
			want, err := EvaluationBytes(c, g)
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			e := NewEvaluator(m, nil)
			if name == "rgcn/blocks" {
				e.rgcn.blocks = []int{32, 48}
				want = m.Config().layerwiseBytes(g, e.rgcn.blocks)
			}
			e.Each(func(int, mat.Matrix) {})
			runtime.ReadMemStats(&after)
			got := int64(after.TotalAlloc - before.TotalAlloc)
			t.Logf("allocates %.2f MB, %.2f stated", float64(got)/1e6, float64(want)/1e6)
			const slack = 3 << 20 // edges of a chunk, copies of what grows, the runtime's own
			if got > want+slack || m.Config().Kind == "rgcn" && float64(got) < 0.7*float64(want) {
				t.Errorf("allocates %d bytes, want at most the %d stated, and about as much", got, want)
			}
			if _, isRGCN := m.(*RGCN); !isRGCN || name == "rgcn/blocks" { // which copies parts of the weights
				return
			}
			if n := testing.AllocsPerRun(3, func() { e.Each(func(int, mat.Matrix) {}) }); n > 60 {
				t.Errorf("a second evaluation allocates %g times", n)
			}
		})
	}
}

// Evaluation of full size: what is stated for OGBN-MAG.
func TestEvaluationBytesOfMag(t *testing.T) {
	got, err := EvaluationBytes(Config{Layers: 3, Hidden: 512}, magSchema())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%.2f GB", float64(got)/1e9)
	if got < 4e9 || got > 4.2e9 {
		t.Errorf("an evaluation of the 3×512 R-GCN takes %d bytes, want about 4.1 GB", got)
	}
	if blocks := (Config{Layers: 3, Hidden: 512}).columnBlocks(magSchema()); !slices.Equal(blocks, []int{128, 256}) {
		t.Errorf("it goes by blocks of %v columns, want 128 and 256", blocks)
	}
	deep, small := Config{Layers: 50, Hidden: 64}, &graph.Graph{Types: []graph.NodeType{{Name: "paper", Count: 400}}}
	if deep.inBlocks(deep.columnBlocks(small)) {
		t.Error("fifty layers of 400 nodes are evaluated in blocks, want whole layers")
	}
}

func BenchmarkEvaluate(b *testing.B) {
	g := wideGraph(b, 80000) // 208 thousand nodes
	for _, hidden := range []int{32, 256} {
		b.Run(fmt.Sprintf("hidden=%d", hidden), func(b *testing.B) {
			m, err := New(Config{Hidden: hidden, Input: 128, Inputs: "embedding"}, g, newRand(1))
			if err != nil {
				b.Fatal(err)
			}
			e := NewEvaluator(m, nil)
			b.ReportAllocs()
			for b.Loop() {
				e.Each(func(int, mat.Matrix) {})
			}
			edges := 0
			for l := range 3 {
				for i, r := range g.Relations {
					if e.rgcn.field.Sizes[2-l][r.Dst] > 0 {
						edges += len(g.Relations[i].In.Col)
					}
				}
			}
			b.ReportMetric(float64(edges)*float64(b.N)/b.Elapsed().Seconds(), "edges/s")
		})
	}
}

// TestEvaluatorAccuracy counts nodes with a label alone, of some nodes and of all.
func TestEvaluatorAccuracy(t *testing.T) {
	g := testGraph(t, 1)
	m := newModelOf(t, Config{Hidden: 6}, g, 3)
	var all []int32
	for v := range g.Labels {
		all = append(all, int32(v))
	}
	g.Labels[1] = -1
	for _, rows := range [][]int32{nil, {2, 0, 1}, {1}} {
		nodes, right, known := rows, 0, 0
		if rows == nil {
			nodes = all
		}
		for i, class := range NewEvaluator(m, nodes).Predict(nil) {
			if label := g.Labels[nodes[i]]; label >= 0 {
				known++
				if class == label {
					right++
				}
			}
		}
		if got, want := NewEvaluator(m, rows).Accuracy(), Share(right, known); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("nodes %v: accuracy %v, want %v", rows, got, want)
		}
	}
}
