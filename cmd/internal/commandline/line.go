// Package commandline knows the files and folders that command lines name.
package commandline

import (
	"slices"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/paths"
	"abkd/cmd/internal/source"
	"abkd/gnn/ogb"
	builtin "abkd/sim/data"
	"abkd/sim/fit"
)

// Args are what a command line says, and which of its flags were asked for.
type Args struct {
	Cmd   *cobra.Command
	Args  []string
	Asked []string // flags
}

// Value returns what a flag says, "" for one that the command does not have.
func (l *Args) Value(flag string) string {
	l.Asked = append(l.Asked, flag)
	if f := l.Cmd.Flags().Lookup(flag); f != nil {
		return f.Value.String()
	}
	return ""
}

// Weights returns the path of the weights that a flag gives.
func (l *Args) Weights(flag string) paths.Path {
	p := l.Path(flag, paths.ReadsFile, nil)
	if p.Name == source.OfPack {
		p.Name = ""
	}
	return p
}

// Path returns the path that a flag gives.
func (l *Args) Path(flag string, u paths.Use, k *paths.Kind) paths.Path {
	return paths.Path{Flag: "--" + flag, Name: l.Value(flag), Use: u, Kind: k}
}

// Checkpoint returns the path of the state of a run that a flag gives.
func (l *Args) Checkpoint(flag string) paths.Path {
	p := l.Path(flag, paths.WritesFile, CheckpointKind)
	if l.Value("resume") == "true" {
		p.Kind = nil // it is read, and so looked at more closely
	}
	return p
}

// Graph returns the paths of where a graph comes from.
func (l *Args) Graph() []paths.Path {
	data := l.Path("data", paths.ReadsGraph, nil)
	if slices.Contains(builtin.BuiltIn, data.Name) {
		data.Name = ""
	}
	cache := l.Path("cache", paths.KeepsCache, nil)
	all := []paths.Path{data, cache}
	if cache.Name != "" && ogb.IsDataset(data.Name) == nil {
		if file, err := ogb.CacheFile(data.Name, cache.Name); err == nil {
			all = append(all, paths.Path{Flag: cache.Flag, Name: file, Part: "the file", Use: paths.KeepsCache})
		}
	}
	return all
}

// Training has the paths of train and distill.
func (l *Args) Training() []paths.Path {
	out, state := l.Path("out", paths.WritesFile, WeightsKind), l.Checkpoint("checkpoint")
	if state.Name == "" && out.Name != "" {
		state.Flag, state.Name, state.Part = "--out "+out.Name, fit.CheckpointOf(out.Name), "its checkpoint"
	}
	return append(l.Graph(), l.Weights("teacher"), out, state, l.Path("metrics", paths.WritesFile, MetricsKind), l.Path("dir", paths.ReadsFolder, nil))
}

// Study has the paths of compare, tune and study.
func (l *Args) Study() []paths.Path {
	out := l.Path("out", paths.WritesFolder, nil)
	out.Shared = l.Value("share") != "" || l.Value("slurm") != ""
	return append(l.Graph(), l.Weights("teacher"), l.Path("tuned", paths.ReadsFile, nil), out)
}

// Paths returns the paths of a command line that all commands have, and those
// that of gives; one whose name is "" is none.
func Paths(cmd *cobra.Command, args []string, of func(l *Args) []paths.Path) []paths.Path {
	l := &Args{Cmd: cmd, Args: args}
	all := []paths.Path{l.Path("cpuprofile", paths.WritesFile, profileKind)}
	if of != nil {
		all = append(of(l), all...)
	}
	return slices.DeleteFunc(all, func(p paths.Path) bool { return p.Name == "" })
}
