// Package setup says what a run is to be: what was said of it, by a share
// link, flags or controls, and what that means.
package setup

import (
	"fmt"
	"strings"

	"abkd/gnn"
	"abkd/gnn/graph"
)

// An Experiment says what to run. It is a plain value: the zero Experiment is
// the default one, and its text form is the fragment of a share link. The
// zero value of a field stands for its default, which Controls lists.
type Experiment struct {
	Data    string // data set: "mag-mini", "karate", or a folder natively
	Split   string // name of the split; the data set's first by default
	Seed    Seed   // of weights, dropout and sampling
	Model   string // kind of both models
	Teacher Shape
	Student Shape
	Input   int    // width of the models' input; the feature width by default
	Inputs  string // what node types without features get

	InputDropout float64 // of the input; negative stands for 0, the kind's own by default
	RowNormalise bool    // divide each node's features by their sum
	Heads        int     // of GAT
	InitialShare float64 // α of GCNII
	Lambda       float64 // λ of GCNII
	Decay        float64 // weight decay; negative stands for 0
	DenseDecay   float64 // of GCNII's first and last layer; negative stands for 0

	Criterion   string  // what the student learns from the teacher by
	Alpha       float64 // weight of the KD term, 0..1; negative stands for 0
	Beta        float64 // weight of the criterion; negative stands for 0
	Temperature float64 // of the KD term
	Dim         int     // width of ABKD's shared space
	Softmax     string  // over what ABKD's attention sums to one
	Head        string  // what projects layer outputs into the shared space
	Granularity string  // compare the mean node or every node
	NoSubspace  bool    // leave out the trainable subspace P
	Detach      bool    // no gradient through the attention
	Frozen      bool    // random orthogonal teacher projections, not trained
	Nodes       string  // distillation nodes
	Kernel      string  // similarity of LSP and GSP
	Tau         float64 // temperature of G-CRD's and STRIDE's contrast
	HeadDim     int     // width of FitNet's and G-CRD's heads
	MaxNodes    int     // of how many nodes GSP, G-CRD and STRIDE compare all pairs
	Pin         string  // attention pinned to a matrix, such as "1,0;0.5,0.5;0,1"

	Teach         string // "on" to train the teacher here rather than load its weights, "untrained" to leave it as it is drawn
	Epochs        int    // of each student
	TeacherEpochs int
	LR            float64 // Adam's learning rate
	Dropout       float64 // of hidden activations; negative stands for 0
	Sampler       string
	BatchSize     int // seeds of a sampled batch
	Fanout        int // neighbours drawn per node and relation
	Roots         int // random walks of a batch
	Steps         int // batches of random walks in an epoch
	EvalEvery     int // epochs from one evaluation to the next
}

// A Shape is the size of a model.
type Shape struct {
	Layers int // number of convolutions
	Hidden int // width of the hidden layers
}

// String returns the text form of e: the fields that are not at their
// default, as key=value joined by "&", in the order of Controls.
func (e Experiment) String() string {
	var b strings.Builder
	for _, c := range Controls() {
		v := c.Get(&e)
		if v == "" || v == c.DefaultIn(&e) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(c.Key + "=" + v)
	}
	return b.String()
}

// ParseExperiment reads the text form of an Experiment.
func ParseExperiment(s string) (Experiment, error) {
	var e Experiment
	for _, pair := range strings.Split(strings.TrimPrefix(s, "#"), "&") {
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		c := ControlOf(key)
		if c == nil {
			return Experiment{}, fmt.Errorf("sim: experiment: %.40q is no setting, want one of %s", key, keys())
		}
		if err := c.Set(&e, value); err != nil {
			return Experiment{}, err
		}
	}
	return e, nil
}

// Evaluates reports whether e evaluates its models after so many of epochs:
// after each one that EvalEvery divides, and after the last.
func (e Experiment) Evaluates(epoch, epochs int) bool {
	return epoch == epochs || epoch%max(e.EvalEvery, 1) == 0
}

// Check returns an error for the first field that is out of its control's
// range. Data is not checked: it may be any folder.
func (e Experiment) Check() error {
	for _, c := range Controls() {
		if v := c.Get(&e); v != "" && c.Key != "data" {
			if err := c.Set(&e, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// Prepare returns g with what the experiment's models read, see
// graph.WithMeans. New does it too; whoever makes several models of one graph
// prepares it once.
func (e Experiment) Prepare(g *graph.Graph) *graph.Graph {
	if e.Resolved().Inputs == "means" {
		return graph.WithMeans(g)
	}
	return graph.WithoutMeans(g)
}

// Resolved returns e with every default filled in, so that no field's zero
// value has a meaning of its own any more. Pin, Split and Input may stay
// zero: their defaults depend on the data. The result is for reading, not for
// resolving again: its zeros are meant.
func (e Experiment) Resolved() Experiment {
	given := e
	for _, c := range Controls() {
		if d := c.DefaultIn(&given); c.Get(&e) == "" && d != "" {
			if err := c.Set(&e, d); err != nil {
				panic(err) // a default of the table itself
			}
		}
	}
	for _, v := range []*float64{&e.Alpha, &e.Beta, &e.Dropout, &e.Decay, &e.DenseDecay} {
		*v = max(*v, 0)
	}
	return e
}

// Config returns the model of that shape that the resolved e makes.
func (e Experiment) Config(s Shape) gnn.Config {
	dropout := float32(e.Dropout)
	if dropout == 0 {
		dropout = -1 // gnn's spelling of none
	}
	return gnn.Config{
		Kind: e.Model, Layers: s.Layers, Hidden: s.Hidden, Input: e.Input, Inputs: e.Inputs,
		Dropout: dropout, InputDropout: float32(e.InputDropout), RowNormalise: e.RowNormalise,
		Heads: e.Heads, Alpha: float32(e.InitialShare), Lambda: float32(e.Lambda),
	}
}
