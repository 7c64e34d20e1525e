//go:build !js

package parallel

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// The sums of all ranks are the same bits, in the order of the ranks, however
// the goroutines run.
func TestSum(t *testing.T) {
	for _, size := range []int{1, 2, 3, 5} {
		want := make([]float32, 100)
		part := func(rank, i int) float32 {
			return float32(rand.New(rand.NewPCG(uint64(rank), uint64(i))).NormFloat64())
		}
		for i := range want {
			want[i] = part(0, i)
			for r := 1; r < size; r++ {
				want[i] += part(r, i)
			}
		}
		err := Run(size, func(g Group) error {
			for round := range 50 {
				x, y := make([]float32, len(want)), []float64{float64(g.Rank()), 1}
				for i := range x {
					x[i] = part(g.Rank(), i)
				}
				if (round+g.Rank())%3 == 0 {
					runtime.Gosched()
				}
				g.Sum(x)
				g.SumFloat64(y)
				for i := range x {
					if x[i] != want[i] {
						return fmt.Errorf("round %d: element %d is %v, want %v", round, i, x[i], want[i])
					}
				}
				if y[0] != float64(size*(size-1)/2) || y[1] != float64(g.Size()) {
					return fmt.Errorf("ranks and ones add up to %v", y)
				}
			}
			return nil
		})
		if err != nil {
			t.Errorf("size=%d: %v", size, err)
		}
	}
}

func TestGather(t *testing.T) {
	err := Run(3, func(g Group) error {
		r := g.Rank()
		all, part := make([]float32, 3), []float32{float32(r), float32(10 * r)}[:r] // as many elements as the rank
		Gather(g, all, part, max(r-1, 0))
		if all[0] != 1 || all[1] != 2 || all[2] != 20 {
			return fmt.Errorf("gathered %v", all)
		}
		indices := make([]int32, 3)
		values := []int32{0, -1, 1<<31 - 1}
		GatherInt32(g, indices, values[r:r+1], r)
		if indices[0] != 0 || indices[1] != -1 || indices[2] != 1<<31-1 {
			return fmt.Errorf("gathered %v", indices)
		}
		if first, n := Offset(g, 2*r); first != []int{0, 0, 2}[r] || n != 6 {
			return fmt.Errorf("first is %d of %d", first, n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSharedWork(t *testing.T) {
	err := Run(3, func(g Group) error {
		r := g.Rank()
		if Any(g, false) || !Any(g, r == 2) || Leads(g) != (r == 0) {
			return errors.New("the ranks do not agree")
		}
		all := []float32{9, 9, 9, 9, 9, 9, 9}
		first, end := Part(g, len(all))
		for i := first; i < end; i++ {
			all[i] = float32(r)
		}
		if Complete(g, all, first, end); !slices.Equal(all, []float32{0, 0, 1, 1, 2, 2, 2}) {
			return fmt.Errorf("the parts are %v", all)
		}
		own := make([]byte, 5*r)
		for i := range own {
			own[i] = byte(255 - i - r)
		}
		for k, got := range GatherBytes(g, own) {
			for i, b := range got {
				if len(got) != 5*k || b != byte(255-i-k) {
					return fmt.Errorf("the bytes of rank %d are %v", k, got)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if first, end := Part(nil, 5); first != 0 || end != 5 || !Leads(nil) || Any(nil, false) || !Any(nil, true) {
		t.Error("one process does not do it all")
	}
}

// A rank that fails, in whatever way, ends the others, with a sentence.
func TestRunEndsAllRanks(t *testing.T) {
	forever := func(g Group) error {
		for x := make([]float32, 4); ; {
			g.Sum(x)
		}
	}
	for name, test := range map[string]struct {
		f    func(g Group) error // of rank 1
		want string
	}{
		"error":  {func(Group) error { return errors.New("disk is full") }, "rank 1: disk is full"},
		"end":    {func(Group) error { return nil }, "rank 1 has come to its end and others still add up"},
		"goexit": {func(Group) error { runtime.Goexit(); return nil }, "rank 1 has ended itself"},
		"length": {func(g Group) error { g.Sum(make([]float32, 3)); return nil }, "rank 0 adds 4 float32 and 0 float64 where rank 1 adds 3 and 0"},
		"type":   {func(g Group) error { g.SumFloat64(make([]float64, 4)); return nil }, "rank 0 adds 4 float32 and 0 float64 where rank 1 adds 0 and 4"},
		"late":   {func(g Group) error { g.Sum(make([]float32, 4)); return errors.New("cable is cut") }, "rank 1: cable is cut"},
	} {
		for range 20 {
			err := Run(3, func(g Group) error {
				if g.Rank() == 1 {
					return test.f(g)
				}
				return forever(g)
			})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("%s: error is %v, want one with %q", name, err, test.want)
			}
		}
	}
}

func TestRunPassesPanicsOn(t *testing.T) {
	defer func() {
		text := fmt.Sprint(recover())
		if !strings.HasPrefix(text, "parallel: rank 2: no such layer\n") || !strings.Contains(text, "parallel_test.go") {
			t.Errorf("panics with %.200q, want the rank, the reason and the stack", text)
		}
	}()
	t.Errorf("Run returns %v, want a panic", Run(3, func(g Group) error {
		if g.Rank() == 2 {
			panic("no such layer")
		}
		for x := []float32{1}; ; {
			g.Sum(x)
		}
	}))
}

func TestRunOfNoRanks(t *testing.T) {
	if err := Run(0, nil); err == nil || !strings.Contains(err.Error(), "0 ranks") {
		t.Errorf("error is %v", err)
	}
}

func TestStream(t *testing.T) {
	if *Stream(7, 3, 0) != *rand.NewPCG(7, 3) {
		t.Error("rank 0 has another stream than one process")
	}
	seen := map[rand.PCG]bool{}
	for seed := range uint64(3) {
		for purpose := range uint64(3) {
			for rank := range 3 {
				seen[*Stream(seed, purpose, rank)] = true
			}
		}
	}
	if len(seen) != 27 {
		t.Errorf("%d of 27 streams are different", len(seen))
	}
}

func TestSumAllocatesNothing(t *testing.T) {
	err := Run(1, func(g Group) error {
		x := make([]float32, 10)
		if n := testing.AllocsPerRun(10, func() { g.Sum(x) }); n != 0 {
			return fmt.Errorf("a sum allocates %v times", n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
