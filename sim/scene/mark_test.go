package scene

import (
	"strings"
	"testing"

	"abkd/sim"
)

// TestSubjects names everything that is drawn as the trainer does, and finds
// it again by that name.
func TestSubjects(t *testing.T) {
	for name := range runs {
		s := snapshot(t, name)
		for _, v := range []View{{}, {Teacher: true}, {Layer: 1}, {Scene: 1, Select: s.Inspection.Subject}} {
			v.W, v.H = 1280, 640
			l := Build(s, v)
			b := &builder{List: new(List), View: v, s: s}
			for _, h := range l.hits {
				subject := Subject(s, &v, h.item)
				if (subject == "") != (h.item.Target == Step) {
					t.Fatalf("%s: %+v is called %q", name, h.item, subject)
				}
				m := b.find(subject)
				want := h.item
				switch want.Target {
				case Step:
					continue
				case Distance, Product:
					want.Target = Attention
				case Block:
					if m.layer != want {
						t.Errorf("%s: %q is layer %+v, want %+v", name, subject, m.layer, want)
					}
					want = Item{Node, 0, 0}
				}
				if want.Target == Node && m.item.Target == Edge && s.Graph.Edges[m.item.I].Src == want.I && s.Graph.Nodes[want.I].Hop > 1 {
					continue // too far from the focus: the message that it sends
				}
				if m.item != want {
					t.Errorf("%s: %q is found at %+v, want %+v", name, subject, m.item, want)
				}
				if model := strings.Contains(subject, " teacher "); want.Target == Edge && model != v.Teacher && s.Graph.Nodes[s.Graph.Edges[want.I].Dst].Hop < b.depth(v.Teacher) {
					t.Errorf("%s: teacher %v: %q", name, v.Teacher, subject)
				}
			}
		}
	}
}

// TestSubjectsKnown asks a trainer for what is drawn: it refuses none of it.
func TestSubjectsKnown(t *testing.T) {
	g, err := sim.BuiltIn("")
	if err != nil {
		t.Fatal(err)
	}
	r, err := sim.New(g, sim.Experiment{Teach: "untrained", Epochs: 2}, sim.Options{View: true})
	if err != nil {
		t.Fatal(err)
	}
	r.Step()
	var s sim.Snapshot
	r.Snapshot(&s)
	v := View{W: 1280, H: 640}
	for it := range Build(&s, v).Places() {
		subject := Subject(&s, &v, it)
		if subject == "" {
			continue
		}
		if err := r.Inspect(subject); err != nil {
			t.Fatal(err)
		}
		if it.Target == Edge && it.I%9 > 0 {
			continue // a few will do
		}
		r.Snapshot(&s)
		if s.Inspection.Error != "" || len(s.Inspection.Quantities) == 0 {
			t.Errorf("%s: %q, %d quantities", subject, s.Inspection.Error, len(s.Inspection.Quantities))
		}
	}
}

func TestFind(t *testing.T) {
	s := snapshot(t, "mag")
	b := &builder{List: new(List), s: s}
	writes := b.relation("writes")
	focus := Item{Node, 0, 0}
	if writes < 0 || b.relation("author__writes__paper") != writes || b.relation("paper__writes__author") >= 0 {
		t.Errorf("relation writes is %d", writes)
	}
	for _, c := range []struct {
		selected, text string
		want           mark
	}{
		{"", "", mark{}},
		{"", "nonsense", mark{}},
		{"", "node", mark{}},
		{"", "edge student 0 writes 1", mark{layer: Item{Block, 1, 0}}},
		{"", "node student 0 paper 99999", mark{layer: Item{Block, 1, 0}}},
		{"", "cell 2 1", mark{item: Item{Attention, 2, 1}}},
		{"", "loss", mark{item: Item{Target: Total}}},
		{"", "param teacher layers.2.rel.author__writes__paper.weight", mark{layer: Item{Block, 0, 2}, rel: writes + 1}},
		{"", "param student layers.1.self.paper.bias", mark{layer: Item{Block, 1, 1}}},
		{s.Inspection.Subject, "m of writes", mark{rel: writes + 1}},
		{s.Inspection.Subject, "b of layer 1", mark{layer: Item{Block, 1, 1}}},
		{s.Inspection.Subject, "z of " + s.Inspection.Subject[len("node student 1 "):], mark{item: focus}},
		{"cell 1 0", "D", mark{item: Item{Distance, 1, 0}}},
		{"cell 1 0", "A", mark{item: Item{Attention, 1, 0}}},
		{"cell 1 0", "z of T1", mark{layer: Item{Block, 0, 1}}},
		{"cell 1 0", "u of S0", mark{layer: Item{Block, 1, 0}}},
	} {
		b.selected = mark{}
		b.selected = b.find(c.selected)
		if got := b.find(c.text); got != c.want {
			t.Errorf("selected %q: %q is %+v, want %+v", c.selected, c.text, got, c.want)
		}
	}
}

