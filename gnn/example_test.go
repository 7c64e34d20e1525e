package gnn_test

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/gnn/synth"
)

// A graph, the batches cut out of it, a model, and the loop that trains it.
func Example() {
	g := synth.Karate() // 34 people, 78 friendships, 2 clubs
	split, err := g.Split("")
	if err != nil {
		panic(err)
	}
	rng := rand.New(rand.NewPCG(1, 0))
	model, err := gnn.New(gnn.Config{Kind: "gcn", Layers: 2, Hidden: 16, Dropout: -1}, g, rng)
	if err != nil {
		panic(err)
	}
	batches := sample.NewFull(g, 2, split.Train) // the whole graph is the only batch
	adam := gnn.NewAdam(model.Params(), 0.01)
	var loss gnn.CrossEntropy
	for range 100 {
		b := batches.Next()
		trace := model.Forward(b, rng)
		loss.Loss(trace.Logits(), b.Rows, b.Labels)
		grad := make([]mat.Matrix, len(trace.Outputs)) // empty: zero
		grad[len(grad)-1] = mat.New(trace.Logits().Rows, trace.Logits().Cols)
		loss.Backward(1, grad[len(grad)-1])
		model.Backward(b, grad)
		adam.Step()
	}
	fmt.Printf("%.0f %% of %d test nodes are right\n", 100*gnn.NewEvaluator(model, split.Test).Accuracy(), len(split.Test))
	// Output: 80 % of 20 test nodes are right
}

// propagated is a model of one's own: logits = Â²·X·W, a linear model on
// features that were averaged twice (SGC, https://arxiv.org/abs/1902.07153).
type propagated struct {
	g      *graph.Graph
	x      mat.Matrix // averaged features of all nodes
	weight *gnn.Param
	trace  gnn.Trace
}

func newPropagated(g *graph.Graph, rng *rand.Rand) *propagated {
	x, in := g.Types[g.Target].Features, g.Relations[0].In
	for range 2 {
		y := mat.New(x.Rows, x.Cols)
		mat.SpMM(y, in.Ptr, in.Col, nil, x, false) // means over neighbours
		x = y
	}
	m := &propagated{g: g, x: x, weight: gnn.NewParam("weight", x.Cols, g.Classes)}
	m.weight.Draw(rng)
	logits := mat.New(x.Rows, g.Classes)
	m.trace = gnn.Trace{Layers: []mat.Matrix{logits}, Outputs: []mat.Matrix{logits}}
	return m
}

func (m *propagated) Config() gnn.Config   { return gnn.Config{Kind: "propagated", Layers: 1} }
func (m *propagated) Graph() *graph.Graph  { return m.g }
func (m *propagated) Params() []*gnn.Param { return []*gnn.Param{m.weight} }
func (m *propagated) Widths() []int        { return []int{m.g.Classes} }

func (m *propagated) Forward(*sample.Batch, *rand.Rand) *gnn.Trace {
	mat.Mul(m.trace.Logits(), m.x, m.weight.W)
	return &m.trace
}

func (m *propagated) Backward(_ *sample.Batch, grad []mat.Matrix) {
	mat.AddTMul(m.weight.G, m.x, grad[0])
}

// A model of one's own is trained, evaluated and saved like any other.
func ExampleModel() {
	g := synth.Karate()
	split, err := g.Split("")
	if err != nil {
		panic(err)
	}
	m := newPropagated(g, rand.New(rand.NewPCG(1, 0)))
	b := sample.NewFull(g, 1, split.Train).Next()
	adam := gnn.NewAdam(m.Params(), 0.1)
	var loss gnn.CrossEntropy
	before := loss.Loss(m.Forward(b, nil).Logits(), b.Rows, b.Labels)
	for range 50 {
		loss.Loss(m.Forward(b, nil).Logits(), b.Rows, b.Labels)
		grad := []mat.Matrix{mat.New(g.Types[g.Target].Count, g.Classes)}
		loss.Backward(1, grad[0])
		m.Backward(b, grad)
		adam.Step()
	}
	after := loss.Loss(m.Forward(b, nil).Logits(), b.Rows, b.Labels)

	again := newPropagated(g, rand.New(rand.NewPCG(2, 0)))
	if err := gnn.Restore(again, gnn.Encode(m, nil)); err != nil {
		panic(err)
	}
	same := true
	classes := gnn.NewEvaluator(m, nil).Predict(nil)
	for i, class := range gnn.NewEvaluator(again, nil).Predict(nil) {
		same = same && class == classes[i]
	}
	fmt.Println("the loss falls:", after < before/2, "- the restored model predicts the same:", same)
	// Output: the loss falls: true - the restored model predicts the same: true
}
