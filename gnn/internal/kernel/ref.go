package kernel

import "math"

// Reference is the portable implementation, in plain Go.
type Reference struct{}

// Name returns "go".
func (*Reference) Name() string { return "go" }

// A panel is a part of B, copied so that its rows are contiguous. It fits the
// first-level cache together with the rows of C it is used on.
const panelRows, panelCols = 32, 64

// Gemm adds multiples of rows of B to rows of C. Where the columns of B are
// the contiguous ones it copies B panel by panel: every element of C is the
// sum over l = 0..k-1 in order, however B lies.
func (*Reference) Gemm(m, n, k int, a []float32, ars, acs int, b []float32, brs, bcs int, c []float32, ldc int, accumulate bool) {
	if !accumulate {
		for i := range m {
			clear(c[i*ldc:][:n])
		}
	}
	if bcs == 1 {
		addMul(m, n, k, a, ars, acs, b, brs, c, ldc)
		return
	}
	var panel [panelRows * panelCols]float32
	for j := 0; j < n; j += panelCols {
		w := min(panelCols, n-j)
		for l := 0; l < k; l += panelRows {
			h := min(panelRows, k-l)
			for i := range h {
				row, bl := panel[i*panelCols:][:w], b[(l+i)*brs+j*bcs:]
				for d := range row {
					row[d] = bl[d*bcs]
				}
			}
			addMul(m, w, h, a[l*acs:], ars, acs, panel[:], panelCols, c[j:], ldc)
		}
	}
}

// addMul adds A·B to C for a B whose rows are contiguous, two rows of C at a
// time so that B is loaded half as often.
func addMul(m, n, k int, a []float32, ars, acs int, b []float32, brs int, c []float32, ldc int) {
	i := 0
	for ; i+2 <= m; i += 2 {
		addMulRows(c[i*ldc:][:n], c[(i+1)*ldc:][:n], k, a[i*ars:], a[(i+1)*ars:], acs, b, brs)
	}
	if i < m {
		addMulRow(c[i*ldc:][:n], k, a[i*ars:], acs, b, brs)
	}
}

// addMulRows adds a·B to c and e·B to d, four rows of B at a time so that c
// and d are loaded and stored a quarter as often.
func addMulRows(c, d []float32, k int, a, e []float32, acs int, b []float32, brs int) {
	n := len(c)
	d = d[:n]
	l := 0
	for ; l+4 <= k; l += 4 {
		a0, a1, a2, a3 := a[l*acs], a[(l+1)*acs], a[(l+2)*acs], a[(l+3)*acs]
		e0, e1, e2, e3 := e[l*acs], e[(l+1)*acs], e[(l+2)*acs], e[(l+3)*acs]
		b0, b1 := b[l*brs:][:n], b[(l+1)*brs:][:n]
		b2, b3 := b[(l+2)*brs:][:n], b[(l+3)*brs:][:n]
		for j, s := range c {
			t := d[j]
			s += float32(a0 * b0[j])
			t += float32(e0 * b0[j])
			s += float32(a1 * b1[j])
			t += float32(e1 * b1[j])
			s += float32(a2 * b2[j])
			t += float32(e2 * b2[j])
			s += float32(a3 * b3[j])
			t += float32(e3 * b3[j])
			c[j], d[j] = s, t
		}
	}
	for ; l < k; l++ {
		al, el, bl := a[l*acs], e[l*acs], b[l*brs:][:n]
		for j, v := range bl {
			c[j] += float32(al * v)
			d[j] += float32(el * v)
		}
	}
}

// addMulRow adds a·B to c. No product with a zero is left out, here or above:
// 0·NaN and 0·Inf are NaN, and a divergence must show.
func addMulRow(c []float32, k int, a []float32, acs int, b []float32, brs int) {
	for l := range k {
		al, bl := a[l*acs], b[l*brs:][:len(c)]
		for j, v := range bl {
			c[j] += float32(al * v)
		}
	}
}

// SpMM sums each row in the order of its entries, two at a time so that y is
// loaded and stored half as often.
func (*Reference) SpMM(rows, width int, ptr, col []int32, weight, x, y []float32, accumulate bool) {
	for i := range rows {
		yi := y[i*width:][:width]
		if !accumulate {
			clear(yi)
		}
		e, end := ptr[i], ptr[i+1]
		w0 := 1 / float32(max(end-e, 1)) // the mean's
		w1 := w0
		for ; e+2 <= end; e += 2 {
			if weight != nil {
				w0, w1 = weight[e], weight[e+1]
			}
			x0, x1 := x[int(col[e])*width:][:width], x[int(col[e+1])*width:][:width]
			for d, s := range yi {
				s += float32(w0 * x0[d])
				s += float32(w1 * x1[d])
				yi[d] = s
			}
		}
		if e < end {
			if weight != nil {
				w0 = weight[e]
			}
			for d, v := range x[int(col[e])*width:][:width] {
				yi[d] += float32(w0 * v)
			}
		}
	}
}

// BiasReLU works row by row.
func (*Reference) BiasReLU(rows, width int, y, bias []float32, relu bool) {
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
func (*Reference) ReLUBackward(dz, dy, y []float32) {
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
func (*Reference) SoftmaxCE(rows, classes int, logits []float32, labels []int32, scale float32, grad []float32) float64 {
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
			g[c] = float32(g[c] * s)
		}
		g[y] -= scale
	}
	return loss
}

// Adam works element by element.
func (*Reference) Adam(w, g, m, v []float32, s AdamStep) {
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
func (*Reference) Axpy(a float32, x, y []float32) {
	x = x[:len(y)]
	for i := range y {
		y[i] += float32(a * x[i])
	}
}

// AddColumnSums adds the rows in order.
func (*Reference) AddColumnSums(rows, width int, x, sum []float32) {
	for i := range rows {
		for d, v := range x[i*width:][:width] {
			sum[d] += v
		}
	}
}

// RowNorms sums the squares of a row in order.
func (*Reference) RowNorms(rows, width int, x, norm []float32) {
	for i := range rows {
		s := float32(0)
		for _, v := range x[i*width:][:width] {
			s += float32(v * v)
		}
		norm[i] = float32(math.Sqrt(float64(s)))
	}
}
