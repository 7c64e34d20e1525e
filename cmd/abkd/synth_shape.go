package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"abkd/cmd/internal/term"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/ogb"
	"abkd/gnn/synth"
	"abkd/internal/machine"
)

const (
	shapeMAG    = "ogbn-mag"
	diskOfShape = "0.6 GB"
	shapeBytes  = 600e6 // of files at scale 1, rounded up
)

// A factReport is a number known of OGBN-Mag beside that of the graph made.
type factReport struct {
	Name  string `json:"name"`
	Want  number `json:"want"`
	Got   number `json:"got"`
	Error number `json:"error"` // relative
}

// checkDisk reports a disk too small for the files.
func (j *synthJob) checkDisk() error {
	need := uint64(shapeBytes * j.scale)
	free, ok := machine.FreeDisk(filepath.Dir(filepath.Clean(j.out)))
	if ok && free < need {
		return fmt.Errorf("--out %s: the graph needs about %s bytes of disk and %s are free: want another place or a smaller --scale",
			j.out, grouped(int64(need)), grouped(int64(min(free, math.MaxInt64))))
	}
	return nil
}

// stream makes the graph piece by piece and writes it to the folder dir.
func (j *synthJob) stream(ctx context.Context, stderr io.Writer, dir string, r *synthReport) error {
	s, err := synth.NewShape(j.scale, j.Seed, synth.MAGDifficulty)
	if err != nil {
		return err
	}
	r.Papers, r.Nodes, r.Classes = s.Papers, s.Papers+s.Authors+s.Institutions+s.Fields, s.Classes
	var features synth.Moments
	facts := s.NodeFacts()
	stream := &ogb.Stream{
		Graph: &graph.Graph{
			Name: filepath.Base(j.out),
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
			r.Edges += len(out.Col)
			return out
		},
		Name: s.Name,
		Release: fmt.Sprintf("Not OGBN-Mag, but a generated graph of its shape: abkd synth --shape %s --scale %v --seed %d\n",
			shapeMAG, j.scale, j.Seed),
	}
	m := term.NewMeter(stderr, "making the graph", "rows")
	defer m.Done()
	err = await(ctx, nil, func() error {
		return ogb.WriteStream(dir, stream, func(file string, done, total int64) { m.Set(done, total, file) })
	})
	if err != nil {
		return err // the writer may still be at it
	}
	for _, f := range append(facts, features.Facts()...) {
		r.Facts = append(r.Facts, factReport{f.Name, number(f.Want), number(f.Got), number(f.Error())})
	}
	return nil
}

// factText sets the facts side by side.
func factText(facts []factReport) string {
	if len(facts) == 0 {
		return ""
	}
	rows := [][]string{{"", "OGBN-Mag, scaled", "here", "error"}}
	for _, f := range facts {
		rows = append(rows, []string{f.Name, figure(f.Want), figure(f.Got), fmt.Sprintf("%+.1f %%", 100*f.Error)})
	}
	var b strings.Builder
	b.WriteString("\n" + table(rows))
	return b.String()
}

// figure writes whole numbers as counts and others with four digits.
func figure(x number) string {
	if x == number(math.Trunc(float64(x))) {
		return grouped(int64(x))
	}
	return figures(float64(x), 4)
}
