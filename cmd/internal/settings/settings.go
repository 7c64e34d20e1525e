// Package settings makes flags of the settings of an experiment, and says which
// of them follow from a recipe or from the size of the graph, and which have no
// effect.
package settings

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"abkd/cmd/internal/cli"
	"abkd/sim/setup"
)

// FlagName returns the name of a setting's flag.
func FlagName(key string) string {
	if key == "batch" {
		return "batch-size"
	}
	return key
}

// Flag returns how the command line calls what has that key.
func Flag(key string) string { return "--" + FlagName(key) }

// A Value makes a control of sim a flag: same values, same ranges, same
// words on the page, in the window and here.
type Value struct {
	Control    *setup.Control
	Experiment *setup.Experiment // that has the value
}

// String returns the value, or the default.
func (v Value) String() string {
	if v.Control == nil {
		return "" // pflag asks the zero value
	}
	text := v.Control.Get(v.Experiment)
	if text == "" {
		text = v.Control.Default
	}
	if v.Control.Kind == setup.Bool {
		return map[string]string{"on": "true", "off": "false"}[text]
	}
	return text
}

// Set implements pflag.Value.
func (v Value) Set(text string) error {
	if v.Control.Kind == setup.Bool {
		switch text {
		case "true":
			text = "on"
		case "false":
			text = "off"
		}
	}
	return v.Control.Set(v.Experiment, text)
}

// Type implements pflag.Value; it is what help shows for the value.
func (v Value) Type() string {
	switch v.Control.Kind {
	case setup.Choice:
		return "name"
	case setup.Text:
		return "text"
	}
	return string(v.Control.Kind)
}

// Want says what the value may be, "" for one that is true or false.
func (v Value) Want() string {
	if v.Control.Kind == setup.Bool {
		return ""
	}
	return v.Control.Want()
}

// Add adds a flag to cmd for each of the controls named by keys. The
// values e has already are the flags' defaults.
func Add(cmd *cobra.Command, e *setup.Experiment, keys []string, help map[string]string) {
	for _, key := range keys {
		c := setup.ControlOf(key)
		usage := phrase(word("control."+key)) + ": " + phrase(word("control."+key+".help"))
		if h, ok := help[key]; ok {
			usage = phrase(h)
		}
		flag := cmd.Flags().VarPF(Value{c, e}, FlagName(key), "", describe(c, usage))
		var choices []string
		for _, value := range c.All() {
			choices = append(choices, cobra.CompletionWithDesc(value, word("control."+key+"."+value)))
		}
		if choices != nil {
			cli.Choices(flag, choices...)
		}
		if c.Kind == setup.Bool {
			flag.NoOptDefVal = "true"
		}
	}
}

// describe is usage followed by what the value may be.
func describe(c *setup.Control, usage string) string {
	switch c.Kind {
	case setup.Choice:
		return usage + " [" + strings.Join(c.All(), "|") + "]"
	case setup.Int, setup.Float:
		usage += fmt.Sprintf(" [%.10g..%.10g]", c.Min, c.Max)
		if c.Default == "0" && !strings.Contains(usage, "(default") {
			usage += " (default 0)"
		}
	}
	return usage
}

// phrase is a sentence of the page as the description of a flag.
func phrase(sentence string) string {
	s := []rune(strings.TrimSuffix(sentence, "."))
	if len(s) > 1 && unicode.IsUpper(s[0]) && unicode.IsLower(s[1]) && !strings.HasPrefix(sentence, "Adam") {
		s[0] = unicode.ToLower(s[0])
	}
	return string(s)
}

// Of returns the setting that a flag makes, false for a flag that is none.
func Of(f *pflag.Flag) (Value, bool) {
	value := f.Value
	if said, ok := value.(*cli.Said); ok {
		value = said.Value
	}
	v, ok := value.(Value)
	return v, ok
}

// Unused returns a clause for each flag of cmd that is given and has no effect:
// a value that a later one replaces, a setting that none of the runs has or
// whose needs none of them meets, and what the rules say.
func Unused(cmd *cobra.Command, runs []setup.Experiment, rules ...cli.Rule) (clauses []string) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		said, ok := f.Value.(*cli.Said)
		if !ok {
			return
		}
		for _, text := range said.Replaced() {
			clauses = append(clauses, fmt.Sprintf("--%s %s is not used: %s comes after it", f.Name, text, said.Texts[len(said.Texts)-1]))
		}
		if v, ok := said.Value.(Value); ok {
			if why := v.Control.Idle(v.Experiment, runs); why != "" {
				clauses = append(clauses, fmt.Sprintf("--%s has no effect: %s", f.Name, why))
			}
		}
	})
	return append(clauses, cli.Idle(cmd, rules)...)
}

// InRange reports a value out of the range of the setting key.
func InRange(flag, key string, v int) error {
	c := setup.ControlOf(key)
	if lo, hi := max(int(c.Min), 1), int(c.Max); v < lo || v > hi {
		return fmt.Errorf("--%s is %d, want %d..%d", flag, v, lo, hi)
	}
	return nil
}
