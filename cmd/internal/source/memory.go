package source

import (
	"fmt"

	"abkd/gnn/graph"
	"abkd/sim/memory"
)

// Allowance is the memory that the command may take.
func (s *Source) Allowance() memory.Allowance {
	return memory.Allow(int64(s.MaxMemory), "--max-memory")
}

// CheckDerived refuses to compute such inputs of more nodes than there is memory
// for.
func (s *Source) CheckDerived(g *graph.Graph, inputs string) error {
	check := s.Allowance().CheckMeans
	if inputs == "fastrp" {
		check = s.Allowance().CheckFastRP
	}
	if err := check(g); err != nil {
		return fmt.Errorf("--data %s: %w", s.Data, err)
	}
	return nil
}
