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

// fitAxes returns the principal axes of rows: the eigenvectors of the two
// largest eigenvalues of their covariance. The sign of an axis is such that
// its largest component is positive.
func fitAxes(rows mat.Matrix) (x axes) {
	d := rows.Cols
	x.centre = columnMeans(rows)
	x.along = [2][]float64{make([]float64, d), make([]float64, d)}
	covariance := gonum.NewSymDense(d, nil)
	for v := range rows.Rows {
		c := gonum.NewVecDense(d, nil)
		for k, f := range rows.Row(v) {
			c.SetVec(k, float64(f)-x.centre[k])
		}
		covariance.SymRankOne(covariance, 1, c)
	}
	var e gonum.EigenSym
	if !e.Factorize(covariance, true) {
		return x // not for finite numbers; the points stay at the origin
	}
	var vectors gonum.Dense
	e.VectorsTo(&vectors)
	for a := range min(2, d) {
		gonum.Col(x.along[a], d-1-a, &vectors) // eigenvalues ascend
		largest := 0.0
		for _, f := range x.along[a] {
			if math.Abs(f) > math.Abs(largest)+1e-9 {
				largest = f
			}
		}
		if largest < 0 {
			for k := range x.along[a] {
				x.along[a][k] *= -1
			}
		}
	}
	return x
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
