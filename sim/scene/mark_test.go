package scene

import (
	"testing"

	"abkd/sim"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// TestSubjects names everything that is drawn as the trainer does, and finds
// it again by that name.
func TestSubjects(t *testing.T) {
	for name := range runs {
		s := snapshot(t, name)
		for _, v := range []View{{}, {Teacher: true}, {Layer: 1}, {Scene: "node", Select: s.Inspection.Subject}} {
			v.W, v.H = 1280, 640
			l := Build(s, v)
			b := &builder{List: &List{words: english}, View: v, s: s}
			for _, h := range l.hits {
				subject := Subject(s, &v, h.item)
				if (subject == wire.Subject{}) != (h.item.Target == Step) {
					t.Fatalf("%s: %+v is called %q", name, h.item, subject)
				}
				m := b.findMark(subject.String())
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
				if model := subject.Model == "teacher"; want.Target == Edge && model != v.Teacher && s.Graph.Nodes[s.Graph.Edges[want.I].Dst].Hop < b.depth(v.Teacher) {
					t.Errorf("%s: teacher %v: %q", name, v.Teacher, subject)
				}
			}
		}
	}
}

// TestSubjectsKnown asks a trainer for what is drawn: it refuses none of it.
func TestSubjectsKnown(t *testing.T) {
	g, err := setup.BuiltIn("")
	if err != nil {
		t.Fatal(err)
	}
	r, err := sim.New(g, setup.Experiment{Teach: "untrained", Epochs: 2}, sim.Options{View: true})
	if err != nil {
		t.Fatal(err)
	}
	r.Step()
	var s wire.Snapshot
	r.Snapshot(&s)
	v := View{Words: english, W: 1280, H: 640}
	for it := range Build(&s, v).Places() {
		subject := Subject(&s, &v, it)
		if subject == (wire.Subject{}) {
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
	b := &builder{List: &List{words: english}, s: s}
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
		{"", "edge student 0 writes 1", mark{}},
		{"", "node student 0 paper 99999", mark{layer: Item{Block, 1, 0}, target: 100000}},
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
		b.selected = b.findMark(c.selected)
		if got := b.findMark(c.text); got != c.want {
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
	edge := Subject(s, &View{Words: english}, Item{Edge, 0, 0}).String()
	for subject, want := range map[string]int{"": 0, "nonsense": 0, "cell 1 0": 3, "loss": 1, s.Inspection.Subject: 2, "node student 0 paper 99999": 0, edge: 1} {
		if subject == "node student 0 paper 99999" {
			want = 1 // the layer
		}
		if got := marks(Build(s, View{Words: english, W: 1280, H: 640, Select: subject})); got != 8*want {
			t.Errorf("%q: %d lines, want %d", subject, got, 8*want)
		}
	}
}

// TestLit paints more where something is pointed at, here or outside.
func TestLit(t *testing.T) {
	s := snapshot(t, "mag")
	v := View{Words: english, W: 1280, H: 640, Select: s.Inspection.Subject}
	plain := Build(s, v)
	for _, light := range []string{"m of writes", "cell 0 0", "loss", "b of layer 1", Subject(s, &v, Item{Node, 3, 0}).String(), Subject(s, &v, Item{Edge, 3, 0}).String()} {
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

// TestMissing shows what was switched off and cut by now as missing: with a
// cross. Now is epoch 7, step 2, while the students are trained.
func TestMissing(t *testing.T) {
	now := *snapshot(t, "mag")
	whole := &now
	now.Epoch, now.Step = 7, 2
	e := whole.Graph.Edges[0]
	r := whole.Graph.Relations[e.Rel]
	cut := wire.Cut{Relation: whole.Graph.Relations[e.Rel].Key, Src: whole.Graph.Nodes[e.Src].ID, Dst: whole.Graph.Nodes[e.Dst].ID}
	for _, c := range []struct {
		name    string
		changes []wire.Change
		want    int
	}{
		{"none", nil, 0},
		{"drop", []wire.Change{{Edit: wire.Drop{Relation: r.Name}}}, 1},
		{"restored", []wire.Change{{Edit: wire.Drop{Relation: r.Name}}, {Edit: wire.Restore{Relation: r.Name}}}, 0},
		{"at this moment", []wire.Change{{Epoch: 7, Step: 2, Edit: wire.Drop{Relation: r.Name}}}, 1},
		{"a step before", []wire.Change{{Epoch: 7, Step: 1, Edit: cut}}, 1},
		{"an epoch before", []wire.Change{{Epoch: 6, Step: 3, Edit: cut}}, 1},
		{"a step later", []wire.Change{{Epoch: 7, Step: 3, Edit: wire.Drop{Relation: r.Name}}}, 0},
		{"an epoch later", []wire.Change{{Epoch: 8, Edit: cut}}, 0},
		{"mended at this moment", []wire.Change{{Edit: cut}, {Epoch: 7, Step: 2, Edit: wire.Mend(cut)}}, 0},
		{"mended later", []wire.Change{{Edit: cut}, {Epoch: 7, Step: 3, Edit: wire.Mend(cut)}}, 1},
		{"teaching", []wire.Change{{Epoch: 999, Teaching: true, Edit: wire.Drop{Relation: r.Name}}}, 1},
		{"cut", []wire.Change{{Edit: cut}}, 1},
		{"mended", []wire.Change{{Edit: cut}, {Edit: wire.Mend(cut)}}, 0},
		{"odd", []wire.Change{{Edit: wire.Cut{}}, {Edit: wire.Cut{Relation: "x"}}, {Edit: wire.Drop{}}, {}}, 0},
	} {
		s := *whole
		s.Changes = c.changes
		crosses := func(s *wire.Snapshot) (n int) {
			for _, x := range Build(s, View{Words: english, W: 1280, H: 640}).Picture.Shapes {
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
	now.Phase = wire.Teaching
	for _, c := range []struct {
		change wire.Change
		want   bool
	}{
		{wire.Change{Epoch: 7, Step: 2, Teaching: true}, true},
		{wire.Change{Epoch: 7, Step: 3, Teaching: true}, false},
		{wire.Change{Epoch: 0, Step: 0}, false},
	} {
		now.Changes = []wire.Change{c.change}
		if _, made := (&builder{s: &now}).editMade(0); made != c.want {
			t.Errorf("in the teacher's training %v counts as made: %t", c.change, made)
		}
	}
}
