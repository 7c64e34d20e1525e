package sim

import (
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/sim/view"
	"abkd/sim/wire"
)

func viewOf(t *testing.T, text string) (*Run, *wire.Snapshot) {
	g := builtIn(t, "mag-mini")
	r := newRun(t, g, text, Options{Teacher: newTeacher(t, g), Baseline: true, View: true})
	r.Step()
	var s wire.Snapshot
	r.Snapshot(&s)
	return r, &s
}

func TestViewShowsTheGraph(t *testing.T) {
	r, s := viewOf(t, "")
	v := &s.Graph
	if v.Nodes[0].Type != v.Target || v.Nodes[0].Hop != 0 || len(v.Nodes) > view.MaxNodes {
		t.Fatalf("focus is %+v of %d nodes", v.Nodes[0], len(v.Nodes))
	}
	seen := map[int]bool{}
	for _, e := range v.Edges {
		rel := r.graph.Relations[e.Rel]
		src, dst := v.Nodes[e.Src], v.Nodes[e.Dst]
		if src.Type != rel.Src || dst.Type != rel.Dst || !slices.Contains(rel.In.Row(dst.ID), int32(src.ID)) {
			t.Fatalf("edge %+v from %+v to %+v is not in relation %v", e, src, dst, rel.EdgeType)
		}
		seen[src.Type] = true
	}
	if len(seen) != len(v.Types) {
		t.Errorf("%d node types send messages, want all %d", len(seen), len(v.Types))
	}
	for _, n := range v.Nodes {
		if n.Type == v.Target && (n.Label != int(r.graph.Labels[n.ID]) || n.Teacher < 0 || n.Student < 0) {
			t.Errorf("node %+v: label is %d", n, r.graph.Labels[n.ID])
		}
		if n.Type != v.Target && (n.Label != -1 || n.Teacher != -1 || n.Student != -1) {
			t.Errorf("node %+v has a class", n)
		}
	}
}

// Each message's norm is recomputed from the weights and the layer's input.
func TestMessagesAreWhatTheLayerSends(t *testing.T) {
	r, s := viewOf(t, "")
	for name, c := range map[string]struct {
		messages [][]float32
		lane     *lane
	}{"teacher": {s.Graph.TeacherMessages, r.teacher}, "student": {s.Graph.StudentMessages, r.lanes[1]}} {
		m := c.lane.model
		layers := m.Config().Layers
		trace := m.Forward(r.eval.batch, nil)
		weight := map[string]mat.Matrix{}
		for _, p := range m.Params() {
			weight[p.Name] = p.W
		}
		for l := range layers {
			input := trace.Input
			if l > 0 {
				input = trace.Hidden[l-1]
			}
			used := 0
			for i, e := range s.Graph.Edges {
				rel := r.graph.Relations[e.Rel]
				src, dst := s.Graph.Nodes[e.Src], s.Graph.Nodes[e.Dst]
				if dst.Hop > layers-1-l { // too far from the focus for the layers that follow
					if c.messages[l][i] != 0 {
						t.Fatalf("%s, layer %d: an edge into a node at distance %d carries a message", name, l, dst.Hop)
					}
					continue
				}
				w := weight["layers."+string(rune('0'+l))+".rel."+rel.EdgeType.String()+".weight"]
				want := 0.0
				for q := range w.Cols {
					sum := 0.0
					for p, x := range input[rel.Src].Row(src.ID) {
						sum += float64(x) * float64(w.Row(p)[q])
					}
					want += sum * sum
				}
				want = math.Sqrt(want) / float64(len(rel.In.Row(dst.ID)))
				if got := float64(c.messages[l][i]); math.Abs(got-want) > 1e-4*(1+want) {
					t.Fatalf("%s, layer %d, edge %d (%v): got %g, want %g", name, l, i, rel.EdgeType, got, want)
				}
				if want > 0 {
					used++
				}
			}
			if used == 0 {
				t.Errorf("%s: layer %d uses no edge that is shown", name, l)
			}
		}
		for _, e := range s.Graph.Edges {
			if dst := s.Graph.Nodes[e.Dst]; dst.Hop >= max(layers, 3) {
				t.Errorf("edge into a node at distance %d is shown, but the models have %d layers", dst.Hop, layers)
			}
		}
	}
}

