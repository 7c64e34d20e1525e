//go:build !js

package data

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"abkd/gnn/ogb"
)

// A Name is one that Open may be given, or the start of one.
type Name struct {
	Name string
	What string // "" for a folder that leads on, whose name ends in a slash
}

// Names returns the names that begin as typed: of graphs that are built in, of
// packs, and of folders, those of data sets and others.
func Names(typed string) (all []Name) {
	for _, name := range BuiltIn {
		if strings.HasPrefix(name, typed) {
			all = append(all, Name{name, "built in"})
		}
	}
	dir, _ := filepath.Split(typed)
	place := dir
	if !filepath.IsAbs(dir) {
		place = filepath.Join(".", dir)
	}
	entries, _ := os.ReadDir(place) // none of a folder that cannot be read
	for _, e := range entries {
		name := dir + e.Name()
		info, err := os.Stat(name)
		switch {
		case strings.HasPrefix(e.Name(), ".") || !strings.HasPrefix(name, typed):
		case filepath.Ext(name) == ".pack":
			all = append(all, Name{name, "pack"})
		case err != nil || !info.IsDir():
		case ogb.IsDataset(name) == nil:
			all = append(all, Name{name, "data set"})
		default:
			all = append(all, Name{Name: name + "/"})
		}
	}
	return all
}

// Splits returns the names of the splits of the graph of that name, as far as
// they are known without reading it.
func Splits(name string) (all []string) {
	if slices.Contains(BuiltIn, name) {
		if p, _, err := Open(name, Made, Options{}); err == nil {
			for _, split := range p.Graph.Splits {
				all = append(all, split.Name)
			}
		}
	}
	entries, err := os.ReadDir(filepath.Join(name, "split"))
	if err != nil {
		return all
	}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			all = append(all, e.Name())
		}
	}
	return all
}
