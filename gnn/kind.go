package gnn

import (
	"fmt"
	"slices"

	"abkd/gnn/graph"
)

// A Kind says what a kind of model is and reads.
type Kind struct {
	Name  string // as Config.Kind has it, such as "gcn"
	Title string // for people, such as "GCN"

	Typed        bool // reads every node type and relation; the others read the target type alone
	Messages     bool // reads relations; if not Typed the only one from the target type to itself
	LogitsApart  bool // the logits are not the last of a Trace's Layers
	InputDropout bool // has Config.InputDropout
	Heads        bool // has Config.Heads
	Residual     bool // has Config.Alpha and Config.Lambda
	Reuse        bool // has Config.LabelReuse

	// Of the baselines, see Baselines.
	Untrained bool // has no parameters: there is nothing to train
	Shallow   bool // is one layer: Config.Layers and Config.Hidden are not read
	Labels    bool // reads labels of training nodes: has Config.Split
	Spreads   bool // spreads labels or errors: has Config.NeighbourShare
	Steps     int  // default of Config.Rounds; 0: does not propagate, and has no Config.Through
}

// A kind is all that this package knows of one kind of model. Its value stands
// beside the model that it makes. No function of it may look a kind up: they
// are given what they need.
type kind struct {
	Kind
	loops     bool // adds a self-loop to every node
	dropsLike bool // Config.InputDropout is Config.Dropout by default, not none

	// shapes adds those of the parameters behind the inputs'.
	shapes func(k *kind, c Config, g *graph.Graph, s *shapeList)
	// build makes a model with these parameters.
	build func(k *kind, c Config, g *graph.Graph, params []*Param) Model
	// evaluation counts the bytes of EvaluationBytes.
	evaluation func(k *kind, c Config, g *graph.Graph) int64

	// features returns the graph whose features the model reads, instead of
	// that of Config.graph; nil for most kinds.
	features func(c Config, g *graph.Graph) *graph.Graph

	chain // of a Chain, else zero
}

// kinds are in the order in which Kinds lists them; the first is the default.
var kinds = []*kind{&rgcnKind, &gcnKind, &sageKind, &gatKind, &gcniiKind, &mlpKind}

// Kinds returns the names of the kinds of model that New makes; the first is
// the default.
//
//	rgcn   reads every node type and relation
//	gcn, sage, gat, gcnii
//	       read the target type and the one relation from it to itself, such as
//	       the citations between papers; a graph without it, or with several,
//	       is refused
//	mlp    reads the target type's features and no relation
func Kinds() (names []string) {
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	return names
}

// KindOf returns the kind of that name, and whether New makes it. It
// stays a call, of a few bytes in trainer.wasm where its body is 600.
//
//go:noinline
func KindOf(name string) (Kind, bool) {
	k := kindOf(name)
	if k == nil {
		return Kind{}, false
	}
	return k.Kind, true
}

// kindOf returns the kind of that name, nil if there is none.
func kindOf(name string) *kind {
	for _, k := range slices.Concat(kinds, baselines) {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// Baselines returns the names of the kinds of model that are no GNN, which New
// makes too. They are there to be compared with: a GNN that is not above them
// has learned nothing from the graph that they had not. A program for the
// browser has none.
//
//	majority  the class that most training nodes have
//	lp        label propagation: F ← α·S·F + (1-α)·Y, from the labels of the
//	          training nodes, over all relations or those of Config.Through,
//	          each in both directions (Zhou et al., NIPS 2003)
//	sgc       a linear model on S^K·X, the features propagated (arXiv 1902.07153)
//	cs        Correct & Smooth: an mlp, whose errors on the training nodes are
//	          propagated and taken off, then its predictions with the training
//	          labels among them (arXiv 2010.13993)
//
// See graph.Propagation for S.
func Baselines() (names []string) {
	for _, k := range baselines {
		names = append(names, k.Name)
	}
	return names
}

// Baseline reports whether k is one of Baselines: what it computes depends on
// the whole graph, not on a node's surroundings.
func (k Kind) Baseline() bool { return k.Untrained || k.Steps > 0 }

// readsOne reports whether k reads the one relation of the target type to
// itself.
func (k Kind) readsOne() bool { return k.Messages && !k.Typed }

// reads reports whether k reads node type t of g.
func (k Kind) reads(g *graph.Graph, t int) bool { return !k.Untrained && (k.Typed || t == g.Target) }

// complete sets the fields of c that not every kind has: to their defaults or,
// if k does not have them, to zero.
func (k *kind) complete(c Config) Config {
	switch {
	case !k.InputDropout:
		c.InputDropout = 0
	case k.dropsLike:
		c.InputDropout = orDefault(c.InputDropout, c.Dropout)
	default:
		c.InputDropout = orDefault(c.InputDropout, -1)
	}
	if !k.Heads {
		c.Heads = 0
	} else if c.Heads == 0 {
		c.Heads = 8
	}
	if !k.Residual {
		c.Alpha, c.Lambda = 0, 0
	} else {
		c.Alpha, c.Lambda = orDefault(c.Alpha, 0.1), orDefault(c.Lambda, 0.5)
	}
	c.LabelReuse = c.LabelReuse && k.Reuse
	if k.Shallow {
		c.Layers, c.Hidden, c.Dropout = 1, 1, -1
	}
	if k.Steps == 0 {
		c.Rounds, c.Through = 0, ""
	} else if c.Rounds == 0 {
		c.Rounds = k.Steps
	}
	if !k.Spreads {
		c.NeighbourShare = 0
	} else {
		c.NeighbourShare = orDefault(c.NeighbourShare, SpreadShare)
	}
	return c
}

// check returns an error for a field that only some kinds have and that is out
// of range.
func (k *kind) check(c Config) error {
	switch {
	case !(c.InputDropout <= 0.99):
		return fmt.Errorf("gnn: dropout of the input is %g, want at most 0.99", c.InputDropout)
	case k.Heads && (c.Heads < 1 || c.Heads*c.Hidden > MaxWidth):
		return fmt.Errorf("gnn: %d heads of width %d, want at least 1 and %d columns at most", c.Heads, c.Hidden, MaxWidth)
	case k.Residual && !(c.Alpha < 1):
		return fmt.Errorf("gnn: alpha is %g, want less than 1", c.Alpha)
	case k.Residual && !(c.Lambda > 0 && c.Lambda <= MaxLambda):
		return fmt.Errorf("gnn: lambda is %g, want above 0 and at most %g", c.Lambda, MaxLambda)
	case k.Steps > 0 && (c.Rounds < 1 || c.Rounds > MaxRounds):
		return fmt.Errorf("gnn: number of rounds is %d, want 1..%d", c.Rounds, MaxRounds)
	case k.Spreads && !(c.NeighbourShare > 0 && c.NeighbourShare < 1):
		return fmt.Errorf("gnn: share of the neighbours is %g, want above 0 and below 1", c.NeighbourShare)
	}
	return nil
}
