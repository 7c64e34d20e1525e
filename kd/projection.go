package kd

import (
	"math"
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// A projection maps the output x [r × p] of a layer to z [r × d] in the
// shared space:
//
//	linear      z = x·W
//	batchnorm   z = ReLU(BatchNorm(x·W + b))
type projection struct {
	mat    *mat.Backend
	weight *gnn.Param // W [p × d]
	norm   *batchNorm // nil for the linear one

	x, z, dz mat.Matrix
}

// newProjection returns a projection from width p to d whose parameters are
// called name.weight and so on. W is drawn uniformly from ±1/√p.
func newProjection(name string, p, d int, batchnorm bool, rng *rand.Rand) *projection {
	h := &projection{weight: newWeight(name, p, d, rng)}
	if batchnorm {
		h.norm = newBatchNorm(name, d)
	}
	return h
}

func newWeight(name string, p, d int, rng *rand.Rand) *gnn.Param {
	w := gnn.NewParam(name+".weight", p, d)
	bound := float32(1 / math.Sqrt(float64(p)))
	for i := range w.W.Data {
		w.W.Data[i] = float32(bound * (2*rng.Float32() - 1))
	}
	return w
}

// params returns the parameters, those of the norm last. It stays a call, see
// gnn.KindOf.
//
//go:noinline
func (h *projection) params() []*gnn.Param {
	if h.norm == nil {
		return []*gnn.Param{h.weight}
	}
	return []*gnn.Param{h.weight, h.norm.bias, h.norm.gamma, h.norm.beta}
}

// forward returns z, valid until the next call. x must stay as it is until
// backward has run.
func (h *projection) forward(x mat.Matrix) mat.Matrix {
	h.x = x
	h.z = h.z.Reshape(x.Rows, h.weight.W.Cols)
	h.mat.Mul(h.z, x, h.weight.W)
	if h.norm != nil {
		h.norm.forward(h.z)
		return h.norm.y
	}
	return h.z
}

// backward adds dW = xᵀ·dz to the parameters' gradients.
func (h *projection) backward(dz mat.Matrix) {
	h.dz = dz
	if h.norm != nil {
		h.dz = h.norm.backward(dz)
	}
	h.mat.AddTMul(h.weight.G, h.x, h.dz)
}

// addInput adds dx += dz·Wᵀ for the dz of the last backward.
func (h *projection) addInput(dx mat.Matrix) { h.mat.AddMulT(dx, h.dz, h.weight.W) }

// orthogonalise makes the shorter side of W [p × d] orthonormal: its columns,
// or its rows if p < d. W is drawn anew from the Gaussian distribution and its
// vectors are made orthogonal one after the other (Gram and Schmidt).
func orthogonalise(w mat.Matrix, rng *rand.Rand) {
	k, n := w.Cols, w.Rows // k vectors of n elements, element j of vector i at i*vs+j*es
	vs, es := 1, w.Cols
	if n < k {
		k, n, vs, es = n, k, es, vs
	}
	basis := make([][]float64, k)
	for i := range basis {
		v := make([]float64, n)
		for j := range v {
			v[j] = rng.NormFloat64()
		}
		for _, u := range basis[:i] {
			addScaled(v, -dot(u, v), u)
		}
		norm := math.Sqrt(dot(v, v))
		for j := range v {
			v[j] /= norm
			w.Data[i*vs+j*es] = float32(v[j])
		}
		basis[i] = v
	}
}

func dot(x, y []float64) (s float64) {
	for i, v := range x {
		s += float64(v * y[i])
	}
	return s
}

func addScaled(y []float64, a float64, x []float64) {
	for i, v := range x {
		y[i] += float64(a * v)
	}
}
