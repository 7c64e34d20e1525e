//go:build !js

package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/parallel"
)

// sharded returns the samplers of all ranks.
func sharded(size int, sampler func() Sharder) (all []Sharder) {
	for r := range size {
		s := sampler()
		s.Shard(r, size, parallel.Stream(5, 1, r))
		all = append(all, s)
	}
	return all
}

// Each root of each batch is of one rank, and the epoch has all of them.
func TestShardsOfNeighbor(t *testing.T) {
	g := randomGraph(t, 1)
	train := someNodes(g, 11)
	for _, size := range []int{1, 2, 3, 4} {
		ranks := sharded(size, func() Sharder { return NewNeighbor(g, 2, train, 4, 2, rand.NewPCG(9, 0)) })
		for range 2 {
			var seen []int32
			for range ranks[0].Steps() {
				n := 0
				for r, s := range ranks {
					b := s.Next()
					if problem := checkBatch(g, b); problem != "" {
						t.Fatal(problem)
					}
					if len(b.Rows) != len(b.Seeds) || len(b.Labels) != len(b.Seeds) {
						t.Fatalf("rank %d of %d: %d rows and %d labels of %d seeds", r, size, len(b.Rows), len(b.Labels), len(b.Seeds))
					}
					n += len(b.Seeds)
					seen = append(seen, b.Seeds...)
				}
				if n != 4 && n != 11%4 {
					t.Errorf("%d ranks have %d seeds in a batch, want 4 or the 3 that are left", size, n)
				}
			}
			slices.Sort(seen)
			if want := slices.Sorted(slices.Values(train)); !slices.Equal(seen, want) {
				t.Errorf("%d ranks have the seeds %v in an epoch, want %v", size, seen, want)
			}
		}
	}
}

// Walks of different ranks are different, and there are as many as in one process.
func TestShardsOfRandomWalk(t *testing.T) {
	g := randomGraph(t, 1)
	for _, size := range []int{1, 2, 3} {
		ranks := sharded(size, func() Sharder {
			return NewRandomWalk(g, 2, someNodes(g, 9), Walk{Roots: 8, Steps: 3}, rand.NewPCG(9, 0))
		})
		roots := 0
		for r, s := range ranks {
			roots += s.(*RandomWalk).walk.Roots
			if b := s.Next(); r > 0 && slices.Equal(b.Seeds, ranks[0].(*RandomWalk).batch.Seeds) {
				t.Errorf("ranks 0 and %d of %d visit the same", r, size)
			}
		}
		if roots != 8 {
			t.Errorf("%d ranks have %d roots, want 8", size, roots)
		}
	}
}

// The shards of a fixed batch have its losses, each once.
func TestShardsOfFixedBatches(t *testing.T) {
	g := randomGraph(t, 1)
	train := someNodes(g, 7)
	for name, sampler := range map[string]func() Sharder{
		"full":      func() Sharder { return NewFull(g, 2, train) },
		"receptive": func() Sharder { return NewReceptive(g, 2, train) },
	} {
		for _, size := range []int{1, 2, 3} {
			seeds, learned := 0, map[int32]int32{}
			for _, s := range sharded(size, sampler) {
				b := s.Next()
				if size > 1 {
					if problem := checkBatch(g, b); problem != "" {
						t.Fatal(problem)
					}
				}
				for i, r := range b.Rows {
					v := r
					if b.Seeds != nil {
						v = b.Seeds[r]
					}
					if _, twice := learned[v]; twice {
						t.Errorf("%s: node %d is learned from twice", name, v)
					}
					learned[v] = b.Labels[i]
				}
				seeds += b.Blocks[1].NumDst[g.Target]
			}
			want := map[string]int{"full": g.Types[g.Target].Count, "receptive": len(train)}[name]
			if seeds != want || len(learned) != len(train) {
				t.Errorf("%s: %d ranks have %d seeds and learn from %d, want %d and %d", name, size, seeds, len(learned), want, len(train))
			}
			for _, v := range train {
				if learned[v] != g.Labels[v] {
					t.Errorf("%s: label of node %d is %d, want %d", name, v, learned[v], g.Labels[v])
				}
			}
		}
	}
}

// A shard goes on from its state, ahead of its trainer too, and refuses that of
// another one.
func TestShardState(t *testing.T) {
	g := randomGraph(t, 1)
	for name, sampler := range map[string]func() Sharder{
		"neighbor": func() Sharder { return NewNeighbor(g, 2, someNodes(g, 11), 4, 2, rand.NewPCG(9, 0)) },
		"walk":     func() Sharder { return NewRandomWalk(g, 2, someNodes(g, 9), Walk{Roots: 8}, rand.NewPCG(9, 0)) },
	} {
		ranks, again := sharded(3, sampler), sharded(3, sampler)
		for r, s := range ranks {
			p := NewPrefetch(s, 2)
			for range 5 {
				p.Next()
			}
			state := stateOf(p, nil)
			next := func(s Sampler) string { return fmt.Sprint(s.Next().Nodes) }
			want := next(p) + next(p)
			p.Close()
			other := again[r].(Stateful)
			if err := other.UnmarshalBinary(state); err != nil {
				t.Fatal(err)
			}
			if got := next(other) + next(other); got != want {
				t.Errorf("%s: rank %d goes on with other batches", name, r)
			}
			for n := range state {
				if err := other.UnmarshalBinary(state[:n]); err == nil {
					t.Fatalf("%s: the first %d bytes of %d are a state", name, n, len(state))
				}
			}
			if name == "neighbor" {
				for _, wrong := range []Stateful{ranks[(r+1)%3].(Stateful), sharded(2, sampler)[r%2].(Stateful)} {
					if err := wrong.UnmarshalBinary(state); err == nil || !strings.Contains(err.Error(), "want rank") {
						t.Errorf("rank %d: error is %v", r, err)
					}
				}
				if err := sampler().(Stateful).UnmarshalBinary(state); err == nil {
					t.Error("one process goes on from the state of a shard")
				}
			}
		}
	}
}

func TestShardPanics(t *testing.T) {
	g := randomGraph(t, 1)
	for _, bad := range [][2]int{{-1, 2}, {2, 2}, {0, 0}, {0, 5}} {
		func() {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.Contains(text, fmt.Sprintf("rank %d of %d", bad[0], bad[1])) {
					t.Errorf("panics with %q", text)
				}
			}()
			NewNeighbor(g, 2, someNodes(g, 11), 4, 2, rand.NewPCG(9, 0)).Shard(bad[0], bad[1], nil)
		}()
	}
}
