package main

import (
	"cmp"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/outcome"
	"abkd/cmd/internal/paths"
	"abkd/cmd/internal/source"
	"abkd/gnn/ogb"
	builtin "abkd/sim/data"
	"abkd/sim/fit"
)

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

// weights returns the path of the weights that a flag gives.
func (l *lineArgs) weights(flag string) paths.Path {
	p := l.path(flag, paths.ReadsFile, nil)
	if p.Name == source.OfPack {
		p.Name = ""
	}
	return p
}

// path returns the path that a flag gives.
func (l *lineArgs) path(flag string, u paths.Use, k *paths.Kind) paths.Path {
	return paths.Path{Flag: "--" + flag, Name: l.value(flag), Use: u, Kind: k}
}

// checkpoint returns the path of the state of a run that a flag gives.
func (l *lineArgs) checkpoint(flag string) paths.Path {
	p := l.path(flag, paths.WritesFile, checkpointKind)
	if l.value("resume") == "true" {
		p.Kind = nil // it is read, and so looked at more closely
	}
	return p
}

// graph returns the paths of where a graph comes from.
func (l *lineArgs) graph() []paths.Path {
	data := l.path("data", paths.ReadsGraph, nil)
	if slices.Contains(builtin.BuiltIn, data.Name) {
		data.Name = ""
	}
	cache := l.path("cache", paths.KeepsCache, nil)
	all := []paths.Path{data, cache}
	if cache.Name != "" && ogb.IsDataset(data.Name) == nil {
		if file, err := ogb.CacheFile(data.Name, cache.Name); err == nil {
			all = append(all, paths.Path{Flag: cache.Flag, Name: file, Part: "the file", Use: paths.KeepsCache})
		}
	}
	return all
}

// pathsOf has the paths of each command; one whose name is "" is none.
var pathsOf = map[string]func(l *lineArgs) []paths.Path{
	"abkd":         func(l *lineArgs) []paths.Path { return nil },
	"abkd train":   (*lineArgs).fit,
	"abkd distill": (*lineArgs).fit,
	"abkd eval": func(l *lineArgs) []paths.Path {
		return append(l.graph(), l.weights("weights"), l.path("out", paths.WritesNewFolder, nil))
	},
	"abkd compare": (*lineArgs).study,
	"abkd tune":    (*lineArgs).study,
	"abkd study": func(l *lineArgs) (all []paths.Path) {
		for _, folder := range l.args {
			all = append(all, paths.Path{Flag: "FOLDER", Name: folder, Use: paths.ReadsFolder})
		}
		return append(all, l.study()...)
	},
	"abkd synth":      func(l *lineArgs) []paths.Path { return []paths.Path{l.path("out", paths.WritesNewFolder, nil)} },
	"abkd info":       (*lineArgs).graph,
	"abkd bench":      func(l *lineArgs) []paths.Path { return nil },
	"abkd bench step": (*lineArgs).graph,
	"abkd bench scale": func(l *lineArgs) []paths.Path {
		return []paths.Path{l.path("plot", paths.WritesFile, plotKind)}
	},
	"abkd serve": func(l *lineArgs) []paths.Path {
		return []paths.Path{
			l.path("dir", paths.ReadsFolder, nil), l.path("data-dir", paths.KeepsCache, nil),
			l.path("tls-cert", paths.ReadsFile, nil), l.path("tls-key", paths.ReadsFile, nil),
		}
	},
	"abkd lab": func(l *lineArgs) []paths.Path {
		return append(l.graph(), l.weights("teacher"), l.checkpoint("checkpoint"), l.path("studies", paths.KeepsCache, nil), l.path("dir", paths.ReadsFolder, nil))
	},
	"abkd fetch": func(l *lineArgs) []paths.Path { return []paths.Path{l.path("root", paths.WritesFolder, nil)} },
	"abkd pack": func(l *lineArgs) []paths.Path {
		return append(l.graph(), l.weights("teacher"), l.path("prefer", paths.ReadsFile, nil), l.path("out", paths.WritesFile, packKind))
	},
	"abkd import":   (*lineArgs).imported,
	"abkd export":   (*lineArgs).export,
	"abkd curves":   (*lineArgs).curves,
	"abkd licences": func(l *lineArgs) []paths.Path { return nil },
	"abkd version":  func(l *lineArgs) []paths.Path { return nil },
}

