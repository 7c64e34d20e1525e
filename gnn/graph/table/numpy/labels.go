package numpy

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn/graph"
	"abkd/gnn/graph/table"
)

// labels gives the nodes of each type that has labels theirs.
func (r *reader) labels() error {
	found := false
	for _, kind := range r.kinds() {
		y := r.find(labelNames, kind)
		if y == nil {
			continue
		}
		found = true
		t := r.Types[slices.IndexFunc(r.Types, func(t *table.Nodes) bool { return t.Name == kindName(kind) })]
		if y.rows() != t.Count || y.cols() == 0 {
			return table.Refuse("%s: %d labels of %d nodes, want one each", y.name, y.rows(), t.Count)
		}
		names := r.find(classNames, kind)
		for i := range t.Count {
			label, err := y.label(i, names)
			if err != nil {
				return err
			}
			t.AddLabel(label, graph.NoLabel(label))
		}
	}
	if !found {
		return table.Refuse("%s: there is no array of labels: want one called y, labels or node_label; there are %s", r.Name, r.keys())
	}
	return nil
}

// label returns the label of node i as a text: that of the class if classes
// have names.
func (e *entry) label(i int, names *entry) (string, error) {
	class := 0
	switch {
	case e.cols() > 1:
		at, several := -1, false
		for j := range e.cols() {
			if v := e.float(i, j); v != 0 && v == v {
				several, at = at >= 0, j
			}
		}
		if several {
			return "", table.Refuse("%s: node %d has several labels (multi-label): only one class for each node is supported", e.name, i)
		}
		if at < 0 {
			return "", nil
		}
		class = at
	case e.isText():
		return strings.TrimSpace(e.text(i, 0)), nil
	default:
		v, ok := e.integer(i, 0)
		if !ok {
			if f := e.float(i, 0); math.IsNaN(f) {
				return "nan", nil
			}
			return "", table.Refuse("%s: the label of node %d is %s, want a whole number", e.name, i, e.text(i, 0))
		}
		if v < -1 || v > math.MaxInt32 {
			return "", table.Refuse("%s: the label of node %d is %d, want 0..%d, or -1 for none", e.name, i, v, math.MaxInt32)
		}
		class = int(v)
	}
	if class >= 0 && names != nil && names.isText() && class < names.len() {
		return names.textAt(class), nil
	}
	return strconv.Itoa(class), nil
}

// splits takes masks or lists of nodes as the splits of the type with labels.
func (r *reader) splits() error {
	at := slices.IndexFunc(r.Types, func(t *table.Nodes) bool { return len(t.Classes) > 0 })
	if at < 0 {
		return nil
	}
	t := r.Types[at]
	for p, names := range partNames {
		e := r.find(names, "")
		if e == nil {
			continue
		}
		var err error
		if n := e.rows(); strings.Contains(e.key, "mask") || e.kind == 'b' && (n == t.Count || e.cols() == t.Count) {
			err = mask(t, e, int8(p))
		} else {
			err = list(t, e, int8(p))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// split returns split k of t, which it makes if there is none yet.
func split(t *table.Nodes, k, of int) *table.Parts {
	for len(t.Splits) <= k {
		s := table.Parts{Name: "file", Of: make([]int8, t.Count)}
		if of > 1 {
			s.Name = strconv.Itoa(len(t.Splits))
		}
		for i := range s.Of {
			s.Of[i] = -1
		}
		t.Splits = append(t.Splits, s)
	}
	return &t.Splits[k]
}

func give(s *table.Parts, e *entry, node int, part int8) error {
	if old := s.Of[node]; old >= 0 {
		return table.Refuse("%s: node %d is in %s already", e.name, node, parts[old])
	}
	s.Of[node] = part
	return nil
}

// mask reads [nodes], [nodes × splits] or [splits × nodes] of true and false.
func mask(t *table.Nodes, e *entry, part int8) error {
	splits, across := e.cols(), false
	if e.rows() != t.Count {
		splits, across = e.rows(), true
	}
	const most = 1000
	if across && e.cols() != t.Count || splits > most || e.isText() {
		return table.Refuse("%s: the shape is %v, want %d nodes", e.name, e.shape, t.Count)
	}
	for k := range splits {
		s := split(t, k, splits)
		for i := range t.Count {
			row, col := i, k
			if across {
				row, col = k, i
			}
			v := e.float(row, col)
			if v != 0 && v != 1 {
				return table.Refuse("%s: node %d has %s, want True or False", e.name, i, e.text(row, col))
			}
			if v == 1 {
				if err := give(s, e, i, part); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// list reads the numbers of nodes.
func list(t *table.Nodes, e *entry, part int8) error {
	s := split(t, 0, 1)
	for k := range e.len() {
		v, ok := e.at(k)
		if !ok || v < 0 || v >= int64(t.Count) {
			return table.Refuse("%s: entry %d is node %s, want 0..%d", e.name, k, e.textAt(k), t.Count-1)
		}
		if err := give(s, e, int(v), part); err != nil {
			return err
		}
	}
	return nil
}
