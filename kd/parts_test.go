package kd

import (
	"testing"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// Loss can be computed again from the parts alone, by the definition.
func TestPartsAreWhatLossUses(t *testing.T) {
	rng := newRNG(21)
	l := randomLayers(8, testTeacher, testStudent, rng)
	for _, c := range configs() {
		if c.Head == "batchnorm" || !c.Pin.Empty() {
			continue
		}
		t.Run(c.name(), func(t *testing.T) {
			a := newABKD(t, c)
			got := a.Loss(l)
			p := a.Parts()
			if p.Softmax != c.Softmax || p.PerNode != (c.Granularity == "per-node") || p.Pinned || (p.Subspace == nil) != c.NoSubspace {
				t.Errorf("parts are %+v", p)
			}
			for i, h := range p.Teacher {
				if h.Frozen != c.FrozenTeacher || h.Weight != a.teacher[i].weight || h.Gamma != nil {
					t.Errorf("teacher's head %d is %+v", i, h)
				}
			}
			sum := 0.0
			for i, h := range p.Teacher {
				for j, g := range p.Student {
					sum += float64(a.Alignment().A.Row(i)[j]) * distanceOf(p, h, g, l.Teacher[i], l.Student[j])
				}
			}
			if want := sum / float64(len(p.Teacher)); !near(got, want, 1e-5*(1+want)) {
				t.Errorf("loss is %v, from the parts %v", got, want)
			}
		})
	}
}

// distanceOf returns D of two linear heads.
func distanceOf(p Parts, t, s Head, x, y mat.Matrix) float64 {
	project := func(h Head, x mat.Matrix) mat.Matrix {
		if !p.PerNode {
			mean := mat.New(1, x.Cols)
			mat.MeanRows(mean, x)
			x = mean
		}
		e := &embedding{projection: &projection{weight: h.Weight}}
		if p.Subspace == nil {
			e.forward(x, nil)
			return e.y.Clone()
		}
		q := &subspace{p: p.Subspace, q: mat.New(p.Subspace.W.Rows, p.Subspace.W.Cols)}
		q.forward()
		e.forward(x, q)
		return e.y.Clone()
	}
	return meanSquaredDistance(project(t, x), project(s, y))
}

func TestPartsOfSTRIDE(t *testing.T) {
	s, err := NewSTRIDE(testTeacher, testStudent, Config{Tau: 0.25, MaxNodes: 5, ABKD: ABKDConfig{FrozenTeacher: true}}, newRNG(3))
	if err != nil {
		t.Fatal(err)
	}
	s.Loss(randomLayers(9, testTeacher, testStudent, newRNG(4)))
	p := s.Parts()
	if len(p.StructureT) != 3 || len(p.StructureS) != 2 || p.Tau != 0.25 || len(p.Rows) != 5 {
		t.Fatalf("parts are %d and %d heads, tau %v, rows %v", len(p.StructureT), len(p.StructureS), p.Tau, p.Rows)
	}
	if !p.StructureT[0].Frozen || p.StructureS[0].Frozen {
		t.Error("the teacher's heads are to be frozen and the student's not")
	}
}

func TestPartsOfBatchNormHeads(t *testing.T) {
	for _, h := range newABKD(t, ABKDConfig{Head: "batchnorm"}).Parts().Student {
		if h.Bias == nil || h.Gamma == nil || h.Beta == nil {
			t.Fatalf("a head with batch normalisation is %+v", h)
		}
	}
	a := newABKD(t, ABKDConfig{Pin: testPin})
	if !a.Parts().Pinned {
		t.Error("a pinned attention is not said to be")
	}
}

// What a step compared, with which update and gradient, can be seen after it.
func TestDistillerShowsTheLastStep(t *testing.T) {
	b := newBench(t, -1)
	d := NewDistiller(b.teacher, b.student, b.criterion(t, "abkd", perNode), Settings{Beta: 1, LR: 0.05})
	if l := d.Compared(); l.Student != nil || d.Settings().Beta != 1 {
		t.Errorf("before the first step %v were compared", l.Student)
	}
	for range 3 {
		want := gather(nil, b.student.Forward(b.batch, nil).Layers, b.batch.Rows)
		old := map[*gnn.Param]mat.Matrix{}
		params := append(b.student.Params(), d.Criterion().Params()...)
		for _, p := range params {
			old[p] = p.W.Clone()
		}
		d.Step(b.batch, nil)
		for j, s := range d.Compared().Student {
			for k, v := range s.Data {
				if v != want[j].Data[k] {
					t.Fatalf("layer %d that was compared has %v, want %v", j, v, want[j].Data[k])
				}
			}
		}
		for k, row := range b.batch.Rows {
			if v := d.ComparedNode(0, k); b.batch.Nodes == nil && v != int(row) {
				t.Fatalf("row %d is node %d, want %d", k, v, row)
			}
		}
		moved := 0
		for _, p := range params {
			u := d.LastUpdate(p)
			for k, w := range p.W.Data {
				if !near(float64(u.Data[k]), float64(w-old[p].Data[k]), 1e-6) {
					t.Fatalf("%s moved by %v, said to be %v", p.Name, w-old[p].Data[k], u.Data[k])
				}
				if u.Data[k] != 0 {
					moved++
				}
			}
		}
		if moved == 0 {
			t.Error("a step moves nothing")
		}
	}
}

// A distiller without a criterion compared nothing.
func TestDistillerWithoutACriterion(t *testing.T) {
	b := newBench(t, -1)
	d := NewDistiller(nil, b.student, nil, Settings{LR: 0.01})
	d.Step(b.batch, nil)
	if l := d.Compared(); l.Teacher != nil || d.Criterion() != nil {
		t.Errorf("%v were compared by %v", l.Teacher, d.Criterion())
	}
}