// A Snapshot shares no memory with the run.
func TestSnapshotIsACopy(t *testing.T) {
	r, s := viewOf(t, "epochs=9")
	before := string(s.AppendBinary(nil))
	r.SetFocus(int(r.split.Test[1]))
	for r.Step() {
	}
	var later wire.Snapshot
	r.Snapshot(&later)
	if string(s.AppendBinary(nil)) != before {
		t.Error("an old snapshot changed when the run went on")
	}
	if later.Graph.Nodes[0].ID != int(r.split.Test[1]) {
		t.Errorf("focus is %d, want %d", later.Graph.Nodes[0].ID, r.split.Test[1])
	}
}

func TestAttentionRowsSumToOne(t *testing.T) {
	_, s := viewOf(t, "")
	if s.A.String() != "3×2" || s.D.String() != "3×2" {
		t.Fatalf("A is %v, D is %v, want 3×2 (teacher layers × student layers)", s.A, s.D)
	}
	for i := range s.A.Rows {
		if sum := s.A.Row(i)[0] + s.A.Row(i)[1]; math.Abs(float64(sum)-1) > 1e-5 {
			t.Errorf("row %d of A sums to %g", i, sum)
		}
	}
}

// The teacher's part is kept from step to step, but not from focus to focus.
func TestViewFollowsTheFocus(t *testing.T) {
	r, first := viewOf(t, "")
	other := int(r.split.Train[3])
	r.SetFocus(other)
	var second, again wire.Snapshot
	r.Snapshot(&second)
	r.SetFocus(first.Graph.Nodes[0].ID)
	r.Snapshot(&again)
	want := r.teacher.model.Forward(r.eval.batch, nil).Logits().Row(other)
	if got := second.Graph.TeacherActs[2]; !slices.Equal(got, want) {
		t.Errorf("logits of node %d are %v, want %v", other, got, want)
	}
	if !slices.Equal(again.Graph.TeacherActs[2], first.Graph.TeacherActs[2]) {
		t.Error("back at the first focus the teacher's logits differ")
	}
}

// While the teacher is trained, what is shown is its own.
func TestViewOfTheTeacherInTraining(t *testing.T) {
	r := newRun(t, builtIn(t, "karate"), "teach=on&teacher-hidden=8&teacher-epochs=9&hidden=4", Options{View: true})
	var before, after wire.Snapshot
	r.Step()
	r.Snapshot(&before)
	r.Step()
	r.Snapshot(&after)
	if len(after.Graph.TeacherMessages) != 3 || after.Graph.StudentMessages != nil || after.Graph.StudentActs != nil {
		t.Errorf("%d layers of the teacher and %d of a student are shown, want 3 and none", len(after.Graph.TeacherMessages), len(after.Graph.StudentMessages))
	}
	if slices.Equal(before.Graph.TeacherActs[0], after.Graph.TeacherActs[0]) {
		t.Error("a step of training changes nothing that is shown")
	}
	for _, n := range after.Graph.Nodes {
		if n.Student != -1 || n.Teacher < 0 {
			t.Errorf("node %+v: want a class from the teacher alone", n)
		}
	}
}

// Nodes are named, and found by their names, in whatever graph is shown.
func TestNames(t *testing.T) {
	g := *builtIn(t, "karate")
	g.Types = slices.Clone(g.Types)
	g.Types[0].Labels = make([]string, g.Types[0].Count)
	for i := range g.Types[0].Labels {
		g.Types[0].Labels[i] = fmt.Sprint("Person ", i)
	}
	s := newSession(t)
	setPack(t, s, encodePack(t, graph.Pack{Graph: &g}))
	do(t, s, "begin data=pack&model=gcn&teach=on&teacher-epochs=1&epochs=1", "focus 5", "find person 5", "name 7,3")
	got := snapshot(t, s)
	if n := got.Named; n.Nodes != "7,3" || !slices.Equal(n.Names, []string{"Person 7", "Person 3"}) {
		t.Errorf("the names are %+v", n)
	}
	if n := got.Graph.Nodes[0]; n.ID != 5 || n.Name != "Person 5" {
		t.Errorf("the focus is %+v", n)
	}
	if f := got.Found; f.Text != "person 5" || f.Count != 1 || f.Nodes[0].ID != 5 || f.Nodes[0].Name != "Person 5" || f.Nodes[0].Label != int(g.Labels[5]) {
		t.Errorf("found %+v", f)
	}
	// Another run answers for its own graph.
	do(t, s, "begin data=karate&model=gcn")
	if got := snapshot(t, s); got.Found.Text != "person 5" || got.Found.Count != 0 || strings.HasPrefix(got.Graph.Nodes[0].Name, "Person") {
		t.Errorf("in a graph of other names %+v is found, the focus is %+v", got.Found, got.Graph.Nodes[0])
	}
	if got := snapshot(t, s); got.Named.Nodes != "7,3" || !slices.Equal(got.Named.Names, []string{"8", "4"}) {
		t.Errorf("in a graph of other names they are %+v", got.Named)
	}
	do(t, s, "find", "name")
	if got := snapshot(t, s); got.Found.Text != "" || got.Found.Nodes != nil || got.Named.Names != nil {
		t.Errorf("after the end of it %+v is found, %+v named", got.Found, got.Named)
	}
}

