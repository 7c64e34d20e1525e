package gnn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"abkd/gnn/mat"
)

// A layer of a model that computes on one node type. Forward returns Y, valid
// until the next call. Backward takes dL/dY [m × q], adds to the gradients of
// the parameters and returns dL/dX [n × p], valid until the next call and
// empty if nobody needs it.
type layer interface {
	Forward(links *links, x operand, rng *rand.Rand) mat.Matrix
	Backward(dy mat.Matrix) mat.Matrix
	// message returns the norm of the message from source u to a
	// destination that degree edges arrive at, in the last Forward.
	message(u, degree int) float32
	// width returns the width of Y.
	width() int
	// messengers returns the parameters that nothing but messages reaches.
	messengers() []*Param
	// setBackend says what computes the layer.
	setBackend(b *mat.Backend)
}

var mlpKind = kind{
	Kind:       Kind{Name: "mlp", Title: "MLP", InputDropout: true},
	shapes:     chainShapes,
	build:      buildChain,
	evaluation: inferBytes,
	chain: chain{
		layerShapes: oneMatrix,
		layer: func(c Config, next func() *Param, hidden, constant bool) layer {
			return &linear{Weight: next(), Bias: next(), relu: hidden, constant: constant}
		},
		layerFloats: func(_ Config, q int64) (int64, int64) { return q, 0 },
	},
}

// oneMatrix adds the shapes of a layer of one matrix and a bias.
func oneMatrix(_ Config, l, p, q int, s *shapeList) int {
	s.add(p, q, "layers.%d.weight", l)
	s.addBias(q, "layers.%d.bias", l)
	return q
}

// linear is the fully connected layer
//
//	Y = X·W + b
//
// followed by ReLU if the layer is hidden. It passes no messages.
type linear struct {
	backed
	Weight *Param // W [p × q]
	Bias   *Param // b [1 × q]

	relu     bool // the layer is hidden
	constant bool // nobody needs dL/dX

	// Kept by Forward for Backward.
	x operand
	y mat.Matrix

	dz, dx mat.Matrix
}

// Forward returns Y [n × q]. The links and rng are not read.
func (l *linear) Forward(_ *links, x operand, _ *rand.Rand) mat.Matrix {
	x.check("linear.Forward", x.Rows, l.Weight.W.Rows)
	l.x = x
	l.y = l.y.Reshape(x.Rows, l.Weight.W.Cols)
	x.mul(l.mat, l.y, l.Weight.W)
	addBias(l.mat, l.y, l.Bias.W, l.relu)
	return l.y
}

// Backward returns dL/dX [n × p], see layer.
func (l *linear) Backward(dy mat.Matrix) mat.Matrix {
	dz := activationBackward(l.mat, "linear.Backward", &l.dz, dy, l.y, l.relu)
	l.mat.AddColumnSums(l.Bias.G, dz)
	l.x.addTMul(l.mat, l.Weight.G, dz)
	if l.constant {
		return mat.Matrix{}
	}
	l.dx = l.dx.Reshape(l.x.Rows, l.x.Cols)
	l.mat.MulT(l.dx, dz, l.Weight.W)
	return l.dx
}

func (l *linear) message(int, int) float32 { return 0 }

func (l *linear) width() int { return l.Bias.W.Cols }

func (l *linear) messengers() []*Param { return nil }

func addBias(on *mat.Backend, y, bias mat.Matrix, relu bool) {
	if relu {
		on.AddBiasReLU(y, bias)
	} else {
		on.AddBias(y, bias)
	}
}

// activationBackward returns dL/dZ for Y = ReLU(Z), in the storage of dz: the
// gradient passes where the value passed. Without ReLU that is dL/dY itself.
func activationBackward(on *mat.Backend, op string, dz *mat.Matrix, dy, y mat.Matrix, relu bool) mat.Matrix {
	if dy.Rows != y.Rows || dy.Cols != y.Cols {
		panic(fmt.Sprintf("gnn: %s: gradient is %v, want %v", op, dy, y))
	}
	if !relu {
		return dy
	}
	*dz = dz.Reshape(y.Rows, y.Cols)
	on.ReLUBackward(*dz, dy, y)
	return *dz
}

// rowNorm returns the Euclidean norm of row i of m.
func rowNorm(m mat.Matrix, i int) float32 {
	s := float32(0)
	for _, v := range m.Row(i) {
		s += float32(v * v)
	}
	return float32(math.Sqrt(float64(s)))
}
