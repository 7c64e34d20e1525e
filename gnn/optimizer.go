package gnn

import "abkd/gnn/mat"

// An Optimizer updates the parameters that it was made for.
type Optimizer interface {
	// Update makes one step with the gradients that the parameters have, which
	// stay as they are. A parameter that is Frozen stays as it is.
	Update()
	// LastUpdate returns what the last Update added to p's weights, empty if
	// there was none or p is none of the parameters.
	LastUpdate(p *Param) mat.Matrix
	// State returns what the next Update depends on besides the parameters and
	// the optimiser's settings.
	State() OptimizerState
}

// An OptimizerState shares the optimiser's storage: to write through it is to
// set the optimiser back, or on from a file.
type OptimizerState struct {
	Numbers []*float64     // such as powers of decay rates
	Moments [][]mat.Matrix // of each kind one for each parameter, of its shape
}
