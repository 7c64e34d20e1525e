package synth

import (
	"math"
	"math/rand/v2"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// A maker makes one graph. Nothing but sums, products and square roots of
// float64 is used, in an order that the language fixes, so that the graph is
// the same on every machine.
type maker struct {
	Config
	rng   *rand.Rand
	g     *graph.Graph
	share []float64 // [classes] cumulative share of the papers
	year  []int32   // [papers] in firstYear..lastYear

	papers, authors, institutions, fields population
	byYear                                []int32 // [classes × (years+1)] where a class's papers of a year start in papers.members
}

const (
	firstYear = 2010
	lastYear  = 2019
	years     = lastYear - firstYear + 1
	largeFrom = 20000 // papers from which on the time split is OGBN-Mag's
)

// A population is the nodes of a type by class.
type population struct {
	class   []int32 // [nodes]
	start   []int32 // [classes+1] where a class starts in members
	members []int32 // [nodes] grouped by class
}

func (p *population) count() int { return len(p.class) }

// group fills start and members from class: a counting sort.
func (p *population) group(classes int) {
	p.start = make([]int32, classes+1)
	for _, k := range p.class {
		p.start[k+1]++
	}
	for k := range classes {
		p.start[k+1] += p.start[k]
	}
	p.members = make([]int32, len(p.class))
	next := append([]int32(nil), p.start[:classes]...)
	for v, k := range p.class {
		p.members[next[k]] = int32(v)
		next[k]++
	}
}

// of returns the nodes of class k, or all nodes if it has none.
func (p *population) of(k int32) []int32 {
	if m := p.members[p.start[k]:p.start[k+1]]; len(m) > 0 {
		return m
	}
	return p.members
}

// countNodes sizes the populations in OGBN-Mag's proportions, with enough of
// each at small sizes for every class to have a home.
func (m *maker) countNodes() {
	scale := func(full int) int { return int(int64(m.Papers) * int64(full) / MAGPapers) }
	m.papers.class = make([]int32, m.Papers)
	m.authors.class = make([]int32, scale(MAGAuthors))
	m.institutions.class = make([]int32, max(scale(MAGInstitutions), 2*min(m.Classes, 16)))
	m.fields.class = make([]int32, max(scale(MAGFields), 4*min(m.Classes, 64)))
}

// assignClasses gives every paper a class and every other node a home class.
// The size of class k is in proportion to 1/(k+5).
func (m *maker) assignClasses() {
	m.share = make([]float64, m.Classes)
	total := 0.0
	for k := range m.share {
		total += 1 / float64(k+5)
		m.share[k] = total
	}
	for k := range m.share {
		m.share[k] /= total
	}
	assignShares(m.papers.class, m.share)
	m.rng.Shuffle(m.Papers, func(i, j int) {
		m.papers.class[i], m.papers.class[j] = m.papers.class[j], m.papers.class[i]
	})
	for _, p := range []*population{&m.authors, &m.institutions, &m.fields} {
		for v := range p.class {
			p.class[v] = m.anyClass()
		}
		p.group(m.Classes)
	}
}

// assignShares gives each node a class in exact shares, and at least one node
// of each class. share is cumulative.
func assignShares(class []int32, share []float64) {
	k, n, last := int32(0), float64(len(class)), len(share)-1
	for v := range class {
		for int(k) < last && (float64(v) >= float64(share[k]*n) || len(class)-v <= last-int(k)) {
			k++
		}
		class[v] = k
	}
}

// anyClass draws a class by the share of its papers.
func (m *maker) anyClass() int32 { return drawClass(m.share, m.rng.Float64()) }

// drawClass returns the class that holds u of the cumulative shares.
func drawClass(share []float64, u float64) int32 {
	low, high := 0, len(share)-1
	for low < high {
		if mid := (low + high) / 2; u < share[mid] {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return int32(low)
}

// assignYears draws the papers' years and groups the papers by class and
// within a class by year, so that the papers of a class up to a year are one
// range of members.
func (m *maker) assignYears() {
	train, valid := .6, .2
	if m.Papers >= largeFrom {
		train, valid = .85, .09
	}
	m.year = make([]int32, m.Papers)
	for v := range m.year {
		switch u := m.rng.Float64(); {
		case u < train:
			m.year[v] = firstYear + int32(m.rng.IntN(years-2))
		case u < train+valid:
			m.year[v] = lastYear - 1
		default:
			m.year[v] = lastYear
		}
	}
	cell := population{class: make([]int32, m.Papers)}
	for v, k := range m.papers.class {
		cell.class[v] = k*years + m.year[v] - firstYear
	}
	cell.group(m.Classes * years)
	m.byYear, m.papers.members = cell.start, cell.members
	m.papers.start = make([]int32, m.Classes+1)
	for k := range m.papers.start {
		m.papers.start[k] = cell.start[k*years]
	}
}

// upTo returns the papers of class k that appeared in year or before.
func (m *maker) upTo(k, year int32) []int32 {
	return m.papers.members[m.papers.start[k]:m.byYear[k*years+year-firstYear+1]]
}

// channel draws the class that a channel of signal s speaks of for a paper of
// class k.
func (m *maker) channel(k int32, s float64) int32 {
	if m.rng.Float64() < s {
		return k
	}
	return m.anyClass()
}

// normal draws from the sum of four uniform numbers scaled to variance 1:
// nearly normal, without a logarithm whose last bit differs between machines.
func normal(rng *rand.Rand) float64 {
	u := rng.Uint64()
	sum := u&0xffff + u>>16&0xffff + u>>32&0xffff + u>>48
	return (float64(sum) - 2*0xffff) * (1.7320508075688772 / 0x10000) // 4 uniforms have variance 1/3
}

// features draws the papers' features: mean .01 and deviation .23 as in
// OGBN-Mag, to four decimals.
func (m *maker) features() mat.Matrix {
	centre := mat.New(m.Classes, m.Features)
	for i := range centre.Data {
		centre.Data[i] = float32(normal(m.rng))
	}
	x := mat.New(m.Papers, m.Features)
	scale := .2318 / math.Sqrt(1+float64(m.Spread*m.Spread))
	for v, k := range m.papers.class {
		c := centre.Row(int(m.channel(k, m.FeatureSignal)))
		for i := range c {
			f := float64(c[i]) + float64(m.Spread*normal(m.rng))
			x.Row(v)[i] = float32(math.Round(1e4*(.0103+float64(scale*f))) / 1e4)
		}
	}
	return x
}

func (m *maker) timeSplit() graph.Split {
	s := graph.Split{Name: "time"}
	for v, y := range m.year {
		put(&s, int32(v), max(y-(lastYear-2), 0))
	}
	return s
}

func (m *maker) randomSplit() graph.Split {
	s := graph.Split{Name: "random"}
	for v := range m.year {
		put(&s, int32(v), [...]int32{0, 0, 0, 1, 2}[m.rng.IntN(5)])
	}
	return s
}

// put adds v to the training, validation or test part: part 0, 1 or 2.
func put(s *graph.Split, v, part int32) {
	p := [...]*[]int32{&s.Train, &s.Valid, &s.Test}[part]
	*p = append(*p, v)
}
