package inspect

import (
	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/gnn/principal"
	"abkd/sim/wire"
)

// Axes are the axes of the layers of one run, as far as they have been shown.
type Axes struct{ all []axes }

// axes are the two directions in which the outputs of one layer differed most
// when they were first shown.
type axes struct {
	model string
	layer int
	principal.Axes
}

// embeddings returns each layer's outputs along its axes, which are fitted
// the first time.
func (a *Axes) embeddings(model string, t *gnn.Trace) (all []wire.Embedding) {
	if t == nil {
		return nil
	}
	for l, h := range t.Layers {
		nodes := principal.Evenly(h.Rows, maxPoints)
		rows := rowsOf(h, nodes)
		x := a.of(model, l, rows)
		e := wire.Embedding{Model: model, Layer: l, Nodes: nodes, X: x.Project(rows, 0), Y: x.Project(rows, 1)}
		if total := principal.Variance(rows); total > 0 {
			e.Explained = [2]float32{float32(principal.Spread(e.X) / total), float32(principal.Spread(e.Y) / total)}
		}
		all = append(all, e)
	}
	return all
}

// of returns the axes of a layer, made from rows if there are none that fit.
func (a *Axes) of(model string, layer int, rows mat.Matrix) *axes {
	for i := range a.all {
		if x := &a.all[i]; x.model == model && x.layer == layer && len(x.Centre) == rows.Cols {
			return x
		}
	}
	a.all = append(a.all, axes{model, layer, principal.Fit(rows)})
	return &a.all[len(a.all)-1]
}
