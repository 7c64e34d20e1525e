package gnn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"abkd/gnn/graph"
)

// The largest model that New makes.
const (
	MaxLayers = 64
	MaxWidth  = 8192
)

// Kinds returns the kinds of model that New makes; the first is the default.
func Kinds() []string { return []string{"rgcn"} }

// Defaults returns c with zero fields replaced by their defaults for g, or an
// error if a field is out of range.
func (c Config) Defaults(g *graph.Graph) (Config, error) {
	if c.Kind == "" {
		c.Kind = "rgcn"
	}
	if c.Layers == 0 {
		c.Layers = 3
	}
	if c.Hidden == 0 {
		c.Hidden = 64
	}
	if c.Input == 0 {
		c.Input = inputWidth(g, c.Hidden)
	}
	if c.Inputs == "" {
		c.Inputs = "embedding"
	}
	if c.Dropout == 0 {
		c.Dropout = 0.5
	}
	switch {
	case c.Kind != "rgcn":
		return c, fmt.Errorf("gnn: kind of model is %q, want one of %q", c.Kind, Kinds())
	case c.Layers < 1 || c.Layers > MaxLayers:
		return c, fmt.Errorf("gnn: number of layers is %d, want 1..%d", c.Layers, MaxLayers)
	case c.Hidden < 1 || c.Hidden > MaxWidth:
		return c, fmt.Errorf("gnn: hidden width is %d, want 1..%d", c.Hidden, MaxWidth)
	case c.Input < 1 || c.Input > MaxWidth:
		return c, fmt.Errorf("gnn: input width is %d, want 1..%d", c.Input, MaxWidth)
	case c.Inputs != "embedding" && c.Inputs != "means":
		return c, fmt.Errorf(`gnn: inputs is %q, want "embedding" or "means"`, c.Inputs)
	case !(c.Dropout <= 0.99):
		return c, fmt.Errorf("gnn: dropout is %g, want at most 0.99", c.Dropout)
	}
	return c, nil
}

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
	if c.Inputs == "means" {
		return graph.WithMeans(g)
	}
	return graph.WithoutMeans(g)
}

// featureWidths returns the width of each type's features in c.graph(g), 0
// for a type that gets an embedding table.
func (c Config) featureWidths(g *graph.Graph) []int {
	if c.Inputs == "means" {
		return graph.MeanWidths(g)
	}
	w := make([]int, len(g.Types))
	for t, nt := range g.Types {
		if !nt.Derived {
			w[t] = nt.Features.Cols
		}
	}
	return w
}

// A Shape is the name and size of a parameter.
type Shape struct {
	Name       string
	Rows, Cols int
	Embedding  bool
}

// Shapes returns the shapes of the parameters that New makes for c and g, in
// order. Of g it reads only names, counts and widths, so that a model too
// large to be made can be counted.
func Shapes(c Config, g *graph.Graph) ([]Shape, error) {
	if err := checkSchema(g); err != nil {
		return nil, err
	}
	c, err := c.Defaults(g)
	if err != nil {
		return nil, err
	}
	var shapes []Shape
	add := func(rows, cols int, format string, args ...any) {
		shapes = append(shapes, Shape{fmt.Sprintf(format, args...), rows, cols, false})
	}
	widths := c.featureWidths(g)
	for i, t := range g.Types {
		if widths[i] == 0 {
			shapes = append(shapes, Shape{"embed." + t.Name, t.Count, c.Input, true})
		}
	}
	for i, t := range g.Types {
		if w := widths[i]; w != 0 && w != c.Input {
			add(w, c.Input, "encode.%s.weight", t.Name)
			add(1, c.Input, "encode.%s.bias", t.Name)
		}
	}
	p := c.Input
	for l := range c.Layers {
		q := c.Hidden
		if l == c.Layers-1 {
			q = g.Classes
		}
		for _, t := range g.Types {
			add(p, q, "layers.%d.self.%s.weight", l, t.Name)
			add(1, q, "layers.%d.self.%s.bias", l, t.Name)
		}
		for _, r := range g.Relations {
			add(p, q, "layers.%d.rel.%v.weight", l, r.EdgeType)
		}
		p = q
	}
	return shapes, nil
}

// checkSchema reports what would make two parameters share a name, or no
// logits.
func checkSchema(g *graph.Graph) error {
	if g.Target < 0 || g.Target >= len(g.Types) {
		return fmt.Errorf("gnn: graph %s: target type is %d, want 0..%d", g.Name, g.Target, len(g.Types)-1)
	}
	if g.Classes < 1 {
		return fmt.Errorf("gnn: graph %s: number of classes is %d, want at least 1", g.Name, g.Classes)
	}
	seen := map[string]bool{}
	for _, t := range g.Types {
		if seen[t.Name] {
			return fmt.Errorf("gnn: graph %s: node type %q stands twice, want once", g.Name, t.Name)
		}
		seen[t.Name] = true
	}
	clear(seen)
	for _, r := range g.Relations {
		name := r.EdgeType.String()
		if seen[name] {
			return fmt.Errorf("gnn: graph %s: relation %q stands twice, want once", g.Name, name)
		}
		seen[name] = true
	}
	return nil
}

// New returns a model for g. Weights are drawn from rng, uniform in
// ±sqrt(6/(rows+columns)) (Glorot and Bengio, AISTATS 2010); an embedding is
// uniform in ±1/sqrt(width), so that its rows are of length about 0.6; biases
// are 0. A nil rng leaves everything 0, for weights that are set afterwards.
func New(c Config, g *graph.Graph, rng *rand.Rand) (Model, error) {
	shapes, err := Shapes(c, g)
	if err != nil {
		return nil, err
	}
	c, _ = c.Defaults(g) // Shapes has reported the error
	params := make([]*Param, len(shapes))
	for i, s := range shapes {
		p := NewParam(s.Name, s.Rows, s.Cols)
		p.Embedding = s.Embedding
		params[i] = p
		if rng != nil {
			initialise(p, rng)
		}
	}
	return newRGCN(c, c.graph(g), params), nil
}

func initialise(p *Param, rng *rand.Rand) {
	limit := math.Sqrt(6 / float64(p.W.Rows+p.W.Cols))
	switch {
	case p.Embedding:
		limit = 1 / math.Sqrt(float64(p.W.Cols))
	case isBias(p.Name):
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
func CountShapes(shapes []Shape) (params, embedding int) {
	for _, s := range shapes {
		if s.Embedding {
			embedding += s.Rows * s.Cols
		} else {
			params += s.Rows * s.Cols
		}
	}
	return params, embedding
}
