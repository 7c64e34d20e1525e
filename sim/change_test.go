package sim

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/kd"
)

// small is a session on all node types that steps fast.
const small = "begin teach=untrained&teacher-hidden=8&epochs=12"

// steps makes n steps.
func steps(t *testing.T, s *Session, n int) {
	t.Helper()
	for range n {
		do(t, s, "step")
	}
}

// taughtLane returns the lane that the criterion is in.
func taughtLane(s *Session) *lane { return s.run.lanes[len(s.run.lanes)-1] }

func relation(t *testing.T, s *Session, name string) int {
	t.Helper()
	rel, err := relationNamed(s.run.graph, name)
	if err != nil {
		t.Fatal(err)
	}
	return rel
}

func TestPinPins(t *testing.T) {
	for _, c := range []struct {
		pin  string
		want []float32
	}{
		{"diagonal", []float32{1, 0, 0.5, 0.5, 0, 1}},
		{"uniform", []float32{0.5, 0.5, 0.5, 0.5, 0.5, 0.5}},
		{"0,1;2,0;0.25,-1", []float32{0, 1, 2, 0, 0.25, -1}},
	} {
		for _, criterion := range []string{"abkd", "stride"} {
			s := session(t, small+"&max-nodes=50&criterion="+criterion)
			steps(t, s, 2)
			learned := snapshot(t, s).A
			do(t, s, "change pin "+c.pin)
			steps(t, s, 2)
			if got := snapshot(t, s).A; !slices.Equal(got.Data, c.want) {
				t.Errorf("%s, pin %s: A is %v, want %v", criterion, c.pin, got.Data, c.want)
			}
			do(t, s, "change pin free", "step")
			got := snapshot(t, s).A
			for i := range got.Rows {
				if sum := got.Row(i)[0] + got.Row(i)[1]; math.Abs(float64(sum-1)) > 1e-5 || slices.Equal(got.Data, learned.Data) {
					t.Errorf("%s: row %d of A sums to %g once it is free, want 1", criterion, i, sum)
				}
			}
		}
	}
}

func TestWeightIsSet(t *testing.T) {
	s := session(t, small, "step", "change weight student layers.0.self.paper.weight 1 2 0.5", "change weight teacher layers.1.self.author.bias 0 3 0.25")
	for _, p := range taughtLane(s).model.Params() {
		if p.Name == "layers.0.self.paper.weight" && p.W.Row(1)[2] != 0.5 {
			t.Errorf("weight is %g, want 0.5", p.W.Row(1)[2])
		}
	}
	m, _ := s.run.Teacher()
	for _, p := range m.Params() {
		if p.Name == "layers.1.self.author.bias" && p.W.Row(0)[3] != 0.25 {
			t.Errorf("the teacher's weight is %g, want 0.25", p.W.Row(0)[3])
		}
	}
}

// A dropped relation sends nothing, in training as in evaluation, its weights
// stay as they are, and its edges are not drawn.
func TestDropSilencesARelation(t *testing.T) {
	s := session(t, small)
	steps(t, s, 3)
	do(t, s, "change drop cites")
	rel := relation(t, s, "cites")
	var kept []mat.Matrix
	params := gnn.RelationParams(taughtLane(s).model, rel)
	for _, p := range params {
		kept = append(kept, p.W.Clone())
	}
	before := snapshot(t, s)
	for _, e := range before.Graph.Edges {
		if e.Rel == rel {
			t.Fatal("an edge of the relation is drawn")
		}
	}
	steps(t, s, 4)
	for i, p := range params {
		if !slices.Equal(p.W.Data, kept[i].Data) {
			t.Errorf("%s has moved", p.Name)
		}
		for _, g := range p.G.Data {
			if g != 0 {
				t.Fatalf("gradient of %s is %g, want 0", p.Name, g)
			}
		}
	}
	logits := taughtLane(s).model.Forward(s.run.eval.batch, nil).Logits().Clone()
	for _, p := range params {
		for i := range p.W.Data {
			p.W.Data[i] += 10
		}
	}
	if got := taughtLane(s).model.Forward(s.run.eval.batch, nil).Logits(); !slices.Equal(got.Data, logits.Data) {
		t.Error("its weights still matter")
	}
	for i, p := range params {
		copy(p.W.Data, kept[i].Data)
	}
	do(t, s, "change restore cites")
	steps(t, s, 2)
	if slices.Equal(params[0].W.Data, kept[0].Data) {
		t.Error("its weights do not move once it is restored")
	}
	if a, b := before.Graph.Nodes, snapshot(t, s).Graph.Nodes; len(a) != len(b) {
		t.Errorf("%d nodes are drawn, want the same %d as without", len(b), len(a))
	}
}

