package setup

import (
	"fmt"

	"abkd/gnn/mat"
	"abkd/kd"
	"abkd/sim/wire"
)

// CriterionConfig returns the switches of p's criterion.
func (p Plan) CriterionConfig() (kd.Config, error) {
	pin, err := p.Pinned()
	if err != nil {
		return kd.Config{}, fmt.Errorf("sim: pinned attention: %w", err)
	}
	return kd.Config{
		ABKD: kd.ABKDConfig{
			Dim: p.Dim, Softmax: p.Softmax, Head: p.Head, Granularity: p.Granularity,
			NoSubspace: p.NoSubspace, DetachAttention: p.Detach, FrozenTeacher: p.Frozen, Pin: pin,
		},
		HeadDim: p.HeadDim, Kernel: p.Kernel, Tau: p.Tau, MaxNodes: p.MaxNodes,
	}, nil
}

// Pinned returns the attention that is pinned, the empty matrix for none.
func (p Plan) Pinned() (mat.Matrix, error) {
	if p.Pin == "" {
		return mat.Matrix{}, nil
	}
	m, err := wire.ParseMatrix(p.Pin)
	return mat.Matrix(m), err
}
