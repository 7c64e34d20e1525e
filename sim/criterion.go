package sim

import (
	"fmt"
	"strconv"
	"strings"

	"abkd/gnn/mat"
	"abkd/kd"
)

// criterionOptions returns the switches of the experiment's criterion.
func (r *Run) criterionOptions() (kd.Options, error) {
	pin, err := parseMatrix(r.cfg.Pin)
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

// parseMatrix reads a matrix whose rows are split by ";" and entries by ",".
// No text is the empty matrix.
func parseMatrix(text string) (mat.Matrix, error) {
	if text == "" {
		return mat.Matrix{}, nil
	}
	var m mat.Matrix
	for i, row := range strings.Split(text, ";") {
		entries := strings.Split(row, ",")
		if m.Rows++; i == 0 {
			m.Cols = len(entries)
		}
		if len(entries) != m.Cols {
			return mat.Matrix{}, fmt.Errorf("row %d has %d entries, want %d as in the first", i+1, len(entries), m.Cols)
		}
		for _, entry := range entries {
			v, err := strconv.ParseFloat(entry, 32)
			if err != nil {
				return mat.Matrix{}, fmt.Errorf("row %d: %q is no number", i+1, entry)
			}
			m.Data = append(m.Data, float32(v))
		}
	}
	return m, nil
}
