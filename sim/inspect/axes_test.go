package inspect

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	gonum "gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

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

func TestEvenly(t *testing.T) {
	for n, want := range map[int][]int32{0: {}, 2: {0, 1}, 3: {0, 1, 2}, 7: {0, 2, 4}} {
		if got := evenly(n, 3); !slices.Equal(got, want) {
			t.Errorf("3 of %d: %v, want %v", n, got, want)
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
		if !slices.Equal(along.all[i].along[0], fitted[i].along[0]) || !slices.Equal(along.all[i].centre, fitted[i].centre) {
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
				want += (float64(f) - fitted[i].centre[k]) * fitted[i].along[1][k]
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

func TestFitAxesOf(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	cloud := mat.New(50, 3)
	for i := range cloud.Rows { // longest along (1, -2, 0), then along the last
		a, b := float32(rng.NormFloat64())*9, float32(rng.NormFloat64())*3
		copy(cloud.Row(i), []float32{7 + a, -2 * a, b})
	}
	x := fitAxes(cloud)
	for axis, want := range [][]float64{{-1 / math.Sqrt(5), 2 / math.Sqrt(5), 0}, {0, 0, 1}} {
		for k := range want {
			if math.Abs(x.along[axis][k]-want[k]) > 0.1 {
				t.Errorf("axis %d is %v, want about %v, the largest component positive", axis, x.along[axis], want)
			}
		}
	}
	checkWideAxes(t, rng)
	for name, m := range map[string]mat.Matrix{"zeros": mat.New(4, 3), "narrow": {Rows: 3, Cols: 1, Data: []float32{1, 2, 4}}, "single": {Rows: 1, Cols: 2, Data: []float32{5, 6}}} {
		x := fitAxes(m)
		for axis := range 2 {
			for i, v := range x.project(m, axis) {
				if math.IsNaN(float64(v)) || (name != "narrow" || axis == 1) && v != 0 {
					t.Errorf("%s: point %d is at %v along axis %d", name, i, v, axis)
				}
			}
		}
	}
	nan := mat.New(3, 2)
	nan.Data[2] = float32(math.NaN())
	if x := fitAxes(nan); len(x.along[0]) != 2 {
		t.Errorf("what is no number has axes %v", x.along)
	}
}

// checkWideAxes compares the axes of a layer wider than it has nodes, which
// come from the products of the nodes, with gonum's.
func checkWideAxes(t *testing.T, rng *rand.Rand) {
	t.Helper()
	wideLayer := mat.New(60, maxFitted+5)
	data := make([]float64, len(wideLayer.Data))
	for i := range wideLayer.Data {
		wideLayer.Data[i] = float32(rng.NormFloat64()) * float32(1+i%wideLayer.Cols%7)
		data[i] = float64(wideLayer.Data[i])
	}
	var pc stat.PC
	if !pc.PrincipalComponents(gonum.NewDense(60, wideLayer.Cols, data), nil) {
		t.Fatal("no principal components")
	}
	var vectors gonum.Dense
	pc.VectorsTo(&vectors)
	x := fitAxes(wideLayer)
	for axis := range 2 {
		dot := 0.0
		for k, f := range x.along[axis] {
			dot += f * vectors.At(k, axis)
		}
		if math.Abs(math.Abs(dot)-1) > 1e-6 {
			t.Errorf("axis %d of a wide layer has the cosine %g with gonum's", axis, dot)
		}
	}
	many := mat.New(2*maxFitted, maxFitted+1)
	for i := range many.Data {
		many.Data[i] = rng.Float32()
	}
	y := fitAxes(many)
	if n := gonum.Norm(gonum.NewVecDense(many.Cols, y.along[1]), 2); math.Abs(n-1) > 1e-9 {
		t.Errorf("an axis has the length %g", n)
	}
}
