package sim

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"abkd/gnn/mat"
)

// TestSameHashEverywhere computes a link's run with each implementation that gives the same bits on
// every machine: it comes to the hash that is written down, whatever this test was compiled
// for. The page is held to the same file, in site/web/test/away.mjs.
func TestSameHashEverywhere(t *testing.T) {
	b, err := os.ReadFile("testdata/hash.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct{ Experiment, Hash string }
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go", "simd128"} {
		if !slices.Contains(mat.Backends(), name) {
			continue
		}
		backend, err := mat.NewBackend(name)
		if err != nil {
			t.Fatal(err)
		}
		e := experiment(t, want.Experiment)
		r := newRun(t, builtIn(t, e.Plan().Data), want.Experiment, Options{Baseline: true, Backend: backend})
		for r.Step() {
		}
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%016x", r.Hash()); got != want.Hash {
			t.Errorf("computed by %s, %s has the hash %s, want %s", name, want.Experiment, got, want.Hash)
		}
	}
}
