package gnn

import "abkd/gnn/mat"

// SetBackend lets b compute parts from now on: models, criteria, optimisers,
// which a nil Backend computes unless they are told. Those of one's own that
// have a method SetBackend are told; others compute as they always do.
func SetBackend(b *mat.Backend, parts ...any) {
	for _, p := range parts {
		if p, ok := p.(interface{ SetBackend(b *mat.Backend) }); ok {
			p.SetBackend(b)
		}
	}
}

// backed is what is computed by a backend: a part of a model.
type backed struct{ mat *mat.Backend }

func (b *backed) setBackend(m *mat.Backend) { b.mat = m }

// SetBackend lets b compute m, see the function of that name.
func (m *RGCN) SetBackend(b *mat.Backend) {
	m.mat = b
	for t := range m.inputs {
		m.inputs[t].mat = b
	}
	for _, conv := range m.convs {
		conv.mat = b
	}
}

func (m *homogeneous) setBackend(b *mat.Backend) {
	m.mat, m.input.mat = b, b
	for l := range m.own {
		m.own[l].mat = b
	}
}

// SetBackend lets b compute m, see the function of that name.
func (m *Chain) SetBackend(b *mat.Backend) {
	m.setBackend(b)
	for _, l := range m.layers {
		l.setBackend(b)
	}
}

// SetBackend lets b compute m, see the function of that name.
func (m *GCNII) SetBackend(b *mat.Backend) {
	m.setBackend(b)
	m.in.mat, m.out.mat = b, b
	for l := range m.convs {
		m.convs[l].mat = b
	}
}
