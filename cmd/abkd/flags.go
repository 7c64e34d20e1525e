package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/gnn/ogb"
	"abkd/sim/data"
)

// The settings of sim that become flags of both commands that train, and
// those that distil adds. The page's other settings are about a teacher that
// is trained beside its students; here that is a command of its own.
var (
	trainKeys   = []string{"seed", "model", "layers", "hidden", "input", "inputs", "epochs", "lr", "dropout", "input-dropout", "decay", "dense-decay", "row-normalise", "heads", "initial-share", "lambda", "rounds", "neighbour-share", "through", "sampler", "batch", "fanout", "roots", "steps", "eval-every"}
	distillKeys = []string{"criterion", "beta", "alpha", "temperature", "dim", "softmax", "head", "granularity",
		"no-subspace", "detach", "frozen", "kernel", "tau", "head-dim", "max-nodes", "nodes", "pin"}
)

// A source is where a command's graph comes from.
type source struct {
	data, split string
	cache       string // folder, "" for the user's own
	noCache     bool
	direction   direction
	maxMemory   cli.Size

	packed []byte // weights of the teacher in the pack that was read, nil for none
	notes  cli.Notes
}

// ofPack, in place of a file of weights, names those of the teacher in --data.
const ofPack = "pack"

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
	cmd.Flags().StringVar(&s.data, "data", "mag-mini", "`graph` to read: a folder in the raw layout of the Open Graph Benchmark, a file that \"abkd pack\" wrote, or one that is built in: "+strings.Join(data.BuiltIn, ", ")+" (a folder of such a name: ./karate)")
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

// rules are those of the flags of a source.
func (s *source) rules() []cli.Rule {
	builtIn := slices.Contains(data.BuiltIn, s.data)
	why := "a pack is opened as it is"
	if builtIn {
		why = s.data + " is built in, not read"
	}
	return []cli.Rule{{Flag: "cache", Idle: builtIn || ogb.IsDataset(s.data) != nil, Why: why}}
}
