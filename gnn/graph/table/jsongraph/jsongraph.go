// Package jsongraph reads graphs in one JSON file: lists of nodes and of edges
// as networkx, D3, Cytoscape, graphology and JSON Graph Format write them.
package jsongraph

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"abkd/gnn/graph/table"
	"abkd/internal/show"
)

const advice = `want one object, {"nodes": [{"id": …}, …], "edges": [{"source": …, "target": …}, …]}`

// Read makes a draft of the graph in f.
func Read(f table.File, o table.Options) (*table.Draft, error) {
	text, err := table.Text(f)
	if err != nil {
		return nil, err
	}
	p := &parser{file: f.Name, text: text, memory: o.Memory, dec: json.NewDecoder(strings.NewReader(text))}
	p.dec.UseNumber() // a number is taken digit by digit
	if err := p.checkTexts(); err != nil {
		return nil, err
	}
	if err := p.document(0); err != nil {
		return nil, p.explain(err)
	}
	if _, err := p.dec.Token(); err != io.EOF {
		return nil, table.Refuse("%s, line %d: something follows the end of the JSON text: %s", f.Name, p.line(), advice)
	}
	edges, links := p.edges, p.links
	switch {
	case edges == nil:
		edges = links // networkx and D3 call them so
	case links != nil:
		p.unused = append(p.unused, "links")
	}
	if p.nodes == nil || edges == nil {
		missing := "edges"
		if p.nodes == nil {
			missing = "nodes"
		}
		return nil, table.Refuse("%s: there is no list %q: %s", f.Name, missing, advice)
	}
	numbered(p.nodes)
	plainEnds(edges)
	if p.directed != "" && !edges.Has("undirected") && !edges.Has("directed") {
		edges.Standard("directed", p.directed)
	}
	name := p.name
	if name == "" {
		name = table.Stem(f.Name)
	}
	d, err := table.Build(name, "JSON", []table.Table{p.nodes, edges}, o)
	if err != nil {
		return nil, err
	}
	if len(p.unused) > 0 {
		d.Note(f.Name + ": not used: " + table.Listed(p.unused) + ".")
	}
	return d, nil
}

// A parser reads one file.
type parser struct {
	file, text string
	memory     *table.Memory
	dec        *json.Decoder

	name                string
	directed            string // true or false, "" where nothing says it
	graphs              int    // in a list of graphs
	nodes, edges, links *table.Objects
	unused              []string
}

// deepest is more than any graph nests its objects.
const deepest = 64

func (p *parser) line() int { return 1 + strings.Count(p.text[:p.dec.InputOffset()], "\n") }

// explain turns the error of the decoder into a sentence.
func (p *parser) explain(err error) error {
	var r *table.Refused
	var large *table.TooLarge
	if errors.As(err, &r) || errors.As(err, &large) {
		return err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return table.Refuse("%s, line %d: the file ends in the middle of the JSON text: it is cut short", p.file, 1+strings.Count(p.text, "\n"))
	}
	return table.Refuse("%s, line %d: this is no JSON (%v): %s", p.file, p.line(), err, advice)
}

func (p *parser) refuse(format string, args ...any) error {
	return table.Refuse("%s, line %d: %s: %s", p.file, p.line(), fmt.Sprintf(format, args...), advice)
}

// document reads a value that holds a graph: an object, or Cytoscape's list of
// elements.
func (p *parser) document(depth int) error {
	t, err := p.dec.Token()
	if err != nil {
		return err
	}
	switch {
	case depth > deepest:
		return p.refuse("objects stand in one another more than %d deep", deepest)
	case t == json.Delim('['):
		return p.elements(depth)
	case t != json.Delim('{'):
		return p.refuse("this is %s", show.Quote(word(t)))
	}
	for p.dec.More() {
		key, err := p.dec.Token()
		if err != nil {
			return err
		}
		if err := p.member(key.(string), depth); err != nil {
			return err
		}
	}
	_, err = p.dec.Token()
	return err
}

// member reads what the object of a graph has under a key.
func (p *parser) member(key string, depth int) error {
	switch key {
	case "nodes":
		return p.list(&p.nodes, "nodes", depth)
	case "edges":
		return p.list(&p.edges, "edges", depth)
	case "links":
		return p.list(&p.links, "links", depth)
	case "elements":
		return p.document(depth + 1)
	case "graph", "attributes":
		return p.about(depth)
	case "graphs":
		return p.only(depth)
	}
	v, err := p.value(depth)
	switch {
	case err != nil:
		return err
	case key == "name" && v.form == table.OneText:
		p.name = v.text
	case key == "directed" && (v.text == "true" || v.text == "false"):
		p.directed = v.text
	case key != "multigraph" && !slices.Contains(p.unused, key) && len(p.unused) < 100:
		p.unused = append(p.unused, key)
	}
	return nil
}

// about reads what may be a graph in a graph, or be about it: in networkx's
// files an object or a list of pairs.
func (p *parser) about(depth int) error {
	at := int(p.dec.InputOffset())
	if rest := strings.TrimLeft(p.text[at:], ": \t\r\n"); strings.HasPrefix(rest, "{") {
		return p.document(depth + 1)
	}
	_, err := p.value(depth)
	return err
}

