package study

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Claims divide the runs of a Work among processes that have the same store. The
// results are the same whoever does a run, and if two do it as well.
type Claims interface {
	// Claim takes the run of that key, unless another process that lives has it.
	// Release gives it up, when it is in the store or will not be.
	Claim(key string) (release func(), ok bool, err error)
}

// nobody is who else claims runs of a Work that one process does alone.
type nobody struct{}

func (nobody) Claim(string) (release func(), ok bool, err error) { return func() {}, true, nil }

// A Part is what of a shared Work a process does.
type Part int

// The parts.
const (
	All      Part = iota // what no other process does, until all of it is done by whomever
	Runs                 // what no other process does, until nothing is left to begin
	Teachers             // Runs, of teachers alone
)

// Share is Run in one of several processes, each of which makes the Work for itself
// and does runs that no other has. Runs of a process that has died are done by others.
func (w *Work) Share(ctx context.Context, jobs int, claims Claims, part Part) error {
	group, inner := errgroup.WithContext(ctx)
	s := &sharing{Work: w, claims: claims, part: part, states: make(map[*task]sharedState, len(w.tasks)), changed: make(chan struct{})}
	for range jobs {
		group.Go(func() error { return s.work(inner) })
	}
	if err := group.Wait(); err != nil && ctx.Err() == nil {
		return err
	}
	return ctx.Err()
}

// A sharing is what this process knows of the tasks that it shares with others.
type sharing struct {
	*Work
	claims Claims
	part   Part

	mu      sync.Mutex
	states  map[*task]sharedState
	changed chan struct{} // closed when a task that was at work here is not any more
}

// A sharedState is how far a task is: not known to be begun, at work here, or in the
// store, by whomever.
type sharedState int

const (
	unclaimed sharedState = iota
	atWork
	finished
)

// look is how long a process waits before it looks again what others have done.
const look = time.Second / 2

// work does one task after the other.
func (s *sharing) work(ctx context.Context) error {
	for ctx.Err() == nil {
		t, release, left, changed, err := s.next()
		switch {
		case err != nil:
			return err
		case t != nil:
			err := s.perform(t, func(epochs int) bool {
				s.done.Add(int64(epochs))
				return ctx.Err() == nil
			})
			s.settle(t, err == nil && ctx.Err() == nil)
			release()
			if err != nil {
				return err
			}
		case left == 0:
			return nil
		default:
			select {
			case <-ctx.Done():
			case <-changed:
			case <-time.After(look):
			}
		}
	}
	return ctx.Err()
}

// next claims a task and returns it with what gives it up, or says how many are
// left to wait for, and what is closed when it is worth to ask again.
func (s *sharing) next() (claimed *task, release func(), left int, changed <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	waits := 0
	if s.part == All {
		waits = 1
	}
	for _, t := range s.tasks {
		switch {
		case s.states[t] == finished || s.part == Teachers && !t.teaches:
		case t.after != nil && s.states[t.after] != finished:
			left++
		case s.states[t] == atWork:
			left += waits
		default:
			release, ok, err := s.claim(t)
			switch {
			case err != nil:
				return nil, nil, 0, nil, err
			case ok:
				s.states[t] = atWork
				return t, release, 0, nil, nil
			case s.states[t] != finished:
				left += waits
			}
		}
	}
	return nil, nil, left, s.changed, nil
}

// claim claims t unless another process has it or has done it.
func (s *sharing) claim(t *task) (release func(), ok bool, err error) {
	if !t.kept() {
		if release, ok, err = s.claims.Claim(t.key); err != nil || !ok {
			return nil, false, err
		}
		if !t.kept() {
			return release, true, nil
		}
		release() // it was done between the two
	}
	s.states[t] = finished
	s.runs.Add(1)
	s.done.Add(int64(t.epochs))
	return nil, false, nil
}

// settle says whether t, which was at work here, is in the store, and wakes who waits.
func (s *sharing) settle(t *task, kept bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.states[t] = unclaimed; kept {
		s.states[t] = finished
	}
	close(s.changed)
	s.changed = make(chan struct{})
}
