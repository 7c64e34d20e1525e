package main

import (
	"cmp"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"abkd/gnn/ogb"
)

// A usedPath is a file or a folder that a command reads or writes. The table
// pathsOf has all of them, so that no command replaces what it reads, and no
// two processes write one file.
type usedPath struct {
	flag string // that gives it, or the name of the argument
	name string
	part string // what it is to the flag, "" for what the flag names
	use  use
	kind *fileKind // what a file that is written may replace; nil for anything
}

// A use is what a command does with a path.
type use int

const (
	readsFile use = iota
	readsGraph
	readsFolder
	writesFile
	writesNewFolder // it appears when it is complete
	writesFolder    // files are written in it
	keepsCache      // a folder for files that others may write too
)

// label says in messages which path it is.
func (p usedPath) label() string {
	if p.part != "" {
		return p.flag + " (" + p.part + " " + p.name + ")"
	}
	return p.flag + " " + p.name
}

// lineArgs are what a command line says, and which of its flags were asked for.
type lineArgs struct {
	cmd   *cobra.Command
	args  []string
	asked []string
}

// value returns what a flag says, "" for one that the command does not have.
func (l *lineArgs) value(flag string) string {
	l.asked = append(l.asked, flag)
	if f := l.cmd.Flags().Lookup(flag); f != nil {
		return f.Value.String()
	}
	return ""
}

// path returns the path that a flag gives.
func (l *lineArgs) path(flag string, u use, k *fileKind) usedPath {
	return usedPath{flag: "--" + flag, name: l.value(flag), use: u, kind: k}
}

// graph returns the paths of where a graph comes from.
func (l *lineArgs) graph() []usedPath {
	data := l.path("data", readsGraph, nil)
	if data.name == "karate" || data.name == "mag-mini" {
		data.name = ""
	}
	cache := l.path("cache", keepsCache, nil)
	all := []usedPath{data, cache}
	if cache.name != "" && ogb.IsDataset(data.name) == nil {
		if file, err := ogb.CacheFile(data.name, cache.name); err == nil {
			all = append(all, usedPath{flag: cache.flag, name: file, part: "the file", use: keepsCache})
		}
	}
	return all
}

// pathsOf has the paths of each command; one whose name is "" is none.
var pathsOf = map[string]func(l *lineArgs) []usedPath{
	"abkd":            func(l *lineArgs) []usedPath { return nil },
	"abkd train":      (*lineArgs).fit,
	"abkd distill":    (*lineArgs).fit,
	"abkd eval":       func(l *lineArgs) []usedPath { return append(l.graph(), l.path("weights", readsFile, nil)) },
	"abkd compare":    (*lineArgs).study,
	"abkd tune":       (*lineArgs).study,
	"abkd synth":      func(l *lineArgs) []usedPath { return []usedPath{l.path("out", writesNewFolder, nil)} },
	"abkd info":       (*lineArgs).graph,
	"abkd bench":      func(l *lineArgs) []usedPath { return nil },
	"abkd bench step": (*lineArgs).graph,
	"abkd bench scale": func(l *lineArgs) []usedPath {
		return []usedPath{l.path("plot", writesFile, plotKind)}
	},
	"abkd serve": func(l *lineArgs) []usedPath { return []usedPath{l.path("dir", readsFolder, nil)} },
	"abkd fetch": func(l *lineArgs) []usedPath { return []usedPath{l.path("root", writesFolder, nil)} },
	"abkd pack": func(l *lineArgs) []usedPath {
		return append(l.graph(), l.path("teacher", readsFile, nil), l.path("out", writesFile, packKind))
	},
	"abkd export":   (*lineArgs).export,
	"abkd licences": func(l *lineArgs) []usedPath { return nil },
	"abkd version":  func(l *lineArgs) []usedPath { return nil },
}

// fit has the paths of train and distill.
func (l *lineArgs) fit() []usedPath {
	out, state := l.path("out", writesFile, weightsKind), l.path("checkpoint", writesFile, checkpointKind)
	if state.name == "" && out.name != "" {
		state = usedPath{flag: "--out " + out.name, name: checkpointOf(out.name), part: "its checkpoint", use: writesFile, kind: checkpointKind}
	}
	if l.value("resume") == "true" {
		state.kind = nil // it is read, and so looked at more closely
	}
	return append(l.graph(), l.path("teacher", readsFile, nil), out, state, l.path("metrics", writesFile, metricsKind))
}

// study has the paths of compare and tune.
func (l *lineArgs) study() []usedPath {
	return append(l.graph(), l.path("tuned", readsFile, nil), l.path("out", writesFolder, nil))
}

// export has the paths of export.
func (l *lineArgs) export() []usedPath {
	all := append(l.graph(), usedPath{flag: "WEIGHTS", name: cmp.Or(slices.Concat(l.args, []string{""})...), use: readsFile})
	e := export{format: l.value("format"), out: l.value("out")}
	files, err := e.files()
	if err != nil || e.out == "" {
		return all // the command will say so
	}
	for _, f := range files {
		p := usedPath{flag: "--out", name: f, use: writesFile, kind: exportedKind(f, e.format)}
		if len(files) > 1 {
			p.flag, p.part = "--out "+e.out, "its file"
		}
		all = append(all, p)
	}
	return all
}

// exportedKind returns what a file that export writes may replace.
func exportedKind(name, format string) *fileKind {
	switch filepath.Ext(name) {
	case ".py":
		if format == "pytorch" {
			return scriptKind
		}
	case ".pack":
		if format == "pytorch" {
			return packKind
		}
	}
	if format == "csv" {
		return predictionsKind
	}
	return weightsKind
}

// pathsFor returns the paths of a command line, those of all commands included.
func pathsFor(cmd *cobra.Command, args []string) []usedPath {
	l := &lineArgs{cmd: cmd, args: args}
	all := []usedPath{l.path("cpuprofile", writesFile, profileKind)}
	if of, ok := pathsOf[cmd.CommandPath()]; ok {
		all = append(of(l), all...)
	}
	return slices.DeleteFunc(all, func(p usedPath) bool { return p.name == "" })
}
