package gnn

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// An operand is the input X [n × p] of a layer, dense or sparse. A sparse one
// has the shape of its Matrix and no Data.
type operand struct {
	mat.Matrix
	sparse *sparse
}

// Dense returns m as an operand.
func dense(m mat.Matrix) operand { return operand{Matrix: m} }

// mul sets dst = X·W.
func (x operand) mul(on *mat.Backend, dst, w mat.Matrix) {
	if s := x.sparse; s != nil {
		on.SpMM(dst, s.rows.Ptr, s.rows.Col, s.value, w, false)
		return
	}
	on.Mul(dst, x.Matrix, w)
}

// addTMul sets dst += Xᵀ·D.
func (x operand) addTMul(on *mat.Backend, dst, d mat.Matrix) {
	if s := x.sparse; s != nil {
		on.SpMM(dst, s.cols.Ptr, s.cols.Col, s.colValue, d, true)
		return
	}
	on.AddTMul(dst, x.Matrix, d)
}

// top returns the first m rows; a sparse operand is a whole graph's and has no
// others.
func (x operand) top(m int) operand {
	if x.sparse != nil {
		if m != x.Rows {
			panic(fmt.Sprintf("gnn: operand: %d rows of the sparse %v, want all", m, x.Matrix))
		}
		return x
	}
	return operand{Matrix: x.Top(m)}
}

// check panics unless x is rows×cols.
func (x operand) check(op string, rows, cols int) {
	if x.Rows != rows || x.Cols != cols {
		panic(fmt.Sprintf("gnn: %s: features are %v, want %d×%d (block sources × layer input)", op, x.Matrix, rows, cols))
	}
}

// sparse is a constant matrix of which few elements are not 0, such as the
// bags of words of a citation graph: of Cora's features one in 79. A product
// with it costs that much less, and its sums have the same terms in the same
// order as the dense one's but for those that are 0.
type sparse struct {
	rows, cols      graph.CSR // X and Xᵀ
	from            []int32   // the entry of X that each entry of Xᵀ is
	all, allCol     []float32 // elements of X and of Xᵀ
	value, colValue []float32 // the same, or what dropout left of them
	dropped         []float32 // storage
}

// sparseShare is the largest share of elements other than 0 in a sparse matrix.
const sparseShare = 1. / 8

// sparseElements returns how many elements of m are not 0, -1 if they are too
// many for it to be read as sparse.
func sparseElements(m mat.Matrix) int {
	n, limit := 0, int(sparseShare*float64(len(m.Data)))
	for _, v := range m.Data {
		if v == 0 {
			continue
		}
		if n++; n > limit {
			return -1
		}
	}
	return n
}

// newSparse returns m with row i multiplied by scale[i] (nil: 1), or nil if m
// has too many elements other than 0.
func newSparse(m mat.Matrix, scale []float32) *sparse {
	n := sparseElements(m)
	if n < 0 {
		return nil
	}
	s := &sparse{rows: graph.CSR{Ptr: make([]int32, 1, m.Rows+1), Col: make([]int32, 0, n)}, all: make([]float32, 0, n)}
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			if v == 0 {
				continue
			}
			if scale != nil {
				v = float32(v * scale[i])
			}
			s.rows.Col, s.all = append(s.rows.Col, int32(j)), append(s.all, v)
		}
		s.rows.Ptr = append(s.rows.Ptr, int32(len(s.all)))
	}
	s.cols, s.from = graph.TransposeEntries(graph.CSR{}, nil, s.rows, m.Cols)
	s.allCol, s.dropped = make([]float32, len(s.all)), make([]float32, len(s.all))
	for e, f := range s.from {
		s.allCol[e] = s.all[f]
	}
	s.value, s.colValue = s.all, s.allCol
	return s
}

// dropValues sets the values to what d leaves of them; a nil rng, or a d that drops
// nothing, to all of them. Dropping an element that is 0 changes nothing, so
// none is drawn for.
func (s *sparse) dropValues(d *dropout, rng *rand.Rand) {
	if rng == nil || !d.active() {
		s.value, s.colValue = s.all, s.allCol
		return
	}
	s.value = d.forward(mat.Matrix{Rows: 1, Cols: len(s.all), Data: s.all}, rng).Data
	s.colValue = s.dropped
	for e, f := range s.from {
		s.colValue[e] = s.value[f]
	}
}
