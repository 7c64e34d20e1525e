package summary

import (
	"abkd/gnn/graph"
	"abkd/gnn/quality"
	"abkd/internal/show"
)

// A Quality is how good the predictions of a model are on one part of a split.
type Quality struct {
	Part       string      `json:"part"`  // train, valid or test
	Nodes      int         `json:"nodes"` // with a label
	Accuracy   show.Number `json:"accuracy"`
	Balanced   show.Number `json:"balanced_accuracy"` // mean recall of the classes that nodes have
	MacroF1    show.Number `json:"macro_f1"`
	Confidence show.Number `json:"confidence"` // mean
	ECE        show.Number `json:"ece"`        // see quality.Tally
	Bins       []Bin       `json:"bins"`
	Classes    []Accuracy  `json:"classes"`
	Confused   []Confusion `json:"confused"` // those of most nodes
	Confusion  []Confusion `json:"-"`        // all that are not 0, by label
}

// A Bin has the predictions of one range of confidence.
type Bin struct {
	Low        show.Number `json:"low"`
	High       show.Number `json:"high"`
	Nodes      int         `json:"nodes"`
	Confidence show.Number `json:"confidence"`
	Accuracy   show.Number `json:"accuracy"`
}

// An Accuracy is how well one class is told from the others.
type Accuracy struct {
	Class     int         `json:"class"`
	Name      string      `json:"name"`
	Nodes     int         `json:"nodes"`
	Predicted int         `json:"predicted"`
	Right     int         `json:"right"`
	Precision show.Number `json:"precision"`
	Recall    show.Number `json:"recall"`
	F1        show.Number `json:"f1"`
}

// A Confusion is an entry of the confusion matrix.
type Confusion struct {
	Label          int         `json:"label"`
	LabelName      string      `json:"label_name"`
	Prediction     int         `json:"prediction"`
	PredictionName string      `json:"prediction_name"`
	Nodes          int         `json:"nodes"`
	Share          show.Number `json:"share"` // of the label's nodes
}

// Qualities returns how good p is on each part of the split.
func Qualities(g *graph.Graph, split graph.Split, p quality.Predictions) (all []Quality) {
	for _, part := range []struct {
		name  string
		nodes []int32
	}{{"train", split.Train}, {"valid", split.Valid}, {"test", split.Test}} {
		all = append(all, newQuality(g, part.name, p.Tally(g.Labels, g.Classes, part.nodes)))
	}
	return all
}

// mostConfused is how many wrong entries of the confusion matrix a Quality
// lists.
const mostConfused = 20

func newQuality(g *graph.Graph, part string, t *quality.Tally) Quality {
	q := Quality{
		Part: part, Nodes: t.Nodes, Accuracy: show.Number(t.Accuracy()), Balanced: show.Number(t.BalancedAccuracy()),
		MacroF1: show.Number(t.MacroF1()), Confidence: show.Number(t.Confidence()), ECE: show.Number(t.ECE()),
	}
	for _, b := range t.Reliability() {
		q.Bins = append(q.Bins, Bin{show.Number(b.Low), show.Number(b.High), b.Nodes, show.Number(b.Confidence), show.Number(b.Accuracy)})
	}
	classes := t.Classes()
	for _, c := range classes {
		q.Classes = append(q.Classes, Accuracy{c.Class, className(g, c.Class), c.Nodes, c.Predicted, c.Right, show.Number(c.Precision), show.Number(c.Recall), show.Number(c.F1)})
	}
	entries := func(cells []quality.Cell) []Confusion {
		all := []Confusion{}
		for _, c := range cells {
			share := show.Number(float64(c.Nodes) / float64(classes[c.Label].Nodes))
			all = append(all, Confusion{c.Label, className(g, c.Label), c.Predicted, className(g, c.Predicted), c.Nodes, share})
		}
		return all
	}
	q.Confusion = entries(t.Confusion())
	confused := t.Confused()
	q.Confused = entries(confused[:min(len(confused), mostConfused)])
	return q
}

// className returns what a class is called, "" if it has no name.
func className(g *graph.Graph, class int) string {
	if g.ClassNames == nil {
		return ""
	}
	return g.ClassNames[class]
}
