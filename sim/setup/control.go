package setup

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn/graph"
)

// A Control describes one setting of an Experiment: how a front shows it, how
// a link spells it, what it may be. The page and the desktop window render
// the same table, so no setting exists on one of them only.
type Control struct {
	Key     string   `json:"key"`
	Label   string   `json:"label"`
	Help    string   `json:"help"`
	Group   string   `json:"group"` // "run", "student", "teacher", "distillation", "training"
	Kind    Kind     `json:"kind"`
	Options []Option `json:"options,omitempty"` // of a Choice
	Min     float64  `json:"min"`               // of an Int or Float
	Max     float64  `json:"max"`
	Step    float64  `json:"step"`
	Default string   `json:"default"`
	// Instead says when the default is another one: the first that holds counts.
	Instead []Instead `json:"instead,omitempty"`
	// Needs says when the setting has an effect. Empty means always.
	Needs Needs `json:"needs,omitempty"`
	// Advanced settings are shown on demand.
	Advanced bool `json:"advanced,omitempty"`

	nativeOptions []Option // for the command line alone, as a native setting is
	native        bool
}

// AutoInputs stands for inputs that are chosen before the run. No model has them.
const AutoInputs = "auto"

// A Kind is the type of a control's value.
type Kind string

// The kinds of controls.
const (
	Choice Kind = "choice"
	Int    Kind = "int"
	Float  Kind = "float"
	Bool   Kind = "bool" // "on" or "off"
	Text   Kind = "text"
)

// An Option is one value of a Choice.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// An Instead is the default of a control while the control of that key has
// that value.
type Instead struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Default string `json:"default"`
}

var (
	aligning = []string{"abkd", "stride"}
	teaching = []string{"abkd", "stride", "fitnet", "at", "lsp", "gsp", "gcrd", "kd", "spread"}
	chains   = []string{"gcn", "sage", "gat", "gcnii", "mlp", "cs"}
	layered  = []string{"rgcn", "gcn", "sage", "gat", "gcnii", "mlp", "cs"}
	trained  = []string{"rgcn", "gcn", "sage", "gat", "gcnii", "mlp", "cs", "sgc"}
)

