package export

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strconv"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/internal/show"
)

// Predictions say how what a model predicts is written.
type Predictions struct {
	Split graph.Split // whose parts are written
	// Own is the split that the weights were trained on, on the same graph; it
	// has no name where it is not known.
	Own  graph.Split
	Top  int    // classes on a line, the likeliest first; 0 for all, -1 for all where they are not many
	Only string // which nodes are written: one of Onlys, "" for all
}

// Onlys are which nodes may be written.
var Onlys = []string{"all", "unlabelled", "train", "valid", "test"}

// manyClasses is from where on a line has the likeliest classes only.
const (
	manyClasses = 50
	likeliest   = 5
)

// Write writes a line of comma-separated values to w for each target node of g,
// after a header, and returns the number of nodes:
//
//	node,name,part,label,label_name,prediction,prediction_name,p:CLASS...,confidence
//
// or, with some of the classes only, top1,p1,top2,p2 and so on in place of the
// p:CLASS. Confidence is the probability of the prediction. What is not known is
// empty. After part follows weights_part if the weights were trained on another
// split of the graph. It is an error if ctx is done before the end.
func (o Predictions) Write(ctx context.Context, w io.Writer, m gnn.Model, g *graph.Graph) (int, error) {
	l := o.lines(w, g)
	if err := l.w.Write(l.header()); err != nil {
		return 0, err
	}
	gnn.NewEvaluator(m, nil).Each(l.add)
	return l.written, cmp.Or(ctx.Err(), l.w.Done())
}

// lines are those of the predictions.
type lines struct {
	nodes
	only    string
	top     int // classes on a line, 0 for all
	w       show.Sheet
	row     []string
	written int
}

func (o Predictions) lines(to io.Writer, g *graph.Graph) *lines {
	top := o.Top
	switch {
	case top < 0 && g.Classes > manyClasses:
		top = likeliest
	case top < 0 || top > g.Classes:
		top = 0
	}
	return &lines{nodes: newNodes(g, o.Split, o.Own), only: o.Only, top: top, w: show.NewSheet(to)}
}

// add writes a line for each row of the logits [k × c]; row i is that of node
// first+i. Errors show at the end.
func (l *lines) add(first int, logits mat.Matrix) {
	for i := range logits.Rows {
		node := first + i
		if !l.wanted(node) {
			continue
		}
		prob := gnn.Softmax(logits.Row(i))
		best := likely(prob, 1)[0]
		row := l.cells(l.row[:0], node, best)
		if l.top == 0 {
			for _, v := range prob {
				row = append(row, probability(v))
			}
		} else {
			for _, c := range likely(prob, l.top) {
				row = append(row, cmp.Or(className(l.graph, c), strconv.Itoa(c)), probability(prob[c]))
			}
		}
		l.row = append(row, probability(prob[best]))
		l.w.Write(l.row) // the error stays until the end
		l.written++
	}
}

func (l *lines) wanted(node int) bool {
	switch l.only {
	case "", "all":
		return true
	case "unlabelled":
		return l.graph.Labels[node] < 0
	}
	return l.part[node] == l.only
}

func (l *lines) header() []string {
	h := l.head()
	if l.top == 0 {
		for c := range l.graph.Classes {
			h = append(h, "p:"+cmp.Or(className(l.graph, c), strconv.Itoa(c)))
		}
	}
	for k := range l.top {
		h = append(h, "top"+strconv.Itoa(k+1), "p"+strconv.Itoa(k+1))
	}
	return append(h, "confidence")
}

// nodes are what a line says of a target node first.
type nodes struct {
	graph *graph.Graph
	part  []string // of the split, of each node
	own   []string // the same of the split that the weights were trained on, nil if it is that one or not known
}

func newNodes(g *graph.Graph, split, own graph.Split) nodes {
	n := nodes{graph: g, part: parts(g, split)}
	if own.Name != "" && own.Name != split.Name {
		n.own = parts(g, own)
	}
	return n
}

func (n *nodes) head() []string {
	h := []string{"node", "name", "part"}
	if n.own != nil {
		h = append(h, "weights_part")
	}
	return append(h, "label", "label_name", "prediction", "prediction_name")
}

// cells appends what stands below the head.
func (n *nodes) cells(row []string, node, prediction int) []string {
	g, name := n.graph, ""
	if names := g.Types[g.Target].Labels; names != nil {
		name = names[node]
	}
	row = append(row, strconv.Itoa(node), name, n.part[node])
	if n.own != nil {
		row = append(row, n.own[node])
	}
	return append(appendClass(row, g, int(g.Labels[node])), strconv.Itoa(prediction), className(g, prediction))
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

func probability(p float64) string { return strconv.FormatFloat(p, 'g', 6, 64) }
