package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"abkd/internal/crash"
)

func TestAwait(t *testing.T) {
	if err := Await(context.Background(), nil, func() error { return errors.New("of its own") }); err == nil || err.Error() != "of its own" {
		t.Errorf("await is %v, want the function's error", err)
	}
	err := Await(context.Background(), nil, func() error { panic("shape") })
	if c, ok := errors.AsType[*crash.Error](err); !ok || !strings.Contains(c.Error(), "shape") || len(c.Stack) == 0 {
		t.Errorf("await of a panic is %v, want a crash that names it, with its stack", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	block := make(chan struct{})
	defer close(block)
	err = Await(ctx, nil, func() error { <-block; return nil })
	if _, ok := errors.AsType[Interruption](err); !ok {
		t.Errorf("await is %v, want an interruption", err)
	}
}

// TestStatus checks the line and the exit status for each kind of error.
func TestStatus(t *testing.T) {
	crashed := crash.Guard(func() error { panic("mat: Mul: 2×3 = 4×5 · 6×7") })
	for _, c := range []struct {
		name   string
		err    error
		debug  string
		status int
		want   []string // in the output
		lines  int      // at most
	}{
		{"none", nil, "", 0, nil, 0},
		{"failure", fmt.Errorf("ogb: file:\n line 3"), "", 1, []string{"abkd: ogb: file: line 3\n"}, 1},
		{"interruption", fmt.Errorf("wrapped: %w", Interruption("by hand")), "", 130, []string{"abkd: wrapped: by hand\n"}, 1},
		{"crash", crashed, "", 2, []string{"internal error: mat: Mul: 2×3", "please report", "ABKD_DEBUG=1"}, 1},
		{"crash-in-debug", crashed, "1", 2, []string{"internal error: mat: Mul", "goroutine", "process_test.go"}, 1000},
	} {
		t.Run("error="+c.name, func(t *testing.T) {
			t.Setenv("ABKD_DEBUG", c.debug)
			var b bytes.Buffer
			if got := Status("abkd", c.err, &b); got != c.status {
				t.Errorf("status is %d, want %d", got, c.status)
			}
			for _, w := range c.want {
				if !strings.Contains(b.String(), w) {
					t.Errorf("stderr is %q, want %q in it", b.String(), w)
				}
			}
			if n := strings.Count(b.String(), "\n"); n > c.lines {
				t.Errorf("stderr is %q with %d lines, want at most %d", b.String(), n, c.lines)
			}
		})
	}
}
