// Package summary says what a graph holds.
package summary

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/internal/show"
)

// A Summary is what a graph holds.
type Summary struct {
	Name       string     `json:"name"`
	Origin     []string   `json:"origin"` // what it was made from, and how, in steps
	Nodes      int        `json:"nodes"`
	Edges      int        `json:"edges"` // as stored, reverse relations included
	Types      []Type     `json:"types"`
	Relations  []Relation `json:"relations"`
	Target     string     `json:"target"`   // the type that carries labels
	Features   int        `json:"features"` // width of the target's
	Labelled   int        `json:"labelled"` // nodes with a label
	Classes    int        `json:"classes"`
	ClassSizes []Class    `json:"class_sizes"`
	Splits     []Split    `json:"splits"`
}

// A Type is one of nodes.
type Type struct {
	Name     string `json:"name"`
	Count    int    `json:"count"`
	Features int    `json:"features"`
}

// A Relation has its edges with the in-degrees of its destinations.
type Relation struct {
	Src      string  `json:"src"`
	Name     string  `json:"name"`
	Dst      string  `json:"dst"`
	Edges    int     `json:"edges"`
	InDegree Degrees `json:"in_degree"`
}

// Degrees are over all nodes of a type.
type Degrees struct {
	Min  int         `json:"min"`
	Mean show.Number `json:"mean"`
	Max  int         `json:"max"`
}

// A Class has the nodes with its label.
type Class struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

// A Split has numbers of nodes.
type Split struct {
	Name  string `json:"name"`
	Train int    `json:"train"`
	Valid int    `json:"valid"`
	Test  int    `json:"test"`
}

// Of returns the summary of g.
func Of(g *graph.Graph) *Summary {
	target := g.Types[g.Target]
	s := &Summary{
		Name: g.Name, Origin: []string{}, Nodes: g.NumNodes(), Edges: g.NumEdges(),
		Target: target.Name, Features: target.Features.Cols, Classes: g.Classes,
	}
	if g.Origin != "" {
		s.Origin = strings.Split(g.Origin, "; ")
	}
	for _, t := range g.Types {
		s.Types = append(s.Types, Type{t.Name, t.Count, t.Features.Cols})
	}
	for _, r := range g.Relations {
		s.Relations = append(s.Relations, Relation{r.EdgeType.Src, r.Rel, r.EdgeType.Dst, len(r.In.Col), inDegree(r.In)})
	}
	s.ClassSizes = make([]Class, g.Classes)
	for i := range s.ClassSizes {
		s.ClassSizes[i].Name = strconv.Itoa(i)
		if i < len(g.ClassNames) {
			s.ClassSizes[i].Name = g.ClassNames[i]
		}
	}
	for _, y := range g.Labels {
		if y >= 0 {
			s.ClassSizes[y].Size++
			s.Labelled++
		}
	}
	for _, p := range g.Splits {
		s.Splits = append(s.Splits, Split{p.Name, len(p.Train), len(p.Valid), len(p.Test)})
	}
	return s
}

// inDegree returns the least, mean and greatest show.Number of entries of a row.
func inDegree(c graph.CSR) (d Degrees) {
	if c.Rows() == 0 {
		return d
	}
	d.Min = len(c.Row(0))
	for i := range c.Rows() {
		n := len(c.Row(i))
		d.Min, d.Max = min(d.Min, n), max(d.Max, n)
	}
	d.Mean = show.Number(float64(len(c.Col)) / float64(c.Rows()))
	return d
}

// Tables are the types, relations, splits and largest classes for people; rest
// says where the others are.
func (s *Summary) Tables(rest string) string {
	var b strings.Builder
	rows := [][]string{{"type", "nodes", "features"}}
	for _, t := range s.Types {
		rows = append(rows, []string{t.Name, show.Grouped(int64(t.Count)), strconv.Itoa(t.Features)})
	}
	b.WriteString(show.Table(rows) + "\n")

	rows = [][]string{{"relation", "", "", "edges", "in-degree min", "mean", "max"}}
	for _, rel := range s.Relations {
		d := rel.InDegree
		rows = append(rows, []string{rel.Src, rel.Name, rel.Dst, show.Grouped(int64(rel.Edges)),
			strconv.Itoa(d.Min), fmt.Sprintf("%.2f", d.Mean), show.Grouped(int64(d.Max))})
	}
	b.WriteString(show.Table(rows) + "\n")

	rows = [][]string{{"split", "train", "valid", "test"}}
	for _, s := range s.Splits {
		rows = append(rows, []string{s.Name, show.Grouped(int64(s.Train)), show.Grouped(int64(s.Valid)), show.Grouped(int64(s.Test))})
	}
	b.WriteString(show.Table(rows) + "\n")

	fmt.Fprintf(&b, "%d classes of %s, %s nodes with a label:\n", s.Classes, s.Target, show.Grouped(int64(s.Labelled)))
	rows = nil
	largest := slices.Clone(s.ClassSizes)
	slices.SortStableFunc(largest, func(a, b Class) int { return b.Size - a.Size })
	for _, c := range largest[:min(len(largest), maxClassRows)] {
		share := show.Number(gnn.Share(c.Size, s.Labelled))
		rows = append(rows, []string{"  " + c.Name, show.Grouped(int64(c.Size)), show.Percent(share)})
	}
	b.WriteString(show.Table(rows))
	if n := len(largest) - maxClassRows; n > 0 {
		fmt.Fprintf(&b, "  and %d smaller ones (%s)\n", n, rest)
	}
	return b.String()
}

// maxClassRows is how many classes the table for people lists.
const maxClassRows = 20
