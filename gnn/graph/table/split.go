package table

import (
	"math"
	"slices"

	"abkd/gnn/graph"
)

// drawSplit draws the shares, in percent, of the labelled nodes of each class.
// What they leave over is in no part, unless they leave nothing: then rounding
// is training's.
func drawSplit(labels []int32, classes int, shares [3]int, seed uint32) graph.Split {
	members := make([][]int32, classes)
	for v, c := range labels {
		if c >= 0 {
			members[c] = append(members[c], int32(v))
		}
	}
	s := graph.Split{Name: "drawn"}
	random := Random(seed)
	for _, nodes := range members {
		for i := len(nodes) - 1; i > 0; i-- {
			j := int(random() * float64(i+1))
			nodes[i], nodes[j] = nodes[j], nodes[i]
		}
		share := func(percent int) []int32 {
			n := min(int(math.Floor(float64(len(nodes)*percent)/100+.5)), len(nodes))
			return nodes[:n]
		}
		valid := share(shares[1])
		left := nodes[len(valid):]
		test := left[:min(len(share(shares[2])), len(left))]
		left = left[len(test):]
		train := left
		if shares[0]+shares[1]+shares[2] < 100 {
			train = left[:min(len(share(shares[0])), len(left))]
		}
		s.Train, s.Valid, s.Test = append(s.Train, train...), append(s.Valid, valid...), append(s.Test, test...)
	}
	for _, part := range [][]int32{s.Train, s.Valid, s.Test} {
		slices.Sort(part)
	}
	return s
}

// Random is Mulberry32 of Tommy Ettinger: uniform in 0..1, the same on every
// machine.
func Random(seed uint32) func() float64 {
	return func() float64 {
		seed += 0x6d2b79f5
		t := (seed ^ seed>>15) * (seed | 1)
		t = (t + (t^t>>7)*(t|61)) ^ t
		return float64(t^t>>14) / (1 << 32)
	}
}
