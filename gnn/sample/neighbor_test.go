package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestNeighborInvariants(t *testing.T) {
	for _, c := range []struct{ layers, batch, fanout int }{{1, 1, 1}, {2, 4, 2}, {3, 7, 3}, {3, 100, 1}, {2, 18, 100}} {
		t.Run(fmt.Sprintf("layers=%d/batch=%d/fanout=%d", c.layers, c.batch, c.fanout), func(t *testing.T) {
			for seed := range uint64(5) {
				g := randomGraph(t, seed)
				train := someNodes(g, 18)
				s := NewNeighbor(g, c.layers, train, c.batch, c.fanout, rand.New(rand.NewPCG(seed, 2)))
				for range 3 * s.Steps() {
					b := s.Next()
					if fault := checkBatch(g, b); fault != "" {
						t.Fatal(fault)
					}
					if len(b.Blocks) != c.layers || b.Fixed {
						t.Fatalf("%d blocks, fixed %v, want %d and false", len(b.Blocks), b.Fixed, c.layers)
					}
					for i, r := range b.Rows {
						if int(r) != i || len(b.Rows) != len(b.Seeds) {
							t.Fatalf("rows are %v, want 0..%d", b.Rows, len(b.Seeds)-1)
						}
					}
					checkDegrees(t, s, b)
				}
			}
		})
	}
}

// checkDegrees checks that each destination has as many sources as it may.
func checkDegrees(t *testing.T, s *Neighbor, b *Batch) {
	t.Helper()
	for l, block := range b.Blocks {
		for i, r := range s.g.Relations {
			for d := range block.NumDst[r.Dst] {
				has := len(r.In.Row(int(b.Nodes[r.Dst][d])))
				if got := len(block.Rel[i].In.Row(d)); got != min(has, s.fanout) {
					t.Fatalf("block %d: %v: row %d has %d sources, want %d", l, r, d, got, min(has, s.fanout))
				}
			}
		}
	}
}

// With a fanout no degree reaches, the batch is the receptive field of its
// seeds in the full graph, edge for edge.
func TestNeighborExact(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			g := randomGraph(t, seed)
			full := NewFull(g, 3, nil).Next()
			b := NewNeighbor(g, 3, someNodes(g, 18), 4, 1000, rand.New(rand.NewPCG(seed, 3))).Next()
			reached := make([]map[int32]bool, len(g.Types))
			for n := range reached {
				reached[n] = map[int32]bool{}
			}
			for _, v := range b.Seeds {
				reached[g.Target][v] = true
			}
			for l := 2; l >= 0; l-- {
				type node struct{ t, v int32 }
				var added []node
				for i, r := range g.Relations {
					whole, part := full.Blocks[l].Rel[i].In, b.Blocks[l].Rel[i].In
					for d, v := range b.Nodes[r.Dst][:b.Blocks[l].NumDst[r.Dst]] {
						var got []int32
						for _, s := range part.Row(d) {
							got = append(got, b.Nodes[r.Src][s])
						}
						want := whole.Row(int(v))
						if slices.Sort(got); !slices.Equal(got, want) {
							t.Fatalf("block %d: %v: sources of %d are %v, want %v", l, r, v, got, want)
						}
						for _, u := range want {
							added = append(added, node{int32(r.Src), u})
						}
					}
				}
				for _, a := range added {
					reached[a.t][a.v] = true
				}
				for n := range g.Types {
					if got := b.Blocks[l].NumSrc[n]; got != len(reached[n]) {
						t.Errorf("block %d has %d sources of type %d, want %d", l, got, n, len(reached[n]))
					}
				}
			}
		})
	}
}