// What depends on an edge changes when it is cut, and nothing else.
func TestCutIsOneEdge(t *testing.T) {
	s := session(t, "begin data=karate&model=gcn&teach=untrained&epochs=9", "step")
	count := s.run.now.NumEdges()
	do(t, s, "change cut knows 33 32")
	if n := s.run.now.NumEdges(); n != count-2 {
		t.Errorf("%d edges, want %d: one and its reverse", n, count-2)
	}
	for _, pair := range [][2]int{{32, 33}, {33, 32}} {
		if slices.Contains(s.run.now.Relations[0].In.Row(pair[0]), int32(pair[1])) {
			t.Errorf("%d still hears %d", pair[0], pair[1])
		}
	}
	if err := s.run.now.Validate(); err != nil {
		t.Error(err)
	}
	do(t, s, "change mend knows 32 33") // by its reverse
	if n := s.run.now.NumEdges(); n != count || s.run.now != s.run.graph {
		t.Errorf("%d edges once it is mended, want the graph as given with %d", n, count)
	}
	s = session(t, small, "step")
	g := s.run.graph
	writes := &g.Relations[relation(t, s, "writes")]
	paper := 0
	for len(writes.In.Row(paper)) == 0 {
		paper++
	}
	author, count := writes.In.Row(paper)[0], g.NumEdges()
	do(t, s, fmt.Sprintf("change cut rev_writes %d %d", paper, author))
	if n := s.run.now.NumEdges(); n != count-2 || slices.Contains(s.run.now.Relations[relation(t, s, "writes")].In.Row(paper), author) {
		t.Errorf("%d edges, want %d without %d %d", n, count-2, author, paper)
	}
	refuse(t, s, fmt.Sprintf("change cut writes %d %d", author, paper), "is cut already")
}

// A wrong label is learned from and not measured by.
func TestMislabelChangesTrainingAlone(t *testing.T) {
	s := session(t, small+"&dropout=0&criterion=none")
	node := s.run.split.Train[0]
	class := (s.run.graph.Labels[node] + 1) % int32(s.run.graph.Classes)
	before := snapshot(t, s).Lanes[0].Model
	do(t, s, fmt.Sprintf("change mislabel %d %d", node, class))
	after := snapshot(t, s).Lanes[0].Model
	if after.InferMicros = before.InferMicros; after != before {
		t.Errorf("the evaluation says %+v, want %+v", after, before)
	}
	b := s.run.sampler.Next()
	wrong := 0
	for i, row := range b.Rows {
		v := row
		if b.Seeds != nil {
			v = b.Seeds[row]
		}
		if b.Labels[i] != s.run.graph.Labels[v] {
			wrong++
		}
	}
	if wrong != 1 {
		t.Errorf("%d labels are wrong in training, want 1", wrong)
	}
	do(t, s, "step")
	if ce := float32(taughtLane(s).losses.CE); ce == before.Loss {
		t.Errorf("training loss is %g with the wrong label as with the right one", ce)
	}
	do(t, s, "rewind 0", "undo", "step")
	if ce := float32(taughtLane(s).losses.CE); math.Abs(float64(ce-before.Loss)) > 1e-5 {
		t.Errorf("training loss is %g with the right labels, want %g as evaluated", ce, before.Loss)
	}
}

func TestFreezeHoldsTheTeachersProjections(t *testing.T) {
	for _, criterion := range []string{"abkd", "stride", "fitnet", "gcrd"} {
		t.Run("criterion="+criterion, func(t *testing.T) {
			s := session(t, small+"&max-nodes=50&criterion="+criterion)
			steps(t, s, 2)
			params := taughtLane(s).distiller.Criterion().(kd.Freezer).TeacherProjections()
			weights := func() (w []float32) {
				for _, p := range params {
					w = append(w, p.W.Data...)
				}
				return w
			}
			do(t, s, "change freeze on")
			held := weights()
			if steps(t, s, 2); !slices.Equal(weights(), held) {
				t.Error("frozen projections move")
			}
			do(t, s, "change freeze off")
			if steps(t, s, 1); slices.Equal(weights(), held) {
				t.Error("projections stay once they are free")
			}
		})
	}
}

