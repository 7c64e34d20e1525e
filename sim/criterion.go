package sim

import (
	"fmt"

	"abkd/gnn/mat"
	"abkd/kd"
	"abkd/sim/wire"
)

// criterionOptions returns the switches of the experiment's criterion.
func (r *Run) criterionOptions() (kd.Config, error) {
	pin, err := pinned(r.plan.Pin)
	if err != nil {
		return kd.Config{}, fmt.Errorf("sim: pinned attention: %w", err)
	}
	return kd.Config{
		ABKD: kd.ABKDConfig{
			Dim: r.plan.Dim, Softmax: r.plan.Softmax, Head: r.plan.Head, Granularity: r.plan.Granularity,
			NoSubspace: r.plan.NoSubspace, DetachAttention: r.plan.Detach, FrozenTeacher: r.plan.Frozen, Pin: pin,
		},
		HeadDim: r.plan.HeadDim, Kernel: r.plan.Kernel, Tau: r.plan.Tau, MaxNodes: r.plan.MaxNodes,
	}, nil
}

// pinned returns the matrix that a text says, the empty one for no text.
func pinned(text string) (mat.Matrix, error) {
	if text == "" {
		return mat.Matrix{}, nil
	}
	m, err := wire.ParseMatrix(text)
	return mat.Matrix(m), err
}
