package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"abkd/internal/crash"
	"abkd/sim/setup"
)

// TestHelp checks that each command explains itself with examples.
func TestHelp(t *testing.T) {
	top := abkd(t).ok(t)
	if top.stdout != abkd(t, "--help").ok(t).stdout {
		t.Error("abkd alone and abkd --help differ")
	}
	for _, name := range []string{"train", "distill", "eval", "synth", "info", "fetch", "pack", "export", "serve"} {
		t.Run("command="+name, func(t *testing.T) {
			if !strings.Contains(top.stdout, "\n  "+name+" ") {
				t.Errorf("abkd --help does not list %s", name)
			}
			r := abkd(t, name, "--help").ok(t)
			for _, want := range []string{"Usage:\n  abkd " + name, "Examples:\n  abkd " + name, "Flags:"} {
				if !strings.Contains(r.stdout, want) {
					t.Errorf("help is\n%s\nwant %q in it", r.stdout, want)
				}
			}
			if strings.Contains(r.stdout, "cpuprofile") || r.stderr != "" {
				t.Errorf("help shows --cpuprofile or writes to stderr: %q", r.stderr)
			}
		})
	}
}

// TestFlagsCoverControls checks that a setting of the page is a flag here
// too, or is about a teacher trained beside its students.
func TestFlagsCoverControls(t *testing.T) {
	elsewhere := []string{"data", "split", "teach", "teacher-layers", "teacher-hidden", "teacher-epochs"}
	for _, c := range setup.Controls() {
		here := slices.Contains(trainKeys, c.Key) || slices.Contains(distillKeys, c.Key)
		if here == slices.Contains(elsewhere, c.Key) {
			t.Errorf("setting %s is a flag: %v, listed as none: %v, want one of them", c.Key, here, !here)
		}
	}
}

// TestDefaults checks that distill has the page's defaults, and train those
// of a teacher.
func TestDefaults(t *testing.T) {
	want := map[string]map[string]string{
		"train":   {"model": "", "layers": "", "hidden": "", "epochs": "", "seed": "1", "data": "mag-mini"},
		"distill": {"data": "mag-mini", "recipe": "aligned"},
	}
	open := append(strings.Fields("criterion beta alpha temperature nodes head granularity no-subspace frozen"), "model", "layers", "hidden", "epochs")
	for _, key := range slices.Concat(trainKeys, distillKeys) {
		c := findControl(setup.Controls(), key)
		value := c.Default
		if c.Kind == setup.Bool {
			value = "false"
		}
		if slices.Contains(open, key) {
			value = "" // it is the recipe's, or follows from the size of the graph
		}
		want["distill"][flagName(key)] = value
	}
	for command, flags := range want {
		cmd, _, err := newRoot().Find([]string{command})
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range flags {
			if f := cmd.Flags().Lookup(name); f == nil || f.DefValue != value {
				t.Errorf("%s --%s is %+v, want default %q", command, name, f, value)
			}
		}
	}
}

func TestAwait(t *testing.T) {
	if err := await(context.Background(), nil, func() error { return errors.New("of its own") }); err == nil || err.Error() != "of its own" {
		t.Errorf("await is %v, want the function's error", err)
	}
	err := await(context.Background(), nil, func() error { panic("shape") })
	if c, ok := errors.AsType[*crash.Error](err); !ok || !strings.Contains(c.Error(), "shape") || len(c.Stack) == 0 {
		t.Errorf("await of a panic is %v, want a crash that names it, with its stack", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	block := make(chan struct{})
	defer close(block)
	err = await(ctx, nil, func() error { <-block; return nil })
	if _, ok := errors.AsType[interruption](err); !ok {
		t.Errorf("await is %v, want an interruption", err)
	}
}

// TestReport checks the line and the exit status for each kind of error.
func TestReport(t *testing.T) {
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
		{"interruption", fmt.Errorf("wrapped: %w", interruption("by hand")), "", 130, []string{"abkd: wrapped: by hand\n"}, 1},
		{"crash", crashed, "", 2, []string{"internal error: mat: Mul: 2×3", "please report", "ABKD_DEBUG=1"}, 1},
		{"crash-in-debug", crashed, "1", 2, []string{"internal error: mat: Mul", "goroutine", "root_test.go"}, 1000},
	} {
		t.Run("error="+c.name, func(t *testing.T) {
			t.Setenv("ABKD_DEBUG", c.debug)
			var b bytes.Buffer
			if got := statusOf(c.err, &b); got != c.status {
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
