//go:build !js

package ogb

import (
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/synth"
)

// TestOutline holds the outline of a data set against what is read of it.
func TestOutline(t *testing.T) {
	for name, g := range map[string]*graph.Graph{"mag-mini": synth.MAGMini(), "karate": synth.Karate()} {
		dir := t.TempDir()
		if err := Write(dir, g); err != nil {
			t.Fatal(err)
		}
		for _, d := range []Direction{AsStated, Directed} {
			o := Options{Direction: d}
			out, err := ReadOutline(dir, o)
			if err != nil {
				t.Fatal(err)
			}
			want, err := Read(dir, o)
			if err != nil {
				t.Fatal(err)
			}
			checkOutline(t, name, out, want)
		}
	}
	if _, err := ReadOutline(t.TempDir(), Options{}); err == nil {
		t.Error("an empty folder has an outline")
	}
}

// checkOutline checks that out is of want.
func checkOutline(t *testing.T, name string, out Outline, want *graph.Graph) {
	t.Helper()
	g, bytes := out.Graph, int64(0)
	if len(g.Types) != len(want.Types) || len(g.Relations) != len(want.Relations) || g.Target != want.Target {
		t.Fatalf("%s has %d types and %d relations, want %d and %d", name, len(g.Types), len(g.Relations), len(want.Types), len(want.Relations))
	}
	for i, nt := range want.Types {
		bytes += 4 * int64(len(nt.Features.Data))
		if got := g.Types[i]; got.Name != nt.Name || got.Count != nt.Count || got.Features.Cols != nt.Features.Cols {
			t.Errorf("%s: type %d is %d of %s with %d features, want %d of %s with %d", name, i, got.Count, got.Name, got.Features.Cols, nt.Count, nt.Name, nt.Features.Cols)
		}
	}
	for i, r := range want.Relations {
		bytes += 4 * int64(len(r.In.Ptr)+len(r.In.Col))
		if got := g.Relations[i]; got.EdgeType != r.EdgeType || got.Src != r.Src || got.Dst != r.Dst {
			t.Errorf("%s: relation %d is %v, want %v", name, i, got.EdgeType, r.EdgeType)
		}
	}
	if edges := int64(want.NumEdges()); out.Edges < edges || out.Edges > 2*edges {
		t.Errorf("%s has %d edges, want %d, or more where some are listed twice", name, out.Edges, edges)
	}
	if out.Bytes < bytes || out.Bytes > 2*bytes {
		t.Errorf("%s takes %d bytes, want %d or a little more", name, out.Bytes, bytes)
	}
}
