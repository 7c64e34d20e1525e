package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/term"
	"abkd/gnn/file"
	"abkd/gnn/synth"
	"abkd/gnn/synth/disk"
	"abkd/internal/show"
)

const diskOfShape = "0.6 GB" // at scale 1, rounded up

// A synthReport is the result of synth.
type synthReport struct {
	Command string      `json:"command"`
	Out     string      `json:"out"`
	Papers  int         `json:"papers"`
	Nodes   int         `json:"nodes"`
	Edges   int         `json:"edges"` // as read back, reverse relations included; with --shape ogbn-mag as written
	Classes int         `json:"classes"`
	Seed    uint64      `json:"seed"`
	Seconds show.Number `json:"seconds"`
	Facts   []disk.Fact `json:"facts,omitempty"`
	Notes   cli.Notes   `json:"notes"`
}

// A synthJob is what synth is asked for.
type synthJob struct {
	synth.Config
	shape string
	scale float64
	out   string
}

func newSynth() *cobra.Command {
	var j synthJob
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "synth",
		Short: "Make a graph shaped like OGBN-Mag, of any size, or one without features",
		Long: `Make a graph with OGBN-Mag's node types, relations and degrees, and write it
in the raw layout of the Open Graph Benchmark. Features, citations, shared
authors and topics each carry a part of the label, none of them all of it.
The same seed gives the same files.

--shape ogbn-mag has OGBN-Mag's files, numbers of nodes and edges, classes,
time split and distributions of degrees, times --scale (1 is full size: needs
` + diskOfShape + ` of disk), and is made piece by piece, so that memory is no limit.
The report sets it beside what is known of OGBN-Mag. Without --shape degrees
are rougher, and --papers, --classes and --features are free.

--shape featureless has papers, authors and references without features, four
classes and 80 training labels: a graph on which label propagation is hard to
beat. It has 6,564 papers, or --papers of them.

The folder that --out names must not exist yet, or be empty.`,
		Example: `  abkd synth --papers 2000 --out small
  abkd synth --scale 0.01 --classes 20 --seed 7 --out hundredth
  abkd synth --shape ogbn-mag --scale 0.1 --out tenth
  abkd synth --shape featureless --out bare
  abkd synth --shape ogbn-mag --out mag     # full size: 1.9 million nodes, 21 million edges`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := j.check(cmd.Flags().Changed); err != nil {
				return err
			}
			said := cli.Notes(settings.Unused(cmd, nil))
			if least := j.leastPapers(); least != "" {
				said.Add(least)
			}
			said.Print(cmd.ErrOrStderr())
			r, err := j.make(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			r.Notes = said
			return cli.Write(cmd.OutOrStdout(), asJSON, r, r.text())
		},
	}
	f := cmd.Flags()
	f.StringVar(&j.shape, "shape", "", "`name` of a data set whose files and numbers to imitate")
	cli.OneOf(f, "shape", disk.MAG, disk.Featureless)
	f.IntVar(&j.Papers, "papers", 2000, "`number` of papers; other types in proportion; with --shape featureless 6564 if not given [20..2945556]")
	f.Float64Var(&j.scale, "scale", 0, "size relative to OGBN-Mag, instead of --papers; with --shape ogbn-mag 1 if not given [above 0..4]")
	f.Uint64Var(&j.Seed, "seed", 1, "`number` that the graph is made from")
	f.IntVar(&j.Classes, "classes", 0, "`number` of classes; 0: one per 200 papers, at least 4 and at most 349 [0..400]")
	f.IntVar(&j.Features, "features", 0, "`width` of the papers' features; 0: 128 [0..4096]")
	f.StringVar(&j.out, "out", "", "`folder` to write")
	f.BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
	return cmd
}

