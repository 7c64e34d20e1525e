//go:build !js

// Package data opens a graph by its name: one that is built in, a pack, or the
// folder of a data set, with a cache file from which it opens at once the next
// time.
package data

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"abkd/assets/packs"
	"abkd/gnn/file"
	"abkd/gnn/filetype"
	"abkd/gnn/graph"
	"abkd/gnn/ogb"
	"abkd/sim/setup"
)

// BuiltIn are the names of the graphs that need no file.
var BuiltIn = []string{"karate", "mag-mini", setup.DebianMini}

// A Kind is what a name stands for.
type Kind int

// The kinds.
const (
	Missing Kind = iota // nothing
	Made                // a graph that is built in, made or as a pack
	Pack
	Folder // or a file that is no pack, which reading says
)

// KindOf returns what the name stands for.
func KindOf(name string) (Kind, error) {
	if slices.Contains(BuiltIn, name) {
		return Made, nil
	}
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Missing, nil
	}
	if err != nil || !info.Mode().IsRegular() {
		return Folder, nil
	}
	f, err := file.Open(name)
	if err != nil {
		return Folder, err
	}
	defer f.Close()
	start := make([]byte, 8) // enough to tell a pack
	if _, err := io.ReadFull(f, start); err == nil && filetype.Of(name, start) == filetype.Pack {
		return Pack, nil
	}
	return Folder, nil
}

// Options say how a folder is read.
type Options struct {
	ogb.Options
	Cache   string // folder of the cache file, "" for the user's own
	NoCache bool   // neither read a cache file nor leave one
}

// Open returns the graph of that name and kind, the teacher of a pack that has
// one, and what became of the cache.
func Open(name string, kind Kind, o Options) (graph.Pack, ogb.Load, error) {
	var l ogb.Load
	switch {
	case kind == Made && name == setup.DebianMini:
		p, err := graph.DecodePack(packs.DebianMini)
		return p, l, err
	case kind == Made:
		g, err := setup.BuiltIn(name)
		return graph.Pack{Graph: g}, l, err
	case kind == Pack:
		p, err := openPack(name)
		return p, l, err
	}
	dir, err := o.cacheFolder(name)
	if dir == "" {
		g, rerr := ogb.Read(name, o.Options)
		return graph.Pack{Graph: g}, ogb.Load{Warn: err}, rerr
	}
	g, l, err := ogb.Open(name, o.Options, dir)
	return graph.Pack{Graph: g}, l, err
}

func openPack(name string) (graph.Pack, error) {
	f, err := file.Open(name)
	if err != nil {
		return graph.Pack{}, err
	}
	defer f.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, f); err != nil {
		return graph.Pack{}, fmt.Errorf("%s: %w", name, file.Cause(err))
	}
	p, err := graph.DecodePack(b.Bytes())
	if err != nil {
		return p, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// cachedFrom is how many bytes a data set has from which on it is cached
// unasked: a smaller one is read in a moment.
const cachedFrom = 16 << 20

// A CacheFolderError says that the user has no folder of their own for caches.
type CacheFolderError struct{ Err error }

// Error implements error.
func (e *CacheFolderError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *CacheFolderError) Unwrap() error { return e.Err }

// cacheFolder returns the folder of the cache file, "" for none, and a
// *CacheFolderError if there should be one but it is not known where.
func (o Options) cacheFolder(name string) (string, error) {
	if o.NoCache || o.Cache != "" {
		return o.Cache, nil
	}
	if size, err := ogb.Size(name); err != nil || size < cachedFrom {
		return "", nil // if it cannot be read, reading will say so
	}
	user, err := os.UserCacheDir()
	if err != nil {
		return "", &CacheFolderError{err}
	}
	return filepath.Join(user, "abkd"), nil
}

// Together returns the progress of files that are read at the same time as that
// of one, of the size of all that have been begun.
func Together(progress func(done, total int64)) func(file string, done, total int64) {
	of := map[string]int64{}
	var sum, all int64
	return func(file string, done, total int64) {
		before, begun := of[file]
		if !begun {
			all += total
		}
		sum += done - before
		of[file] = done
		progress(sum, all)
	}
}
