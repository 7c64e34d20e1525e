//go:build !js

package kernel

import (
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
)

// Parallel returns an implementation that shares large operations of i out
// among GOMAXPROCS goroutines, piece by piece, under the name of i. Every row
// or element is computed by one of them, as i alone would: the bits do not
// depend on their number.
//
// It is safe to call from several goroutines if i is, and does not allocate
// once the goroutines have been started.
func Parallel(i Impl) Impl { return parallel{i} }

type parallel struct{ Impl }

// Operations of less work are not worth the waking of a goroutine, some 10 µs.
const (
	smallProducts = 1 << 20 // multiplications of Gemm
	smallEntries  = 1 << 16 // multiplications of SpMM
	pieceElements = 1 << 15 // elements of a piece; two pieces are shared out
)

// arguments are those of all operations, under the names that Gemm and SpMM
// give them where they have any.
type arguments struct {
	m, n, k, ars, acs, brs, bcs, ldc int
	a, b, c, d                       []float32
	ptr, col                         []int32
	alpha                            float32
	adam                             AdamStep
	accumulate                       bool
}

// A job is an operation being computed. Whoever works on it claims the next
// piece until none is left.
type job struct {
	arguments
	impl       Impl
	op         func(j *job, lo, hi int) // computes the part lo..hi of 0..size
	size, step int
	hired      int          // goroutines that help
	next       atomic.Int64 // the piece to be claimed
	helpers    sync.WaitGroup
	loss       [lossPieces]float64 // of SoftmaxCE's pieces
}

func (j *job) work() {
	for {
		lo := (int(j.next.Add(1)) - 1) * j.step
		if lo >= j.size {
			return
		}
		j.op(j, lo, min(lo+j.step, j.size))
	}
}

// crew are the goroutines that help with jobs. They are started when first
// wanted and then wait for ever; idle counts those not hired. A job is sent
// once for each goroutine hired for it, so a send never blocks.
var crew struct {
	sync.Mutex
	size, idle atomic.Int32
}

const maxCrew = 255

// hired is where the hired goroutines find the job.
var hired = make(chan *job, maxCrew)

// hireHelpers takes up to n of the idle goroutines, starting some if there have
// never been so many.
func hireHelpers(n int) int {
	n = min(n, maxCrew)
	if int(crew.size.Load()) < n {
		crew.Lock()
		for int(crew.size.Load()) < n {
			crew.size.Add(1)
			crew.idle.Add(1)
			go helpJobs()
		}
		crew.Unlock()
	}
	for {
		idle := crew.idle.Load()
		took := min(int32(n), idle)
		if took == 0 || crew.idle.CompareAndSwap(idle, idle-took) {
			return int(took)
		}
	}
}

func helpJobs() {
	for j := range hired {
		j.work()
		crew.idle.Add(1)
		j.helpers.Done()
	}
}

// jobs are not in use.
var jobs freeList[job]

// share returns a job to be computed together with idle goroutines, or nil if
// the caller is alone: none is idle, or there is only one piece.
func (p parallel) share(size, step int) *job {
	if size <= step {
		return nil
	}
	n := hireHelpers(min(runtime.GOMAXPROCS(0), ceilDiv(size, step)) - 1)
	if n == 0 {
		return nil
	}
	j := jobs.take()
	j.impl, j.size, j.step, j.hired = p.Impl, size, step, n
	return j
}

// do computes op, of which the caller has set the arguments, and ends the job.
func (j *job) do(op func(j *job, lo, hi int)) {
	j.run(op)
	j.dropOperands()
}

func (j *job) run(op func(j *job, lo, hi int)) {
	j.op = op
	j.next.Store(0)
	j.helpers.Add(j.hired)
	for range j.hired {
		hired <- j
	}
	j.work()
	j.helpers.Wait()
}

// dropOperands forgets the operands of j.
func (j *job) dropOperands() {
	j.arguments = arguments{}
	jobs.give(j)
}

