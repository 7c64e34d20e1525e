package kd

import (
	"abkd/gnn"
	"abkd/gnn/mat"
)

// What of a Distiller is read by those who show its arithmetic.

// Criterion returns the criterion, nil if there is none.
func (d *Distiller) Criterion() Criterion { return d.criterion }

// Settings returns how d mixes its losses.
func (d *Distiller) Settings() Settings { return d.settings }

// Compared returns what the criterion compared in the last step, valid until
// the next one; it is empty before the first and without a criterion.
func (d *Distiller) Compared() Layers {
	if d.criterion == nil || len(d.outputs.Student) == 0 {
		return Layers{}
	}
	return d.layers()
}

// ComparedNode returns the number of the node, of the given target type, that
// stands in a row of what was compared in the last step.
func (d *Distiller) ComparedNode(target, row int) int {
	v := d.chosen[row]
	if nodes := d.batch.Nodes; nodes != nil {
		v = nodes[target][v]
	}
	return int(v)
}

// LastUpdate returns what the last step added to p's weights, see
// gnn.Optimizer.
func (d *Distiller) LastUpdate(p *gnn.Param) mat.Matrix { return d.optimizer.LastUpdate(p) }
