//go:build !js

package ogb

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"abkd/gnn/graph"
)

// readerVersion is part of a cache's fingerprint: raise it when Read makes
// another graph of the same files.
const readerVersion = 2

// A Load says where a graph came from.
type Load struct {
	Cached bool   // from the cache file
	File   string // the cache file that is there now, "" for none
	Why    error  // why a cache file that was there was not used, nil if none was or it was
	Warn   error  // why no cache file could be written, nil if one could or none was wanted
}

// Open is Read, but keeps the graph in a cache file in the folder cache and
// takes it from there the next time, if no file of the data set has got
// another name, size or time of change since. A cache file that is damaged, or
// of something else, is replaced. A cache that cannot be written is no error.
//
// The graph's arrays are read-only when they come from the cache, see
// graph.OpenCache.
func Open(dir string, o Options, cache string) (g *graph.Graph, l Load, err error) {
	if err := IsDataset(dir); err != nil {
		return nil, l, err
	}
	before, err := fingerprint(dir, o.Direction)
	file, ferr := cacheFile(dir, cache, o.Direction)
	if err = errors.Join(err, ferr); err != nil {
		l.Warn = err
		g, err = Read(dir, o)
		return g, l, err
	}
	if g, err = graph.OpenCache(file, before); err == nil {
		return g, Load{Cached: true, File: file}, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		l.Why = err
	}
	if g, err = Read(dir, o); err != nil {
		return nil, l, err
	}
	if l.Warn = writeCache(dir, cache, file, g, before, o.Direction); l.Warn == nil {
		l.File = file
	}
	return g, l, nil
}

// writeCache writes g, which was read after the data set had that
// fingerprint.
func writeCache(dir, cache, file string, g *graph.Graph, before graph.Fingerprint, d Direction) error {
	after, err := fingerprint(dir, d)
	if err != nil {
		return err
	}
	if after != before {
		return fmt.Errorf("ogb: %s: changed while it was read, so it is not cached", dir)
	}
	if err := os.MkdirAll(cache, 0o777); err != nil {
		return fileError(cache, err)
	}
	return graph.WriteCache(file, g, before)
}

// CacheFile returns the name of the file in the folder cache that Open uses
// for the data set in dir, its edges as stated: one for each place of a data
// set. Each other direction has one of its own.
func CacheFile(dir, cache string) (string, error) { return cacheFile(dir, cache, AsStated) }

func cacheFile(dir, cache string, d Direction) (string, error) {
	abs, err := filepath.Abs(dir)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return "", fileError(dir, err)
	}
	sum := sha256.Sum256([]byte(abs))
	ending := [...]string{AsStated: "", Directed: "-directed", Undirected: "-undirected"}[d]
	return filepath.Join(cache, filepath.Base(abs)+"-"+hex.EncodeToString(sum[:8])+ending+".graph"), nil
}

// fingerprint digests the names, sizes and times of change of all files of
// the data set in dir, the name that it gives a graph, and how its edges are
// read.
func fingerprint(dir string, d Direction) (p graph.Fingerprint, err error) {
	h := sha256.New()
	abs, err := filepath.Abs(dir)
	if err != nil {
		return p, fileError(dir, err)
	}
	fmt.Fprintf(h, "%d\x00%d\x00%s\n", readerVersion, d, filepath.Base(abs))
	err = walk(abs, func(name string, info fs.FileInfo) {
		fmt.Fprintf(h, "%s\x00%d\x00%d\n", name, info.Size(), info.ModTime().UnixNano())
	})
	return graph.Fingerprint(h.Sum(nil)), err
}

// Size returns how many bytes the files of the data set in dir have.
func Size(dir string) (bytes int64, err error) {
	err = walk(dir, func(_ string, info fs.FileInfo) { bytes += info.Size() })
	return bytes, err
}

// walk visits the files under dir by name, and those that links point to.
func walk(dir string, visit func(name string, info fs.FileInfo)) error {
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return fileError(dir, err)
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fileError(path, err)
		case hidden(d.Name()) && path != root:
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		}
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			err = errors.New("is a link to a folder, whose changes would not be seen")
		}
		if err != nil {
			return fileError(path, err)
		}
		name, err := filepath.Rel(root, path)
		visit(filepath.ToSlash(name), info)
		return err
	})
	return err
}
