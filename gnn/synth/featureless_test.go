package synth

import (
	"reflect"
	"testing"
)

// TestFeatureless checks what is said of such graphs.
func TestFeatureless(t *testing.T) {
	g := Featureless(FeaturelessPapers, 1)
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
	if len(g.Types) != 3 || g.Types[0].Count != 6564 || g.Types[1].Count != 13329 || g.Types[2].Count != 35890 {
		t.Errorf("types are %v", g.Types)
	}
	for _, n := range g.Types {
		if n.Features.Cols != 0 {
			t.Errorf("%s has features", n.Name)
		}
	}
	s := g.Splits[0]
	if len(s.Train) != 80 || len(s.Valid) != 1000 || len(s.Test) != 6564-1080 {
		t.Errorf("the split has %d, %d and %d papers, want 80, 1000 and 5484", len(s.Train), len(s.Valid), len(s.Test))
	}
	count := make([]int, g.Classes)
	for _, v := range s.Train {
		count[g.Labels[v]]++
	}
	if !reflect.DeepEqual(count, []int{20, 20, 20, 20}) {
		t.Errorf("training papers by class are %v, want 20 each", count)
	}
	same, pairs := 0, 0
	for a := range g.Types[1].Count { // g.Relations[1] is rev_writes
		papers := g.Relations[1].In.Row(a)
		for i := range papers {
			for j := range i {
				pairs++
				if g.Labels[papers[i]] == g.Labels[papers[j]] {
					same++
				}
			}
		}
	}
	if share := float64(same) / float64(pairs); share < .94 || share > .96 {
		t.Errorf("two papers of an author are of one class in %.3f of %d cases, want .95", share, pairs)
	}
	if !reflect.DeepEqual(g, Featureless(FeaturelessPapers, 1)) {
		t.Error("one seed gives two graphs")
	}
	if reflect.DeepEqual(g, Featureless(FeaturelessPapers, 2)) {
		t.Error("two seeds give one graph")
	}
	if least := Featureless(MinPapers, 1); least.Validate() != nil || len(least.Splits[0].Train) != 4 {
		t.Errorf("the least one has the split %+v", least.Splits[0])
	}
}
