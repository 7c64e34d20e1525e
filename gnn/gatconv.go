package gnn

import (
	"math"
	"math/rand/v2"

	"abkd/gnn/mat"
)

var gatKind = kind{
	Kind:      Kind{Name: "gat", Title: "GAT", Messages: true, InputDropout: true, Heads: true},
	loops:     true,
	dropsLike: true,
	shapes:    chainShapes,
	build:     buildChain, evaluation: inferBytes,
	chain: chain{
		layerShapes: func(c Config, l, p, q int, s *shapeList) int {
			s.add(p, c.Heads*q, "layers.%d.weight", l)
			s.add(c.Heads, q, "layers.%d.att_src", l)
			s.add(c.Heads, q, "layers.%d.att_dst", l)
			if l < c.Layers-1 { // the heads are joined
				q *= c.Heads
			}
			s.addBias(q, "layers.%d.bias", l)
			return q
		},
		layer: func(c Config, next func() *Param, hidden, constant bool) layer {
			return &gatConv{Weight: next(), Src: next(), Dst: next(), Bias: next(), hidden: hidden, constant: constant, drop: newDropout(c.Dropout)}
		},
		layerFloats: func(c Config, q int64) (int64, int64) {
			k := int64(c.Heads)
			return 2*k*q + 2*k, k
		},
	},
}

// gatConv is the graph attention of Veličković et al.,
// https://arxiv.org/abs/1710.10903, equations 1 to 6, with K heads. For a node
// v, with N(v) its neighbours and itself, and each head k
//
//	Z = X·W                                        [n × Kq]
//	e_vu = LeakyReLU(a_src·Z[u] + a_dst·Z[v])      slope 0.2
//	α_vu = softmax of e_vu over u ∈ N(v)
//	O[v] = Σ_u α_vu Z[u]
//
// A hidden layer joins the heads, Y = ELU([O_1 ... O_K] + b); the last one
// averages them, Y = (1/K)·Σ_k O_k + b. In training the attention is dropped
// like everything else: a node sees a random part of its neighbours.
//
//	X --·W--> Z --a_src, a_dst--> e --softmax--> α --dropout--.
//	          '-----------------------------------------------Σ--> O --> Y
type gatConv struct {
	backed
	Weight *Param // W [p × Kq]
	Src    *Param // a_src of each head [K × q]
	Dst    *Param // a_dst of each head [K × q]
	Bias   *Param // b [1 × Kq], of the last layer [1 × q]

	hidden   bool // join the heads and apply ELU
	constant bool // nobody needs dL/dX
	drop     dropout

	// Kept by Forward for Backward; e counts the edges with self-loops.
	links    *links
	x        operand
	z, y     mat.Matrix
	src, dst mat.Matrix // a_src·Z [n × K], a_dst·Z [m × K]
	alpha    mat.Matrix // α [e × K]
	used     mat.Matrix // α after dropout [e × K]
	dropped  bool

	do, dz, dx, dalpha, dsrc, ddst mat.Matrix
}

const leakySlope = 0.2

// Forward returns Y [m × Kq], of the last layer [m × q], see layer. Attention
// is dropped with numbers from rng; nil means none.
func (l *gatConv) Forward(links *links, x operand, rng *rand.Rand) mat.Matrix {
	x.check("gatConv.Forward", links.n, l.Weight.W.Rows)
	heads := l.Src.W.Rows
	l.links, l.x = links, x
	l.z = l.z.Reshape(links.n, l.Weight.W.Cols)
	x.mul(l.mat, l.z, l.Weight.W)
	l.src = l.src.Reshape(links.n, heads)
	l.dst = l.dst.Reshape(links.m, heads)
	headDots(l.src, l.z, l.Src.W)
	headDots(l.dst, l.z, l.Dst.W)
	l.attend()
	l.used = l.alpha
	if l.dropped = rng != nil && l.drop.active(); l.dropped {
		l.used = l.drop.forward(l.alpha, rng)
	}
	l.y = l.y.Reshape(links.m, l.Bias.W.Cols)
	l.gather()
	l.mat.AddBias(l.y, l.Bias.W)
	if l.hidden {
		elu(l.y)
	}
	return l.y
}

