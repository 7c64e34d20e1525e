package kd

import (
	"math"
	"math/rand/v2"
	"strconv"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// attention computes how much each teacher layer attends to each student
// layer, from the means t_i and s_j of the rows of their outputs:
//
//	a_i = t_i·Wt_i   b_j = s_j·Ws_j   z_ij = a_i·b_j / √d   A = softmax(z)
//
// The division by √d is ours. The softmax runs
//
//	row      over the student layers of each teacher layer (the paper's)
//	column   over the teacher layers of each student layer
//	global   over all pairs; times Lt, so that A sums to Lt as by rows
//	uniform  not at all: A_ij = 1/Ls
//
// Lt and Ls count the layers that are compared: with hidden layers only A is 0
// for the logits.
//
// A pinned A is given by the user instead. Uniform and pinned A have no
// derivative, and a detached one is treated as if it had none.
type attention struct {
	mat     *mat.Backend
	softmax string
	detach  bool
	attend  string
	pin     mat.Matrix // empty if not pinned
	lt, ls  int        // layers that are compared, the first of all

	teacher, student []*gnn.Param // Wt_i [p_i × d], Ws_j [q_j × d]

	a, da mat.Matrix // a_i in row i [Lt × d]
	b, db mat.Matrix // b_j in row j [Ls × d]
	w     mat.Matrix // A [Lt × Ls]
	dz    mat.Matrix // dL/dz [Lt × Ls]
}

func newAttention(teacher, student []int, c ABKDConfig, rng *rand.Rand) *attention {
	lt, ls := len(teacher), len(student)
	a := &attention{
		softmax: c.Softmax, detach: c.DetachAttention, attend: c.Attend, pin: c.Pin.Clone(), lt: c.comparedTeacher, ls: c.comparedStudent,
		a: mat.New(lt, c.Dim), da: mat.New(lt, c.Dim),
		b: mat.New(ls, c.Dim), db: mat.New(ls, c.Dim),
		w: mat.New(lt, ls), dz: mat.New(lt, ls),
	}
	for i, p := range teacher {
		a.teacher = append(a.teacher, newWeight("attention.teacher."+strconv.Itoa(i), p, c.Dim, rng))
	}
	for j, q := range student {
		a.student = append(a.student, newWeight("attention.student."+strconv.Itoa(j), q, c.Dim, rng))
	}
	return a
}

// constant reports whether A depends on neither layers nor parameters.
func (a *attention) constant() bool { return a.softmax == "uniform" || !a.pin.Empty() }

// forward sets A from the means t[i] [1 × p_i] and s[j] [1 × q_j].
func (a *attention) forward(t, s []mat.Matrix) {
	switch {
	case !a.pin.Empty():
		copy(a.w.Data, a.pin.Data)
		a.leaveOut(0)
		return
	case a.softmax == "uniform":
		for i := range a.w.Data {
			a.w.Data[i] = 1 / float32(a.ls)
		}
		a.leaveOut(0)
		return
	}
	for i, w := range a.teacher {
		a.mat.Mul(row(a.a, i), t[i], w.W)
	}
	for j, w := range a.student {
		a.mat.Mul(row(a.b, j), s[j], w.W)
	}
	a.mat.MulT(a.w, a.a, a.b)
	for i := range a.w.Data {
		a.w.Data[i] *= a.logitScale()
	}
	a.leaveOut(float32(math.Inf(-1)))
	groups, step, size, stride, total := a.groups()
	for g := range groups {
		softmax(a.w.Data[g*step:], size, stride, total)
	}
}

// leaveOut sets the pairs with a layer that is not compared to x.
func (a *attention) leaveOut(x float32) {
	for k := range a.w.Data {
		if k/a.w.Cols >= a.lt || k%a.w.Cols >= a.ls {
			a.w.Data[k] = x
		}
	}
}

func (a *attention) logitScale() float32 { return float32(1 / math.Sqrt(float64(a.a.Cols))) }

// groups says which entries of A one softmax covers, and what they sum to:
// those of group g are g*step, g*step + stride, and so on, size of them.
func (a *attention) groups() (groups, step, size, stride int, total float32) {
	lt, ls := a.w.Rows, a.w.Cols
	switch a.softmax {
	case "column":
		return ls, 1, lt, ls, 1
	case "global":
		return 1, 0, lt * ls, 1, float32(a.lt)
	}
	return lt, ls, ls, 1, 1
}

// softmax replaces size elements of x by total times their softmax, which is 0
// where all are -∞.
func softmax(x []float32, size, stride int, total float32) {
	top := x[0]
	for k := range size {
		top = max(top, x[k*stride])
	}
	top = max(top, -math.MaxFloat32)
	sum := float32(0)
	for k := range size {
		e := float32(math.Exp(float64(x[k*stride] - top)))
		x[k*stride] = e
		sum += e
	}
	for k := range size {
		x[k*stride] *= total / max(sum, 1)
	}
}

// backward takes dL/dA = scale·x and adds dL/ds_j to ds[j] [1 × q_j] and to the
// parameters' gradients. Within the group of one softmax that sums to c,
//
//	dz = A·(dA - Σ A·dA / c)
//	da_i = Σ_j dz_ij·b_j / √d   dWt_i = t_iᵀ·da_i
//	db_j = Σ_i dz_ij·a_i / √d   dWs_j = s_jᵀ·db_j   ds_j = db_j·Ws_jᵀ
//
// Attention that is not easy ascends x: the parameters get the opposite, and ds_j
// is 0.
func (a *attention) backward(scale float32, x mat.Matrix, t, s, ds []mat.Matrix) {
	if a.constant() || a.detach {
		return
	}
	if a.attend != "easy" {
		scale = -scale
	}
	groups, step, size, stride, total := a.groups()
	for g := range groups {
		w, d, dz := a.w.Data[g*step:], x.Data[g*step:], a.dz.Data[g*step:]
		mean := float32(0)
		for k := range size {
			mean += float32(w[k*stride] * d[k*stride])
		}
		mean /= total
		for k := range size {
			dz[k*stride] = scale * a.logitScale() * w[k*stride] * (d[k*stride] - mean)
		}
	}
	a.mat.Mul(a.da, a.dz, a.b)
	a.mat.TMul(a.db, a.dz, a.a)
	for i, w := range a.teacher {
		a.mat.AddTMul(w.G, t[i], row(a.da, i))
	}
	for j, w := range a.student {
		a.mat.AddTMul(w.G, s[j], row(a.db, j))
		if a.attend == "easy" {
			a.mat.AddMulT(ds[j], row(a.db, j), w.W)
		}
	}
}

// row returns row i of m as a matrix that shares its storage.
func row(m mat.Matrix, i int) mat.Matrix { return mat.Matrix{Rows: 1, Cols: m.Cols, Data: m.Row(i)} }
