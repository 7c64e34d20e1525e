package kd

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// TestDistillerOtherBatch: what is kept of one batch is not taken for another,
// nor for the same after a batch in between that is not fixed.
func TestDistillerOtherBatch(t *testing.T) {
	b := newBench(t, -1)
	g := testGraph(t)
	other := sample.NewFull(g, 3, g.Splits[0].Train[:5]).Next()
	drawn := *other
	drawn.Fixed = false
	teacher := &counted{Model: b.teacher}
	d := NewDistiller(teacher, b.student, nil, Settings{Alpha: 1, Temperature: 1, LR: 0.01})
	for step, test := range []struct {
		batch  *sample.Batch
		passes int
	}{{b.batch, 1}, {other, 2}, {other, 2}, {&drawn, 3}, {&drawn, 4}, {other, 5}, {other, 5}} {
		d.Step(test.batch, nil)
		if teacher.passes != test.passes {
			t.Errorf("step %d: teacher ran %d times so far, want %d", step, teacher.passes, test.passes)
		}
	}
}

// TestDistillerApart: of a GCNII the criterion sees the convolutions and KD
// the logits, which are none of them.
func TestDistillerApart(t *testing.T) {
	for _, name := range Names {
		t.Run("criterion="+name, func(t *testing.T) {
			b := newBenchOf(t, "gcnii", -1)
			want := newKD(t, 2).Loss(Layers{
				Teacher: gather(nil, b.teacher.Forward(b.batch, nil).Outputs[3:], b.batch.Rows),
				Student: gather(nil, b.student.Forward(b.batch, nil).Outputs[2:], b.batch.Rows),
			})
			d := NewDistiller(b.teacher, b.student, b.criterion(t, name, perNode), Settings{Alpha: 0.5, Beta: 1, Temperature: 2, LR: 0.01})
			first := d.Step(b.batch, nil)
			if first.KD != want {
				t.Errorf("KD is %v, want %v", first.KD, want)
			}
			if a := d.Alignment().A; (name == "abkd" || name == "stride") && a.String() != "3×2" {
				t.Errorf("attention is %v, want 3×2 (convolutions)", a)
			}
			last := first
			for range 40 {
				last = d.Step(b.batch, nil)
			}
			if !(last.Total < first.Total) {
				t.Errorf("losses went from %+v to %+v", first, last)
			}
		})
	}
}

// TestDistillerEdges: LSP gets the edges among the compared nodes, found once
// on a fixed batch.
func TestDistillerEdges(t *testing.T) {
	for _, all := range []bool{false, true} {
		t.Run(fmt.Sprintf("all=%v", all), func(t *testing.T) {
			b := newBench(t, -1)
			d := NewDistiller(b.teacher, b.student, b.criterion(t, "lsp", Config{}), Settings{Beta: 1, LR: 0.01, AllNodes: all})
			d.Step(b.batch, nil)
			e, err := newEdges(testGraph(t), false)
			if err != nil {
				t.Fatal(err)
			}
			rows := b.batch.Rows
			if all {
				rows = d.all
			}
			want, got := e.among(b.batch, rows, 0, nil)[0], d.layers().Edges
			if len(want.Col) == 0 || !slices.Equal(got.Ptr, want.Ptr) || !slices.Equal(got.Col, want.Col) {
				t.Errorf("edges are %v, want %v", got, want)
			}
			d.edges.found[0].Col[0]++ // to be seen if they are found again
			d.Step(b.batch, nil)
			if d.edges.found[0].Col[0] == want.Col[0] {
				t.Error("edges are found again on a fixed batch")
			}
		})
	}
}

