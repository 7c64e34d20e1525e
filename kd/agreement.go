package kd

import (
	"math"

	"abkd/gnn/mat"
)

// A TaskReader is a criterion that learns from the gradient of the task too, which
// is cross-entropy and KD as they count in the total loss.
type TaskReader interface {
	Criterion
	// ReadsTask reports whether it does.
	ReadsTask() bool
	// SetTask gives it that gradient at the rows of each layer of the student that
	// the last Loss compared, for the next Backward.
	SetTask(task []mat.Matrix)
}

// agreement says which pairs of layers help the task: to follow the gradient of
// D_ij down lowers the task's loss, in a small step, by as much as
//
//	C_ij = ⟨dD_ij/dS_j, t_j⟩ / (‖dD_ij/dS_j‖·‖t_j‖)
//
// is above 0, with t_j the task's gradient at S_j. It is 0 where one of both
// gradients is. Attention to what helps ascends Σ A_ij·C_ij/Lt, C a constant (ours).
type agreement struct {
	task []mat.Matrix // t_j
	c    mat.Matrix   // C [Lt × Ls]
	row  mat.Matrix   // 1 for the pairs of one teacher layer
	grad []mat.Matrix // dD_ij/dS_j of each j
	own  []float32    // gradients of the criterion's own parameters, to be brought back
}

func newAgreement(lt int, student []int) *agreement {
	return &agreement{
		task: make([]mat.Matrix, len(student)), grad: make([]mat.Matrix, len(student)),
		c: mat.New(lt, len(student)), row: mat.New(lt, len(student)),
	}
}

// ReadsTask reports whether the attention goes to what helps.
func (a *ABKD) ReadsTask() bool { return a.agreement != nil }

// SetTask implements TaskReader.
func (a *ABKD) SetTask(task []mat.Matrix) { copy(a.agreement.task, task) }

// ReadsTask is ABKD's.
func (s *STRIDE) ReadsTask() bool { return s.abkd.ReadsTask() }

// SetTask is ABKD's.
func (s *STRIDE) SetTask(task []mat.Matrix) { s.abkd.SetTask(task) }

// agree returns C of the last Loss. As D_ij depends on no other layer than S_j, the
// pairs of a teacher layer are looked at together.
func (a *ABKD) agree() mat.Matrix {
	g := a.agreement
	g.own = g.own[:0]
	for _, p := range a.params {
		g.own = append(g.own, p.G.Data...)
	}
	for i := range g.c.Rows {
		g.row.Zero()
		for j, t := range g.task {
			g.row.Row(i)[j] = 1
			g.grad[j] = zeroed(g.grad[j], t)
		}
		a.clearMeans()
		a.compareBackward(1, g.row, g.grad)
		a.addMeans(g.grad)
		for j, t := range g.task {
			g.c.Row(i)[j] = float32(cosine(g.grad[j].Data, t.Data))
		}
	}
	own := g.own
	for _, p := range a.params {
		own = own[copy(p.G.Data, own):]
	}
	return g.c
}

// cosine returns that of the angle between x and y, 0 if one of them is 0.
func cosine(x, y []float32) float64 {
	var xx, yy, xy float64
	for k, v := range x {
		a, b := float64(v), float64(y[k])
		xx += float64(a * a)
		yy += float64(b * b)
		xy += float64(a * b)
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / (math.Sqrt(xx) * math.Sqrt(yy))
}
