package sim

import (
	"math"

	gonum "gonum.org/v1/gonum/mat"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// axes are the two directions in which the outputs of one layer differed most
// when they were first shown. They stay, so that what moves later are the
// points.
type axes struct {
	model  string
	layer  int
	centre []float64    // mean of the points then
	along  [2][]float64 // unit vectors; zeros where there is no second direction
}

// embeddings returns each layer's outputs along its axes, which are fitted
// the first time.
func (r *Run) embeddings(model string, t *gnn.Trace) (all []Embedding) {
	if t == nil {
		return nil
	}
	for l, h := range t.Layers {
		nodes := evenly(h.Rows, maxPoints)
		rows := rowsOf(h, nodes)
		x := r.axes(model, l, rows)
		e := Embedding{Model: model, Layer: l, Nodes: nodes, X: x.project(rows, 0), Y: x.project(rows, 1)}
		if total := variance(rows); total > 0 {
			e.Explained = [2]float32{float32(spread(e.X) / total), float32(spread(e.Y) / total)}
		}
		all = append(all, e)
	}
	return all
}

// axes returns the axes of a layer, made from rows if there are none that fit.
func (r *Run) axes(model string, layer int, rows mat.Matrix) *axes {
	for i := range r.wish.axes {
		if x := &r.wish.axes[i]; x.model == model && x.layer == layer && len(x.centre) == rows.Cols {
			return x
		}
	}
	x := fitAxes(rows)
	x.model, x.layer = model, layer
	r.wish.axes = append(r.wish.axes, x)
	return &r.wish.axes[len(r.wish.axes)-1]
}

// maxFitted is the largest matrix whose eigenvectors are computed, which takes
// time with the cube of its size. Axes of wider layers are fitted to as many
// of their nodes.
const maxFitted = 200

// fitAxes returns the principal axes of rows: the eigenvectors of the two
// largest eigenvalues of XᵀX, with X the rows [n × d] less their mean. Those
// of a wide layer are Xᵀv, with v the eigenvectors of XXᵀ. The sign of an axis
// is such that its largest component is positive.
func fitAxes(rows mat.Matrix) (x axes) {
	d := rows.Cols
	x.centre = columnMeans(rows)
	x.along = [2][]float64{make([]float64, d), make([]float64, d)}
	nodes := evenly(rows.Rows, rows.Rows)
	if d > maxFitted {
		nodes = evenly(rows.Rows, maxFitted)
	}
	centred := gonum.NewDense(len(nodes), d, nil)
	for i, v := range nodes {
		for k, f := range rows.Row(int(v)) {
			centred.Set(i, k, float64(f)-x.centre[k])
		}
	}
	var square gonum.SymDense
	if d > maxFitted {
		square.SymOuterK(1, centred)
	} else {
		square.SymOuterK(1, centred.T())
	}
	var e gonum.EigenSym
	if !e.Factorize(&square, true) {
		return x // not for finite numbers; the points stay at the origin
	}
	var vectors gonum.Dense
	e.VectorsTo(&vectors)
	size, _ := vectors.Dims()
	for a := range min(2, size) {
		axis := gonum.NewVecDense(d, x.along[a])
		v := vectors.ColView(size - 1 - a) // eigenvalues ascend
		if d > maxFitted {
			axis.MulVec(centred.T(), v)
		} else {
			axis.CopyVec(v)
		}
		orient(x.along[a])
	}
	return x
}

// orient makes axis a unit vector whose largest component is positive; zeros
// stay zeros.
func orient(axis []float64) {
	largest, sum := 0.0, 0.0
	for _, f := range axis {
		if sum += f * f; math.Abs(f) > math.Abs(largest)+1e-9 {
			largest = f
		}
	}
	if sum == 0 {
		return
	}
	scale := math.Copysign(1/math.Sqrt(sum), largest)
	for k := range axis {
		axis[k] *= scale
	}
}

// project returns the coordinate of every row along an axis.
func (x *axes) project(rows mat.Matrix, axis int) []float32 {
	at := make([]float32, rows.Rows)
	for v := range at {
		sum := 0.0
		for k, f := range rows.Row(v) {
			sum += (float64(f) - x.centre[k]) * x.along[axis][k]
		}
		at[v] = float32(sum)
	}
	return at
}

func columnMeans(rows mat.Matrix) []float64 {
	mean := make([]float64, rows.Cols)
	for v := range rows.Rows {
		for k, f := range rows.Row(v) {
			mean[k] += float64(f) / float64(rows.Rows)
		}
	}
	return mean
}

// variance returns the sum of the squared distances of rows from their mean.
func variance(rows mat.Matrix) (sum float64) {
	mean := columnMeans(rows)
	for v := range rows.Rows {
		for k, f := range rows.Row(v) {
			d := float64(f) - mean[k]
			sum += d * d
		}
	}
	return sum
}

// spread is variance for numbers.
func spread(x []float32) float64 {
	return variance(mat.Matrix{Rows: len(x), Cols: 1, Data: x})
}
