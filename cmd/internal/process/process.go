// Package process begins and ends a program: signals, panics, the exit status.
package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"abkd/cmd/internal/term"
	"abkd/internal/crash"
	"abkd/internal/show"
)

// The exit statuses beside 0.
const (
	statusFailed      = 1
	statusCrashed     = 2
	statusInterrupted = 130
)

// An Interruption is the error of a command that was ended by a signal.
type Interruption string

// Error implements error.
func (e Interruption) Error() string { return string(e) }

// Context returns a context that is done when a signal ends the work. A second
// signal ends the program at once.
func Context() (ctx context.Context, stop func()) {
	ctx, stop = signal.NotifyContext(context.Background(), endings()...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// endings returns the signals that end the work cleanly. A program that was
// started to outlive its terminal, as by nohup, does.
func endings() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// Status says on stderr in one line what err is, of the program of that name,
// and returns the exit status for it.
func Status(program string, err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "%s: %s\n", program, show.Line(err.Error()))
	if c, ok := errors.AsType[*crash.Error](err); ok {
		if os.Getenv("ABKD_DEBUG") == "1" {
			fmt.Fprintf(stderr, "%s", c.Stack)
		}
		return statusCrashed
	}
	if _, ok := errors.AsType[Interruption](err); ok {
		return statusInterrupted
	}
	return statusFailed
}

// Await calls f, but gives it up when ctx is done. It is for work that has
// nothing to save, such as reading. Meanwhile m, if not nil, shows the time.
func Await(ctx context.Context, m *term.Meter, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- crash.Guard(f) }()
	var tick <-chan time.Time
	if m != nil {
		defer m.Done()
		t := time.NewTicker(term.BarInterval)
		defer t.Stop()
		tick = t.C
	}
	for {
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return Interruption("interrupted before anything was saved")
		case <-tick:
			m.Tick()
		}
	}
}
