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
	if err := p.checkSchedule(); err != nil {
		return kd.Config{}, err
	}
	return kd.Config{
		ABKD: kd.ABKDConfig{
			Dim: p.Dim, Softmax: p.Softmax, Head: p.Head, Granularity: p.Granularity,
			NoSubspace: p.NoSubspace, DetachAttention: p.Detach, FrozenTeacher: p.Frozen, HiddenOnly: p.HiddenOnly, Pin: pin,
			Dissimilarity: p.Dissimilarity, Renormalise: p.Renormalise, Attend: p.Attend,
		},
		HeadDim: p.HeadDim, Kernel: p.Kernel, Tau: p.Tau, MaxNodes: p.MaxNodes,
	}, nil
}

// CriterionSettings returns how a student learns by p's criterion.
func (p Plan) CriterionSettings() kd.Settings {
	return kd.Settings{
		Alpha: p.Alpha, Beta: p.Beta, Temperature: p.Temperature, LR: p.LR, AllNodes: p.Nodes == "all",
		Gate: p.Gate, OwnLR: p.OwnLR, OwnDecay: p.OwnDecay,
	}
}

// CriterionWeight returns by how much the criterion counts in an epoch, counted
// from 0, beside its weight β:
//
//	0 before the warm-up is over, 1 from there on; with a fade that
//	falls in equal steps, to 0 in the epoch of the fade
func (p Plan) CriterionWeight(epoch int) float64 {
	switch {
	case epoch < p.Warmup:
		return 0
	case p.Fade == 0:
		return 1
	}
	return max(float64(p.Fade-epoch)/float64(p.Fade-p.Warmup), 0)
}

// checkSchedule returns an error for a fade that is over before it begins.
func (p Plan) checkSchedule() error {
	if p.Fade > 0 && p.Fade <= p.Warmup {
		return fmt.Errorf("sim: fade is %d and warmup %d, want a fade after the warm-up: the criterion would never count", p.Fade, p.Warmup)
	}
	return nil
}

// Pinned returns the attention that is pinned, the empty matrix for none.
func (p Plan) Pinned() (mat.Matrix, error) {
	if p.Pin == "" {
		return mat.Matrix{}, nil
	}
	m, err := wire.ParseMatrix(p.Pin)
	return mat.Matrix(m), err
}