// only reads a list of graphs, which may have one.
func (p *parser) only(depth int) error {
	t, err := p.dec.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('[') {
		return p.refuse("%q is %s, want a list", "graphs", show.Quote(word(t)))
	}
	for p.dec.More() {
		if p.graphs++; p.graphs > 1 {
			p.dec.Token() // which line it begins in
			return p.refuse("here a second graph begins, and one is read: give each in a file of its own")
		}
		if err := p.document(depth + 1); err != nil {
			return err
		}
	}
	_, err = p.dec.Token()
	return err
}

// list reads a list of objects, or an object of objects by their identifiers.
func (p *parser) list(to **table.Objects, what string, depth int) error {
	if *to != nil {
		return p.refuse("there are two lists %q", what)
	}
	*to = table.NewObjects(p.file, what)
	t, err := p.dec.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('[') && t != json.Delim('{') {
		return p.refuse("%q is %s, want a list", what, show.Quote(word(t)))
	}
	for p.dec.More() {
		(*to).Begin((*to).Len())
		id := json.Token(nil)
		if t == json.Delim('{') {
			if id, err = p.dec.Token(); err != nil {
				return err
			}
		}
		if err := p.row(*to, depth); err != nil {
			return err
		}
		if _, own := (*to).Field((*to).Len()-1, "id"); id != nil && !own {
			(*to).Put("id", id.(string))
		}
	}
	_, err = p.dec.Token()
	return err
}

// row reads an object into the row of r that was begun.
func (p *parser) row(r *table.Objects, depth int) error {
	t, err := p.dec.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return p.refuse("%s is %s, no object", r.Where(r.Len()-1), show.Quote(word(t)))
	}
	if err := p.fields(r, "", depth+1); err != nil {
		return err
	}
	return r.Take(p.memory, func() string { return fmt.Sprintf("%s, line %d", p.file, p.line()) })
}

// wrappers are objects in an object whose fields count as its own.
var wrappers = []string{"data", "attributes", "metadata", "properties", "attr"}

// fields reads the fields of an object whose brace has been read.
func (p *parser) fields(r *table.Objects, prefix string, depth int) error {
	if depth > deepest {
		return p.refuse("objects stand in one another more than %d deep", deepest)
	}
	for p.dec.More() {
		token, err := p.dec.Token()
		if err != nil {
			return err
		}
		key := token.(string)
		if t := p.next(); t == '{' {
			inner := prefix + key + "."
			if slices.Contains(wrappers, key) {
				inner = prefix
			}
			if _, err := p.dec.Token(); err != nil {
				return err
			}
			if err := p.fields(r, inner, depth+1); err != nil {
				return err
			}
			continue
		}
		v, err := p.value(depth)
		if err != nil {
			return err
		}
		if before, twice := r.Field(r.Len()-1, prefix+key); twice && before != v.text {
			return p.refuse("%s has %s twice, as %s and as %s", r.Where(r.Len()-1), show.Quote(prefix+key), show.Quote(before), show.Quote(v.text))
		} else if !twice {
			r.Set(r.Len()-1, prefix+key, v.text, v.form)
		}
	}
	_, err := p.dec.Token()
	return err
}

// next returns the first byte of the next value, 0 at the end.
func (p *parser) next() byte {
	if rest := strings.TrimLeft(p.text[p.dec.InputOffset():], ":, \t\r\n"); rest != "" {
		return rest[0]
	}
	return 0
}

// A value is what stands under a key: a scalar, or the scalars of a list.
type value struct {
	text string
	form table.Form
}

// value reads a value; lists in lists and objects in lists are read over.
func (p *parser) value(depth int) (value, error) {
	t, err := p.dec.Token()
	if err != nil {
		return value{}, err
	}
	delim, compound := t.(json.Delim)
	if !compound {
		return value{text: scalarText(t)}, nil
	}
	var list strings.Builder
	form, n := table.OneText, 0
	for open := 1; open > 0; {
		if t, err = p.dec.Token(); err != nil {
			return value{}, err
		}
		switch d, isDelim := t.(json.Delim); {
		case isDelim && (d == '[' || d == '{'):
			open++
			form = table.Nested
		case isDelim:
			open--
		case delim == '[' && open == 1:
			if n++; n > 1 {
				list.WriteByte(';')
			}
			list.WriteString(scalarText(t))
		}
	}
	if n > 1 && form == table.OneText {
		form = table.ListOfTexts
	}
	return value{list.String(), form}, nil
}

func scalarText(t json.Token) string {
	if t == nil {
		return ""
	}
	return fmt.Sprint(t)
}

// elements reads Cytoscape's list of nodes and edges, whose bracket has been
// read: an edge has a source.
func (p *parser) elements(depth int) error {
	if p.nodes != nil || p.edges != nil {
		return p.refuse("there are elements beside nodes or edges")
	}
	all := table.NewObjects(p.file, "elements")
	for p.dec.More() {
		all.Begin(all.Len())
		if err := p.row(all, depth); err != nil {
			return err
		}
		if last := all.Len() - 1; isGraph(all, last) {
			return p.refuse("%s is a graph in a list of graphs: give it in a file of its own", all.Where(last))
		}
	}
	p.nodes, p.edges = parted(p.file, all)
	_, err := p.dec.Token()
	return err
}

// isGraph reports whether an object has lists of nodes or edges.
func isGraph(r *table.Objects, row int) (is bool) {
	for _, name := range []string{"nodes", "edges", "links"} {
		_, has := r.Field(row, name)
		is = is || has
	}
	return is
}

// word is a piece of JSON as it is written.
func word(t json.Token) string {
	if t == nil {
		return "null"
	}
	return fmt.Sprint(t)
}
