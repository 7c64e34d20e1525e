package wire

import (
	"math"
	"strings"
	"testing"
)

var commandTexts = []string{
	"play", "pause", "step", "reset", "undo", "speed 4", "speed 0", "speed 0.5", "focus 12", "begin", "begin seed=2&beta=3",
	"extend 200", "rewind 3", "rewind 3.1", "change pin 1,0;0,1", "change pin free", "change weight student layers.0.self.a b.weight 1 2 0.5",
	"change drop wrote it", "change restore cites", "change cut wrote it 1 0", "change mend cites 1 0", "change mislabel 3 1",
	"change freeze on", "change freeze off", "plan 3.0:drop cites|4.1:teaching restore cites", "show", "show logits,smoothness",
	"inspect none", "inspect loss", "inspect cell 4 7", "inspect node student 1 research paper 2", "inspect edge alone 2 wrote it 1 0",
	"inspect param criterion attention.teacher.0.weight", "find ada", "name", "name 3,17",
}

func TestCommandText(t *testing.T) {
	for _, text := range commandTexts {
		c, err := ParseCommand(text)
		if err != nil || String(c) != text {
			t.Errorf("%q is %q, error %v", text, String(c), err)
		}
	}
}

func TestCommandErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "want one of play, pause",
		"jump":                               `command is "jump"`,
		"play now":                           `argument is "now", want none`,
		"speed":                              "want epochs per second",
		"speed -1":                           "want epochs per second",
		"speed NaN":                          "want epochs per second",
		"focus -3":                           "want the number of a node",
		"focus a":                            "want the number of a node",
		"focus 99999999999999999999":         "want the number of a node",
		"undo 1":                             "want none",
		"rewind":                             "want an epoch",
		"rewind 1.x":                         "want an epoch",
		"change":                             "is no change",
		"change pin 1;2,3":                   "row 2 has 2 numbers",
		"change pin NaN":                     "finite numbers",
		"change weight student w 0 0 x":      "want a finite number",
		"change weight student w 0 0":        "has 4 arguments",
		"change cut 1 2":                     "has 2 arguments",
		"change cut r 1 -2":                  "whole number from 0",
		"change freeze maybe":                "want on or off",
		"change drop a|b":                    `has a "|"`,
		"plan":                               "there is no change",
		"plan 1.0":                           "is no change",
		"plan x:drop a":                      "want an epoch",
		"inspect":                            "want node, edge, cell",
		"inspect node student 0 paper":       "has 3 arguments, want 4",
		"inspect node owl 0 paper 1":         `model is "owl"`,
		"inspect edge student 0 r 1 -1":      "whole number from 0",
		"inspect cell 1 2 3":                 "has 3 arguments, want 2",
		"inspect loss now":                   "has 1 arguments, want 0",
		"show poetry":                        `"poetry", want a list of predictions`,
		"speed " + strings.Repeat("9", 9999): "want epochs per second",
	} {
		c, err := ParseCommand(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q is %v, error %v, want %q", text, c, err, want)
		}
		if err != nil && len(err.Error()) > 400 {
			t.Errorf("%.60q: the error has %d bytes", text, len(err.Error()))
		}
	}
}

// A command that was not read but made is checked as well.
func TestCommandCheck(t *testing.T) {
	for _, c := range []Command{
		Speed{-1}, Speed{math.NaN()}, Speed{1e7}, Focus{-5}, Extend{}, Rewind{Moment{-1, 0}}, Rewind{Moment{0, -1}}, Alter{}, Alter{Pin{"x"}}, Alter{Drop{}},
		Alter{Cut{"r", -1, 0}}, Alter{Mislabel{0, -1}}, Alter{SetWeight{"student", "", 0, 0, 1}}, Alter{SetWeight{"student", "w", -1, 0, 1}},
		Alter{SetWeight{"student", "w", 0, 0, float32(math.Inf(1))}}, Schedule{}, Schedule{[]Change{{}}}, Schedule{[]Change{{-1, 0, false, Pin{"free"}}}},
		Inspect{Subject{Kind: "owl"}}, Inspect{Subject{Kind: "none"}}, Inspect{Subject{Kind: "node", Model: "student"}}, Inspect{Subject{Kind: "cell", I: -1}},
		Inspect{Subject{Model: "student"}}, Show{[]string{"owl"}}, Find{strings.Repeat("x", MaxFind+1)},
		Name{"3,-1"}, Name{"3,,4"}, Name{"3, 4"}, Name{"a"}, Name{strings.Repeat("1,", MaxNamed) + "1"},
	} {
		if err := Check(c); err == nil || !strings.HasPrefix(err.Error(), "wire: command ") {
			t.Errorf("%#v: error is %v, want one", c, err)
		}
	}
	for _, text := range commandTexts {
		if c, err := ParseCommand(text); err != nil || Check(c) != nil {
			t.Errorf("%q: %v, %v", text, err, Check(c))
		}
	}
}

