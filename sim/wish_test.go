package sim

import (
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

func TestWishText(t *testing.T) {
	for text, want := range map[string]Command{
		"show":                       {Show, ""},
		"show logits,smoothness":     {Show, "logits,smoothness"},
		"inspect none":               {Inspect, "none"},
		"inspect cell 1 0":           {Inspect, "cell 1 0"},
		"inspect node teacher 0 a 1": {Inspect, "node teacher 0 a 1"},
	} {
		c, err := ParseCommand(text)
		if err != nil || c != want || c.String() != text {
			t.Errorf("%q gave %v, %v", text, c, err)
		}
	}
	if _, err := ParseCommand("inspect"); err == nil || !strings.Contains(err.Error(), "argument is missing") {
		t.Errorf("inspect alone gave %v", err)
	}
}

// Names of a user's own graph may hold spaces, and relations share a name.
func TestSubjectOfOwnNames(t *testing.T) {
	g := &graph.Graph{Types: []graph.NodeType{
		{Name: "research paper", Count: 3, Features: mat.New(3, 2)}, {Name: "a b c", Count: 2}, {Name: "x", Count: 2},
	}}
	for _, e := range []graph.EdgeType{{Src: "a b c", Rel: "wrote it", Dst: "research paper"}, {Src: "x", Rel: "has", Dst: "a b c"}, {Src: "x", Rel: "has", Dst: "research paper"}} {
		if err := g.AddRelation(e, []int32{1}, []int32{0}); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]subject{
		"node student 1 research paper 2":            {kind: "node", model: "student", layer: 1, typ: 0, i: 2},
		"node teacher 0 a b c 1":                     {kind: "node", model: "teacher", typ: 1, i: 1},
		"edge alone 2 wrote it 1 0":                  {kind: "edge", model: "alone", layer: 2, rel: 0, i: 1, j: 0},
		"edge student 0 x__has__a b c 1 0":           {kind: "edge", model: "student", rel: 1, i: 1},
		"param student layers.0.self.a b c.weight":   {kind: "param", model: "student", name: "layers.0.self.a b c.weight"},
		"param criterion attention.teacher.0.weight": {kind: "param", model: "criterion", name: "attention.teacher.0.weight"},
		"cell 4 7": {kind: "cell", i: 4, j: 7},
		"loss":     {kind: "loss"},
	} {
		want.text = text
		if got, err := parseSubject(text, g); err != nil || got != want {
			t.Errorf("%q is %+v, %v, want %+v", text, got, err, want)
		}
	}
	if _, err := parseSubject("edge student 0 has 1 0", g); err == nil {
		t.Error("a relation of an ambiguous name was accepted")
	}
}

// Each item of a list is shown, whatever their order, and nothing else.
func TestShowLists(t *testing.T) {
	r, _ := viewOf(t, "")
	for bits := range 16 {
		var list []string
		for k, name := range showable {
			if bits>>k&1 != 0 {
				list = append(list, name)
			}
		}
		slices.Reverse(list)
		s := shown(t, r, strings.Join(list, ","))
		for name, is := range map[string]bool{
			"predictions": s.Predictions.Label != nil, "logits": s.Focus.Student != nil,
			"embeddings": s.Embeddings != nil, "smoothness": s.Smoothness.Student != nil,
		} {
			if want := slices.Contains(list, name); is != want {
				t.Errorf("show %v: %s is shown: %v, want %v", list, name, is, want)
			}
		}
	}
}

// A node without a name of its own is called by its number.
func TestNodeName(t *testing.T) {
	g := &graph.Graph{Types: []graph.NodeType{{Name: "paper", Count: 3, Labels: []string{"On trees", ""}}}}
	for id, want := range []string{"paper 0 “On trees”", "paper 1", "paper 2"} {
		if got := nodeName(g, 0, int32(id)); got != want {
			t.Errorf("node %d is called %q, want %q", id, got, want)
		}
	}
}
