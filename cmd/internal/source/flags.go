package source

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/gnn/ogb"
	"abkd/sim/data"
)

// A Direction is the flag for how edges between nodes of one type are read.
type Direction ogb.Direction

var directions = [...]string{ogb.AsStated: "stated", ogb.Directed: "directed", ogb.Undirected: "undirected"}

// String implements pflag.Value.
func (d Direction) String() string { return directions[d] }

// Set implements pflag.Value.
func (d *Direction) Set(text string) error {
	i := slices.Index(directions[:], text)
	if i < 0 {
		return fmt.Errorf("%q is no direction, want one of %q", text, directions)
	}
	*d = Direction(i)
	return nil
}

// Type implements pflag.Value; it is what help shows for the value.
func (Direction) Type() string { return "name" }

// What --split is if it is not given.
const (
	FirstSplit   = "the first"
	WeightsSplit = "that of the weights, or the first if they say none"
	TeacherSplit = "that of the teacher, or the first without one"
	TunedSplit   = "the first, or with --tuned that of the search"
)

// AddFlags adds the flags of what is read; split says which one is taken if
// --split is not given, "" for a command without that flag.
func (s *Source) AddFlags(cmd *cobra.Command, split string) {
	cmd.Flags().StringVar(&s.Data, "data", "mag-mini", "`graph` to read: a folder in the raw layout of the Open Graph Benchmark, a file that \"abkd pack\" wrote, or one that is built in: "+strings.Join(data.BuiltIn, ", ")+" (a folder of such a name: ./karate)")
	cli.Register(cmd, "data", completeData)
	cmd.Flags().StringVar(&s.Cache, "cache", "", "`folder` for the graph in a form that opens at once the next time (default: abkd in the user's cache folder, for data sets of 16 MB or more)")
	cmd.Flags().BoolVar(&s.NoCache, "no-cache", false, "read the data set itself, and leave no cache file")
	cmd.Flags().Var(&s.Direction, "direction", "`name` of how edges between nodes of one type go: stated (by add_inverse_edge in meta.csv of a homogeneous graph, both ways where it says nothing), directed (as listed) or undirected (both ways)")
	cli.OneOf(cmd.Flags(), "direction", directions[:]...)
	cmd.Flags().Var(&s.MaxMemory, "max-memory", "refuse a data set that takes more memory to be read, or runs that are estimated to need more, such as 20GiB (default: all that is available)")
	if split != "" {
		cmd.Flags().StringVar(&s.Split, "split", "", "`name` of the split into training, validation and test nodes (default: "+split+")")
		cli.Register(cmd, "split", s.completeSplit)
	}
}

// Rules are those of the flags of a source.
func (s *Source) Rules() []cli.Rule {
	builtIn := slices.Contains(data.BuiltIn, s.Data)
	why := "a pack is opened as it is"
	if builtIn {
		why = s.Data + " is built in, not read"
	}
	return []cli.Rule{{Flag: "cache", Idle: builtIn || ogb.IsDataset(s.Data) != nil, Why: why}}
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
func (s *Source) completeSplit(_ *cobra.Command, _ []string, typed string) (names []string, _ cobra.ShellCompDirective) {
	return cli.Starting(data.Splits(s.Data), typed), cobra.ShellCompDirectiveNoFileComp
}
