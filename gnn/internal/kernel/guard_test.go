//go:build linux || darwin

package kernel

import (
	"math/rand/v2"
	"runtime/debug"
	"syscall"
	"testing"
	"unsafe"
)

// A fence hands out buffers that touch memory which nobody may read or write:
// at their end, or at their beginning.
type fence struct {
	t       *testing.T
	atStart bool
	pages   [12][]byte // [barred | open | barred] each
	next    int
}

const openPages = 3

func newFence(t *testing.T) *fence {
	f := &fence{t: t}
	page := syscall.Getpagesize()
	for i := range f.pages {
		b, err := syscall.Mmap(-1, 0, (openPages+2)*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { syscall.Munmap(b) })
		for _, bar := range [][]byte{b[:page], b[(openPages+1)*page:]} {
			if err := syscall.Mprotect(bar, syscall.PROT_NONE); err != nil {
				t.Fatal(err)
			}
		}
		f.pages[i] = b[page : (openPages+1)*page]
	}
	return f
}

// take returns room for n numbers of four bytes.
func (f *fence) take(n int) unsafe.Pointer {
	b := f.pages[f.next]
	f.next++
	if n == 0 {
		return nil
	}
	if f.atStart {
		return unsafe.Pointer(&b[0])
	}
	return unsafe.Pointer(&b[len(b)-4*n])
}

// floats returns a copy of x at the fence.
func (f *fence) floats(x []float32) []float32 {
	c := unsafe.Slice((*float32)(f.take(len(x))), len(x))
	copy(c, x)
	return c
}

func (f *fence) ints(x []int32) []int32 {
	c := unsafe.Slice((*int32)(f.take(len(x))), len(x))
	copy(c, x)
	return c
}

// eachFence runs test with each implementation and both kinds of fence. An
// access beyond a buffer is a panic.
func eachFence(t *testing.T, test func(t *testing.T, f *fence, rng *rand.Rand)) {
	eachImpl(t, func(t *testing.T) {
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		f := newFence(t)
		for range 2 {
			test(t, f, rand.New(rand.NewPCG(1, 8)))
			f.atStart = true
		}
	})
}

// The fence itself holds.
func TestFence(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	f := newFence(t)
	faults := func(x []float32, i int) (fault bool) {
		defer func() { fault = recover() != nil }()
		*(*float32)(unsafe.Add(unsafe.Pointer(&x[0]), 4*i))++
		return false
	}
	end := f.floats(make([]float32, 5))
	f.atStart = true
	start := f.floats(make([]float32, 5))
	if faults(end, 0) || faults(end, 4) || faults(start, 0) {
		t.Error("a buffer cannot be used")
	}
	if !faults(end, 5) || !faults(start, -1) {
		t.Error("memory beyond a buffer can be used")
	}
}

func TestGemmInBounds(t *testing.T) {
	eachFence(t, func(t *testing.T, f *fence, rng *rand.Rand) {
		for size := range 41 {
			for round := range 8 {
				m, n, k := 1+rng.IntN(20), 1+rng.IntN(40), 1+rng.IntN(40)
				*[]*int{&m, &n, &k}[round%3] = size
				na, ars, acs := strides(m, k, 0, round&1 != 0)
				nb, brs, bcs := strides(k, n, 0, round&2 != 0)
				f.next = 0
				a, b := f.floats(numbers(rng, na)), f.floats(numbers(rng, nb))
				c := f.floats(numbers(rng, m*n))
				want := append([]float32(nil), c...)
				Gemm(m, n, k, a, ars, acs, b, brs, bcs, c, n, round&4 != 0)
				naiveGemm(m, n, k, a, ars, acs, b, brs, bcs, want, n, round&4 != 0)
				if fault := fault("Gemm", c, want, k); fault != "" {
					t.Fatalf("m=%d n=%d k=%d: %s", m, n, k, fault)
				}
			}
		}
	})
}

func TestSpMMInBounds(t *testing.T) {
	eachFence(t, func(t *testing.T, f *fence, rng *rand.Rand) {
		for width := range 81 {
			for round := range 4 {
				rows, cols := 1+rng.IntN(9), 1+rng.IntN(20)
				p, q := sparse(rng, rows, cols)
				f.next = 0
				ptr, col := f.ints(p), f.ints(q)
				x, y := f.floats(numbers(rng, cols*width)), f.floats(numbers(rng, rows*width))
				var weight []float32
				if round&1 != 0 && len(col) > 0 {
					weight = f.floats(numbers(rng, len(col)))
				}
				want := append([]float32(nil), y...)
				SpMM(rows, width, ptr, col, weight, x, y, round&2 != 0)
				(&Reference{}).SpMM(rows, width, ptr, col, weight, x, want, round&2 != 0)
				if fault := fault("SpMM", y, want, len(col)); fault != "" {
					t.Fatalf("rows=%d width=%d: %s", rows, width, fault)
				}
			}
		}
	})
}

func TestOthersInBounds(t *testing.T) {
	eachFence(t, func(t *testing.T, f *fence, rng *rand.Rand) {
		for width := range 41 {
			rows := rng.IntN(6)
			random := func(n int) []float32 { return f.floats(numbers(rng, n)) }
			f.next = 0
			x, y, z, v := random(rows*width), random(rows*width), random(rows*width), random(rows*width)
			bias, norm, labels := random(width), random(rows), f.ints(make([]int32, rows))
			BiasReLU(rows, width, y, bias, true)
			ReLUBackward(z, x, y)
			Axpy(2, x, y)
			AddColumnSums(rows, width, x, bias)
			RowNorms(rows, width, x, norm)
			clear(v) // its numbers are squares
			Adam(y, x, z, v, AdamStep{0.01, 0.9, 0.999, 1e-8, 1, 1})
			if width > 0 {
				SoftmaxCE(rows, width, x, labels, 1, z)
			}
		}
	})
}
