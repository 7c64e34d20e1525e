// Package parallel lets several ranks train one model: each computes on a share
// of every batch, and what they have computed is added up before the weights
// are updated.
//
//	rank 0   shard --> gradient --.                  .--> update
//	rank 1   shard --> gradient --(+)--> the same --<---> update
//	rank 2   shard --> gradient --'     gradient     '--> update
//
// All ranks begin with the same weights and take the same steps, so their
// weights stay the same without being sent. What is drawn at random for the
// whole batch (the order of an epoch, a criterion's weights and nodes) comes
// from one stream that every rank draws alike; what is drawn for a share of it
// (dropout, walks, neighbours) from a stream of the rank's own, see Stream.
package parallel

import "math/rand/v2"

// A Group is the ranks that train one model, as one of them sees it. Local
// ranks are the goroutines of Run; those of a cluster are processes.
//
// Sum has no error: where it cannot be done, because a rank has failed or has
// come to its end, it does not return. Whoever started the ranks ends all of
// them and says why.
type Group interface {
	// Rank returns the number of this rank, from 0.
	Rank() int
	// Size returns the number of ranks.
	Size() int
	// Sum sets x to the sum of all ranks' x, element by element, the ranks in
	// ascending order: all have the same bits then. Every rank makes the same
	// calls, with as many elements.
	Sum(x []float32)
	// SumFloat64 is Sum for losses, counts and indices.
	SumFloat64(x []float64)
}

// Leads reports whether this rank writes what all of them have come to: one of
// a group does.
func Leads(g Group) bool { return Alone(g) || g.Rank() == 0 }

// Any reports whether yes is true on any rank.
func Any(g Group, yes bool) bool {
	if Alone(g) {
		return yes
	}
	said := []float64{0}
	if yes {
		said[0] = 1
	}
	g.SumFloat64(said)
	return said[0] > 0
}

// Part returns which of n things this rank does: those from first until end.
func Part(g Group, n int) (first, end int) {
	if Alone(g) {
		return 0, n
	}
	return g.Rank() * n / g.Size(), (g.Rank() + 1) * n / g.Size()
}

// Complete sets all to what the ranks have in it, each from its first to its end.
func Complete(g Group, all []float32, first, end int) {
	if Alone(g) {
		return
	}
	clear(all[:first])
	clear(all[end:])
	g.Sum(all)
}

// Gather sets all to the ranks' parts, one behind the other: part is that of
// this rank, and its first element is all[first].
func Gather(g Group, all, part []float32, first int) {
	clear(all)
	copy(all[first:], part)
	g.Sum(all)
}

// GatherInt32 is Gather for indices.
func GatherInt32(g Group, all, part []int32, first int) {
	x := make([]float64, len(all)) // which holds every int32
	for i, v := range part {
		x[first+i] = float64(v)
	}
	g.SumFloat64(x)
	for i, v := range x {
		all[i] = int32(v)
	}
}

// GatherBytes returns every rank's bytes.
func GatherBytes(g Group, own []byte) [][]byte {
	lengths := make([]int32, g.Size())
	GatherInt32(g, lengths, []int32{int32(len(own))}, g.Rank())
	all := make([][]byte, g.Size())
	for r, n := range lengths {
		const in = 6 // bytes that a float64 holds
		x := make([]float64, (int(n)+in-1)/in)
		if r == g.Rank() {
			for i, b := range own {
				x[i/in] += float64(uint64(b) << (8 * (i % in)))
			}
		}
		g.SumFloat64(x)
		all[r] = make([]byte, n)
		for i := range all[r] {
			all[r][i] = byte(uint64(x[i/in]) >> (8 * (i % in)))
		}
	}
	return all
}

// Offset returns how many elements the ranks before this one have, where this
// one has n, and how many all of them have.
func Offset(g Group, n int) (first, total int) {
	counts := make([]int32, g.Size())
	GatherInt32(g, counts, []int32{int32(n)}, g.Rank())
	for r, k := range counts {
		if r < g.Rank() {
			first += int(k)
		}
		total += int(k)
	}
	return first, total
}

// Stream returns the stream of random numbers of that seed and purpose that
// only the given rank draws. That of rank 0 is rand.NewPCG(seed, purpose).
// Purposes are below 1<<32.
func Stream(seed, purpose uint64, rank int) *rand.PCG {
	return rand.NewPCG(seed, purpose+uint64(rank)<<32)
}
