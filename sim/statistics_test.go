package sim

import (
	"math"
	"slices"
	"strings"
	"testing"

	gonum "gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"abkd/gnn"
	"abkd/sim/wire"
)

// shown returns a snapshot of r with what list says.
func shown(t *testing.T, r *Run, list string) *wire.Snapshot {
	t.Helper()
	if err := showText(r, list); err != nil {
		t.Fatal(err)
	}
	s := new(wire.Snapshot)
	r.Snapshot(s)
	return s
}

func TestShowPredictions(t *testing.T) {
	r, _ := viewOf(t, "")
	s := shown(t, r, "predictions,logits")
	p, focus := s.Predictions, s.Graph.Nodes[0].ID
	if !slices.Equal(p.Label, r.graph.Labels) || s.Focus.Label != int(r.graph.Labels[focus]) {
		t.Error("labels are not the graph's")
	}
	teacher, alone, student := r.models()
	for name, c := range map[string]struct {
		m      gnn.Model
		got    []int32
		logits []float32
		state  wire.ModelState
	}{"teacher": {teacher, p.Teacher, s.Focus.Teacher, s.Teacher}, "alone": {alone, p.Alone, s.Focus.Alone, wire.ModelState{}}, "student": {student, p.Student, s.Focus.Student, wire.ModelState{}}} {
		z := c.m.Forward(r.eval.batch, nil).Logits()
		if !slices.Equal(c.logits, z.Row(focus)) {
			t.Errorf("%s: logits of the focus are %v, want %v", name, c.logits, z.Row(focus))
		}
		for v, class := range c.got {
			for _, x := range z.Row(v) {
				if x > z.Row(v)[class] {
					t.Fatalf("%s: node %d is said to be of class %d", name, v, class)
				}
			}
		}
		right := 0
		for _, v := range r.split.Test {
			if c.got[v] == p.Label[v] {
				right++
			}
		}
		if share := float64(right) / float64(len(r.split.Test)); name == "teacher" && math.Abs(share-float64(c.state.Test)) > 1e-6 {
			t.Errorf("%s: %g of the test nodes are right, want %g", name, share, c.state.Test)
		}
	}
	count := map[int32]int{}
	for v, part := range p.Part {
		count[part]++
		if nodes := [][]int32{r.split.Train, r.split.Valid, r.split.Test}; part < 3 && !slices.Contains(nodes[part], int32(v)) {
			t.Fatalf("node %d is said to be in part %d", v, part)
		}
	}
	if count[0] != len(r.split.Train) || count[1] != len(r.split.Valid) || count[2] != len(r.split.Test) {
		t.Errorf("parts hold %v nodes", count)
	}
}

