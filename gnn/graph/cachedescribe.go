//go:build !js

package graph

import (
	"encoding/binary"
	"errors"
)

// packDescription packs what of g is not in its arrays. unpackDescription reads it.
func packDescription(g *Graph) []byte {
	var d described
	d.text(g.Name)
	d.text(g.Origin)
	d.number(len(g.Types))
	for _, t := range g.Types {
		d.text(t.Name)
		d.number(t.Count)
		d.number(t.Features.Rows)
		d.number(t.Features.Cols)
		d.number(int(t.Derived))
	}
	d.number(len(g.Relations))
	for _, r := range g.Relations {
		d.text(r.EdgeType.Src)
		d.text(r.Rel)
		d.text(r.EdgeType.Dst)
		d.number(r.Src)
		d.number(r.Dst)
	}
	d.number(g.Target)
	d.number(g.Classes)
	d.number(len(g.Splits))
	for _, s := range g.Splits {
		d.text(s.Name)
	}
	d.number(len(g.Notes))
	for _, note := range g.Notes {
		d.text(note)
	}
	return d.b
}

// unpackDescription returns a graph without its arrays.
func unpackDescription(b []byte) (*Graph, error) {
	d := described{b: b}
	g := &Graph{Name: d.readText(), Origin: d.readText()}
	g.Types = make([]NodeType, d.readCount())
	for i := range g.Types {
		t := &g.Types[i]
		t.Name, t.Count = d.readText(), d.readNumber()
		t.Features.Rows, t.Features.Cols, t.Derived = d.readNumber(), d.readNumber(), Derivation(d.readNumber())
	}
	if n := d.readCount(); n > 0 {
		g.Relations = make([]Relation, n)
	}
	for i := range g.Relations {
		r := &g.Relations[i]
		r.EdgeType = EdgeType{d.readText(), d.readText(), d.readText()}
		r.Src, r.Dst = d.readNumber(), d.readNumber()
	}
	g.Target, g.Classes = d.readNumber(), d.readNumber()
	if n := d.readCount(); n > 0 {
		g.Splits = make([]Split, n)
	}
	for i := range g.Splits {
		g.Splits[i].Name = d.readText()
	}
	if n := d.readCount(); n > 0 {
		g.Notes = make([]string, n)
	}
	for i := range g.Notes {
		g.Notes[i] = d.readText()
	}
	if d.bad || len(d.b) > 0 {
		return nil, errors.New("the description makes no sense")
	}
	return g, nil
}

// described is a sequence of numbers and texts, both ways.
type described struct {
	b   []byte
	bad bool // read past the end
}

func (d *described) number(n int) { d.b = binary.AppendVarint(d.b, int64(n)) }

func (d *described) text(s string) {
	d.number(len(s))
	d.b = append(d.b, s...)
}

func (d *described) readNumber() int {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return int(v)
}

// readCount reads a number of things, each of which takes at least a byte.
func (d *described) readCount() int {
	n := d.readNumber()
	if n < 0 || n > len(d.b) {
		d.bad, d.b = true, nil
		return 0
	}
	return n
}

func (d *described) readText() string {
	n := d.readCount()
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}
