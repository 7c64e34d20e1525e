package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/term"
	"abkd/gnn/graph"
	"abkd/gnn/ogb"
	"abkd/sim/setup"
)

// A dataset is a graph that was read, the split that was asked for, how long
// reading took, and what became of the cache.
type dataset struct {
	graph *graph.Graph
	split graph.Split
	hash  string // see print
	took  time.Duration
	load  ogb.Load
}

// read returns the graph that s names. A signal ends it.
func (s *source) read(ctx context.Context, stderr io.Writer) (d dataset, err error) {
	start := time.Now()
	err = await(ctx, nil, func() (err error) {
		d.graph, d.load, err = s.open(stderr)
		return err
	})
	if err != nil {
		return dataset{}, err
	}
	d.took = time.Since(start)
	if n := setup.GraphBytes(d.graph) + programBytes; s.maxMemory > 0 && n > int64(s.maxMemory) {
		return dataset{}, fmt.Errorf("--max-memory %v: the graph and the program need %s, which is more", s.maxMemory, bytesText(n))
	}
	s.notes.add(d.graph.Notes...)
	if d.load.Warn != nil {
		fmt.Fprintf(stderr, "abkd: not cached, so reading takes as long the next time: %s\n", oneLine(d.load.Warn.Error()))
	}
	if s.split != "" || len(d.graph.Splits) > 0 {
		d.split, err = d.graph.Split(s.split)
	}
	return d, err
}

// open returns the graph that s names, from the cache if it is there.
func (s *source) open(stderr io.Writer) (*graph.Graph, ogb.Load, error) {
	switch s.data {
	case "":
		return nil, ogb.Load{}, fmt.Errorf(`--data is "", want a folder, karate or mag-mini`)
	case builtIn[0], builtIn[1]:
		if s.direction != 0 {
			return nil, ogb.Load{}, s.noDirection("a built-in graph")
		}
		g, err := setup.BuiltIn(s.data)
		return g, ogb.Load{}, err
	}
	if err := missing(s.data); err != nil {
		return nil, ogb.Load{}, err
	}
	if g, err := s.readPack(); g != nil || err != nil {
		if err == nil && s.direction != 0 {
			err = s.noDirection("a pack")
		}
		return g, ogb.Load{}, err
	}
	if s.noCache && s.cache != "" {
		return nil, ogb.Load{}, errors.New("--cache and --no-cache are both given, want one of them")
	}
	m := term.NewMeter(stderr, "reading "+s.data, "bytes")
	defer m.Done()
	o := ogb.Options{Progress: together(m), Direction: ogb.Direction(s.direction), MaxBytes: newAllowance(s.maxMemory).free}
	dir, err := s.cacheFolder()
	if dir == "" {
		g, rerr := ogb.Read(s.data, o)
		return g, ogb.Load{Warn: err}, s.explain(rerr)
	}
	g, l, err := ogb.Open(s.data, o, dir)
	return g, l, s.explain(err)
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

// builtIn are the graphs that need no file.
var builtIn = []string{"karate", "mag-mini"}

// missing reports a name that no folder, file or built-in graph has.
func missing(name string) error {
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	advice := "want a folder, a pack, " + strings.Join(builtIn, " or ")
	if near := cli.Nearest(strings.ToLower(strings.ReplaceAll(name, "_", "-")), builtIn); near != "" {
		advice = "did you mean " + near + "?"
	}
	return fmt.Errorf("--data %s: there is no such folder or file (%s)", name, advice)
}

// noDirection is the error of --direction for a graph that is not read from a
// folder.
func (s *source) noDirection(what string) error {
	return fmt.Errorf("--direction %v: --data %s is %s, whose edges are as they are; --direction is for a folder", s.direction, s.data, what)
}

// cachedFrom is how many bytes a data set has from which on it is cached
// unasked: a smaller one is read in a moment.
const cachedFrom = 16 << 20

// cacheFolder returns the folder of the cache file, "" for none, and an error
// if there should be one but it is not known where.
func (s *source) cacheFolder() (string, error) {
	if s.noCache || s.cache != "" {
		return s.cache, nil
	}
	if size, err := ogb.Size(s.data); err != nil || size < cachedFrom {
		return "", nil // if it cannot be read, reading will say so
	}
	user, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("%w: want --cache or --no-cache", err)
	}
	return filepath.Join(user, "abkd"), nil
}

// together returns the progress of files that are read at the same time as
// that of one, of the size of all that have been begun.
func together(m *term.Meter) func(file string, done, total int64) {
	of := map[string]int64{}
	var sum, all int64
	return func(file string, done, total int64) {
		before, begun := of[file]
		if !begun {
			all += total
		}
		sum += done - before
		of[file] = done
		m.Set(sum, all, "")
	}
}