// attend sets alpha, the softmax over the edges into each node.
func (l *gatConv) attend() {
	in, heads := l.links.in, l.src.Cols
	l.alpha = l.alpha.Reshape(len(in.Col), heads)
	src, alpha := l.src.Data, l.alpha.Data
	for v := range l.links.m {
		first, end := int(in.Ptr[v]), int(in.Ptr[v+1])
		for k, t := range l.dst.Row(v) {
			top := float32(math.Inf(-1))
			for e := first; e < end; e++ {
				score := leaky(src[int(in.Col[e])*heads+k] + t)
				alpha[e*heads+k] = score
				top = max(top, score)
			}
			sum := float32(0)
			for e := first; e < end; e++ {
				a := &alpha[e*heads+k]
				*a = float32(math.Exp(float64(*a - top)))
				sum += *a
			}
			for e := first; e < end; e++ {
				alpha[e*heads+k] /= sum
			}
		}
	}
}

// gather sets y to the joined, or averaged, sums of messages.
func (l *gatConv) gather() {
	in, heads, q := l.links.in, l.src.Cols, l.Src.W.Cols
	share := float32(1)
	if !l.hidden {
		share = 1 / float32(heads)
	}
	l.y.Zero()
	for v := range l.links.m {
		y := l.y.Row(v)
		for e := in.Ptr[v]; e < in.Ptr[v+1]; e++ {
			z := l.z.Row(int(in.Col[e]))
			for k, a := range l.used.Row(int(e)) {
				head := y
				if l.hidden {
					head = y[k*q:][:q]
				}
				a *= share
				for d, v := range z[k*q:][:q] {
					head[d] += float32(a * v)
				}
			}
		}
	}
}

// Backward returns dL/dX [n × p], see layer. The gradient reaches Z on three
// ways, as message, as source and as destination of the attention.
func (l *gatConv) Backward(dy mat.Matrix) mat.Matrix {
	do := l.outputBackward(dy)
	l.mat.AddColumnSums(l.Bias.G, do)
	l.dz = l.dz.Reshape(l.z.Rows, l.z.Cols)
	l.gatherBackward(do)
	if l.dropped {
		l.drop.backward(l.dalpha)
	}
	l.attendBackward()
	headDotsBackward(l.dsrc, l.z, l.Src, l.dz)
	headDotsBackward(l.ddst, l.z, l.Dst, l.dz)
	l.x.addTMul(l.mat, l.Weight.G, l.dz)
	if l.constant {
		return mat.Matrix{}
	}
	l.dx = l.dx.Reshape(l.x.Rows, l.x.Cols)
	l.mat.MulT(l.dx, l.dz, l.Weight.W)
	return l.dx
}

// outputBackward returns the gradient before ELU: ELU'(z) is 1 for z > 0 and
// exp(z) = ELU(z) + 1 elsewhere.
func (l *gatConv) outputBackward(dy mat.Matrix) mat.Matrix {
	dy = activationBackward(l.mat, "gatConv.Backward", &l.do, dy, l.y, false)
	if !l.hidden {
		return dy
	}
	l.do = l.do.Reshape(dy.Rows, dy.Cols)
	for i, y := range l.y.Data {
		if l.do.Data[i] = dy.Data[i]; y <= 0 {
			l.do.Data[i] *= y + 1
		}
	}
	return l.do
}

// gatherBackward sets dz to the gradient of the messages, Σ_v α_vu dL/dO[v],
// and dalpha to that of the attention after dropout, Z[u]·dL/dO[v].
func (l *gatConv) gatherBackward(do mat.Matrix) {
	in, heads, q := l.links.in, l.src.Cols, l.Src.W.Cols
	share := float32(1)
	if !l.hidden {
		share = 1 / float32(heads)
	}
	l.dalpha = l.dalpha.Reshape(l.alpha.Rows, heads)
	l.dz.Zero()
	for v := range l.links.m {
		dv := do.Row(v)
		for e := in.Ptr[v]; e < in.Ptr[v+1]; e++ {
			z, dz := l.z.Row(int(in.Col[e])), l.dz.Row(int(in.Col[e]))
			da := l.dalpha.Row(int(e))
			for k, a := range l.used.Row(int(e)) {
				head := dv
				if l.hidden {
					head = dv[k*q:][:q]
				}
				a *= share
				sum, zk, dzk := float32(0), z[k*q:][:q], dz[k*q:][:q]
				for d, g := range head {
					sum += float32(g * zk[d])
					dzk[d] += float32(a * g)
				}
				da[k] = float32(share * sum)
			}
		}
	}
}

