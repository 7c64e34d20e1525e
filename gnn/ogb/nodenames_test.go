//go:build !js

package ogb

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/synth"
)

// TestNodeNames compares with the names that Read gives.
func TestNodeNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "g")
	g := tinyGraph()
	g.Types[0].Labels = make([]string, g.Types[0].Count)
	for i := range g.Types[0].Labels {
		g.Types[0].Labels[i] = strings.Repeat("a \"quoted\", name\n", i%3) + string(rune('A'+i))
	}
	if err := Write(dir, g); err != nil {
		t.Fatal(err)
	}
	nodes := []int32{0, 1, 5, 19}
	got, err := NodeNames(dir, g.Types[0].Name, nodes)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range nodes {
		if want := g.Types[0].Labels[v]; got[k] != want {
			t.Errorf("node %d is called %q, want %q", v, got[k], want)
		}
	}
	if got, err := NodeNames(dir, "nosuch", nodes); got != nil || err != nil {
		t.Errorf("an unknown type has names %q (%v), want none", got, err)
	}
	file := filepath.Join(dir, "mapping", g.Types[0].Name+"_entidx2name.csv.gz")
	if err := os.WriteFile(file, pack("ent idx,ent name\n0,a\nx,b\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := NodeNames(dir, g.Types[0].Name, nodes); err == nil || !strings.Contains(err.Error(), `line 3: index is "x"`) {
		t.Errorf("a damaged file: %v", err)
	}
}

// TestNodeNamesHomogeneous has a graph of one type.
func TestNodeNamesHomogeneous(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "g")
	g := synth.Karate()
	g.Types[0].Name, g.Relations[0].EdgeType = "node", homogeneousType
	if err := Write(dir, g); err != nil {
		t.Fatal(err)
	}
	if got, err := NodeNames(dir, "node", []int32{0, 33}); err != nil || !slices.Equal(got, []string{"1", "34"}) {
		t.Errorf("names are %q (%v), want 1 and 34", got, err)
	}
}

// TestNameOfNone names a node of a type that has none.
func TestNameOfNone(t *testing.T) {
	names := newTable("mapping/author_entidx2name.csv", strings.NewReader(""), 64)
	if _, err := names.nameIndex([]string{"0", "Ada"}, 0); err == nil || !strings.HasSuffix(err.Error(), "index is 0, and there are 0 of them") {
		t.Errorf("it says %v", err)
	}
}