// Of a graph that is not computed as a whole, the surroundings of the focus are,
// and where they are all there is, every number is that of the whole graph.
func TestPartIsTheWhole(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("a browser's graphs are shown as a whole")
	}
	g := builtIn(t, "mag-mini")
	steps := func(view *view.View, focus int) *wire.Snapshot {
		r := newRun(t, g, "epochs=9&seed=2", Options{Teacher: newTeacher(t, g), Baseline: true, View: true})
		if view != nil {
			r.view = view
		}
		r.Show([]string{"predictions", "logits", "embeddings", "directions", "neighbours", "answers"})
		r.Step()
		cites := slices.IndexFunc(g.Relations, func(rel graph.Relation) bool { return rel.Rel == "cites" })
		if err := r.Change(wire.Cut{Relation: "cites", Src: int(g.Relations[cites].In.Row(focus)[0]), Dst: focus}); err != nil {
			t.Fatal(err)
		}
		r.SetFocus(focus)
		if err := r.Inspect(wire.Subject{Kind: "node", Model: "student", Layer: 1, Type: g.Types[g.Target].Name, I: focus}); err != nil {
			t.Fatal(err)
		}
		r.Step()
		var s wire.Snapshot
		r.Snapshot(&s)
		return &s
	}
	focus := defaultOf(t, g)
	part := view.New(g, g.Splits[0], 3, nil)
	want, got := steps(nil, focus), steps(part, focus)
	if got.Graph.Part < len(got.Graph.Nodes) || got.Graph.Part > g.NumNodes() || want.Graph.Part != 0 {
		t.Errorf("the part has %d nodes, and %d where all is shown", got.Graph.Part, want.Graph.Part)
	}
	got.Graph.Part = 0
	for what, pair := range map[string][2]any{
		"what is drawn": {got.Graph, want.Graph}, "the arithmetic": {got.Inspection, want.Inspection}, "the logits": {got.Focus, want.Focus}, "the hash": {got.Hash, want.Hash}, "the changes": {got.Changes, want.Changes},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s is %+v, want %+v", what, pair[0], pair[1])
		}
	}
	p := &got.Predictions
	if len(p.Nodes) == 0 || !slices.IsSorted(p.Nodes) || len(got.Answers.Student) != len(p.Nodes) {
		t.Fatalf("predictions are of %d nodes, answers of %d", len(p.Nodes), len(got.Answers.Student))
	}
	for row, node := range p.Nodes {
		if p.Label[row] != g.Labels[node] || p.Row(int(node)) != row || p.Node(row) != int(node) {
			t.Fatalf("row %d is node %d with label %d, want %d", row, node, p.Label[row], g.Labels[node])
		}
	}
	if row := p.Row(focus); p.Student[row] != want.Predictions.Student[focus] {
		t.Errorf("the student says %d of the focus, want %d", p.Student[row], want.Predictions.Student[focus])
	}
	for _, e := range got.Embeddings {
		for _, node := range e.Nodes {
			if p.Row(int(node)) == len(p.Label) {
				t.Fatalf("layer %d of the %s has node %d, which is not in the part", e.Layer, e.Model, node)
			}
		}
	}
}

// defaultOf returns the node that a view of g begins with.
func defaultOf(t *testing.T, g *graph.Graph) int {
	t.Helper()
	return view.New(g, g.Splits[0], 2, sample.NewFull(g, 2, g.Splits[0].Train).Next()).Focus()
}
