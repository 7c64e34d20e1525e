package cli

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// newRoot returns a small program as the package shapes it.
func newRoot() *cobra.Command {
	run := func(cmd *cobra.Command, _ []string) error { return CheckGiven(cmd) }
	root := &cobra.Command{Use: "tool", SilenceErrors: true, SilenceUsage: true, RunE: run}
	boil := &cobra.Command{Use: "boil", Short: "Boil water", Args: NoArgs, RunE: run}
	boil.Flags().Int("minutes", 3, "how long")
	boil.Flags().String("in", "pot", "in what")
	OneOf(boil.Flags(), "in", "pot", "kettle")
	boil.Flags().String("log", "", "`file` to write")
	boil.Flags().String("spices", "salt", "what else")
	SomeOf(boil.Flags(), "spices", "salt", "mint")
	boil.Flags().String("trace", "", "send the temperature to this `address`")
	boil.Flags().StringSlice("with", nil, "`leaves` of tea; may be given several times")
	boil.Flags().String("cups", "", "cups, a size each (default: a large one)")
	fry := &cobra.Command{Use: "fry", Short: "Fry eggs", Args: NoArgs, RunE: run}
	fry.Flags().Bool("butter", false, "with butter")
	root.AddCommand(boil, fry, NewTopic("eggs", "# Eggs\n\nThey break.\n"))
	root.SetFlagErrorFunc(FlagError)
	root.SetHelpCommand(NewHelp(root))
	KeepTexts(root)
	Complete(root, map[string][]string{"boil log": {"txt", "log"}})
	root.SetOut(io.Discard)
	root.SetErr(io.Discard)
	return root
}

// TestErrors checks that what is wrong is said in one pattern.
func TestErrors(t *testing.T) {
	for args, want := range map[string]string{
		"boil --minutes x":   `--minutes is "x", want a whole number (see "tool boil --help")`,
		"boil --minutes 1,0": `--minutes is "1,0", want a whole number in plain digits, with a point before decimals (see "tool boil --help")`,
		"boil --in pan":      `--in is "pan", want one of pot, kettle (see "tool boil --help")`,
		"boil --log=":        `--log is "", want a file to write, such as NAME.txt (see "tool boil --help")`,
		"boil --log":         `--log has no value, want a file to write, such as NAME.txt (see "tool boil --help")`,
		"boil --minutes":     `--minutes has no value, want a whole number (see "tool boil --help")`,
		"boil --in":          `--in has no value, want one of pot, kettle (see "tool boil --help")`,
		"boil --spices":      `--spices has no value, want some of salt, mint, separated by commas (see "tool boil --help")`,
		"boil --trace":       `--trace has no value, want an address (see "tool boil --help")`,
		"boil --with":        `--with has no value, want leaves of tea (see "tool boil --help")`,
		"boil --cups":        `--cups has no value, want cups, a size each (see "tool boil --help")`,
		"boil --minute 1":    `unknown flag: --minute (did you mean --minutes?)`,
		"boil --butter":      `unknown flag: --butter is one of tool fry, not of tool boil (see "tool boil --help")`,
		"boil tea":           `unexpected argument "tea": everything is said with flags (see "tool boil --help")`,
		"help boli":          `there is no help on "boli": did you mean "boil"?`,
	} {
		root := newRoot()
		root.SetArgs(strings.Fields(args))
		if err := root.Execute(); err == nil || err.Error() != want {
			t.Errorf("tool %s: %v, want %s", args, err, want)
		}
	}
}

// TestSaid checks that a flag keeps what a later text replaces.
func TestSaid(t *testing.T) {
	root := newRoot()
	root.SetArgs(strings.Fields("boil --minutes 1 --minutes 2 --minutes 1 --minutes 3"))
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	boil, _, _ := root.Find([]string{"boil"})
	said := boil.Flags().Lookup("minutes").Value.(*Said)
	if got := strings.Join(said.Replaced(), " "); got != "1 2" || said.String() != "3" {
		t.Errorf("%s replaces %s, want 3 to replace 1 and 2", said, got)
	}
}
