package gnn

import "abkd/gnn/mat"

// An AdamState is what the next step of an Adam depends on besides its
// parameters and its settings. It shares the optimiser's storage: to write
// through it is to set the optimiser back, or on from a file.
type AdamState struct {
	Decay1, Decay2 *float64     // Beta1^t and Beta2^t after t steps
	Means, Squares []mat.Matrix // the two means, per parameter
}

// State returns the state of a, valid as long as a is.
func (a *Adam) State() AdamState { return AdamState{&a.decay1, &a.decay2, a.m, a.v} }
