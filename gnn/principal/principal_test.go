package principal

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	gonum "gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"abkd/gnn/mat"
)

func TestEvenly(t *testing.T) {
	for n, want := range map[int][]int32{0: {}, 2: {0, 1}, 3: {0, 1, 2}, 7: {0, 2, 4}} {
		if got := Evenly(n, 3); !slices.Equal(got, want) {
			t.Errorf("3 of %d: %v, want %v", n, got, want)
		}
	}
}

func TestFit(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	cloud := mat.New(50, 3)
	for i := range cloud.Rows { // longest along (1, -2, 0), then along the last
		a, b := float32(rng.NormFloat64())*9, float32(rng.NormFloat64())*3
		copy(cloud.Row(i), []float32{7 + a, -2 * a, b})
	}
	x := Fit(cloud)
	for axis, want := range [][]float64{{-1 / math.Sqrt(5), 2 / math.Sqrt(5), 0}, {0, 0, 1}} {
		for k := range want {
			if math.Abs(x.Along[axis][k]-want[k]) > 0.1 {
				t.Errorf("axis %d is %v, want about %v, the largest component positive", axis, x.Along[axis], want)
			}
		}
	}
	checkWideAxes(t, rng)
	for name, m := range map[string]mat.Matrix{"zeros": mat.New(4, 3), "narrow": {Rows: 3, Cols: 1, Data: []float32{1, 2, 4}}, "single": {Rows: 1, Cols: 2, Data: []float32{5, 6}}} {
		x := Fit(m)
		for axis := range 2 {
			for i, v := range x.Project(m, axis) {
				if math.IsNaN(float64(v)) || (name != "narrow" || axis == 1) && v != 0 {
					t.Errorf("%s: point %d is at %v along axis %d", name, i, v, axis)
				}
			}
		}
	}
	nan := mat.New(3, 2)
	nan.Data[2] = float32(math.NaN())
	if x := Fit(nan); len(x.Along[0]) != 2 {
		t.Errorf("what is no number has axes %v", x.Along)
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
	x := Fit(wideLayer)
	for axis := range 2 {
		dot := 0.0
		for k, f := range x.Along[axis] {
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
	y := Fit(many)
	if n := gonum.Norm(gonum.NewVecDense(many.Cols, y.Along[1]), 2); math.Abs(n-1) > 1e-9 {
		t.Errorf("an axis has the length %g", n)
	}
}
