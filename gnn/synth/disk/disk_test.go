//go:build !js

package disk

import (
	"path/filepath"
	"reflect"
	"testing"

	"abkd/gnn/ogb"
	"abkd/gnn/synth"
)

// TestWrite reads both kinds of graphs back.
func TestWrite(t *testing.T) {
	told := int64(0)
	for name, write := range map[string]func(dir string) (Made, error){
		"mag": func(dir string) (Made, error) { return Write(dir, "", synth.Config{Papers: 30, Classes: 3, Seed: 1}) },
		"shape": func(dir string) (Made, error) {
			return WriteShape(dir, "tiny", synth.MinScale, 1, func(_ string, done, _ int64) { told = max(told, done) })
		},
	} {
		dir := filepath.Join(t.TempDir(), name)
		m, err := write(dir)
		if err != nil {
			t.Fatal(err)
		}
		g, err := ogb.Read(dir, ogb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if g.Types[g.Target].Count != m.Papers || g.NumNodes() != m.Nodes || g.Classes != m.Classes || m.Edges == 0 {
			t.Errorf("%s: %+v was made, and %d papers of %d nodes, %d classes are read", name, m, g.Types[g.Target].Count, g.NumNodes(), g.Classes)
		}
		if name == "mag" && g.NumEdges() != m.Edges || name == "shape" && (len(m.Facts) == 0 || told == 0) {
			t.Errorf("%s: %+v, with %d edges read and %d rows told", name, m, g.NumEdges(), told)
		}
	}
}

// TestFeaturelessIsTheSame writes the graph of testdata anew, which
//
//	abkd synth --shape featureless --papers 200 --out testdata/featureless
//
// has written, and compares the two.
func TestFeaturelessIsTheSame(t *testing.T) {
	want, got := filepath.Join("testdata", "featureless"), filepath.Join(t.TempDir(), "featureless")
	if _, err := Write(got, Featureless, synth.Config{Papers: 200, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	a, err := ogb.Read(want, ogb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := ogb.Read(got, ogb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Error("the generator makes another graph than that of testdata")
	}
}
