package kd_test

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/gnn/synth"
	"abkd/kd"
)

// cited is a model of one's own that reads sampled batches: a paper's features
// and the mean of those of the papers that it is linked with by citations,
//
//	H = ReLU(X·W_self + mean(X)·W_cited)   logits = H·W_out
type cited struct {
	g                 *graph.Graph
	rel               int // citations
	self, neigh, out  *gnn.Param
	x, mean, h, y, dh mat.Matrix
	trace             gnn.Trace
}

func newCited(g *graph.Graph, hidden int, rng *rand.Rand) *cited {
	p := g.Types[g.Target].Features.Cols
	m := &cited{g: g, self: gnn.NewParam("self", p, hidden), neigh: gnn.NewParam("cited", p, hidden), out: gnn.NewParam("out", hidden, g.Classes)}
	for i, r := range g.Relations {
		if r.Rel == "cites" {
			m.rel = i
		}
	}
	for _, p := range m.Params() {
		p.Draw(rng)
	}
	return m
}

func (m *cited) Config() gnn.Config {
	return gnn.Config{Kind: "cited", Layers: 2, Hidden: m.self.W.Cols}
}
func (m *cited) Graph() *graph.Graph  { return m.g }
func (m *cited) Params() []*gnn.Param { return []*gnn.Param{m.self, m.neigh, m.out} }
func (m *cited) Widths() []int        { return []int{m.self.W.Cols, m.g.Classes} }

// Forward reads one block, the last: its sources send to the seeds, which are
// the first of them.
func (m *cited) Forward(b *sample.Batch, _ *rand.Rand) *gnn.Trace {
	block, t := b.Top(1)[0], m.g.Target
	n, seeds := block.NumSrc[t], block.NumDst[t]
	m.x = m.g.Types[t].Features
	if nodes := b.Sources(t, n); nodes != nil {
		m.x = mat.New(n, m.x.Cols)
		mat.Gather(m.x, m.g.Types[t].Features, nodes)
	}
	m.mean = m.mean.Reshape(seeds, m.x.Cols)
	in := block.Rel[m.rel].In
	mat.SpMM(m.mean, in.Ptr, in.Col, nil, m.x, false)
	m.x = m.x.Top(seeds)
	m.h = m.h.Reshape(seeds, m.self.W.Cols)
	mat.Mul(m.h, m.x, m.self.W)
	mat.AddMul(m.h, m.mean, m.neigh.W)
	for i, v := range m.h.Data {
		m.h.Data[i] = max(v, 0)
	}
	m.y = m.y.Reshape(seeds, m.g.Classes)
	mat.Mul(m.y, m.h, m.out.W)
	layers := append(m.trace.Layers[:0], m.h, m.y)
	m.trace = gnn.Trace{Layers: layers, Outputs: layers}
	return &m.trace
}

// Backward gets the gradient of each output, of which any may be empty.
func (m *cited) Backward(_ *sample.Batch, grad []mat.Matrix) {
	m.dh = m.dh.Reshape(m.h.Rows, m.h.Cols)
	m.dh.Zero()
	if !grad[0].Empty() {
		mat.Axpy(1, grad[0], m.dh)
	}
	if !grad[1].Empty() {
		mat.AddTMul(m.out.G, m.h, grad[1])
		mat.AddMulT(m.dh, grad[1], m.out.W)
	}
	mat.ReLUBackward(m.dh, m.dh, m.h)
	mat.AddTMul(m.self.G, m.x, m.dh)
	mat.AddTMul(m.neigh.G, m.mean, m.dh)
}

// A model of one's own learns from a teacher, on sampled batches, and is saved
// and restored.
func ExampleDistiller() {
	g := graph.WithMeans(synth.MAGMini())
	split, err := g.Split("")
	if err != nil {
		panic(err)
	}
	rng := rand.New(rand.NewPCG(1, 0))
	teacher, err := gnn.New(gnn.Config{Layers: 2, Hidden: 32, Inputs: "means"}, g, rng)
	if err != nil {
		panic(err)
	}
	batches := sample.NewNeighbor(g, 2, split.Train, 64, 8, rand.NewPCG(2, 0)) // 64 papers, 8 neighbours of each
	train := func(d *kd.Distiller, epochs int) {
		for range epochs * batches.Steps() {
			if err := d.Step(batches.Next(), rng).Check(); err != nil {
				panic(err)
			}
		}
	}
	train(kd.NewDistiller(nil, teacher, nil, kd.Settings{LR: 0.01}), 20)

	student := newCited(g, 8, rng)
	criterion, err := kd.Between("abkd", teacher, student, kd.Config{}, rng)
	if err != nil {
		panic(err)
	}
	evaluator := gnn.NewEvaluator(student, split.Test)
	before := evaluator.Accuracy()
	train(kd.NewDistiller(teacher, student, criterion, kd.Settings{Alpha: 0.9, Temperature: 2, Beta: 0.1, LR: 0.01}), 30)
	fmt.Println("more test nodes are right:", evaluator.Accuracy() > 2*before)

	again := newCited(g, 8, nil)
	if err := gnn.Restore(again, gnn.Encode(student, nil)); err != nil { // gnn.Save and os.ReadFile, for a file
		panic(err)
	}
	fmt.Println("as many of the restored one:", gnn.NewEvaluator(again, split.Test).Accuracy() == evaluator.Accuracy())
	// Output:
	// more test nodes are right: true
	// as many of the restored one: true
}
