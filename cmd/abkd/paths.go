package main

import (
	"cmp"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/commandline"
	"abkd/cmd/internal/outcome"
	"abkd/cmd/internal/paths"
)

// pathsOf has the paths of each command; one whose name is "" is none.
var pathsOf = map[string]func(l *commandline.Args) []paths.Path{
	"abkd":         func(l *commandline.Args) []paths.Path { return nil },
	"abkd train":   (*commandline.Args).Training,
	"abkd distill": (*commandline.Args).Training,
	"abkd eval": func(l *commandline.Args) []paths.Path {
		return append(l.Graph(), l.Weights("weights"), l.Path("out", paths.WritesNewFolder, nil))
	},
	"abkd compare": (*commandline.Args).Study,
	"abkd tune":    (*commandline.Args).Study,
	"abkd study": func(l *commandline.Args) (all []paths.Path) {
		for _, folder := range l.Args {
			all = append(all, paths.Path{Flag: "FOLDER", Name: folder, Use: paths.ReadsFolder})
		}
		return append(all, l.Study()...)
	},
	"abkd report": func(l *commandline.Args) (all []paths.Path) {
		for _, folder := range l.Args {
			all = append(all, paths.Path{Flag: "FOLDER", Name: folder, Use: paths.ReadsFolder})
		}
		return append(all, l.Path("out", paths.WritesFolder, nil))
	},
	"abkd synth":      func(l *commandline.Args) []paths.Path { return []paths.Path{l.Path("out", paths.WritesNewFolder, nil)} },
	"abkd info":       (*commandline.Args).Graph,
	"abkd bench":      func(l *commandline.Args) []paths.Path { return nil },
	"abkd bench step": (*commandline.Args).Graph,
	"abkd bench scale": func(l *commandline.Args) []paths.Path {
		return []paths.Path{l.Path("plot", paths.WritesFile, plotKind)}
	},
	"abkd serve": func(l *commandline.Args) []paths.Path {
		return []paths.Path{
			l.Path("dir", paths.ServesFolder, nil), l.Path("data-dir", paths.KeepsCache, nil),
			l.Path("tls-cert", paths.ReadsFile, nil), l.Path("tls-key", paths.ReadsFile, nil), l.Path("teacher-key", paths.ReadsFile, nil),
		}
	},
	"abkd lab": func(l *commandline.Args) []paths.Path {
		return append(l.Graph(), l.Weights("teacher"), l.Checkpoint("checkpoint"), l.Path("studies", paths.KeepsCache, nil), l.Path("dir", paths.ServesFolder, nil))
	},
	"abkd fetch": func(l *commandline.Args) []paths.Path { return []paths.Path{l.Path("root", paths.WritesFolder, nil)} },
	"abkd pack": func(l *commandline.Args) []paths.Path {
		return append(l.Graph(), l.Weights("teacher"), l.Path("prefer", paths.ReadsFile, nil), l.Path("out", paths.WritesFile, packKind))
	},
	"abkd import": importedPaths,
	"abkd export": exportPaths,
	"abkd curves": curvesPaths,
	"abkd lesson new": func(l *commandline.Args) []paths.Path {
		return []paths.Path{{Flag: "FILE", Name: cmp.Or(slices.Concat(l.Args, []string{""})...), Use: paths.WritesFile}}
	},
	"abkd lesson check":   lessonPaths,
	"abkd lesson preview": lessonPaths,
	"abkd licences":       func(l *commandline.Args) []paths.Path { return nil },
	"abkd version":        func(l *commandline.Args) []paths.Path { return nil },
}

// exportPaths has the paths of export.
func exportPaths(l *commandline.Args) []paths.Path {
	all := append(l.Graph(), paths.Path{Flag: "WEIGHTS", Name: cmp.Or(slices.Concat(l.Args, []string{""})...), Use: paths.ReadsFile}, l.Path("axes", paths.ReadsFile, nil))
	e := exportJob{format: l.Value("format"), out: l.Value("out")}
	files, err := e.files()
	if err != nil || e.out == "" {
		return all // the command will say so
	}
	if isEmbeddings(e.format) {
		return append(all, l.Path("out", paths.WritesNewFolder, nil))
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

// curvesPaths has the paths of curves.
func curvesPaths(l *commandline.Args) (all []paths.Path) {
	for _, arg := range l.Args {
		_, name := outcome.MetricsFile(arg)
		all = append(all, paths.Path{Flag: "METRICS", Name: name, Use: paths.ReadsFile})
	}
	return append(all, l.Path("out", paths.WritesFile, plotKind))
}

// importedPaths has the paths of import, which writes a pack or a folder.
func importedPaths(l *commandline.Args) (all []paths.Path) {
	for _, name := range l.Args {
		all = append(all, paths.Path{Flag: "FILES", Name: name, Use: paths.ReadsGraph})
	}
	out := l.Path("out", paths.WritesNewFolder, nil)
	if isPackName(out.Name) {
		out.Use, out.Kind = paths.WritesFile, packKind
	}
	return append(all, out)
}

// lessonPaths are those of lesson check and preview.
func lessonPaths(l *commandline.Args) (all []paths.Path) {
	for _, name := range l.Args {
		all = append(all, paths.Path{Flag: "FILE", Name: name, Use: paths.ReadsFile})
	}
	return all
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
	return commandline.WeightsKind
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

// pathsFor returns the paths of a command line.
func pathsFor(cmd *cobra.Command, args []string) []paths.Path {
	return commandline.Paths(cmd, args, pathsOf[cmd.CommandPath()])
}
