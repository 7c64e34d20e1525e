package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/term"
	"abkd/gnn"
	"abkd/gnn/graph"
)

// An infoReport is the result of info.
type infoReport struct {
	Command    string           `json:"command"`
	Data       string           `json:"data"`
	Name       string           `json:"name"`
	Nodes      int              `json:"nodes"`
	Edges      int              `json:"edges"` // as stored, reverse relations included
	Types      []typeReport     `json:"types"`
	Relations  []relationReport `json:"relations"`
	Target     string           `json:"target"`   // the type that carries labels
	Features   int              `json:"features"` // width of the target's
	Labelled   int              `json:"labelled"` // nodes with a label
	Classes    int              `json:"classes"`
	ClassSizes []classReport    `json:"class_sizes"`
	Splits     []splitReport    `json:"splits"`
	LoadMS     number           `json:"load_ms"`
	Cached     bool             `json:"cached"`     // the graph was taken from the cache file
	CacheFile  string           `json:"cache_file"` // that is there now, "" for none
	Rebuilt    string           `json:"rebuilt"`    // why a cache file was replaced, "" if none was
	Verified   bool             `json:"verified"`
	PeakMB     *number          `json:"peak_mb"` // memory of the process, null where the system does not tell
	Notes      notes            `json:"notes"`
}

type typeReport struct {
	Name     string `json:"name"`
	Count    int    `json:"count"`
	Features int    `json:"features"`
}

type relationReport struct {
	Src      string       `json:"src"`
	Name     string       `json:"name"`
	Dst      string       `json:"dst"`
	Edges    int          `json:"edges"`
	InDegree degreeReport `json:"in_degree"`
}

type degreeReport struct {
	Min  int    `json:"min"`
	Mean number `json:"mean"`
	Max  int    `json:"max"`
}

type classReport struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

type splitReport struct {
	Name  string `json:"name"`
	Train int    `json:"train"`
	Valid int    `json:"valid"`
	Test  int    `json:"test"`
}

func newInfo() *cobra.Command {
	var from source
	var asJSON, verify bool
	cmd := &cobra.Command{
		Use:   "info",
		Short: "What a data set holds",
		Long: `Read a data set, with all its checks, and print what it holds: nodes of each
type, edges of each relation with the in-degrees of its destinations, classes,
splits, how long reading took and how much memory. Relations named rev_... are
the reverses that reading adds; a relation from a type to itself is made
undirected.

A data set of 16 MB or more, or any with --cache, leaves a cache file, from
which it opens at once the next time. The file is made anew when a file of the
data set has changed, or it is damaged itself; opening it checks all but
features beyond a gigabyte, and --verify those as well.`,
		Example: `  abkd info --data karate
  abkd info --data mag --verify
  abkd info --data mag-mini --json`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := from.read(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			from.notes.add(unused(cmd, nil, from.rules()...)...)
			from.notes.print(cmd.ErrOrStderr())
			r := newInfoReport(from.data, d)
			r.Notes = from.notes
			if verify {
				if err := verifyCache(cmd.Context(), cmd.ErrOrStderr(), d.load.File); err != nil {
					return err
				}
				r.Verified = true
			}
			return write(cmd.OutOrStdout(), asJSON, r, r.text())
		},
	}
	from.addFlags(cmd, "")
	cmd.Flags().BoolVar(&verify, "verify", false, "check all of the cache file")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	cmd.Flags().SortFlags = false
	return cmd
}

// verifyCache checks the cache file of that name.
func verifyCache(ctx context.Context, stderr io.Writer, file string) error {
	if file == "" {
		return errors.New("--verify: there is no cache file, want --cache")
	}
	err := await(ctx, term.NewMeter(stderr, "checking "+file, ""), func() error { return graph.VerifyCache(file) })
	if err != nil {
		return fmt.Errorf("%w; remove the file, or read without it: --no-cache", err)
	}
	return nil
}

