package sample

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"abkd/gnn/graph"
)

// samplersOf returns ways to make a sampler with state on g.
func samplersOf(g *graph.Graph, train []int32) map[string]func(seed uint64) Stateful {
	return map[string]func(uint64) Stateful{
		"neighbor": func(seed uint64) Stateful { return NewNeighbor(g, 2, train, 4, 2, rand.NewPCG(seed, 1)) },
		"walk": func(seed uint64) Stateful {
			return NewRandomWalk(g, 3, train, Walk{Roots: 5}, rand.NewPCG(seed, 1))
		},
	}
}

// drawn returns the next n batches of s as text.
func drawn(s Sampler, n int) (all []string) {
	for range n {
		all = append(all, fmt.Sprintf("%+v", *s.Next()))
	}
	return all
}

func sameBatches(t *testing.T, what string, got, want []string) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s: batch %d is\n%s, want\n%s", what, i, got[i], want[i])
		}
	}
}

// Prefetching draws the same batches, and stops where the trainer stands.
func TestPrefetchSequence(t *testing.T) {
	g := randomGraph(t, 2)
	for name, make := range samplersOf(g, someNodes(g, 17)) {
		for _, depth := range []int{1, 2, 7} {
			t.Run(fmt.Sprintf("sampler=%s/depth=%d", name, depth), func(t *testing.T) {
				want := drawn(make(1), 40)
				of := make(1)
				p := NewPrefetch(of, depth)
				if p.Steps() != of.Steps() {
					t.Errorf("%d steps, want %d", p.Steps(), of.Steps())
				}
				sameBatches(t, "ahead", drawn(p, 20), want[:20])
				p.Close()
				p.Close()
				sameBatches(t, "after Close", drawn(of, 20), want[20:])
				mustPanic(t, "sample: Prefetch.Next: it is closed", func() { p.Next() })
				unused := NewPrefetch(of, depth)
				unused.Close()
			})
		}
	}
}

// A batch stays as it is until the next call, also while others are drawn and
// after Close.
func TestPrefetchKeepsTheBatch(t *testing.T) {
	g := randomGraph(t, 2)
	for name, make := range samplersOf(g, someNodes(g, 17)) {
		t.Run("sampler="+name, func(t *testing.T) {
			p := NewPrefetch(make(1), 2)
			for range 30 {
				b := p.Next()
				before := fmt.Sprintf("%+v", *b)
				stateOf(p, nil) // waits for the next batch
				if after := fmt.Sprintf("%+v", *b); after != before {
					t.Fatalf("the batch was\n%s, and is\n%s", before, after)
				}
			}
			b := p.Next()
			before := fmt.Sprintf("%+v", *b)
			p.Close()
			if after := fmt.Sprintf("%+v", *b); after != before {
				t.Errorf("the batch was\n%s, and is after Close\n%s", before, after)
			}
		})
	}
}

// A sampler made alike and set to a state continues from there, within an
// epoch and between two, whether either draws ahead or not.
func TestStateContinues(t *testing.T) {
	g := randomGraph(t, 2)
	for name, make := range samplersOf(g, someNodes(g, 17)) {
		want := drawn(make(1), 30)
		for _, at := range []int{0, 1, 4, 5, 10, 13} {
			for _, depths := range [][2]int{{0, 0}, {3, 0}, {0, 3}, {2, 1}} {
				t.Run(fmt.Sprintf("sampler=%s/at=%d/depths=%v", name, at, depths), func(t *testing.T) {
					ahead := func(s Stateful, depth int) Stateful {
						if depth == 0 {
							return s
						}
						p := NewPrefetch(s, depth)
						t.Cleanup(p.Close)
						return p
					}
					first := ahead(make(1), depths[0])
					drawn(first, at)
					state := stateOf(first, nil)
					if again := stateOf(first, nil); string(again) != string(state) {
						t.Error("the state changes when it is read")
					}
					second := ahead(make(99), depths[1])
					drawn(second, 7) // is elsewhere
					if err := second.UnmarshalBinary(state); err != nil {
						t.Fatal(err)
					}
					if got := stateOf(second, nil); string(got) != string(state) {
						t.Errorf("state is %q, want %q", got, state)
					}
					sameBatches(t, "the one that was asked", drawn(first, 12), want[at:at+12])
					sameBatches(t, "the one that was set", drawn(second, 12), want[at:at+12])
				})
			}
		}
	}
}

