// Package graphxml reads graphs in GraphML and in GEXF, the XML formats of
// networkx, igraph, yEd and Gephi.
package graphxml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"abkd/gnn/graph/table"
)

// IsGraphML and IsGEXF report whether a text begins as such a file.
func IsGraphML(head string) bool { return strings.Contains(head, "<graphml") }

// IsGEXF is IsGraphML for GEXF.
func IsGEXF(head string) bool { return strings.Contains(head, "<gexf") }

// ReadGraphML makes a draft of the graph in f.
func ReadGraphML(f table.File, o table.Options) (*table.Draft, error) { return read(f, "GraphML", o) }

// ReadGEXF makes a draft of the graph in f.
func ReadGEXF(f table.File, o table.Options) (*table.Draft, error) { return read(f, "GEXF", o) }

func read(f table.File, format string, o table.Options) (*table.Draft, error) {
	text, err := table.Text(f)
	if err != nil {
		return nil, err
	}
	p := &parser{file: f.Name, memory: o.Memory, dec: xml.NewDecoder(strings.NewReader(text)), keys: map[string]*key{}}
	p.things[0], p.things[1] = table.NewObjects(f.Name, "node"), table.NewObjects(f.Name, "edge")
	p.dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8, whatever it says
	if err := p.run(); err != nil {
		return nil, p.explain(err, format)
	}
	if p.things[0].Len() == 0 || p.things[1].Len() == 0 {
		return nil, table.Refuse("%s: there are %d nodes and %d edges, want both, in elements <node> and <edge>", f.Name, p.things[0].Len(), p.things[1].Len())
	}
	name := p.name
	if name == "" {
		name = table.Stem(f.Name)
	}
	d, err := table.Build(name, format, []table.Table{p.things[0], p.things[1]}, o)
	if err != nil {
		return nil, err
	}
	d.SaysDirected = d.SaysDirected || p.directed
	if p.hyper > 0 {
		d.Note(fmt.Sprintf("%s: %d hyperedges are left out: an edge joins two nodes.", f.Name, p.hyper))
	}
	return d, nil
}

// The places of parser.things.
const (
	nodes = iota
	edges
)

// A key is an attribute that nodes or edges have.
type key struct {
	of   [2]bool // nodes, edges
	name string
}

// A parser reads one file. Elements in elements are on a stack.
type parser struct {
	file   string
	memory *table.Memory
	dec    *xml.Decoder

	name     string
	directed bool
	hyper    int
	keys     map[string]*key // by place and identifier
	things   [2]*table.Objects

	open  []element
	class int // of GEXF's attributes that are open
}

// An element is one that is open.
type element struct {
	name string
	of   int // thing that it is, or is part of
	row  int // -1 for none
	key  *key
	text *strings.Builder // that is wanted, nil for none
}

func (p *parser) line() int { line, _ := p.dec.InputPos(); return line }

func (p *parser) refuse(format string, args ...any) error {
	return table.Refuse("%s, line %d: %s", p.file, p.line(), fmt.Sprintf(format, args...))
}

func (p *parser) explain(err error, format string) error {
	var r *table.Refused
	var large *table.TooLarge
	if errors.As(err, &r) || errors.As(err, &large) {
		return err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "unexpected EOF") {
		return p.refuse("the file ends in the middle of an element: it is cut short")
	}
	return p.refuse("this is no %s (%v)", format, err)
}

func (p *parser) run() error {
	for {
		t, err := p.dec.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			err = p.start(t)
		case xml.EndElement:
			err = p.end()
		case xml.CharData:
			if n := len(p.open); n > 0 && p.open[n-1].text != nil {
				p.open[n-1].text.Write(t)
			}
		}
		if err != nil {
			return err
		}
	}
}

// attribute returns the value of an attribute, "" for none.
func attribute(t xml.StartElement, name string) string {
	i := slices.IndexFunc(t.Attr, func(a xml.Attr) bool { return a.Name.Local == name })
	if i < 0 {
		return ""
	}
	return strings.TrimSpace(t.Attr[i].Value)
}

// start opens an element.
func (p *parser) start(t xml.StartElement) error {
	const deepest = 1000
	if len(p.open) == deepest {
		return p.refuse("elements stand in one another more than %d deep", deepest)
	}
	e := element{name: t.Name.Local, row: -1}
	if n := len(p.open); n > 0 {
		e.of, e.row, e.key = p.open[n-1].of, p.open[n-1].row, p.open[n-1].key
	}
	switch e.name {
	case "graph":
		p.directed = p.directed || attribute(t, "edgedefault") == "directed" || attribute(t, "defaultedgetype") == "directed"
	case "node", "edge":
		e.of = nodes
		if e.name == "edge" {
			e.of = edges
		}
		e.row = p.things[e.of].Len()
		p.thing(t, e.of)
	case "hyperedge":
		p.hyper++
	case "key":
		e.key = p.newKey(t, attribute(t, "for"), attribute(t, "attr.name"))
	case "attributes":
		p.class = nodes
		if attribute(t, "class") == "edge" {
			p.class = edges
		}
	case "attribute":
		e.key = p.newKey(t, []string{"node", "edge"}[p.class], attribute(t, "title"))
	case "default":
		e.text = &strings.Builder{}
	case "data":
		if e.row >= 0 {
			e.key, e.text = p.keys[place(e.of, attribute(t, "key"))], &strings.Builder{}
		}
	case "attvalue":
		id := attribute(t, "for")
		if id == "" {
			id = attribute(t, "id")
		}
		if k := p.keys[place(e.of, id)]; k != nil && e.row >= 0 {
			p.things[e.of].Set(e.row, k.name, attribute(t, "value"))
		}
	}
	p.open = append(p.open, e)
	return nil
}

// thing begins a node or an edge.
func (p *parser) thing(t xml.StartElement, of int) {
	o := p.things[of]
	o.Begin(o.Len() + 1)
	for _, a := range t.Attr {
		name := a.Name.Local
		switch {
		case a.Name.Space == "xmlns" || name == "xmlns":
			continue
		case of == edges && (name == "type" || name == "directed"):
			p.directed = p.directed || a.Value == "directed" || a.Value == "true"
			continue
		}
		o.Put(name, a.Value)
	}
}

func place(of int, id string) string { return fmt.Sprint(of, " ", id) }

// newKey adds an attribute that nodes or edges have, or both. One that is
// called as what an element has itself gets another name.
func (p *parser) newKey(t xml.StartElement, of, name string) *key {
	id := attribute(t, "id")
	if name == "" {
		name = id
	}
	switch name {
	case "id", "source", "target":
		name += " (attribute)"
	}
	k := &key{[2]bool{of != "edge", of == "edge" || of == "all" || of == ""}, name}
	for thing, has := range k.of {
		if has {
			p.keys[place(thing, id)] = k
		}
	}
	return k
}

// end closes the innermost element.
func (p *parser) end() error {
	e := p.open[len(p.open)-1]
	p.open = p.open[:len(p.open)-1]
	text := ""
	if e.text != nil {
		text = strings.TrimSpace(e.text.String())
	}
	switch {
	case e.name == "default" && e.key != nil:
		for thing, has := range e.key.of {
			if has {
				p.things[thing].Standard(e.key.name, text)
			}
		}
	case e.name == "data" && e.key != nil && text != "":
		p.things[e.of].Set(e.row, e.key.name, text)
	case (e.name == "node" || e.name == "edge") && e.row >= 0:
		return p.things[e.of].Take(p.memory, func() string { return fmt.Sprintf("%s, line %d", p.file, p.line()) })
	}
	return nil
}
