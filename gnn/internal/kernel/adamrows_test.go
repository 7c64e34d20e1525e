package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// rowSets are the rows of 700 that a step may touch.
func rowSets(rng *rand.Rand) map[string][]int32 {
	all := make([]int32, 700)
	for i := range all {
		all[i] = int32(i)
	}
	mixed := slices.Clone(all)
	rng.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	return map[string][]int32{
		"none": nil, "all": all, "first": {0}, "last": {699}, "runs": {3, 4, 5, 9, 8, 7, 100, 101}, "mixed": mixed, "most": mixed[:600],
	}
}

// Rows that are named come out as Adam computes them, to the bit and for each
// implementation; the others are not touched.
func TestAdamRows(t *testing.T) {
	s := AdamStep{0.01, 0.9, 0.999, 1e-8, 0.1, 0.03}
	for _, impl := range Available() {
		for _, width := range []int{1, 7, 128} {
			rng := rand.New(rand.NewPCG(1, uint64(width)))
			for name, rows := range rowSets(rng) {
				t.Run(fmt.Sprintf("impl=%s/width=%d/rows=%s", impl.Name(), width, name), func(t *testing.T) {
					defer Use(Use(impl))
					n := 700 * width
					w, m, v, g := numbers(rng, n), numbers(rng, n), make([]float32, n), numbers(rng, len(rows)*width)
					for i, x := range m {
						v[i] = x * x
					}
					want := [3][]float32{slices.Clone(w), slices.Clone(m), slices.Clone(v)}
					for i, r := range rows {
						lo, hi := int(r)*width, int(r+1)*width
						Adam(want[0][lo:hi], g[i*width:(i+1)*width], want[1][lo:hi], want[2][lo:hi], s)
					}
					AdamRows(rows, width, w, g, m, v, s)
					for i, got := range [][]float32{w, m, v} {
						if !slices.Equal(got, want[i]) {
							t.Errorf("result %d differs from that of Adam row by row", i)
						}
					}
					if n := testing.AllocsPerRun(5, func() { AdamRows(rows, width, w, g, m, v, s) }); n != 0 {
						t.Errorf("%v allocations, want 0", n)
					}
				})
			}
		}
	}
}

func TestAdamRowsChecks(t *testing.T) {
	x := func(n int) []float32 { return make([]float32, n) }
	for want, f := range map[string]func(){
		"kernel: AdamRows: g has 5 elements, want 2×3":             func() { AdamRows([]int32{0, 1}, 3, x(9), x(5), x(9), x(9), AdamStep{}) },
		"kernel: AdamRows: m has 8 elements, want 9":               func() { AdamRows([]int32{0, 1}, 3, x(9), x(6), x(8), x(9), AdamStep{}) },
		"kernel: AdamRows: v has 8 elements, want 9":               func() { AdamRows([]int32{0, 1}, 3, x(9), x(6), x(9), x(8), AdamStep{}) },
		"kernel: AdamRows: w has 8 elements, want a multiple of 3": func() { AdamRows([]int32{0, 1}, 3, x(8), x(6), x(8), x(8), AdamStep{}) },
		"kernel: AdamRows: row 1 is 3, want 0..2":                  func() { AdamRows([]int32{0, 3}, 3, x(9), x(6), x(9), x(9), AdamStep{}) },
		"kernel: AdamRows: row 0 is -1, want 0..2":                 func() { AdamRows([]int32{-1}, 3, x(9), x(3), x(9), x(9), AdamStep{}) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic is %v, want %s", got, want)
				}
			}()
			f()
		}()
	}
	AdamRows([]int32{5}, 0, nil, nil, nil, nil, AdamStep{}) // rows of no width
}

func BenchmarkAdamRows(b *testing.B) {
	const nodes, width, touched = 200_000, 128, 20_000
	rng := rand.New(rand.NewPCG(1, 1))
	var rows []int32
	for _, r := range rng.Perm(nodes)[:touched] {
		rows = append(rows, int32(r))
	}
	w, m, v, g := numbers(rng, nodes*width), make([]float32, nodes*width), make([]float32, nodes*width), numbers(rng, touched*width)
	s := AdamStep{0.01, 0.9, 0.999, 1e-8, 1, 1}
	b.Run("rows=20000/of=200000", func(b *testing.B) {
		for b.Loop() {
			AdamRows(rows, width, w, g, m, v, s)
		}
		b.ReportMetric(float64(touched)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("dense/of=200000", func(b *testing.B) {
		dense := numbers(rng, nodes*width)
		for b.Loop() {
			Adam(w, dense, m, v, s)
		}
		b.ReportMetric(float64(nodes)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}