func TestDistillerRows(t *testing.T) {
	for _, all := range []bool{false, true} {
		t.Run(fmt.Sprintf("all=%v", all), func(t *testing.T) {
			b := newBench(t, -1)
			d := NewDistiller(b.teacher, b.student, nil, Settings{Alpha: 0.5, Temperature: 2, LR: 0.01, AllNodes: all})
			l := Layers{
				Teacher: []mat.Matrix{b.teacher.Forward(b.batch, nil).Logits().Clone()},
				Student: []mat.Matrix{b.student.Forward(b.batch, nil).Logits().Clone()},
			}
			if !all {
				l.Teacher = gather(nil, l.Teacher, b.batch.Rows)
				l.Student = gather(nil, l.Student, b.batch.Rows)
			}
			want := newKD(t, 2).Loss(l)
			if got := d.Step(b.batch, nil).KD; got != want {
				t.Errorf("KD is %v, want %v", got, want)
			}
		})
	}
}

// TestDistillerNoRows has a batch without training nodes.
func TestDistillerNoRows(t *testing.T) {
	b := newBench(t, -1)
	d := NewDistiller(b.teacher, b.student, b.criterion(t, "abkd", perNode), Settings{Alpha: 0.5, Temperature: 2, Beta: 1, LR: 0.01})
	empty := *b.batch
	empty.Rows, empty.Labels = nil, nil
	before := b.student.Params()[0].W.Clone()
	l := d.Step(&empty, nil)
	if !l.Idle || !math.IsNaN(l.Total) || !math.IsNaN(l.CE) || !math.IsNaN(l.KD) || !math.IsNaN(l.Aux) || l.Check() != nil {
		t.Errorf("losses are %+v, want none", l)
	}
	if w := b.student.Params()[0].W; !slices.Equal(w.Data, before.Data) {
		t.Error("a step without rows has changed weights")
	}
	if l := d.Step(b.batch, nil); !(l.KD > 0 && l.Aux > 0 && l.CE > 0) {
		t.Errorf("losses of the next batch are %+v", l)
	}
}

// TestDistillerUnlabelled compares on all nodes of a batch of which none has a
// label to learn from.
func TestDistillerUnlabelled(t *testing.T) {
	b := newBench(t, -1)
	d := NewDistiller(b.teacher, b.student, nil, Settings{Alpha: 0.5, Temperature: 2, LR: 0.01, AllNodes: true})
	empty := *b.batch
	empty.Rows, empty.Labels = nil, nil
	before := b.student.Params()[0].W.Clone()
	l := d.Step(&empty, nil)
	if !l.Unlabelled || l.Idle || !math.IsNaN(l.CE) || l.Total != 0.5*l.KD || l.Check() != nil {
		t.Errorf("losses are %+v, want those of KD alone", l)
	}
	if w := b.student.Params()[0].W; slices.Equal(w.Data, before.Data) {
		t.Error("a step on all nodes has changed no weight")
	}
}

func TestDistillerAlignment(t *testing.T) {
	b := newBench(t, -1)
	c := b.criterion(t, "abkd", perNode)
	d := NewDistiller(b.teacher, b.student, c, Settings{Beta: 1, LR: 0.01})
	d.Step(b.batch, nil)
	if a := d.Alignment(); a.A.String() != "3×2" || &a.D.Data[0] != &c.(Aligner).Alignment().D.Data[0] {
		t.Errorf("alignment is %v and %v, want the criterion's", a.A, a.D)
	}
	none := NewDistiller(nil, b.student, nil, Settings{LR: 0.01})
	if a := none.Alignment(); !a.A.Empty() || !a.D.Empty() {
		t.Errorf("alignment without a criterion is %v and %v, want none", a.A, a.D)
	}
}

// TestNewDistillerEdges: a graph without edges for the criterion is noticed
// before anything is trained.
func TestNewDistillerEdges(t *testing.T) {
	m, err := gnn.New(gnn.Config{Layers: 2, Hidden: 4}, edgeGraph(t), newRNG(1))
	if err != nil {
		t.Fatal(err)
	}
	c, err := New("lsp", m.Widths(), m.Widths(), Config{}, newRNG(1))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "kd: edges: no relation of graph edges joins") {
			t.Errorf("panic is %v", got)
		}
	}()
	NewDistiller(m, m, c, Settings{Beta: 1, LR: 1})
}
