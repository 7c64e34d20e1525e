package study

import (
	"errors"
	"fmt"
	"slices"

	"abkd/sim/setup"
)

// Check reports in what r, read from a file, is not the result of c.
func (r *Result) Check(c Cell) error {
	if err := r.Outcome.check(c.Experiment.Plan().Student); err != nil {
		return err
	}
	if seed := c.Experiment.Plan().Seed; r.Seed != seed {
		return fmt.Errorf("study: result is of seed %d, want %d", r.Seed, seed)
	}
	if len(r.Curve) == 0 && r.Failure == "" {
		return errors.New("study: result has no learning curve")
	}
	for i, p := range r.Curve {
		if !isShare(p.Valid) || !isShare(p.Test) {
			return fmt.Errorf("study: result has the accuracies %v and %v in epoch %d, want 0..1", p.Valid, p.Test, i+1)
		}
	}
	if !isMatrix(r.A) || !isMatrix(r.D) {
		return errors.New("study: result has a matrix A or D with rows of different lengths, or without any")
	}
	if h := r.Health; h != nil && (h.Units < 0 || h.Constant < 0 || h.Constant > h.Units || h.Rank < 0 || !isShare(h.Agreement)) {
		return fmt.Errorf("study: result has %d constant of %d units, the effective rank %v and the agreement %v", h.Constant, h.Units, h.Rank, h.Agreement)
	}
	return checkSeconds(r.Seconds)
}

// Check reports in what r, read from a file, is not the result of t.
func (r *TeacherResult) Check(t Teacher) error {
	if err := r.Outcome.check(t.Experiment.Plan().Teacher); err != nil {
		return err
	}
	if seed := t.Experiment.Plan().Seed; r.Seed != seed || r.Untrained != t.Untrained {
		return fmt.Errorf("study: result is of seed %d, untrained %t, want %d, %t", r.Seed, r.Untrained, seed, t.Untrained)
	}
	return checkSeconds(r.Seconds)
}

func (s Outcome) check(want setup.Size) error {
	switch {
	case s.Layers != want.Layers || s.Hidden != want.Hidden:
		return fmt.Errorf("study: result is of a model of %d×%d, want %d×%d", s.Layers, s.Hidden, want.Layers, want.Hidden)
	case s.Params < 1 || s.EmbeddingParams < 0 || s.Bytes < s.Params:
		return fmt.Errorf("study: result is of %d weights and %d of embeddings in %d bytes, want some", s.Params, s.EmbeddingParams, s.Bytes)
	case !isShare(s.Valid) || !isShare(s.Test):
		return fmt.Errorf("study: result has the accuracies %v and %v, want 0..1", s.Valid, s.Test)
	case s.BestEpoch < 0:
		return fmt.Errorf("study: result has the best epoch %d, want 0 or more", s.BestEpoch)
	}
	return nil
}

// isMatrix reports whether m is nil or has rows of one length.
func isMatrix(m [][]Value) bool {
	return m == nil || len(m) > 0 && len(m[0]) > 0 && !slices.ContainsFunc(m, func(row []Value) bool { return len(row) != len(m[0]) })
}

// isShare reports whether x is from 0 to 1 or unknown.
func isShare(x Value) bool { return !(x < 0 || x > 1) }

func checkSeconds(s float64) error {
	if s < 0 {
		return fmt.Errorf("study: result took %v s, want 0 or more", s)
	}
	return nil
}