// TestShowCalibration computes the bins anew from the logits: of the test nodes,
// by the softmax's largest share.
func TestShowCalibration(t *testing.T) {
	r, _ := viewOf(t, "")
	s := shown(t, r, "calibration,answers,predictions")
	teacher, alone, student := r.models()
	for name, c := range map[string]struct {
		m     gnn.Model
		got   wire.Reliability
		sure  []float32
		class []int32
	}{
		"teacher": {teacher, s.Calibration.Teacher, s.Answers.Teacher, s.Predictions.Teacher},
		"alone":   {alone, s.Calibration.Alone, s.Answers.Alone, s.Predictions.Alone},
		"student": {student, s.Calibration.Student, s.Answers.Student, s.Predictions.Student},
	} {
		z := c.m.Forward(r.eval.batch, nil).Logits()
		var nodes [15]int32
		var right, sure [15]float64
		for v := range z.Rows {
			sum := 0.0
			for _, x := range z.Row(v) {
				sum += math.Exp(float64(x))
			}
			p := math.Exp(float64(z.Row(v)[c.class[v]])) / sum
			if math.Abs(p-float64(c.sure[v])) > 1e-5 {
				t.Fatalf("%s: node %d is sure by %g, want %g", name, v, c.sure[v], p)
			}
			if slices.Contains(r.split.Test, int32(v)) {
				bin := int(math.Ceil(15*p)) - 1
				nodes[bin]++
				sure[bin] += p
				if c.class[v] == r.graph.Labels[v] {
					right[bin]++
				}
			}
		}
		ece := 0.0
		for bin, n := range nodes {
			ece += math.Abs(right[bin]-sure[bin]) / float64(len(r.split.Test))
			if c.got.Nodes[bin] != n || n > 0 && math.Abs(right[bin]/float64(n)-float64(c.got.Accuracy[bin])) > 1e-6 || n == 0 && c.got.Accuracy[bin] == c.got.Accuracy[bin] {
				t.Errorf("%s: bin %d has %d nodes and an accuracy of %g, want %d with %g right", name, bin, c.got.Nodes[bin], c.got.Accuracy[bin], n, right[bin])
			}
		}
		if math.Abs(ece-float64(c.got.ECE)) > 1e-5 {
			t.Errorf("%s: ECE is %g, want %g", name, c.got.ECE, ece)
		}
	}
	if names := r.graph.Types[r.graph.Target].Labels; !slices.Equal(s.Answers.Names, names) {
		t.Errorf("%d names are shown, want %d", len(s.Answers.Names), len(names))
	}
}

// Models that a run does not have show nothing.
func TestShowOfOneModel(t *testing.T) {
	r := newRun(t, builtIn(t, "karate"), "teach=on&teacher-hidden=8&hidden=4", Options{View: true})
	s := shown(t, r, strings.Join(wire.Showable, ","))
	if len(s.Predictions.Teacher) != 34 || s.Predictions.Student != nil || s.Predictions.Alone != nil || s.Focus.Student != nil {
		t.Error("a run that trains its teacher shows a student")
	}
	if len(s.Embeddings) != 3 || len(s.Smoothness.Teacher) != 3 || s.Smoothness.Student != nil {
		t.Errorf("%d embeddings, smoothness of %d and %d layers", len(s.Embeddings), len(s.Smoothness.Teacher), len(s.Smoothness.Student))
	}
	if s := shown(t, r, ""); s.Predictions.Label != nil || s.Embeddings != nil {
		t.Error("show without a list shows something")
	}
	if err := showText(r, "predictions,poetry"); err == nil || !strings.Contains(err.Error(), `"poetry", want a list of predictions, logits`) {
		t.Errorf("show poetry: %v", err)
	}
}

func TestSmoothness(t *testing.T) {
	r, _ := viewOf(t, "")
	s := shown(t, r, "smoothness")
	teacher, _, student := r.models()
	for name, c := range map[string]struct {
		m   gnn.Model
		got []float32
	}{"teacher": {teacher, s.Smoothness.Teacher}, "student": {student, s.Smoothness.Student}} {
		for l, h := range c.m.Forward(r.eval.batch, nil).Layers {
			nodes := spreadNodes(h.Rows, 256)
			sum, pairs := 0.0, 0.0
			for i, v := range nodes {
				for _, w := range nodes[:i] {
					x, y := wide(rowsOf(h, []int32{v, w})), 0.0
					for k := range x[0] {
						y += x[0][k] * x[1][k]
					}
					if n := math.Sqrt(x[:1].squares() * x[1:].squares()); n > 0 {
						sum += y / n
					}
					pairs++
				}
			}
			if got := float64(c.got[l]); math.Abs(got-sum/pairs) > 1e-5 {
				t.Errorf("%s, layer %d: %g, want %g", name, l, got, sum/pairs)
			}
		}
	}
}

