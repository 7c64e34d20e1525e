package synth

import "math"

// power returns x to the power of k/1024 for x > 0. It is a product of square
// roots, which every machine rounds alike, unlike logarithms:
//
//	x^(.b₁b₂b₃...) = Π_i (x^(1/2^i))^bᵢ
func power(x float64, k int) float64 {
	y := 1.0
	for range k / 1024 {
		y *= x
	}
	for bit := 512; bit > 0; bit /= 2 {
		x = math.Sqrt(x)
		if k&bit != 0 {
			y *= x
		}
	}
	return y
}

// degrees describes how edges are distributed over the nodes of one side of a
// relation: share[d] of the nodes have d edges, the others a tail from most
// down to len(share) that falls as a power of the rank.
type degrees struct {
	share []float64
	most  int
}

// sequence returns the degrees of n nodes with that total, largest first. No
// degree is above limit unless the total wants it.
func (d degrees) sequence(n, total, limit int) []int32 {
	seq := make([]int32, n)
	end, rest := n, total // of the tail
	for k, share := range d.share {
		for range min(int(math.Round(float64(share*float64(n)))), end) {
			end--
			seq[end] = int32(k)
			rest -= k
		}
	}
	low := len(d.share)
	tail, most := seq[:end], max(min(d.most, limit), low)
	// The largest exponent, and so the smallest sum, that is not below rest.
	small, large := 1, 4096
	for small < large {
		mid := (small + large) / 2
		if fillTail(tail, low, most, mid) <= rest {
			large = mid
		} else {
			small = mid + 1
		}
	}
	level(seq, rest-fillTail(tail, low, most, small), end, limit)
	return seq
}

// fillTail sets the degree of rank r = 1, 2, ... R to
//
//	low + (most-low)·(r^-γ - R^-γ)/(1 - R^-γ),  γ = exponent/1024
//
// rounded down, and returns the sum.
func fillTail(tail []int32, low, most, exponent int) (sum int) {
	last := 1 / power(float64(max(len(tail), 2)), exponent)
	scale := float64(most-low) / (1 - last)
	for i := range tail {
		tail[i] = int32(low) + int32(float64(scale*(1/power(float64(i+1), exponent)-last)))
		sum += int(tail[i])
	}
	return sum
}

// level spreads what the sum of the degrees lacks over the tail but its first
// node, one edge each in turn up to limit, or takes away what is too much,
// down to one each; then over all nodes, if there is still some.
func level(seq []int32, lack, tail, limit int) {
	first := 1
	for lack != 0 {
		before := lack
		for i := first; i < tail && lack != 0; i++ {
			switch {
			case lack > 0 && int(seq[i]) < limit:
				seq[i]++
				lack--
			case lack < 0 && seq[i] > 1:
				seq[i]--
				lack++
			}
		}
		if lack == before {
			if first == 0 {
				return
			}
			first, tail = 0, len(seq)
		}
	}
}
