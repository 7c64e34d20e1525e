package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"abkd/gnn/ogb"
	"abkd/gnn/synth"
)

// fullPapers is the number of papers of OGBN-Mag.
const fullPapers = 736389

// A synthReport is the result of synth.
type synthReport struct {
	Command string `json:"command"`
	Out     string `json:"out"`
	Papers  int    `json:"papers"`
	Nodes   int    `json:"nodes"`
	Edges   int    `json:"edges"` // as read back, reverse relations included
	Classes int    `json:"classes"`
	Seed    uint64 `json:"seed"`
	Seconds number `json:"seconds"`
}

func newSynth() *cobra.Command {
	var c synth.Config
	var scale float64
	var out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "synth",
		Short: "Make a graph shaped like OGBN-Mag, of any size",
		Long: `Make a graph with OGBN-Mag's node types, relations and degrees, and write it
in the raw layout of the Open Graph Benchmark. Features, citations, shared
authors and topics each carry a part of the label, none of them all of it.
The same seed gives the same files.

The folder that --out names must not exist yet, or be empty.`,
		Example: `  abkd synth --papers 2000 --out small
  abkd synth --scale 0.01 --classes 20 --seed 7 --out hundredth
  abkd synth --scale 1 --out mag        # the size of OGBN-Mag: 1.9 million nodes`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			given := cmd.Flags().Changed
			switch {
			case given("papers") && given("scale"):
				return fmt.Errorf("--papers and --scale are both given, want one of them")
			case given("scale"):
				if !(scale > 0 && scale <= 4) {
					return fmt.Errorf("--scale is %v, want above 0 and at most 4 (1 is OGBN-Mag's size)", scale)
				}
				c.Papers = max(minPapers, int(math.Round(scale*fullPapers)))
			}
			if err := checkSynth(c, out); err != nil {
				return err
			}
			r, err := makeGraph(cmd.Context(), c, out, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			text := fmt.Sprintf("%s: %s papers, %s nodes, %s edges, %d classes, %.1f s\n", out, grouped(int64(r.Papers)),
				grouped(int64(r.Nodes)), grouped(int64(r.Edges)), r.Classes, r.Seconds)
			return write(cmd.OutOrStdout(), asJSON, r, text)
		},
	}
	f := cmd.Flags()
	f.IntVar(&c.Papers, "papers", 2000, "`number` of papers; other types in proportion")
	f.Float64Var(&scale, "scale", 0, "size relative to OGBN-Mag, instead of --papers")
	f.Uint64Var(&c.Seed, "seed", 1, "`number` that the graph is made from")
	f.IntVar(&c.Classes, "classes", 0, "`number` of classes; 0: one per 100 papers, at least 4 and at most 349")
	f.IntVar(&c.Features, "features", 0, "`width` of the papers' features; 0: 128")
	f.StringVar(&out, "out", "", "`folder` to write")
	f.BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
	return cmd
}

// makeGraph makes the graph of c and writes it to the folder out.
func makeGraph(ctx context.Context, c synth.Config, out string, stderr io.Writer) (*synthReport, error) {
	start := time.Now()
	p, err := newPending(out)
	if err != nil {
		return nil, err
	}
	defer p.discard()
	if c.Seed == 0 {
		c.Seed = seedZero
	}
	r := &synthReport{Command: "synth", Out: out, Seed: c.Seed}
	err = await(ctx, newMeter(stderr, "making the graph", ""), func() error {
		g := synth.MAG(c)
		r.Papers, r.Nodes, r.Edges, r.Classes = g.Types[g.Target].Count, g.NumNodes(), g.NumEdges(), g.Classes
		return ogb.Write(p.name, g)
	})
	if err != nil {
		return nil, err
	}
	r.Seconds = number(time.Since(start).Seconds())
	return r, p.commit()
}

// The sizes that synth admits.
const (
	minPapers   = 20
	maxPapers   = 4 * fullPapers
	maxClasses  = 10000
	maxFeatures = 4096
)

func checkSynth(c synth.Config, out string) error {
	if out == "" {
		return fmt.Errorf("--out is not given, want a folder to write the graph to")
	}
	err := cmp.Or(
		between("papers", c.Papers, minPapers, maxPapers),
		between("classes", c.Classes, 0, maxClasses),
		between("features", c.Features, 0, maxFeatures),
	)
	if err != nil {
		return err
	}
	if c.Classes == 1 || c.Classes > c.Papers {
		return fmt.Errorf("--classes is %d, want 2..%d (the number of papers), or 0", c.Classes, c.Papers)
	}
	return nil
}

func between(name string, v, lo, hi int) error {
	if v < lo || v > hi {
		return fmt.Errorf("--%s is %d, want %d..%d", name, v, lo, hi)
	}
	return nil
}

// A pending folder is written in a folder beside its place and moved when it
// is complete, so that a folder of that name is never half a graph, and no
// part of it is left over.
type pending struct {
	dir  string // its place
	temp string // the folder beside
	name string // in temp
}

// newPending makes the folder to write to. dir must be new or empty.
func newPending(dir string) (*pending, error) {
	switch entries, err := os.ReadDir(dir); {
	case err == nil && len(entries) > 0:
		return nil, fmt.Errorf("--out %s: the folder is not empty, want a new one", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("--out %s: %w", dir, cause(err))
	}
	parent := filepath.Dir(filepath.Clean(dir))
	temp, err := os.MkdirTemp(parent, ".abkd-synth-*")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("--out %s: there is no folder %s", dir, parent)
	}
	if err != nil {
		return nil, fmt.Errorf("--out %s: cannot write there: %w", dir, cause(err))
	}
	return &pending{dir, temp, filepath.Join(temp, filepath.Base(filepath.Clean(dir)))}, nil
}

// commit moves the folder to its place.
func (p *pending) commit() error {
	if err := os.Remove(p.dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--out %s: %w", p.dir, cause(err))
	}
	return os.Rename(p.name, p.dir)
}

// discard removes what was written and not moved. After an interruption the
// writer may still be at it for a moment.
func (p *pending) discard() {
	for range 20 {
		if os.RemoveAll(p.temp) == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
