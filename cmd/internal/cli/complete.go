package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Annotations of flags, for completion and errors.
const (
	valuesOf  = "abkd_values"  // it has one of these
	listOf    = "abkd_list"    // it has several, separated by commas
	endingsOf = "abkd_endings" // of the names of its files, without the point
)

// OneOf says that a flag has one of the values, in its help and to completion.
func OneOf(flags *pflag.FlagSet, name string, values ...string) {
	f := flags.Lookup(name)
	Choices(f, values...)
	f.Usage += " [" + strings.Join(NamesFor(f), "|") + "]"
}

// NamesFor returns the values of which the flag has one, without what
// completion says of them.
func NamesFor(f *pflag.Flag) (names []string) {
	for _, v := range f.Annotations[valuesOf] {
		name, _, _ := strings.Cut(v, "\t")
		names = append(names, name)
	}
	return names
}

// SomeOf says that a flag has some of the values, separated by commas.
func SomeOf(flags *pflag.FlagSet, name string, values ...string) {
	annotate(flags.Lookup(name), listOf, values)
}

// Choices says to completion and to errors that the flag f has one of the
// values. After a tab may stand what completion says of one.
func Choices(f *pflag.Flag, values ...string) { annotate(f, valuesOf, values) }

func annotate(f *pflag.Flag, key string, values []string) {
	if f.Annotations == nil {
		f.Annotations = map[string][]string{}
	}
	f.Annotations[key] = values
}

// Complete gives every flag of cmd and its subcommands what completes its
// value: its names, files of its kind, folders, or nothing. extensions are those
// of the files that a flag names, by flag, or by command and flag; a flag that
// is not there takes any file.
func Complete(cmd *cobra.Command, extensions map[string][]string) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if _, done := cmd.GetFlagCompletionFunc(f.Name); done {
			return
		}
		if known, ok := extensions[cmd.Name()+" "+f.Name]; ok {
			annotate(f, endingsOf, known)
		} else if known, ok := extensions[f.Name]; ok {
			annotate(f, endingsOf, known)
		}
		Register(cmd, f.Name, completion(f))
	})
	for _, sub := range cmd.Commands() {
		Complete(sub, extensions)
	}
}

// Register says what completes the value of a flag of cmd, which it must have.
func Register(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) // of a flag that is there
	}
}

func completion(f *pflag.Flag) cobra.CompletionFunc {
	switch kind, _ := pflag.UnquoteUsage(f); {
	case len(f.Annotations[valuesOf]) > 0:
		return completeNames(f.Annotations[valuesOf])
	case len(f.Annotations[listOf]) > 0:
		return completeList(f.Annotations[listOf])
	case kind == "folder":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	case kind == "file":
		if known := f.Annotations[endingsOf]; known != nil {
			return cobra.FixedCompletions(known, cobra.ShellCompDirectiveFilterFileExt)
		}
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	case f.Value.Type() == "bool":
		return completeNames([]string{"true", "false"})
	}
	return cobra.NoFileCompletions
}

// completeNames completes one of the names.
func completeNames(names []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) (all []string, _ cobra.ShellCompDirective) {
		return Starting(names, typed), cobra.ShellCompDirectiveNoFileComp
	}
}

// Starting returns those of the names that begin as typed.
func Starting(names []string, typed string) (all []string) {
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
		return Starting(all, typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}
