//go:build !js

package kernel

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
)

// operands are large enough for every operation to be shared out.
type operands struct {
	rows, width, hidden   int
	x, w, dy, bias        []float32 // [rows × width], [width × hidden], [rows × hidden], [hidden]
	ptr, col              []int32
	weight                []float32
	labels                []int32
	y, dw, m, v, dz, norm []float32 // results: [rows × hidden], [width × hidden] thrice, [rows × hidden], [rows]
	mean                  []float32 // [rows × width]
	loss                  float64
}

func newOperands(seed uint64) *operands {
	rng := rand.New(rand.NewPCG(1, seed))
	o := &operands{rows: 700, width: 70, hidden: 130}
	o.x, o.w, o.dy = numbers(rng, o.rows*o.width), numbers(rng, o.width*o.hidden), numbers(rng, o.rows*o.hidden)
	o.bias = numbers(rng, o.hidden)
	o.ptr = []int32{0}
	for i := range o.rows {
		n := rng.IntN(8)
		if i%200 == 3 {
			n = 2000 // more than a piece's share
		}
		for range n {
			o.col = append(o.col, int32(rng.IntN(o.rows)))
		}
		o.ptr = append(o.ptr, int32(len(o.col)))
	}
	o.weight = numbers(rng, len(o.col))
	for range o.rows {
		o.labels = append(o.labels, int32(rng.IntN(o.hidden)))
	}
	o.y, o.dz, o.norm = make([]float32, o.rows*o.hidden), make([]float32, o.rows*o.hidden), make([]float32, o.rows)
	o.dw, o.mean = make([]float32, 9*o.width*o.hidden), make([]float32, o.rows*o.width)
	o.m, o.v = make([]float32, len(o.dw)), make([]float32, len(o.dw))
	return o
}

// step runs every operation on o, the results of one the operands of another.
func (o *operands) step(i Impl) {
	i.SpMM(o.rows, o.width, o.ptr, o.col, nil, o.x, o.mean, false)
	i.SpMM(o.rows, o.width, o.ptr, o.col, o.weight, o.x, o.mean, true)
	i.Gemm(o.rows, o.hidden, o.width, o.mean, o.width, 1, o.w, o.hidden, 1, o.y, o.hidden, false)
	i.BiasReLU(o.rows, o.hidden, o.y, o.bias, true)
	o.loss = i.SoftmaxCE(o.rows, o.hidden, o.y, o.labels, 0.5, o.dz)
	i.Axpy(0.25, o.dz, o.dy)
	i.ReLUBackward(o.dz, o.dy, o.y)
	i.Gemm(o.width, o.hidden, o.rows, o.x, 1, o.width, o.dz, o.hidden, 1, o.dw, o.hidden, true)
	i.Gemm(o.rows, o.width, o.hidden, o.dz, o.hidden, 1, o.w, 1, o.hidden, o.mean, o.width, true)
	i.AddColumnSums(o.rows, o.hidden, o.dz, o.bias)
	i.Adam(o.y[:len(o.dw)], o.dw, o.m, o.v, AdamStep{0.01, 0.9, 0.999, 1e-8, 0.1, 0.1})
	i.RowNorms(o.rows, o.hidden, o.dz, o.norm)
}

// differs reports the first result in which o and p differ.
func (o *operands) differs(p *operands) string {
	pairs := [][2][]float32{{o.mean, p.mean}, {o.y, p.y}, {o.dz, p.dz}, {o.dw, p.dw}, {o.bias, p.bias}, {o.m, p.m}, {o.v, p.v}, {o.norm, p.norm}}
	for i, name := range []string{"mean", "y", "dz", "dw", "bias", "m", "v", "norm"} {
		if fault := sameBits(pairs[i][0], pairs[i][1]); fault != "" {
			return name + ": " + fault
		}
	}
	if o.loss != p.loss {
		return "loss"
	}
	return ""
}

// inner returns the implementations below Parallel.
func inner() (list []Impl) {
	for _, i := range impls {
		if p, shared := i.(parallel); shared {
			i = p.Impl
		}
		list = append(list, i)
	}
	return list
}

// Any number of goroutines gives the same bits, one included, and those of the
// implementation alone (but for the loss, whose order Parallel sets).
func TestParallel(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, impl := range inner() {
		t.Run("impl="+impl.Name(), func(t *testing.T) {
			alone := newOperands(1)
			alone.step(impl)
			loss := alone.loss
			for round, threads := range []int{1, 2, 3, 8, 2, 1, 5} {
				runtime.GOMAXPROCS(threads)
				o := newOperands(1)
				o.step(Parallel(impl))
				if round == 0 {
					if d := o.loss - loss; d > 1e-9*loss || d < -1e-9*loss {
						t.Errorf("loss is %v, want %v", o.loss, loss)
					}
					alone.loss = o.loss
				}
				if fault := o.differs(alone); fault != "" {
					t.Errorf("threads=%d: %s", threads, fault)
				}
			}
		})
	}
}

// Independent runs may compute at the same time. (Run with -race.)
func TestConcurrentCalls(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for _, impl := range inner() {
		t.Run("impl="+impl.Name(), func(t *testing.T) {
			p := Parallel(impl)
			var wg sync.WaitGroup
			for seed := range uint64(3) {
				want := newOperands(seed)
				want.step(p)
				wg.Go(func() {
					for range 2 {
						got := newOperands(seed)
						got.step(p)
						if fault := got.differs(want); fault != "" {
							t.Errorf("seed=%d: %s", seed, fault)
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

// leastAllocs returns the fewest allocations of the process in 10 steps that some
// of that many tries sees: what a step allocates is in all of them, what the runtime
// allocates beside it, for goroutines that wait, is not. testing.AllocsPerRun runs
// on one thread.
func leastAllocs(tries int, step func()) uint64 {
	least := uint64(math.MaxUint64)
	for range tries {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 10 {
			step()
		}
		runtime.ReadMemStats(&after)
		least = min(least, after.Mallocs-before.Mallocs)
		if least < 10 {
			break
		}
	}
	return least
}

// Nothing is allocated once the goroutines and buffers are there, and the
// operands are not held afterwards.
func TestParallelAllocs(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, impl := range inner() {
		for _, threads := range []int{1, 3} {
			runtime.GOMAXPROCS(threads)
			p, o := Parallel(impl), newOperands(1)
			o.step(p)
			if n := leastAllocs(3, func() { o.step(p) }); n >= 10 {
				t.Errorf("impl=%s threads=%d: %d allocations in 10 steps, want 0", impl.Name(), threads, n)
			}
		}
	}
	for _, j := range jobs.free {
		if j.a != nil || j.b != nil || j.c != nil || j.d != nil || j.ptr != nil || j.col != nil {
			t.Error("a job that is done holds operands")
		}
	}
}
