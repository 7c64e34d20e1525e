package synth

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"abkd/gnn/graph"
)

// FeaturelessPapers is the number of papers of a featureless graph of full size.
const FeaturelessPapers = 6564

// Of a featureless graph: how often an author writes, and a reference is cited,
// in the class that is its home. Two papers of one author are of one class about
// 95 times in 100.
const (
	authorHome    = .945
	referenceHome = .68
)

// featurelessShares are the cumulative shares of the classes.
var featurelessShares = []float64{.559, .779, .919, 1}

// Featureless returns a graph of papers, authors and references without any
// features, of four classes, of which the largest has 56 % of the papers. All
// that there is to learn from is who wrote and what is cited, and 20 labels of
// each class (fewer in a small graph): the graphs on which label propagation is
// hard to beat. Of 6,564 papers there are 13,329 authors, 35,890 references, 80
// training papers, 1,000 for validation, and the others are for testing. Equal
// arguments give equal graphs on every machine. It panics with fewer than
// MinPapers papers.
func Featureless(papers int, seed uint64) *graph.Graph {
	if papers < MinPapers || papers > 4*FullPapers {
		panic(fmt.Sprintf("synth: Featureless: %d papers, want %d..%d", papers, MinPapers, 4*FullPapers))
	}
	scale := func(full int) int { return max(int(int64(papers)*int64(full)/FeaturelessPapers), 8) }
	m := &maker{Config: Config{Papers: papers, Classes: 4, Seed: seed}, rng: rand.New(rand.NewPCG(seed, 0x6665617475726c)), share: featurelessShares}
	m.papers.class = make([]int32, papers)
	assignShares(m.papers.class, m.share)
	shuffle(m.rng, m.papers.class)
	m.authors.class, m.fields.class = make([]int32, scale(13329)), make([]int32, scale(35890))
	for _, p := range []*population{&m.authors, &m.fields} {
		for v := range p.class {
			p.class[v] = m.anyClass()
		}
		p.group(m.Classes)
	}
	m.g = &graph.Graph{
		Name:   fmt.Sprintf("featureless-%d", papers),
		Types:  []graph.NodeType{{Name: "paper", Count: papers}, {Name: "author", Count: m.authors.count()}, {Name: "reference", Count: m.fields.count()}},
		Labels: m.papers.class, Classes: m.Classes, Splits: []graph.Split{m.fewSplit()},
	}
	for k := range m.Classes {
		m.g.ClassNames = append(m.g.ClassNames, capital(spell(k, 2)))
	}
	writes, cites := newEdges(2.8*float64(papers)), newEdges(9*float64(papers))
	for v, k := range m.papers.class {
		for range 1 + m.heavy(1.74, 30) {
			writes.add(m.at(&m.authors, k, authorHome), int32(v))
		}
		for range 1 + m.heavy(7.96, 200) {
			cites.add(int32(v), m.at(&m.fields, k, referenceHome))
		}
	}
	m.relation("author", "writes", "paper", writes)
	m.relation("paper", "cites", "reference", cites)
	return m.g
}

// at draws a node of p for a paper of class k: one whose home is k with that
// probability, else any.
func (m *maker) at(p *population, k int32, probability float64) int32 {
	if m.rng.Float64() < probability {
		return m.pick(p.of(k))
	}
	return m.pick(p.members)
}

// fewSplit trains on as many papers of each class, 20 or what a tenth of the
// papers comes to; the next ones are for validation and the others for testing.
func (m *maker) fewSplit() graph.Split {
	s := graph.Split{Name: "few"}
	perClass := max(min(20, m.Papers/(10*m.Classes)), 1)
	valid := min(1000, m.Papers/4)
	taken := make([]int, m.Classes)
	for _, v := range m.rng.Perm(m.Papers) {
		switch k := m.papers.class[v]; {
		case taken[k] < perClass:
			taken[k]++
			s.Train = append(s.Train, int32(v))
		case len(s.Valid) < valid:
			s.Valid = append(s.Valid, int32(v))
		default:
			s.Test = append(s.Test, int32(v))
		}
	}
	for _, part := range [][]int32{s.Train, s.Valid, s.Test} {
		slices.Sort(part)
	}
	return s
}
