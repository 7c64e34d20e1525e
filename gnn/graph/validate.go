package graph

import "fmt"

// Validate reports the first inconsistency between the parts of g.
func (g *Graph) Validate() error {
	for i := range g.Types {
		if first := g.TypeIndex(g.Types[i].Name); first != i {
			return fmt.Errorf("graph: %s: node types %d and %d are both %q, want different names", g.Name, first, i, g.Types[i].Name)
		}
		if err := g.Types[i].validate(); err != nil {
			return fmt.Errorf("graph: %s: %w", g.Name, err)
		}
	}
	for i := range g.Relations {
		if err := g.validateRelation(&g.Relations[i]); err != nil {
			return fmt.Errorf("graph: %s: relation %v: %w", g.Name, g.Relations[i].EdgeType, err)
		}
	}
	if err := g.validateLabels(); err != nil {
		return fmt.Errorf("graph: %s: %w", g.Name, err)
	}
	for _, s := range g.Splits {
		if err := g.validateSplit(s); err != nil {
			return fmt.Errorf("graph: %s: split %s: %w", g.Name, s.Name, err)
		}
	}
	return nil
}

func (t *NodeType) validate() error {
	if t.Count < 0 {
		return fmt.Errorf("%d nodes of type %s, want 0 or more", t.Count, t.Name)
	}
	if f := t.Features; !f.Empty() && f.Rows != t.Count {
		return fmt.Errorf("features of %s are %v, want %d rows", t.Name, f, t.Count)
	}
	if t.Labels != nil && len(t.Labels) != t.Count {
		return fmt.Errorf("%d names of %s, want %d", len(t.Labels), t.Name, t.Count)
	}
	if t.Years != nil && len(t.Years) != t.Count {
		return fmt.Errorf("%d years of %s, want %d", len(t.Years), t.Name, t.Count)
	}
	return nil
}

func (g *Graph) validateRelation(r *Relation) error {
	for _, t := range []int{r.Src, r.Dst} {
		if t < 0 || t >= len(g.Types) {
			return fmt.Errorf("node type is %d, want 0..%d", t, len(g.Types)-1)
		}
	}
	if n, want := len(r.In.Ptr), g.Types[r.Dst].Count+1; n != want {
		return fmt.Errorf("%d row pointers, want %d", n, want)
	}
	if first, last := r.In.Ptr[0], r.In.Ptr[r.In.Rows()]; first != 0 || int(last) != len(r.In.Col) {
		return fmt.Errorf("rows span entries %d..%d, want 0..%d", first, last, len(r.In.Col))
	}
	for i := range r.In.Rows() {
		if r.In.Ptr[i] > r.In.Ptr[i+1] || int(r.In.Ptr[i+1]) > len(r.In.Col) {
			return fmt.Errorf("row %d spans entries %d..%d, want an increasing range below %d", i, r.In.Ptr[i], r.In.Ptr[i+1], len(r.In.Col)+1)
		}
		last := int32(-1)
		for _, j := range r.In.Row(i) {
			if j <= last || int(j) >= g.Types[r.Src].Count {
				return fmt.Errorf("row %d has entry %d after %d, want increasing entries in 0..%d", i, j, last, g.Types[r.Src].Count-1)
			}
			last = j
		}
	}
	return nil
}

func (g *Graph) validateLabels() error {
	if g.Target < 0 || g.Target >= len(g.Types) {
		return fmt.Errorf("target type is %d, want 0..%d", g.Target, len(g.Types)-1)
	}
	if n := g.Types[g.Target].Count; len(g.Labels) != n {
		return fmt.Errorf("%d labels, want %d", len(g.Labels), n)
	}
	if g.ClassNames != nil && len(g.ClassNames) != g.Classes {
		return fmt.Errorf("%d names of classes, want %d", len(g.ClassNames), g.Classes)
	}
	for i, y := range g.Labels {
		if y < -1 || int(y) >= g.Classes {
			return fmt.Errorf("label of node %d is %d, want 0..%d, or -1 for none", i, y, g.Classes-1)
		}
	}
	return nil
}

func (g *Graph) validateSplit(s Split) error {
	parts := [...]struct {
		name  string
		nodes []int32
	}{{"train", s.Train}, {"valid", s.Valid}, {"test", s.Test}}
	part := make([]int8, len(g.Labels)) // 1 + the part that a node is in
	for p, q := range parts {
		for i, v := range q.nodes {
			if uint32(v) >= uint32(len(g.Labels)) {
				return fmt.Errorf("entry %d of %s is node %d, want 0..%d", i, q.name, v, len(g.Labels)-1)
			}
			if g.Labels[v] < 0 {
				return fmt.Errorf("entry %d of %s is node %d, which has no label", i, q.name, v)
			}
			if part[v] > 0 {
				return fmt.Errorf("entry %d of %s is node %d, which is in %s already", i, q.name, v, parts[part[v]-1].name)
			}
			part[v] = int8(p + 1)
		}
	}
	return nil
}
