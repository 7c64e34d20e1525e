//go:build !js

package ogb

import (
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// A task reads one large file, and small ones with it, independently of all
// others.
type task struct {
	file string // the large one
	read func() error
}

// run runs the tasks, the largest file first, several at a time. The error is
// that of the first task in this order that fails, whatever the timing: all
// before it have been begun, and end.
func (r *reader) run(tasks []task) error {
	size := make(map[string]int64, len(tasks))
	for _, t := range tasks {
		if info, err := os.Stat(r.path(r.actual(t.file))); err == nil {
			size[t.file] = info.Size()
		}
	}
	slices.SortStableFunc(tasks, func(a, b task) int { return int(size[b.file] - size[a.file]) })
	var next atomic.Int64
	var failed atomic.Bool
	errs := make([]error, len(tasks))
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(tasks)) {
		wg.Go(func() {
			for !failed.Load() {
				i := int(next.Add(1) - 1)
				if i >= len(tasks) {
					return
				}
				if errs[i] = tasks[i].read(); errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
