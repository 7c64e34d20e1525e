package setup

import (
	"slices"

	"abkd/gnn"
	"abkd/gnn/graph"
)

// A Footprint is an estimate of the memory that a run has in use when it has
// most, in bytes.
type Footprint struct {
	Graph      int64 // features and edges
	Models     int64 // weights, those of the best epoch, gradients; the teacher's weights; features of their own
	Optimiser  int64 // two means per weight
	Batches    int64 // what is sampled, and what sampling needs
	Layers     int64 // outputs of the layers and their gradients
	Evaluation int64 // the graph as one batch, or columns of the layers' outputs of all nodes
	Measuring  int64 // the batch once more, for the best weights when the run is done; columns are dropped before
	Garbage    int64 // what the collector has not found yet
}

// Total returns the sum of the parts.
func (f Footprint) Total() int64 {
	return f.alive() + f.Garbage
}

func (f Footprint) alive() int64 {
	return f.Graph + f.Models + f.Optimiser + f.Batches + f.Layers + f.Evaluation + f.Measuring
}

// AddGarbage sets what the collector has not found yet, or not given back, beside
// the other parts, where it is told to keep to that, see GarbagePercent: a 64th of
// them, a quarter up to 64 MiB, where layers count twice as larger batches replace their
// storage, and no less than 4 MiB, from which on it works at all.
// What reading g leaves is collected before the run takes as much: of all edges twice
// as much, of each type whose features are means one more of them, and what
// computing FastRP and label inputs takes; features are read to where they stay.
func (f *Footprint) AddGarbage(g *graph.Graph) {
	alive, read := f.alive(), 2*edgeBytes(g)
	for _, t := range g.Types {
		if t.Derived != 0 {
			read += 4 * int64(len(t.Features.Data))
		}
	}
	if slices.ContainsFunc(g.Types, func(t graph.NodeType) bool { return t.Derived == graph.FastRP }) {
		read += graph.FastRPBytes(g)
	}
	if g.LabelInputs != nil {
		read += gnn.LabelInputsBytes(g)
	}
	f.Garbage = max(alive/64+min((alive+f.Layers)/4, 64<<20), 4<<20) + max(0, read-(alive-f.Graph))
}

// GarbagePercent returns the percentage for debug.SetGCPercent at which the
// collector leaves a quarter of f.Garbage; the rest is what it has not given back, a
// tenth of what was in use, and what it is late by on a busy machine.
// Below a twentieth it would work in vain: what large runs take last is in use when
// they have most.
func (f Footprint) GarbagePercent() int {
	return int(min(max(25*f.Garbage/max(f.alive(), 1), 5), 100))
}

// AddStudent adds to f, of a run on g, a second student that is trained on the
// same batches; one is the footprint of a run with that student alone.
func (p Plan) AddStudent(f *Footprint, one Footprint, g *graph.Graph) {
	f.Models += one.Models
	f.Optimiser += one.Optimiser
	f.Layers += one.Layers
	if p.Sampler != "full" { // else its layers have the storage already
		f.Evaluation += one.Evaluation
	}
	f.AddGarbage(g)
}

// A member is a model of a run.
type member struct {
	gnn.Config
	trained bool
}

// Footprint estimates the memory of a run that trains one student on g, which
// the plan has prepared. The teacher is nil if there is none. To know the size
// of a sampled batch it draws a few, unless all that is known before comes to
// more than limit bytes already; 0 is no limit.
func (p Plan) Footprint(g *graph.Graph, teacher *gnn.Config, limit int64) (f Footprint, err error) {
	student, err := p.Config(p.Student).Defaults(g)
	if err != nil {
		return f, err
	}
	models := []member{{student, true}}
	if teacher != nil {
		models = append(models, member{*teacher, false})
	}
	return p.footprint(g, models, limit, IsSmall(g))
}

// SessionFootprint estimates the memory of a session's run on g, not prepared
// yet: two students, a teacher that may be trained beside them if it is not
// given, and nothing that is measured at the end. What is shown of a large graph
// is a part, which takes little.
func (p Plan) SessionFootprint(g *graph.Graph, teacher *gnn.Config, limit int64) (f Footprint, err error) {
	g = p.Prepare(g)
	student, err := p.Config(p.Student).Defaults(g)
	if err != nil {
		return f, err
	}
	beside := member{trained: p.Teach != "untrained"}
	if teacher != nil {
		beside = member{*teacher, false}
	} else if beside.Config, err = p.Config(p.Teacher).Defaults(g); err != nil {
		return f, err
	}
	f, err = p.footprint(g, []member{{student, true}, beside, {student, true}}, limit, IsSmall(g))
	f.Measuring = 0
	return f, err
}

