package parallel

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
)

// Run calls f for each of size ranks, in a goroutine of its own, and returns
// when all of them have ended. If one returns an error, the others end at
// their next Sum, and Run returns that error with the number of the rank; of
// several errors the one of the lowest rank. If one panics, so does Run. A rank
// that returns while others wait for it is an error too.
//
// The ranks share the processor: a program gains nothing in speed, but it is
// the one that runs on several machines.
func Run(size int, f func(g Group) error) error {
	if size < 1 {
		return fmt.Errorf("parallel: Run: %d ranks, want at least 1", size)
	}
	if size > 1 && !Several(size) {
		return fmt.Errorf("parallel: Run: %d ranks in a browser, want 1: it has one process", size)
	}
	m := newMeeting(size)
	var ranks sync.WaitGroup
	for r := range size {
		ranks.Go(func() { m.runRank(r, f) })
	}
	ranks.Wait()
	if m.panicked != "" {
		panic(m.panicked)
	}
	for r, err := range m.errors {
		if err != nil {
			return fmt.Errorf("rank %d: %w", r, err)
		}
	}
	return m.failure
}

// A meeting is where local ranks add up. A sum is made by the last to come,
// in the order of ranks, while the others wait.
type meeting struct {
	mu      sync.Mutex
	changed sync.Cond
	waiting int // ranks that have come to the sum at hand
	made    int // sums
	ended   []bool
	failure error // nothing is added up any more

	floats  [][]float32 // of each rank, what it adds to the sum at hand
	doubles [][]float64

	errors   []error // of each rank
	panicked string  // with the stack of the rank that did
}

// errOther ends a rank because another one has failed.
var errOther = errors.New("parallel: another rank has failed")

func newMeeting(size int) *meeting {
	m := &meeting{ended: make([]bool, size), errors: make([]error, size), floats: make([][]float32, size), doubles: make([][]float64, size)}
	m.changed.L = &m.mu
	return m
}

// runRank is rank r. Whatever way f ends, the others learn of it.
func (m *meeting) runRank(r int, f func(g Group) error) {
	returned := false
	defer func() {
		value := recover()
		m.mu.Lock()
		defer m.mu.Unlock()
		m.ended[r] = true
		switch {
		case value != nil:
			if m.panicked == "" {
				m.panicked = fmt.Sprintf("parallel: rank %d: %v\n\n%s", r, value, debug.Stack())
			}
			m.fail(errOther)
		case m.errors[r] != nil:
			m.fail(errOther)
		case !returned: // by Sum or, in a test, by FailNow
			m.fail(fmt.Errorf("parallel: rank %d has ended itself", r))
		case m.waiting > 0:
			m.fail(m.missing(r))
		}
	}()
	m.errors[r] = f(&local{m, r})
	returned = true
}

// missing says that rank r has ended and others wait for it.
func (m *meeting) missing(r int) error {
	return fmt.Errorf("parallel: rank %d has come to its end and others still add up: all ranks have to take the same steps", r)
}

// fail ends all sums; the first reason counts.
func (m *meeting) fail(err error) {
	if m.failure == nil {
		m.failure = err
	}
	m.changed.Broadcast()
}

// sum adds up what every rank has left in floats or doubles. Where that cannot
// be done it ends the goroutine, which no code in between can prevent.
func (m *meeting) sum(r int, x []float32, y []float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if gone := slices.Index(m.ended, true); gone >= 0 && m.failure == nil {
		m.fail(m.missing(gone))
	}
	m.floats[r], m.doubles[r] = x, y
	m.waiting++
	if m.waiting == len(m.ended) && m.failure == nil {
		m.addParts()
	} else {
		for made := m.made; made == m.made && m.failure == nil; {
			m.changed.Wait()
		}
	}
	if m.failure != nil {
		runtime.Goexit()
	}
}

// addParts makes the sum at hand.
func (m *meeting) addParts() {
	for r := range m.floats {
		if len(m.floats[r]) != len(m.floats[0]) || len(m.doubles[r]) != len(m.doubles[0]) {
			m.fail(fmt.Errorf("parallel: rank 0 adds %d float32 and %d float64 where rank %d adds %d and %d: all ranks have to take the same steps",
				len(m.floats[0]), len(m.doubles[0]), r, len(m.floats[r]), len(m.doubles[r])))
			return
		}
	}
	addUp(m.floats)
	addUp(m.doubles)
	m.waiting = 0
	m.made++
	m.changed.Broadcast()
}

// addUp sets every one of all to their sum, in their order.
func addUp[T float32 | float64](all [][]T) {
	sum := all[0]
	for _, x := range all[1:] {
		for i, v := range x {
			sum[i] += v
		}
	}
	for _, x := range all[1:] {
		copy(x, sum)
	}
}

// local is a rank of a meeting.
type local struct {
	*meeting
	rank int
}

func (l *local) Rank() int              { return l.rank }
func (l *local) Size() int              { return len(l.ended) }
func (l *local) Sum(x []float32)        { l.sum(l.rank, x, nil) }
func (l *local) SumFloat64(x []float64) { l.sum(l.rank, nil, x) }
