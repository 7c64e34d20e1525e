package kd

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn/mat"
)

// OfficialMaxNodes is the cap that the published GSP and G-CRD set on the
// nodes of which they compare all pairs. Config.MaxNodes has none, so that
// the default is deterministic.
const OfficialMaxNodes = 8192

// drawn chooses the nodes of a loss on all pairs of nodes: every subset of
// limit nodes is equally likely. A limit of 0 is none.
type drawn struct {
	limit int
	rng   *rand.Rand
	rows  []int32
}

func newDrawn(criterion string, limit int, rng *rand.Rand) (drawn, error) {
	if limit < 0 {
		return drawn{}, fmt.Errorf("kd: %s: max nodes is %d, want at least 0", criterion, limit)
	}
	return drawn{limit: limit, rng: rng}, nil
}

// drawNodes returns the chosen ones of n nodes, valid until the next call. Nil
// stands for all of them; nothing is drawn then.
func (d *drawn) drawNodes(n int) []int32 {
	if d.limit == 0 || n <= d.limit {
		return nil
	}
	d.rows = resize(d.rows, n)
	for i := range d.rows {
		d.rows[i] = int32(i)
	}
	for i := range d.limit {
		j := i + d.rng.IntN(n-i)
		d.rows[i], d.rows[j] = d.rows[j], d.rows[i]
	}
	return d.rows[:d.limit]
}

// A selection is the chosen rows of a matrix and the gradient with respect to
// them.
type selection struct {
	mat     *mat.Backend
	x, dx   mat.Matrix
	storage mat.Matrix // of x, unless all rows are chosen
}

// takeRows sets x to the given rows of m, all of them if nil, and dx to zero.
func (s *selection) takeRows(m mat.Matrix, rows []int32) {
	s.x = m
	if rows != nil {
		s.storage = s.storage.Reshape(len(rows), m.Cols)
		mat.Gather(s.storage, m, rows)
		s.x = s.storage
	}
	s.dx = zeroed(s.dx, s.x)
}

// giveRows adds dx, times scale, to the rows of grad that x was taken from. It
// changes dx.
func (s *selection) giveRows(scale float32, grad mat.Matrix, rows []int32) {
	if rows == nil {
		s.mat.Axpy(scale, s.dx, grad)
		return
	}
	for i := range s.dx.Data {
		s.dx.Data[i] *= scale
	}
	s.mat.ScatterAdd(grad, s.dx, rows)
}

// tileRows is how many rows of an n×n matrix are held at a time.
const tileRows = 128

// span returns rows lo to hi of m, sharing their storage.
func span(m mat.Matrix, lo, hi int) mat.Matrix {
	return mat.Matrix{Rows: hi - lo, Cols: m.Cols, Data: m.Data[lo*m.Cols : hi*m.Cols]}
}
