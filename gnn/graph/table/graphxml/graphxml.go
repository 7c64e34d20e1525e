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
	"abkd/internal/show"
)

// IsGraphML and IsGEXF report whether a text begins as such a file.
func IsGraphML(head string) bool { return isXML(head, "graphml") }

// IsGEXF is IsGraphML for GEXF.
func IsGEXF(head string) bool { return isXML(head, "gexf") }

// isXML reports whether an element of that name begins, in any namespace.
func isXML(head, name string) bool {
	return strings.Contains(head, "<"+name) || strings.Contains(head, "<") && strings.Contains(head, ":"+name+" ")
}

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
	if err := p.checkTexts(text); err != nil {
		return nil, err
	}
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
	p.tell(d)
	return d, nil
}

// tell notes what was left out.
func (p *parser) tell(d *table.Draft) {
	if p.hyper > 0 {
		d.Note(fmt.Sprintf("%s: %d hyperedges are left out: an edge joins two nodes.", p.file, p.hyper))
	}
	if p.timed {
		d.Note(p.file + ": times (spells, start and end) are left out: the graph is that of all times together.")
	}
	if len(p.strange) > 0 {
		d.Note(p.file + ": values of keys that nothing declares are left out: " + table.Listed(p.strange) + ".")
	}
}

// checkTexts refuses what is too long to be a value, before any is copied.
func (p *parser) checkTexts(text string) error {
	for at := 0; at < len(text); {
		n := strings.IndexAny(text[at:], "<>")
		if n < 0 {
			n = len(text) - at
		}
		if err := table.CheckField(n, func() string { return fmt.Sprintf("%s, line %d", p.file, 1+strings.Count(text[:at], "\n")) }); err != nil {
			return err
		}
		at += n + 1
	}
	return nil
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

	name    string
	graphs  int // that stand in no other
	hyper   int
	timed   bool
	strange []string        // keys that nothing declares
	keys    map[string]*key // by place and identifier
	things  [2]*table.Objects

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

	graph    bool              // it is a graph, or in one
	directed string            // true or false for the edges in it, "" where nothing says it
	given    map[string]string // attributes of the thing, by their names
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
		name := e.name
		e = p.open[n-1]
		e.name, e.text = name, nil
	}
	var err error
	switch e.name {
	case "graph":
		err = p.graph(t, &e)
	case "node", "edge":
		err = p.thing(t, &e)
	case "spell":
		p.timed = true
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
			e.key, e.text = p.keyOf(e.of, attribute(t, "key")), &strings.Builder{}
		}
	case "attvalue":
		err = p.attvalue(t, &e)
	}
	p.open = append(p.open, e)
	return err
}

// graph begins a graph. One in another is a part of it, as yEd has groups.
func (p *parser) graph(t xml.StartElement, e *element) error {
	if !e.graph {
		p.graphs++
	}
	if p.graphs > 1 {
		return p.refuse("here a second graph begins, and one is read: give each in a file of its own")
	}
	e.graph, e.row = true, -1
	for _, name := range []string{"edgedefault", "defaultedgetype"} {
		switch way := attribute(t, name); way {
		case "":
		case "directed":
			e.directed = "true"
		case "undirected", "mutual":
			e.directed = "false"
		default:
			return p.refuse("%s is %s, want directed or undirected", name, show.Quote(way))
		}
	}
	return nil
}

// direction returns what an edge says of its direction: true or false.
func (p *parser) direction(t xml.StartElement, otherwise string) (string, error) {
	for _, a := range t.Attr {
		switch name, value := a.Name.Local, strings.TrimSpace(a.Value); {
		case name == "directed" && (value == "true" || value == "1") || name == "type" && value == "directed":
			return "true", nil
		case name == "directed" && (value == "false" || value == "0") || name == "type" && (value == "undirected" || value == "mutual"):
			return "false", nil
		case name == "directed":
			return "", p.refuse("directed is %s, want true or false", show.Quote(value))
		case name == "type" && value != "":
			return "", p.refuse("the type of the edge is %s, want directed, undirected or mutual", show.Quote(value))
		}
	}
	return otherwise, nil
}

// thing begins a node or an edge.
func (p *parser) thing(t xml.StartElement, e *element) error {
	e.of, e.given = nodes, map[string]string{}
	if e.name == "edge" {
		e.of = edges
	}
	o := p.things[e.of]
	e.row = o.Len()
	o.Begin(o.Len() + 1)
	for _, a := range t.Attr {
		switch name := a.Name.Local; {
		case a.Name.Space == "xmlns" || name == "xmlns":
		case slices.Contains(times, name):
			p.timed = true
		case e.of == edges && (name == "type" || name == "directed"):
		default:
			o.Put(name, a.Value)
		}
	}
	if e.of == nodes {
		return nil
	}
	directed, err := p.direction(t, e.directed)
	if directed != "" {
		o.Put("directed", directed)
	}
	return err
}

// times are attributes that say when a node or an edge is there.
var times = []string{"start", "end", "startopen", "endopen", "timestamp", "timestamps", "intervals", "timeset"}

// attvalue reads a value of GEXF's.
func (p *parser) attvalue(t xml.StartElement, e *element) error {
	id := attribute(t, "for")
	if id == "" {
		id = attribute(t, "id")
	}
	for _, name := range times {
		p.timed = p.timed || attribute(t, name) != ""
	}
	if e.row < 0 {
		return nil
	}
	if k := p.keyOf(e.of, id); k != nil {
		return p.give(e, k, attribute(t, "value"))
	}
	return nil
}

// give gives a node or an edge a value, in place of what its element says
// itself. A second value is refused: it would be that of another time.
func (p *parser) give(e *element, k *key, value string) error {
	if before, twice := e.given[k.name]; twice && before != value {
		return p.refuse("%s[%d] has %s twice, as %s and as %s: values that change over time are not read, save the graph of one moment", [2]string{"node", "edge"}[e.of], e.row+1, show.Quote(k.name), show.Quote(before), show.Quote(value))
	}
	e.given[k.name] = value
	p.things[e.of].Set(e.row, k.name, value, table.OneText)
	return nil
}

// keyOf returns the attribute of that identifier, nil for one that nothing
// declares.
func (p *parser) keyOf(of int, id string) *key {
	const most = 100
	k := p.keys[place(of, id)]
	if k == nil && !slices.Contains(p.strange, id) && len(p.strange) < most {
		p.strange = append(p.strange, id)
	}
	return k
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
	case "id", "source", "target", "directed":
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
		return p.give(&e, e.key, text)
	case (e.name == "node" || e.name == "edge") && e.row >= 0:
		return p.things[e.of].Take(p.memory, func() string { return fmt.Sprintf("%s, line %d", p.file, p.line()) })
	}
	return nil
}
