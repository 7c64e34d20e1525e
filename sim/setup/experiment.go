// Package setup says what a run is to be: what was said of it, by a share
// link, flags or controls, and what that means.
package setup

import (
	"cmp"
	"fmt"
	"strings"
)

// An Experiment is what was said of a run. It is a plain value: the zero
// Experiment says nothing, and its text form is the fragment of a share link. A
// name, a width or a count is unsaid while it is zero, for none can be; a number
// that may be 0 is an Opt. What is unsaid has its default, which Controls lists:
// see Plan.
type Experiment struct {
	Data    string      // data set: "mag-mini", "karate", or a folder natively
	Split   string      // name of the split
	Seed    Opt[uint64] // of weights, dropout and sampling
	Model   string      // kind of both models
	Teacher Size
	Student Size
	Input   int    // width of the models' input
	Inputs  string // what node types without features get

	InputDropout   Opt[float64] // of the input
	LabelReuse     bool         // nodes read the labels of other training nodes
	RowNormalise   bool         // divide each node's features by their sum
	Heads          int          // of GAT
	InitialShare   Opt[float64] // α of GCNII
	Lambda         Opt[float64] // λ of GCNII
	Rounds         int          // of label propagation, Correct & Smooth and SGC
	NeighbourShare Opt[float64] // α of label propagation and of both steps of Correct & Smooth
	Through        string       // the relations that those three propagate over
	Decay          Opt[float64] // weight decay
	DenseDecay     Opt[float64] // of GCNII's first and last layer

	Criterion     string       // what the student learns from the teacher by
	Alpha         Opt[float64] // weight of the KD term, 0..1
	Beta          Opt[float64] // weight of the criterion
	Temperature   Opt[float64] // of the KD term
	Dim           int          // width of ABKD's shared space
	Softmax       string       // over what ABKD's attention sums to one
	Head          string       // what projects layer outputs into the shared space
	Granularity   string       // compare the mean node or every node
	NoSubspace    bool         // leave out the trainable subspace P
	Detach        bool         // no gradient through the attention
	Frozen        bool         // random orthogonal teacher projections, not trained
	Nodes         string       // distillation nodes
	Kernel        string       // similarity of LSP and GSP
	Tau           Opt[float64] // temperature of G-CRD's and STRIDE's contrast
	HeadDim       int          // width of FitNet's and G-CRD's heads
	MaxNodes      int          // of how many nodes GSP, G-CRD and STRIDE compare all pairs
	HiddenOnly    bool         // leave the logits out of ABKD's pairs
	Dissimilarity string       // what ABKD's D is
	Renormalise   bool         // unit vectors again behind the subspace P
	Attend        string       // which pairs the attention learns to weigh
	Pin           string       // attention pinned to a matrix, such as "1,0;0.5,0.5;0,1"

	Warmup   int          // epochs before the student learns from the criterion
	Fade     int          // epochs after which it does so no more, having faded out since the warm-up
	Gate     Opt[float64] // share of the task's gradient that the criterion's never exceeds
	OwnLR    Opt[float64] // learning rate of the criterion's own parameters
	OwnDecay Opt[float64] // their weight decay

	Teach         string // "on" to train the teacher here rather than load its weights, "untrained" to leave it as it is drawn
	Epochs        int    // of each student
	TeacherEpochs int
	LR            Opt[float64] // Adam's learning rate
	Dropout       Opt[float64] // of hidden activations
	Sampler       string
	BatchSize     int // seeds of a sampled batch
	Fanout        int // neighbours drawn per node and relation
	Roots         int // random walks of a batch
	Steps         int // batches of random walks in an epoch
	EvalEvery     int // epochs from one evaluation to the next
}

// A Size is how large a model is.
type Size struct {
	Layers int // number of convolutions
	Hidden int // width of the hidden layers
}

// field returns where e says the setting of that key: a *string, *int,
// *Opt[uint64], *Opt[float64] or *bool, nil for none. A table is a third of a
// switch in the browser's programs, and a function for each setting was ten times that.
func (e *Experiment) field(key string) any {
	for _, f := range [...]struct {
		key string
		at  any
	}{
		{"data", &e.Data}, {"split", &e.Split}, {"seed", &e.Seed}, {"model", &e.Model},
		{"layers", &e.Student.Layers}, {"hidden", &e.Student.Hidden}, {"teacher-layers", &e.Teacher.Layers},
		{"teacher-hidden", &e.Teacher.Hidden}, {"teach", &e.Teach}, {"teacher-epochs", &e.TeacherEpochs},
		{"input", &e.Input}, {"inputs", &e.Inputs}, {"label-reuse", &e.LabelReuse}, {"criterion", &e.Criterion},
		{"beta", &e.Beta}, {"alpha", &e.Alpha}, {"temperature", &e.Temperature}, {"softmax", &e.Softmax},
		{"head", &e.Head}, {"granularity", &e.Granularity}, {"dim", &e.Dim}, {"no-subspace", &e.NoSubspace},
		{"detach", &e.Detach}, {"frozen", &e.Frozen}, {"kernel", &e.Kernel}, {"tau", &e.Tau},
		{"head-dim", &e.HeadDim}, {"max-nodes", &e.MaxNodes}, {"nodes", &e.Nodes}, {"hidden-only", &e.HiddenOnly},
		{"dissimilarity", &e.Dissimilarity}, {"renormalise", &e.Renormalise}, {"attend", &e.Attend}, {"pin", &e.Pin},
		{"warmup", &e.Warmup}, {"fade", &e.Fade}, {"gate", &e.Gate}, {"own-lr", &e.OwnLR}, {"own-decay", &e.OwnDecay},
		{"epochs", &e.Epochs}, {"lr", &e.LR}, {"dropout", &e.Dropout}, {"decay", &e.Decay},
		{"dense-decay", &e.DenseDecay}, {"input-dropout", &e.InputDropout}, {"row-normalise", &e.RowNormalise},
		{"heads", &e.Heads}, {"initial-share", &e.InitialShare}, {"lambda", &e.Lambda}, {"rounds", &e.Rounds},
		{"neighbour-share", &e.NeighbourShare}, {"through", &e.Through}, {"sampler", &e.Sampler},
		{"batch", &e.BatchSize}, {"fanout", &e.Fanout}, {"roots", &e.Roots}, {"steps", &e.Steps},
		{"eval-every", &e.EvalEvery},
	} {
		if f.key == key {
			return f.at
		}
	}
	return nil
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

// Complete returns e with everything said that has a default. Split, Input,
// InputDropout, Through and Pin have none: it depends on the data or the model; nor
// have Warmup, Fade, Gate and OwnLR, as without them there is none of its own.
func (e Experiment) Complete() Experiment {
	said := e
	for _, c := range Controls() {
		if d := c.DefaultIn(&said); c.Get(&e) == "" && d != "" {
			if err := c.Set(&e, d); err != nil {
				panic(err) // a default of the table itself
			}
		}
	}
	return e
}

// Differing lists the settings in which the experiment of the text was is
// another than is, with those that stand at their default.
func Differing(was string, is *Experiment) (before, now []string) {
	old, err := ParseExperiment(was)
	if err != nil {
		return []string{was}, []string{is.String()} // of another version of the program
	}
	for _, c := range Controls() {
		a, b := cmp.Or(c.Get(&old), c.DefaultIn(&old)), cmp.Or(c.Get(is), c.DefaultIn(is))
		if a != b {
			before, now = append(before, c.Key+"="+a), append(now, c.Key+"="+b)
		}
	}
	return before, now
}
