// Package order sorts by numbers: what the library's sorts make of each type
// that they sort is 15 kB of a program that a browser loads, and this is one
// function.
package order

import "slices"

// Of returns 0 to n-1 in the order that less says, equals as they are.
func Of(n int, less func(a, b int) bool) []int {
	all, merged := make([]int, n), make([]int, n)
	for i := range all {
		all[i] = i
	}
	for width := 1; width < n; width *= 2 {
		for begin := 0; begin < n; begin += 2 * width {
			middle := min(begin+width, n)
			merge(merged[begin:min(begin+2*width, n)], all[begin:middle], all[middle:min(middle+width, n)], less)
		}
		all, merged = merged, all
	}
	return all
}

// merge fills to with a and b, which are in order.
func merge(to, a, b []int, less func(a, b int) bool) {
	for i := range to {
		if len(a) == 0 || len(b) > 0 && less(b[0], a[0]) {
			to[i], b = b[0], b[1:]
		} else {
			to[i], a = a[0], a[1:]
		}
	}
}

// Rows sorts rows of node numbers. The zero value is ready; it keeps its memory.
type Rows struct{ wide []int }

// Sort sorts row. It goes by way of ints, whose sort every program has of fmt.
func (r *Rows) Sort(row []int32) {
	r.wide = r.wide[:0]
	for _, v := range row {
		r.wide = append(r.wide, int(v))
	}
	slices.Sort(r.wide)
	for i, v := range r.wide {
		row[i] = int32(v)
	}
}
