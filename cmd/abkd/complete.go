package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"abkd/cmd/internal/paths"
	"abkd/gnn/ogb"
	"abkd/sim/setup"
)

// Annotations of flags, for completion.
const (
	valuesOf = "abkd_values" // it has one of these
	listOf   = "abkd_list"   // it has several, separated by commas
)

// oneOf says that a flag has one of the values, in its help and to completion.
func oneOf(flags *pflag.FlagSet, name string, values ...string) {
	f := flags.Lookup(name)
	annotate(f, valuesOf, values)
	f.Usage += " [" + strings.Join(namesFor(f), "|") + "]"
}

// namesFor returns the values of which the flag has one, without what
// completion says of them.
func namesFor(f *pflag.Flag) (names []string) {
	for _, v := range f.Annotations[valuesOf] {
		name, _, _ := strings.Cut(v, "\t")
		names = append(names, name)
	}
	return names
}

// someOf says that a flag has some of the values, separated by commas.
func someOf(flags *pflag.FlagSet, name string, values ...string) {
	annotate(flags.Lookup(name), listOf, values)
}

func annotate(f *pflag.Flag, key string, values []string) {
	if f.Annotations == nil {
		f.Annotations = map[string][]string{}
	}
	f.Annotations[key] = values
}

// extensions are those of the files that a flag names, by flag, or by command
// and flag. A flag that is not here takes any file.
var extensions = map[string][]string{
	"weights": {"safetensors"}, "teacher": {"safetensors"}, "train out": {"safetensors"}, "distill out": {"safetensors"},
	"checkpoint": {"checkpoint", "state"}, "metrics": {"jsonl"}, "plot": {"svg"}, "tuned": {"json"}, "pack out": {"pack"},
	"export out": {"csv", "safetensors", "py"},
}

// completeFlags gives every flag of cmd and its subcommands what completes its
// value: its names, files of its kind, folders, or nothing.
func completeFlags(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if _, done := cmd.GetFlagCompletionFunc(f.Name); done {
			return
		}
		register(cmd, f.Name, completion(cmd, f))
	})
	for _, sub := range cmd.Commands() {
		completeFlags(sub)
	}
}

func register(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) // of a flag that is there
	}
}

func completion(cmd *cobra.Command, f *pflag.Flag) cobra.CompletionFunc {
	switch kind, _ := pflag.UnquoteUsage(f); {
	case len(f.Annotations[valuesOf]) > 0:
		return completeNames(f.Annotations[valuesOf])
	case len(f.Annotations[listOf]) > 0:
		return completeList(f.Annotations[listOf])
	case kind == "folder":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	case kind == "file":
		known := extensions[f.Name]
		if own, ok := extensions[cmd.Name()+" "+f.Name]; ok {
			known = own
		}
		if known == nil {
			return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
		}
		return cobra.FixedCompletions(known, cobra.ShellCompDirectiveFilterFileExt)
	case f.Value.Type() == "bool":
		return completeNames([]string{"true", "false"})
	}
	return cobra.NoFileCompletions
}

// completeNames completes one of the names.
func completeNames(names []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) (all []string, _ cobra.ShellCompDirective) {
		return starting(names, typed), cobra.ShellCompDirectiveNoFileComp
	}
}

func starting(names []string, typed string) (all []string) {
	for _, name := range names {
		if strings.HasPrefix(name, typed) {
			all = append(all, name)
		}
	}
	return all
}

// completeList completes the last of several values.
func completeList(values []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) (all []string, _ cobra.ShellCompDirective) {
		before := typed[:strings.LastIndex(typed, ",")+1]
		for _, v := range values {
			if !slices.Contains(strings.Split(before, ","), v) {
				all = append(all, before+v)
			}
		}
		return starting(all, typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// completeData completes the name of a graph: those that are built in, packs,
// and folders, of which data sets are ready and others lead on.
func completeData(_ *cobra.Command, _ []string, typed string) (all []string, _ cobra.ShellCompDirective) {
	for _, name := range builtIn {
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
	if slices.Contains(builtIn, s.data) {
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
	return starting(names, typed), cobra.ShellCompDirectiveNoFileComp
}
