package kd

import (
	"fmt"
	"strings"
	"testing"

	"abkd/gnn/mat"
)

// TestABKDHiddenOnly: without the logits it is the criterion between models that
// have none; what is left out has no attention and no gradient.
func TestABKDHiddenOnly(t *testing.T) {
	for _, softmax := range []string{"row", "column", "global", "uniform"} {
		t.Run("softmax="+softmax, func(t *testing.T) {
			c := ABKDConfig{Dim: 5, Softmax: softmax, Granularity: "per-node", HiddenOnly: true}
			whole := newABKD(t, c)
			hidden, err := NewABKD(testTeacher[:2], testStudent[:1], ABKDConfig{Dim: 5, Softmax: softmax, Granularity: "per-node"}, newRNG(3))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range hidden.Params() {
				for _, q := range whole.Params() {
					if p.Name == q.Name {
						copy(p.W.Data, q.W.Data)
					}
				}
			}
			l := randomLayers(8, testTeacher, testStudent, newRNG(6))
			part := Layers{Teacher: l.Teacher[:2], Student: l.Student[:1]}
			if got, want := whole.Loss(l), hidden.Loss(part); !near(got, want, 1e-6) {
				t.Errorf("loss is %v, want %v", got, want)
			}
			for k, a := range whole.Alignment().A.Data {
				if left := k/2 > 1 || k%2 > 0; left && a != 0 || !left && a == 0 {
					t.Errorf("attention of pair %d, %d is %v", k/2, k%2, a)
				}
			}
			got, want := likes(l.Student), likes(part.Student)
			whole.Backward(1, got)
			hidden.Backward(1, want)
			for k, g := range want[0].Data {
				if !near(float64(got[0].Data[k]), float64(g), 1e-6) {
					t.Fatalf("gradient is %v, want %v", got[0].Data[k], g)
				}
			}
			if rms(got[1].Data) != 0 {
				t.Errorf("gradient of the logits is %v, want 0", got[1].Data)
			}
		})
	}
	a := newABKD(t, ABKDConfig{Dim: 5, HiddenOnly: true, Pin: testPin})
	a.Loss(randomLayers(8, testTeacher, testStudent, newRNG(6)))
	if got, want := fmt.Sprint(a.Alignment().A.Data), fmt.Sprint([]float32{1, 0, 0.5, 0, 0, 0}); got != want {
		t.Errorf("pinned attention is %v, want %v", got, want)
	}
	if err := a.Pin(mat.Matrix{}); err != nil {
		t.Fatal(err)
	}
	_, err := NewABKD(testTeacher, []int{4}, ABKDConfig{HiddenOnly: true}, newRNG(1))
	if err == nil || !strings.Contains(err.Error(), "the student has 1 layer, the logits") {
		t.Errorf("error is %v", err)
	}
}
