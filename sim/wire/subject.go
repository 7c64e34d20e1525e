package wire

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Subject is what an Inspect is about. The zero Subject is none. Its text is
// one of
//
//	node MODEL LAYER TYPE ID       one node's output of a layer
//	edge MODEL LAYER REL SRC DST   one message
//	cell I J                       one pair of layers of the criterion
//	loss                           the losses of the last step
//	param MODEL NAME               a parameter and its last update
//	none
//
// Layers and nodes count from 0. Names may hold spaces. REL is
// RelationView.Key.
type Subject struct {
	Kind     string // "node", "edge", "cell", "loss", "param"; "" for none
	Model    string // "teacher", "alone" or "student"; of a param also "criterion"
	Layer    int
	Type     string // of a node
	Relation string // of an edge
	Param    string // name of a parameter
	I, J     int    // node and 0; source and destination; or teacher and student layer
}

// Models are the models that a Subject may be of.
var Models = []string{"teacher", "alone", "student"}

// subjectWords is how many words follow a kind at least.
var subjectWords = map[string]int{"node": 4, "edge": 5, "cell": 2, "loss": 0, "param": 2, "none": 0}

// ParseSubject reads the text of a Subject and checks it.
func ParseSubject(text string) (s Subject, err error) {
	kind, rest, _ := strings.Cut(text, " ")
	words := strings.Fields(rest)
	least, known := subjectWords[kind]
	if !known {
		return s, fmt.Errorf("subject is %.40q, want node, edge, cell, loss, param or none", kind)
	}
	if n := len(words); n < least || n > least && least == 0 || n > 2 && kind == "cell" {
		return s, fmt.Errorf("%s has %d arguments, want %d", kind, n, least)
	}
	if kind == "none" {
		return s, nil
	}
	s.Kind = kind
	switch kind {
	case "cell":
		s.I, s.J, err = pair(words)
	case "param":
		s.Model, s.Param = words[0], strings.Join(words[1:], " ")
	case "node":
		s.Model, s.Type = words[0], strings.Join(words[2:len(words)-1], " ")
		if s.Layer, err = natural(words[1]); err == nil {
			s.I, err = natural(words[len(words)-1])
		}
	case "edge":
		s.Model, s.Relation = words[0], strings.Join(words[2:len(words)-2], " ")
		if s.Layer, err = natural(words[1]); err == nil {
			s.I, s.J, err = pair(words[len(words)-2:])
		}
	}
	if err != nil {
		return Subject{}, fmt.Errorf("%s: %w", kind, err)
	}
	if err := s.Check(); err != nil {
		return Subject{}, err
	}
	return s, nil
}

func pair(words []string) (i, j int, err error) {
	if i, err = natural(words[0]); err == nil {
		j, err = natural(words[1])
	}
	return i, j, err
}

// String returns the text of s.
func (s Subject) String() string {
	layer, i, j := strconv.Itoa(s.Layer), strconv.Itoa(s.I), strconv.Itoa(s.J)
	switch s.Kind {
	case "":
		return "none"
	case "node":
		return words("node", s.Model, layer, s.Type, i)
	case "edge":
		return words("edge", s.Model, layer, s.Relation, i, j)
	case "cell":
		return words("cell", i, j)
	case "param":
		return words("param", s.Model, s.Param)
	}
	return s.Kind
}

// Check returns an error for a kind or a model that there is not, a negative
// number, or a name that is missing.
func (s Subject) Check() error {
	if s == (Subject{}) {
		return nil
	}
	if _, known := subjectWords[s.Kind]; !known || s.Kind == "none" {
		return fmt.Errorf("subject is %.40q, want node, edge, cell, loss or param", s.Kind)
	}
	ofModel := s.Kind == "node" || s.Kind == "edge" || s.Kind == "param"
	named := s.Type
	switch s.Kind {
	case "edge":
		named = s.Relation
	case "param":
		named = s.Param
	}
	switch {
	case s.Layer < 0 || s.I < 0 || s.J < 0:
		return fmt.Errorf("%s: layer %d, numbers %d and %d, want none below 0", s.Kind, s.Layer, s.I, s.J)
	case ofModel && !slices.Contains(Models, s.Model) && !(s.Kind == "param" && s.Model == "criterion"):
		return fmt.Errorf("model is %.40q, want teacher, alone or student", s.Model)
	case ofModel && strings.TrimSpace(named) == "":
		return fmt.Errorf("%s: the name is missing", s.Kind)
	}
	return nil
}

// NameRelations gives the relations of g their full names and keys.
func (g *GraphView) NameRelations() {
	times := map[string]int{}
	for _, r := range g.Relations {
		times[r.Name]++
	}
	for i := range g.Relations {
		r := &g.Relations[i]
		r.Full = g.Types[r.Src] + "__" + r.Name + "__" + g.Types[r.Dst]
		r.Key = r.Name
		if times[r.Name] > 1 {
			r.Key = r.Full
		}
	}
}

// FindRelation returns the relation that a key names, short or in full, or an
// error if none or several are called so.
func FindRelation(g *GraphView, key string) (int, error) {
	found := -1
	for i, r := range g.Relations {
		if r.Name != key {
			if r.Full == key {
				return i, nil
			}
			continue
		}
		if found >= 0 {
			return -1, fmt.Errorf("relation %.80s is %s or %s: name it in full", key, g.Relations[found].Full, r.Full)
		}
		found = i
	}
	if found < 0 {
		var names []string
		for _, r := range g.Relations {
			names = append(names, r.Name)
		}
		return -1, fmt.Errorf("relation is %.80q, want one of %s", key, strings.Join(names, ", "))
	}
	return found, nil
}
