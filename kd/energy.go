package kd

import (
	"math"

	"abkd/gnn/mat"
)

// energyMaps compare which nodes layers answer to, as AT does, for every pair:
//
//	t̂_i = (‖T_iv‖²)_v, of length 1 over the nodes v   ŝ_j the same of S_j
//	D_ij = ‖ŝ_j - t̂_i‖², from 0 to 2
//
// Ours: that all pairs are compared, and that the squares are summed over the
// nodes, so that D is as large as that of embeddings.
type energyMaps struct {
	plain
	teacher, student []energyMap
}

// An energyMap holds the squared lengths of the rows of x divided by their norm.
type energyMap struct {
	x    mat.Matrix
	unit []float32
	norm float64
	d    []float32 // dL/dunit
}

func (e *energyMap) forward(x mat.Matrix) {
	e.x = x
	e.unit = resize(e.unit, x.Rows)
	sum := 0.0
	for v := range e.unit {
		e.unit[v] = inner(x.Row(v), x.Row(v))
		sum += float64(float64(e.unit[v]) * float64(e.unit[v]))
	}
	e.norm = math.Sqrt(sum)
	for v := range e.unit {
		e.unit[v] = float32(float64(e.unit[v]) / max(e.norm, minNorm))
	}
}

// backward adds c times what d, the derivative by ŝ, gives the layer:
//
//	ds = d - ŝ·(ŝ·d)   dS_v = ds_v·S_v
//
// so with 2/‖s‖ in c it is that of S.
//
// Ours: a layer of zeros, where ŝ has no derivative, gets 0.
func (e *energyMap) backward(c float64, d []float32, grad mat.Matrix) {
	if e.norm <= minNorm {
		return
	}
	radial := 0.0
	for v, x := range e.unit {
		radial += float64(float64(x) * float64(d[v]))
	}
	for v, x := range e.unit {
		g := float32(c * (float64(d[v]) - float64(float64(x)*radial)))
		addScaledRow(grad.Row(v), g, e.x.Row(v))
	}
}

func (m *energyMaps) measure(l Layers, d []float64) {
	for i := range m.teacher {
		m.teacher[i].forward(l.Teacher[i])
	}
	for j := range m.student {
		m.student[j].forward(l.Student[j])
	}
	for i, t := range m.teacher {
		for j, s := range m.student {
			sum := 0.0
			for v, x := range s.unit {
				diff := float64(x - t.unit[v])
				sum += float64(diff * diff)
			}
			d[i*len(m.student)+j] = sum
		}
	}
}

// backward adds that of dŝ_j = Σ_i 2·A_ij·(ŝ_j - t̂_i).
func (m *energyMaps) backward(scale float32, a mat.Matrix, grad []mat.Matrix) {
	for j := range m.student {
		s := &m.student[j]
		s.d = resize(s.d, len(s.unit))
		clear(s.d)
		for i, t := range m.teacher {
			c := a.Row(i)[j]
			for v, x := range s.unit {
				s.d[v] += float32(c * (x - t.unit[v]))
			}
		}
		s.backward(4*float64(scale)/s.norm, s.d, grad[j])
	}
}
