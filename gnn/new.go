package gnn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"abkd/gnn/graph"
)

// The largest model that New makes.
const (
	MaxLayers = 64
	MaxWidth  = 8192
	MaxRounds = 10000
	MaxLambda = 1.7 // above e-1 the first layer of gcnii would have more than all of its weights
)

// InputNames are the values of Config.Inputs.
var InputNames = []string{"means", "embedding", "fastrp"}

// Defaults returns c with zero fields replaced by their defaults for g, or an
// error if a field is out of range.
func (c Config) Defaults(g *graph.Graph) (Config, error) {
	if c.Kind == "" {
		c.Kind = kinds[0].Name
	}
	k := kindOf(c.Kind)
	if k == nil {
		return c, fmt.Errorf("gnn: kind of model is %q, want one of %q", c.Kind, slices.Concat(Kinds(), Baselines()))
	}
	if c.Layers == 0 {
		c.Layers = 3
	}
	if c.Hidden == 0 {
		c.Hidden = 64
	}
	if c.Input == 0 {
		if c.Input = inputWidth(g, c.Hidden); c.Input > MaxWidth {
			return c, fmt.Errorf("gnn: the features are %d wide, and a model takes at most %d as they are: choose an input width, to which it brings them", c.Input, MaxWidth)
		}
	}
	if c.Inputs == "" {
		c.Inputs = "means"
	}
	if c.Dropout == 0 {
		c.Dropout = 0.5
	}
	c = k.complete(c)
	if k.Shallow {
		c.Input = inputWidth(g, 1)
	}
	if err := c.completeSplit(k, g); err != nil {
		return c, err
	}
	switch {
	case c.Layers < 1 || c.Layers > MaxLayers:
		return c, fmt.Errorf("gnn: number of layers is %d, want 1..%d", c.Layers, MaxLayers)
	case c.Hidden < 1 || c.Hidden > MaxWidth:
		return c, fmt.Errorf("gnn: hidden width is %d, want 1..%d", c.Hidden, MaxWidth)
	case c.Input < 1 || c.Input > MaxWidth:
		return c, fmt.Errorf("gnn: input width is %d, want 1..%d", c.Input, MaxWidth)
	case !slices.Contains(InputNames, c.Inputs):
		return c, fmt.Errorf("gnn: inputs is %q, want one of %q", c.Inputs, InputNames)
	case !(c.Dropout <= 0.99):
		return c, fmt.Errorf("gnn: dropout is %g, want at most 0.99", c.Dropout)
	}
	return c, k.check(c)
}

// completeSplit sets the split of a model that reads labels, and leaves it out
// of others.
func (c *Config) completeSplit(k *kind, g *graph.Graph) error {
	if !k.Labels && !c.LabelReuse {
		c.Split = ""
		return nil
	}
	split, err := g.Split(c.Split)
	if err != nil {
		return fmt.Errorf("gnn: this model of the kind %s reads the labels of training nodes: %w", k.Name, err)
	}
	if len(split.Train) == 0 {
		return fmt.Errorf("gnn: split %s of %s has no training nodes, want at least one for this model of the kind %s", split.Name, g.Name, k.Name)
	}
	c.Split = split.Name
	return nil
}

// orDefault returns v, or def if v is zero.
func orDefault(v, def float32) float32 { return float32(or(float64(v), float64(def))) }

// inputWidth returns the feature width of the target type, else that of the
// first type with features, else hidden.
func inputWidth(g *graph.Graph, hidden int) int {
	if w := g.Types[g.Target].Features.Cols; w != 0 {
		return w
	}
	for _, t := range g.Types {
		if t.Features.Cols != 0 {
			return t.Features.Cols
		}
	}
	return hidden
}

// graph returns g with the features that a model of c reads.
func (c Config) graph(g *graph.Graph) *graph.Graph {
	k := kindOf(c.Kind)
	if k.Untrained {
		return g
	}
	g = c.inputs(g)
	if c.LabelReuse {
		g = WithLabelInputs(g, c.Split)
	}
	if k.features != nil {
		return k.features(c, g)
	}
	return g
}

// inputs returns g with features for the types that have none, as c says.
func (c Config) inputs(g *graph.Graph) *graph.Graph {
	switch c.Inputs {
	case "means":
		return graph.WithMeans(g)
	case "fastrp":
		return graph.WithFastRP(g)
	}
	return graph.WithoutDerived(g)
}

// featureWidths returns the width of each type's features in c.graph(g), 0
// for a type that gets an embedding table.
func (c Config) featureWidths(g *graph.Graph) []int {
	switch c.Inputs {
	case "means":
		return graph.MeanWidths(g)
	case "fastrp":
		return graph.FastRPWidths(g)
	}
	return graph.Widths(graph.WithoutDerived(g))
}

// New returns a model for g. Weights are drawn from rng, uniform in
// ±sqrt(6/(rows+columns)) (Glorot and Bengio, AISTATS 2010); an embedding is
// uniform in ±1/sqrt(width), so that its rows are of length about 0.6; biases
// are 0. A nil rng leaves everything 0, for weights that are set afterwards.
func New(c Config, g *graph.Graph, rng *rand.Rand) (Model, error) {
	shapes, err := ParamShapes(c, g)
	if err != nil {
		return nil, err
	}
	c, _ = c.Defaults(g) // ParamShapes has reported the error
	params := make([]*Param, len(shapes))
	for i, s := range shapes {
		p := newParam(s)
		params[i] = p
		p.Draw(rng)
	}
	k := kindOf(c.Kind)
	return k.build(k, c, c.graph(g), params), nil
}

func newParam(s ParamShape) *Param {
	p := NewParam(s.Name, s.Rows, s.Cols)
	if s.Embedding {
		p = NewTable(s.Name, s.Rows, s.Cols)
	}
	p.Bias, p.Dense, p.Mix = s.Bias, s.Dense, s.Mix
	return p
}

// Draw sets the weights of p as New does: uniform in ±sqrt(6/(rows+columns)),
// an embedding in ±1/sqrt(width), a bias to 0, a mix to 1 in its first row. A nil rng leaves them as they
// are, for weights that are set afterwards.
func (p *Param) Draw(rng *rand.Rand) {
	if rng == nil {
		return
	}
	limit := math.Sqrt(6 / float64(p.W.Rows+p.W.Cols))
	switch {
	case p.Embedding:
		limit = 1 / math.Sqrt(float64(p.W.Cols))
	case p.Bias, p.Mix:
		p.W.Zero()
		if p.Mix {
			for c := range p.W.Row(0) {
				p.W.Row(0)[c] = 1
			}
		}
		return
	}
	for i := range p.W.Data {
		p.W.Data[i] = float32((2*rng.Float64() - 1) * limit)
	}
}

// Count returns the number of trainable numbers of m, those in embedding
// tables apart from the others.
func Count(m Model) (params, embedding int) {
	for _, p := range m.Params() {
		n := p.W.Rows * p.W.Cols
		if p.Embedding {
			embedding += n
		} else {
			params += n
		}
	}
	return params, embedding
}

// CountShapes is Count for a model that need not exist.
func CountShapes(shapes []ParamShape) (params, embedding int) {
	for _, s := range shapes {
		if s.Embedding {
			embedding += s.Rows * s.Cols
		} else {
			params += s.Rows * s.Cols
		}
	}
	return params, embedding
}
