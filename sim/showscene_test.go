package sim

import (
	"math"
	"slices"
	"testing"

	"abkd/gnn"
	"abkd/sim/wire"
)

// TestShowAttention has A of the end of every epoch, also after going back, and
// leaves out ever more of a long run.
func TestShowAttention(t *testing.T) {
	g := builtIn(t, "mag-mini")
	r := newRun(t, g, "criterion=abkd&epochs=130", Options{Teacher: newTeacher(t, g), Baseline: true, View: true})
	if s := shown(t, r, "attention"); len(s.Attention.Epochs) != 0 {
		t.Fatalf("attention of %d epochs before the first step", len(s.Attention.Epochs))
	}
	var want [][]float32
	frame := frame{}
	for r.epoch < 100 {
		r.Step()
		s := new(wire.Snapshot)
		r.Snapshot(s)
		want = append(want, s.A.Data)
		if r.epoch == 40 {
			frame.state = r.appendFrame(nil)
		}
	}
	check := func(epochs int) {
		t.Helper()
		s := shown(t, r, "attention")
		got := s.Attention
		if n := len(got.Epochs); n == 0 || got.Epochs[n-1] != int32(epochs) || got.A.Rows != n || epochs > 70 && n >= epochs {
			t.Fatalf("attention of epochs %v after %d", got.Epochs, epochs)
		}
		for k, e := range got.Epochs {
			if k < 64 && e != int32(k+1) || k > 0 && e <= got.Epochs[k-1] {
				t.Fatalf("epochs are %v", got.Epochs)
			}
			if !slices.Equal(got.A.Row(k), want[e-1]) {
				t.Fatalf("A of epoch %d is %v, want %v", e, got.A.Row(k), want[e-1])
			}
		}
	}
	check(100)
	if err := r.setFrame(&frame); err != nil {
		t.Fatal(err)
	}
	check(40)
	for r.epoch < 60 {
		r.Step()
	}
	check(60)
	// A run from a file knows of what it has seen itself.
	again := newRun(t, g, "criterion=abkd&epochs=130", Options{Teacher: newTeacher(t, g), Baseline: true, View: true})
	if err := again.UnmarshalBinary(stateOf(r)); err != nil {
		t.Fatal(err)
	}
	again.Step()
	a := shown(t, again, "attention").Attention
	if last := len(a.Epochs) - 1; a.Epochs[last] != 61 || !slices.Equal(a.A.Row(last), want[60]) || a.A.Row(0)[0] == a.A.Row(0)[0] {
		t.Errorf("resumed: epochs %v, A of the first is %v, of the last %v, want NaN and %v", a.Epochs, a.A.Row(0), a.A.Row(last), want[60])
	}
}

// TestShowActivity has the share of the target nodes for which each hidden unit is
// at work at the end of every epoch since it was asked for, also after going back.
func TestShowActivity(t *testing.T) {
	g := builtIn(t, "mag-mini")
	r := newRun(t, g, "criterion=abkd&layers=3&hidden=4&epochs=12", Options{Teacher: newTeacher(t, g), Baseline: true, View: true})
	r.Step()
	r.Step()
	shown(t, r, "activity") // from now on
	var want [][]float32
	frame := frame{}
	for r.epoch < 10 {
		r.Step()
		_, _, student := r.models()
		want = append(want, nil)
		tr := student.Forward(r.eval.batch, nil)
		for _, h := range tr.Layers[:2] {
			for u := range h.Cols {
				n := 0
				for v := range h.Rows {
					if h.Row(v)[u] != 0 {
						n++
					}
				}
				want[len(want)-1] = append(want[len(want)-1], float32(n)/float32(h.Rows))
			}
		}
		if r.epoch == 6 {
			frame.state = r.appendFrame(nil)
		}
	}
	check := func(epochs int) {
		t.Helper()
		a := shown(t, r, "activity").Activity
		if len(a.Epochs) != epochs || a.Share.Cols != 8 {
			t.Fatalf("activity of epochs %v of %d units, want %d of 8", a.Epochs, a.Share.Cols, epochs)
		}
		for k := range epochs {
			row := a.Share.Row(k)
			if k < 2 {
				if row[0] == row[0] {
					t.Errorf("activity of epoch %d, before it was asked for, is %v", k+1, row)
				}
			} else if !slices.Equal(row, want[k-2]) {
				t.Errorf("activity of epoch %d is %v, want %v", k+1, row, want[k-2])
			}
		}
	}
	check(10)
	if err := r.setFrame(&frame); err != nil {
		t.Fatal(err)
	}
	check(6)
}

