package kd

import (
	"math/rand/v2"

	"abkd/gnn/mat"
)

// pairsAlike compare how alike nodes are to those that they are joined to, and to
// others. With the cosines t_e of T_i and s_e of S_j of a pair e of nodes, and R
// relations of which any joins compared nodes,
//
//	D_ij = 1/(R+1) Σ_{r, others} mean_{e ∈ r} (s_je - t_ie)², from 0 to 4
//
// The others are pairs of each node v and v+k, k drawn anew in each Loss. It is
// ours: LSP and GSP for all pairs of layers, relation by relation.
type pairsAlike struct {
	plain
	rng              *rand.Rand
	from, to         []int32
	weight           []float32 // of each pair
	teacher, student []alike
}

// An alike holds the cosines of the pairs in one layer.
type alike struct {
	sphere unitRows
	cosine []float32
	dunit  mat.Matrix
}

func newPairsAlike(lt, ls int, rng *rand.Rand) *pairsAlike {
	return &pairsAlike{rng: rng, teacher: make([]alike, lt), student: make([]alike, ls)}
}

func (p *pairsAlike) setBackend(b *mat.Backend) {
	p.mat = b
	for i := range p.teacher {
		p.teacher[i].sphere.mat = b
	}
	for j := range p.student {
		p.student[j].sphere.mat = b
	}
}

func (p *pairsAlike) measure(l Layers, d []float64) {
	p.choosePairs(l)
	for i := range p.teacher {
		p.teacher[i].forward(l.Teacher[i], p)
	}
	for j := range p.student {
		p.student[j].forward(l.Student[j], p)
	}
	for i, t := range p.teacher {
		for j, s := range p.student {
			sum := 0.0
			for e, x := range s.cosine {
				diff := float64(x - t.cosine[e])
				sum += float64(float64(p.weight[e]) * float64(diff*diff))
			}
			d[i*len(p.student)+j] = sum
		}
	}
}

// choosePairs sets the pairs of l, and how much each counts.
func (p *pairsAlike) choosePairs(l Layers) {
	p.from, p.to, p.weight = p.from[:0], p.to[:0], p.weight[:0]
	n, kinds := l.Student[0].Rows, 0
	for _, r := range l.Relations {
		for v := range r.Rows() {
			for _, u := range r.Row(v) {
				p.from, p.to = append(p.from, u), append(p.to, int32(v))
			}
		}
		kinds += p.weigh()
	}
	if n > 1 {
		k := 1 + p.rng.IntN(n-1)
		for v := range n {
			p.from, p.to = append(p.from, int32(v)), append(p.to, int32((v+k)%n))
		}
		kinds += p.weigh()
	}
	for e := range p.weight {
		p.weight[e] /= float32(kinds)
	}
}

// weigh lets the pairs that have no weight yet count as one kind, and returns how
// many kinds that are.
func (p *pairsAlike) weigh() int {
	n := len(p.from) - len(p.weight)
	for range n {
		p.weight = append(p.weight, 1/float32(n))
	}
	return min(n, 1)
}

func (a *alike) forward(x mat.Matrix, p *pairsAlike) {
	a.sphere.forward(x)
	a.cosine = resize(a.cosine, len(p.from))
	for e, u := range p.from {
		a.cosine[e] = inner(a.sphere.unit.Row(int(u)), a.sphere.unit.Row(int(p.to[e])))
	}
}

// backward adds that of ds_je = Σ_i 2·A_ij·weight_e·(s_je - t_ie), which reaches
// both unit vectors of the pair.
func (p *pairsAlike) backward(scale float32, a mat.Matrix, grad []mat.Matrix) {
	for j := range p.student {
		s := &p.student[j]
		s.dunit = zeroed(s.dunit, s.sphere.unit)
		for e, x := range s.cosine {
			g := float32(0)
			for i := range p.teacher {
				g += float32(a.Row(i)[j] * (x - p.teacher[i].cosine[e]))
			}
			g *= 2 * scale * p.weight[e]
			u, v := int(p.from[e]), int(p.to[e])
			addScaledRow(s.dunit.Row(u), g, s.sphere.unit.Row(v))
			addScaledRow(s.dunit.Row(v), g, s.sphere.unit.Row(u))
		}
		s.sphere.backward(s.dunit)
		p.mat.Axpy(1, s.dunit, grad[j])
	}
}
