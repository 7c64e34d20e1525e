package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/cmd/internal/term"
	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/summary"
	"abkd/internal/machine"
	"abkd/internal/show"
	"abkd/sim/origin"
)

// An infoReport is the result of info.
type infoReport struct {
	Command string `json:"command"`
	Data    string `json:"data"`
	*summary.Summary
	Teacher   *infoTeacher `json:"teacher"` // of a pack, null without one
	LoadMS    show.Number  `json:"load_ms"`
	Cached    bool         `json:"cached"`     // the graph was taken from the cache file
	CacheFile string       `json:"cache_file"` // that is there now, "" for none
	Rebuilt   string       `json:"rebuilt"`    // why a cache file was replaced, "" if none was
	Verified  bool         `json:"verified"`
	PeakMB    *show.Number `json:"peak_mb"` // memory of the process, null where the system does not tell
	Notes     cli.Notes    `json:"notes"`
}

// An infoTeacher is the teacher of a pack.
type infoTeacher struct {
	Model      string `json:"model"`
	Layers     int    `json:"layers"`
	Hidden     int    `json:"hidden"`
	Params     int    `json:"params"`
	Data       string `json:"data"`       // that it was trained on, as it was given, "" if it is not known
	Split      string `json:"split"`      // "" if it is not known
	Experiment string `json:"experiment"` // its settings, "" if they are not known
}

func newInfo() *cobra.Command {
	var from source.Source
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
			d, err := from.ReadGraph(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			from.Notes.Add(settings.Unused(cmd, nil, from.Rules()...)...)
			from.Notes.Print(cmd.ErrOrStderr())
			r := newInfoReport(from.Data, d)
			if r.Teacher, err = teacherOf(&from, d.Graph); err != nil {
				return err
			}
			r.Notes = from.Notes
			if verify {
				if err := verifyCache(cmd.Context(), cmd.ErrOrStderr(), d.Cache.File); err != nil {
					return err
				}
				r.Verified = true
			}
			return cli.Write(cmd.OutOrStdout(), asJSON, r, r.text())
		},
	}
	from.AddFlags(cmd, "")
	cmd.Flags().BoolVar(&verify, "verify", false, "check all of the cache file")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	cmd.Flags().SortFlags = false
	return cmd
}

// teacherOf returns the teacher in the pack of g that s read, nil without one.
func teacherOf(s *source.Source, g *graph.Graph) (*infoTeacher, error) {
	if !s.HasTeacher() {
		return nil, nil
	}
	m, meta, err := s.LoadModel(source.OfPack, g)
	if err != nil {
		return nil, err
	}
	c := m.Config()
	params, _ := gnn.Count(m)
	return &infoTeacher{c.Kind, c.Layers, c.Hidden, params, origin.Data(meta), meta["split"], meta["experiment"]}, nil
}

// verifyCache checks the cache file of that name.
func verifyCache(ctx context.Context, stderr io.Writer, file string) error {
	if file == "" {
		return errors.New("--verify: there is no cache file, want --cache")
	}
	err := process.Await(ctx, term.NewMeter(stderr, "checking "+file, ""), func() error { return graph.VerifyCache(file) })
	if err != nil {
		return fmt.Errorf("%w; remove the file, or read without it: --no-cache", err)
	}
	return nil
}

func newInfoReport(data string, d source.Dataset) *infoReport {
	r := &infoReport{
		Command: "info", Data: data, Summary: summary.Of(d.Graph),
		LoadMS: show.Number(d.Took.Seconds() * 1000), Cached: d.Cache.Cached, CacheFile: d.Cache.File,
	}
	if d.Cache.Why != nil {
		r.Rebuilt = strings.TrimPrefix(d.Cache.Why.Error(), "graph: "+d.Cache.File+": ")
	}
	if bytes, ok := machine.PeakMemory(); ok {
		mb := show.Number(float64(bytes) / 1e6)
		r.PeakMB = &mb
	}
	return r
}

// took writes a time in milliseconds, or in seconds from one on.
func took(ms show.Number) string {
	if ms < 1000 {
		return show.Figures(float64(ms), 3) + " ms"
	}
	return show.Figures(float64(ms)/1000, 3) + " s"
}

// text is the report for people.
func (r *infoReport) text() string {
	return fmt.Sprintf("%s: %s nodes, %s edges, read in %s (%s)%s\n\n",
		r.Name, show.Grouped(int64(r.Nodes)), show.Grouped(int64(r.Edges)), took(r.LoadMS), r.cache(), r.memory()) + r.madeFrom() + r.Tables("--json lists all")
}

// madeFrom says what the graph was made from, and which teacher is with it.
func (r *infoReport) madeFrom() string {
	var b strings.Builder
	for i, step := range r.Origin {
		what := "made from"
		if i > 0 {
			what = "         "
		}
		fmt.Fprintf(&b, "%s  %s\n", what, show.Line(step))
	}
	if t := r.Teacher; t != nil {
		fmt.Fprintf(&b, "teacher    %s %dx%d, %s parameters", t.Model, t.Layers, t.Hidden, show.Grouped(int64(t.Params)))
		if t.Data != "" {
			fmt.Fprintf(&b, ", trained on split %s of %s: %s", show.Line(t.Split), show.Line(t.Data), show.Line(t.Experiment))
		}
		b.WriteString("\n")
	}
	if b.Len() > 0 {
		b.WriteString("\n")
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
	return fmt.Sprintf(", peak memory %s MB", show.Grouped(int64(*r.PeakMB)))
}
