package synth

import (
	"math"
	"math/rand/v2"
	"slices"

	"abkd/gnn/graph"
)

// How edges are distributed in OGBN-Mag. Means, zeros, ones and the largest
// follow what public notebooks state of it; the shape between them is chosen.
var (
	affiliationsPerAuthor = degrees{[]float64{300000. / MAGAuthors, .63}, 47}
	authorsPerInstitution = degrees{[]float64{0}, 27000}
	authorsPerPaper       = degrees{[]float64{0, .07, .12, .15, .13, .105, .08, .06, .05}, 5050}
	papersPerAuthor       = degrees{[]float64{0, 600000. / MAGAuthors}, 1046}
	citationsMade         = degrees{[]float64{120000. / MAGPapers}, 609}
	citationsReceived     = degrees{[]float64{100000. / MAGPapers}, 4744}
	// Without the one field that is on every paper, and so one less each.
	topicsPerPaper = degrees{[]float64{.07, .055, .04, .03, .02, .013, .009, .006, .004, .003, .003}, 13}
	papersPerField = degrees{[]float64{0, 17000. / MAGFields}, MAGPapers / 8}
)

// sequence returns the degrees of n nodes with that total, in random order.
// The largest shrink with the square root of the scale; no node has more than
// a quarter of the others, of which there are that many, unless it must.
func (s *ScaledMAG) sequence(rng *rand.Rand, d degrees, n, total, others int) []int32 {
	if d.most > 100 && s.scale < 1 {
		d.most = max(int(float64(d.most)*math.Sqrt(s.scale)), 50)
	}
	seq := d.sequence(n, total, max(others/4, (total+n-1)/n+1))
	shuffle(rng, seq)
	return seq
}

// Relations returns the relations of OGBN-Mag in the order of their numbers
// in Out.
func (s *ScaledMAG) Relations() []graph.EdgeType {
	return []graph.EdgeType{
		{Src: "author", Rel: "affiliated_with", Dst: "institution"}, {Src: "author", Rel: "writes", Dst: "paper"},
		{Src: "paper", Rel: "cites", Dst: "paper"}, {Src: "paper", Rel: "has_topic", Dst: "field_of_study"},
	}
}

// Out returns the edges of relation r by their source: row u lists the
// destinations of u.
func (s *ScaledMAG) Out(r int) graph.CSR {
	return []func() graph.CSR{s.affiliated, s.writes, s.cites, s.topics}[r]()
}

// Edges returns how many edges relation r has.
func (s *ScaledMAG) Edges(r int) int {
	return s.scaled([]int{MAGAffiliated, MAGWrites, MAGCites, MAGTopics}[r])
}

// affiliated links authors to institutions; a third of the links know of a
// home class at all.
func (s *ScaledMAG) affiliated() graph.CSR {
	rng, edges := s.rng(partAffiliated), s.Edges(0)
	authors := s.authorHomes()
	return match(rng,
		side{degree: s.sequence(rng, affiliationsPerAuthor, s.Authors, edges, s.Institutions)},
		side{degree: s.sequence(rng, authorsPerInstitution, s.Institutions, edges, s.Authors), class: s.homes(rng, s.Institutions)},
		s.Classes, true, func(a int32) int32 {
			if rng.IntN(3) > 0 {
				return s.anyClass(rng)
			}
			return authors[a]
		})
}

// authorHomes returns the home class of each author.
func (s *ScaledMAG) authorHomes() []int32 { return s.homes(s.rng(partAuthors), s.Authors) }

// wishing returns what match asks for: the class that a channel of that
// signal speaks of for each paper, or any class for a stray edge.
func (s *ScaledMAG) wishing(rng *rand.Rand, signal float64) func(u int32) int32 {
	speaks := make([]int32, s.Papers)
	for v, k := range s.Labels {
		speaks[v] = s.channel(rng, k, signal)
	}
	return func(u int32) int32 {
		if rng.Float64() < s.d.Stray {
			return s.anyClass(rng)
		}
		return speaks[u]
	}
}

func (s *ScaledMAG) writes() graph.CSR {
	rng, edges := s.rng(partWrites), s.Edges(1)
	by := match(rng,
		side{degree: s.sequence(rng, authorsPerPaper, s.Papers, edges, s.Authors)},
		side{degree: s.sequence(rng, papersPerAuthor, s.Authors, edges, s.Papers), class: s.authorHomes()},
		s.Classes, true, s.wishing(rng, s.d.Authors))
	out, _ := graph.TransposeEntries(graph.CSR{}, nil, by, s.Authors)
	return out
}

// cites links papers to papers of the same year or before. Older papers are
// cited more.
func (s *ScaledMAG) cites() graph.CSR {
	rng, edges := s.rng(partCites), s.Edges(2)
	cited := s.sequence(rng, citationsReceived, s.Papers, edges, s.Papers)
	slices.SortFunc(cited, func(a, b int32) int { return int(b - a) })
	age, order := make([]float64, s.Papers), make([]int32, s.Papers)
	for v := range order {
		age[v], order[v] = float64(lastYear+1-s.Years[v])*rng.Float64(), int32(v)
	}
	slices.SortFunc(order, func(a, b int32) int {
		switch {
		case age[a] > age[b]:
			return -1
		case age[a] < age[b]:
			return 1
		}
		return int(a - b)
	})
	received := make([]int32, s.Papers)
	for i, v := range order {
		received[v] = cited[i]
	}
	return match(rng,
		side{degree: s.sequence(rng, citationsMade, s.Papers, edges, s.Papers), year: s.Years},
		side{degree: received, class: s.Labels, year: s.Years},
		s.Classes, false, s.wishing(rng, s.d.Citations))
}

// topics links papers to fields of study. Field 0 is on every paper.
func (s *ScaledMAG) topics() graph.CSR {
	rng, edges := s.rng(partTopics), s.Edges(3)-s.Papers
	others := match(rng,
		side{degree: s.sequence(rng, topicsPerPaper, s.Papers, edges, s.Fields-1)},
		side{degree: s.sequence(rng, papersPerField, s.Fields-1, edges, s.Papers), class: s.homes(rng, s.Fields-1)},
		s.Classes, true, s.wishing(rng, s.d.Topics))
	out := graph.CSR{Ptr: others.Ptr, Col: make([]int32, 0, edges+s.Papers)}
	for v := range s.Papers {
		out.Col = append(out.Col, 0)
		for _, f := range others.Row(v) {
			out.Col = append(out.Col, f+1)
		}
	}
	for v := range out.Ptr {
		out.Ptr[v] += int32(v)
	}
	return out
}
