package sim

import (
	"fmt"

	"abkd/gnn/mat"
	"abkd/kd"
	"abkd/sim/wire"
)

// criterionOptions returns the switches of the experiment's criterion.
func (r *Run) criterionOptions() (kd.Options, error) {
	pin, err := pinned(r.cfg.Pin)
	if err != nil {
		return kd.Options{}, fmt.Errorf("sim: pinned attention: %w", err)
	}
	return kd.Options{
		ABKD: kd.ABKDConfig{
			Dim: r.cfg.Dim, Softmax: r.cfg.Softmax, Head: r.cfg.Head, Granularity: r.cfg.Granularity,
			NoSubspace: r.cfg.NoSubspace, DetachAttention: r.cfg.Detach, FrozenTeacher: r.cfg.Frozen, Pin: pin,
		},
		HeadDim: r.cfg.HeadDim, Kernel: r.cfg.Kernel, Tau: r.cfg.Tau, MaxNodes: r.cfg.MaxNodes,
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
