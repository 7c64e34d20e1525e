package kd

import (
	"slices"

	"abkd/gnn"
)

// A DistillerState is what the next step of a Distiller depends on besides
// its models, its settings and the generators. It shares the distiller's
// storage: to write through it is to set the distiller back, or on from a
// file.
type DistillerState struct {
	Criterion []*gnn.Param // the criterion's parameters, frozen ones too
	Optimizer gnn.OptimizerState
	Alignment Alignment // of the last step; no step depends on it, but what is shown does
}

// State returns the state of d, valid as long as d is.
func (d *Distiller) State() DistillerState {
	return DistillerState{Weights(d.criterion), d.optimizer.State(), d.Alignment()}
}

// TeacherChanged tells d that the weights of the teacher have changed: what
// it has computed on a fixed batch is not kept.
func (d *Distiller) TeacherChanged() { d.kept = nil }

// Forget tells d that its state has been set: what the last step computed on
// the way is of another one, and gone.
func (d *Distiller) Forget() {
	d.TeacherChanged()
	d.batch, d.chosen, d.outputs.Student = nil, nil, nil
	gnn.ZeroGrad(d.params)
}

// Weights returns the parameters of c, those that are frozen last; none for no
// criterion.
func Weights(c Criterion) []*gnn.Param {
	if c == nil {
		return nil
	}
	params := slices.Clone(c.Params())
	if f, ok := c.(Freezer); ok {
		for _, p := range f.TeacherProjections() {
			if !slices.Contains(params, p) {
				params = append(params, p)
			}
		}
	}
	return params
}
