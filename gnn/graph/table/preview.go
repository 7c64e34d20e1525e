package table

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"abkd/gnn/graph"
)

// A Preview is what was understood of the files, for people to look at before
// they train on it.
type Preview struct {
	Name      string         `json:"name"`
	Format    string         `json:"format"`
	Nodes     int            `json:"nodes"`
	Edges     int            `json:"edges"` // reverses included
	Types     []TypeView     `json:"types"`
	Relations []RelationView `json:"relations"`
	Classes   []ClassView    `json:"classes"`
	Splits    []string       `json:"splits"`  // the first is the one that is counted
	Missing   []MissingView  `json:"missing"` // what stands in place of a label
	Columns   []ColumnView   `json:"columns"`
	Rows      []RowView      `json:"rows"` // a few nodes of each type
	Notes     []string       `json:"notes"`
}

// A TypeView counts the nodes of a type.
type TypeView struct {
	Name     string `json:"name"`
	Nodes    int    `json:"nodes"`
	Features int    `json:"features"`
	Target   bool   `json:"target"`
	Named    bool   `json:"named"`
	Years    bool   `json:"years"`
}

// A RelationView counts the edges of a relation.
type RelationView struct {
	Source string `json:"source"`
	Name   string `json:"name"`
	Target string `json:"target"`
	Edges  int    `json:"edges"`
}

// A ClassView counts the labelled nodes of a class, by parts of the first
// split.
type ClassView struct {
	Name  string `json:"name"`
	Train int    `json:"train"`
	Valid int    `json:"valid"`
	Test  int    `json:"test"`
	None  int    `json:"none"`
}

// A MissingView counts the nodes that have a text in place of a label.
type MissingView struct {
	Text  string `json:"text"`
	Nodes int    `json:"nodes"`
}

// A ColumnView says what a column was taken for, "" for nothing.
type ColumnView struct {
	File   string `json:"file"`
	Column string `json:"column"`
	As     string `json:"as"`
}

// A RowView is a node.
type RowView struct {
	Type     string    `json:"type"`
	Name     string    `json:"name"`
	Label    string    `json:"label"`
	Part     string    `json:"part"`
	Year     string    `json:"year"`
	Features []float32 `json:"features"` // the first few
}

// How much of a graph its preview shows.
const (
	shownTargets  = 5
	shownOthers   = 2
	shownTypes    = 4
	shownFeatures = 4
	shownColumns  = 200
)

// NewPreview shows a graph that has a split. What its files were is left empty.
func NewPreview(g *graph.Graph) *Preview {
	p := &Preview{
		Missing: []MissingView{}, Columns: []ColumnView{}, Relations: []RelationView{}, Notes: []string{}, Rows: []RowView{},
		Name: g.Name, Nodes: g.NumNodes(), Edges: g.NumEdges(),
	}
	for i, t := range g.Types {
		p.Types = append(p.Types, TypeView{t.Name, t.Count, t.Features.Cols, i == g.Target, t.Labels != nil, t.Years != nil})
	}
	for _, r := range g.Relations {
		p.Relations = append(p.Relations, RelationView{r.EdgeType.Src, r.Rel, r.EdgeType.Dst, len(r.In.Col)})
	}
	for _, s := range g.Splits {
		p.Splits = append(p.Splits, s.Name)
	}
	part := partsOf(g)
	for c := range g.Classes {
		p.Classes = append(p.Classes, ClassView{Name: className(g, c)})
	}
	for v, c := range g.Labels {
		if c >= 0 {
			n := &p.Classes[c]
			*[]*int{&n.None, &n.Train, &n.Valid, &n.Test}[part[v]+1]++
		}
	}
	p.rows(g, part)
	return p
}

// of adds what the draft of the graph says.
func (p *Preview) of(d *Draft, target int) *Preview {
	p.Format, p.Notes = d.Format, d.Notes
	missing := d.Types[target].Missing
	for _, text := range slices.Sorted(maps.Keys(missing)) {
		p.Missing = append(p.Missing, MissingView{text, missing[text]})
	}
	for _, u := range d.Uses[:min(len(d.Uses), shownColumns)] {
		p.Columns = append(p.Columns, ColumnView(u))
	}
	return p
}

func className(g *graph.Graph, c int) string {
	if g.ClassNames == nil {
		return fmt.Sprint("class ", c)
	}
	return g.ClassNames[c]
}

// partsOf returns the part of each target node in the first split, -1 for none.
func partsOf(g *graph.Graph) []int8 {
	part := make([]int8, len(g.Labels))
	for v := range part {
		part[v] = -1
	}
	for p, nodes := range [][]int32{g.Splits[0].Train, g.Splits[0].Valid, g.Splits[0].Test} {
		for _, v := range nodes {
			part[v] = int8(p)
		}
	}
	return part
}

// rows shows the first nodes of the first few types, those with labels first.
func (p *Preview) rows(g *graph.Graph, part []int8) {
	order := []int{g.Target}
	for k := range g.Types {
		if k != g.Target {
			order = append(order, k)
		}
	}
	for _, k := range order[:min(len(order), shownTypes)] {
		t, most := &g.Types[k], shownOthers
		if k == g.Target {
			most = shownTargets
		}
		for v := range min(t.Count, most) {
			row := RowView{Features: []float32{}, Type: t.Name, Name: fmt.Sprint(t.Name, " ", v)}
			if t.Labels != nil && t.Labels[v] != "" {
				row.Name = t.Labels[v]
			}
			if t.Years != nil {
				row.Year = strconv.Itoa(int(t.Years[v]))
			}
			if k == g.Target && g.Labels[v] >= 0 {
				row.Label = className(g, int(g.Labels[v]))
				if part[v] >= 0 {
					row.Part = partNames[part[v]]
				}
			}
			if t.Features.Cols > 0 {
				row.Features = t.Features.Row(v)[:min(t.Features.Cols, shownFeatures)]
			}
			p.Rows = append(p.Rows, row)
		}
	}
}
