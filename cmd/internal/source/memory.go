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

// CheckMeans refuses to average the features of more nodes than there is memory
// for.
func (s *Source) CheckMeans(g *graph.Graph) error {
	if err := s.Allowance().CheckMeans(g); err != nil {
		return fmt.Errorf("--data %s: %w", s.Data, err)
	}
	return nil
}
