// Package principal finds the two directions in which the outputs of a layer
// differ most, so that they can be seen in a plane.
package principal

import (
	"math"

	"abkd/gnn/mat"
)

// Axes are two directions and where they begin. They stay while a model learns,
// so that what moves are the points.
type Axes struct {
	Centre []float64    // mean of the points that they were fitted to
	Along  [2][]float64 // unit vectors; zeros where there is no second direction
}

// maxFitted is the largest matrix whose eigenvectors are computed, which takes
// time with the cube of its size. Axes of wider layers are fitted to as many
// of their nodes.
const maxFitted = 128

// Fit returns the principal axes of rows: the eigenvectors of the two
// largest eigenvalues of XᵀX, with X the rows [n × d] less their mean. Those
// of a wide layer are Xᵀv, with v the eigenvectors of XXᵀ. The sign of an axis
// is such that its largest component is positive.
func Fit(rows mat.Matrix) (x Axes) {
	d := rows.Cols
	x.Centre = Means(rows)
	x.Along = [2][]float64{make([]float64, d), make([]float64, d)}
	most := rows.Rows
	if d > maxFitted {
		most = maxFitted
	}
	nodes := Evenly(rows.Rows, most)
	centred := make([][]float64, len(nodes)) // X
	for i, v := range nodes {
		centred[i] = make([]float64, d)
		for k, f := range rows.Row(int(v)) {
			centred[i][k] = float64(f) - x.Centre[k]
		}
	}
	if d > maxFitted {
		for a, v := range eigenvectors(outer(centred)) {
			for i, row := range centred {
				for k, f := range row {
					x.Along[a][k] += f * v[i]
				}
			}
		}
	} else {
		for a, v := range eigenvectors(outer(transposed(centred, d))) {
			copy(x.Along[a], v)
		}
	}
	x.Orient()
	return x
}

// Orient makes the axes unit vectors whose largest component is positive; zeros
// stay zeros.
func (x *Axes) Orient() {
	orient(x.Along[0])
	orient(x.Along[1])
}

func transposed(x [][]float64, cols int) [][]float64 {
	t := make([][]float64, cols)
	for k := range t {
		t[k] = make([]float64, len(x))
		for i := range x {
			t[k][i] = x[i][k]
		}
	}
	return t
}

// outer returns XXᵀ.
func outer(x [][]float64) [][]float64 {
	s := make([][]float64, len(x))
	for i := range x {
		s[i] = make([]float64, len(x))
		for j := range i + 1 {
			sum := 0.0
			for k, f := range x[i] {
				sum += f * x[j][k]
			}
			s[i][j], s[j][i] = sum, sum
		}
	}
	return s
}

// eigenvectors returns the unit eigenvectors of the two largest eigenvalues of
// the symmetric matrix s, fewer if it has fewer, by Jacobi's rotations (Golub
// and Van Loan, Matrix Computations, §8.5). It overwrites s. A library's
// routine would make the browser's programs a fifth larger.
func eigenvectors(s [][]float64) [][]float64 {
	n := len(s)
	vectors := make([][]float64, n)
	for i := range vectors {
		vectors[i] = make([]float64, n)
	}
	Diagonalise(s, vectors)
	first, second := -1, -1
	for i := range n {
		switch {
		case first < 0 || s[i][i] > s[first][first]:
			first, second = i, first
		case second < 0 || s[i][i] > s[second][second]:
			second = i
		}
	}
	switch {
	case n == 0:
		return nil
	case second < 0:
		return [][]float64{vectors[first]}
	}
	return [][]float64{vectors[first], vectors[second]}
}

// Diagonalise turns the symmetric matrix s into that of its eigenvalues, s[i][i],
// in no order, and sets row i of vectors to the unit eigenvector of s[i][i].
func Diagonalise(s, vectors [][]float64) {
	n := len(s)
	for i := range vectors {
		clear(vectors[i])
		vectors[i][i] = 1
	}
	for range 30 { // sweeps; a dozen make the rest vanish
		rest, all := 0.0, 0.0
		for i := range n {
			for j, f := range s[i] {
				all += f * f
				if i != j {
					rest += f * f
				}
			}
		}
		if !(rest > 1e-24*all) || math.IsInf(all, 0) {
			break
		}
		for p := range n {
			for q := p + 1; q < n; q++ {
				rotate(s, vectors, p, q)
			}
		}
	}
}

// rotate turns the plane of p and q so that s[p][q] becomes 0.
func rotate(s, vectors [][]float64, p, q int) {
	if s[p][q] == 0 {
		return
	}
	theta := (s[q][q] - s[p][p]) / (2 * s[p][q])
	t := math.Copysign(1/(math.Abs(theta)+math.Hypot(theta, 1)), theta)
	c := 1 / math.Hypot(t, 1)
	for k := range s {
		a, b := s[k][p], s[k][q]
		s[k][p], s[k][q] = c*a-t*c*b, t*c*a+c*b
	}
	turn := func(x, y []float64) {
		for k, a := range x {
			x[k], y[k] = c*a-t*c*y[k], t*c*a+c*y[k]
		}
	}
	turn(s[p], s[q])
	turn(vectors[p], vectors[q])
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

// Project returns the coordinate of every row along an axis.
func (x *Axes) Project(rows mat.Matrix, axis int) []float32 {
	at := make([]float32, rows.Rows)
	for v := range at {
		sum := 0.0
		for k, f := range rows.Row(v) {
			sum += (float64(f) - x.Centre[k]) * x.Along[axis][k]
		}
		at[v] = float32(sum)
	}
	return at
}

// Means returns the mean of each column.
func Means(rows mat.Matrix) []float64 {
	mean := make([]float64, rows.Cols)
	for v := range rows.Rows {
		for k, f := range rows.Row(v) {
			mean[k] += float64(f) / float64(rows.Rows)
		}
	}
	return mean
}

// Variance returns the sum of the squared distances of rows from their mean.
func Variance(rows mat.Matrix) (sum float64) {
	mean := Means(rows)
	for v := range rows.Rows {
		for k, f := range rows.Row(v) {
			d := float64(f) - mean[k]
			sum += d * d
		}
	}
	return sum
}

// Spread is the Variance of numbers.
func Spread(x []float32) float64 { return Variance(mat.Matrix{Rows: len(x), Cols: 1, Data: x}) }

// Evenly returns at most limit of n nodes, evenly spread.
func Evenly(n, limit int) []int32 {
	nodes := make([]int32, min(n, limit))
	for k := range nodes {
		nodes[k] = int32(k * n / len(nodes))
	}
	return nodes
}
