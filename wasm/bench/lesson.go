//go:build js

package main

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/gnn/synth"
	"abkd/kd"
)

// A lesson is an R-GCN that is trained on a whole graph, without dropout: by
// the labels alone, or beside that by ABKD, pooled and with the trainable
// subspace, with a teacher of 3 × 64 that is as it was drawn.
type lesson struct {
	graph     *graph.Graph
	batch     *sample.Batch
	teacher   gnn.Model
	student   gnn.Model
	criterion kd.Criterion // nil for the labels alone
	distiller *kd.Distiller
}

const learningRate = 0.01

// newLesson returns a new lesson. size is the graph and the student's layers
// and width, such as "mag-mini 2x8".
func newLesson(backend *mat.Backend, kind, size string) (*lesson, error) {
	var name string
	var layers, hidden int
	if _, err := fmt.Sscanf(size, "%s %dx%d", &name, &layers, &hidden); err != nil {
		return nil, fmt.Errorf("bench: size is %q, want GRAPH LAYERSxWIDTH: %v", size, err)
	}
	l := &lesson{}
	switch name {
	case "mag-mini":
		l.graph = graph.WithMeans(synth.MAGMini())
	case "mag-2000":
		l.graph = graph.WithMeans(synth.MAG(synth.Config{Papers: 2000, Seed: 1}))
	default:
		return nil, fmt.Errorf("bench: graph is %q, want mag-mini or mag-2000", name)
	}
	model := func(layers, hidden int, seed uint64) (m gnn.Model, err error) {
		return gnn.New(gnn.Config{Layers: layers, Hidden: hidden, Inputs: "means", Dropout: -1}, l.graph, rand.New(rand.NewPCG(seed, 0)))
	}
	var err error
	if l.student, err = model(layers, hidden, 1); err != nil {
		return nil, err
	}
	settings := kd.Settings{LR: learningRate, Backend: backend}
	depth := layers
	if kind == "ABKD" {
		if l.teacher, err = model(3, 64, 2); err != nil {
			return nil, err
		}
		if l.criterion, err = kd.Between("abkd", l.teacher, l.student, kd.Config{}, rand.New(rand.NewPCG(3, 0))); err != nil {
			return nil, err
		}
		settings.Beta, depth = 1, max(layers, 3)
	}
	l.batch = sample.NewFull(l.graph, depth, l.graph.Splits[0].Train).Next()
	l.distiller = kd.NewDistiller(l.teacher, l.student, l.criterion, settings)
	return l, nil
}

func (l *lesson) step() kd.Losses { return l.distiller.Step(l.batch, nil) }

// export describes a new lesson to a page that does the same with another
// library. Matrices are {rows, cols, data}.
//
//	rate     Adam's learning rate
//	blocks   of each layer {types, relations}: types has the numbers of
//	         destinations, 0 for a type that is not needed; relations have
//	         {src, dst, from, to, back: {from, to, weight}}, edges in the order
//	         of their ends, and on the way back in that of their starts
//	inputs   of each type, the first layer's
//	rows     of the target, with labels
//	params   of the student, {name, rows, cols, data}, in the order of gnn.Model.Params
//	teacher  the mean of each layer of the teacher over the rows
//	own      parameters of the criterion, in the order of kd.Criterion.Params
func (l *lesson) export() map[string]any {
	inputs := l.student.Forward(l.batch, nil).Input
	out := map[string]any{
		"rate": learningRate, "target": l.graph.Target, "rows": toJS(l.batch.Rows), "labels": toJS(l.batch.Labels),
		"inputs": matrices(inputs), "params": params(l.student.Params()), "blocks": l.blocks(),
		"teacher": []any{}, "own": []any{},
	}
	if l.criterion != nil {
		means := []mat.Matrix{}
		for _, y := range l.teacher.Forward(l.batch, nil).Layers {
			rows := mat.New(len(l.batch.Rows), y.Cols)
			mat.Gather(rows, y, l.batch.Rows)
			mean := mat.New(1, y.Cols)
			mat.MeanRows(mean, rows)
			means = append(means, mean)
		}
		out["teacher"], out["own"] = matrices(means), params(l.criterion.Params())
	}
	return out
}

func (l *lesson) blocks() (all []any) {
	for _, b := range l.batch.Top(len(l.student.Widths())) {
		var types, relations []any
		for _, n := range b.NumDst {
			types = append(types, n)
		}
		for r, rel := range l.graph.Relations {
			if a := b.Rel[r]; b.NumDst[rel.Dst] > 0 && len(a.In.Col) > 0 {
				relations = append(relations, map[string]any{
					"src": rel.Src, "dst": rel.Dst, "from": toJS(a.In.Col), "to": toJS(rowsOf(a.In)),
					"back": map[string]any{"from": toJS(a.Out.Col), "to": toJS(rowsOf(a.Out)), "weight": toJS(a.OutWeight)},
					"rel":  r,
				})
			}
		}
		all = append(all, map[string]any{"types": types, "relations": relations})
	}
	return all
}

// rowsOf returns the row of each entry.
func rowsOf(c graph.CSR) (rows []int32) {
	for i := range c.Rows() {
		for range c.Row(i) {
			rows = append(rows, int32(i))
		}
	}
	return rows
}