func newInfoReport(data string, d dataset) *infoReport {
	g := d.graph
	target := g.Types[g.Target]
	r := &infoReport{
		Command: "info", Data: data, Name: g.Name, Nodes: g.NumNodes(), Edges: g.NumEdges(),
		Target: target.Name, Features: target.Features.Cols, Classes: g.Classes,
		LoadMS: number(d.took.Seconds() * 1000), Cached: d.load.Cached, CacheFile: d.load.File,
	}
	if d.load.Why != nil {
		r.Rebuilt = strings.TrimPrefix(d.load.Why.Error(), "graph: "+d.load.File+": ")
	}
	if bytes, ok := peakMemory(); ok {
		mb := number(float64(bytes) / 1e6)
		r.PeakMB = &mb
	}
	for _, t := range g.Types {
		r.Types = append(r.Types, typeReport{t.Name, t.Count, t.Features.Cols})
	}
	for _, rel := range g.Relations {
		r.Relations = append(r.Relations, relationReport{rel.EdgeType.Src, rel.Rel, rel.EdgeType.Dst, len(rel.In.Col), inDegree(rel.In)})
	}
	r.ClassSizes = make([]classReport, g.Classes)
	for i := range r.ClassSizes {
		r.ClassSizes[i].Name = strconv.Itoa(i)
		if i < len(g.ClassNames) {
			r.ClassSizes[i].Name = g.ClassNames[i]
		}
	}
	for _, y := range g.Labels {
		if y >= 0 {
			r.ClassSizes[y].Size++
			r.Labelled++
		}
	}
	for _, s := range g.Splits {
		r.Splits = append(r.Splits, splitReport{s.Name, len(s.Train), len(s.Valid), len(s.Test)})
	}
	return r
}

// inDegree returns the least, mean and greatest number of entries of a row.
func inDegree(c graph.CSR) (d degreeReport) {
	if c.Rows() == 0 {
		return d
	}
	d.Min = len(c.Row(0))
	for i := range c.Rows() {
		n := len(c.Row(i))
		d.Min, d.Max = min(d.Min, n), max(d.Max, n)
	}
	d.Mean = number(float64(len(c.Col)) / float64(c.Rows()))
	return d
}

// took writes a time in milliseconds, or in seconds from one on.
func took(ms number) string {
	if ms < 1000 {
		return figures(float64(ms), 3) + " ms"
	}
	return figures(float64(ms)/1000, 3) + " s"
}

// text is the report for people.
func (r *infoReport) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s nodes, %s edges, read in %s (%s)%s\n\n",
		r.Name, grouped(int64(r.Nodes)), grouped(int64(r.Edges)), took(r.LoadMS), r.cache(), r.memory())

	rows := [][]string{{"type", "nodes", "features"}}
	for _, t := range r.Types {
		rows = append(rows, []string{t.Name, grouped(int64(t.Count)), strconv.Itoa(t.Features)})
	}
	b.WriteString(table(rows) + "\n")

	rows = [][]string{{"relation", "", "", "edges", "in-degree min", "mean", "max"}}
	for _, rel := range r.Relations {
		d := rel.InDegree
		rows = append(rows, []string{rel.Src, rel.Name, rel.Dst, grouped(int64(rel.Edges)),
			strconv.Itoa(d.Min), fmt.Sprintf("%.2f", d.Mean), grouped(int64(d.Max))})
	}
	b.WriteString(table(rows) + "\n")

	rows = [][]string{{"split", "train", "valid", "test"}}
	for _, s := range r.Splits {
		rows = append(rows, []string{s.Name, grouped(int64(s.Train)), grouped(int64(s.Valid)), grouped(int64(s.Test))})
	}
	b.WriteString(table(rows) + "\n")

	fmt.Fprintf(&b, "%d classes of %s, %s nodes with a label:\n", r.Classes, r.Target, grouped(int64(r.Labelled)))
	rows = nil
	largest := slices.Clone(r.ClassSizes)
	slices.SortStableFunc(largest, func(a, b classReport) int { return b.Size - a.Size })
	for _, c := range largest[:min(len(largest), maxClassRows)] {
		share := number(gnn.Share(c.Size, r.Labelled))
		rows = append(rows, []string{"  " + c.Name, grouped(int64(c.Size)), percent(share)})
	}
	b.WriteString(table(rows))
	if n := len(largest) - maxClassRows; n > 0 {
		fmt.Fprintf(&b, "  and %d smaller ones (--json lists all)\n", n)
	}
	return b.String()
}

// cache says what became of the cache.
func (r *infoReport) cache() string {
	switch {
	case r.Verified:
		return "cached and verified: " + r.CacheFile
	case r.Cached:
		return "cached: " + r.CacheFile
	case r.CacheFile == "":
		return "not cached"
	case r.Rebuilt != "":
		return "now cached: " + r.CacheFile + ", anew because " + r.Rebuilt
	}
	return "now cached: " + r.CacheFile
}

func (r *infoReport) memory() string {
	if r.PeakMB == nil {
		return ""
	}
	return fmt.Sprintf(", peak memory %s MB", grouped(int64(*r.PeakMB)))
}

// maxClassRows is how many classes the table for people lists.
const maxClassRows = 20