func TestNeighborEpoch(t *testing.T) {
	g := randomGraph(t, 2)
	train := someNodes(g, 17)
	kept := slices.Clone(train)
	s := NewNeighbor(g, 1, train, 5, 2, rand.New(rand.NewPCG(1, 4)))
	if s.Steps() != 4 {
		t.Fatalf("%d steps, want 4", s.Steps())
	}
	var before []int32
	for epoch := range 5 {
		var seen []int32
		for step := range s.Steps() {
			b := s.Next()
			if want := min(5, 17-5*step); len(b.Seeds) != want {
				t.Errorf("epoch %d: batch %d has %d seeds, want %d", epoch, step, len(b.Seeds), want)
			}
			seen = append(seen, b.Seeds...)
		}
		if slices.Equal(seen, before) {
			t.Errorf("epoch %d has the order of the one before", epoch)
		}
		before = slices.Clone(seen)
		if !slices.Equal(slices.Sorted(slices.Values(seen)), slices.Sorted(slices.Values(train))) {
			t.Errorf("epoch %d visits %v, want each of %v once", epoch, seen, train)
		}
	}
	if !slices.Equal(train, kept) {
		t.Error("the caller's slice was shuffled")
	}
}

func TestNeighborDeterminism(t *testing.T) {
	g := randomGraph(t, 2)
	draw := func(seed uint64) string {
		s := NewNeighbor(g, 2, someNodes(g, 17), 5, 2, rand.New(rand.NewPCG(seed, 5)))
		var all string
		for range 6 {
			all += fmt.Sprint(*s.Next())
		}
		return all
	}
	first := draw(1)
	if draw(1) != first {
		t.Error("the same seed draws different batches")
	}
	if draw(2) == first {
		t.Error("different seeds draw the same batches")
	}
}

// Drawing three of six has 20 outcomes. The statistic is χ² distributed with
// 19 degrees of freedom and exceeds 43.8 once in a thousand.
func TestDrawDistinctUniform(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 6))
	const draws = 20000
	count := map[[3]int32]int{}
	buf := []int32{99}
	for range draws {
		buf = drawDistinct(buf[:1], 6, 3, rng)
		set := slices.Clone(buf[1:])
		slices.Sort(set)
		count[[3]int32(set)]++
	}
	chi := 0.0
	for _, n := range count {
		d := float64(n) - draws/20
		chi += d * d / (draws / 20)
	}
	if len(count) != 20 || chi > 43.8 {
		t.Errorf("%d sets with statistic %.1f, want 20 with at most 43.8", len(count), chi)
	}
	if got := drawDistinct(nil, 4, 4, rng); !slices.Equal(got, []int32{0, 1, 2, 3}) {
		t.Errorf("drawing 4 of 4 is %v, want all", got)
	}
	if got := drawDistinct(nil, 5, 0, rng); len(got) != 0 {
		t.Errorf("drawing 0 of 5 is %v, want none", got)
	}
}

func TestNeighborAllocs(t *testing.T) {
	g := randomGraph(t, 2)
	s := NewNeighbor(g, 3, someNodes(g, 17), 5, 3, rand.New(rand.NewPCG(1, 7)))
	for range 200 {
		s.Next()
	}
	if n := testing.AllocsPerRun(100, func() { s.Next() }); n != 0 {
		t.Errorf("%v allocations per batch, want 0", n)
	}
}

func TestNeighborRefuses(t *testing.T) {
	g := randomGraph(t, 1)
	rng := rand.New(rand.NewPCG(1, 8))
	mustPanic(t, "fanout 0", func() { NewNeighbor(g, 1, []int32{1}, 1, 0, rng) })
	mustPanic(t, "batch size 0", func() { NewNeighbor(g, 1, []int32{1}, 0, 1, rng) })
	mustPanic(t, "0 nodes", func() { NewNeighbor(g, 1, nil, 1, 1, rng) })
	mustPanic(t, "entry 2 is node 1 again", func() { NewNeighbor(g, 1, []int32{1, 2, 1}, 1, 1, rng) })
	mustPanic(t, "entry 0 is node 999", func() { NewNeighbor(g, 1, []int32{999}, 1, 1, rng) })
}
