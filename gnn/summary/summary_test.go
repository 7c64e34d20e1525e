package summary

import (
	"strings"
	"testing"

	"abkd/gnn/synth"
)

func TestOf(t *testing.T) {
	g := synth.Karate()
	g.Labels[0] = -1
	s := Of(g)
	if s.Nodes != 34 || s.Labelled != 33 || s.Edges != g.NumEdges() || len(s.Types) != 1 || s.Types[0].Count != 34 || s.Target != s.Types[0].Name {
		t.Errorf("the summary is %+v", s)
	}
	sizes := 0
	for _, c := range s.ClassSizes {
		sizes += c.Size
	}
	if sizes != s.Labelled || len(s.ClassSizes) != s.Classes {
		t.Errorf("the classes are %+v, want %d nodes in %d", s.ClassSizes, s.Labelled, s.Classes)
	}
	if d := s.Relations[0].InDegree; d.Min != 1 || d.Max != 17 || d.Mean < 4.5 || d.Mean > 4.7 {
		t.Errorf("the in-degrees are %+v, want 1 to 17", d)
	}
	for range 30 {
		s.ClassSizes = append(s.ClassSizes, Class{"more", 1})
	}
	if text := s.Tables("see there"); !strings.Contains(text, "smaller ones (see there)") || strings.Count(text, "  more") >= 30 {
		t.Errorf("the tables are\n%s\nwant the largest classes", text)
	}
}
