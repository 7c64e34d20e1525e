package kd

import (
	"math"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// minNorm is the least norm by which a row is divided.
const minNorm = 1e-12

// An embedding maps the output x [r × p] of a layer onto the unit sphere of
// the shared space and, through the subspace, to what is compared:
//
//	y = l2(z)·Q   z = projection(x)   l2(z) = z / max(‖z‖, 1e-12), row by row
type embedding struct {
	*projection
	frozen bool // the projection is not trained

	norm []float32  // ‖z‖ of each row
	unit mat.Matrix // l2(z) [r × d]
	y    mat.Matrix // [r × d], shares unit without a subspace

	dy, dunit mat.Matrix
}

// forward sets y. A nil s stands for Q = I.
func (e *embedding) forward(x mat.Matrix, s *subspace) {
	z := e.projection.forward(x)
	e.unit = e.unit.Reshape(z.Rows, z.Cols)
	if cap(e.norm) < z.Rows {
		e.norm = make([]float32, z.Rows)
	}
	e.norm = e.norm[:z.Rows]
	mat.RowNorms(e.norm, z)
	for v, norm := range e.norm {
		u := e.unit.Row(v)
		for k, x := range z.Row(v) {
			u[k] = x / max(norm, minNorm)
		}
	}
	if s == nil {
		e.y = e.unit
		return
	}
	e.y = e.y.Reshape(z.Rows, z.Cols)
	mat.Mul(e.y, e.unit, s.q)
}

// clearGrad makes dy zero, of the shape of y.
func (e *embedding) clearGrad() {
	e.dy = e.dy.Reshape(e.y.Rows, e.y.Cols)
	e.dy.Zero()
}

// backward takes dL/dy from dy and adds to the gradients of the projection's
// parameters, unless it is frozen, and of the subspace:
//
//	dunit = dy·Qᵀ   dQ += unitᵀ·dy   dz = (dunit - unit·(unit·dunit)) / ‖z‖
//
// Ours: a row of zeros, where l2 has no derivative, gets dz = 0.
func (e *embedding) backward(s *subspace) {
	d := e.dy
	if s != nil {
		mat.AddTMul(s.dq, e.unit, e.dy)
		e.dunit = e.dunit.Reshape(e.dy.Rows, e.dy.Cols)
		mat.MulT(e.dunit, e.dy, s.q)
		d = e.dunit
	}
	if e.frozen {
		return
	}
	for v, norm := range e.norm {
		dv, u := d.Row(v), e.unit.Row(v)
		if norm <= minNorm {
			clear(dv)
			continue
		}
		radial := float32(0)
		for k, x := range dv {
			radial += float32(u[k] * x)
		}
		for k, x := range dv {
			dv[k] = (x - float32(u[k]*radial)) / norm
		}
	}
	e.projection.backward(d)
}

// A subspace is ABKD's trainable matrix P and what it multiplies by,
//
//	Q = √d · P / ‖P‖_F
//
// P starts at the identity, and so does Q. The norm keeps Q from shrinking to
// 0, where every dissimilarity would vanish (ours).
type subspace struct {
	p    *gnn.Param // P [d × d]
	q    mat.Matrix // Q
	dq   mat.Matrix
	norm float64 // ‖P‖_F
}

func newSubspace(d int) *subspace {
	s := &subspace{p: gnn.NewParam("subspace", d, d), q: mat.New(d, d), dq: mat.New(d, d)}
	for i := range d {
		s.p.W.Row(i)[i] = 1
	}
	return s
}

func (s *subspace) forward() {
	sum := 0.0
	for _, x := range s.p.W.Data {
		sum += float64(float64(x) * float64(x))
	}
	s.norm = max(math.Sqrt(sum), minNorm)
	c := s.scale()
	for i, x := range s.p.W.Data {
		s.q.Data[i] = c * x
	}
}

func (s *subspace) scale() float32 { return float32(math.Sqrt(float64(s.q.Rows)) / s.norm) }

// backward adds dP = √d/‖P‖ · (dQ - P·⟨P, dQ⟩/‖P‖²): the part of dQ along P
// changes only the length of P, on which Q does not depend.
func (s *subspace) backward() {
	inner := 0.0
	for i, x := range s.p.W.Data {
		inner += float64(float64(x) * float64(s.dq.Data[i]))
	}
	c, radial := s.scale(), float32(inner/(s.norm*s.norm))
	for i, x := range s.p.W.Data {
		s.p.G.Data[i] += float32(c * (s.dq.Data[i] - float32(radial*x)))
	}
}
