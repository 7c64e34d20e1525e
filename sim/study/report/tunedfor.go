package report

import (
	"fmt"
	"slices"

	"abkd/gnn/graph"
	"abkd/gnn/graph/fingerprint"
	"abkd/sim/setup"
	"abkd/sim/study"
)

// SplitOf returns the split of g that the search was made for.
func (t *Tuned) SplitOf(g *graph.Graph) (graph.Split, error) {
	split, err := g.Split(t.Split)
	if err != nil {
		return split, fmt.Errorf("it was made for split %s of %s: %w", t.Split, t.Data, err)
	}
	return split, nil
}

// A SeedError says that methods would be compared on a seed of their search.
type SeedError struct{ Seed uint64 }

// Error implements error.
func (e *SeedError) Error() string {
	return fmt.Sprintf("seed %d was tuned on, want others to compare with", e.Seed)
}

// Check refuses to compare by s on a graph, which is called data, and a split
// of it, if the search was made for anything else, or saw one of the seeds,
// which is a *SeedError.
func (t *Tuned) Check(g *graph.Graph, split graph.Split, data string, s study.Spec) error {
	if split.Name != t.Split {
		return fmt.Errorf("it was made for split %s, here it is %s", t.Split, split.Name)
	}
	if f := fingerprint.Run(study.Blind(g, split)); f != t.Fingerprint {
		return fmt.Errorf("it was made for %s, which is another graph or another split than %s (fingerprints %s and %s)", t.Data, data, t.Fingerprint, f)
	}
	base, err := setup.ParseExperiment(t.Base)
	if err != nil {
		return err
	}
	here := s.Base
	here.Split = split.Name
	here.Seed, here.Data, base.Seed, base.Data = setup.Opt[uint64]{}, "", setup.Opt[uint64]{}, ""
	if was, is := study.Difference(base, here); was != is {
		return fmt.Errorf("it was made with %s, here it is %s", was, is)
	}
	for _, size := range s.Students {
		if study.SizeText(size) != t.Student {
			return fmt.Errorf("it was made for a student of %s, here is one of %s", t.Student, study.SizeText(size))
		}
	}
	for _, seed := range s.Seeds {
		if slices.Contains(t.Seeds, seed) {
			return &SeedError{seed}
		}
	}
	return nil
}
