package main

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

// A dataset is a graph that was read, the split that was asked for, how long
// reading took, and what became of the cache.
type dataset struct {
	graph *graph.Graph

	split graph.Split
	print origin.Print
	took  time.Duration
	load  ogb.Load
}

// read returns the graph that s names. A signal ends it.
func (s *source) read(ctx context.Context, stderr io.Writer) (d dataset, err error) {
	start := time.Now()
	err = process.Await(ctx, nil, func() (err error) {
		var p graph.Pack
		p, d.load, err = s.open(stderr)
		d.graph, s.packed = p.Graph, p.Teacher
		return err
	})
	if err != nil {
		return dataset{}, err
	}
	d.took = time.Since(start)
	if n := setup.GraphBytes(d.graph) + memory.Program; s.maxMemory > 0 && n > int64(s.maxMemory) {
		return dataset{}, fmt.Errorf("--max-memory %v: the graph and the program need %s, which is more", s.maxMemory, show.Bytes(n))
	}
	s.notes.Add(d.graph.Notes...)
	if d.load.Warn != nil {
		fmt.Fprintf(stderr, "abkd: not cached, so reading takes as long the next time: %s\n", show.Line(settings.WithFlags(d.load.Warn).Error()))
	}
	if s.split != "" || len(d.graph.Splits) > 0 {
		d.split, err = d.graph.Split(s.split)
	}
	return d, err
}

// open returns the graph that s names, from the cache if it is there, and its
// teacher.
func (s *source) open(stderr io.Writer) (p graph.Pack, l ogb.Load, err error) {
	if s.data == "" {
		return p, l, fmt.Errorf(`--data is "", want a folder, a pack or one of %s`, strings.Join(data.BuiltIn, ", "))
	}
	kind, err := data.KindOf(s.data)
	switch {
	case err != nil:
		return p, l, err
	case kind == data.Missing:
		return p, l, s.missing()
	case kind == data.Made && s.direction != 0:
		return p, l, s.noDirection("a built-in graph")
	case kind == data.Folder && s.noCache && s.cache != "":
		return p, l, errors.New("--cache and --no-cache are both given, want one of them")
	case kind == data.Pack:
		if err := s.may().CheckFile(s.data); err != nil {
			return p, l, fmt.Errorf("--data %w", err)
		}
	}
	m := term.NewMeter(stderr, "reading "+s.data, "bytes")
	defer m.Done()
	o := data.Options{Cache: s.cache, NoCache: s.noCache}
	o.Progress = data.Together(func(done, total int64) { m.Set(done, total, "") })
	o.Direction, o.MaxBytes = ogb.Direction(s.direction), s.may().Free
	p, l, err = data.Open(s.data, kind, o)
	if err == nil && kind == data.Pack && s.direction != 0 {
		err = s.noDirection("a pack")
	}
	return p, l, s.explain(err)
}

// explain adds to the error of a data set that is too large where the bound
// comes from.
func (s *source) explain(err error) error {
	var large *ogb.TooLargeError
	switch {
	case !errors.As(err, &large):
		return err
	case s.maxMemory > 0:
		return fmt.Errorf("%w (--max-memory)", err)
	}
	return fmt.Errorf("%w (what is available; --max-memory sets another bound)", err)
}

// missing is the error of a name that no folder, file or built-in graph has.
func (s *source) missing() error {
	advice := "want a folder, a pack, or one of " + strings.Join(data.BuiltIn, ", ")
	if near := cli.Nearest(strings.ToLower(strings.ReplaceAll(s.data, "_", "-")), data.BuiltIn); near != "" {
		advice = "did you mean " + near + "?"
	}
	return fmt.Errorf("--data %s: there is no such folder or file (%s)", s.data, advice)
}

// noDirection is the error of --direction for a graph that is not read from a
// folder.
func (s *source) noDirection(what string) error {
	return fmt.Errorf("--direction %v: --data %s is %s, whose edges are as they are; --direction is for a folder", s.direction, s.data, what)
}
