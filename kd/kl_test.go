package kd

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"abkd/gnn/mat"
)

func newKD(t *testing.T, temperature float64) *KD {
	t.Helper()
	k, err := NewKD(temperature)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKDGradient(t *testing.T) {
	for _, temperature := range []float64{0.7, 1, 4} {
		t.Run(fmt.Sprintf("temperature=%v", temperature), func(t *testing.T) {
			rng := newRNG(1)
			teacher, student := []int{4, 5}, []int{3, 5}
			l := randomLayers(7, teacher, student, rng)
			k := newKD(t, temperature)
			checkCriterion(t, k, l, randomLayers(9, teacher, student, rng), rng, func() float64 { return k.Loss(l) })
			grad := likes(l.Student)
			k.Loss(l)
			k.Backward(1, grad)
			for _, g := range grad[0].Data {
				if g != 0 {
					t.Fatalf("gradient of a hidden layer is %v, want 0", g)
				}
			}
		})
	}
}

// TestKDByHand works one node out: p = (3/4, 1/4), q = (1/2, 1/2).
func TestKDByHand(t *testing.T) {
	const T = 2
	l := Layers{
		Teacher: []mat.Matrix{{Rows: 1, Cols: 2, Data: []float32{T * float32(math.Log(3)), 0}}},
		Student: []mat.Matrix{{Rows: 1, Cols: 2, Data: []float32{5, 5}}},
	}
	k := newKD(t, T)
	want := T * T * (0.75*math.Log(1.5) + 0.25*math.Log(0.5))
	if got := k.Loss(l); !near(got, want, 1e-6) {
		t.Errorf("loss is %v, want %v", got, want)
	}
	grad := likes(l.Student)
	k.Backward(3, grad)
	if g := grad[0].Data; !near(float64(g[0]), -3*T*0.25, 1e-6) || !near(float64(g[1]), 3*T*0.25, 1e-6) {
		t.Errorf("gradient is %v, want scale · T · (q - p) = ∓1.5", g)
	}
}

func TestKDProperties(t *testing.T) {
	for seed := range uint64(20) {
		l := randomLayers(6, []int{4}, []int{4}, newRNG(seed))
		k := newKD(t, 3)
		if got := k.Loss(l); !(got > 0) {
			t.Errorf("seed=%d: loss between different logits is %v, want more than 0", seed, got)
		}
		for i := range l.Student[0].Rows { // softmax does not see a shift
			for c := range l.Student[0].Row(i) {
				l.Student[0].Row(i)[c] = l.Teacher[0].Row(i)[c] + float32(i)
			}
		}
		if got := k.Loss(l); !near(got, 0, 1e-5) {
			t.Errorf("seed=%d: loss between equal predictions is %v, want 0", seed, got)
		}
	}
}

// TestKDExtremes has probabilities that underflow: 0·log 0 is 0.
func TestKDExtremes(t *testing.T) {
	l := Layers{
		Teacher: []mat.Matrix{{Rows: 2, Cols: 3, Data: []float32{1e4, 0, -1e4, 0, 0, 0}}},
		Student: []mat.Matrix{{Rows: 2, Cols: 3, Data: []float32{1e4, 0, -1e4, 0, 0, 1e4}}},
	}
	k := newKD(t, 1)
	got := k.Loss(l)
	if want := (1e4*2/3 - math.Log(3)) / 2; !near(got, want, 1e-2) {
		t.Errorf("loss is %v, want %v", got, want)
	}
	empty := Layers{Teacher: []mat.Matrix{mat.New(0, 3)}, Student: []mat.Matrix{mat.New(0, 3)}}
	if got := k.Loss(empty); got != 0 {
		t.Errorf("loss on no nodes is %v, want 0", got)
	}
	k.Backward(1, likes(empty.Student))
}

func TestKDTemperature(t *testing.T) {
	for _, bad := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := NewKD(bad); err == nil || !strings.Contains(err.Error(), "temperature is") {
			t.Errorf("temperature=%v: error is %v", bad, err)
		}
	}
}

func TestKDShapes(t *testing.T) {
	defer func() {
		const want = "kd: KD.Loss: logits of the teacher are 2×3 and of the student 2×4, want the same (nodes × classes)"
		if got := recover(); got != want {
			t.Errorf("panic is %v, want %s", got, want)
		}
	}()
	newKD(t, 1).Loss(Layers{Teacher: []mat.Matrix{mat.New(2, 3)}, Student: []mat.Matrix{mat.New(2, 4)}})
}
