package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/paths"
	"abkd/gnn/ogb"
	"abkd/sim/data"
	"abkd/sim/setup"
)

// extensions are those of the files that a flag names, by flag, or by command
// and flag. A flag that is not here takes any file.
var extensions = map[string][]string{
	"weights": {"safetensors"}, "teacher": {"safetensors"}, "train out": {"safetensors"}, "distill out": {"safetensors"},
	"checkpoint": {"checkpoint", "state"}, "metrics": {"jsonl"}, "plot": {"svg"}, "tuned": {"json"}, "pack out": {"pack"},
	"export out": {"csv", "safetensors", "py"},
}

// completeData completes the name of a graph: those that are built in, packs,
// and folders, of which data sets are ready and others lead on.
func completeData(_ *cobra.Command, _ []string, typed string) (all []string, _ cobra.ShellCompDirective) {
	for _, name := range data.BuiltIn {
		if strings.HasPrefix(name, typed) {
			all = append(all, cobra.CompletionWithDesc(name, "built in"))
		}
	}
	dir, _ := filepath.Split(typed)
	entries, err := os.ReadDir(filepath.Join(".", dir))
	if filepath.IsAbs(dir) {
		entries, err = os.ReadDir(dir)
	}
	if err != nil {
		return all, cobra.ShellCompDirectiveNoFileComp
	}
	directive := cobra.ShellCompDirectiveNoFileComp
	for _, e := range entries {
		name := dir + e.Name()
		switch {
		case strings.HasPrefix(e.Name(), ".") || !strings.HasPrefix(name, typed):
		case filepath.Ext(name) == ".pack":
			all = append(all, cobra.CompletionWithDesc(name, "pack"))
		case !paths.IsFolder(name):
		case ogb.IsDataset(name) == nil:
			all = append(all, cobra.CompletionWithDesc(name, "data set"))
		default:
			all = append(all, name+"/")
			directive |= cobra.ShellCompDirectiveNoSpace
		}
	}
	return all, directive
}

// completeSplit completes the name of a split of --data, without reading the
// graph.
func (s *source) completeSplit(_ *cobra.Command, _ []string, typed string) (names []string, _ cobra.ShellCompDirective) {
	if slices.Contains(data.BuiltIn, s.data) {
		if g, err := setup.BuiltIn(s.data); err == nil {
			for _, split := range g.Splits {
				names = append(names, split.Name)
			}
		}
	}
	entries, err := os.ReadDir(filepath.Join(s.data, "split"))
	if err != nil {
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return cli.Starting(names, typed), cobra.ShellCompDirectiveNoFileComp
}