// check reports a flag that is wrong and completes j.
func (j *synthJob) check(given func(flag string) bool) error {
	if fixed := map[string][]string{disk.MAG: {"papers", "classes", "features"}, disk.Featureless: {"scale", "classes", "features"}}[j.shape]; slices.ContainsFunc(fixed, given) {
		return fmt.Errorf("--shape %s and --%s are both given, want one of them: the shape decides", j.shape, fixed[slices.IndexFunc(fixed, given)])
	}
	if j.shape == disk.Featureless {
		if !given("papers") {
			j.Papers = synth.FeaturelessPapers
		}
		return cmp.Or(j.checkOut(), between("papers", j.Papers, synth.MinPapers, 4*synth.FullPapers))
	}
	if j.shape != "" {
		if !given("scale") {
			j.scale = 1
		}
		if !(j.scale >= synth.MinScale && j.scale <= synth.MaxScale) {
			return fmt.Errorf("--scale is %v, want %v..%v with --shape (1 is OGBN-Mag's size)", j.scale, synth.MinScale, synth.MaxScale)
		}
		return j.checkOut()
	}
	switch {
	case given("papers") && given("scale"):
		return fmt.Errorf("--papers and --scale are both given, want one of them")
	case given("scale"):
		if !(j.scale > 0 && j.scale <= 4) {
			return fmt.Errorf("--scale is %v, want above 0 and at most 4 (1 is OGBN-Mag's size)", j.scale)
		}
		j.Papers = max(synth.MinPapers, int(math.Round(j.scale*synth.FullPapers)))
	}
	err := cmp.Or(j.checkOut(), between("papers", j.Papers, synth.MinPapers, 4*synth.FullPapers), between("features", j.Features, 0, 4096))
	if most := synth.MaxClasses(j.Papers); err == nil && j.Classes != 0 && (j.Classes < 2 || j.Classes > most) {
		return fmt.Errorf("--classes is %d, want 2..%d (for %d papers), or 0", j.Classes, most, j.Papers)
	}
	return err
}

func between(name string, v, lo, hi int) error {
	if v < lo || v > hi {
		return fmt.Errorf("--%s is %d, want %d..%d", name, v, lo, hi)
	}
	return nil
}

func (j *synthJob) checkOut() error {
	if j.out == "" {
		return errors.New("--out is not given, want a folder to write the graph to")
	}
	return nil
}

// leastPapers says that --scale asks for fewer papers than there must be.
func (j *synthJob) leastPapers() string {
	if j.shape != "" || j.scale == 0 || j.scale*synth.FullPapers >= synth.MinPapers {
		return ""
	}
	return fmt.Sprintf("--scale %v would be %s papers: the graph has the least, %d", j.scale, show.Figures(j.scale*synth.FullPapers, 2), synth.MinPapers)
}

// make makes the graph and writes it to the folder out.
func (j *synthJob) make(ctx context.Context, stderr io.Writer) (*synthReport, error) {
	start := time.Now()
	if j.shape == disk.MAG {
		if err := disk.Fits(j.out, j.scale); err != nil {
			return nil, fmt.Errorf("--out %s: %w", j.out, err)
		}
	}
	p, err := file.NewFolder(j.out)
	if err != nil {
		return nil, fmt.Errorf("--out %s: %w", j.out, file.Cause(err))
	}
	defer discard(p)
	m := term.NewMeter(stderr, "making the graph", "rows")
	var made disk.Made
	if j.shape == disk.MAG {
		defer m.Done()
		err = process.Await(ctx, nil, func() (err error) {
			progress := func(file string, done, total int64) { m.Set(done, total, file) }
			made, err = disk.WriteShape(p.Path, filepath.Base(j.out), j.scale, j.Seed, progress)
			return err
		})
	} else {
		err = process.Await(ctx, m, func() (err error) {
			made, err = disk.Write(p.Path, j.shape, j.Config)
			return err
		})
	}
	if err != nil {
		return nil, unmade(j.out, err) // the writer may still be at it
	}
	if err := p.Commit(); err != nil {
		return nil, fmt.Errorf("--out %s: %w", j.out, file.Cause(err))
	}
	r := &synthReport{
		Command: "synth", Out: j.out, Papers: made.Papers, Nodes: made.Nodes, Edges: made.Edges, Classes: made.Classes,
		Seed: j.Seed, Seconds: show.Number(time.Since(start).Seconds()), Facts: made.Facts,
	}
	return r, nil
}

// discard removes what was written and has no name. After an interruption the
// writer may still be at it for a moment.
func discard(f *file.Folder) {
	for range 20 {
		if f.Discard() == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// text is the report for people.
func (r *synthReport) text() string {
	text := fmt.Sprintf("%s: %s papers, %s nodes, %s edges, %d classes, %.1f s\n", show.Line(r.Out), show.Grouped(int64(r.Papers)),
		show.Grouped(int64(r.Nodes)), show.Grouped(int64(r.Edges)), r.Classes, r.Seconds)
	if len(r.Facts) > 0 {
		text += "\n" + disk.Table(r.Facts)
	}
	return text
}