// OutlineFootprint is SessionFootprint of what is known before a graph is read: of its
// node types, widths and relations, which take so many bytes. whole is as of footprint.
// What its batches take comes on top, as does a teacher that is given, if the plan has
// none to be made.
func (p Plan) OutlineFootprint(g *graph.Graph, bytes int64, whole bool) (f Footprint, err error) {
	student := p.Config(p.Student)
	models := []gnn.Config{student, student}
	if p.Teach != "off" {
		models = append(models, p.Config(p.Teacher))
	}
	f.Graph = bytes + derivedBytes(p.Inputs, g)
	for _, c := range models {
		if c, err = c.Defaults(g); err != nil {
			return f, err
		}
		shapes, err := gnn.ParamShapes(c, g)
		if err != nil {
			return f, err
		}
		f.addModel(shapes, p.Teach != "untrained")
		if whole {
			continue
		}
		n, err := gnn.EvaluationBytes(c, g)
		if err != nil {
			return f, err
		}
		f.Evaluation = max(f.Evaluation, n)
	}
	f.AddGarbage(g)
	return f, nil
}

// derivedBytes returns the size of the features that types without any get.
func derivedBytes(inputs string, g *graph.Graph) (n int64) {
	widths := graph.Widths(g)
	switch inputs {
	case "means":
		widths = graph.MeanWidths(g)
	case "fastrp":
		widths = graph.FastRPWidths(g)
	}
	for i, t := range g.Types {
		n += 4 * int64(t.Count) * int64(widths[i]-t.Features.Cols)
	}
	return n
}

// footprint is Footprint of a run with these models, of which the first is the
// student. whole says that they are evaluated on all of g as one batch, not
// layer by layer.
func (p Plan) footprint(g *graph.Graph, models []member, limit int64, whole bool) (f Footprint, err error) {
	split, err := g.Split(p.Split)
	if err != nil {
		return f, err
	}
	f.Graph = GraphBytes(g)
	layers, made := p.Teacher.Layers, int64(0)
	for _, m := range models {
		shapes, err := gnn.ParamShapes(m.Config, g)
		if err != nil {
			return f, err
		}
		layers = max(layers, m.Layers)
		f.addModel(shapes, m.trained)
		kept, making := gnn.FeatureBytes(m.Config, g)
		f.Models += sparseBytes(m, g) + kept
		made += making
		if m.trained {
			f.Models += kept // the best, made while the collector has not found what making the first took
			made += making
		}
		if k, _ := gnn.KindOf(m.Kind); !whole || k.Steps > 0 {
			n, err := gnn.EvaluationBytes(m.Config, g)
			if err != nil {
				return f, err
			}
			f.Evaluation = max(f.Evaluation, n)
		}
	}
	if whole {
		f.Measuring = f.Evaluation
	}
	if limit <= 0 || f.Total() <= limit {
		p.addBatches(&f, g, split, models, layers, whole)
	}
	f.Models += max(0, made-f.Batches-f.Layers-f.Evaluation-f.Measuring) // these come later
	f.AddGarbage(g)
	return f, nil
}

// EvaluationBytes returns how much memory sim.Evaluate takes at most for a model
// of c on g, besides the graph and the model.
func EvaluationBytes(c gnn.Config, g *graph.Graph) (int64, error) {
	if !IsSmall(g) {
		n, err := gnn.EvaluationBytes(c, g)
		return n + 2*mostLogits, err
	}
	c, err := c.Defaults(g)
	if err != nil {
		return 0, err
	}
	kept, making := gnn.FeatureBytes(c, g)
	n := kept + making
	if k, _ := gnn.KindOf(c.Kind); k.Steps > 0 {
		of, err := gnn.EvaluationBytes(c, g)
		if err != nil {
			return 0, err
		}
		n += of
	}
	trained := 0
	for _, s := range g.Splits {
		trained = max(trained, len(s.Train))
	}
	all := wholeExtents(g, c.Layers)
	return n + wholeBytes(all, g) + crossEntropyBytes(g, trained) + wholeLayers(c, g, all) + sparseBytes(member{Config: c}, g), nil
}

// GraphBytes returns the size of the features, label inputs and edges of g.
func GraphBytes(g *graph.Graph) (n int64) {
	for _, t := range g.Types {
		n += 4 * int64(len(t.Features.Data))
	}
	if g.LabelInputs != nil {
		n += 4 * int64(len(g.LabelInputs.X.Data))
	}
	return n + edgeBytes(g) + 8*int64(len(g.Labels)) // with the splits
}

func edgeBytes(g *graph.Graph) (n int64) {
	for _, r := range g.Relations {
		n += 4 * int64(len(r.In.Ptr)+len(r.In.Col))
	}
	return n
}

// sparseBytes returns the size of the features that a model keeps as sparse,
// and one that is trained its copy of the best weights too.
func sparseBytes(m member, g *graph.Graph) int64 {
	features := g.Types[g.Target].Features
	switch {
	case m.Kind == "rgcn" || features.Cols != m.Input:
		return 0
	case m.trained:
		return 2 * gnn.SparseBytes(features)
	}
	return gnn.SparseBytes(features)
}

// addModel adds what a model has beside its layers' outputs.
func (f *Footprint) addModel(shapes []gnn.ParamShape, trained bool) {
	for _, s := range shapes {
		weights, perModel := 4*int64(s.Rows)*int64(s.Cols), int64(0)
		if s.Embedding {
			perModel = weights + 4*int64(s.Rows)
		} else {
			perModel = 2 * weights
		}
		f.Models += perModel
		if trained {
			f.Models += perModel // the best
			f.Optimiser += 2 * weights
		}
	}
}
