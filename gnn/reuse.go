package gnn

import (
	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// labelFolds is into how many parts training nodes are divided, so that each has
// inputs of the labels of the others. The part that is hidden is what the inputs
// of other nodes have beyond those of a training node: an eighth.
const labelFolds = 8

const labelWeights = "labels.weight"

// LabelChannels returns the relations of each channel of label inputs: all of
// them and, if there is more than one pair, each pair that reaches the target
// type alone.
func LabelChannels(g *graph.Graph) [][]int {
	var all []int
	for i := range g.Relations {
		all = append(all, i)
	}
	channels, pairs := [][]int{all}, graph.Pairs(g)
	if len(pairs) == 1 {
		return channels
	}
	for _, pair := range pairs {
		if r := &g.Relations[pair[0]]; r.Src == g.Target || r.Dst == g.Target {
			channels = append(channels, pair)
		}
	}
	return channels
}

// WithLabelInputs returns g with the label inputs of the training nodes of that
// split, g itself if it has them. In channel r they are
//
//	F_k = label propagation over the relations of r, from the labels of fold k
//	x_rv = log of the shares of Σ_k F_k[v], without the fold of v itself
//
// so no label reaches the inputs of its own node, over whatever path: it spreads
// in a run of its own fold, of which that node reads nothing (arXiv 2103.13355,
// section 3.1, hides labels at random; SeHGNN, arXiv 2207.02547, takes the paths
// off that lead back). Nodes that are not for training read all folds. The
// settings are those of the kind lp; a node that no label reaches has the
// shares of the classes among those that it may read.
//
// A model adds the inputs to the logits of the node itself, not to what it
// sends to others, who would send it back:
//
//	logits_v ← logits_v + Σ_r w_r ⊙ x_rv         w [channels × c]
//
// w is 1 for the first channel, all relations, and 0 for the others when training
// begins: at first the model is label propagation and what it adds to that.
func WithLabelInputs(g *graph.Graph, split string) *graph.Graph {
	s, err := g.Split(split)
	if err != nil || g.LabelInputs != nil && g.LabelInputs.Split == s.Name {
		return g // Defaults has reported the error
	}
	h := *g
	channels := LabelChannels(g)
	h.LabelInputs = &graph.LabelInputs{Split: s.Name, X: mat.New(g.Types[g.Target].Count, len(channels)*g.Classes)}
	fold := foldsOf(g, s.Train)
	for r, relations := range channels {
		addLabelChannel(h.LabelInputs.X, r*g.Classes, g, relations, s.Train, fold)
	}
	return &h
}

// foldsOf deals the training nodes to folds; -1 is that of other nodes.
func foldsOf(g *graph.Graph, train []int32) []int8 {
	fold := make([]int8, g.Types[g.Target].Count)
	for v := range fold {
		fold[v] = -1
	}
	for i, v := range train {
		fold[v] = int8(i % labelFolds)
	}
	return fold
}

// addLabelChannel sets the columns of x from first on.
func addLabelChannel(x mat.Matrix, first int, g *graph.Graph, relations []int, train []int32, fold []int8) {
	p := graph.NewPropagation(g, relations, false)
	scores := mat.New(x.Rows, g.Classes)
	shown := make([]int32, 0, len(train))
	counts := [labelFolds][]float32{}
	for k := range labelFolds {
		shown = shown[:0]
		for _, v := range train {
			if fold[v] == int8(k) && g.Labels[v] >= 0 {
				shown = append(shown, v)
			}
		}
		counts[k] = make([]float32, g.Classes)
		if len(shown) == 0 {
			continue
		}
		for _, v := range shown {
			counts[k][g.Labels[v]]++
		}
		f := p.OfType(g, p.Spread(oneHot(g, p, shown), SpreadShare, SpreadRounds), g.Target)
		for v := range scores.Rows {
			if fold[v] != int8(k) {
				addRow(scores.Row(v), f.Row(v))
			}
		}
	}
	for v := range scores.Rows {
		if row := scores.Row(v); sum(row) == 0 {
			for k := range labelFolds {
				if fold[v] != int8(k) {
					addRow(row, counts[k])
				}
			}
		}
	}
	logShares(scores)
	for v := range scores.Rows {
		copy(x.Row(v)[first:], scores.Row(v))
	}
}

//go:noinline
func addRow(dst, src []float32) {
	for c, f := range src {
		dst[c] += f
	}
}

// LabelInputsBytes returns how much memory computing the label inputs of g takes
// at most, beside themselves.
func LabelInputsBytes(g *graph.Graph) int64 { return spreadBytes(g) + scoreBytes(g) }

// scoreBytes is the size of a score per target node and class.
func scoreBytes(g *graph.Graph) int64 {
	return 4 * int64(g.Types[g.Target].Count) * int64(g.Classes)
}

// spreadBytes is what spreading such scores over all nodes takes: three of them,
// and two of the time before that the collector has not found yet.
func spreadBytes(g *graph.Graph) int64 {
	return graph.PropagationBytes(g) + (3+2)*allScoreBytes(g)
}

// allScoreBytes is the size of a score per node of any type and class.
func allScoreBytes(g *graph.Graph) int64 { return 4 * int64(g.NumNodes()) * int64(g.Classes) }

// labelSpreadBytes is what a labelSpread takes.
func labelSpreadBytes(g *graph.Graph) int64 {
	return graph.PropagationBytes(g) + 3*allScoreBytes(g)
}

// A labelReuse adds label inputs to logits; the zero value has none, and adds nothing.
type labelReuse struct {
	x      mat.Matrix // of all target nodes
	weight *Param
}

// forward adds to the logits z of those nodes, or of the first if nodes is nil.
func (l *labelReuse) forward(z mat.Matrix, nodes []int32) {
	if l.weight == nil {
		return
	}
	w := l.weight.W.Data
	for i := range z.Rows {
		row, x := z.Row(i), l.row(nodes, i)
		for j, v := range x {
			row[j%len(row)] += float32(w[j] * v)
		}
	}
}

// backward adds to the gradient of the weights, given that of the logits, empty
// for zero.
func (l *labelReuse) backward(dz mat.Matrix, nodes []int32) {
	if l.weight == nil {
		return
	}
	g := l.weight.G.Data
	for i := range dz.Rows {
		row, x := dz.Row(i), l.row(nodes, i)
		for j, v := range x {
			g[j] += float32(row[j%len(row)] * v)
		}
	}
}

//go:noinline
func (l *labelReuse) row(nodes []int32, i int) []float32 {
	if nodes != nil {
		i = int(nodes[i])
	}
	return l.x.Row(i)
}