func TestChangeRefuses(t *testing.T) {
	s := session(t, small, "step")
	paper := fmt.Sprint(s.run.split.Test[0])
	train := fmt.Sprint(s.run.split.Train[0])
	for change, message := range map[string]string{
		"":                          `"" is no change`,
		"paint it":                  `"paint" is no change`,
		"pin":                       "want a matrix, diagonal",
		"pin 1,0":                   "matrix is 1×2, want 3×2",
		"pin 1,0;0,1;x,1":           `matrix has "x", want finite numbers`,
		"pin NaN,0;0,1;1,1":         `matrix has "NaN", want finite numbers`,
		"pin 1,0;0,1;1,Inf":         `matrix has "Inf", want finite numbers`,
		"drop reads":                `relation is "reads", want one of`,
		"restore cites":             "is not dropped",
		"cut cites 0 0":             "there is no edge",
		"cut cites 999999 0":        "source is 999999, want 0..",
		"cut cites 0 -1":            `cut: "-1", want a whole number from 0`,
		"mend cites 0 0":            "there is no edge",
		"mislabel " + paper + " 0":  "not a training node",
		"mislabel -1 0":             `mislabel: "-1", want a whole number from 0`,
		"mislabel 1e9 0":            `mislabel: "1e9", want a whole number from 0`,
		"mislabel " + train + " 99": "class is 99, want 0..",
		"freeze":                    "want on or off",
		"freeze maybe":              `"maybe", want on or off`,
		"weight student layers.0.self.paper.weight 0 0 NaN":  "want a finite number",
		"weight student layers.0.self.paper.weight 0 0 1e99": "want a finite number",
		"weight student layers.0.self.paper.weight 0 99 1":   "column of layers.0.self.paper.weight is 99, want 0..",
		"weight student layers.0.self.paper.weight 999 0 1":  "row of",
		"weight student layers.9.bias 0 0 1":                 "no parameter",
		"weight pupil layers.0.self.paper.weight 0 0 1":      `model is "pupil"`,
		"drop cites|20.0:drop writes":                        `want`,
	} {
		refuse(t, s, "change "+change, message)
	}
	if n := len(s.run.changes); n != 0 {
		t.Errorf("%d changes after refused ones", n)
	}
	for plan, message := range map[string]string{
		"2.0:drop cites|3.0:drop cites":   "is dropped already",
		"12.0:drop cites":                 "is never reached",
		"3.1:drop cites":                  "is never reached",
		"x:drop cites":                    `moment is "x"`,
		"3.0 drop cites":                  "moment is",
		"3.0:teaching drop cites":         "is not trained here",
		"3.0:drop cites|4.0:restore cite": "relation is",
	} {
		refuse(t, s, "plan "+plan, message)
	}
	s = session(t, small+"&criterion=kd")
	refuse(t, s, "change pin diagonal", "has no attention")
	refuse(t, s, "change freeze on", "has no projections")
	s = session(t, karateRun)
	refuse(t, s, "change pin diagonal", "before the teacher is trained")
	refuse(t, s, "change freeze on", "before the teacher is trained")
	refuse(t, s, "change weight student layers.0.self.member.bias 0 0 1", "before the teacher is trained")
	s = session(t, "begin data=karate&teach=untrained&epochs=1", "step")
	refuse(t, s, "change drop knows", "the run has ended")
}

// A label that is changed reaches the other nodes' inputs, never its own node's,
// and is gone after undo.
func TestMislabelReachesLabelInputs(t *testing.T) {
	s := session(t, small+"&label-reuse=on")
	node := s.run.split.Train[0]
	inputs := func() mat.Matrix { return taughtLane(s).model.Graph().LabelInputs.X }
	before := inputs()
	do(t, s, fmt.Sprintf("change mislabel %d %d", node, (s.run.graph.Labels[node]+1)%int32(s.run.graph.Classes)))
	after := inputs()
	if slices.Equal(before.Data, after.Data) || !slices.Equal(before.Row(int(node)), after.Row(int(node))) {
		t.Error("the wrong label reaches no other node, or its own")
	}
	if do(t, s, "undo"); !slices.Equal(inputs().Data, before.Data) {
		t.Error("after undo the inputs are others")
	}
	do(t, s, "change drop cites")
	if slices.Equal(inputs().Data, before.Data) {
		t.Error("labels spread over a relation that is dropped")
	}
}
