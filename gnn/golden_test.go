package gnn

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/safetensors"
	"abkd/gnn/sample"
)

// A goldenCase is the case.json of a model computed by PyTorch in float64.
type goldenCase struct {
	Graph struct {
		NodeTypes []struct {
			Name       string
			Count      int
			FeatureDim int `json:"feature_dim"`
		} `json:"node_types"`
		Relations []struct{ Src, Name, Dst string }
		Target    string
		Classes   int
	}
	Model struct {
		Kind                  string
		Layers, Hidden, Input int
		Heads                 int
		Alpha, Lambda         float32
	}
}

// TestGoldenModels compares the models with what an independent implementation
// in float64 computed: the cases of testdata, and those in the folder that
// ABKD_GOLDEN names, relative to the module's root.
func TestGoldenModels(t *testing.T) {
	folders := []string{filepath.Join("testdata", "golden")}
	if more := os.Getenv("ABKD_GOLDEN"); more != "" {
		if !filepath.IsAbs(more) {
			more = filepath.Join("..", more)
		}
		folders = append(folders, more)
	}
	for i, folder := range folders {
		cases, err := filepath.Glob(filepath.Join(folder, "model-*"))
		if err != nil {
			t.Fatal(err)
		}
		if len(cases) == 0 && i == 0 {
			t.Errorf("%s has no case", folder)
		}
		if _, err := os.Stat(folder); err != nil {
			t.Error(err)
		}
		for _, dir := range cases {
			t.Run("case="+filepath.Base(dir), func(t *testing.T) { goldenModel(t, dir) })
		}
	}
}

func goldenModel(t *testing.T, dir string) {
	b, err := os.ReadFile(filepath.Join(dir, "case.json"))
	if err != nil {
		t.Fatal(err)
	}
	var c goldenCase
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	if b, err = os.ReadFile(filepath.Join(dir, "tensors.safetensors")); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	tensor := func(name string) []float32 {
		x, err := f.Tensor(name)
		if err != nil {
			t.Fatal(err)
		}
		return x.Data
	}
	g := goldenGraph(t, c, tensor)
	k := c.Model
	m, err := New(Config{Kind: k.Kind, Layers: k.Layers, Hidden: k.Hidden, Input: k.Input, Inputs: "embedding", Heads: k.Heads, Alpha: k.Alpha, Lambda: k.Lambda}, g, newRand(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.Params() {
		want := tensor("param." + p.Name)
		if len(want) != len(p.W.Data) {
			t.Fatalf("%s has %d elements, want %d", p.Name, len(p.W.Data), len(want))
		}
		copy(p.W.Data, want)
	}
	var train []int32
	for _, v := range tensor("graph.train") {
		train = append(train, int32(v))
	}
	batch := sample.NewFull(g, c.Model.Layers, train).Next()
	for _, order := range append(orders, "") {
		t.Run("order="+order, func(t *testing.T) {
			b := *batch
			if order != "" {
				b.Blocks = nil
				for _, block := range batch.Blocks {
					b.Blocks = append(b.Blocks, inOrder(block, order))
				}
			}
			goldenStep(t, m, &b, tensor)
		})
	}
}

// goldenStep compares what m computes on batch with the tensors.
func goldenStep(t *testing.T, m Model, batch *sample.Batch, tensor func(string) []float32) {
	ZeroGrad(m.Params())
	tr := m.Forward(batch, nil)
	var ce CrossEntropy
	loss := ce.Loss(tr.Logits(), batch.Rows, batch.Labels)
	compare(t, "out.loss", []float32{float32(loss)}, tensor("out.loss"))
	compare(t, "out.logits", tr.Logits().Data, tensor("out.logits"))
	for l, y := range tr.Layers {
		name := "out.layers." + string(rune('0'+l))
		compare(t, name, y.Data, tensor(name))
	}
	grad := make([]mat.Matrix, len(tr.Outputs))
	grad[len(grad)-1] = mat.New(tr.Logits().Rows, tr.Logits().Cols)
	ce.Backward(1, grad[len(grad)-1])
	m.Backward(batch, grad)
	for _, p := range m.Params() {
		compare(t, "grad."+p.Name, p.Gradient().Data, tensor("grad."+p.Name))
	}
}

func goldenGraph(t *testing.T, c goldenCase, tensor func(string) []float32) *graph.Graph {
	g := &graph.Graph{Name: "golden", Classes: c.Graph.Classes}
	for _, nt := range c.Graph.NodeTypes {
		n := graph.NodeType{Name: nt.Name, Count: nt.Count}
		if nt.FeatureDim > 0 {
			n.Features = mat.Matrix{Rows: nt.Count, Cols: nt.FeatureDim, Data: tensor("graph.features." + nt.Name)}
		}
		g.Types = append(g.Types, n)
	}
	g.Target = g.TypeIndex(c.Graph.Target)
	for _, r := range c.Graph.Relations {
		name := graph.EdgeType{Src: r.Src, Rel: r.Name, Dst: r.Dst}
		var src, dst []int32
		edges := tensor("graph.edges." + name.String())
		for i := 0; i < len(edges); i += 2 {
			src, dst = append(src, int32(edges[i])), append(dst, int32(edges[i+1]))
		}
		if err := g.AddRelation(name, src, dst); err != nil {
			t.Fatal(err)
		}
	}
	for _, y := range tensor("graph.labels") {
		g.Labels = append(g.Labels, int32(y))
	}
	return g
}

// compare allows 1e-4 of the largest element, and 1e-5.
func compare(t *testing.T, name string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s has %d elements, want %d", name, len(got), len(want))
		return
	}
	top := 0.0
	for _, v := range want {
		top = max(top, math.Abs(float64(v)))
	}
	for i, v := range want {
		if d := math.Abs(float64(got[i]) - float64(v)); !(d <= 1e-4*top+1e-5) {
			t.Errorf("element %d of %s is %g, want %g", i, name, got[i], v)
			return
		}
	}
}
