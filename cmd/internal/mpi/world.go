//go:build mpi

package mpi

/*
#include <mpi.h>

// Several threads call MPI, one at a time: goroutines move between threads.
static int begin(int *rank, int *size) {
	int given, err = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &given);
	if (err != MPI_SUCCESS)
		return err;
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
	MPI_Comm_rank(MPI_COMM_WORLD, rank);
	MPI_Comm_size(MPI_COMM_WORLD, size);
	return given < MPI_THREAD_SERIALIZED ? MPI_ERR_OTHER : MPI_SUCCESS;
}

// Sends the part of x of each rank to it, and receives this one's parts.
static int deal(void *x, int *counts, int *starts, void *parts, int *own, int *at, int doubles) {
	MPI_Datatype t = doubles ? MPI_DOUBLE : MPI_FLOAT;
	return MPI_Alltoallv(x, counts, starts, t, parts, own, at, t, MPI_COMM_WORLD);
}

// Gives this rank's part of x to all of them.
static int collect(void *x, int *counts, int *starts, int doubles) {
	return MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, x, counts, starts, doubles ? MPI_DOUBLE : MPI_FLOAT, MPI_COMM_WORLD);
}

static int describe(int err, char *text, int *n) { return MPI_Error_string(err, text, n); }
*/
import "C"

import (
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"
	"unsafe"
)

// A World is the group of all processes that mpirun has started. Its sums have
// the bits of local ranks: each rank adds up its part of the elements, in the
// order of the ranks, and gives it to all:
//
//	rank 0   a0 b0 c0         a0+a1+a2              a b c
//	rank 1   a1 b1 c1  deal>  b0+b1+b2    collect>  a b c
//	rank 2   a2 b2 c2         c0+c1+c2              a b c
//
// which sends each element about twice, however many ranks there are.
// MPI_Allreduce leaves the order open.
type World struct {
	// Fail is called when a sum cannot be made. It must end the process.
	Fail func(error)

	rank, size int
	since      atomic.Int64 // when the sum at hand was begun, 0 without one
	floats     scratch[float32]
	doubles    scratch[float64]
}

// Rank returns which of the processes this one is without beginning MPI, as Open
// MPI's, MPICH's or Slurm's starter says.
func Rank() int {
	for _, name := range []string{"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"} {
		if rank, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return rank
		}
	}
	return 0
}

// Begin begins MPI: it is called once, and first.
func Begin() (*World, error) {
	// Handlers of Go's own faults stay Go's: those of Open MPI know no goroutines.
	os.Setenv("OMPI_MCA_opal_signal", "")
	var rank, size C.int
	if code := C.begin(&rank, &size); code != C.MPI_SUCCESS {
		return nil, fmt.Errorf("MPI: %s", describe(code))
	}
	return &World{rank: int(rank), size: int(size)}, nil
}

// End waits for all ranks, and ends MPI.
func (w *World) End() { C.MPI_Finalize() }

// Rank implements parallel.Group.
func (w *World) Rank() int { return w.rank }

// Size implements parallel.Group.
func (w *World) Size() int { return w.size }

// Sum implements parallel.Group.
func (w *World) Sum(x []float32) { sum(w, &w.floats, x, 0) }

// SumFloat64 implements parallel.Group.
func (w *World) SumFloat64(x []float64) { sum(w, &w.doubles, x, 1) }

// Waits returns for how long this rank has been at the sum at hand.
func (w *World) Waits() time.Duration {
	if since := w.since.Load(); since > 0 {
		return time.Since(time.Unix(0, since))
	}
	return 0
}

// piece is of how many elements a sum is made at a time.
const piece = 1 << 22

// scratch is the storage of sums.
type scratch[T float32 | float64] struct {
	parts               []T // that the ranks have of this one's elements
	counts, starts      []C.int
	ownCounts, ownStart []C.int
}

func sum[T float32 | float64](w *World, s *scratch[T], x []T, doubles C.int) {
	if w.size == 1 {
		return
	}
	w.since.Store(time.Now().UnixNano())
	defer w.since.Store(0)
	for len(x) > 0 {
		n := min(len(x), piece)
		if code := s.add(w, x[:n], doubles); code != C.MPI_SUCCESS {
			w.Fail(fmt.Errorf("MPI: %s", describe(code)))
		}
		x = x[n:]
	}
}

// add sets x, which is not empty, to the sum of all ranks' x.
func (s *scratch[T]) add(w *World, x []T, doubles C.int) C.int {
	s.divide(w, len(x))
	own := x[s.starts[w.rank]:][:s.counts[w.rank]]
	if len(s.parts) < w.size*len(own)+1 {
		s.parts = make([]T, w.size*len(own)+1)
	}
	at := unsafe.Pointer(&x[0])
	if code := C.deal(at, &s.counts[0], &s.starts[0], unsafe.Pointer(&s.parts[0]), &s.ownCounts[0], &s.ownStart[0], doubles); code != C.MPI_SUCCESS {
		return code
	}
	copy(own, s.parts)
	for r := 1; r < w.size; r++ {
		for i, v := range s.parts[r*len(own):][:len(own)] {
			own[i] += v
		}
	}
	return C.collect(at, &s.counts[0], &s.starts[0], doubles)
}

// divide divides n elements among the ranks.
func (s *scratch[T]) divide(w *World, n int) {
	if s.counts == nil {
		s.counts, s.starts = make([]C.int, w.size), make([]C.int, w.size)
		s.ownCounts, s.ownStart = make([]C.int, w.size), make([]C.int, w.size)
	}
	for r := range w.size {
		s.starts[r] = C.int(r * n / w.size)
		s.counts[r] = C.int((r+1)*n/w.size) - s.starts[r]
	}
	for r := range w.size {
		s.ownCounts[r], s.ownStart[r] = s.counts[w.rank], C.int(r)*s.counts[w.rank]
	}
}

func describe(code C.int) string {
	var text [C.MPI_MAX_ERROR_STRING]C.char
	var n C.int
	if C.describe(code, &text[0], &n) != C.MPI_SUCCESS {
		return fmt.Sprintf("error %d", code)
	}
	return C.GoStringN(&text[0], n)
}
