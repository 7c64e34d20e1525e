package kd

import "abkd/gnn/mat"

// minNorm is the least norm by which a row is divided.
const minNorm = 1e-12

// unitRows makes every row a unit vector:
//
//	y = l2(z)   l2(z)_v = z_v / max(‖z_v‖, 1e-12)
type unitRows struct {
	mat  *mat.Backend
	norm []float32  // ‖z‖ of each row
	unit mat.Matrix // l2(z) [r × d]
}

// forward sets unit.
func (u *unitRows) forward(z mat.Matrix) {
	u.unit = u.unit.Reshape(z.Rows, z.Cols)
	u.norm = resize(u.norm, z.Rows)
	u.mat.RowNorms(u.norm, z)
	for v, norm := range u.norm {
		y := u.unit.Row(v)
		for k, x := range z.Row(v) {
			y[k] = x / max(norm, minNorm)
		}
	}
}

// backward replaces d = dL/dy by
//
//	dz = (d - y·(y·d)) / ‖z‖
//
// Ours: a row of zeros, where l2 has no derivative, gets dz = 0.
func (u *unitRows) backward(d mat.Matrix) {
	for v, norm := range u.norm {
		dv, y := d.Row(v), u.unit.Row(v)
		if norm <= minNorm {
			clear(dv)
			continue
		}
		radial := inner(y, dv)
		for k, x := range dv {
			dv[k] = (x - float32(y[k]*radial)) / norm
		}
	}
}
