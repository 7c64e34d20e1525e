package setup

import (
	"slices"

	"abkd/gnn/graph"
)

// largeEdges is from how many edges on a first run trains on parts of a graph:
// with all of it in each step an epoch takes minutes.
const largeEdges = 1_000_000

// IsLarge reports whether g is so large that Defaults trains on parts of it.
func IsLarge(g *graph.Graph) bool {
	edges := 0
	for _, r := range g.Relations {
		edges += len(r.In.Col)
	}
	return edges >= largeEdges
}

// Bare reports whether no type of g has features of its own.
func Bare(g *graph.Graph) bool {
	return !slices.ContainsFunc(g.Types, func(t graph.NodeType) bool { return t.Features.Cols > 0 && t.Derived == 0 })
}

// Defaults returns what a first run on g has where nothing else is asked for:
// the kind and the sizes of teacher and student, and how they are trained. It
// is chosen by the size of g alone; all other settings are at their defaults.
// The numbers were chosen by validation accuracy, see RESULTS.md.
//
//	model    gcn for one type of nodes and one relation, rgcn for others
//	student  2 layers of 8, of 16 from 33 classes on
//	teacher  3 layers of 64
//	labels   as inputs of an rgcn on a graph without any features
//	large    batches of random walks, 30 steps in each of 30 epochs
//	else     the whole graph in each of 150 epochs
func Defaults(g *graph.Graph) Experiment {
	e := Experiment{Model: "rgcn", Epochs: 150, TeacherEpochs: 150}
	if len(g.Types) == 1 && len(g.Relations) == 1 {
		e.Model = "gcn"
	}
	e.Teacher, e.Student = Size{Layers: 3, Hidden: 64}, Size{Layers: 2, Hidden: 8}
	if g.Classes > 32 {
		e.Student.Hidden = 16
	}
	e.LabelReuse = e.Model == "rgcn" && Bare(g)
	if IsLarge(g) {
		e.Sampler, e.Roots, e.Steps, e.LR, e.EvalEvery = "saint", 20000, 30, Some(0.005), 5
		e.Epochs, e.TeacherEpochs = 30, 30
	}
	return e
}

// SamplerDefaults returns Defaults for a sampler that is asked for: with the
// schedule of smaller graphs.
func SamplerDefaults(g *graph.Graph) Experiment {
	d := Defaults(g)
	if d.Sampler != "" {
		d.Sampler, d.Roots, d.Steps, d.LR, d.EvalEvery = "", 0, 0, Opt[float64]{}, 0
		d.Epochs, d.TeacherEpochs = 150, 150
	}
	return d
}

// Adopt gives e those of the settings called keys that from says and e does
// not, but for those that have no effect in e. It returns them as key=value. It panics on a value that from cannot have.
func (e *Experiment) Adopt(from Experiment, keys []string) (filled []string) {
	for _, key := range keys {
		c := ControlOf(key)
		v := c.Get(&from)
		if v == "" || c.Get(e) != "" || len(c.Unmet(e)) > 0 {
			continue
		}
		if err := c.Set(e, v); err != nil {
			panic(err)
		}
		filled = append(filled, key+"="+v)
	}
	return filled
}
