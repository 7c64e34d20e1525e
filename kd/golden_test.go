package kd

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/safetensors"
	"abkd/gnn/sample"
)

// TestGolden compares models, criteria and training with what an independent
// implementation in float64 computed: the cases of testdata, and those in the
// folder that ABKD_GOLDEN names, relative to the module's root.
func TestGolden(t *testing.T) {
	folders := []string{filepath.Join("..", "gnn", "testdata", "golden"), filepath.Join("testdata", "golden")}
	if more := os.Getenv("ABKD_GOLDEN"); more != "" {
		if !filepath.IsAbs(more) {
			more = filepath.Join("..", more)
		}
		folders = append(folders, more)
	}
	for _, folder := range folders {
		cases, err := filepath.Glob(filepath.Join(folder, "*", "case.json"))
		if err != nil {
			t.Fatal(err)
		}
		if len(cases) == 0 {
			t.Errorf("%s has no case", folder)
		}
		for _, file := range cases {
			dir := filepath.Dir(file)
			t.Run("case="+filepath.Base(dir), func(t *testing.T) { runGolden(t, os.DirFS(dir)) })
		}
	}
}

func runGolden(t *testing.T, dir fs.FS) {
	text, err := fs.ReadFile(dir, "case.json")
	if err != nil {
		t.Fatal(err)
	}
	g := &golden{T: t, read: map[string]bool{}}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&g.goldenCase); err != nil {
		t.Fatalf("case.json: %v", err)
	}
	if !slices.Contains([]string{"model", "criterion", "train"}, g.Kind) {
		t.Fatalf("kind of case is %q, want model, criterion or train", g.Kind)
	}
	tensors, err := fs.ReadFile(dir, "tensors.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if g.file, err = safetensors.Decode(tensors); err != nil {
		t.Fatal(err)
	}
	switch g.Kind {
	case "model":
		g.runModel()
	case "criterion":
		g.runCriterion()
	case "train":
		g.runTrain()
	}
	for _, x := range g.file.Tensors {
		if !g.read[x.Name] {
			t.Errorf("tensor %s was not looked at", x.Name)
		}
	}
}

func (g *golden) runModel() {
	gr := g.graph()
	m := g.model(g.Model, gr, "param.")
	b := sample.NewFull(gr, g.Model.Layers, gr.Splits[0].Train).Next()
	trace := m.Forward(b, nil)
	for l, y := range trace.Layers {
		g.same("out.layers."+strconv.Itoa(l), y.Data)
	}
	g.same("out.logits", trace.Logits().Data)
	var ce gnn.CrossEntropy
	g.same("out.loss", []float32{float32(ce.Loss(trace.Logits(), b.Rows, b.Labels))})
	grad := make([]mat.Matrix, len(trace.Outputs))
	logits := mat.New(trace.Logits().Rows, trace.Logits().Cols)
	grad[len(grad)-1] = logits
	ce.Backward(1, logits)
	m.Backward(b, grad)
	for _, p := range m.Params() {
		g.same("grad."+p.Name, p.Gradient().Data)
	}
}

