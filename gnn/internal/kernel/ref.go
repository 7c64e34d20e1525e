package kernel

import "math"

// Reference is the portable implementation, in plain Go.
type Reference struct{}

// Name returns "go".
func (Reference) Name() string { return "go" }

// Gemm chooses the loop order by the layout of B, never the order of a sum:
// every element of C is the sum over l = 0..k-1 in order, whichever runs.
func (Reference) Gemm(m, n, k int, a []float32, ars, acs int, b []float32, brs, bcs int, c []float32, ldc int, accumulate bool) {
	for i := range m {
		ci := c[i*ldc : i*ldc+n]
		if !accumulate {
			clear(ci)
		}
		switch {
		case bcs == 1:
			gemmRow(ci, k, a[i*ars:], acs, b, brs)
		default:
			gemmDots(ci, k, a[i*ars:], acs, b, brs, bcs)
		}
	}
}

// gemmRow adds a·B to c for rows of B that are contiguous, four rows of B at
// a time so that c is loaded and stored a quarter as often.
func gemmRow(c []float32, k int, a []float32, acs int, b []float32, brs int) {
	n := len(c)
	l := 0
	for ; l+4 <= k; l += 4 {
		a0, a1, a2, a3 := a[l*acs], a[(l+1)*acs], a[(l+2)*acs], a[(l+3)*acs]
		if a0 == 0 && a1 == 0 && a2 == 0 && a3 == 0 {
			continue // adding zeros changes no bit; after ReLU and dropout half of A is zero
		}
		b0, b1 := b[l*brs:][:n], b[(l+1)*brs:][:n]
		b2, b3 := b[(l+2)*brs:][:n], b[(l+3)*brs:][:n]
		for j, s := range c {
			s += float32(a0 * b0[j])
			s += float32(a1 * b1[j])
			s += float32(a2 * b2[j])
			s += float32(a3 * b3[j])
			c[j] = s
		}
	}
	for ; l < k; l++ {
		al, bl := a[l*acs], b[l*brs:][:n]
		for j := range c {
			c[j] += float32(al * bl[j])
		}
	}
}

// gemmDots adds a·B to c for columns of B that are contiguous or strided,
// four dot products at a time to hide the latency of the additions.
func gemmDots(c []float32, k int, a []float32, acs int, b []float32, brs, bcs int) {
	j := 0
	for ; j+4 <= len(c); j += 4 {
		b0, b1, b2, b3 := b[j*bcs:], b[(j+1)*bcs:], b[(j+2)*bcs:], b[(j+3)*bcs:]
		s0, s1, s2, s3 := c[j], c[j+1], c[j+2], c[j+3]
		for l := range k {
			al, o := a[l*acs], l*brs
			s0 += float32(al * b0[o])
			s1 += float32(al * b1[o])
			s2 += float32(al * b2[o])
			s3 += float32(al * b3[o])
		}
		c[j], c[j+1], c[j+2], c[j+3] = s0, s1, s2, s3
	}
	for ; j < len(c); j++ {
		s := c[j]
		for l := range k {
			s += float32(a[l*acs] * b[l*brs+j*bcs])
		}
		c[j] = s
	}
}

// SpMM sums each row in the order of its entries.
func (Reference) SpMM(rows, width int, ptr, col []int32, weight, x, y []float32, accumulate bool) {
	for i := range rows {
		yi := y[i*width:][:width]
		if !accumulate {
			clear(yi)
		}
		lo, hi := ptr[i], ptr[i+1]
		mean := 1 / float32(max(hi-lo, 1))
		for e := lo; e < hi; e++ {
			w := mean
			if weight != nil {
				w = weight[e]
			}
			xj := x[int(col[e])*width:][:width]
			for d := range yi {
				yi[d] += float32(w * xj[d])
			}
		}
	}
}

// BiasReLU works row by row.
func (Reference) BiasReLU(rows, width int, y, bias []float32, relu bool) {
	for i := range rows {
		yi := y[i*width:][:width]
		for d, b := range bias {
			v := yi[d] + b
			if relu && v < 0 {
				v = 0
			}
			yi[d] = v
		}
	}
}

// ReLUBackward works element by element.
func (Reference) ReLUBackward(dz, dy, y []float32) {
	dz, dy = dz[:len(y)], dy[:len(y)]
	for i, v := range y {
		if v > 0 {
			dz[i] = dy[i]
		} else {
			dz[i] = 0
		}
	}
}

// SoftmaxCE subtracts each row's maximum before the exponential.
func (Reference) SoftmaxCE(rows, classes int, logits []float32, labels []int32, scale float32, grad []float32) float64 {
	loss := 0.0
	for i := range rows {
		z, g := logits[i*classes:][:classes], grad[i*classes:][:classes]
		top := z[0]
		for _, v := range z {
			top = max(top, v)
		}
		sum := float32(0)
		for c, v := range z {
			g[c] = float32(math.Exp(float64(v - top)))
			sum += g[c]
		}
		y := labels[i]
		// Rounded to float32: the last bit of Log differs between architectures.
		loss += float64(float32(math.Log(float64(sum))) - (z[y] - top))
		s := scale / sum
		for c := range g {
			g[c] *= s
		}
		g[y] -= scale
	}
	return loss
}

// Adam works element by element.
func (Reference) Adam(w, g, m, v []float32, s AdamStep) {
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	step := s.LR / s.Correction1
	c1, c2 := 1-s.Beta1, 1-s.Beta2
	for i, x := range g {
		m[i] = float32(s.Beta1*m[i]) + float32(c1*x)
		v[i] = float32(s.Beta2*v[i]) + float32(float32(c2*x)*x)
		root := float32(math.Sqrt(float64(v[i])))
		w[i] -= float32(step*m[i]) / (root/s.Correction2 + s.Eps)
	}
}

// Axpy works element by element.
func (Reference) Axpy(a float32, x, y []float32) {
	x = x[:len(y)]
	for i := range y {
		y[i] += float32(a * x[i])
	}
}

// AddColumnSums adds the rows in order.
func (Reference) AddColumnSums(rows, width int, x, sum []float32) {
	for i := range rows {
		for d, v := range x[i*width:][:width] {
			sum[d] += v
		}
	}
}

// RowNorms sums the squares of a row in order.
func (Reference) RowNorms(rows, width int, x, norm []float32) {
	for i := range rows {
		s := float32(0)
		for _, v := range x[i*width:][:width] {
			s += float32(v * v)
		}
		norm[i] = float32(math.Sqrt(float64(s)))
	}
}
