package kd

import (
	"math"
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// An embedding maps the output x [r × p] of a layer onto the unit sphere of
// the shared space and, through the subspace, to what is compared:
//
//	y = l2(z)·Q   z = projection(x)
//
// or l2(l2(z)·Q), if it is renormalised.
type embedding struct {
	*projection
	frozen      bool // the projection is not trained
	renormalise bool

	sphere unitRows
	again  unitRows   // of what is renormalised
	mapped mat.Matrix // l2(z)·Q [r × d]
	y      mat.Matrix // mapped, renormalised, or l2(z) itself without a subspace

	dy, dunit mat.Matrix
}

// makeConstant makes the projection random, orthogonal and not trained.
func (e *embedding) makeConstant(rng *rand.Rand) {
	e.freeze(true)
	orthogonalise(e.weight.W, rng)
}

// freeze keeps the projection as it is, or lets it be trained again.
func (e *embedding) freeze(on bool) {
	e.frozen = on
	freeze(e.params(), on)
}

func freeze(params []*gnn.Param, on bool) {
	for _, p := range params {
		p.Frozen = on
	}
}

// forward sets y. A nil s stands for Q = I.
func (e *embedding) forward(x mat.Matrix, s *subspace) {
	z := e.projection.forward(x)
	e.sphere.forward(z)
	if s == nil {
		e.y = e.sphere.unit
		return
	}
	e.mapped = e.mapped.Reshape(z.Rows, z.Cols)
	e.mat.Mul(e.mapped, e.sphere.unit, s.q)
	e.y = e.mapped
	if e.renormalise {
		e.again.forward(e.mapped)
		e.y = e.again.unit
	}
}

// clearGrad makes dy zero, of the shape of y.
func (e *embedding) clearGrad() {
	e.dy = e.dy.Reshape(e.y.Rows, e.y.Cols)
	e.dy.Zero()
}

// backward takes dL/dy from dy and adds to the gradients of the projection's
// parameters, unless it is frozen, and of the subspace:
//
//	dunit = dy·Qᵀ   dQ += l2(z)ᵀ·dy   dz: see unitRows
func (e *embedding) backward(s *subspace) {
	d := e.dy
	if e.renormalise {
		e.again.backward(d)
	}
	if s != nil {
		e.mat.AddTMul(s.dq, e.sphere.unit, e.dy)
		e.dunit = e.dunit.Reshape(e.dy.Rows, e.dy.Cols)
		e.mat.MulT(e.dunit, e.dy, s.q)
		d = e.dunit
	}
	if e.frozen {
		return
	}
	e.sphere.backward(d)
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