// attendBackward sets dsrc and ddst to the gradients of a_src·Z and a_dst·Z:
// with g = dL/dα that of a score is α_vu (g_vu - Σ_w α_vw g_vw), times the
// slope of LeakyReLU.
func (l *gatConv) attendBackward() {
	in, heads := l.links.in, l.src.Cols
	l.dsrc = l.dsrc.Reshape(l.src.Rows, heads)
	l.ddst = l.ddst.Reshape(l.dst.Rows, heads)
	l.dsrc.Zero()
	src, dsrc, alpha, dalpha := l.src.Data, l.dsrc.Data, l.alpha.Data, l.dalpha.Data
	for v := range l.links.m {
		first, end := int(in.Ptr[v]), int(in.Ptr[v+1])
		for k, t := range l.dst.Row(v) {
			mean := float32(0)
			for e := first; e < end; e++ {
				mean += float32(alpha[e*heads+k] * dalpha[e*heads+k])
			}
			sum := float32(0)
			for e := first; e < end; e++ {
				u := int(in.Col[e])*heads + k
				g := float32(alpha[e*heads+k] * (dalpha[e*heads+k] - mean))
				if src[u]+t <= 0 {
					g = float32(g * leakySlope)
				}
				dsrc[u] += g
				sum += g
			}
			l.ddst.Row(v)[k] = sum
		}
	}
}

// message returns ‖[α_1 Z_1[u] ... α_K Z_K[u]]‖, the mean over the nodes that
// u sends to: the attention depends on the receiver.
func (l *gatConv) message(u, _ int) float32 {
	out, q := l.links.out, l.Src.W.Cols
	z, total := l.z.Row(u), float32(0)
	for o := out.Ptr[u]; o < out.Ptr[u+1]; o++ {
		sum := float32(0)
		for k, a := range l.alpha.Row(int(l.links.from[o])) {
			for _, v := range z[k*q:][:q] {
				sum += float32(float32(a*v) * float32(a*v))
			}
		}
		total += float32(math.Sqrt(float64(sum)))
	}
	return total / float32(max(out.Ptr[u+1]-out.Ptr[u], 1))
}

// headDots sets dot[i][k] to the product of head k of row i of z with row k of
// a [K × q].
func headDots(dot, z, a mat.Matrix) {
	for i := range dot.Rows {
		row, zi := dot.Row(i), z.Row(i)
		for k := range row {
			sum, zk := float32(0), zi[k*a.Cols:][:a.Cols]
			for d, v := range a.Row(k) {
				sum += float32(v * zk[d])
			}
			row[k] = sum
		}
	}
}

// headDotsBackward adds to the gradients of a and z, given that of their dots.
func headDotsBackward(ddot, z mat.Matrix, a *Param, dz mat.Matrix) {
	q := a.W.Cols
	for i := range ddot.Rows {
		zi, dzi := z.Row(i), dz.Row(i)
		for k, g := range ddot.Row(i) {
			zk, dzk, ga := zi[k*q:][:q], dzi[k*q:][:q], a.G.Row(k)
			for d, v := range a.W.Row(k) {
				ga[d] += float32(g * zk[d])
				dzk[d] += float32(g * v)
			}
		}
	}
}

func leaky(x float32) float32 {
	if x <= 0 {
		x = float32(x * leakySlope)
	}
	return x
}

// elu applies ELU(z) = z for z > 0 and exp(z) - 1 elsewhere, Clevert et al.,
// https://arxiv.org/abs/1511.07289.
func elu(y mat.Matrix) {
	for i, v := range y.Data {
		if v <= 0 {
			y.Data[i] = float32(math.Expm1(float64(v)))
		}
	}
}

func (l *gatConv) width() int { return l.Bias.W.Cols }

// A softmax over the self-loop alone is 1, whatever the scores are.
func (l *gatConv) messengers() []*Param { return []*Param{l.Src, l.Dst} }
