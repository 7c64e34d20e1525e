package synth

import (
	"math"

	"abkd/gnn/graph"
)

// edges is an edge list in the making.
type edges struct{ src, dst []int32 }

func newEdges(n float64) *edges {
	return &edges{make([]int32, 0, int(n)), make([]int32, 0, int(n))}
}

func (e *edges) add(src, dst int32) {
	e.src, e.dst = append(e.src, src), append(e.dst, dst)
}

func (m *maker) relation(src, rel, dst string, e *edges) {
	must(m.g.AddWithReverse(graph.EdgeType{Src: src, Rel: rel, Dst: dst}, e.src, e.dst))
}

// pick draws a node of a list so that the first ones are drawn most: the
// expected degree falls as the square root of the rank.
func (m *maker) pick(list []int32) int32 {
	u := m.rng.Float64()
	return list[int(float64(u*u)*float64(len(list)))]
}

// home draws a node of p whose home is class k, or of any class for a stray
// edge.
func (m *maker) home(p *population, k int32) int32 {
	if m.rng.Float64() < m.Stray {
		k = m.anyClass()
	}
	return m.pick(p.of(k))
}

// round returns x rounded down or up at random, so that its mean is x.
func (m *maker) round(x float64) int { return int(float64(x) + m.rng.Float64()) }

// heavy draws a number of edges with the given mean and a tail that falls as
// the cube of the number, cut at most.
func (m *maker) heavy(mean, most float64) int {
	return m.round(min(mean/2/math.Sqrt(m.rng.Float64()+1e-9), most)) // u^-1/2 has mean 2
}

// affiliated links authors to institutions: a quarter of the authors have
// none, and a third of the links know of a home class at all.
func (m *maker) affiliated() {
	e := newEdges(1.1 * m.Affiliations * float64(m.authors.count()))
	for a, k := range m.authors.class {
		if m.rng.IntN(4) == 0 {
			continue
		}
		for range m.heavy(m.Affiliations*4/3, 50) {
			if m.rng.IntN(3) == 0 {
				e.add(int32(a), m.home(&m.institutions, k))
			} else {
				e.add(int32(a), m.pick(m.institutions.members))
			}
		}
	}
	m.relation("author", "affiliated_with", "institution", e)
}

// writes links authors to papers. Every author has a first paper; the papers
// then draw more authors from the older half of a class, so that half of all
// authors have one paper and a few have very many.
func (m *maker) writes() {
	speaks := make([]int32, m.Papers) // the class of each paper's authors
	for v, k := range m.papers.class {
		speaks[v] = m.channel(k, m.AuthorSignal)
	}
	byClass := population{class: speaks}
	byClass.group(m.Classes)
	e := newEdges(1.1 * m.AuthorsPerPaper * float64(m.Papers))
	for a, k := range m.authors.class {
		if m.rng.Float64() < m.Stray {
			k = m.anyClass()
		}
		list := byClass.of(k)
		e.add(int32(a), list[m.rng.IntN(len(list))])
	}
	mean := m.AuthorsPerPaper - float64(len(e.src))/float64(m.Papers)
	most := 1 + float64(m.authors.count())/50
	for v, k := range speaks {
		for range max(m.heavy(max(mean, 0), most), 1) {
			if m.rng.Float64() < m.Stray {
				k = m.anyClass()
			}
			list := m.authors.of(k)
			e.add(m.pick(list[:(len(list)+1)/2]), int32(v))
			k = speaks[v]
		}
	}
	m.relation("author", "writes", "paper", e)
}

// cites links papers to papers of the same year or before. One in six cites
// nothing.
func (m *maker) cites() {
	e := newEdges(1.1 * m.Citations * float64(m.Papers))
	for v := range m.papers.class {
		if m.rng.IntN(6) == 0 {
			continue
		}
		speaks := m.channel(m.papers.class[v], m.CitationSignal)
		for range m.heavy(m.Citations*1.2, 600) {
			k := speaks
			if m.rng.Float64() < m.Stray {
				k = m.anyClass()
			}
			list := m.upTo(k, m.year[v])
			if len(list) == 0 {
				continue
			}
			if w := m.pick(list); int(w) != v {
				e.add(int32(v), w)
			}
		}
	}
	m.relation("paper", "cites", "paper", e)
}

// topics links papers to fields of study. Field 0 is on every paper; three
// papers in four have about as many fields as there is room for, the others
// few.
func (m *maker) topics() {
	e := newEdges(1.1 * m.Topics * float64(m.Papers))
	for v, k := range m.papers.class {
		e.add(int32(v), 0)
		speaks := m.channel(k, m.TopicSignal)
		n := m.Topics * (.64 * m.rng.Float64()) // mean .32
		if m.rng.IntN(4) != 0 {
			n = m.Topics * 1.227 // .75·1.227 + .25·.32 = 1
		}
		for range m.round(max(float64(n)-1, 0)) {
			e.add(int32(v), m.home(&m.fields, speaks))
		}
	}
	m.relation("paper", "has_topic", "field_of_study", e)
}
