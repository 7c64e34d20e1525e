package gnn

import (
	"fmt"

	"abkd/gnn/graph"
)

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

// A ParamShape is the name and size of a parameter.
type ParamShape struct {
	Name       string
	Rows, Cols int

	Embedding, Bias, Dense, Mix bool // see Param
}

// Shape returns the name and size of p.
func (p *Param) Shape() ParamShape {
	return ParamShape{p.Name, p.W.Rows, p.W.Cols, p.Embedding, p.Bias, p.Dense, p.Mix}
}

// ParamShapes returns the shapes of the parameters that New makes for c and g, in
// order. Of g it reads only names, counts and widths, so that a model too
// large to be made can be counted.
func ParamShapes(c Config, g *graph.Graph) ([]ParamShape, error) {
	if err := checkSchema(g); err != nil {
		return nil, err
	}
	c, err := c.Defaults(g)
	if err != nil {
		return nil, err
	}
	k := kindOf(c.Kind)
	if k.readsOne() {
		if _, err := selfRelation(c.Kind, g); err != nil {
			return nil, err
		}
	}
	if k.Steps > 0 {
		if _, err := graph.FindRelations(g, c.Through); err != nil {
			return nil, err
		}
	}
	if k.features != nil && c.featureWidths(g)[g.Target] == 0 {
		return nil, fmt.Errorf("gnn: graph %s: %s has no features and gets none, want some for the kind %s; lp needs none", g.Name, g.Types[g.Target].Name, c.Kind)
	}
	var s shapeList
	s.inputs(k, c, g)
	k.shapes(k, c, g, &s)
	return s, nil
}

type shapeList []ParamShape

// add adds a matrix of the layers.
func (s *shapeList) add(rows, cols int, format string, args ...any) {
	*s = append(*s, ParamShape{Name: fmt.Sprintf(format, args...), Rows: rows, Cols: cols})
}

// addBias adds a bias of the layers.
func (s *shapeList) addBias(cols int, format string, args ...any) {
	*s = append(*s, ParamShape{Name: fmt.Sprintf(format, args...), Rows: 1, Cols: cols, Bias: true})
}

// addDense adds a fully connected layer before or behind the others.
func (s *shapeList) addDense(rows, cols int, name string) {
	*s = append(*s, ParamShape{Name: name + ".weight", Rows: rows, Cols: cols, Dense: true}, ParamShape{Name: name + ".bias", Rows: 1, Cols: cols, Bias: true, Dense: true})
}

// inputs adds the embeddings and encoders of the node types that are read.
func (s *shapeList) inputs(k *kind, c Config, g *graph.Graph) {
	widths := c.featureWidths(g)
	for i, t := range g.Types {
		if widths[i] == 0 && k.reads(g, i) {
			*s = append(*s, ParamShape{Name: "embed." + t.Name, Rows: t.Count, Cols: c.Input, Embedding: true, Dense: true})
		}
	}
	for i, t := range g.Types {
		if w := widths[i]; w != 0 && w != c.Input && k.reads(g, i) {
			s.addDense(w, c.Input, "encode."+t.Name)
		}
	}
}

// width returns the width of layer l, the classes for the last one.
func (c Config) width(l int, g *graph.Graph) int {
	if l == c.Layers-1 {
		return g.Classes
	}
	return c.Hidden
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
	seen = map[string]bool{}
	for _, r := range g.Relations {
		name := r.EdgeType.String()
		if seen[name] {
			return fmt.Errorf("gnn: graph %s: relation %q stands twice, want once", g.Name, name)
		}
		seen[name] = true
	}
	return nil
}
