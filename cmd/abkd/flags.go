package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/gnn/ogb"
	"abkd/sim/setup"
)

// The settings of sim that become flags of both commands that train, and
// those that distil adds. The page's other settings are about a teacher that
// is trained beside its students; here that is a command of its own.
var (
	trainKeys   = []string{"seed", "model", "layers", "hidden", "input", "inputs", "epochs", "lr", "dropout", "input-dropout", "decay", "dense-decay", "row-normalise", "heads", "initial-share", "lambda", "sampler", "batch", "fanout", "roots", "steps", "eval-every"}
	distillKeys = []string{"criterion", "beta", "alpha", "temperature", "dim", "softmax", "head", "granularity",
		"no-subspace", "detach", "frozen", "kernel", "tau", "head-dim", "max-nodes", "nodes", "pin"}
)

// flagName returns the name of a setting's flag.
func flagName(key string) string {
	if key == "batch" {
		return "batch-size"
	}
	return key
}

// A setting makes a control of sim a flag: same values, same ranges, same
// words on the page, in the window and here.
type setting struct {
	control *setup.Control
	e       *setup.Experiment
}

// String returns the value, or the default.
func (s setting) String() string {
	if s.control == nil {
		return "" // pflag asks the zero value
	}
	text := s.control.Get(s.e)
	if text == "" {
		text = s.control.Default
	}
	if s.control.Kind == setup.Bool {
		return map[string]string{"on": "true", "off": "false"}[text]
	}
	return text
}

// Set implements pflag.Value.
func (s setting) Set(text string) error {
	if s.control.Kind == setup.Bool {
		switch text {
		case "true":
			text = "on"
		case "false":
			text = "off"
		}
	}
	return s.control.Set(s.e, text)
}

// Type implements pflag.Value; it is what help shows for the value.
func (s setting) Type() string {
	switch s.control.Kind {
	case setup.Choice:
		return "name"
	case setup.Text:
		return "text"
	}
	return string(s.control.Kind)
}

// Want says what the value may be, "" for one that is true or false.
func (s setting) Want() string {
	if s.control.Kind == setup.Bool {
		return ""
	}
	return s.control.Want()
}

// addSettings adds a flag to cmd for each of the controls named by keys. The
// values e has already are the flags' defaults.
func addSettings(cmd *cobra.Command, e *setup.Experiment, keys []string, help map[string]string) {
	controls := setup.Controls()
	for _, key := range keys {
		c := findControl(controls, key)
		usage := phrase(c.Label) + ": " + phrase(c.Help)
		if h, ok := help[key]; ok {
			usage = phrase(h)
		}
		flag := cmd.Flags().VarPF(setting{c, e}, flagName(key), "", describe(c, usage))
		var choices []string
		for _, o := range c.Options {
			choices = append(choices, cobra.CompletionWithDesc(o.Value, o.Label))
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
		var values []string
		for _, o := range c.Options {
			values = append(values, o.Value)
		}
		return usage + " [" + strings.Join(values, "|") + "]"
	case setup.Int, setup.Float:
		usage += fmt.Sprintf(" [%.10g..%.10g]", c.Min, c.Max)
		if c.Default == "0" && !strings.Contains(usage, "(default") {
			usage += " (default 0)"
		}
	}
	return usage
}

// inRange reports a value out of the range of the setting key.
func inRange(flag, key string, v int) error {
	c := findControl(setup.Controls(), key)
	return between(flag, v, max(int(c.Min), 1), int(c.Max))
}

func findControl(controls []setup.Control, key string) *setup.Control {
	for i := range controls {
		if controls[i].Key == key {
			return &controls[i]
		}
	}
	panic(fmt.Sprintf("abkd: setting is %q, want one of setup.Controls", key))
}

// A source is where a command's graph comes from.
type source struct {
	data, split string
	cache       string // folder, "" for the user's own
	noCache     bool
	direction   direction
	maxMemory   byteSize

	notes notes
}

// A direction is the flag for how edges between nodes of one type are read.
type direction ogb.Direction

var directions = [...]string{ogb.AsStated: "stated", ogb.Directed: "directed", ogb.Undirected: "undirected"}

// String implements pflag.Value.
func (d direction) String() string { return directions[d] }

// Set implements pflag.Value.
func (d *direction) Set(text string) error {
	i := slices.Index(directions[:], text)
	if i < 0 {
		return fmt.Errorf("%q is no direction, want one of %q", text, directions)
	}
	*d = direction(i)
	return nil
}

// Type implements pflag.Value; it is what help shows for the value.
func (direction) Type() string { return "name" }

// What --split is if it is not given.
const (
	firstSplit   = "the first"
	weightsSplit = "that of the weights, or the first if they say none"
	teacherSplit = "that of the teacher, or the first without one"
	tunedSplit   = "the first, or with --tuned that of the search"
)

// addFlags adds the flags of what is read; split says which one is taken if
// --split is not given, "" for a command without that flag.
func (s *source) addFlags(cmd *cobra.Command, split string) {
	cmd.Flags().StringVar(&s.data, "data", "mag-mini", "`graph` to read: a folder in the raw layout of the Open Graph Benchmark, a file that \"abkd pack\" wrote, or karate or mag-mini (a folder of such a name: ./karate)")
	cli.Register(cmd, "data", completeData)
	cmd.Flags().StringVar(&s.cache, "cache", "", "`folder` for the graph in a form that opens at once the next time (default: abkd in the user's cache folder, for data sets of 16 MB or more)")
	cmd.Flags().BoolVar(&s.noCache, "no-cache", false, "read the data set itself, and leave no cache file")
	cmd.Flags().Var(&s.direction, "direction", "`name` of how edges between nodes of one type go: stated (by add_inverse_edge in meta.csv of a homogeneous graph, both ways where it says nothing), directed (as listed) or undirected (both ways)")
	cli.OneOf(cmd.Flags(), "direction", directions[:]...)
	cmd.Flags().Var(&s.maxMemory, "max-memory", "refuse a data set that takes more memory to be read, or runs that are estimated to need more, such as 20GiB (default: all that is available)")
	if split != "" {
		cmd.Flags().StringVar(&s.split, "split", "", "`name` of the split into training, validation and test nodes (default: "+split+")")
		cli.Register(cmd, "split", s.completeSplit)
	}
}
