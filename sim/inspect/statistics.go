package inspect

import (
	"math"
	"slices"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/gnn/principal"
	"abkd/gnn/quality"
	"abkd/sim/wire"
)

// Limits of what is computed of all nodes, so that a large graph shows as
// fast as a small one.
const (
	maxPoints = 1000 // nodes of an Embedding
	maxSmooth = 256  // nodes of Smoothness
)

// Show sets in s what a list of wire.Showable names. Every model runs once on
// all of what is shown of the graph. Embeddings are seen along the axes, which are fitted when a
// layer is first shown and kept there.
func (now *Moment) Show(s *wire.Snapshot, what []string, along *Axes) {
	t, a, st := now.trace(now.Teacher), now.trace(now.Alone), now.trace(now.Student)
	for _, what := range what {
		switch what {
		case "predictions":
			s.Predictions = wire.Predictions{
				Nodes: now.targets(), Label: slices.Clone(now.Graph.Labels), Part: now.parts(),
				Teacher: predictions(t), Alone: predictions(a), Student: predictions(st),
			}
		case "logits":
			if focus := now.Focus; focus >= 0 {
				s.Focus = wire.Focused{Label: int(now.Graph.Labels[focus]), Teacher: logitsOf(t, focus), Alone: logitsOf(a, focus), Student: logitsOf(st, focus)}
			}
		case "embeddings":
			s.Embeddings = append(along.embeddings("teacher", t), along.embeddings("student", st)...)
			for i := range s.Embeddings {
				s.Embeddings[i].Nodes = now.Part.numbers(now.Graph.Target, s.Embeddings[i].Nodes)
			}
		case "smoothness":
			s.Smoothness = wire.Smoothness{Teacher: smoothness(t), Student: smoothness(st)}
		case "calibration":
			s.Calibration = wire.Calibration{Teacher: now.reliability(t), Alone: now.reliability(a), Student: now.reliability(st)}
		case "directions":
			s.Directions = append(along.directions("teacher", t), along.directions("student", st)...)
			for i := range s.Directions {
				s.Directions[i].Nodes = now.Part.numbers(now.Graph.Target, s.Directions[i].Nodes)
			}
		case "neighbours":
			s.Neighbours = now.neighbours(&s.Graph, t, st)
		case "answers":
			s.Answers = wire.Answers{Names: slices.Clone(now.Graph.Types[now.Graph.Target].Labels), Teacher: confidence(t), Alone: confidence(a), Student: confidence(st)}
		}
	}
}

// trace returns what m computes on all of that, nil for no model.
func (now *Moment) trace(m gnn.Model) *gnn.Trace {
	if m == nil {
		return nil
	}
	return m.Forward(now.Batch, nil)
}

// targets returns the numbers in the whole graph of the target nodes, none if all
// of it is shown.
func (now *Moment) targets() []int32 {
	if now.Part == nil {
		return nil
	}
	return slices.Clone(now.Part.origin[now.Graph.Target])
}

// parts returns the part of the split that each target node is in.
func (now *Moment) parts() []int32 {
	part := make([]int32, len(now.Graph.Labels))
	for i := range part {
		part[i] = 3
	}
	for p, nodes := range [...][]int32{now.Split.Train, now.Split.Valid, now.Split.Test} {
		for _, v := range nodes {
			part[v] = int32(p)
		}
	}
	return part
}

func predictions(t *gnn.Trace) []int32 {
	if t == nil {
		return nil
	}
	z := t.Logits()
	classes := make([]int32, z.Rows)
	for v := range classes {
		classes[v] = int32(gnn.Predict(z.Row(v)))
	}
	return classes
}

// reliability compares confidence with accuracy on the test nodes.
func (now *Moment) reliability(t *gnn.Trace) (r wire.Reliability) {
	if t == nil {
		return r
	}
	tally, z := quality.NewTally(now.Graph.Classes), t.Logits()
	for _, v := range now.Split.Test {
		tally.Add(now.Graph.Labels[v], z.Row(int(v)))
	}
	r.ECE = float32(tally.ECE())
	for _, b := range tally.Reliability() {
		r.Nodes = append(r.Nodes, int32(b.Nodes))
		r.Confidence, r.Accuracy = append(r.Confidence, float32(b.Confidence)), append(r.Accuracy, float32(b.Accuracy))
	}
	return r
}

