package table

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"abkd/gnn/graph"
	"abkd/internal/show"
)

// A reader fills a draft with the rows of tables.
type reader struct {
	*Draft
	spaces []*space
}

// A space is what tells nodes apart by their identifiers: a table of nodes, or
// all tables of one neo4j group.
type space struct {
	group string
	ids   map[string]node
}

// A node is the place of one in a draft.
type node struct {
	kind, number int32
	row          int // that it stands in
	of           *schema
}

var partWords = map[string]int8{
	"train": 0, "training": 0, "valid": 1, "val": 1, "validation": 1, "dev": 1, "test": 2, "testing": 2,
}

var partNames = [...]string{"train", "valid", "test"}

func (r *reader) space(s *schema) *space {
	group := s.columns[s.id].group
	for _, sp := range r.spaces {
		if group != "" && sp.group == group {
			return sp
		}
	}
	sp := &space{group, map[string]node{}}
	r.spaces = append(r.spaces, sp)
	return sp
}

// A nodeReader reads the rows of one table.
type nodeReader struct {
	*reader
	*schema
	*space
	problems
}

func (r *reader) readNodes(s *schema) error {
	n := &nodeReader{reader: r, schema: s, space: r.space(s)}
	before := len(n.ids)
	err := s.Rows(n.row)
	if err == nil {
		err = n.problems.err()
	}
	if err == nil && len(n.ids) == before {
		err = Refuse("%s: there is no node below the header", s.File())
	}
	return err
}

func (n *nodeReader) say(row int, format string, args ...any) {
	n.add("%s: %s", n.Where(row), fmt.Sprintf(format, args...))
}

func text(cells []string, at int) string {
	if at < 0 {
		return ""
	}
	return strings.TrimSpace(cells[at])
}

// row reads a node.
func (n *nodeReader) row(row int, cells []string) error {
	id := text(cells, n.id)
	if before, twice := n.ids[id]; id == "" {
		n.say(row, "the identifier (%s) is empty: every node needs one of its own", show.Quote(n.Columns()[n.id]))
		return nil
	} else if twice {
		n.say(row, "the identifier %s is that of %s already: every node needs one of its own", show.Quote(id), before.of.Where(before.row))
		return nil
	}
	kind := n.kindOf(cells)
	if kind == "" {
		n.say(row, "the type is empty: name it, or leave out the column if all nodes are of one type")
		return nil
	}
	at, t, err := n.Type(kind, n.File())
	if err != nil {
		return err
	}
	if t.Count == 0 {
		t.Width = n.widthOf(cells)
	}
	if err := n.AddNode(t, func() string { return n.Where(row) }); err != nil {
		return err
	}
	n.ids[id] = node{int32(at), int32(t.Count - 1), row, n.schema}
	name := text(cells, n.name)
	if name == "" {
		name = id
	}
	t.Names = append(t.Names, strings.Clone(name))
	n.takeYear(t, row, cells)
	n.takeLabel(t, row, cells)
	return n.takeFeatures(t, row, cells)
}

// kindOf returns the type of a row; of several labels, as neo4j-admin writes
// them, the first.
func (n *nodeReader) kindOf(cells []string) string {
	switch {
	case n.kind >= 0:
		kind := text(cells, n.kind)
		if n.columns[n.kind].name == ":label" || n.columns[n.kind].name == "~label" {
			first, _, several := strings.Cut(kind, ";")
			if several {
				n.Note(fmt.Sprintf("%s: of several labels of a node the first one is its type.", n.File()))
			}
			kind = first
		}
		return kind
	case n.fixedKind != "":
		return n.fixedKind
	}
	return "node"
}

func (n *nodeReader) takeYear(t *Nodes, row int, cells []string) {
	year, ok := 0, true
	if written := text(cells, n.year); !graph.NoLabel(written) {
		if year, ok = wholeNumber(written); ok {
			t.Dated++
		} else {
			n.say(row, "year %s is no whole number: correct it, or leave it empty", show.Quote(written))
		}
	}
	t.Years = append(t.Years, int32(year))
}

// wholeNumber parses an integer of up to nine digits, which may be written as
// 2017.0.
func wholeNumber(s string) (int, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	v, err := strconv.Atoi(whole)
	return v, err == nil && strings.Trim(fraction, "0") == "" && len(strings.TrimLeft(whole, "+-")) <= 9
}

// takeLabel reads the label and the part of a split.
func (n *nodeReader) takeLabel(t *Nodes, row int, cells []string) {
	written := text(cells, n.label)
	t.AddLabel(written, graph.NoLabel(written))
	part := int8(-1)
	if word := text(cells, n.split); n.split >= 0 && !(graph.NoLabel(word) && !strings.HasPrefix(word, "-1")) {
		p, ok := partWords[strings.ToLower(word)]
		if part = p; !ok {
			part = -1
			n.say(row, "split %s is none of train, valid, test: correct it, or leave it empty", show.Quote(word))
		}
	}
	for p, at := range n.masks {
		set, ok := boolean(text(cells, at))
		switch {
		case at < 0:
		case !ok:
			n.say(row, "%s is %s, want True or False", n.columns[at].name, show.Quote(text(cells, at)))
		case set && part >= 0 && part != int8(p):
			n.say(row, "it is a node of %s and of %s, want one of them", partNames[part], partNames[p])
		case set:
			part = int8(p)
		}
	}
	if n.split < 0 && n.masks == [3]int{-1, -1, -1} {
		return
	}
	if t.Splits == nil {
		t.Splits = []Parts{{Name: "file"}}
	}
	t.Splits[0].set(t.Count-1, part)
}