func (g *golden) runCriterion() {
	l := Layers{Teacher: g.layers("teacher.layers."), Student: g.layers("student.layers.")}
	src, dst := g.edges("edges")
	edges, err := graph.NewCSR(src, dst, l.Teacher[0].Rows, l.Teacher[0].Rows)
	if err != nil {
		g.Fatal(err)
	}
	l.Edges = edges
	for g.has("relations." + strconv.Itoa(len(l.Relations))) {
		src, dst := g.edges("relations." + strconv.Itoa(len(l.Relations)))
		r, err := graph.NewCSR(src, dst, l.Teacher[0].Rows, l.Teacher[0].Rows)
		if err != nil {
			g.Fatal(err)
		}
		l.Relations = append(l.Relations, r)
	}
	c, constant := g.newCriterion("param.", func(name string, o Config, rng *rand.Rand) (Criterion, error) {
		return New(name, widths(l.Teacher), widths(l.Student), o, rng)
	})
	if g.Criterion.Kind == "kd" {
		if c, err = NewKD(g.Criterion.Temperature); err != nil {
			g.Fatal(err)
		}
	}
	if c == nil {
		g.Fatalf("kind of criterion is %q, want one with a loss", g.Criterion.Kind)
	}
	g.same("out.loss", []float32{float32(c.Loss(l))})
	if a, ok := c.(Aligner); ok {
		g.same("out.attention", a.Alignment().A.Data)
		g.same("out.dissimilarity", a.Alignment().D.Data)
		if G := a.Alignment().G; !G.Empty() {
			g.same("out.structure", G.Data)
		}
	}
	for _, p := range Weights(c) {
		if g.has("out." + p.Name) { // what is found in the first Loss
			g.same("out."+p.Name, p.W.Data)
		}
	}
	if task := g.layers("task.layers."); len(task) > 0 {
		c.(TaskReader).SetTask(task)
	}
	grad := likes(l.Student)
	c.Backward(1, grad)
	if g.has("out.agreement") {
		g.same("out.agreement", c.(*ABKD).agreement.c.Data)
	}
	for j, d := range grad {
		g.same("grad.student.layers."+strconv.Itoa(j), d.Data)
	}
	for _, p := range c.Params() {
		g.same("grad."+p.Name, p.Gradient().Data)
	}
	for _, p := range constant {
		if g.has("grad." + p.Name) {
			g.same("grad."+p.Name, p.Gradient().Data)
		}
	}
}

// batches returns a function that returns the batch of a step: the whole graph, or
// what random walks visit, which are the nodes that the file says.
func (g *golden) batches(gr *graph.Graph) func(step int) *sample.Batch {
	layers, train := max(g.Teacher.Layers, g.Student.Layers), gr.Splits[0].Train
	if g.Walks == 0 {
		b := sample.NewFull(gr, layers, train).Next()
		return func(int) *sample.Batch { return b }
	}
	s := sample.NewRandomWalk(gr, layers, train, sample.Walk{Roots: g.Walks}, rand.NewPCG(4, 0))
	return func(step int) *sample.Batch {
		b := s.Next()
		for i, t := range gr.Types {
			if want := g.ints(fmt.Sprintf("batch.%d.%s", step, t.Name)); !slices.Equal(b.Nodes[i], want) {
				g.Fatalf("step %d visits %ss %v, want %v", step, t.Name, b.Nodes[i], want)
			}
		}
		return b
	}
}

func (g *golden) runTrain() {
	gr := g.graph()
	teacher := g.model(g.Teacher, gr, "param.teacher.")
	student := g.model(g.Student, gr, "param.student.")
	c, constant := g.newCriterion("param.criterion.", func(name string, o Config, rng *rand.Rand) (Criterion, error) {
		return Between(name, teacher, student, o, rng)
	})
	d := NewDistiller(teacher, student, c, Settings{Alpha: g.Alpha, Beta: g.Beta, Temperature: cmp.Or(g.Temperature, g.Criterion.Temperature), LR: g.LR})
	next := g.batches(gr)
	var losses, attention []float32
	for step := range g.Steps {
		l := d.Step(next(step), nil)
		losses = append(losses, float32(l.Total), float32(l.CE), float32(l.KD), float32(l.Aux))
		attention = append(attention, d.Alignment().A.Data...)
	}
	g.same("out.losses", losses)
	if len(attention) > 0 {
		g.same("out.attention", attention)
	}
	trained := map[string]*gnn.Param{}
	for _, p := range student.Params() {
		trained["final.student."+p.Name] = p
	}
	if c != nil {
		constant = append(constant, c.Params()...)
	}
	for _, p := range constant {
		trained["final.criterion."+p.Name] = p
	}
	for _, x := range g.file.Tensors {
		if p := trained[x.Name]; p != nil {
			g.compare(x.Name, p.W.Data, 0, 2e-3)
		}
	}
	if !slices.ContainsFunc(g.file.Tensors, func(x safetensors.Tensor) bool { return strings.HasPrefix(x.Name, "final.") }) {
		g.Error("no tensor final.*: the trained weights are not checked")
	}
}
