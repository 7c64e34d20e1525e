package kd

import "math"

// A cholesky solves G·x = b for a symmetric, positive definite G [n × n]:
// G = L·Lᵀ, Golub and Van Loan, Matrix Computations, §4.2.
type cholesky struct {
	n int
	l []float64 // L below and on its diagonal
}

// factor takes G, which it overwrites and keeps.
func (c *cholesky) factor(g []float64, n int) {
	c.n, c.l = n, g
	for k := range n {
		for i := range k + 1 {
			c.reduce(k, i)
		}
	}
}

// reduce sets L_ki of the entries that stand before.
func (c *cholesky) reduce(k, i int) {
	rowK, rowI := c.l[k*c.n:], c.l[i*c.n:]
	sum := rowK[i]
	for m := range i {
		sum -= float64(rowK[m] * rowI[m])
	}
	if i == k {
		rowK[i] = math.Sqrt(max(sum, math.SmallestNonzeroFloat64))
		return
	}
	rowK[i] = sum / rowI[i]
}

// solve replaces b by x.
func (c *cholesky) solve(b []float64) {
	for k := range c.n {
		for m := range k {
			b[k] -= float64(c.l[k*c.n+m] * b[m])
		}
		b[k] /= c.l[k*c.n+k]
	}
	for k := c.n - 1; k >= 0; k-- {
		for m := k + 1; m < c.n; m++ {
			b[k] -= float64(c.l[m*c.n+k] * b[m])
		}
		b[k] /= c.l[k*c.n+k]
	}
}
