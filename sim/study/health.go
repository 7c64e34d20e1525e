package study

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"abkd/gnn"
	"abkd/gnn/graph"
	abkdmat "abkd/gnn/mat"
)

// A Health says how a student uses its hidden layers, and how far it says what its
// teacher does, at its best epoch.
type Health struct {
	Units    int `json:"units"`    // of all hidden layers
	Constant int `json:"constant"` // of them, those that are the same for all nodes
	// Rank is the effective rank of the last hidden layer, see effectiveRank:
	// in how many directions its nodes differ. NaN without such a layer.
	Rank Value `json:"rank"`
	// Agreement is the share of test nodes of which the teacher says the same
	// class, NaN without test nodes or a teacher.
	Agreement Value `json:"agreement"`
}

// examine returns the health of a student on all target nodes of its graph.
func examine(student, teacher gnn.Model, split graph.Split) *Health {
	h := &Health{Rank: Value(math.NaN()), Agreement: Value(math.NaN())}
	for _, l := range HiddenLayers(student) {
		h.Units, h.Constant, h.Rank = h.Units+l.Units, h.Constant+l.Constant, l.Rank
	}
	if teacher != nil && len(split.Test) > 0 {
		h.Agreement = Value(agreement(student, teacher, split.Test))
	}
	return h
}

// A LayerHealth says how a model uses the units of a hidden layer, on all target
// nodes of its graph.
type LayerHealth struct {
	Units    int   `json:"units"`
	Constant int   `json:"constant"` // that are the same for every node
	Dead     int   `json:"dead"`     // of these, those that are 0
	Rank     Value `json:"rank"`     // effective rank, see effectiveRank
}

// HiddenLayers returns the health of each hidden layer of m.
func HiddenLayers(m gnn.Model) []LayerHealth {
	hidden := len(m.Widths()) - 1
	if k, _ := gnn.KindOf(m.Config().Kind); k.LogitsApart {
		hidden++
	}
	sums, health := make([]moments, hidden), make([]LayerHealth, hidden)
	e := gnn.NewEvaluator(m, nil)
	e.EachLayer(func(layer, _ int, rows abkdmat.Matrix) {
		if layer < hidden {
			sums[layer].add(rows)
		}
	})
	e.Release()
	for l := range sums {
		c := sums[l].covariance()
		h := &health[l]
		h.Units, h.Rank = c.SymmetricDim(), Value(effectiveRank(c))
		for k := range h.Units {
			if c.At(k, k) == 0 {
				h.Constant++
				if sums[l].first[k] == 0 {
					h.Dead++
				}
			}
		}
	}
	return health
}

// agreement returns the share of nodes to which both models give one class.
func agreement(a, b gnn.Model, nodes []int32) float64 {
	of := func(m gnn.Model) []int32 {
		e := gnn.NewEvaluator(m, nodes)
		defer e.Release()
		return e.Predict(nil)
	}
	same, x, y := 0, of(a), of(b)
	for i := range x {
		if x[i] == y[i] {
			same++
		}
	}
	return gnn.Share(same, len(nodes))
}

// moments are the sums of rows that are seen some at a time, about the first of
// them, so that a constant column has a variance of exactly 0.
type moments struct {
	n      float64
	first  []float64
	sum    []float64
	square *mat.SymDense // Σ (x-first)(x-first)ᵀ
}

func (m *moments) add(rows abkdmat.Matrix) {
	d := make([]float64, rows.Cols)
	for i := range rows.Rows {
		if m.square == nil {
			m.first, m.sum, m.square = make([]float64, len(d)), make([]float64, len(d)), mat.NewSymDense(len(d), nil)
			for k, x := range rows.Row(i) {
				m.first[k] = float64(x)
			}
		}
		for k, x := range rows.Row(i) {
			d[k] = float64(x) - m.first[k]
			m.sum[k] += d[k]
		}
		m.square.SymRankOne(m.square, 1, mat.NewVecDense(len(d), d))
		m.n++
	}
}

// covariance returns the covariance of the rows, with the divisor n.
func (m *moments) covariance() *mat.SymDense {
	c := mat.NewSymDense(len(m.sum), nil)
	c.ScaleSym(1/m.n, m.square)
	mean := mat.NewVecDense(len(m.sum), m.sum)
	c.SymRankOne(c, -1/(m.n*m.n), mean)
	return c
}

// effectiveRank returns exp(-Σ p ln p), with p the share that each singular
// value of the centred rows has of their sum: Roy and Vetterli, The effective
// rank, EUSIPCO 2007. It is from 1 to the width, and 0 for rows that are all
// the same.
func effectiveRank(covariance *mat.SymDense) float64 {
	var eigen mat.EigenSym
	if !eigen.Factorize(covariance, false) {
		return math.NaN()
	}
	values, sum := eigen.Values(nil), 0.0
	for i, x := range values {
		values[i] = math.Sqrt(max(x, 0))
		sum += values[i]
	}
	if sum == 0 {
		return 0
	}
	entropy := 0.0
	for _, s := range values {
		if p := s / sum; p > 0 {
			entropy -= p * math.Log(p)
		}
	}
	return math.Exp(entropy)
}
