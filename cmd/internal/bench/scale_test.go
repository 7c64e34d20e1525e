package bench

import (
	"math"
	"testing"
)

func TestExponent(t *testing.T) {
	x := []float64{2, 3, 10, 70}
	var y []float64
	for _, v := range x {
		y = append(y, 0.3*math.Pow(v, 1.25))
	}
	if got := exponent(x, y); math.Abs(got-1.25) > 1e-12 {
		t.Errorf("the exponent of 0.3·x^1.25 is %v", got)
	}
}
