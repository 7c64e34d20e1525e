package main

import (
	"cmp"
	"io"
	"math"
	"slices"
	"strconv"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/internal/show"
)

// predictions writes what a model says of the target nodes of a graph.
type predictions struct {
	dataset
	top  int // classes on a line, 0 for all
	w    show.Sheet
	part []string // of the split, of each node
	own  []string // the same of the split that the weights were trained on, nil if it is that one or not known
	row  []string
}

// manyClasses is from where on a line has the likeliest classes only.
const (
	manyClasses = 50
	likeliest   = 5
)

// newPredictions writes a header for lines of
//
//	node,name,part,label,label_name,prediction,prediction_name,p:CLASS...
//
// or, with some of the classes only, top1,p1,top2,p2 and so on in place of the
// p:CLASS. What is not known is empty. After part follows weights_part if the
// weights were trained on another split of the graph. A top of -1 stands for the default.
func newPredictions(d dataset, own graph.Split, top int, to io.Writer) (*predictions, error) {
	switch {
	case top < 0 && d.graph.Classes > manyClasses:
		top = likeliest
	case top < 0 || top > d.graph.Classes:
		top = 0
	}
	p := &predictions{dataset: d, top: top, w: show.NewSheet(to)}
	p.part = parts(d.graph, d.split)
	if own.Name != "" && own.Name != d.split.Name {
		p.own = parts(d.graph, own)
	}
	return p, p.w.Write(p.header())
}

// add writes a line for each row of the logits [k × c]; row i is that of node
// first+i. Errors show in done.
func (p *predictions) add(first int, logits mat.Matrix) {
	g := p.graph
	names := g.Types[g.Target].Labels
	for i := range logits.Rows {
		node, name := first+i, ""
		if names != nil {
			name = names[node]
		}
		prob := softmax(logits.Row(i))
		best := likely(prob, 1)[0]
		row := append(p.row[:0], strconv.Itoa(node), name, p.part[node])
		if p.own != nil {
			row = append(row, p.own[node])
		}
		row = append(appendClass(row, g, int(g.Labels[node])), strconv.Itoa(best), className(g, best))
		if p.top == 0 {
			for _, v := range prob {
				row = append(row, probability(v))
			}
		} else {
			for _, c := range likely(prob, p.top) {
				row = append(row, cmp.Or(className(g, c), strconv.Itoa(c)), probability(prob[c]))
			}
		}
		p.row = row
		p.w.Write(row) // the error stays, for done
	}
}

// done completes the file.
func (p *predictions) done() error { return p.w.Done() }

func (p *predictions) header() []string {
	h := []string{"node", "name", "part"}
	if p.own != nil {
		h = append(h, "weights_part")
	}
	h = append(h, "label", "label_name", "prediction", "prediction_name")
	if p.top == 0 {
		for c := range p.graph.Classes {
			h = append(h, "p:"+cmp.Or(className(p.graph, c), strconv.Itoa(c)))
		}
	}
	for k := range p.top {
		h = append(h, "top"+strconv.Itoa(k+1), "p"+strconv.Itoa(k+1))
	}
	return h
}

// parts returns the part of the split that each node is in, "" for none.
func parts(g *graph.Graph, split graph.Split) []string {
	part := make([]string, len(g.Labels))
	for _, s := range []struct {
		name  string
		nodes []int32
	}{{"train", split.Train}, {"valid", split.Valid}, {"test", split.Test}} {
		for _, v := range s.nodes {
			part[v] = s.name
		}
	}
	return part
}

// appendClass appends the number and the name of a class, both empty for -1.
func appendClass(row []string, g *graph.Graph, class int) []string {
	if class < 0 {
		return append(row, "", "")
	}
	return append(row, strconv.Itoa(class), className(g, class))
}

func className(g *graph.Graph, class int) string {
	if g.ClassNames == nil {
		return ""
	}
	return g.ClassNames[class]
}

// likely returns the n likeliest classes, the first of equals first.
func likely(prob []float64, n int) []int {
	order := make([]int, len(prob))
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(prob[b], prob[a]) })
	return order[:n]
}

func softmax(logits []float32) []float64 {
	top := slices.Max(logits)
	prob, sum := make([]float64, len(logits)), 0.0
	for c, z := range logits {
		prob[c] = math.Exp(float64(z) - float64(top))
		sum += prob[c]
	}
	for c := range prob {
		prob[c] /= sum
	}
	return prob
}

func probability(p float64) string { return strconv.FormatFloat(p, 'g', 6, 64) }
