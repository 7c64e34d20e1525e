package gnn

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/gnn/synth"
)

// relabelled returns g with another label of node v.
func relabelled(g *graph.Graph, v int32) *graph.Graph {
	h := *g
	h.Labels = slices.Clone(g.Labels)
	h.Labels[v] = (g.Labels[v] + 1) % int32(g.Classes)
	h.LabelInputs = nil
	return &h
}

// ring returns papers that cite each other round and round, and share one author:
// from each the ways back are many.
func ring(t *testing.T) *graph.Graph {
	g := &graph.Graph{Name: "ring", Classes: 3, Types: []graph.NodeType{{Name: "paper", Count: 12}, {Name: "author", Count: 2}}}
	split := graph.Split{Name: "all but two"}
	var src, dst, one []int32
	for v := range int32(12) {
		src, dst, one = append(src, v), append(dst, (v+1)%12), append(one, 0)
		g.Labels = append(g.Labels, v%3)
		if v < 10 {
			split.Train = append(split.Train, v)
		} else {
			split.Test = append(split.Test, v)
		}
	}
	g.Splits = []graph.Split{split}
	for _, err := range []error{
		g.AddWithReverse(graph.EdgeType{Src: "paper", Rel: "cites", Dst: "paper"}, src, dst),
		g.AddWithReverse(graph.EdgeType{Src: "author", Rel: "writes", Dst: "paper"}, one, src),
		g.Validate(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return g
}

// No label of a training node reaches the node's own input or logits, in training
// as in evaluation, over whatever path; it does reach others, which is what the
// inputs are for.
func TestNoLabelReachesItsOwnInput(t *testing.T) {
	for name, g := range map[string]*graph.Graph{
		"ring": ring(t), "heterogeneous": testGraph(t, 1), "citations": citationGraph(t, 1, 6, 0), "featureless": synth.Featureless(120, 2),
	} {
		for _, inputs := range InputNames {
			t.Run(fmt.Sprintf("graph=%s/inputs=%s", name, inputs), func(t *testing.T) {
				c := Config{Layers: 3, Hidden: 6, Inputs: inputs, LabelReuse: true}
				train := g.Splits[0].Train
				m, err := New(c, g, newRand(1))
				if err != nil {
					t.Fatal(err)
				}
				st, rng := newStep(m, 0.05), newRand(2)
				batch := sample.NewFull(g, 3, train).Next()
				for range 5 { // so that all weights are at work
					st.run(batch, rng)
				}
				outputs := func(g *graph.Graph) (x, training, evaluation, layerwise mat.Matrix) {
					SetGraph(m, g)
					x = WithLabelInputs(g, "").LabelInputs.X
					training = m.Forward(sample.NewFull(g, 3, train).Next(), newRand(7)).Logits().Clone()
					evaluation = m.Forward(sample.NewFull(g, 3, nil).Next(), nil).Logits().Clone()
					return x, training, evaluation, evaluated(t, NewEvaluator(m, nil), g.Types[g.Target].Count)
				}
				x, training, evaluation, layerwise := outputs(g)
				reached := 0
				for _, v := range train {
					x2, training2, evaluation2, layerwise2 := outputs(relabelled(g, v))
					for what, pair := range map[string][2]mat.Matrix{
						"input": {x, x2}, "logits in training": {training, training2}, "logits in evaluation": {evaluation, evaluation2}, "logits layer by layer": {layerwise, layerwise2},
					} {
						if !slices.Equal(pair[0].Row(int(v)), pair[1].Row(int(v))) {
							t.Fatalf("the label of node %d reaches its own %s: %v becomes %v", v, what, pair[0].Row(int(v)), pair[1].Row(int(v)))
						}
					}
					if !slices.Equal(x.Data, x2.Data) && !slices.Equal(evaluation.Data, evaluation2.Data) {
						reached++
					}
				}
				if reached < len(train)/2 {
					t.Errorf("the labels of %d of %d training nodes reach another node, want most", reached, len(train))
				}
			})
		}
	}
}

// Nodes that are not for training read what label propagation says, of each
// channel, and a training node what it says without the labels of its fold.
func TestLabelInputsArePropagation(t *testing.T) {
	for name, g := range map[string]*graph.Graph{"heterogeneous": testGraph(t, 3), "citations": citationGraph(t, 2, 0, 0), "featureless": synth.Featureless(200, 1)} {
		t.Run(name, func(t *testing.T) {
			train := g.Splits[0].Train
			h := WithLabelInputs(g, "")
			channels := LabelChannels(g)
			if n := len(channels) * g.Classes; h.LabelInputs.X.Cols != n || g.LabelInputs != nil || WithLabelInputs(h, g.Splits[0].Name) != h {
				t.Fatalf("%d columns, want %d, and the graph itself where it has them", h.LabelInputs.X.Cols, n)
			}
			check := func(v int, given []int32) {
				for r, relations := range channels {
					z := LabelPropagation(g, given, relations, SpreadShare, SpreadRounds)
					logShares(z)
					for c, want := range z.Row(v) {
						got := h.LabelInputs.X.Row(v)[r*g.Classes+c]
						// A share below the least is one that rounding may lift over it.
						if math.Abs(float64(got-want)) > 1e-3 {
							t.Fatalf("node %d, channel %d, class %d: %g, want %g", v, r, c, got, want)
						}
					}
				}
			}
			for v := range min(len(g.Labels), 40) {
				if i := slices.Index(train, int32(v)); i < 0 {
					check(v, train)
				} else if v < 12 {
					var others []int32
					for j, u := range train {
						if j%labelFolds != i%labelFolds {
							others = append(others, u)
						}
					}
					check(v, others)
				}
			}
		})
	}
}

// Channels are all relations, and those of each pair that reaches the target.
func TestLabelChannels(t *testing.T) {
	if got, want := fmt.Sprint(LabelChannels(testGraph(t, 1))), "[[0 1 2 3 4 5 6 7 8] [0 1] [2] [3 4] [5 6] [7 8]]"; got != want {
		t.Errorf("channels are %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(LabelChannels(citationGraph(t, 1, 0, 0))), "[[0]]"; got != want {
		t.Errorf("channels of one relation are %s, want %s", got, want)
	}
}

// Before training the label inputs add to the logits what label propagation says,
// and no more; of a checkpoint all is as it was, and the keys say so.
func TestLabelReuseBeginsAsPropagation(t *testing.T) {
	g := testGraph(t, 1)
	with, err := New(Config{Layers: 2, Hidden: 6, LabelReuse: true}, g, newRand(4))
	if err != nil {
		t.Fatal(err)
	}
	without, _ := New(Config{Layers: 2, Hidden: 6}, g, newRand(4))
	b := sample.NewFull(g, 2, nil).Next()
	z, base := with.Forward(b, nil).Logits(), without.Forward(b, nil).Logits()
	x := with.Graph().LabelInputs.X
	for v := range z.Rows {
		for c := range g.Classes {
			if want := base.Row(v)[c] + x.Row(v)[c]; z.Row(v)[c] != want {
				t.Fatalf("logit %d of node %d is %g, want %g", c, v, z.Row(v)[c], want)
			}
		}
	}
	file := Encode(with, nil)
	again, meta, err := ReadAll(file, g, nil)
	if err != nil || meta[keyReuse] != "true" || meta[keySplit] != "some" {
		t.Fatalf("%v, metadata %v", err, meta)
	}
	if !slices.Equal(again.Forward(b, nil).Logits().Data, z.Data) || again.Config() != with.Config() {
		t.Error("a checkpoint computes something else")
	}
	bare := *g
	bare.Splits = nil
	if _, err := Read(file, &bare); err == nil {
		t.Error("weights with label reuse are read for a graph without splits")
	}
	if m, _ := New(Config{Kind: "mlp", LabelReuse: true}, g, nil); m.Config().LabelReuse || m.Config().Split != "" {
		t.Error("an mlp has label reuse")
	}
	if _, ok := metadata(without.Config(), g)[keyReuse]; ok {
		t.Error("a model without label reuse says something of it")
	}
}