// A state that is damaged, or of another sampler, is refused, and changes
// nothing.
func TestUnmarshalRefuses(t *testing.T) {
	g := randomGraph(t, 2)
	train := someNodes(g, 17)
	neighbor, walk := samplersOf(g, train)["neighbor"](1), samplersOf(g, train)["walk"](1)
	drawn(neighbor, 2)
	n, w := string(stateOf(neighbor, nil)), string(stateOf(walk, nil))
	head := len(neighborState)
	fewer := string(stateOf(NewNeighbor(g, 2, train[:9], 4, 2, rand.NewPCG(1, 1)), nil))
	for _, c := range []struct {
		name, state, want string
		s                 Stateful
	}{
		{"empty", "", "state begins with \"\"", neighbor},
		{"of-walk", w, `want "abkd neighbor 1\n"`, neighbor},
		{"of-neighbor", n, `want "abkd walk 1\n"`, walk},
		{"cut", n[:head+6], "is not that of a sampler of 17 nodes", neighbor},
		{"cut-order", n[:head+40], "is not that of a sampler of 17 nodes", neighbor},
		{"fewer-nodes", fewer, "is not that of a sampler of 17 nodes", neighbor},
		{"begin", n[:head] + "\xff" + n[head+1:], "state begins at node 255", neighbor},
		{"node", n[:head+8] + "\xff" + n[head+9:], "entry 0 is node 255", neighbor},
		{"twice", n[:head+8] + n[head+12:head+16] + n[head+12:], "want each of the 17 nodes once", neighbor},
		{"cut-source", n[:len(n)-3], "state of the source of random numbers", neighbor},
		{"cut-source", w[:len(w)-3], "state of the source of random numbers", walk},
		{"longer", w + "x", "state of the source of random numbers", walk},
	} {
		t.Run("fault="+c.name, func(t *testing.T) {
			before := string(stateOf(c.s, nil))
			err := c.s.UnmarshalBinary([]byte(c.state))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "sample: ") {
				t.Errorf("error is %v, want one with %q", err, c.want)
			}
			if string(stateOf(c.s, nil)) != before {
				t.Error("the state has changed")
			}
			if b := c.s.Next(); checkBatch(g, b) != "" {
				t.Error(checkBatch(g, b))
			}
			if err := c.s.UnmarshalBinary([]byte(before)); err != nil {
				t.Error(err)
			}
		})
	}
}

// A fixed batch needs no drawing ahead and has no state.
func TestPrefetchFixed(t *testing.T) {
	g := randomGraph(t, 2)
	for _, of := range []Sampler{NewFull(g, 2, someNodes(g, 5)), NewReceptive(g, 2, someNodes(g, 5))} {
		p := NewPrefetch(of, 3)
		if p.Next() != of.Next() || p.Steps() != 1 || stateOf(p, nil) != nil {
			t.Errorf("%T: batch, steps or state are not its own", of)
		}
		if err := p.UnmarshalBinary(nil); err != nil {
			t.Error(err)
		}
		if err := p.UnmarshalBinary([]byte("abc")); err == nil || !strings.Contains(err.Error(), "state has 3 bytes, want none") {
			t.Errorf("%T: error is %v", of, err)
		}
		p.Close()
	}
}

func TestPrefetchRefuses(t *testing.T) {
	g := randomGraph(t, 2)
	mustPanic(t, "sample: NewPrefetch: depth is 0", func() { NewPrefetch(NewFull(g, 1, nil), 0) })
	unsaved := NewNeighbor(g, 1, someNodes(g, 5), 2, 2, rand.New(rand.NewPCG(1, 1)))
	mustPanic(t, "source is a *rand.Rand, want one that can be saved", func() { NewPrefetch(unsaved, 1) })
	mustPanic(t, "source is a *rand.Rand, want one that can be set", func() { unsaved.UnmarshalBinary(stateOf(samplersOf(g, someNodes(g, 5))["neighbor"](1), nil)) })
}

func TestPrefetchAllocs(t *testing.T) {
	g := randomGraph(t, 2)
	for name, make := range samplersOf(g, someNodes(g, 17)) {
		t.Run("sampler="+name, func(t *testing.T) {
			p := NewPrefetch(make(1), 2)
			defer p.Close()
			for range 1500 { // each of three batches grows to the largest
				p.Next()
			}
			if n := testing.AllocsPerRun(200, func() { p.Next() }); n != 0 {
				t.Errorf("%v allocations per batch, want 0", n)
			}
		})
	}
}