// Gemm shares out the rows of C, or its columns if there are more: either
// packs the other operand once for each piece.
func (p parallel) Gemm(m, n, k int, a []float32, ars, acs int, b []float32, brs, bcs int, c []float32, ldc int, accumulate bool) {
	if float64(m)*float64(n)*float64(k) >= smallProducts {
		size, op := m, gemmRows
		if n > m {
			size, op = n, gemmCols
		}
		// Pieces are few and large, unless that leaves someone idle, and of
		// whole tiles.
		t := runtime.GOMAXPROCS(0)
		step := max(ceilDiv(size, 4*t), min(192, ceilDiv(size, t)))
		step = ceilDiv(step, 48) * 48
		if j := p.share(size, step); j != nil {
			j.m, j.n, j.k, j.accumulate = m, n, k, accumulate
			j.a, j.ars, j.acs = a, ars, acs
			j.b, j.brs, j.bcs = b, brs, bcs
			j.c, j.ldc = c, ldc
			j.do(op)
			return
		}
	}
	p.Impl.Gemm(m, n, k, a, ars, acs, b, brs, bcs, c, ldc, accumulate)
}

func gemmRows(j *job, lo, hi int) {
	j.impl.Gemm(hi-lo, j.n, j.k, j.a[lo*j.ars:], j.ars, j.acs, j.b, j.brs, j.bcs, j.c[lo*j.ldc:], j.ldc, j.accumulate)
}

func gemmCols(j *job, lo, hi int) {
	j.impl.Gemm(j.m, hi-lo, j.k, j.a, j.ars, j.acs, j.b[lo*j.bcs:], j.brs, j.bcs, j.c[lo:], j.ldc, j.accumulate)
}

// SpMM shares out the rows so that pieces have about as many rows and entries
// together.
func (p parallel) SpMM(rows, width int, ptr, col []int32, weight, x, y []float32, accumulate bool) {
	if size := rows + len(col); size*width >= smallEntries {
		step := max(ceilDiv(smallEntries/4, width), ceilDiv(size, 16*runtime.GOMAXPROCS(0)))
		if j := p.share(size, step); j != nil {
			j.m, j.n, j.accumulate = rows, width, accumulate
			j.ptr, j.col, j.a, j.b, j.c = ptr, col, weight, x, y
			j.do(spmmPart)
			return
		}
	}
	p.Impl.SpMM(rows, width, ptr, col, weight, x, y, accumulate)
}

func spmmPart(j *job, lo, hi int) {
	from, to := j.rowAt(lo), j.rowAt(hi)
	if from < to {
		j.impl.SpMM(to-from, j.n, j.ptr[from:to+1], j.col, j.a, j.b, j.c[from*j.n:to*j.n], j.accumulate)
	}
}

// rowAt returns the first row before which there are n rows and entries.
func (j *job) rowAt(n int) int {
	return sort.Search(j.m, func(i int) bool { return i+int(j.ptr[i]) >= n })
}

// rowsOf returns the number of rows in a piece.
func rowsOf(width int) int { return max(1, pieceElements/max(1, width)) }

// BiasReLU shares out the rows.
func (p parallel) BiasReLU(rows, width int, y, bias []float32, relu bool) {
	if j := p.share(rows, rowsOf(width)); j != nil {
		j.n, j.a, j.b, j.accumulate = width, y, bias, relu
		j.do(biasReLURows)
		return
	}
	p.Impl.BiasReLU(rows, width, y, bias, relu)
}

func biasReLURows(j *job, lo, hi int) {
	j.impl.BiasReLU(hi-lo, j.n, j.a[lo*j.n:hi*j.n], j.b, j.accumulate)
}

// ReLUBackward shares out the elements.
func (p parallel) ReLUBackward(dz, dy, y []float32) {
	if j := p.share(len(y), pieceElements); j != nil {
		j.a, j.b, j.c = dz, dy, y
		j.do(reluBackwardPart)
		return
	}
	p.Impl.ReLUBackward(dz, dy, y)
}

func reluBackwardPart(j *job, lo, hi int) {
	j.impl.ReLUBackward(j.a[lo:hi], j.b[lo:hi], j.c[lo:hi])
}

