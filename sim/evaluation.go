package sim

import (
	"math"
	"time"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/parallel"
	"abkd/gnn/sample"
	"abkd/sim/wire"
)

// An evaluation measures models on the whole graph: a small graph as one
// batch, which also serves what is shown of it, a large one layer by layer,
// see gnn.Evaluator.
type evaluation struct {
	backend            *mat.Backend // of the run; nil counts nothing
	group              parallel.Group
	graph              *graph.Graph
	batch              *sample.Batch // nil: layer by layer
	train, valid, test part
	loss               gnn.CrossEntropy
	spent              time.Duration // on all measurements
	flop               int64         // of all measurements

	// Of an evaluation layer by layer.
	rows    []int32 // the nodes of the parts, each once, those of train first
	trained int     // rows[:trained] are of train
	at      []int32 // per target node, its place in rows
	classes []int32 // per row, what the last model predicted
	first   []int32 // 0, 1, 2, ...
	labels  []int32 // of rows[:trained]
}

// A part is one part of a split: nodes and their labels.
type part struct{ nodes, labels []int32 }

func newPart(g *graph.Graph, nodes []int32) part { return part{nodes, g.LabelsOf(nodes)} }

// newEvaluation returns the evaluation of models of up to the given number of
// layers, whole or layer by layer.
func newEvaluation(b *mat.Backend, g *graph.Graph, split graph.Split, layers int, whole bool) *evaluation {
	e := &evaluation{backend: b, loss: gnn.CrossEntropy{Backend: b}, graph: g, train: newPart(g, split.Train), valid: newPart(g, split.Valid), test: newPart(g, split.Test)}
	if whole {
		e.batch = sample.NewFull(g, layers, split.Train).Next()
		return e
	}
	e.at = make([]int32, g.Types[g.Target].Count)
	for v := range e.at {
		e.at[v] = -1
	}
	for i, p := range []part{e.train, e.valid, e.test} {
		for _, v := range p.nodes {
			if e.at[v] < 0 {
				e.at[v] = int32(len(e.rows))
				e.rows = append(e.rows, v)
			}
		}
		if i == 0 {
			e.trained = len(e.rows)
		}
	}
	e.labels = make([]int32, e.trained)
	for i := range e.labels {
		e.labels[i] = g.Labels[e.rows[i]]
	}
	e.classes = make([]int32, len(e.rows))
	return e
}

// newEvaluation returns the evaluation of the run's models on g, shared out by its
// ranks.
func (r *Run) newEvaluation(g *graph.Graph, whole bool) *evaluation {
	e := newEvaluation(r.backend, g, r.split, r.layers, whole)
	e.group = r.options.Group
	return e
}

// measureUntrained measures a model that this run has not trained yet, for those who
// watch. On a large graph nobody does, and it would take as long as an epoch.
func (e *evaluation) measureUntrained(m gnn.Model, s *wire.ModelState) {
	if e.batch != nil {
		e.measure(m, s)
		return
	}
	none := float32(math.NaN())
	s.Loss, s.Train, s.Valid, s.Test = none, none, none, none
}

// unknown reports whether x is the mean over nothing, or was never measured.
func unknown(x float32) bool { return x != x }

// measure sets the measured fields of s: loss, accuracies and the fastest
// inference so far.
func (e *evaluation) measure(m gnn.Model, s *wire.ModelState) { e.measureFastest(m, s, 1) }

// enough is how long inferences are repeated to find the fastest.
const enough = 20 * time.Second

// measureFastest is measure with the fastest of several inferences.
func (e *evaluation) measureFastest(m gnn.Model, s *wire.ModelState, times int) {
	gnn.SetBackend(e.backend, m)
	start, flop := time.Now(), e.backend.FLOP()
	defer func() { e.spent, e.flop = e.spent+time.Since(start), e.flop+e.backend.FLOP()-flop }()
	infer := func() time.Duration { return e.inferWhole(m, s) }
	if e.batch == nil {
		by := gnn.NewEvaluator(m, e.rows)
		by.Divide(e.group)
		defer by.Release()
		infer = func() time.Duration { return e.inferLayered(by, s) }
	}
	for gone := time.Duration(0); times > 0 && gone < enough; times-- {
		took := infer()
		if us := float32(took.Nanoseconds()) / 1e3; s.InferMicros == 0 || us < s.InferMicros {
			s.InferMicros = us
		}
		gone += took
	}
}

// inferWhole measures m on the batch of the whole graph. It returns what the
// inference took.
func (e *evaluation) inferWhole(m gnn.Model, s *wire.ModelState) time.Duration {
	start := time.Now()
	z := m.Forward(e.batch, nil).Logits()
	took := time.Since(start)
	s.Loss = float32(e.loss.Loss(z, e.train.nodes, e.train.labels))
	accuracy := func(p part) float32 { return float32(gnn.Accuracy(z, p.nodes, p.labels)) }
	s.Train, s.Valid, s.Test = accuracy(e.train), accuracy(e.valid), accuracy(e.test)
	return took
}

// inferLayered is inferWhole by an evaluator of the rows.
func (e *evaluation) inferLayered(by *gnn.Evaluator, s *wire.ModelState) time.Duration {
	loss, start, scoring := 0.0, time.Now(), time.Duration(0)
	for i := range e.classes {
		e.classes[i] = ofOther
	}
	by.Each(func(first int, z mat.Matrix) {
		begun := time.Now()
		loss += e.keepClasses(first, z)
		scoring += time.Since(begun)
	})
	took := time.Since(start) - scoring
	sums := [...]float64{loss, e.right(e.train), e.right(e.valid), e.right(e.test)}
	if !parallel.Alone(e.group) {
		e.group.SumFloat64(sums[:])
	}
	s.Loss = float32(sums[0] / float64(e.trained))
	share := func(right float64, p part) float32 { return float32(gnn.Share(int(right), len(p.nodes))) }
	s.Train, s.Valid, s.Test = share(sums[1], e.train), share(sums[2], e.valid), share(sums[3], e.test)
	return took
}

// ofOther is the class of a node that another rank predicts: no label is it.
const ofOther = math.MinInt32

// keepClasses keeps the classes that the logits of rows from first on predict. It
// returns the sum of the cross-entropies of those of train.
func (e *evaluation) keepClasses(first int, z mat.Matrix) float64 {
	for i := range z.Rows {
		e.classes[first+i] = gnn.Predict(z.Row(i))
	}
	n := min(max(e.trained-first, 0), z.Rows)
	for len(e.first) < n {
		e.first = append(e.first, int32(len(e.first)))
	}
	if n == 0 {
		return 0
	}
	return float64(e.loss.Loss(z, e.first[:n], e.labels[first:first+n]) * float64(n))
}

// right returns how many of the nodes of p this rank has predicted right.
func (e *evaluation) right(p part) (n float64) {
	for i, v := range p.nodes {
		if e.classes[e.at[v]] == p.labels[i] {
			n++
		}
	}
	return n
}
