package sim

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/sim/limits"
)

// A run that would not fit is refused with its parts before anything is made,
// and the one there is goes on.
func TestSessionRefusesWhatDoesNotFit(t *testing.T) {
	s := NewSession()
	if err := s.Command("begin data=karate&epochs=3"); err != nil {
		t.Fatal(err)
	}
	before := s.run
	for _, text := range []string{"hidden=1024&layers=8&teacher-hidden=1024&teacher-layers=8", "inputs=embedding&input=4096&hidden=1024&layers=6"} {
		err := s.Command("begin data=mag-mini&" + text)
		if _, ok := errors.AsType[*MemoryError](err); !ok || !strings.Contains(err.Error(), "memory") {
			t.Errorf("%s gives %v, want a *MemoryError", text, err)
		}
	}
	if s.run != before {
		t.Error("a refused run has replaced the one before")
	}
	s.SetMemory(100 << 10)
	if err := s.Command("begin data=karate"); err == nil {
		t.Error("a run is begun in 100 kB")
	}
	s.SetMemory(0)
	if err := s.Command("begin data=karate"); err != nil {
		t.Error(err)
	}
}

// A small file with very many relations, types or classes is refused.
func TestPackOfManyRelations(t *testing.T) {
	many := func(change func(g *graph.Graph)) error {
		g := *builtIn(t, "karate")
		change(&g)
		return limits.Pack.Check(&g)
	}
	for want, change := range map[string]func(g *graph.Graph){
		"300 relations, reverses included, want at most 128": func(g *graph.Graph) {
			r := g.Relations[0]
			g.Relations = nil
			for i := range 300 {
				r.EdgeType.Rel = fmt.Sprint("r", i)
				g.Relations = append(g.Relations, r)
			}
		},
		"65 types of nodes, want at most 64": func(g *graph.Graph) {
			for len(g.Types) < 65 {
				g.Types = append(g.Types, graph.NodeType{Name: fmt.Sprint("t", len(g.Types))})
			}
		},
		"8193 classes":              func(g *graph.Graph) { g.Classes = 8193 },
		"bytes in the longest name": func(g *graph.Graph) { g.ClassNames = []string{strings.Repeat("x", 5000)} },
	} {
		if err := many(change); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if err := many(func(*graph.Graph) {}); err != nil {
		t.Error(err)
	}
}