// The coordinates are those of gonum's principal components, which come from
// a singular value decomposition, up to their sign.
func TestEmbeddings(t *testing.T) {
	r, _ := viewOf(t, "")
	s := shown(t, r, "embeddings")
	teacher, _, student := r.models()
	at := 0
	for _, c := range []struct {
		name string
		m    gnn.Model
	}{{"teacher", teacher}, {"student", student}} {
		for l, h := range c.m.Forward(r.eval.batch, nil).Layers {
			e := s.Embeddings[at]
			at++
			if e.Model != c.name || e.Layer != l || len(e.Nodes) != min(h.Rows, 1000) {
				t.Fatalf("embedding %d is layer %d of the %s with %d nodes", at-1, e.Layer, e.Model, len(e.Nodes))
			}
			x := gonum.NewDense(len(e.Nodes), h.Cols, nil)
			for i, v := range e.Nodes {
				for k, f := range h.Row(int(v)) {
					x.Set(i, k, float64(f))
				}
			}
			var pc stat.PC
			if !pc.PrincipalComponents(x, nil) {
				t.Fatal("no principal components")
			}
			var vectors gonum.Dense
			pc.VectorsTo(&vectors)
			checkAlong(t, e, x, &vectors, pc.VarsTo(nil))
		}
	}
	if at != len(s.Embeddings) {
		t.Errorf("%d embeddings, want %d", len(s.Embeddings), at)
	}
}

func checkAlong(t *testing.T, e wire.Embedding, x, vectors *gonum.Dense, vars []float64) {
	t.Helper()
	total := 0.0
	for _, v := range vars {
		total += v
	}
	for axis, got := range [][]float32{e.X, e.Y} {
		if want := vars[axis] / total; math.Abs(float64(e.Explained[axis])-want) > 1e-5 {
			t.Errorf("%s, layer %d: axis %d explains %g, want %g", e.Model, e.Layer, axis, e.Explained[axis], want)
		}
		rows, cols := x.Dims()
		same, opposite, size := 0.0, 0.0, 0.0
		for i := range rows {
			want := 0.0
			for k := range cols {
				want += (x.At(i, k) - stat.Mean(gonum.Col(nil, k, x), nil)) * vectors.At(k, axis)
			}
			same = max(same, math.Abs(float64(got[i])-want))
			opposite = max(opposite, math.Abs(float64(got[i])+want))
			size = max(size, math.Abs(want))
		}
		if min(same, opposite) > 1e-4*size {
			t.Errorf("%s, layer %d, axis %d: points are %g away from gonum's, of %g", e.Model, e.Layer, axis, min(same, opposite), size)
		}
	}
}

// What was asked for outlives the run, but not its axes.
func TestWishesOutliveARun(t *testing.T) {
	s := newSession(t, "begin data=karate&teach=on&teacher-hidden=8&hidden=4&teacher-epochs=1", "pause", "step", "step", "show embeddings", "inspect cell 0 0")
	first := snapshot(t, s)
	do(t, s, "reset", "step", "step")
	if got := snapshot(t, s); got.Inspection.Subject != "cell 0 0" || len(got.Embeddings) != len(first.Embeddings) || len(got.Inspection.Quantities) != len(first.Inspection.Quantities) {
		t.Errorf("after reset %q is inspected with %d quantities: %s", got.Inspection.Subject, len(got.Inspection.Quantities), got.Inspection.Error)
	}
	do(t, s, "begin data=karate&teach=on&teacher-hidden=6&hidden=3", "pause")
	got := snapshot(t, s)
	if len(got.Embeddings) != 3 || got.Inspection.Error == "" {
		t.Errorf("another run shows %d embeddings and says %q of the cell", len(got.Embeddings), got.Inspection.Error)
	}
	for _, command := range []string{"inspect", "inspect nothing", "show everything", "inspect node student 0 member 99"} {
		if err := s.Command(command); err == nil || !strings.Contains(err.Error(), ": command ") {
			t.Errorf("%s: %v", command, err)
		}
	}
	if now := snapshot(t, s); now.Inspection.Subject != "cell 0 0" || len(now.Embeddings) != 3 {
		t.Error("a refused command changed what is shown")
	}
}
