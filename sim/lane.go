package sim

import (
	"math/rand/v2"
	"time"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/sample"
	"abkd/kd"
)

// A lane trains one model. Lanes of one run see the same batches and start
// from the same weights and dropout, so that they differ by their criterion
// alone.
type lane struct {
	criterion string
	model     gnn.Model
	distiller *kd.Distiller
	dropout   *rand.Rand
	rng       *rand.PCG  // of dropout
	draws     *rand.PCG  // of the criterion, nil without one
	losses    kd.Losses  // of the last step
	state     ModelState // after the last epoch
	best      ModelState // at the epoch of the best validation accuracy
	bestModel gnn.Model  // its weights
	history   []Point
}

func newLane(criterion string, m, keep gnn.Model, d *kd.Distiller, rng *rand.PCG, epochs int) *lane {
	l := &lane{criterion: criterion, model: m, bestModel: keep, distiller: d, dropout: rand.New(rng), rng: rng}
	l.history = make([]Point, 0, epochs)
	l.state = sizeOf(m)
	l.best = l.state
	return l
}

// step makes one training step and reports a loss that is no number.
func (l *lane) step(b *sample.Batch) error {
	l.losses = l.distiller.Step(b, l.dropout)
	return l.losses.Check()
}

// endEpoch evaluates the model and keeps its weights if they are the best so
// far on the validation nodes.
func (l *lane) endEpoch(e *evaluation) {
	e.run(l.model, &l.state)
	l.history = append(l.history, Point{
		Total: float32(l.losses.Total), CE: float32(l.losses.CE), KD: float32(l.losses.KD), Aux: float32(l.losses.Aux),
		Train: l.state.Train, Valid: l.state.Valid, Test: l.state.Test,
	})
	if len(l.history) == 1 || l.state.Valid > l.best.Valid {
		l.best = l.state
		l.best.BestEpoch = len(l.history)
		gnn.Copy(l.bestModel.Params(), l.model.Params())
	}
	l.best.InferMicros = l.state.InferMicros
	l.state.BestEpoch = l.best.BestEpoch
}

// sizeOf returns the part of a model's state that never changes.
func sizeOf(m gnn.Model) ModelState {
	c := m.Config()
	params, embedding := gnn.Count(m)
	return ModelState{
		Layers: c.Layers, Hidden: c.Hidden,
		Params: params, EmbeddingParams: embedding, Bytes: 4 * (params + embedding),
	}
}

// An evaluation measures models on the whole graph.
type evaluation struct {
	batch              *sample.Batch
	train, valid, test part
	loss               gnn.CrossEntropy
}

// A part is one part of a split: nodes and their labels.
type part struct{ nodes, labels []int32 }

func newPart(g *graph.Graph, nodes []int32) part {
	p := part{nodes, make([]int32, len(nodes))}
	for i, v := range nodes {
		p.labels[i] = g.Labels[v]
	}
	return p
}

func newEvaluation(g *graph.Graph, split graph.Split, layers int) *evaluation {
	return &evaluation{
		batch: sample.NewFull(g, layers, split.Train).Next(),
		train: newPart(g, split.Train), valid: newPart(g, split.Valid), test: newPart(g, split.Test),
	}
}

// run sets the measured fields of s: loss, accuracies and the fastest
// inference so far.
func (e *evaluation) run(m gnn.Model, s *ModelState) {
	start := time.Now()
	z := m.Forward(e.batch, nil).Logits()
	if us := float32(time.Since(start).Nanoseconds()) / 1e3; s.InferMicros == 0 || us < s.InferMicros {
		s.InferMicros = us
	}
	s.Loss = float32(e.loss.Loss(z, e.train.nodes, e.train.labels))
	accuracy := func(p part) float32 { return float32(gnn.Accuracy(z, p.nodes, p.labels)) }
	s.Train, s.Valid, s.Test = accuracy(e.train), accuracy(e.valid), accuracy(e.test)
}