// SoftmaxCE adds the losses of at most so many pieces, which depend on the
// number of rows alone.
const lossPieces = 64

// SoftmaxCE shares out the rows.
func (p parallel) SoftmaxCE(rows, classes int, logits []float32, labels []int32, scale float32, grad []float32) float64 {
	step, loss := max(64, ceilDiv(rows, lossPieces)), 0.0
	if rows*classes >= pieceElements/8 { // exponentials take longer
		if j := p.share(rows, step); j != nil {
			j.n, j.a, j.col, j.alpha, j.b = classes, logits, labels, scale, grad
			j.run(softmaxRows)
			for i := range ceilDiv(rows, step) {
				loss += j.loss[i]
			}
			j.dropOperands()
			return loss
		}
	}
	for lo := 0; lo < rows; lo += step {
		hi := min(lo+step, rows)
		loss += p.Impl.SoftmaxCE(hi-lo, classes, logits[lo*classes:hi*classes], labels[lo:hi], scale, grad[lo*classes:hi*classes])
	}
	return loss
}

func softmaxRows(j *job, lo, hi int) {
	j.loss[lo/j.step] = j.impl.SoftmaxCE(hi-lo, j.n, j.a[lo*j.n:hi*j.n], j.col[lo:hi], j.alpha, j.b[lo*j.n:hi*j.n])
}

// Adam shares out the elements.
func (p parallel) Adam(w, g, m, v []float32, s AdamStep) {
	if j := p.share(len(w), pieceElements); j != nil {
		j.a, j.b, j.c, j.d, j.adam = w, g, m, v, s
		j.do(adamPart)
		return
	}
	p.Impl.Adam(w, g, m, v, s)
}

func adamPart(j *job, lo, hi int) {
	j.impl.Adam(j.a[lo:hi], j.b[lo:hi], j.c[lo:hi], j.d[lo:hi], j.adam)
}

// adamRows shares out the rows, of which none is there twice.
func (p parallel) adamRows(rows []int32, width int, w, g, m, v []float32, s AdamStep) {
	if j := p.share(len(rows), rowsOf(width)); j != nil {
		j.n, j.col, j.a, j.b, j.c, j.d, j.adam = width, rows, w, g, m, v, s
		j.do(adamRowsPart)
		return
	}
	adamRows(p.Impl, rows, width, w, g, m, v, s)
}

func adamRowsPart(j *job, lo, hi int) {
	adamRows(j.impl, j.col[lo:hi], j.n, j.a, j.b[lo*j.n:hi*j.n], j.c, j.d, j.adam)
}

// Axpy shares out the elements.
func (p parallel) Axpy(a float32, x, y []float32) {
	if j := p.share(len(y), pieceElements); j != nil {
		j.alpha, j.a, j.b = a, x, y
		j.do(axpyPart)
		return
	}
	p.Impl.Axpy(a, x, y)
}

func axpyPart(j *job, lo, hi int) { j.impl.Axpy(j.alpha, j.a[lo:hi], j.b[lo:hi]) }

// RowNorms shares out the rows. (AddColumnSums adds rows in order: it is left
// to one.)
func (p parallel) RowNorms(rows, width int, x, norm []float32) {
	if j := p.share(rows, rowsOf(width)); j != nil {
		j.n, j.a, j.b = width, x, norm
		j.do(rowNormsPart)
		return
	}
	p.Impl.RowNorms(rows, width, x, norm)
}

func rowNormsPart(j *job, lo, hi int) {
	j.impl.RowNorms(hi-lo, j.n, j.a[lo*j.n:hi*j.n], j.b[lo:hi])
}

// A freeList holds values that are used again and again. It never holds more
// than have been in use at the same time and, unlike a sync.Pool, is never
// emptied by the collector.
type freeList[T any] struct {
	mu   sync.Mutex
	free []*T
}

func (f *freeList[T]) take() *T {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.free)
	if n == 0 {
		return new(T)
	}
	t := f.free[n-1]
	f.free = f.free[:n-1]
	return t
}

func (f *freeList[T]) give(t *T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.free = append(f.free, t)
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
