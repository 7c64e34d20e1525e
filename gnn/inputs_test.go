package gnn

import (
	"math/rand/v2"
	"slices"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/sample"
)

// With means OGBN-Mag's models have the same weights and no tables.
func TestShapesOfMagWithMeans(t *testing.T) {
	shapes, err := ParamShapes(Config{Layers: 3, Hidden: 512, Inputs: "means"}, magSchema())
	if err != nil {
		t.Fatal(err)
	}
	if p, e := CountShapes(shapes); p != 5_575_540 || e != 0 {
		t.Errorf("%d weights and %d numbers in tables, want 5575540 and 0", p, e)
	}
}

// A model finds its inputs itself: it computes the same whether the graph it
// is given has means already, or has them though the model wants tables.
func TestInputsOfAnyGraph(t *testing.T) {
	raw := testGraph(t, 3)
	prepared := graph.WithMeans(raw)
	b := sample.NewFull(raw, 2, someRows(raw)).Next()
	for _, inputs := range InputNames {
		t.Run("inputs="+inputs, func(t *testing.T) {
			c := Config{Layers: 2, Hidden: 6, Inputs: inputs}
			var logits [2][]float32
			var files [2][]byte
			for i, g := range []*graph.Graph{raw, prepared} {
				m, err := New(c, g, rand.New(rand.NewPCG(1, 2)))
				if err != nil {
					t.Fatal(err)
				}
				logits[i] = slices.Clone(m.Forward(b, nil).Logits().Data)
				files[i] = Encode(m, nil)
				if _, e := Count(m); inputs == "embedding" && e == 0 {
					t.Error("there is no embedding table")
				}
			}
			if !slices.Equal(logits[0], logits[1]) || !slices.Equal(files[0], files[1]) {
				t.Error("the graph's preparation changes the model")
			}
			for _, g := range []*graph.Graph{raw, prepared} {
				m, err := Read(files[0], g)
				if err != nil {
					t.Fatal(err)
				}
				if got := m.Forward(b, nil).Logits().Data; !slices.Equal(got, logits[0]) {
					t.Error("a checkpoint computes something else")
				}
				if m.Config().Inputs != inputs {
					t.Errorf("inputs is %q after reading", m.Config().Inputs)
				}
			}
		})
	}
}
