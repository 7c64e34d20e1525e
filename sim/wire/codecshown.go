package wire

import (
	"encoding/binary"
	"fmt"
)

// The part of the binary form that holds what the user changed and asked to
// be shown, in the order of the fields of Snapshot.

func (e *encoder) shown(s *Snapshot) {
	e.ints(len(s.Changes))
	for _, c := range s.Changes {
		e.ints(c.Epoch, c.Step)
		e.string(c.Text())
	}
	e.string(s.Inspection.Subject)
	e.string(s.Inspection.Error)
	e.ints(len(s.Inspection.Quantities))
	for i := range s.Inspection.Quantities {
		e.quantity(&s.Inspection.Quantities[i])
	}
	p := &s.Predictions
	for _, v := range [...][]int32{p.Label, p.Part, p.Teacher, p.Alone, p.Student} {
		e.int32s(v)
	}
	e.ints(s.Focus.Label)
	e.rows([][]float32{s.Focus.Teacher, s.Focus.Alone, s.Focus.Student})
	e.ints(len(s.Embeddings))
	for _, m := range s.Embeddings {
		e.string(m.Model)
		e.ints(m.Layer)
		e.int32s(m.Nodes)
		e.rows([][]float32{m.X, m.Y})
		e.floats(m.Explained[:]...)
	}
	e.rows([][]float32{s.Smoothness.Teacher, s.Smoothness.Student})
}

func (e *encoder) quantity(q *Quantity) {
	for _, v := range [...]string{q.Symbol, q.Of, q.Text, q.Formula} {
		e.string(v)
	}
	e.ints(len(q.Uses))
	e.ints(q.Uses...)
	e.matrix(q.Value)
}

func (e *encoder) int32s(v []int32) {
	e.ints(len(v))
	for _, x := range v {
		*e = binary.LittleEndian.AppendUint32(*e, uint32(x))
	}
}

func (d *decoder) shown(s *Snapshot) {
	s.Changes = make([]Change, d.count(12))
	for i := range s.Changes {
		s.Changes[i] = d.change()
	}
	s.Inspection.Subject, s.Inspection.Error = d.string(), d.string()
	s.Inspection.Quantities = make([]Quantity, d.count(28))
	for i := range s.Inspection.Quantities {
		d.quantity(&s.Inspection.Quantities[i])
	}
	p := &s.Predictions
	p.Label, p.Part, p.Teacher, p.Alone, p.Student = d.int32s(), d.int32s(), d.int32s(), d.int32s(), d.int32s()
	s.Focus.Label = d.int()
	if f := d.fixedRows(3); f != nil {
		s.Focus.Teacher, s.Focus.Alone, s.Focus.Student = f[0], f[1], f[2]
	}
	s.Embeddings = make([]Embedding, d.count(28))
	for i := range s.Embeddings {
		d.embedding(&s.Embeddings[i])
	}
	if f := d.fixedRows(2); f != nil {
		s.Smoothness = Smoothness{f[0], f[1]}
	}
}

func (d *decoder) change() Change {
	at := Moment{d.int(), d.int()}
	c, err := ParseChange(at, d.string())
	if err != nil {
		d.fail("a change: %v", err)
	}
	return c
}

func (d *decoder) quantity(q *Quantity) {
	q.Symbol, q.Of, q.Text, q.Formula = d.string(), d.string(), d.string(), d.string()
	q.Uses = make([]int, d.count(4))
	for i := range q.Uses {
		q.Uses[i] = d.int()
	}
	q.Value = d.matrix()
}

func (d *decoder) embedding(m *Embedding) {
	m.Model, m.Layer, m.Nodes = d.string(), d.int(), d.int32s()
	if f := d.fixedRows(2); f != nil {
		m.X, m.Y = f[0], f[1]
	}
	m.Explained = [2]float32{d.float(), d.float()}
}

func (d *decoder) int32s() []int32 {
	v := make([]int32, d.count(4))
	for i := range v {
		v[i] = int32(d.int())
	}
	return v
}

// fixedRows reads n rows; it returns nil if there are not as many.
func (d *decoder) fixedRows(n int) [][]float32 {
	v := d.rows()
	if len(v) != n {
		d.fail("%d rows, want %d", len(v), n)
		return nil
	}
	return v
}

// checkShown reports an index that points outside what it indexes, and points
// without a node.
func (s *Snapshot) checkShown() error {
	for i, q := range s.Inspection.Quantities {
		for _, u := range q.Uses {
			if u < 0 || u >= i {
				return fmt.Errorf("wire: snapshot: quantity %d uses quantity %d, want one before it", i, u)
			}
		}
	}
	for _, m := range s.Embeddings {
		if len(m.X) != len(m.Nodes) || len(m.Y) != len(m.Nodes) {
			return fmt.Errorf("wire: snapshot: %d and %d coordinates of layer %d of the %s, want %d (nodes)", len(m.X), len(m.Y), m.Layer, m.Model, len(m.Nodes))
		}
	}
	return nil
}
