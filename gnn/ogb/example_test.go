//go:build !js

package ogb_test

import (
	"fmt"
	"os"
	"path/filepath"

	"abkd/gnn/ogb"
	"abkd/gnn/synth"
)

// A graph is written in the layout of the Open Graph Benchmark and read again.
func Example() {
	parent, err := os.MkdirTemp("", "ogb")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(parent)
	dir := filepath.Join(parent, "mag")
	if err := ogb.Write(dir, synth.MAGMini()); err != nil {
		panic(err)
	}
	g, err := ogb.Read(dir, ogb.Options{})
	if err != nil {
		panic(err)
	}
	for _, t := range g.Types {
		fmt.Printf("%s: %d nodes, %d features\n", t.Name, t.Count, t.Features.Cols)
	}
	for _, s := range g.Splits {
		fmt.Printf("split %s: %d, %d and %d papers\n", s.Name, len(s.Train), len(s.Valid), len(s.Test))
	}
	// Output:
	// paper: 400 nodes, 32 features
	// author: 616 nodes, 0 features
	// institution: 16 nodes, 0 features
	// field_of_study: 32 nodes, 0 features
	// split time: 217, 85 and 98 papers
	// split random: 250, 80 and 70 papers
}
