package setup

import (
	"fmt"
	"slices"

	"abkd/gnn"
	"abkd/gnn/graph"
)

// A Plan is what an Experiment means: each field of it is set, and a zero is
// meant. What depends on the data is left to it: Split "" is the graph's first,
// Input 0 its feature width. An InputDropout that is unsaid is the model's own,
// as its paper has it, and without a Pin the attention is learned.
type Plan struct {
	Data    string
	Split   string
	Seed    uint64
	Model   string
	Teacher Size
	Student Size
	Input   int
	Inputs  string

	InputDropout   Opt[float64]
	LabelReuse     bool
	RowNormalise   bool
	Heads          int
	InitialShare   float64
	Lambda         float64
	Rounds         int
	NeighbourShare float64
	Through        string
	Decay          float64
	DenseDecay     float64

	Criterion     string
	Alpha         float64
	Beta          float64
	Temperature   float64
	Dim           int
	Softmax       string
	Head          string
	Granularity   string
	NoSubspace    bool
	Detach        bool
	Frozen        bool
	Nodes         string
	Kernel        string
	Tau           float64
	HeadDim       int
	MaxNodes      int
	HiddenOnly    bool
	Dissimilarity string
	Renormalise   bool
	Attend        string
	Pin           string

	Warmup, Fade int
	Gate         float64 // 0: none
	OwnLR        float64
	OwnDecay     float64

	Teach         string
	Epochs        int
	TeacherEpochs int
	LR            float64
	Dropout       float64
	Sampler       string
	BatchSize     int
	Fanout        int
	Roots         int
	Steps         int
	EvalEvery     int
}

// Plan returns what e means.
func (e Experiment) Plan() Plan {
	e = e.Complete()
	if k, _ := gnn.KindOf(e.Model); k.Untrained {
		e.Epochs, e.TeacherEpochs, e.Sampler = 1, 1, "full" // there is nothing to train
	}
	return Plan{
		Data: e.Data, Split: e.Split, Seed: e.Seed.value,
		Model: e.Model, Teacher: e.Teacher, Student: e.Student, Input: e.Input, Inputs: e.Inputs,

		InputDropout: e.InputDropout, LabelReuse: e.LabelReuse, RowNormalise: e.RowNormalise, Heads: e.Heads,
		Rounds: e.Rounds, NeighbourShare: e.NeighbourShare.value, Through: e.Through,
		InitialShare: e.InitialShare.value, Lambda: e.Lambda.value, Decay: e.Decay.value, DenseDecay: e.DenseDecay.value,

		Criterion: e.Criterion, Alpha: e.Alpha.value, Beta: e.Beta.value, Temperature: e.Temperature.value,
		Dim: e.Dim, Softmax: e.Softmax, Head: e.Head, Granularity: e.Granularity,
		NoSubspace: e.NoSubspace, Detach: e.Detach, Frozen: e.Frozen, Nodes: e.Nodes,
		Kernel: e.Kernel, Tau: e.Tau.value, HeadDim: e.HeadDim, MaxNodes: e.MaxNodes, HiddenOnly: e.HiddenOnly, Pin: e.Pin,
		Dissimilarity: e.Dissimilarity, Renormalise: e.Renormalise, Attend: e.Attend,
		Warmup: e.Warmup, Fade: e.Fade, Gate: e.Gate.value, OwnLR: e.OwnLR.Or(e.LR.value), OwnDecay: e.OwnDecay.value,

		Teach: e.Teach, Epochs: e.Epochs, TeacherEpochs: e.TeacherEpochs, LR: e.LR.value, Dropout: e.Dropout.value,
		Sampler: e.Sampler, BatchSize: e.BatchSize, Fanout: e.Fanout, Roots: e.Roots, Steps: e.Steps, EvalEvery: e.EvalEvery,
	}
}

// Distils reports whether the student learns from a teacher, not from the
// labels alone.
func (p Plan) Distils() bool { return p.Criterion != "none" || p.Alpha > 0 }

// Evaluates reports whether models are evaluated after so many of epochs: after
// each one that EvalEvery divides, and after the last.
func (p Plan) Evaluates(epoch, epochs int) bool {
	return epoch == epochs || epoch%p.EvalEvery == 0
}

// Prepare returns g with what the models read. Whoever makes several models of one
// graph prepares it once.
func (p Plan) Prepare(g *graph.Graph) *graph.Graph {
	return p.WithLabelInputs(p.derive(g))
}

func (p Plan) derive(g *graph.Graph) *graph.Graph {
	switch {
	case p.kind().Untrained:
	case p.Inputs == "means":
		return graph.WithMeans(g)
	case p.Inputs == "fastrp":
		return graph.WithFastRP(g)
	}
	return graph.WithoutDerived(g)
}

// WithLabelInputs returns g with the labels of others as inputs, if the models
// read them.
func (p Plan) WithLabelInputs(g *graph.Graph) *graph.Graph {
	if p.LabelReuse && p.kind().Reuse {
		return gnn.WithLabelInputs(g, p.Split)
	}
	return g
}

// Derives reports whether the models read features that are computed from the
// graph.
func (p Plan) Derives() bool { return p.Inputs != "embedding" && !p.kind().Untrained }

func (p Plan) kind() gnn.Kind {
	k, _ := gnn.KindOf(p.Model)
	return k
}

// Trains returns an error if there is nothing in the models to train: then
// there is nothing to distil either.
func (p Plan) Trains() error {
	if k := p.kind(); k.Untrained {
		return fmt.Errorf("sim: a model of the kind %s has no weights, so it cannot learn from a teacher; as a baseline every comparison has it", k.Name)
	}
	return nil
}

// Config returns a model of that size.
func (p Plan) Config(s Size) gnn.Config {
	c := gnn.Config{
		Kind: p.Model, Layers: s.Layers, Hidden: s.Hidden, Input: p.Input, Inputs: p.Inputs,
		Dropout: orNone(p.Dropout), LabelReuse: p.LabelReuse, RowNormalise: p.RowNormalise,
		Heads: p.Heads, Alpha: orNone(p.InitialShare), Lambda: float32(p.Lambda),
		Split: p.Split, Rounds: p.Rounds, NeighbourShare: float32(p.NeighbourShare), Through: p.Through,
	}
	if share, said := p.InputDropout.Get(); said {
		c.InputDropout = orNone(share)
	}
	return c
}

// orNone returns x as gnn spells it, where a zero is the default and what is
// negative is none.
func orNone(x float64) float32 {
	if x == 0 {
		return -1
	}
	return float32(x)
}

// HasHidden reports whether the student's width has an effect on g: whether a
// weight depends on it.
func (p Plan) HasHidden(g *graph.Graph) bool {
	wider := p.Student
	wider.Hidden++
	a, errA := gnn.ParamShapes(p.Config(p.Student), g)
	b, errB := gnn.ParamShapes(p.Config(wider), g)
	return errA != nil || errB != nil || !slices.Equal(a, b)
}
