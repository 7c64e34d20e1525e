package kd

import (
	"math/rand/v2"
	"strconv"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// posteriors compare what classes a linear readout finds in each layer:
//
//	p_i = softmax(T_i·R_i + r_i)   q_j = softmax(S_j·W_j + w_j)
//	D_ij = 1/n Σ_v KL(p_iv ‖ q_jv)
//
// W and w are trained. R and r are not: they are what reads the teacher's logits
// off T_i best in the first Loss, by least squares with a ridge of 1/1000 of the
// layer's mean variance, and stay. So D cannot fall without a student in which
// the classes are found. It is ours.
type posteriors struct {
	plain
	teacher, student []readout
	diff             mat.Matrix
}

// A readout is a linear map of a layer to the logits of classes.
type readout struct {
	weight, bias *gnn.Param
	x, z, dz     mat.Matrix
}

func newPosterior(teacher, student []int, classes int, rng *rand.Rand) *posteriors {
	p := &posteriors{}
	for i, width := range teacher {
		name := "readout.teacher." + strconv.Itoa(i)
		r := readout{weight: gnn.NewParam(name+".weight", width, classes), bias: gnn.NewParam(name+".bias", 1, classes)}
		freeze([]*gnn.Param{r.weight, r.bias}, true)
		p.teacher = append(p.teacher, r)
	}
	for j, width := range student {
		name := "readout.student." + strconv.Itoa(j)
		p.student = append(p.student, readout{weight: newWeight(name, width, classes, rng), bias: gnn.NewParam(name+".bias", 1, classes)})
	}
	return p
}

func (p *posteriors) params() (all []*gnn.Param) {
	for _, r := range p.student {
		all = append(all, r.weight, r.bias)
	}
	return all
}

func (p *posteriors) constants() (all []*gnn.Param) {
	for _, r := range p.teacher {
		all = append(all, r.weight, r.bias)
	}
	return all
}

func (p *posteriors) measure(l Layers, d []float64) {
	for i := range p.teacher {
		if r := &p.teacher[i]; r.unknown() {
			r.fit(p.mat, l.Teacher[i], l.teacherLogits())
		}
		p.teacher[i].forward(p.mat, l.Teacher[i])
	}
	n := float64(max(l.Student[0].Rows, 1))
	for j := range p.student {
		s := &p.student[j]
		s.forward(p.mat, l.Student[j])
		p.diff = p.diff.Reshape(1, s.z.Cols)
		for i := range p.teacher {
			d[i*len(p.student)+j] = p.diverge(&p.teacher[i], s, 0) / n
		}
	}
}

// backward adds that of dz_j = Σ_i A_ij/n·(q_j - p_i).
func (p *posteriors) backward(scale float32, a mat.Matrix, grad []mat.Matrix) {
	for j := range p.student {
		s := &p.student[j]
		s.dz = zeroed(s.dz, s.z)
		for i := range p.teacher {
			p.diverge(&p.teacher[i], s, float32(float64(a.Row(i)[j])/float64(max(s.z.Rows, 1))))
		}
		for k := range s.dz.Data {
			s.dz.Data[k] *= scale
		}
		p.mat.AddTMul(s.weight.G, s.x, s.dz)
		p.mat.AddColumnSums(s.bias.G, s.dz)
		p.mat.AddMulT(grad[j], s.dz, s.weight.W)
	}
}

// diverge returns the sum over nodes of KL(p ‖ q) and adds c times its derivative
// to dz of q's readout, s.
func (p *posteriors) diverge(t, s *readout, c float32) (sum float64) {
	for v := range s.z.Rows {
		sum += divergence(t.z.Row(v), s.z.Row(v), p.diff.Data, 1)
		if c != 0 {
			addScaledRow(s.dz.Row(v), c, p.diff.Data)
		}
	}
	return sum
}

func (r *readout) forward(on *mat.Backend, x mat.Matrix) {
	r.x, r.z = x, r.z.Reshape(x.Rows, r.bias.W.Cols)
	on.Mul(r.z, x, r.weight.W)
	on.AddBias(r.z, r.bias.W)
}

// unknown reports whether r has not been fitted: the state of a run has its
// weights, and no other sign of that.
func (r *readout) unknown() bool {
	for _, w := range r.weight.W.Data {
		if w != 0 {
			return false
		}
	}
	return true
}

// ridge is what is added to the variance of each unit, as a share of their mean,
// where a linear map is found by least squares.
const ridge = 1e-3

// fit sets R = (T̃ᵀT̃ + λI)⁻¹·T̃ᵀZ̃ and r = mean(Z) - mean(T)·R, with ~ for rows
// less their mean.
func (r *readout) fit(on *mat.Backend, t, z mat.Matrix) {
	p, classes := t.Cols, z.Cols
	meanT, meanZ := mat.New(1, p), mat.New(1, classes)
	centredT, centredZ := centred(on, mat.Matrix{}, meanT, t), centred(on, mat.Matrix{}, meanZ, z)
	square, product := mat.New(p, p), mat.New(p, classes)
	on.TMul(square, centredT, centredT)
	on.TMul(product, centredT, centredZ)
	var c cholesky
	g := make([]float64, p*p)
	withRidge(g, square)
	c.factor(g, p)
	column := make([]float64, p)
	for k := range classes {
		for i := range column {
			column[i] = float64(product.Row(i)[k])
		}
		c.solve(column)
		sum := 0.0
		for i, x := range column {
			r.weight.W.Row(i)[k] = float32(x)
			sum += float64(x * float64(meanT.Data[i]))
		}
		r.bias.W.Data[k] = float32(float64(meanZ.Data[k]) - sum)
	}
}

// centred returns the rows of x less their mean, which it sets, in the storage of
// dst.
func centred(on *mat.Backend, dst, mean, x mat.Matrix) mat.Matrix {
	on.MeanRows(mean, x)
	dst = dst.Reshape(x.Rows, x.Cols)
	for v := range x.Rows {
		to := dst.Row(v)
		for k, y := range x.Row(v) {
			to[k] = y - mean.Data[k]
		}
	}
	return dst
}

// withRidge sets g to square, with the ridge on its diagonal, and returns how much
// that is.
func withRidge(g []float64, square mat.Matrix) (added float64) {
	for k := range square.Rows {
		added += float64(square.Row(k)[k]) * ridge / float64(square.Rows)
	}
	for k, x := range square.Data {
		g[k] = float64(x)
	}
	for k := range square.Rows {
		g[k*square.Cols+k] += added
	}
	return added
}
