package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/paths"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/term"
	"abkd/gnn/file"
	"abkd/gnn/graph"
	"abkd/gnn/graph/fingerprint"
	"abkd/gnn/graph/formats"
	graphtable "abkd/gnn/graph/table"
	"abkd/gnn/graph/table/debian"
	"abkd/gnn/ogb"
	"abkd/internal/show"
	"abkd/sim/memory"
	"abkd/sim/setup"
)

// An importing is what is asked for.
type importing struct {
	graphtable.Options
	format, shares, out string
	features            []string
	seed                uint32
	maxMemory           cli.Size
	preview             bool
}

func newImport() *cobra.Command {
	var i importing
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "import FILES...",
		Short: "Make a data set or a pack of files that other programs wrote",
		Long: `Make a data set, in the raw layout of the Open Graph Benchmark, or a pack of a
graph that stands in files of other programs: tables of nodes and of edges, or
one file with both ("abkd help tables" says which forms are read and how). All
files of the graph are given at once, packed with gzip, xz or lz4 or not; for a
folder, the files in it.

What was understood, assumed and left out is printed; with --preview nothing
is written.`,
		Example: `  abkd import nodes.csv edges.csv --preview
  abkd import nodes.csv edges.csv --out mine
  abkd import graph.json --label venue --split 10/20/70 --out mine.pack
  abkd import Packages.xz --release bookworm --out debian`,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := i.run(cmd, args)
			if err != nil {
				return err
			}
			return cli.Write(cmd.OutOrStdout(), asJSON, r, r.text())
		},
	}
	f := cmd.Flags()
	f.StringVar(&i.format, "format", "", "`name` of the format (default: what the files look like)")
	cli.OneOf(f, "format", append([]string{""}, formats.Names()...)...)
	f.StringVar(&i.Label, "label", "", "`column` that has the classes (default: label, class and the like)")
	f.StringSliceVar(&i.features, "features", nil, "`columns` to take as features beside f0, f1, ... and the like")
	f.BoolVar(&i.Directed, "directed", false, "keep edges within a type as they are listed (default: messages go both ways)")
	f.StringVar(&i.shares, "split", "", "draw the split: `percents` of each class for training, validation and test, such as 60/20/20 (default: the split of the files, or else 60/20/20)")
	f.Uint32Var(&i.seed, "seed", 1, "`number` that the split is drawn from")
	f.StringVar(&i.Release, "release", "", "`text` that says which state of its source the file has")
	f.Var(&i.maxMemory, "max-memory", "refuse files that take more memory to be read, such as 20GiB (default: all that is available)")
	f.StringVar(&i.out, "out", "", "`folder` to write, or a file that ends with .pack")
	f.BoolVar(&i.preview, "preview", false, "only print what would be written")
	f.BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
	return cmd
}

// isPackName reports whether import writes a pack there.
func isPackName(name string) bool { return strings.EqualFold(filepath.Ext(name), ".pack") }

// isDataset reports whether one folder is given, and every command reads it as
// it is.
func isDataset(args []string) bool {
	return len(args) == 1 && paths.IsFolder(args[0]) && ogb.IsDataset(args[0]) == nil
}

func (i *importing) checkFlags(args []string) error {
	switch {
	case len(args) > 0 && isDataset(args):
		return fmt.Errorf("%s is a data set already: give it as --data", args[0])
	case len(args) == 0:
		return fmt.Errorf("no file is given, want those of one graph, such as nodes.csv edges.csv")
	case i.out == "" && !i.preview:
		return fmt.Errorf("--out is not given, want a folder or a pack to write the graph to, or --preview")
	}
	if i.shares != "" {
		s, err := graphtable.ParseShares(i.shares)
		if err != nil {
			return fmt.Errorf("--%w", err)
		}
		i.Shares = s
	}
	return nil
}

func (i *importing) run(cmd *cobra.Command, args []string) (*importReport, error) {
	if err := i.checkFlags(args); err != nil {
		return nil, err
	}
	may := memory.Allow(int64(i.maxMemory), "")
	if may.Free > 0 {
		i.Memory = graphtable.NewMemory(may.Free)
	}
	may.TellCollector()
	i.Seed, i.Features = i.seed, i.features
	r := &importReport{Command: "import", Files: args, Out: i.out}
	if i.preview {
		r.Out = ""
	}
	err := process.Await(cmd.Context(), term.NewMeter(cmd.ErrOrStderr(), "importing", ""), func() error {
		files, err := formats.Files(args, i.Memory)
		if err != nil {
			return err
		}
		var g *graph.Graph
		if g, r.Preview, err = formats.Read(files, i.format, i.Options); err != nil {
			return settings.WithFlags(err)
		}
		if r.Fingerprint = fingerprint.Run(g, g.Splits[0]); i.preview {
			return i.check(g, r)
		}
		return i.write(g)
	})
	if err == nil {
		for _, clause := range settings.Unused(cmd, nil, i.rules(r.Preview)...) {
			r.Notes = append(r.Notes, show.Line(clause)+".")
		}
	}
	return r, err
}

// rules say which flags had no effect.
func (i *importing) rules(p *graphtable.Preview) []cli.Rule {
	within := slices.ContainsFunc(p.Relations, func(r graphtable.RelationView) bool { return r.Source == r.Target })
	return []cli.Rule{
		{Flag: "out", Idle: i.preview, Why: "with --preview nothing is written"},
		{Flag: "seed", Idle: p.Splits[0] != "drawn" && p.Format != debian.Format, Why: "no split is drawn, the files have theirs"},
		{Flag: "release", Idle: p.Format != debian.Format, Why: "only of a Debian index it is kept"},
		{Flag: "directed", Idle: !within, Why: "no edge is within a type"},
	}
}

// unmade adds to an error of the disk which folder has not been made, and what
// to do.
func unmade(out string, err error) error {
	if advice := file.Advice(err); advice != "" {
		return fmt.Errorf("--out %s: %w; the folder has not been made%s", out, err, advice)
	}
	return err
}

// check tells before anything is written what would refuse to be.
func (i *importing) check(g *graph.Graph, r *importReport) error {
	if isPackName(i.out) {
		return nil
	}
	err := ogb.Check(g)
	if err != nil && i.out == "" {
		r.Notes = append(r.Notes, fmt.Sprintf("As a folder it cannot be written (%v); as a pack it can.", err))
		return nil
	}
	return err
}

// write writes the data set or the pack, all of it or nothing.
func (i *importing) write(g *graph.Graph) error {
	if !isPackName(i.out) {
		return unmade(i.out, ogb.Write(i.out, g))
	}
	if err := i.Memory.Take(2*setup.GraphBytes(g), func() string { return i.out }); err != nil {
		return err // the pack, and what making it larger leaves
	}
	b, err := graph.Pack{Graph: g}.Encode()
	if err != nil {
		return err
	}
	return file.Replace(i.out, file.Bytes(b))
}
