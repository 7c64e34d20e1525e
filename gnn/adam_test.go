package gnn

import (
	"fmt"
	"math"
	"testing"

	"abkd/gnn/mat"
)

// Weights after each step are those of PyTorch's definition, in float64.
func TestAdam(t *testing.T) {
	for _, tt := range []struct{ lr, beta1, beta2, eps, decay float64 }{
		{lr: 0.01},
		{lr: 0.5, beta1: 0.5, beta2: 0.9, eps: 1e-3},
		{lr: 0.02, decay: 0.3},
	} {
		t.Run(fmt.Sprintf("lr=%g/decay=%g", tt.lr, tt.decay), func(t *testing.T) {
			rng := newRand(1)
			params := []*Param{NewParam("a", 3, 4), NewParam("b", 1, 1)}
			params[0].Decay = tt.decay
			a := NewAdam(params, tt.lr)
			a.Beta1, a.Beta2, a.Eps = tt.beta1, tt.beta2, tt.eps
			b1, b2, eps := or(tt.beta1, 0.9), or(tt.beta2, 0.999), or(tt.eps, 1e-8)
			want := make([][]float64, len(params))
			m, v := make([][]float64, len(params)), make([][]float64, len(params))
			for i, p := range params {
				copy(p.W.Data, randomMatrix(rng, p.W.Rows, p.W.Cols).Data)
				for _, w := range p.W.Data {
					want[i], m[i], v[i] = append(want[i], float64(w)), append(m[i], 0), append(v[i], 0)
				}
			}
			for step := 1.0; step <= 50; step++ {
				for i, p := range params {
					copy(p.G.Data, randomMatrix(rng, p.W.Rows, p.W.Cols).Data)
					for j, g := range p.G.Data {
						g := float64(g) + p.Decay*want[i][j]
						m[i][j] = b1*m[i][j] + (1-b1)*g
						v[i][j] = b2*v[i][j] + (1-b2)*g*g
						root := math.Sqrt(v[i][j]) / math.Sqrt(1-math.Pow(b2, step))
						want[i][j] -= tt.lr / (1 - math.Pow(b1, step)) * m[i][j] / (root + eps)
					}
				}
				a.Step()
				for i, p := range params {
					for j, w := range p.W.Data {
						if math.Abs(float64(w)-want[i][j]) > 1e-5*(1+math.Abs(want[i][j])) {
							t.Fatalf("after step %g element %d of %s is %g, want %g", step, j, p.Name, w, want[i][j])
						}
					}
					if dot(p.G, p.G) != 0 {
						t.Fatalf("step %g leaves a gradient of %s", step, p.Name)
					}
				}
			}
			if n := testing.AllocsPerRun(10, a.Step); n != 0 {
				t.Errorf("a step allocates %g times, want 0", n)
			}
		})
	}
}

// The first step has the length of the learning rate, whatever the gradient.
func TestAdamFirstStep(t *testing.T) {
	for _, g := range []float32{1e-4, 1, -1e4} {
		p := NewParam("a", 1, 1)
		p.G.Data[0] = g
		NewAdam([]*Param{p}, 0.125).Step()
		want := float32(math.Copysign(0.125, -float64(g)))
		if d := p.W.Data[0] - want; d > 2e-5 || d < -2e-5 {
			t.Errorf("gradient %g moves the weight by %g, want %g", g, p.W.Data[0], want)
		}
	}
}

// The learning rate may change between steps.
func TestAdamSchedule(t *testing.T) {
	p := NewParam("a", 1, 1)
	a := NewAdam([]*Param{p}, 0.125)
	p.G.Data[0] = 1
	a.LR = 0
	a.Step()
	if p.W.Data[0] != 0 {
		t.Errorf("a learning rate of 0 moves the weight by %g", p.W.Data[0])
	}
}

// Decay of the convolutions apart from that of the other layers.
func TestSetDecay(t *testing.T) {
	g := citationGraph(t, 1, 6, 0)
	m := newModelOf(t, Config{Kind: "gcnii", Layers: 2, Input: 4}, g, 1)
	for _, p := range m.Params() {
		if p.Decay != 0 {
			t.Errorf("%s has the decay %g before it is set", p.Name, p.Decay)
		}
	}
	SetDecay(m, 0.01, 5e-4)
	for _, p := range m.Params() {
		want := 5e-4
		if p.Name == "layers.0.weight" || p.Name == "layers.1.weight" {
			want = 0.01
		}
		if p.Decay != want {
			t.Errorf("%s has the decay %g, want %g", p.Name, p.Decay, want)
		}
	}
	// Without a gradient the weights shrink.
	adam, before := NewAdam(m.Params(), 1e-3), dot(m.Params()[0].W, m.Params()[0].W)
	for range 10 {
		adam.Step()
	}
	if after := dot(m.Params()[0].W, m.Params()[0].W); after >= before {
		t.Errorf("squared weights are %g after decay alone, want less than %g", after, before)
	}
}

func TestNewAdamPanics(t *testing.T) {
	for lr, want := range map[float64]string{
		0:          "gnn: NewAdam: learning rate is 0, want more than 0",
		-1:         "gnn: NewAdam: learning rate is -1, want more than 0",
		math.NaN(): "gnn: NewAdam: learning rate is NaN, want more than 0",
	} {
		wantPanic(t, want, func() { NewAdam(nil, lr) })
	}
}

func TestZeroGrad(t *testing.T) {
	p := NewParam("a", 2, 3)
	copy(p.G.Data, randomMatrix(newRand(1), 2, 3).Data)
	p.W.Data[0] = 5
	ZeroGrad([]*Param{p})
	if !sameBits(p.G, mat.New(2, 3)) || p.W.Data[0] != 5 {
		t.Errorf("gradient %v and weights %v, want the gradient 0 and the weights as before", p.G.Data, p.W.Data)
	}
}

// LastUpdate is what the weights moved by, and Update leaves the gradient.
func TestAdamLastUpdate(t *testing.T) {
	rng := newRand(5)
	p, frozen, other := NewParam("p", 3, 4), NewParam("frozen", 2, 2), NewParam("other", 1, 1)
	frozen.Frozen = true
	p.Decay = 0.1
	for i := range p.W.Data {
		p.W.Data[i] = rng.Float32()
	}
	a := NewAdam([]*Param{p, frozen}, 0.01)
	if u := a.LastUpdate(p); !u.Empty() {
		t.Errorf("before the first step the update is %v", u)
	}
	for step := range 5 {
		for i := range p.G.Data {
			p.G.Data[i] = rng.Float32() - 0.5
		}
		before := p.W.Clone()
		a.Update()
		u := a.LastUpdate(p)
		for i, w := range p.W.Data {
			if got, want := u.Data[i], w-before.Data[i]; math.Abs(float64(got-want)) > 2e-7 {
				t.Fatalf("step %d: update %d is %g, want %g", step, i, got, want)
			}
			if p.G.Data[i] == 0 {
				t.Fatalf("step %d: gradient %d is cleared", step, i)
			}
		}
	}
	if u := a.LastUpdate(frozen); !u.Empty() {
		t.Errorf("a frozen parameter was updated by %v", u)
	}
	if u := a.LastUpdate(other); !u.Empty() {
		t.Errorf("a parameter of nobody was updated by %v", u)
	}
}
