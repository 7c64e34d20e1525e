package safetensors

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestHalfOfEach takes each of the 65536 float16 there and back.
func TestHalfOfEach(t *testing.T) {
	for i := range 1 << 16 {
		h := uint16(i)
		v := fromHalf(h)
		if v != v {
			if back, _ := toHalf(v); back&0x7fff != 0x7e00 || h&0x7c00 != 0x7c00 {
				t.Fatalf("%#04x is not a number, and back it is %#04x", h, back)
			}
			continue
		}
		if back, ok := toHalf(v); back != h || !ok {
			t.Fatalf("%#04x is %g, and back it is %#04x (%v)", h, v, back, ok)
		}
	}
}

// TestHalfValues has values of the standard.
func TestHalfValues(t *testing.T) {
	for h, want := range map[uint16]float64{
		0: 0, 0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0400: math.Ldexp(1, -14), 0x0001: math.Ldexp(1, -24), 0x3555: 0.333251953125, 0x7c00: math.Inf(1),
	} {
		if got := fromHalf(h); float64(got) != want {
			t.Errorf("%#04x is %g, want %g", h, got, want)
		}
	}
}

// TestHalfIsNearest compares with the two neighbours of random values, and
// checks the ties.
func TestHalfIsNearest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100000 {
		v := float32(math.Ldexp(rng.Float64()*2-1, rng.IntN(42)-26))
		h, ok := toHalf(v)
		if !ok {
			t.Fatalf("%g does not fit", v)
		}
		distance := func(h uint16) float64 { return math.Abs(float64(fromHalf(h)) - float64(v)) }
		if d := distance(h); h&0x7fff > 0 && distance(h-1) < d || distance(h+1) < d {
			t.Fatalf("%g becomes %g, but a neighbour is nearer", v, fromHalf(h))
		}
	}
	for v, want := range map[float32]uint16{
		1 + 1.0/2048: 0x3c00, 1 + 3.0/2048: 0x3c02, float32(math.Ldexp(1, -25)): 0, float32(math.Ldexp(3, -25)): 2, 65519.996: 0x7bff, 2047.5 / 2048: 0x3c00,
	} {
		if got, ok := toHalf(v); got != want || !ok {
			t.Errorf("%g becomes %#04x (%v), want %#04x", v, got, ok, want)
		}
	}
}

func TestHalfFile(t *testing.T) {
	f := &File{Metadata: map[string]string{"a": "b"}, Tensors: []Tensor{
		{Name: "half", Shape: []int{3}, Data: []float32{1, -0.5, 0.1}, Half: true}, {Name: "whole", Shape: []int{1, 2}, Data: []float32{0.1, 3e9}},
	}}
	b, err := Encode(f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if h := got.Tensors[0]; !h.Half || !slices.Equal(h.Data, []float32{1, -0.5, 0.0999755859375}) {
		t.Errorf("half is %v (%v)", h.Data, h.Half)
	}
	if w := got.Tensors[1]; w.Half || !slices.Equal(w.Data, f.Tensors[1].Data) {
		t.Errorf("whole is %v (%v)", w.Data, w.Half)
	}
	if again, err := Encode(got); err != nil || string(again) != string(b) {
		t.Errorf("written again it differs (%v)", err)
	}
	if _, err := got.Int64("half"); err == nil || !strings.Contains(err.Error(), "dtype F16, want I64") {
		t.Errorf("as integers: %v", err)
	}
	f.Tensors[0].Data[1] = -65520
	if _, err := Encode(f); err == nil || !strings.Contains(err.Error(), `element 1 of tensor "half" is -65520, want at most 65504`) {
		t.Errorf("a value too large: %v", err)
	}
}
