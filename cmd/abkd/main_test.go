package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// binary is the program under test, built once from this folder.
var (
	binary     string
	buildFlags []string
	buildEnv   = []string{"CGO_ENABLED=0"}
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "abkd-test-*")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "abkd")
		build := exec.Command("go", slices.Concat([]string{"build", "-o", binary}, buildFlags, []string{"."})...)
		build.Env = append(os.Environ(), buildEnv...)
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// A result is what one run of the program left.
type result struct {
	args           []string
	stdout, stderr string
	status         int
}

// abkd runs the program to its end.
func abkd(t *testing.T, args ...string) result {
	t.Helper()
	return finish(t, exec.Command(binary, args...))
}

// runTo runs the program with its output to f.
func runTo(t *testing.T, f *os.File, args ...string) result {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = f, &stderr
	cmd.Run() // the status tells
	return result{args, "", stderr.String(), cmd.ProcessState.ExitCode()}
}

// finish runs cmd to its end.
func finish(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return result{cmd.Args[1:], stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// ok fails the test unless the program succeeded, and returns r.
func (r result) ok(t *testing.T) result {
	t.Helper()
	if r.status != 0 {
		t.Fatalf("abkd %q: status %d, want 0; stderr:\n%s", r.args, r.status, r.stderr)
	}
	return r
}

// json returns the only line of stdout as an object.
func (r result) json(t *testing.T) map[string]any {
	t.Helper()
	line, found := strings.CutSuffix(r.stdout, "\n")
	if !found || strings.Contains(line, "\n") {
		t.Fatalf("abkd %q: stdout is %q, want exactly one line; stderr:\n%s", r.args, r.stdout, r.stderr)
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(line), &v); err != nil {
		t.Fatalf("abkd %q: %v in %q", r.args, err, line)
	}
	return v
}

// progressLine is what a slow machine shows meanwhile.
var progressLine = regexp.MustCompile(`(?m)^.*: ([\d,]+ of [\d,]+ \w+|\d+ s so far)\n`)

// fails checks that the program refused: status 1, nothing on stdout, and on
// stderr one line that holds each of want.
func (r result) fails(t *testing.T, want ...string) {
	t.Helper()
	if r.status != 1 || r.stdout != "" {
		t.Errorf("abkd %q: status %d, stdout %q, want status 1 and no output; stderr:\n%s", r.args, r.status, r.stdout, r.stderr)
	}
	line := progressLine.ReplaceAllString(r.stderr, "")
	for strings.HasPrefix(line, "note: ") { // what was told before it failed
		_, line, _ = strings.Cut(line, "\n")
	}
	if !strings.HasPrefix(line, "abkd: ") || strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
		t.Errorf("abkd %q: stderr is %q, want one line that starts with abkd:", r.args, r.stderr)
	}
	for _, w := range want {
		if !strings.Contains(r.stderr, w) {
			t.Errorf("abkd %q: stderr is %q, want %q in it", r.args, r.stderr, w)
		}
	}
}

// num returns the number under key.
func num(t *testing.T, v map[string]any, key string) float64 {
	t.Helper()
	x, ok := v[key].(float64)
	if !ok {
		t.Fatalf("%q is %v (%T), want a number; in %v", key, v[key], v[key], v)
	}
	return x
}

// weights trains a model on the karate club with args and returns its file.
func weights(t *testing.T, args ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "weights.safetensors")
	abkd(t, append([]string{"train", "--data", "karate", "--epochs", "5", "--out", name}, args...)...).ok(t)
	return name
}

// graphFolder writes a small generated graph and returns its folder.
func graphFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "graph")
	abkd(t, "synth", "--papers", "60", "--classes", "3", "--features", "8", "--out", dir).ok(t)
	return dir
}