// set gives a node its part; those before it that have none get -1.
func (p *Parts) set(at int, part int8) {
	for len(p.Of) < at {
		p.Of = append(p.Of, -1)
	}
	p.Of = append(p.Of, part)
}

// AddLabel gives the next node its label.
func (t *Nodes) AddLabel(written string, none bool) {
	if none {
		t.Missing[written]++
		t.Labels = append(t.Labels, -1)
		return
	}
	t.Labels = append(t.Labels, t.class(written))
}

// class returns the number of a class, a new one for a new text.
func (t *Nodes) class(name string) int32 {
	if t.numbers == nil {
		t.numbers = map[string]int32{}
	}
	c, ok := t.numbers[name]
	if !ok {
		c = int32(len(t.Classes))
		name = strings.Clone(name)
		t.Classes, t.numbers[name] = append(t.Classes, name), c
	}
	return c
}

func boolean(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "true", "1", "1.0", "yes", "t":
		return true, true
	case "false", "0", "0.0", "no", "f", "":
		return false, true
	}
	return false, false
}

// widthOf returns how many features the first node of a type has.
func (n *nodeReader) widthOf(cells []string) (width int) {
	at := 0
	for _, f := range n.features {
		k := 1
		if f.list {
			k, _ = eachNumber(text(cells, f.at), func(int, string) error { return nil })
		}
		at += k
		if text(cells, f.at) != "" {
			width = at
		}
	}
	return width
}

// takeFeatures reads the features; all nodes of a type have as many as the
// first.
func (n *nodeReader) takeFeatures(t *Nodes, row int, cells []string) error {
	if most := n.o.MostWidth(); t.Width > most {
		return Refuse("%s: %s features, want at most %s", n.Where(row), show.Grouped(t.Width), show.Grouped(most))
	}
	if most := n.o.Limits.Numbers; most > 0 && len(t.Features)+t.Width > most {
		return Refuse("%s: more than %s numbers in features, want at most that many: use fewer nodes or columns", n.Where(row), show.Grouped(most))
	}
	got := 0
	put := func(at featureColumn, text string) {
		if got++; got > t.Width {
			return
		}
		v, problem := feature(text)
		if problem != "" && len(n.Problems) < mostProblems {
			n.say(row, "%s %s", n.Columns()[at.at], problem)
		} else if problem != "" {
			n.Count++
		}
		t.Features = append(t.Features, v)
	}
	for _, f := range n.features {
		switch cell := text(cells, f.at); {
		case f.list:
			if _, err := eachNumber(cell, func(_ int, number string) error { put(f, number); return nil }); err != nil {
				n.say(row, "%s: %v, want a list such as 0.5,-2e3", n.Columns()[f.at], err)
			}
		case got < t.Width || cell != "":
			put(f, cell)
		}
	}
	if got != t.Width {
		n.say(row, "it has %s, but the first node of type %s has %d: all nodes of a type have as many", counted(got, "feature"), show.Quote(t.Name), t.Width)
		t.Features = append(t.Features, make([]float32, max(t.Width-got, 0))...)
	}
	return nil
}

// eachNumber calls back with the numbers of a list such as "0.1,0.2",
// "[0.1 0.2]" or "0.1;0.2", and returns how many there are.
func eachNumber(list string, each func(i int, number string) error) (n int, err error) {
	list = strings.TrimRight(strings.TrimLeft(list, "[("), ")]")
	for len(list) > 0 {
		end := strings.IndexAny(list, ",;| \t\n\r")
		number := list
		if end >= 0 {
			number, list = list[:end], list[end+1:]
		} else {
			list = ""
		}
		if number == "" {
			continue
		}
		if strings.Trim(number, "0123456789.-+eEnaifNAIF") != "" {
			return n, fmt.Errorf("%s is no number", show.Quote(number))
		}
		if err := each(n, number); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// feature parses a number, and says what is wrong with it.
func feature(s string) (v float32, problem string) {
	if len(strings.Trim(s, "0123456789+-.eE")) == 0 && s != "" {
		f, err := strconv.ParseFloat(s, 32)
		if v = float32(f); err == nil && math.Abs(f) <= graph.MaxFeature {
			return v, ""
		}
		if err != nil && !math.IsInf(f, 0) {
			return 0, fmt.Sprintf("is %s, want a number such as 0.5 or -2e3", show.Quote(s))
		}
		return 0, fmt.Sprintf("is %s, want %s", show.Quote(s), graph.FeatureRange)
	}
	switch strings.ToLower(s) {
	case "":
		return 0, "is empty: write a number; 0 if nothing is known"
	case "true":
		return 1, ""
	case "false":
		return 0, ""
	}
	if comma := strings.Trim(s, "0123456789-"); comma == "," {
		return 0, fmt.Sprintf("is %s, no number: write it with a point", show.Quote(s))
	}
	return 0, fmt.Sprintf("is %s, want a finite number such as 0.5 or -2e3", show.Quote(s))
}
