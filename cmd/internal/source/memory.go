package source

import (
	"fmt"

	"abkd/gnn/graph"
	"abkd/gnn/ogb"
	"abkd/sim/data"
	"abkd/sim/memory"
)

// Allowance is the memory that the command may take.
func (s *Source) Allowance() memory.Allowance {
	return memory.Allow(int64(s.MaxMemory), "--max-memory")
}

// RefuseUnread refuses a folder on which a session's run would need more memory than
// there may be, before it is read. taught says that a teacher is given.
func (s *Source) RefuseUnread(taught bool) error {
	kind, err := data.KindOf(s.Data)
	if err != nil || kind != data.Folder {
		return nil // reading will say so
	}
	least, known, err := data.Least(s.Data, ogb.Options{Direction: ogb.Direction(s.Direction)}, taught)
	if err != nil || !known {
		return nil
	}
	if err := s.Allowance().RefuseUnread(least); err != nil {
		return fmt.Errorf("--data %s: %w", s.Data, err)
	}
	return nil
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
