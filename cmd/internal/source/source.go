// Package source reads what a command line names: the graph of a command, with
// the flags that say where it comes from, and the weights that are used on it.
package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/term"
	"abkd/gnn/graph"
	"abkd/gnn/ogb"
	"abkd/internal/show"
	"abkd/sim/data"
	"abkd/sim/memory"
	"abkd/sim/origin"
	"abkd/sim/setup"
)

// A Source is where a command's graph comes from, as its flags say.
type Source struct {
	Data      string // name of the graph
	Split     string // name of the split, "" for the default
	Cache     string // folder, "" for the user's own
	NoCache   bool
	Direction Direction
	MaxMemory cli.Size  // 0 for what the machine has
	Notes     cli.Notes // what is to be told before the work

	packed []byte // weights of the teacher in the pack that was read, nil for none
}

// A Dataset is a graph that was read.
type Dataset struct {
	Graph *graph.Graph
	Split graph.Split   // that was asked for
	Took  time.Duration // to read it
	Cache ogb.Load      // what became of the cache

	print origin.Print
}

// ReadGraph returns the graph that s names. A signal ends it.
func (s *Source) ReadGraph(ctx context.Context, stderr io.Writer) (d Dataset, err error) {
	start := time.Now()
	err = process.Await(ctx, nil, func() (err error) {
		var p graph.Pack
		p, d.Cache, err = s.open(stderr)
		d.Graph, s.packed = p.Graph, p.Teacher
		return err
	})
	if err != nil {
		return Dataset{}, err
	}
	d.Took = time.Since(start)
	if n := setup.GraphBytes(d.Graph) + memory.Program; s.MaxMemory > 0 && n > int64(s.MaxMemory) {
		return Dataset{}, fmt.Errorf(`--max-memory %v: the graph and the program need %s, which is more: graph %s, program %s; "abkd pack" makes a part of the graph, to choose instead`, s.MaxMemory, show.Bytes(n), show.Bytes(n-memory.Program), show.Bytes(memory.Program))
	}
	s.Notes.Add(d.Graph.Notes...)
	if d.Cache.Warn != nil {
		fmt.Fprintf(stderr, "abkd: not cached, so reading takes as long the next time: %s\n", show.Line(settings.WithFlags(d.Cache.Warn).Error()))
	}
	if s.Split != "" || len(d.Graph.Splits) > 0 {
		d.Split, err = d.Graph.Split(s.Split)
	}
	return d, err
}

// open returns the graph that s names, from the cache if it is there, and its
// teacher.
func (s *Source) open(stderr io.Writer) (p graph.Pack, l ogb.Load, err error) {
	if s.Data == "" {
		return p, l, fmt.Errorf(`--data is "", want a folder, a pack or one of %s`, strings.Join(data.BuiltIn, ", "))
	}
	kind, err := data.KindOf(s.Data)
	switch {
	case err != nil:
		return p, l, err
	case kind == data.Missing:
		return p, l, s.missing()
	case kind == data.Made && s.Direction != 0:
		return p, l, s.noDirection("a built-in graph")
	case kind == data.Folder && s.NoCache && s.Cache != "":
		return p, l, errors.New("--cache and --no-cache are both given, want one of them")
	case kind == data.Pack:
		if err := s.Allowance().CheckFile(s.Data); err != nil {
			return p, l, fmt.Errorf("--data %w", err)
		}
	}
	m := term.NewMeter(stderr, "reading "+s.Data, "bytes")
	defer m.Done()
	o := data.Options{Cache: s.Cache, NoCache: s.NoCache}
	o.Progress = data.Together(func(done, total int64) { m.Set(done, total, "") })
	o.Direction, o.MaxBytes = ogb.Direction(s.Direction), s.Allowance().Free
	p, l, err = data.Open(s.Data, kind, o)
	if err == nil && kind == data.Pack && s.Direction != 0 {
		err = s.noDirection("a pack")
	}
	return p, l, s.explain(err)
}

// explain adds to the error of a data set that is too large where the bound
// comes from.
func (s *Source) explain(err error) error {
	var large *ogb.TooLargeError
	switch {
	case !errors.As(err, &large):
		return err
	case s.MaxMemory > 0:
		return fmt.Errorf("%w (--max-memory)", err)
	}
	return fmt.Errorf("%w (what is available; --max-memory sets another bound)", err)
}

// missing is the error of a name that no folder, file or built-in graph has.
func (s *Source) missing() error {
	advice := "want a folder, a pack, or one of " + strings.Join(data.BuiltIn, ", ")
	if near := cli.Nearest(strings.ToLower(strings.ReplaceAll(s.Data, "_", "-")), data.BuiltIn); near != "" {
		advice = "did you mean " + near + "?"
	}
	return fmt.Errorf("--data %s: there is no such folder or file (%s)", s.Data, advice)
}

// noDirection is the error of --direction for a graph that is not read from a
// folder.
func (s *Source) noDirection(what string) error {
	return fmt.Errorf("--direction %v: --data %s is %s, whose edges are as they are; --direction is for a folder", s.Direction, s.Data, what)
}
