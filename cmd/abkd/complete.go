package main

import (
	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/sim/data"
)

// extensions are those of the files that a flag names, by flag, or by command
// and flag. A flag that is not here takes any file.
var extensions = map[string][]string{
	"weights": {"safetensors"}, "teacher": {"safetensors"}, "train out": {"safetensors"}, "distill out": {"safetensors"},
	"checkpoint": {"checkpoint", "state"}, "metrics": {"jsonl"}, "plot": {"svg"}, "tuned": {"json"}, "pack out": {"pack"},
	"export out": {"csv", "safetensors", "py"}, "axes": {"safetensors"}, "curves out": {"svg"},
}

// completeData completes the name of a graph: those that are built in, packs,
// and folders, of which data sets are ready and others lead on.
func completeData(_ *cobra.Command, _ []string, typed string) (all []string, _ cobra.ShellCompDirective) {
	directive := cobra.ShellCompDirectiveNoFileComp
	for _, n := range data.Names(typed) {
		if n.What != "" {
			all = append(all, cobra.CompletionWithDesc(n.Name, n.What))
			continue
		}
		all = append(all, n.Name) // it leads on
		directive |= cobra.ShellCompDirectiveNoSpace
	}
	return all, directive
}

// completeSplit completes the name of a split of --data, without reading the
// graph.
func (s *source) completeSplit(_ *cobra.Command, _ []string, typed string) (names []string, _ cobra.ShellCompDirective) {
	return cli.Starting(data.Splits(s.data), typed), cobra.ShellCompDirectiveNoFileComp
}
