// Package quality says how good the predictions of a model are: which classes
// it takes for which, and whether it is right as often as it is sure.
package quality

import (
	"cmp"
	"math"
	"slices"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// Predictions are those of a model for target nodes, in order.
type Predictions struct {
	Class      []int32
	Confidence []float64 // the largest of the softmax of the logits, 0..1
}

// Predict returns the predictions of m for all target nodes of its graph.
func Predict(m gnn.Model) (p Predictions) {
	gnn.NewEvaluator(m, nil).Each(func(_ int, logits mat.Matrix) { p.Add(logits) })
	return p
}

// Add appends the predictions of rows of logits [k × c].
func (p *Predictions) Add(logits mat.Matrix) {
	for i := range logits.Rows {
		z := logits.Row(i)
		p.Class = append(p.Class, gnn.Predict(z))
		p.Confidence = append(p.Confidence, confidence(z))
	}
}

// confidence returns max softmax(z) = 1 / Σ_c exp(z_c - max z).
func confidence(z []float32) float64 {
	top, sum := float64(slices.Max(z)), 0.0
	for _, x := range z {
		sum += math.Exp(float64(x) - top)
	}
	return 1 / sum
}

// Bins is into how many equal ranges of confidence predictions are put, as by
// Guo et al. (2017).
const Bins = 15

// A Tally counts predictions for nodes whose class is known.
type Tally struct {
	Nodes int

	label, predicted, right []int       // nodes of each class
	pairs                   map[int]int // nodes by label·classes + predicted class
	bins                    [Bins]struct {
		nodes, right int
		confidence   float64 // sum
	}
}

// NewTally returns a tally of nothing yet.
func NewTally(classes int) *Tally {
	return &Tally{label: make([]int, classes), predicted: make([]int, classes), right: make([]int, classes), pairs: map[int]int{}}
}

// Add counts the prediction that the logits of a node make, if it has a label.
func (t *Tally) Add(label int32, logits []float32) {
	if label >= 0 {
		t.add(int(label), int(gnn.Predict(logits)), confidence(logits))
	}
}

// Tally counts the predictions for nodes, of those that have a label.
func (p Predictions) Tally(labels []int32, classes int, nodes []int32) *Tally {
	t := NewTally(classes)
	for _, v := range nodes {
		if labels[v] >= 0 {
			t.add(int(labels[v]), int(p.Class[v]), p.Confidence[v])
		}
	}
	return t
}

func (t *Tally) add(label, predicted int, confidence float64) {
	t.Nodes++
	t.label[label]++
	t.predicted[predicted]++
	t.pairs[label*len(t.label)+predicted]++
	b := &t.bins[binOf(confidence)]
	b.nodes++
	b.confidence += confidence
	if label == predicted {
		t.right[label]++
		b.right++
	}
}

// binOf returns the bin of a confidence: bin m has those in (m/M, (m+1)/M]. One
// that is not a number is in the last, whose sums it makes unknown.
func binOf(confidence float64) int {
	if !(confidence <= 1) {
		return Bins - 1
	}
	return min(max(int(math.Ceil(confidence*Bins))-1, 0), Bins-1)
}

// Accuracy returns the share of the nodes whose prediction is right, NaN of none.
func (t *Tally) Accuracy() float64 { return gnn.Share(sum(t.right), t.Nodes) }

// Confidence returns the mean confidence, NaN of no nodes.
func (t *Tally) Confidence() float64 {
	total := 0.0
	for _, b := range t.bins {
		total += b.confidence
	}
	return total / float64(t.Nodes)
}

// A Class is how good the predictions are where one class is concerned. What is
// a share of no nodes is NaN.
type Class struct {
	Class     int
	Nodes     int // that have it
	Predicted int // that are said to have it
	Right     int // both

	Precision float64 // Right / Predicted
	Recall    float64 // Right / Nodes, the accuracy of the class
	F1        float64 // 2·Right / (Nodes + Predicted), the harmonic mean of the two
}

// Classes returns all classes in order.
func (t *Tally) Classes() []Class {
	all := make([]Class, len(t.label))
	for c := range all {
		n, p, r := t.label[c], t.predicted[c], t.right[c]
		all[c] = Class{c, n, p, r, gnn.Share(r, p), gnn.Share(r, n), gnn.Share(2*r, n+p)}
	}
	return all
}

// MacroF1 returns the mean of the F1 of all classes that nodes have or are said
// to have; NaN if there is none.
func (t *Tally) MacroF1() float64 { return known(t.Classes(), func(c Class) float64 { return c.F1 }) }

// BalancedAccuracy returns the mean of the recalls of all classes that nodes
// have; NaN if there is none.
func (t *Tally) BalancedAccuracy() float64 {
	return known(t.Classes(), func(c Class) float64 { return c.Recall })
}

// known returns the mean of what is no NaN.
func known(all []Class, of func(Class) float64) float64 {
	total, n := 0.0, 0
	for _, c := range all {
		if x := of(c); x == x {
			total, n = total+x, n+1
		}
	}
	return total / float64(n)
}

// A Cell is an entry of the confusion matrix.
type Cell struct{ Label, Predicted, Nodes int }

// Confusion returns the entries of the confusion matrix that are not 0, by label
// and predicted class.
func (t *Tally) Confusion() []Cell {
	var all []Cell
	for key, n := range t.pairs {
		all = append(all, Cell{key / len(t.label), key % len(t.label), n})
	}
	slices.SortFunc(all, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Predicted, b.Predicted))
	})
	return all
}

// Confused returns the wrong entries of the confusion matrix, those of most
// nodes first.
func (t *Tally) Confused() []Cell {
	all := slices.DeleteFunc(t.Confusion(), func(c Cell) bool { return c.Label == c.Predicted })
	slices.SortStableFunc(all, func(a, b Cell) int { return cmp.Compare(b.Nodes, a.Nodes) })
	return all
}

// A Bin has the predictions of one range of confidence. Without nodes its means
// are NaN.
type Bin struct {
	Low, High  float64 // the range, without Low
	Nodes      int
	Confidence float64 // mean
	Accuracy   float64
}

// Reliability returns the bins of the reliability diagram, in order.
func (t *Tally) Reliability() []Bin {
	all := make([]Bin, Bins)
	for m, b := range t.bins {
		all[m] = Bin{float64(m) / Bins, float64(m+1) / Bins, b.nodes, b.confidence / float64(b.nodes), gnn.Share(b.right, b.nodes)}
	}
	return all
}

// ECE returns the expected calibration error Σ_m |B_m|/n · |acc(B_m) - conf(B_m)|
// over the bins (Guo et al., On Calibration of Modern Neural Networks, ICML 2017,
// eq. 3); NaN of no nodes.
func (t *Tally) ECE() float64 {
	total := 0.0
	for _, b := range t.bins {
		total += math.Abs(float64(b.right) - b.confidence) // |B|·|acc - conf|
	}
	return total / float64(t.Nodes)
}

func sum(x []int) (n int) {
	for _, k := range x {
		n += k
	}
	return n
}