var controls = []Control{
	{Key: "data", Label: "Graph", Group: "run", Kind: Choice, Default: "mag-mini",
		Options: []Option{{DebianMini, "debian-mini: packages of Debian, real"}, {"mag-mini", "mag-mini: generated papers, authors, institutions, fields"}, {"karate", "Zachary's karate club"}, {PackData, "pack: a graph of your own, opened here"}},
		Help:    "The graph on which both models are trained."},
	{Key: "split", Label: "Split", Group: "run", Kind: Text, Advanced: true,
		Help: "Name of the split into training, validation and test nodes; empty for the graph's first."},
	{Key: "seed", Label: "Seed", Group: "run", Kind: Int, Default: "1", Min: 0, Max: 1 << 32, Step: 1,
		Help: "The same seed gives the same run, bit for bit."},
	{Key: "model", Label: "Model", Group: "run", Kind: Choice, Default: "rgcn", Advanced: true,
		Options:       []Option{{"rgcn", "R-GCN: every relation"}, {"gcn", "GCN"}, {"sage", "GraphSAGE"}, {"gat", "GAT"}, {"gcnii", "GCNII"}, {"mlp", "MLP: no edges"}},
		nativeOptions: []Option{{"majority", "the largest class"}, {"lp", "label propagation"}, {"sgc", "SGC: linear on propagated features"}, {"cs", "Correct & Smooth over an MLP"}},
		Help:          "The kind of both models. All but R-GCN read only the relation of the labelled nodes among themselves."},
	{Key: "layers", Label: "Student layers", Group: "student", Kind: Int, Default: "2", Min: 1, Max: 64, Step: 1, Needs: Needs{{"model", layered}},
		Help: "Number of message-passing layers of the student."},
	{Key: "hidden", Label: "Student width", Group: "student", Kind: Int, Default: "5", Min: 1, Max: 1024, Step: 1, Needs: Needs{{"model", layered}},
		Help: "Width of the student's hidden layers."},
	{Key: "teacher-layers", Label: "Teacher layers", Group: "teacher", Kind: Int, Default: "3", Min: 1, Max: 64, Step: 1,
		Help: "Number of message-passing layers of the teacher."},
	{Key: "teacher-hidden", Label: "Teacher width", Group: "teacher", Kind: Int, Default: "64", Min: 1, Max: 1024, Step: 1,
		Help: "Width of the teacher's hidden layers."},
	{Key: "teach", Label: "Train the teacher here", Group: "teacher", Kind: Choice, Default: "off",
		Options: []Option{{"off", "no: load its weights, if they fit"}, {"on", "yes"}, {"untrained", "neither: it knows nothing"}},
		Help:    "Train the teacher live instead of loading its weights; or leave it untrained, and see what a student can learn from that."},
	{Key: "teacher-epochs", Label: "Teacher epochs", Group: "teacher", Kind: Int, Default: "100", Min: 1, Max: 100000, Step: 1, Advanced: true,
		Help: "Epochs for which a teacher trained here is trained."},
	{Key: "input", Label: "Input width", Group: "training", Kind: Int, Min: 0, Max: 4096, Step: 1, Advanced: true, Needs: Needs{{"model", layered}},
		Help: "Width of both models' input and of embedding tables; 0 for the feature width."},
	{Key: "inputs", Label: "Types without features", Group: "training", Kind: Choice, Default: "means", Advanced: true, Needs: Needs{{"model", []string{"rgcn"}}},
		Options:       []Option{{"means", "mean features of their neighbours"}, {"embedding", "embedding table, a trained row per node"}, {"fastrp", "FastRP: who is near, by random projection"}},
		nativeOptions: []Option{{AutoInputs, "what is best on validation nodes, label reuse too"}},
		Help:          "What authors, institutions and fields enter the first layer with. Tables are learned by heart and outweigh a small student."},
	{Key: "label-reuse", Label: "Labels as inputs", Group: "training", Kind: Bool, Default: "off", Advanced: true, Needs: Needs{{"model", []string{"rgcn"}}},
		Help: "To a node’s logits is added what the labels of other training nodes say of it, propagated over each relation; its own label never reaches it."},
	{Key: "criterion", Label: "Criterion", Group: "distillation", Kind: Choice, Default: "abkd",
		Options: []Option{
			{"abkd", "ABKD: attention over layer pairs"}, {"stride", "STRIDE: ABKD and structure"},
			{"fitnet", "FitNet: features"}, {"at", "AT: attention transfer"}, {"lsp", "LSP: local structure"},
			{"gsp", "GSP: global structure"}, {"gcrd", "G-CRD: contrast"}, {"kd", "KD: the teacher's soft labels"},
			{"none", "none: cross-entropy alone"},
		},
		nativeOptions: []Option{{"spread", "spread: a control, without the teacher no hidden unit may die"}},
		Help:          "What the taught student learns from the teacher by."},
	{Key: "beta", Label: "β, weight of the criterion", Group: "distillation", Kind: Float, Default: "1", Min: 0, Max: 100000, Step: 0.1,
		Instead: []Instead{{"criterion", "fitnet", "100"}, {"criterion", "at", "10000"}, {"criterion", "lsp", "100"}, {"criterion", "gsp", "100"}, {"criterion", "gcrd", "0.1"}},
		Needs:   Needs{{"criterion", []string{"abkd", "stride", "fitnet", "at", "lsp", "gsp", "gcrd", "spread"}}},
		Help:    "How much the criterion counts beside the cross-entropy; for others than ABKD the weight published for OGBN-Mag is the default."},
	{Key: "alpha", Label: "α, weight of KD", Group: "distillation", Kind: Float, Default: "0", Instead: []Instead{{"criterion", "kd", "0.9"}}, Min: 0, Max: 1, Step: 0.05, Needs: Needs{{"criterion", teaching}},
		Help: "Share of the soft-label loss; the cross-entropy has the rest."},
	{Key: "temperature", Label: "Temperature", Group: "distillation", Kind: Float, Default: "4", Min: 0.1, Max: 100, Step: 0.5, Advanced: true, Needs: Needs{{"alpha", []string{">0"}}, {"criterion", teaching}},
		Help: "Softens the labels that KD compares."},
	{Key: "softmax", Label: "Attention sums to one over", Group: "distillation", Kind: Choice, Default: "row", Needs: Needs{{"criterion", aligning}, {"pin", []string{""}}},
		Options: []Option{{"row", "each row: a teacher layer's students"}, {"column", "each column"}, {"global", "all pairs"}, {"uniform", "uniform, not learned"}},
		Help:    "The paper normalises each row."},
	{Key: "head", Label: "Projection", Group: "distillation", Kind: Choice, Default: "linear", Needs: Needs{{"criterion", aligning}},
		Options: []Option{{"linear", "linear (the paper's)"}, {"batchnorm", "linear, batch norm, ReLU (ours)"}},
		Help:    "What maps layer outputs into the shared space."},
	{Key: "granularity", Label: "Compare", Group: "distillation", Kind: Choice, Default: "pooled", Instead: []Instead{{"head", "batchnorm", "per-node"}}, Needs: Needs{{"criterion", aligning}},
		Options: []Option{{"pooled", "the mean over nodes (the paper's)"}, {"per-node", "node by node"}},
		Help:    "Pooled projections can meet without the student changing; node by node, with the teacher's frozen and no subspace, they cannot."},
	{Key: "dim", Label: "Shared width d", Group: "distillation", Kind: Int, Default: "32", Min: 1, Max: 1024, Step: 1, Advanced: true, Needs: Needs{{"criterion", aligning}},
		Help: "Width of the space in which layers are compared."},
	{Key: "no-subspace", Label: "Leave out the subspace P", Group: "distillation", Kind: Bool, Default: "off", Advanced: true, Needs: Needs{{"criterion", aligning}},
		Help: "Without it distances are taken on the projections as they are."},
	{Key: "detach", Label: "Detach the attention", Group: "distillation", Kind: Bool, Default: "off", Advanced: true, Needs: Needs{{"criterion", aligning}, {"pin", []string{""}}, {"softmax", []string{"row", "column", "global"}}},
		Help: "No gradient reaches the attention: it stays as it was drawn."},
	{Key: "frozen", Label: "Freeze the teacher's projections", Group: "distillation", Kind: Bool, Default: "off", Advanced: true, Needs: Needs{{"criterion", aligning}},
		Help: "Random orthogonal projections that are not trained. Node by node and without the subspace the loss then cannot collapse."},
	{Key: "kernel", Label: "Similarity", Group: "distillation", Kind: Choice, Default: "rbf", Needs: Needs{{"criterion", []string{"lsp", "gsp"}}},
		Options: []Option{{"rbf", "radial basis function"}, {"cosine", "cosine"}, {"poly", "polynomial: cosine squared"}, {"l2", "Euclidean distance"}},
		Help:    "How alike two nodes are."},
	{Key: "tau", Label: "τ, temperature of the contrast", Group: "distillation", Kind: Float, Default: "0.075", Instead: []Instead{{"criterion", "stride", "0.5"}}, Min: 0.001, Max: 10, Step: 0.005, Needs: Needs{{"criterion", []string{"gcrd", "stride"}}},
		Help: "The lower, the more a node must resemble its own image in the teacher rather than others'."},
	{Key: "head-dim", Label: "Width of the heads", Group: "distillation", Kind: Int, Default: "128", Min: 1, Max: 4096, Step: 1, Advanced: true, Needs: Needs{{"criterion", []string{"fitnet", "gcrd"}}},
		Help: "Width of the space in which features are compared."},
	{Key: "max-nodes", Label: "Cap on node pairs", Group: "distillation", Kind: Int, Default: "1024", Min: 2, Max: 1 << 30, Step: 1, Advanced: true, Needs: Needs{{"criterion", []string{"gsp", "gcrd", "stride"}}},
		Help: "Of how many nodes all pairs are compared; of more, that many are drawn in each step."},
	{Key: "nodes", Label: "Distillation nodes", Group: "distillation", Kind: Choice, Default: "train", Advanced: true,
		Options: []Option{{"train", "training nodes"}, {"all", "all nodes of the target type"}}, Needs: Needs{{"criterion", teaching}},
		Help: "On which nodes teacher and student are compared."},
	{Key: "pin", Label: "Pinned attention", Group: "distillation", Kind: Text, Advanced: true, Needs: Needs{{"criterion", aligning}},
		Help: `Set A yourself: rows are teacher layers, such as 1,0;0.5,0.5;0,1. Empty: learned.`},
	{Key: "epochs", Label: "Epochs", Group: "training", Kind: Int, Default: "150", Min: 1, Max: 100000, Step: 1, Needs: Needs{{"model", trained}},
		Instead: []Instead{{"model", "majority", "1"}, {"model", "lp", "1"}},
		Help:    "Epochs of each student."},
	{Key: "lr", Label: "Learning rate", Group: "training", Kind: Float, Default: "0.01", Min: 0.000001, Max: 1, Step: 0.001, Needs: Needs{{"model", trained}},
		Help: "Adam's learning rate."},
	{Key: "dropout", Label: "Dropout", Group: "training", Kind: Float, Default: "0.5", Min: 0, Max: 0.95, Step: 0.05, Needs: Needs{{"model", layered}},
		Help: "Share of hidden activations left out of each training step."},
	{Key: "decay", Label: "Weight decay", Group: "training", Kind: Float, Default: "0", Min: 0, Max: 1, Step: 0.0001, Advanced: true, Needs: Needs{{"model", trained}},
		Instead: []Instead{{"model", "gcn", "0.0005"}, {"model", "sage", "0.0005"}, {"model", "gat", "0.0005"}, {"model", "mlp", "0.0005"}, {"model", "gcnii", "0.01"}, {"model", "cs", "0.0005"}, {"model", "sgc", "0.0005"}},
		Help:    "Pulls weights towards zero."},
	{Key: "dense-decay", Label: "Weight decay of GCNII's first and last layer", Group: "training", Kind: Float, Default: "0.0005", Min: 0, Max: 1, Step: 0.0001, Advanced: true, Needs: Needs{{"model", []string{"gcnii"}}},
		Help: "Beside that of its convolutions."},
	{Key: "input-dropout", Label: "Dropout of the input", Group: "training", Kind: Float, Min: 0, Max: 0.95, Step: 0.05, Advanced: true, Needs: Needs{{"model", chains}},
		Help: "Share of the input left out of each training step; as in the model's paper if empty."},
	{Key: "row-normalise", Label: "Normalise each node's features", Group: "training", Kind: Bool, Default: "off", Advanced: true, Needs: Needs{{"model", append(chains[:len(chains):len(chains)], "sgc")}},
		Help: "Divide them by their sum, as is usual for bags of words."},
	{Key: "heads", Label: "Attention heads", Group: "training", Kind: Int, Default: "8", Min: 1, Max: 64, Step: 1, Advanced: true, Needs: Needs{{"model", []string{"gat"}}},
		Help: "Each head has the hidden width."},
	{Key: "initial-share", Label: "GCNII's α, share of the first layer", Group: "training", Kind: Float, Default: "0.1", Min: 0, Max: 1, Step: 0.05, Advanced: true, Needs: Needs{{"model", []string{"gcnii"}}},
		Help: "How much of the first layer enters each."},
	{Key: "lambda", Label: "GCNII's λ", Group: "training", Kind: Float, Default: "0.5", Min: 0.01, Max: 10, Step: 0.1, Advanced: true, Needs: Needs{{"model", []string{"gcnii"}}},
		Help: "How fast the weights' share falls with depth."},
	{Key: "rounds", Label: "Rounds of propagation", Group: "training", Kind: Int, Default: "40", Min: 1, Max: 10000, Step: 1, native: true, Instead: []Instead{{"model", "sgc", "2"}}, Needs: Needs{{"model", []string{"lp", "cs", "sgc"}}},
		Help: "How often labels, errors or features go on to all neighbours."},
	{Key: "neighbour-share", Label: "α of label propagation, share of the neighbours", Group: "training", Kind: Float, Default: "0.9", Min: 0.01, Max: 0.99, Step: 0.05, native: true, Needs: Needs{{"model", []string{"lp", "cs"}}},
		Help: "How much of each round comes from the neighbours; the labels themselves have the rest."},
	{Key: "through", Label: "Relations to propagate over", Group: "training", Kind: Text, native: true, Needs: Needs{{"model", []string{"lp", "cs", "sgc"}}},
		Help: "Their names, separated by commas; empty for all. Each is taken in both directions."},
	{Key: "sampler", Label: "Batches", Group: "training", Kind: Choice, Default: "full", Advanced: true, Needs: Needs{{"model", trained}},
		Options: []Option{{"full", "the whole graph"}, {"neighbor", "sampled neighbours"}, {"saint", "random walks (GraphSAINT)"}},
		Help:    "What one training step computes on."},
	{Key: "batch", Label: "Batch size", Group: "training", Kind: Int, Default: "512", Min: 1, Max: 1 << 20, Step: 1, Advanced: true, Needs: Needs{{"sampler", []string{"neighbor"}}},
		Help: "Training nodes per step."},
	{Key: "fanout", Label: "Fan-out", Group: "training", Kind: Int, Default: "10", Min: 1, Max: 10000, Step: 1, Advanced: true, Needs: Needs{{"model", []string{"rgcn", "gcn", "sage", "gat", "gcnii"}}, {"sampler", []string{"neighbor"}}},
		Help: "Neighbours drawn per node and relation."},
	{Key: "roots", Label: "Random walks of a batch", Group: "training", Kind: Int, Default: "20000", Min: 1, Max: 1 << 24, Step: 1, Advanced: true, Needs: Needs{{"sampler", []string{"saint"}}},
		Help: "Each starts at a node drawn among the labelled type's and is as long as the deeper model has layers; what they visit is the batch."},
	{Key: "steps", Label: "Steps of an epoch", Group: "training", Kind: Int, Default: "30", Min: 1, Max: 100000, Step: 1, Advanced: true, Needs: Needs{{"sampler", []string{"saint"}}},
		Help: "Batches of random walks in an epoch."},
	{Key: "eval-every", Label: "Evaluate every", Group: "training", Kind: Int, Default: "1", Min: 1, Max: 100000, Step: 1, Advanced: true, Needs: Needs{{"model", trained}},
		Help: "Epochs from one evaluation on the whole graph to the next; the last epoch always has one. The best weights are among those evaluated."},
}

