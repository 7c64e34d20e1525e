//go:build !js

package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"abkd/gnn/internal/kernel"
)

// means times the mean over the neighbours, up to the size of the papers of a
// whole OGBN-Mag (3 GB with PyTorch's copy), and compares its bandwidth, of
// every row of x that is read, each of y and the columns, with that of a copy.
func (b *bench) means() error {
	shapes := [][3]int{{3000, 10_000, 128}, {700_000, 700_000, 128}}
	if b.quick {
		shapes = [][3]int{{300, 1000, 32}}
	}
	fmt.Fprintf(b.w, "### Means over neighbours, float32, 10 per row, one thread\n\n")
	var t table
	for i, s := range shapes {
		rows, cols, width := s[0], s[1], s[2]
		ptr, col := randomCSR(rand.New(rand.NewPCG(1, 1)), rows, cols, 10)
		x, y := make([]float32, cols*width), make([]float32, rows*width)
		for i := range x {
			x[i] = float32(i & 15)
		}
		all, err := b.meanContenders(ptr, col, width, x, y)
		if err != nil {
			return err
		}
		n := min(len(x), len(y))
		all = append(all, local("copy", func() { copy(y[:n], x[:n]) }))
		seconds, err := race(all, b.meanRounds(rows))
		if err != nil {
			return err
		}
		copied := 8 * float64(n) / seconds[len(seconds)-1]
		all, seconds = all[:len(all)-1], seconds[:len(seconds)-1]
		if t == nil {
			t.add(append(append([]string{"rows × edges × width"}, headings(all, "GB/s")...), "copy, GB/s", "share of copy")...)
		}
		ours := len(kernel.Available()) - 1
		moved := 4 * float64(len(col)*(width+1)+len(y))
		share := moved / seconds[ours] / copied
		t.add(append(append([]string{fmt.Sprintf("%d × %d × %d", rows, len(col), width)}, rates(moved, seconds)...), figure(copied/1e9), figure(100*share)+" %")...)
		if i == len(shapes)-1 {
			if b.peer != nil {
				b.bars = append(b.bars, bar{what: "SpMM over PyTorch's sparse CSR, one thread", reached: seconds[len(seconds)-1] / seconds[ours], atLeast: 4, stretch: 8})
			}
			b.bars = append(b.bars, bar{what: "SpMM's share of the bandwidth of a copy", reached: share, atLeast: .25, stretch: .6, percent: true})
		}
	}
	t.write(b.w)
	return nil
}

func (b *bench) meanRounds(rows int) int {
	switch {
	case b.quick:
		return 3
	case rows > 100_000: // seconds for the slowest
		return fewest
	}
	return b.rounds
}

// meanContenders returns the kernels and PyTorch, which must agree.
func (b *bench) meanContenders(ptr, col []int32, width int, x, y []float32) ([]contender, error) {
	rows, cols := len(ptr)-1, len(x)/width
	var all []contender
	for _, impl := range kernel.Available() {
		loops := kernel.New(impl)
		all = append(all, local(impl.Name(), func() {
			loops.SpMM(rows, width, ptr, col, nil, x, y, false)
		}))
	}
	if b.peer == nil {
		return all, nil
	}
	files, err := newFiles()
	if err != nil {
		return nil, err
	}
	defer files.remove()
	files.ints("ptr", ptr)
	files.ints("col", col)
	if files.err != nil {
		return nil, files.err
	}
	c, err := b.peer.contender("spmm %d %d %d %s", rows, cols, width, files.dir)
	if err != nil {
		return nil, err
	}
	if _, err := c.run(1); err != nil {
		return nil, err
	}
	(*kernel.Loops)(nil).SpMM(rows, width, ptr, col, nil, x, y, false)
	sum := 0.0
	for _, v := range y[:min(rows, 1000)*width] {
		sum += float64(v)
	}
	if math.Abs(sum-b.peer.value) > 1e-4*math.Abs(sum) {
		return nil, fmt.Errorf("the means of PyTorch sum to %v, want %v", b.peer.value, sum)
	}
	return append(all, c), nil
}

// randomCSR returns a matrix of the given size with about degree entries per
// row, those of a row in order and each once.
func randomCSR(rng *rand.Rand, rows, cols, degree int) (ptr, col []int32) {
	ptr, col = make([]int32, 1, rows+1), make([]int32, 0, rows*degree)
	for range rows {
		row := col[len(col):]
		for range rng.IntN(2*degree + 1) {
			row = append(row, int32(rng.IntN(cols)))
		}
		slices.Sort(row)
		col = append(col, slices.Compact(row)...)
		ptr = append(ptr, int32(len(col)))
	}
	return ptr, col
}