func TestSubject(t *testing.T) {
	for text, want := range map[string]Subject{
		"node student 1 research paper 2":            {Kind: "node", Model: "student", Layer: 1, Type: "research paper", I: 2},
		"node teacher 0 a b c 1":                     {Kind: "node", Model: "teacher", Type: "a b c", I: 1},
		"edge alone 2 wrote it 1 0":                  {Kind: "edge", Model: "alone", Layer: 2, Relation: "wrote it", I: 1},
		"edge student 0 x__has__a b c 1 0":           {Kind: "edge", Model: "student", Relation: "x__has__a b c", I: 1},
		"param student layers.0.self.a b c.weight":   {Kind: "param", Model: "student", Param: "layers.0.self.a b c.weight"},
		"param criterion attention.teacher.0.weight": {Kind: "param", Model: "criterion", Param: "attention.teacher.0.weight"},
		"cell 4 7": {Kind: "cell", I: 4, J: 7},
		"loss":     {Kind: "loss"},
		"none":     {},
	} {
		if got, err := ParseSubject(text); err != nil || got != want || got.String() != text {
			t.Errorf("%q is %+v, %v, want %+v", text, got, err, want)
		}
	}
}

func TestRelations(t *testing.T) {
	g := &GraphView{Types: []string{"paper", "a b", "x"}, Relations: []RelationView{{Name: "wrote it", Src: 1, Dst: 0}, {Name: "has", Src: 2, Dst: 1}, {Name: "has", Src: 2, Dst: 0}}}
	g.NameRelations()
	for i, want := range []string{"wrote it", "x__has__a b", "x__has__paper"} {
		if got := g.Relations[i].Key; got != want {
			t.Errorf("relation %d is called %q, want %q", i, got, want)
		}
		if got, err := FindRelation(g, want); err != nil || got != i {
			t.Errorf("%q is relation %d (%v), want %d", want, got, err, i)
		}
	}
	if _, err := FindRelation(g, "has"); err == nil || !strings.Contains(err.Error(), "name it in full") {
		t.Errorf("error is %v", err)
	}
	if _, err := FindRelation(g, "likes"); err == nil || !strings.Contains(err.Error(), "want one of wrote it, has, has") {
		t.Errorf("error is %v", err)
	}
}

func TestParseMatrix(t *testing.T) {
	m, err := ParseMatrix("1,0;0.5,0.5;0,1")
	if err != nil || m.String() != "3×2" || m.Row(1)[0] != 0.5 {
		t.Errorf("got %v %v, %v", m, m.Data, err)
	}
	for _, text := range []string{"1,0;1", "a", "1,,2", ";", "NaN", "1,Inf", ""} {
		if m, err := ParseMatrix(text); err == nil {
			t.Errorf("%q gave %v", text, m.Data)
		}
	}
}

// Whatever a text holds, reading it ends in a value of the same text or in an
// error, and a value that was read passes its check.
func FuzzCommand(f *testing.F) {
	for _, text := range commandTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCommand(text)
		if err != nil {
			return
		}
		if err := Check(c); err != nil {
			t.Fatalf("%q was read, and then refused: %v", text, err)
		}
		again, err := ParseCommand(String(c))
		if err != nil || String(again) != String(c) {
			t.Fatalf("%q becomes %q, which is %v, %v", text, String(c), again, err)
		}
	})
}