// Controls returns the table of all settings. It must not be changed.
func Controls() []Control { return controls }

// Shown returns those that the page shows, and of their needs what depends on
// what it shows.
func Shown() (shown []Control) {
	for _, c := range controls {
		if c.native {
			continue
		}
		needs := c.Needs
		c.Needs = nil
		for _, n := range needs {
			other := ControlOf(n.Key)
			n.Values = slices.DeleteFunc(slices.Clone(n.Values), other.isNative)
			if len(other.nativeOptions) == 0 || len(n.Values) < len(other.Options) {
				c.Needs = append(c.Needs, n)
			}
		}
		c.Instead = slices.DeleteFunc(slices.Clone(c.Instead), func(i Instead) bool { return ControlOf(i.Key).isNative(i.Value) })
		shown = append(shown, c)
	}
	return shown
}

func (c *Control) isNative(value string) bool {
	return slices.ContainsFunc(c.nativeOptions, func(o Option) bool { return o.Value == value })
}

// Native reports whether c is a setting of the command line alone.
func (c *Control) Native() bool { return c.native }

// All returns the options of a Choice, those of the command line alone too.
func (c *Control) All() []Option { return slices.Concat(c.Options, c.nativeOptions) }

func ControlOf(key string) *Control {
	i := slices.IndexFunc(controls, func(c Control) bool { return c.Key == key })
	if i < 0 {
		return nil
	}
	return &controls[i]
}