// marks counts what is painted in the colour of what is selected.
func marks(l *List) (n int) {
	for _, x := range l.Picture.Shapes {
		if c := Light.palette().accent; x.Color == c {
			n++
		}
	}
	return n
}

// TestSelected has brackets, of eight lines, around each place of what is
// selected, and none else.
func TestSelected(t *testing.T) {
	s := snapshot(t, "mag")
	edge := Subject(s, &View{}, Item{Edge, 0, 0})
	for subject, want := range map[string]int{"": 0, "nonsense": 0, "cell 1 0": 3, "loss": 1, s.Inspection.Subject: 2, "node student 0 paper 99999": 0, edge: 1} {
		if subject == "node student 0 paper 99999" {
			want = 1 // the layer
		}
		if got := marks(Build(s, View{W: 1280, H: 640, Select: subject})); got != 8*want {
			t.Errorf("%q: %d lines, want %d", subject, got, 8*want)
		}
	}
}

// TestLit paints more where something is pointed at, here or outside.
func TestLit(t *testing.T) {
	s := snapshot(t, "mag")
	v := View{W: 1280, H: 640, Select: s.Inspection.Subject}
	plain := Build(s, v)
	for _, light := range []string{"m of writes", "cell 0 0", "loss", "b of layer 1", Subject(s, &v, Item{Node, 3, 0}), Subject(s, &v, Item{Edge, 3, 0})} {
		v.Light = light
		l := Build(s, v)
		same := len(l.Picture.Shapes) == len(plain.Picture.Shapes)
		for i := range l.Picture.Shapes {
			same = same && l.Picture.Shapes[i] == plain.Picture.Shapes[i]
		}
		if same {
			t.Errorf("pointing at %q changes nothing", light)
		}
	}
}

// TestMissing shows what was switched off and cut as missing: with a cross.
func TestMissing(t *testing.T) {
	whole := snapshot(t, "mag")
	e := whole.Graph.Edges[0]
	r := whole.Graph.Relations[e.Rel]
	cut := "cut " + relationKey(&whole.Graph, e.Rel) + " " + itoa(whole.Graph.Nodes[e.Src].ID) + " " + itoa(whole.Graph.Nodes[e.Dst].ID)
	for _, c := range []struct {
		name    string
		changes []sim.Change
		want    int
	}{
		{"none", nil, 0},
		{"drop", []sim.Change{{Text: "drop " + r.Name}}, 1},
		{"restored", []sim.Change{{Text: "drop " + r.Name}, {Text: "restore " + r.Name}}, 0},
		{"later", []sim.Change{{Epoch: 999, Text: "drop " + r.Name}}, 0},
		{"teaching", []sim.Change{{Epoch: 999, Text: "teaching drop " + r.Name}}, 1},
		{"cut", []sim.Change{{Text: cut}}, 1},
		{"mended", []sim.Change{{Text: cut}, {Text: "mend" + cut[3:]}}, 0},
		{"odd", []sim.Change{{Text: "cut"}, {Text: "cut x"}, {Text: "drop"}, {Text: ""}}, 0},
	} {
		s := *whole
		s.Changes = c.changes
		crosses := func(s *sim.Snapshot) (n int) {
			for _, x := range Build(s, View{W: 1280, H: 640}).Picture.Shapes {
				if x.Kind == Cross {
					n++
				}
			}
			return n
		}
		if got := crosses(&s) - crosses(whole); got != c.want {
			t.Errorf("%s: %d crosses more, want %d", c.name, got, c.want)
		}
	}
}

func itoa(n int) string { return strings.TrimPrefix(new(List).count("x", n), "x") }
