package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// FlagError says what is wrong with a flag in one pattern:
//
//	--FLAG is "VALUE", want WHAT (see "abkd COMMAND --help")
//
// A value that knows what is wanted has a method Want() string for WHAT.
func FlagError(cmd *cobra.Command, err error) error {
	see := fmt.Sprintf("see %q", cmd.CommandPath()+" --help")
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		want := cmp.Or(wanted(e.GetFlag(), e.GetValue()), fmt.Sprintf("another: %v", e.Unwrap()))
		return fmt.Errorf("--%s is %q, want %s (%s)", e.GetFlag().Name, e.GetValue(), want, see)
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return fmt.Errorf("--%s has no value, want %s (%s)", e.GetFlag().Name, cmp.Or(wanted(e.GetFlag(), ""), described(e.GetFlag())), see)
	}
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		name, said := e.GetSpecifiedName(), "--"+e.GetSpecifiedName()
		if short := e.GetSpecifiedShortnames(); short != "" {
			name, said = short, "-"+short
		}
		name, _, _ = strings.Cut(name, "=")
		if others := commandsWith(cmd.Root(), name); len(others) > 0 && cmd.Flags().Lookup(name) == nil {
			return fmt.Errorf("unknown flag: %s is one of %s, not of %s (%s)", said, strings.Join(others, ", "), cmd.CommandPath(), see)
		}
		if near := Nearest(strings.ReplaceAll(name, "_", "-"), flagNames(cmd)); near != "" {
			return fmt.Errorf("unknown flag: %s (did you mean --%s?)", said, near)
		}
		return fmt.Errorf("unknown flag: %s (%s)", said, see)
	}
	return fmt.Errorf("%w (%s)", err, see)
}

// wanted says what the value of f should be, in place of text, where its type or
// its choices tell.
func wanted(f *pflag.Flag, text string) string {
	value := f.Value
	if said, ok := value.(*Said); ok {
		value = said.Value
	}
	if v, ok := value.(interface{ Want() string }); ok && v.Want() != "" {
		return v.Want() + writtenAs(text)
	}
	if names := NamesFor(f); len(names) > 0 {
		return "one of " + strings.TrimPrefix(strings.Join(names, ", "), ", ") // the first may be ""
	}
	if names := f.Annotations[listOf]; len(names) > 0 {
		return "some of " + strings.Join(names, ", ") + ", separated by commas"
	}
	switch f.Value.Type() {
	case "int":
		return "a whole number" + writtenAs(text)
	case "uint32", "uint64":
		return "a whole number of at least 0" + writtenAs(text)
	case "float64":
		return "a number" + writtenAs(text)
	case "float64Slice":
		return "numbers separated by commas"
	case "bool":
		return "true or false, after an equals sign"
	case "duration":
		return "a time such as 30s or 2m"
	case "size":
		return "a size such as 20GiB, 800MB or a number of bytes"
	}
	return ""
}

// described says what the value of f should be in the words of its help, up to
// where these go into details, and how the names of such files end.
func described(f *pflag.Flag) string {
	what, text := pflag.UnquoteUsage(f)
	if at := strings.IndexByte(f.Usage, '`'); at > 0 { // it says what the flag does
		text = what
	} else if at < 0 {
		what = ""
	}
	for _, details := range []string{": ", "; ", " (", " ["} {
		text, _, _ = strings.Cut(text, details)
	}
	switch several := strings.HasSuffix(what, "s") && !strings.HasSuffix(what, "ss"); {
	case what == "" || several:
	case strings.ContainsAny(what[:1], "aeiou"):
		text = "an " + text
	default:
		text = "a " + text
	}
	if endings := f.Annotations[endingsOf]; len(endings) > 0 {
		text += ", such as NAME." + endings[0]
	}
	return text
}

// writtenAs says how to write a number that has what other languages and
// word processors put in one.
func writtenAs(text string) string {
	if strings.ContainsAny(text, "0123456789") && strings.ContainsAny(text, ",_' \u00a0\u202f\u2212\u2013") {
		return " in plain digits, with a point before decimals"
	}
	return ""
}

// commandsWith returns the commands that have a flag of that name.
func commandsWith(cmd *cobra.Command, name string) (paths []string) {
	if cmd.LocalNonPersistentFlags().Lookup(name) != nil {
		paths = append(paths, cmd.CommandPath())
	}
	for _, sub := range cmd.Commands() {
		paths = append(paths, commandsWith(sub, name)...)
	}
	return paths
}

func flagNames(cmd *cobra.Command) (names []string) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

// Nearest returns the name that was likely meant, "" if none is like it.
func Nearest(name string, among []string) string {
	like := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, other := range among {
		like.AddCommand(&cobra.Command{Use: other, Run: func(*cobra.Command, []string) {}})
	}
	if near := like.SuggestionsFor(name); len(near) > 0 {
		return near[0]
	}
	return ""
}

// CheckGiven refuses flags that are given without a value, as by a variable of
// the shell that is not set, and names that are none of those that a flag has.
// An empty setting is its default, and has refused other names itself.
func CheckGiven(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if err == nil && f.Value.Type() == "string" && f.Value.String() == "" {
			err = fmt.Errorf("--%s is \"\", want %s (see %q)", f.Name, cmp.Or(wanted(f, ""), described(f)), cmd.CommandPath()+" --help")
			return
		}
		if names := NamesFor(f); err == nil && f.Value.Type() == "string" && len(names) > 0 && !slices.Contains(names, f.Value.String()) {
			err = fmt.Errorf("--%s is %q, want %s (see %q)", f.Name, f.Value, wanted(f, ""), cmd.CommandPath()+" --help")
		}
	})
	return err
}

// UnknownCommand is the error of a name that cmd has no command for.
func UnknownCommand(cmd *cobra.Command, name string) error {
	return fmt.Errorf("unknown command %q (%s)", name, hintAt(cmd, name))
}

// hintAt says what command was likely meant.
func hintAt(cmd *cobra.Command, name string) string {
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		return fmt.Sprintf("did you mean %q?", near[0])
	}
	return fmt.Sprintf("see %q", cmd.CommandPath()+" --help")
}

// NoArgs refuses arguments that are not flags.
func NoArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q: everything is said with flags (see %q)", args[0], cmd.CommandPath()+" --help")
	}
	return nil
}