// confidence returns how sure a model is of its prediction for each node.
func confidence(t *gnn.Trace) (all []float32) {
	if t == nil {
		return nil
	}
	var p quality.Predictions
	p.Add(t.Logits())
	for _, c := range p.Confidence {
		all = append(all, float32(c))
	}
	return all
}

func logitsOf(t *gnn.Trace, node int) []float32 {
	if t == nil {
		return nil
	}
	return slices.Clone(t.Logits().Row(node))
}

// neighbours returns the logits of the target nodes among those that g draws.
func (now *Moment) neighbours(g *wire.GraphView, teacher, student *gnn.Trace) (n wire.Neighbours) {
	var nodes []int32
	for i, v := range g.Nodes {
		if v.Type == g.Target {
			row, _ := now.Part.Row(v.Type, v.ID)
			n.Nodes, nodes = append(n.Nodes, int32(i)), append(nodes, int32(row))
		}
	}
	if teacher != nil {
		n.Teacher = wire.Matrix(rowsOf(teacher.Logits(), nodes))
	}
	if student != nil {
		n.Student = wire.Matrix(rowsOf(student.Logits(), nodes))
	}
	return n
}

// directions returns where each layer's outputs point, see wire.Direction.
func (a *Axes) directions(model string, t *gnn.Trace) (all []wire.Direction) {
	if t == nil {
		return nil
	}
	for l, h := range t.Layers {
		d := wire.Direction{Model: model, Layer: l}
		unit := mat.Matrix{Cols: h.Cols}
		for _, v := range principal.Evenly(h.Rows, maxSmooth) {
			n := norm(mat.Matrix{Data: h.Row(int(v))})
			if n == 0 {
				continue
			}
			d.Nodes = append(d.Nodes, v)
			unit.Rows++
			for _, x := range h.Row(int(v)) {
				unit.Data = append(unit.Data, float32(float64(x)/n))
			}
		}
		if len(d.Nodes) > 0 {
			d.X, d.Y = seenFromMean(unit, a.of("directions of "+model, l, unit))
		}
		all = append(all, d)
	}
	return all
}

// seenFromMean returns for each unit vector the angle to their mean direction,
// laid out in a plane around it by two axes.
func seenFromMean(unit mat.Matrix, along *axes) (x, y []float32) {
	seen := principal.Axes{Centre: principal.Means(unit), Along: along.Along}
	length := 0.0
	for _, m := range seen.Centre {
		length += m * m
	}
	length = math.Sqrt(length)
	x, y = seen.Project(unit, 0), seen.Project(unit, 1)
	for i := range x {
		cos := 0.0
		for k, u := range unit.Row(i) {
			cos += float64(u) * seen.Centre[k]
		}
		angle := math.Pi / 2 // of vectors without a mean direction
		if length > 0 {
			angle = math.Acos(min(max(cos/length, -1), 1))
		}
		if r := math.Hypot(float64(x[i]), float64(y[i])); r > 0 {
			angle /= r
			x[i], y[i] = float32(float64(x[i])*angle), float32(float64(y[i])*angle)
		} else {
			x[i], y[i] = float32(angle), 0
		}
	}
	return x, y
}

// smoothness returns, for each layer, the mean cosine of the outputs of two
// different nodes. With unit rows u it is
//
//	Σ_{v≠w} u_v·u_w / (n(n-1)) = (‖Σ u_v‖² - Σ ‖u_v‖²) / (n(n-1))
//
// A row of zeros has no direction: its cosines count as 0.
func smoothness(t *gnn.Trace) (mean []float32) {
	if t == nil {
		return nil
	}
	for _, h := range t.Layers {
		nodes := principal.Evenly(h.Rows, maxSmooth)
		total, own := make([]float64, h.Cols), 0.0
		for _, v := range nodes {
			n := norm(mat.Matrix{Data: h.Row(int(v))})
			if n == 0 {
				continue
			}
			for c, x := range h.Row(int(v)) {
				total[c] += float64(x) / n
			}
			own++
		}
		sum := -own
		for _, x := range total {
			sum += x * x
		}
		pairs := math.Max(float64(len(nodes)*(len(nodes)-1)), 1)
		mean = append(mean, float32(sum/pairs))
	}
	return mean
}
