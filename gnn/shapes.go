package gnn

import (
	"fmt"

	"abkd/gnn/graph"
)

// Kinds returns the kinds of model that New makes; the first is the default.
//
//	rgcn   reads every node type and relation
//	gcn, sage, gat, gcnii
//	       read the target type and the one relation from it to itself, such as
//	       the citations between papers; a graph without it, or with several,
//	       is refused
//	mlp    reads the target type's features and no relation
func Kinds() []string { return []string{"rgcn", "gcn", "sage", "gat", "gcnii", "mlp"} }

// hasMessages reports whether the kind reads the relation of the target type
// to itself.
func hasMessages(kind string) bool { return kind != "rgcn" && kind != "mlp" }

// hasLoops reports whether the kind adds a self-loop to every node.
func hasLoops(kind string) bool { return hasMessages(kind) && kind != "sage" }

// selfRelation returns the index of the only relation of g from the target
// type to itself.
func selfRelation(kind string, g *graph.Graph) (int, error) {
	found, n := -1, 0
	for i, r := range g.Relations {
		if r.Src == g.Target && r.Dst == g.Target {
			found, n = i, n+1
		}
	}
	if n != 1 {
		return -1, fmt.Errorf("gnn: graph %s: %d relations from %s to %s, want 1 for the kind %s; rgcn and mlp need none",
			g.Name, n, g.Types[g.Target].Name, g.Types[g.Target].Name, kind)
	}
	return found, nil
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
	if hasMessages(c.Kind) {
		if _, err := selfRelation(c.Kind, g); err != nil {
			return nil, err
		}
	}
	var s shapeList
	s.inputs(c, g)
	switch c.Kind {
	case "rgcn":
		s.rgcn(c, g)
	case "gcnii":
		s.gcnii(c, g)
	default:
		s.chain(c, g)
	}
	return s, nil
}

type shapeList []Shape

func (s *shapeList) add(rows, cols int, format string, args ...any) {
	*s = append(*s, Shape{fmt.Sprintf(format, args...), rows, cols, false})
}

// inputs adds the embeddings and encoders of the node types that are read.
func (s *shapeList) inputs(c Config, g *graph.Graph) {
	widths := c.featureWidths(g)
	for i, t := range g.Types {
		if widths[i] == 0 && c.reads(g, i) {
			*s = append(*s, Shape{"embed." + t.Name, t.Count, c.Input, true})
		}
	}
	for i, t := range g.Types {
		if w := widths[i]; w != 0 && w != c.Input && c.reads(g, i) {
			s.add(w, c.Input, "encode.%s.weight", t.Name)
			s.add(1, c.Input, "encode.%s.bias", t.Name)
		}
	}
}

func (s *shapeList) rgcn(c Config, g *graph.Graph) {
	p := c.Input
	for l := range c.Layers {
		q := c.width(l, g)
		for _, t := range g.Types {
			s.add(p, q, "layers.%d.self.%s.weight", l, t.Name)
			s.add(1, q, "layers.%d.self.%s.bias", l, t.Name)
		}
		for _, r := range g.Relations {
			s.add(p, q, "layers.%d.rel.%v.weight", l, r.EdgeType)
		}
		p = q
	}
}

func (s *shapeList) chain(c Config, g *graph.Graph) {
	p := c.Input
	for l := range c.Layers {
		q := c.width(l, g)
		switch c.Kind {
		case "sage":
			s.add(p, q, "layers.%d.self.weight", l)
			s.add(p, q, "layers.%d.neigh.weight", l)
		case "gat":
			s.add(p, c.Heads*q, "layers.%d.weight", l)
			s.add(c.Heads, q, "layers.%d.att_src", l)
			s.add(c.Heads, q, "layers.%d.att_dst", l)
			if l < c.Layers-1 { // the heads are joined
				q *= c.Heads
			}
		default:
			s.add(p, q, "layers.%d.weight", l)
		}
		s.add(1, q, "layers.%d.bias", l)
		p = q
	}
}

func (s *shapeList) gcnii(c Config, g *graph.Graph) {
	s.add(c.Input, c.Hidden, "input.weight")
	s.add(1, c.Hidden, "input.bias")
	for l := range c.Layers {
		s.add(c.Hidden, c.Hidden, "layers.%d.weight", l)
	}
	s.add(c.Hidden, g.Classes, "output.weight")
	s.add(1, g.Classes, "output.bias")
}

// width returns the width of layer l, the classes for the last one.
func (c Config) width(l int, g *graph.Graph) int {
	if l == c.Layers-1 {
		return g.Classes
	}
	return c.Hidden
}

// reads reports whether a model of c reads node type t.
func (c Config) reads(g *graph.Graph, t int) bool { return c.Kind == "rgcn" || t == g.Target }

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
