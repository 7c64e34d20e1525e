package synth

import (
	"math"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// scores holds, for every paper, a distribution over the classes.
type scores = mat.Matrix

// relationOf returns the in-edges of the relation of that name.
func relationOf(t *testing.T, g *graph.Graph, name string) graph.CSR {
	t.Helper()
	for _, r := range g.Relations {
		if r.String() == name {
			return r.In
		}
	}
	t.Fatalf("no relation %s", name)
	return graph.CSR{}
}

// oneHot holds the labels of the training papers and zeros elsewhere.
func oneHot(g *graph.Graph, train []int32) scores {
	y := mat.New(g.Types[g.Target].Count, g.Classes)
	for _, v := range train {
		y.Row(int(v))[g.Labels[v]] = 1
	}
	return y
}

func normalise(s scores) scores {
	for i := range s.Rows {
		sum := float32(1e-9)
		for _, x := range s.Row(i) {
			sum += x
		}
		for k := range s.Row(i) {
			s.Row(i)[k] /= sum
		}
	}
	return s
}

// vote spreads s along the relations in turn, taking means.
func vote(s scores, through ...graph.CSR) scores {
	for _, c := range through {
		next := mat.New(c.Rows(), s.Cols)
		mat.SpMM(next, c.Ptr, c.Col, nil, s, false)
		s = next
	}
	return normalise(s)
}

// centroids scores each paper by its distance to the mean features of the
// training papers of each class, under one variance for all.
func centroids(g *graph.Graph, train []int32) scores {
	x := g.Types[g.Target].Features
	centre, count := mat.New(g.Classes, x.Cols), make([]float32, g.Classes)
	for _, v := range train {
		count[g.Labels[v]]++
		for i, f := range x.Row(int(v)) {
			centre.Row(int(g.Labels[v]))[i] += f
		}
	}
	for k := range g.Classes {
		for i := range centre.Row(k) {
			centre.Row(k)[i] /= max(count[k], 1)
		}
	}
	s := mat.New(x.Rows, g.Classes)
	for v := range x.Rows {
		for k := range g.Classes {
			d := 0.0
			for i, f := range x.Row(v) {
				e := float64(f - centre.Row(k)[i])
				d += e * e
			}
			s.Row(v)[k] = count[k] * float32(math.Exp(-d/(2*.2318*.2318)*4/math.Sqrt(float64(x.Cols))))
		}
	}
	return normalise(s)
}

func accuracy(g *graph.Graph, s scores, nodes []int32) float64 {
	hit := 0
	for _, v := range nodes {
		best := 0
		for k, x := range s.Row(int(v)) {
			if x > s.Row(int(v))[best] {
				best = k
			}
		}
		if int32(best) == g.Labels[v] {
			hit++
		}
	}
	return float64(hit) / float64(len(nodes))
}

// majority returns the share of the commonest class.
func majority(g *graph.Graph) float64 {
	n := make([]int, g.Classes)
	best := 0
	for _, y := range g.Labels {
		n[y]++
		best = max(best, n[y])
	}
	return float64(best) / float64(len(g.Labels))
}

// channels returns what each channel alone says of every paper, and all of
// them together.
func channels(t *testing.T, g *graph.Graph, train []int32) map[string]scores {
	t.Helper()
	y := oneHot(g, train)
	rel := func(name string) graph.CSR { return relationOf(t, g, name) }
	s := map[string]scores{
		"features":  centroids(g, train),
		"citations": vote(y, rel("paper__cites__paper")),
		"authors":   vote(y, rel("paper__rev_writes__author"), rel("author__writes__paper")),
		"topics":    vote(y, rel("paper__has_topic__field_of_study"), rel("field_of_study__rev_has_topic__paper")),
	}
	all := mat.New(y.Rows, y.Cols)
	for _, name := range []string{"features", "citations", "authors", "topics"} {
		mat.Axpy(1, s[name], all)
	}
	s["all"] = all
	return s
}
