package fingerprint

import (
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/synth"
)

func TestRun(t *testing.T) {
	make := func(change func(*graph.Graph, *graph.Split)) string {
		g := synth.Karate()
		split := g.Splits[0]
		change(g, &split)
		return Run(g, split)
	}
	same := make(func(*graph.Graph, *graph.Split) {})
	if again := make(func(g *graph.Graph, s *graph.Split) { g.Name, s.Name = "x", "y" }); again != same {
		t.Error("names change the fingerprint")
	}
	for name, change := range map[string]func(*graph.Graph, *graph.Split){
		"feature": func(g *graph.Graph, _ *graph.Split) { g.Types[g.Target].Features.Data[3] += 1e-3 },
		"edge":    func(g *graph.Graph, _ *graph.Split) { g.Relations[0].In.Col[0]++ },
		"label":   func(g *graph.Graph, _ *graph.Split) { g.Labels[0]++ },
		"test":    func(_ *graph.Graph, s *graph.Split) { s.Test = s.Test[1:] },
		"part":    func(_ *graph.Graph, s *graph.Split) { s.Train, s.Test = s.Test, s.Train },
		"classes": func(g *graph.Graph, _ *graph.Split) { g.Classes++ },
	} {
		if make(change) == same {
			t.Errorf("another %s does not change the fingerprint", name)
		}
	}
}
