package gnn

import (
	"math"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// Defaults of Config.NeighbourShare and, for lp and cs, of Config.Rounds.
const (
	SpreadShare  = 0.9
	SpreadRounds = 40
)

// leastShare stands for a share of 0 where its logarithm is taken.
const leastShare = 1e-6

// oneHot returns a row for each node of p, zeros but for the target nodes given:
// 1 in the column of their label, if they have one.
func oneHot(g *graph.Graph, p *graph.Propagation, nodes []int32) mat.Matrix {
	y := mat.New(p.Rows, g.Classes)
	markLabels(y, g, p, nodes)
	return y
}

// markLabels sets the entries of y that oneHot has as 1.
func markLabels(y mat.Matrix, g *graph.Graph, p *graph.Propagation, nodes []int32) {
	for _, v := range nodes {
		if label := g.Labels[v]; label >= 0 {
			y.Row(p.First[g.Target] + int(v))[label] = 1
		}
	}
}

// ClassShares returns the share that each class has among the labels of nodes,
// zeros if none of them has one.
func ClassShares(g *graph.Graph, nodes []int32) []float32 {
	shares, known := make([]float32, g.Classes), 0
	for _, v := range nodes {
		if label := g.Labels[v]; label >= 0 {
			shares[label]++
			known++
		}
	}
	for c := range shares {
		shares[c] /= float32(max(known, 1))
	}
	return shares
}

// LabelPropagation returns the scores [n × c] of all target nodes of g after the
// labels of the nodes train have spread over those relations, see
// graph.Propagation.Spread. A node that no label reaches has the ClassShares.
func LabelPropagation(g *graph.Graph, train []int32, relations []int, alpha float32, rounds int) mat.Matrix {
	return (*labelSpread)(nil).spreadOver(g, relations).scores(train, alpha, rounds)
}

// A labelSpread keeps what label propagation on a graph needs, so that doing it
// again takes no memory.
type labelSpread struct {
	graph      *graph.Graph
	over       *graph.Propagation
	y, f, next mat.Matrix // [nodes of all types × classes]
}

// spreadOver returns s if it is of g, else one of g over those relations.
func (s *labelSpread) spreadOver(g *graph.Graph, relations []int) *labelSpread {
	if s != nil && s.graph == g {
		return s
	}
	p := graph.NewPropagation(g, relations, false)
	return &labelSpread{g, p, mat.New(p.Rows, g.Classes), mat.New(p.Rows, g.Classes), mat.New(p.Rows, g.Classes)}
}

// mark sets y to the labels of the nodes train, and returns its rows of target nodes.
func (s *labelSpread) mark(train []int32) mat.Matrix {
	clear(s.y.Data)
	markLabels(s.y, s.graph, s.over, train)
	return s.ofTarget(s.y)
}

// spread returns the rows of target nodes after those of y have spread, until it is
// called again.
func (s *labelSpread) spread(y mat.Matrix, alpha float32, rounds int) mat.Matrix {
	return s.ofTarget(s.over.SpreadIn(s.f, s.next, y, alpha, rounds))
}

func (s *labelSpread) ofTarget(m mat.Matrix) mat.Matrix {
	return s.over.OfType(s.graph, m, s.graph.Target)
}

// scores returns those of LabelPropagation, until it is called again.
func (s *labelSpread) scores(train []int32, alpha float32, rounds int) mat.Matrix {
	s.mark(train)
	f := s.spread(s.y, alpha, rounds)
	shares := ClassShares(s.graph, train)
	for v := range f.Rows {
		if row := f.Row(v); sum(row) == 0 {
			copy(row, shares)
		}
	}
	return f
}

func sum(row []float32) (s float64) {
	for _, x := range row {
		s += float64(x)
	}
	return s
}

// logShares replaces each row of scores by the logarithms of its shares of their
// sum: logits whose softmax the shares are. What is not above 0 is leastShare.
func logShares(m mat.Matrix) {
	for i := range m.Rows {
		row := m.Row(i)
		all := 0.0
		for c, x := range row {
			row[c] = max(x, 0)
			all += float64(row[c])
		}
		for c, x := range row {
			row[c] = float32(math.Log(max(float64(x)/max(all, math.SmallestNonzeroFloat32), leastShare)))
		}
	}
}
