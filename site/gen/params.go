package main

import (
	"encoding/json"
	"slices"
	"strings"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// aGraph has types and relations whose names are found again in those of
// parameters. Of its nodes nothing is read.
func aGraph() *graph.Graph {
	g := &graph.Graph{Name: "a graph", Classes: 2}
	for _, name := range []string{"TARGET", "OTHER"} {
		g.Types = append(g.Types, graph.NodeType{Name: name, Count: 1, Features: mat.Matrix{Rows: 1, Cols: 1, Data: []float32{1}}})
	}
	for _, ends := range [][2]int{{0, 0}, {1, 0}, {0, 1}} {
		src, dst := ends[0], ends[1]
		g.Relations = append(g.Relations, graph.Relation{EdgeType: graph.EdgeType{Src: g.Types[src].Name, Rel: "REL", Dst: g.Types[dst].Name}, Src: src, Dst: dst})
	}
	return g
}

// paramNames are those of a model's parameters, in order.
func paramNames(kind string, layers int, g *graph.Graph) (names []string, err error) {
	shapes, err := gnn.ParamShapes(gnn.Config{Kind: kind, Layers: layers, Hidden: 1, Input: 1, Heads: 1}, g)
	for _, s := range shapes {
		names = append(names, s.Name)
	}
	return names, err
}

// paramsScript is how models name their parameters.
func paramsScript() (string, error) {
	g := aGraph()
	marks := []string{}
	for _, r := range g.Relations {
		marks = append(marks, r.EdgeType.String(), "{relation}")
	}
	for _, t := range g.Types {
		marks = append(marks, t.Name, "{type}")
	}
	general := strings.NewReplacer(marks...)
	s := newScript("gnn", "", nil)
	s.line("/** The parameters before the layers, of each layer, and after them. A name with {type} or {relation} stands for one of each that the layer computes. */")
	s.line("export const paramForms: Record<string, { before: string[]; layer: string[]; after: string[] }> = {")
	for _, kind := range gnn.Kinds() {
		names, err := paramNames(kind, 2, g)
		if err != nil {
			return "", err
		}
		var before, layer, after []string
		for _, name := range names {
			if inner, first := strings.CutPrefix(name, "layers.0."); first {
				if name := general.Replace(inner); !slices.Contains(layer, name) {
					layer = append(layer, name)
				}
			} else if !strings.HasPrefix(name, "layers.") && layer == nil {
				before = append(before, name)
			} else if !strings.HasPrefix(name, "layers.") {
				after = append(after, name)
			}
		}
		s.line("  %s: { before: %s, layer: %s, after: %s },", kind, list(before), list(layer), list(after))
	}
	s.line("};")
	return s.String(), nil
}

// paramTexts are the names of all parameters of some models, to test the page's
// by, with what of the graph they were made for.
func paramTexts() ([]byte, error) {
	type relation struct {
		Name string `json:"name"`
		Full string `json:"full"`
		Src  int    `json:"src"`
		Dst  int    `json:"dst"`
	}
	type model struct {
		Kind   string   `json:"kind"`
		Layers int      `json:"layers"`
		Names  []string `json:"names"`
	}
	var out struct {
		Types     []string   `json:"types"`
		Relations []relation `json:"relations"`
		Target    int        `json:"target"`
		Models    []model    `json:"models"`
	}
	g := aGraph()
	for _, t := range g.Types {
		out.Types = append(out.Types, t.Name)
	}
	for _, r := range g.Relations {
		out.Relations = append(out.Relations, relation{r.Rel, r.EdgeType.String(), r.Src, r.Dst})
	}
	for _, kind := range gnn.Kinds() {
		for layers := 1; layers <= 3; layers++ {
			names, err := paramNames(kind, layers, g)
			if err != nil {
				return nil, err
			}
			out.Models = append(out.Models, model{kind, layers, names})
		}
	}
	return json.MarshalIndent(out, "", "\t")
}