// fit has the paths of train and distill.
func (l *lineArgs) fit() []paths.Path {
	out, state := l.path("out", paths.WritesFile, weightsKind), l.checkpoint("checkpoint")
	if state.Name == "" && out.Name != "" {
		state.Flag, state.Name, state.Part = "--out "+out.Name, fit.CheckpointOf(out.Name), "its checkpoint"
	}
	return append(l.graph(), l.weights("teacher"), out, state, l.path("metrics", paths.WritesFile, metricsKind), l.path("dir", paths.ReadsFolder, nil))
}

// study has the paths of compare and tune.
func (l *lineArgs) study() []paths.Path {
	return append(l.graph(), l.weights("teacher"), l.path("tuned", paths.ReadsFile, nil), l.path("out", paths.WritesFolder, nil))
}

// export has the paths of export.
func (l *lineArgs) export() []paths.Path {
	all := append(l.graph(), paths.Path{Flag: "WEIGHTS", Name: cmp.Or(slices.Concat(l.args, []string{""})...), Use: paths.ReadsFile}, l.path("axes", paths.ReadsFile, nil))
	e := exportJob{format: l.value("format"), out: l.value("out")}
	files, err := e.files()
	if err != nil || e.out == "" {
		return all // the command will say so
	}
	if isEmbeddings(e.format) {
		return append(all, l.path("out", paths.WritesNewFolder, nil))
	}
	for i, f := range files {
		p := paths.Path{Flag: "--out", Name: f, Use: paths.WritesFile, Kind: exportedKind(f, e.format)}
		if len(files) > 1 {
			p.Flag, p.Part = "--out "+e.out, "its file"
		}
		if i > 0 {
			p.Kind = besideScript(files[0], p.Kind)
		}
		all = append(all, p)
	}
	return all
}

// curves has the paths of curves.
func (l *lineArgs) curves() (all []paths.Path) {
	for _, arg := range l.args {
		_, name := outcome.MetricsFile(arg)
		all = append(all, paths.Path{Flag: "METRICS", Name: name, Use: paths.ReadsFile})
	}
	return append(all, l.path("out", paths.WritesFile, plotKind))
}

// imported has the paths of import, which writes a pack or a folder.
func (l *lineArgs) imported() (all []paths.Path) {
	for _, name := range l.args {
		all = append(all, paths.Path{Flag: "FILES", Name: name, Use: paths.ReadsGraph})
	}
	out := l.path("out", paths.WritesNewFolder, nil)
	if isPackName(out.Name) {
		out.Use, out.Kind = paths.WritesFile, packKind
	}
	return append(all, out)
}

// exportedKind returns what a file that export writes may replace.
func exportedKind(name, format string) *paths.Kind {
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

// besideScript returns which files of a kind an export to PyTorch may replace
// beside its script: those of an export before, which left a script. Another
// pack, or weights, that happen to have the name are somebody's own.
func besideScript(script string, k *paths.Kind) *paths.Kind {
	if ok, err := scriptKind.Holds(script); ok && err == nil {
		return k
	}
	never := func([]byte, int64) bool { return false }
	return &paths.Kind{Name: k.Name + " of an earlier export (which would have left " + script + ")", Is: never}
}

// pathsFor returns the paths of a command line, those of all commands included.
func pathsFor(cmd *cobra.Command, args []string) []paths.Path {
	l := &lineArgs{cmd: cmd, args: args}
	all := []paths.Path{l.path("cpuprofile", paths.WritesFile, profileKind)}
	if of, ok := pathsOf[cmd.CommandPath()]; ok {
		all = append(of(l), all...)
	}
	return slices.DeleteFunc(all, func(p paths.Path) bool { return p.Name == "" })
}
