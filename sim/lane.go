package sim

import (
	"math"
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/sample"
	"abkd/kd"
	"abkd/sim/inspect"
	"abkd/sim/wire"
)

// A lane trains one model. Lanes of one run see the same batches and start
// from the same weights and dropout, so that they differ by their criterion
// alone.
type lane struct {
	criterion string
	model     gnn.Model
	distiller *kd.Distiller
	dropout   *rand.Rand
	rng       *rand.PCG       // of dropout
	draws     *rand.PCG       // of the criterion, nil without one
	losses    kd.Losses       // of the last step of the epoch that had a label to learn from
	state     wire.ModelState // after the last epoch
	best      wire.ModelState // at the epoch of the best validation accuracy
	bestModel gnn.Model       // its weights
	history   []wire.Point

	attention, activity, dissimilarity inspect.Course // of the end of each epoch, if somebody watches
}

func newLane(criterion string, m, keep gnn.Model, d *kd.Distiller, rng *rand.PCG, epochs int) *lane {
	l := &lane{criterion: criterion, model: m, bestModel: keep, distiller: d, dropout: rand.New(rng), rng: rng}
	l.history = make([]wire.Point, 0, epochs)
	l.state = sizeOf(m)
	l.best = l.state
	return l
}

// makeStep makes one training step, the first of an epoch or another one. It
// reports whether it had no label to learn from, and a loss that is no number.
func (l *lane) makeStep(b *sample.Batch, first bool) (unlabelled bool, err error) {
	losses := l.distiller.Step(b, l.dropout)
	if first || !losses.Unlabelled || math.IsNaN(l.losses.CE) {
		l.losses = losses
	}
	return losses.Unlabelled, losses.Check()
}

// endEpoch evaluates the model, if this is an epoch for it, and keeps its
// weights if they are the best so far on the validation nodes; without any,
// those of the last epoch are kept. What came to no finite loss is never the
// best.
func (l *lane) endEpoch(e *evaluation, evaluate bool) {
	if evaluate {
		e.measure(l.model, &l.state)
	}
	l.history = append(l.history, wire.Point{
		Total: float32(l.losses.Total), CE: float32(l.losses.CE), KD: float32(l.losses.KD), Aux: float32(l.losses.Aux),
		Train: l.state.Train, Valid: l.state.Valid, Test: l.state.Test,
	})
	if evaluate && finite(l.state.Loss) && (l.best.BestEpoch == 0 || l.state.Valid > l.best.Valid || unknown(l.state.Valid)) {
		l.best = l.state
		l.best.BestEpoch = len(l.history)
		gnn.Copy(l.bestModel.Params(), l.model.Params())
	}
	l.best.InferMicros = l.state.InferMicros
	l.state.BestEpoch = l.best.BestEpoch
}

// keepCourses keeps what is shown of all epochs of the one that has ended: the
// alignment of its last step and, if that is wished for, which units are at work.
func (l *lane) keepCourses(w *wish, b *sample.Batch) {
	epoch, of := len(l.history), cap(l.history)
	l.attention.Keep(epoch, of, l.distiller.Alignment().A.Data)
	if w.shows("activity") {
		l.activity.Keep(epoch, of, inspect.Activity(l.model, b))
		if d := l.distiller.Alignment().D.Data; len(d) > 0 {
			l.dissimilarity.Keep(epoch, of, []float32{mean(d)})
		}
	}
}

func mean(x []float32) float32 {
	sum := 0.0
	for _, v := range x {
		sum += float64(v)
	}
	return float32(sum / float64(len(x)))
}

// sizeOf returns the part of a model's state that never changes.
func sizeOf(m gnn.Model) wire.ModelState {
	c := m.Config()
	params, embedding := gnn.Count(m)
	return wire.ModelState{
		Layers: c.Layers, Hidden: c.Hidden,
		Params: int64(params), EmbeddingParams: int64(embedding), Bytes: int64(4 * (params + embedding)),
	}
}
