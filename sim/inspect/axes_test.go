package inspect

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/gnn/synth"
	"abkd/sim/wire"
)

func TestSmoothnessOfKnownLayers(t *testing.T) {
	layer := func(cols int, x ...float32) mat.Matrix { return mat.Matrix{Rows: len(x) / cols, Cols: cols, Data: x} }
	got := smoothness(&gnn.Trace{Layers: []mat.Matrix{
		layer(2, 1, 2, 2, 4, 3, 6), // all alike
		layer(2, 1, 0, 0, 1, 0, 5), // one of three pairs alike
		layer(2, 1, 1, -1, -1),     // opposite
		layer(2, 0, 0, 1, 1, 2, 2), // one has no direction
		layer(2, 3, 4),             // one node has no pair
	}})
	for l, want := range []float64{1, 1. / 3, -1, 1. / 3, 0} {
		if math.Abs(float64(got[l])-want) > 1e-6 {
			t.Errorf("layer %d: %g, want %g", l, got[l], want)
		}
	}
}

// Points move and axes do not, until they are asked for again.
func TestAxesStay(t *testing.T) {
	g := synth.Karate()
	model := func(seed uint64, layers, hidden int) gnn.Model {
		m, err := gnn.New(gnn.Config{Kind: "gcn", Layers: layers, Hidden: hidden}, g, rand.New(rand.NewPCG(seed, 0)))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	now := Moment{Graph: g, Batch: sample.NewFull(g, 3, nil).Next(), Teacher: model(1, 3, 8), Student: model(2, 2, 4), Focus: -1}
	var along Axes
	show := func() (s wire.Snapshot) {
		now.Show(&s, []string{"embeddings"}, &along)
		return s
	}
	first := show()
	fitted := slices.Clone(along.all)
	for _, p := range now.Student.Params() {
		for k := range p.W.Data {
			p.W.Data[k] += 0.1 * float32(k%5-2)
		}
	}
	later, moved := show(), false
	for i, e := range later.Embeddings {
		if !slices.Equal(along.all[i].Along[0], fitted[i].Along[0]) || !slices.Equal(along.all[i].Centre, fitted[i].Centre) {
			t.Fatalf("axes of layer %d of the %s moved", e.Layer, e.Model)
		}
		if e.Model == "teacher" && !slices.Equal(e.X, first.Embeddings[i].X) {
			t.Errorf("points of the teacher's layer %d moved", e.Layer)
		}
		if e.Model == "student" {
			moved = moved || !slices.Equal(e.X, first.Embeddings[i].X)
			h := now.Student.Forward(now.Batch, nil).Layers[e.Layer]
			want := 0.0
			for k, f := range h.Row(int(e.Nodes[5])) {
				want += (float64(f) - fitted[i].Centre[k]) * fitted[i].Along[1][k]
			}
			if math.Abs(float64(e.Y[5])-want) > 1e-5*(1+math.Abs(want)) {
				t.Errorf("a point of layer %d is at %g, want %g", e.Layer, e.Y[5], want)
			}
		}
	}
	if !moved {
		t.Error("other weights moved no point of the student")
	}
	along = Axes{}
	again := show()
	if slices.Equal(again.Embeddings[4].X, later.Embeddings[4].X) {
		t.Error("asked again, the axes are the old ones")
	}
	if e := again.Embeddings[4].Explained; e[0] < e[1] {
		t.Errorf("the axes explain %v, want the larger share first", e)
	}
}
