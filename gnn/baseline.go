//go:build !js

package gnn

import (
	"math"
	"math/rand/v2"
	"slices"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// baselines are in the order in which Baselines lists them.
var baselines = []*kind{&majorityKind, &lpKind, &sgcKind, &csKind}

var majorityKind = kind{
	Kind:       Kind{Name: "majority", Title: "Largest class", Untrained: true, Shallow: true, Labels: true},
	shapes:     noShapes,
	build:      buildCounted(func() logitsOf { return majorityLogits }),
	evaluation: func(_ *kind, _ Config, g *graph.Graph) int64 { return 2 * scoreBytes(g) },
}

var lpKind = kind{
	Kind:       Kind{Name: "lp", Title: "Label propagation", Untrained: true, Shallow: true, Labels: true, Spreads: true, Steps: SpreadRounds},
	shapes:     noShapes,
	build:      buildCounted(func() logitsOf { return new(spreadLogits).of }),
	evaluation: func(_ *kind, _ Config, g *graph.Graph) int64 { return labelSpreadBytes(g) + scoreBytes(g) },
}

var sgcKind = kind{
	Kind:       Kind{Name: "sgc", Title: "SGC", Shallow: true, Steps: 2},
	shapes:     chainShapes,
	build:      buildChain,
	evaluation: inferBytes,
	features:   propagated,
	chain:      mlpKind.chain,
}

var csKind = kind{
	Kind:   Kind{Name: "cs", Title: "Correct & Smooth", InputDropout: true, Labels: true, Spreads: true, Steps: SpreadRounds},
	shapes: chainShapes,
	build: func(k *kind, c Config, g *graph.Graph, params []*Param) Model {
		return &CorrectAndSmooth{Chain: newChain(k, c, g, params)}
	},
	evaluation: func(k *kind, c Config, g *graph.Graph) int64 {
		return inferBytes(k, c, g) + labelSpreadBytes(g) + allScoreBytes(g) + 2*scoreBytes(g)
	},
	chain: mlpKind.chain,
}

func noShapes(*kind, Config, *graph.Graph, *shapeList) {}

// given returns the training nodes whose labels a model of c reads.
func (c Config) given(g *graph.Graph) []int32 {
	split, _ := g.Split(c.Split) // Defaults has reported the error
	return split.Train
}

// through returns the relations over which a model of c propagates.
func (c Config) through(g *graph.Graph) []int {
	relations, _ := graph.FindRelations(g, c.Through) // ParamShapes has reported the error
	return relations
}

// majorityLogits are those of the classes' shares of the training nodes, for
// every node.
func majorityLogits(c Config, g *graph.Graph) mat.Matrix {
	z, shares := mat.New(g.Types[g.Target].Count, g.Classes), ClassShares(g, c.given(g))
	for v := range z.Rows {
		copy(z.Row(v), shares)
	}
	logShares(z)
	return z
}

// A spreadLogits has those of label propagation, and keeps what they need.
type spreadLogits struct{ spread *labelSpread }

func (s *spreadLogits) of(c Config, g *graph.Graph) mat.Matrix {
	s.spread = s.spread.spreadOver(g, c.through(g))
	z := s.spread.scores(c.given(g), c.NeighbourShare, c.Rounds)
	logShares(z)
	return z
}

// A logitsOf returns the logits of all target nodes, until it is called again.
type logitsOf func(Config, *graph.Graph) mat.Matrix

// counted is a model without parameters: its logits follow from the graph and
// the labels of training nodes.
type counted struct {
	config Config
	graph  *graph.Graph
	count  logitsOf

	kept  mat.Matrix // logits of all target nodes, empty until some are asked for
	trace Trace
}

func buildCounted(count func() logitsOf) func(*kind, Config, *graph.Graph, []*Param) Model {
	return func(_ *kind, c Config, g *graph.Graph, _ []*Param) Model {
		m := &counted{config: c, graph: g, count: count(), trace: newTrace(1, 1, len(g.Types))}
		m.trace.Hidden[0] = make([]mat.Matrix, len(g.Types))
		return m
	}
}

// Config returns what the model was made from, defaults filled in.
func (m *counted) Config() Config { return m.config }

// Graph returns the graph that the model was made for.
func (m *counted) Graph() *graph.Graph { return m.graph }

// SetGraph makes g the graph, see the function SetGraph.
func (m *counted) SetGraph(g *graph.Graph) { m.graph, m.kept = g, mat.Matrix{} }

// Params returns none.
func (m *counted) Params() []*Param { return nil }

// Widths returns the number of classes.
func (m *counted) Widths() []int { return []int{m.graph.Classes} }

// Forward returns the logits of the nodes of b. Nothing is drawn from rng. For
// the whole graph they are computed anew, which is what inference takes.
func (m *counted) Forward(b *sample.Batch, _ *rand.Rand) *Trace {
	target, last := m.graph.Target, len(b.Blocks)-1
	n := b.Blocks[last].NumDst[target]
	nodes := b.Sources(target, n)
	if nodes == nil || m.kept.Empty() {
		m.kept = m.infer(nil)
	}
	rowsOf(&m.trace.Layers[0], m.kept, nodes, n)
	m.trace.Hidden[0][target] = m.trace.Layers[0]
	return &m.trace
}

// Backward has nothing to do.
func (m *counted) Backward(*sample.Batch, []mat.Matrix) {}

func (m *counted) infer(seen func(int, mat.Matrix)) mat.Matrix {
	logits := m.count(m.config, m.graph)
	if seen != nil {
		seen(0, logits)
	}
	return logits
}

// rowsOf sets dst to those rows of all, or the first n if rows is nil.
func rowsOf(dst *mat.Matrix, all mat.Matrix, rows []int32, n int) {
	*dst = dst.Reshape(n, all.Cols)
	if rows == nil {
		copy(dst.Data, all.Data)
		return
	}
	mat.Gather(*dst, all, rows)
}

// propagated returns g with S^K·X for the features of the target type, S with
// self-loops. Types with features of another width are left out, and so are
// their relations.
func propagated(c Config, g *graph.Graph) *graph.Graph {
	width := g.Types[g.Target].Features.Cols
	if width == 0 {
		return g // ParamShapes has reported the error
	}
	relations := slices.DeleteFunc(c.through(g), func(r int) bool {
		return g.Types[g.Relations[r].Src].Features.Cols != width || g.Types[g.Relations[r].Dst].Features.Cols != width
	})
	p := graph.NewPropagation(g, relations, true)
	x, y := mat.New(p.Rows, width), mat.New(p.Rows, width)
	for t := range g.Types {
		if f := g.Types[t].Features; f.Cols == width {
			copy(p.OfType(g, x, t).Data, f.Data)
		}
	}
	for range c.Rounds {
		p.Apply(y, x)
		x, y = y, x
	}
	h := *g
	h.Types = slices.Clone(g.Types)
	h.Types[g.Target].Features = p.OfType(g, x, g.Target).Clone()
	return &h
}

// CorrectAndSmooth is Correct & Smooth over a Chain of fully connected layers,
// the base, which alone is trained. With Z the base's softmax and L the training
// nodes of the split (arXiv 2010.13993, section 2):
//
//	E = Y - Z on L, 0 elsewhere                     the base's errors
//	Ê ← (1-α)·E + α·S·Ê                             spread, at first Ê = E
//	Z_v ← Z_v + σ·Ê_v/‖Ê_v‖_1                       corrected: autoscale, σ the mean ‖E_v‖_1 over L
//	H = Y on L, Z elsewhere
//	G ← (1-α)·H + α·S·G                             smoothed, at first G = H
//
// In evaluation its logits are the logarithms of G's shares. Training, where
// Forward is given random numbers, sees the base alone.
type CorrectAndSmooth struct {
	*Chain

	kept    mat.Matrix   // logits of all target nodes, for the weights of
	weights []mat.Matrix // the base when they were computed
	out     mat.Matrix

	spread *labelSpread // of the graph, once it was needed
	errors mat.Matrix   // of the base, a row per node of any type
}

// SetGraph makes g the graph, see the function SetGraph.
func (m *CorrectAndSmooth) SetGraph(g *graph.Graph) {
	m.Chain.SetGraph(g)
	m.kept, m.errors = mat.Matrix{}, mat.Matrix{}
}

// Forward runs the base on b. In evaluation the logits are those of the nodes of
// b after both steps on the whole graph. They are kept for as long as the weights
// stay as they are and only parts of the graph are asked for.
func (m *CorrectAndSmooth) Forward(b *sample.Batch, rng *rand.Rand) *Trace {
	t := m.Chain.Forward(b, rng)
	if rng != nil {
		return t
	}
	n := t.Logits().Rows
	nodes := b.Sources(m.graph.Target, n)
	if nodes == nil || m.kept.Empty() || !m.unchanged() {
		m.keep(m.infer(nil))
	}
	rowsOf(&m.out, m.kept, nodes, n)
	m.recordOutput(len(t.Layers)-1, m.out)
	return t
}

func (m *CorrectAndSmooth) infer(seen func(int, mat.Matrix)) mat.Matrix {
	last := len(m.layers) - 1
	logits := m.correct(m.Chain.infer(func(layer int, h mat.Matrix) {
		if seen != nil && layer < last {
			seen(layer, h)
		}
	}).Clone())
	if seen != nil {
		seen(last, logits)
	}
	return logits
}

// unchanged reports whether the weights are those of kept.
func (m *CorrectAndSmooth) unchanged() bool {
	return slices.EqualFunc(m.weights, m.params, func(w mat.Matrix, p *Param) bool { return slices.Equal(w.Data, p.W.Data) })
}

func (m *CorrectAndSmooth) keep(logits mat.Matrix) {
	m.kept, m.weights = logits, m.weights[:0]
	for _, p := range m.params {
		m.weights = append(m.weights, p.W.Clone())
	}
}

// correct returns the logits after both steps on those of the base.
func (m *CorrectAndSmooth) correct(z mat.Matrix) mat.Matrix {
	g, c := m.graph, m.config
	for v := range z.Rows {
		for k, share := range Softmax(z.Row(v)) {
			z.Row(v)[k] = float32(share)
		}
	}
	m.spread = m.spread.spreadOver(g, c.through(g))
	if m.errors.Empty() {
		m.errors = mat.New(g.NumNodes(), g.Classes)
	}
	s, e := m.spread, m.errors
	labels := s.mark(c.given(g))
	labelled := slices.DeleteFunc(slices.Clone(c.given(g)), func(v int32) bool { return g.Labels[v] < 0 })

	clear(e.Data)
	sigma := 0.0
	for _, v := range labelled {
		row := s.ofTarget(e).Row(int(v))
		for k, x := range labels.Row(int(v)) {
			row[k] = x - z.Row(int(v))[k]
		}
		sigma += absolute(row) / float64(len(labelled))
	}
	e = s.spread(e, c.NeighbourShare, c.Rounds)
	for v := range z.Rows {
		if norm := absolute(e.Row(v)); norm > 0 {
			for k, x := range e.Row(v) {
				z.Row(v)[k] += float32(sigma / norm * float64(x))
			}
		}
	}

	for v := range z.Rows { // a node without a label has what was corrected
		if sum(labels.Row(v)) == 0 {
			copy(labels.Row(v), z.Row(v))
		}
	}
	smoothed := s.spread(s.y, c.NeighbourShare, c.Rounds).Clone()
	logShares(smoothed)
	return smoothed
}

// absolute returns the sum of the absolute values of a row.
func absolute(row []float32) (s float64) {
	for _, x := range row {
		s += math.Abs(float64(x))
	}
	return s
}
