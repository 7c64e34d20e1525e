package gnn

import (
	"math"
	"math/rand/v2"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// gcniiConv is layer l = 1, 2, ... of GCNII, Chen et al.,
// https://arxiv.org/abs/2007.02133, equation 5. With H the layer below and H0
// the first one, of the same width q,
//
//	S = (1-α)·Â·H + α·H0                  initial residual
//	Y = ReLU( S·((1-β)·I + β·W) )         identity mapping, β = ln(λ/l + 1)
//
// The factor 1-α is in the weights of the links. (1-β)·I + β·W is made before
// the product, so that a deep model needs one product a layer.
type gcniiConv struct {
	backed
	Weight *Param // W [q × q]

	alpha, beta float32
	*gcniiScratch

	// Kept by Forward for Backward.
	links   *links
	s, y    mat.Matrix
	mapping mat.Matrix // (1-β)·I + β·W
}

// gcniiScratch is what no layer keeps; the layers of a model share it.
type gcniiScratch struct {
	dz, ds, dx, dw mat.Matrix
	noBias         mat.Matrix // zeros: the paper's layers have no bias
}

// Forward returns Y [m × q] for H [n × q] and H0, whose first m rows are read.
func (l *gcniiConv) Forward(links *links, h, h0 mat.Matrix) mat.Matrix {
	q := l.Weight.W.Rows
	dense(h).check("gcniiConv.Forward", links.n, q)
	l.links = links
	l.s = l.s.Reshape(links.m, q)
	l.s.Zero()
	l.mat.Axpy(l.alpha, h0.Top(links.m), l.s)
	links.propagate(l.s, h, true)
	l.mapping = l.mapping.Reshape(q, q)
	for i, w := range l.Weight.W.Data {
		l.mapping.Data[i] = float32(l.beta * w)
		if i%(q+1) == 0 {
			l.mapping.Data[i] += 1 - l.beta
		}
	}
	l.y = l.y.Reshape(links.m, q)
	l.mat.Mul(l.y, l.s, l.mapping)
	l.noBias = l.noBias.Reshape(1, q)
	l.mat.AddBiasReLU(l.y, l.noBias)
	return l.y
}

// Backward takes dL/dY [m × q], adds to the gradient of W and, for its first m
// rows, to dh0, and returns dL/dH [n × q], valid until the next call of any
// layer of the model: dL/dY may be what the layer above has returned, since it
// has been read when dL/dH is written.
func (l *gcniiConv) Backward(dy, dh0 mat.Matrix) mat.Matrix {
	dz := activationBackward(l.mat, "gcniiConv.Backward", &l.dz, dy, l.y, true)
	l.dw = l.dw.Reshape(l.Weight.W.Rows, l.Weight.W.Cols)
	l.mat.TMul(l.dw, l.s, dz)
	l.mat.Axpy(l.beta, l.dw, l.Weight.G)
	l.ds = l.ds.Reshape(dz.Rows, dz.Cols)
	l.mat.MulT(l.ds, dz, l.mapping)
	l.mat.Axpy(l.alpha, l.ds, dh0.Top(dz.Rows))
	l.dx = l.dx.Reshape(l.links.n, dz.Cols)
	l.links.propagateBackward(l.dx, l.ds)
	return l.dx
}

// message returns (1-α)·a_vu·‖H[u]·((1-β)·I + β·W)‖ for a destination that
// degree edges arrive at.
func (l *gcniiConv) message(h mat.Matrix, u, degree int) float32 {
	q := l.mapping.Rows
	l.dw = l.dw.Reshape(1, q)
	l.mat.Mul(l.dw, mat.Matrix{Rows: 1, Cols: q, Data: h.Row(u)}, l.mapping)
	return (1 - l.alpha) * rowNorm(l.dw, 0) * inverseRoot(l.links.degree[u], int32(degree))
}

// GCNII is the deep graph convolutional network of the paper cited at
// gcniiConv: a fully connected layer in, convolutions that keep the width, a
// fully connected layer out.
//
//	features --dropout--linear, ReLU--> H0 --dropout--gcniiConv--> Layers[0] ... --dropout--linear--> logits
//	                                    '------- α to every convolution -------'
//
// Layers are the convolutions alone, so that teacher and student compare
// alike; the logits are the last of Outputs.
type GCNII struct {
	homogeneous
	in, out linear
	convs   []gcniiConv
	drops   []dropout // of the input of each convolution and of out

	h   []mat.Matrix // input of each convolution
	dh0 mat.Matrix
}

var gcniiKind = kind{
	Kind:      Kind{Name: "gcnii", Title: "GCNII", Messages: true, LogitsApart: true, InputDropout: true, Residual: true},
	loops:     true,
	dropsLike: true,
	shapes: func(_ *kind, c Config, g *graph.Graph, s *shapeList) {
		s.addDense(c.Input, c.Hidden, "input")
		for l := range c.Layers {
			s.add(c.Hidden, c.Hidden, "layers.%d.weight", l)
		}
		s.addDense(c.Hidden, g.Classes, "output")
	},
	build:      func(k *kind, c Config, g *graph.Graph, params []*Param) Model { return newGCNII(k, c, g, params) },
	evaluation: inferBytes,
	chain: chain{
		layerFloats: func(Config, int64) (int64, int64) { return 0, 0 },
	},
}

// newGCNII returns a model with the parameters ps, see ParamShapes.
func newGCNII(k *kind, c Config, g *graph.Graph, ps []*Param) *GCNII {
	m := &GCNII{convs: make([]gcniiConv, c.Layers), h: make([]mat.Matrix, c.Layers)}
	ps = m.init(k, c, g, ps, c.Layers+1)
	next := func() (p *Param) { p, ps = ps[0], ps[1:]; return p }
	m.in = linear{Weight: next(), Bias: next(), relu: true, constant: m.input.constant()}
	scratch := new(gcniiScratch)
	m.scale = 1 - max(c.Alpha, 0)
	for l := range m.convs {
		m.convs[l] = gcniiConv{
			Weight: next(), alpha: max(c.Alpha, 0), beta: float32(math.Log(float64(c.Lambda)/float64(l+1) + 1)), gcniiScratch: scratch,
		}
	}
	m.out = linear{Weight: next(), Bias: next()}
	for range c.Layers + 1 {
		m.drops = append(m.drops, newDropout(c.Dropout))
	}
	return m
}

// Widths returns the width of each convolution's output.
func (m *GCNII) Widths() []int {
	w := make([]int, len(m.convs))
	for l := range w {
		w[l] = m.config.Hidden
	}
	return w
}

// Forward runs the model on the last blocks of b, as many as it has
// convolutions. Dropout is drawn in the order of layers, rows and columns.
func (m *GCNII) Forward(b *sample.Batch, rng *rand.Rand) *Trace {
	x := m.readInput(b, rng)
	h0 := m.in.Forward(nil, x, nil)
	h := m.dropInto(0, h0, rng)
	for l := range m.convs {
		m.h[l] = h
		h = m.convs[l].Forward(m.links[l], h, h0)
		m.recordOutput(l, h)
		h = m.dropInto(l+1, h, rng)
	}
	m.recordOutput(len(m.convs), m.out.Forward(nil, dense(h), nil))
	return &m.trace
}

func (m *GCNII) dropInto(l int, h mat.Matrix, rng *rand.Rand) mat.Matrix {
	if m.dropped {
		return m.drops[l].forward(h, rng)
	}
	return h
}

// Backward adds to the parameters' gradients, given dL/dY of every convolution
// and of the logits:
//
//	conv l+1: dL/dH --dropout backward--(+ grad[l])--> conv l: dL/dY
//	      '--- α·dL/dS, summed over the convolutions, --> H0
func (m *GCNII) Backward(b *sample.Batch, grad []mat.Matrix) {
	m.checkGrad(grad)
	last := len(m.convs)
	var dy mat.Matrix
	if !grad[last].Empty() {
		m.see(last, grad[last])
		dy = m.out.Backward(grad[last])
		m.dropBackward(last, dy)
	}
	h0 := m.in.y
	m.dh0 = m.dh0.Reshape(h0.Rows, h0.Cols)
	m.dh0.Zero()
	for l := last - 1; l >= 0; l-- {
		if dy = plus(m.mat, dy, grad[l]); dy.Empty() {
			continue
		}
		m.see(l, dy)
		dy = m.convs[l].Backward(dy, m.dh0)
		m.dropBackward(l, dy)
	}
	if !dy.Empty() {
		m.mat.Axpy(1, dy, m.dh0)
	}
	m.inputBackward(m.in.Backward(m.dh0))
}

func (m *GCNII) dropBackward(l int, dh mat.Matrix) {
	if m.dropped {
		m.drops[l].backward(dh)
	}
}

// Message returns the norm of the message that a node with that in-degree over
// the relation received in the given convolution from the source in the given
// row; 0 for a relation that the model does not read. It reads the last
// Forward, which should have been an evaluation on the whole graph.
func (m *GCNII) Message(layer, rel, row, degree int) float32 {
	if rel != m.rel {
		return 0
	}
	return m.convs[layer].message(m.h[layer], row, degree)
}