// TestShowDirections measures the angle of every output to the mean of the unit
// vectors again. Its mean cosine is what the smoothness of all pairs makes it.
func TestShowDirections(t *testing.T) {
	r, _ := viewOf(t, "")
	s := shown(t, r, "directions,smoothness")
	teacher, _, student := r.models()
	at := 0
	for _, c := range []struct {
		name   string
		m      gnn.Model
		smooth []float32
	}{{"teacher", teacher, s.Smoothness.Teacher}, {"student", student, s.Smoothness.Student}} {
		for l, h := range c.m.Forward(r.eval.batch, nil).Layers {
			d := s.Directions[at]
			at++
			if d.Model != c.name || d.Layer != l {
				t.Fatalf("directions %d are of layer %d of the %s", at-1, d.Layer, d.Model)
			}
			x := wide(rowsOf(h, d.Nodes))
			mean := make([]float64, h.Cols)
			for i := range x {
				n := math.Sqrt(x[i : i+1].squares())
				for k := range x[i] {
					x[i][k] /= n
					mean[k] += x[i][k]
				}
			}
			length := 0.0
			for _, m := range mean {
				length += m * m
			}
			length = math.Sqrt(length)
			for i := range x {
				cos := 0.0
				for k := range mean {
					cos += x[i][k] * mean[k] / length
				}
				if got := math.Cos(math.Hypot(float64(d.X[i]), float64(d.Y[i]))); math.Abs(got-cos) > 1e-4 {
					t.Fatalf("%s, layer %d: the cosine of node %d is %g, want %g", c.name, l, d.Nodes[i], got, cos)
				}
			}
			if n := float64(len(x)); len(x) == min(h.Rows, 256) {
				if got := (length*length - n) / (n * (n - 1)); math.Abs(got-float64(c.smooth[l])) > 1e-4 {
					t.Errorf("%s, layer %d: the mean cosine is %g, want %g", c.name, l, got, c.smooth[l])
				}
			}
		}
	}
}

// TestShowNeighbours has the logits of each target node that is drawn.
func TestShowNeighbours(t *testing.T) {
	r, _ := viewOf(t, "")
	s := shown(t, r, "neighbours,logits")
	n := s.Neighbours
	teacher, _, student := r.models()
	if len(n.Nodes) < 2 || !slices.Equal(n.Teacher.Row(0), s.Focus.Teacher) || !slices.Equal(n.Student.Row(0), s.Focus.Student) {
		t.Fatalf("%d nodes, of which the first is not the focus", len(n.Nodes))
	}
	drawn := 0
	for i, v := range s.Graph.Nodes {
		if v.Type != s.Graph.Target {
			continue
		}
		if n.Nodes[drawn] != int32(i) {
			t.Fatalf("node %d is %d, want %d", drawn, n.Nodes[drawn], i)
		}
		for _, c := range []struct {
			m   gnn.Model
			got []float32
		}{{teacher, n.Teacher.Row(drawn)}, {student, n.Student.Row(drawn)}} {
			if z := c.m.Forward(r.eval.batch, nil).Logits(); !slices.Equal(c.got, z.Row(v.ID)) {
				t.Errorf("logits of node %d are %v, want %v", v.ID, c.got, z.Row(v.ID))
			}
		}
		drawn++
	}
	if drawn != len(n.Nodes) {
		t.Errorf("%d nodes have logits, want %d", len(n.Nodes), drawn)
	}
}
