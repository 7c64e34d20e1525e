//go:build !js

// Package disk writes graphs that are made to folders, as data sets.
package disk

import (
	"fmt"
	"math"
	"path/filepath"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/ogb"
	"abkd/gnn/synth"
	"abkd/internal/machine"
	"abkd/internal/show"
)

// MAG is what data set a shape imitates.
const MAG = "ogbn-mag"

// shapeBytes are those of the files of OGBN-Mag's shape at scale 1, rounded up.
const shapeBytes = 600e6

// Bytes returns about how much disk the shape of OGBN-Mag takes at a scale.
func Bytes(scale float64) uint64 { return uint64(shapeBytes * scale) }

// Fits reports a disk too small for the shape of OGBN-Mag at a scale, in the
// folder dir.
func Fits(dir string, scale float64) error {
	need := Bytes(scale)
	free, ok := machine.FreeDisk(filepath.Dir(filepath.Clean(dir)))
	if ok && free < need {
		return fmt.Errorf("the graph needs about %s bytes of disk and %s are free: want another place or a smaller scale",
			show.Grouped(int64(need)), show.Grouped(int64(min(free, math.MaxInt64))))
	}
	return nil
}

// Made is what was written.
type Made struct {
	Papers, Nodes, Edges, Classes int
	Facts                         []Fact // of OGBN-Mag's shape
}

// Write makes a graph in memory and writes it to the folder dir: one of
// OGBN-Mag's schema or, of the shape Featureless, one with the papers and the
// seed of c. Its edges are counted as they are read back, reverse relations
// included.
func Write(dir, shape string, c synth.Config) (Made, error) {
	make := synth.MAG
	if shape == Featureless {
		make = func(c synth.Config) *graph.Graph { return synth.Featureless(c.Papers, c.Seed) }
	}
	g := make(c)
	m := Made{Papers: g.Types[g.Target].Count, Nodes: g.NumNodes(), Edges: g.NumEdges(), Classes: g.Classes}
	return m, ogb.Write(dir, g)
}

// WriteShape makes a graph of OGBN-Mag's shape piece by piece, so that memory is
// no limit, and writes it to the folder dir under that name. Its edges are
// counted as they are written. Progress is told of every file's rows.
func WriteShape(dir, name string, scale float64, seed uint64, progress func(file string, done, total int64)) (Made, error) {
	s, err := synth.NewScaledMAG(scale, seed, synth.MAGDifficulty)
	if err != nil {
		return Made{}, err
	}
	m := Made{Papers: s.Papers, Nodes: s.Papers + s.Authors + s.Institutions + s.Fields, Classes: s.Classes}
	facts := s.NodeFacts()
	var features synth.Moments
	stream := &ogb.Stream{
		Graph: &graph.Graph{
			Name: name,
			Types: []graph.NodeType{
				{Name: "paper", Count: s.Papers, Features: mat.Matrix{Cols: synth.MAGFeatures}, Years: s.Years},
				{Name: "author", Count: s.Authors}, {Name: "institution", Count: s.Institutions}, {Name: "field_of_study", Count: s.Fields},
			},
			Labels: s.Labels, Classes: s.Classes, ClassNames: s.ClassNames(), Splits: []graph.Split{s.Split()},
		},
		Features: func(_, lo, hi int, x []float32) {
			s.Features(lo, hi, x)
			features.Add(x)
		},
		Relations: s.Relations(),
		Out: func(i int) graph.CSR {
			out := s.Out(i)
			facts = append(facts, s.EdgeFacts(i, out)...)
			m.Edges += len(out.Col)
			return out
		},
		Name: s.Name,
		Release: fmt.Sprintf("Not OGBN-Mag, but a generated graph of its shape: abkd synth --shape %s --scale %v --seed %d\n",
			MAG, scale, seed),
	}
	if err := ogb.WriteStream(dir, stream, progress); err != nil {
		return Made{}, err
	}
	for _, f := range append(facts, features.Facts()...) {
		m.Facts = append(m.Facts, Fact{f.Name, show.Number(f.Want), show.Number(f.Got), show.Number(f.Error())})
	}
	return m, nil
}

// Featureless is the shape of a graph without features, see synth.Featureless.
const Featureless = "featureless"