func keys() string {
	var k []string
	for _, c := range controls {
		k = append(k, c.Key)
	}
	return strings.Join(k, ", ")
}

// DefaultIn returns the setting's default in e.
func (c *Control) DefaultIn(e *Experiment) string {
	for _, i := range c.Instead {
		other := ControlOf(i.Key)
		if v := other.Get(e); v == i.Value || v == "" && other.Default == i.Value {
			return i.Default
		}
	}
	return c.Default
}

// Get returns the text of what e says of the setting, "" if that is nothing.
func (c *Control) Get(e *Experiment) string {
	switch v := e.field(c.Key).(type) {
	case *string:
		return *v
	case *int:
		if *v != 0 {
			return strconv.Itoa(*v)
		}
	case *Opt[uint64]:
		if v.said {
			return strconv.FormatUint(v.value, 10)
		}
	case *Opt[float64]:
		if v.said {
			return strconv.FormatFloat(v.value, 'g', -1, 64)
		}
	case *bool:
		if *v {
			return "on"
		}
	}
	return ""
}

// Set makes e say the setting's text. It returns an error for a value that is
// not of the control's kind, range or options.
func (c *Control) Set(e *Experiment, text string) error {
	switch v := e.field(c.Key).(type) {
	case *string:
		if err := c.checkText(text); err != nil {
			return err
		}
		*v = text
	case *bool:
		if text != "on" && text != "off" {
			return c.refuseText(text)
		}
		*v = text == "on"
	case *Opt[float64]:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(f) || strings.ContainsAny(text, "xX_") || f < c.Min || f > c.Max {
			return c.refuseText(text)
		}
		*v = Some(f + 0) // -0 is 0
	case *Opt[uint64]:
		n, err := c.parseWhole(text)
		if err != nil {
			return err
		}
		*v = Some(uint64(n))
	case *int:
		n, err := c.parseWhole(text)
		if err != nil {
			return err
		}
		*v = int(n)
	}
	return nil
}

// parseWhole reads a whole number in the control's range.
func (c *Control) parseWhole(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || float64(n) < c.Min || float64(n) > c.Max {
		return 0, c.refuseText(text)
	}
	return n, nil
}

func (c *Control) checkText(text string) error {
	known := c.Kind == Choice && slices.ContainsFunc(c.All(), func(o Option) bool { return o.Value == text })
	if plain := c.Kind == Text && graph.Sayable(text); known || plain {
		return nil
	}
	return c.refuseText(text)
}

func (c *Control) refuseText(text string) error {
	return fmt.Errorf("sim: %s is %.40q, want %s", c.Key, text, c.Want())
}

// Want says what a value of the setting must be.
func (c *Control) Want() string {
	switch c.Kind {
	case Bool:
		return "on or off"
	case Int:
		return fmt.Sprintf("a whole number from %.0f to %.0f", c.Min, c.Max)
	case Float:
		return fmt.Sprintf("a number from %g to %g", c.Min, c.Max)
	case Text:
		return `no space and none of "&=#"`
	}
	var known []string
	for _, o := range c.All() {
		known = append(known, o.Value)
	}
	return "one of " + strings.Join(known, ", ")
}
