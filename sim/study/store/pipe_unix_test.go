//go:build linux || darwin

package store

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"abkd/gnn/graph/fingerprint"
	"abkd/gnn/synth"
)

// TestPipe has pipes in place of a study's files: to open one is to wait for
// its writer.
func TestPipe(t *testing.T) {
	g, s := synth.Karate(), spec("none")
	dir := filepath.Join(t.TempDir(), "out")
	f, w := open(t, dir, g, s, false)
	if err := w.Run(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	cells, err := filepath.Glob(f.Path("cells", "*.json"))
	if err != nil || len(cells) != 2 {
		t.Fatalf("%d cells (%v), want 2", len(cells), err)
	}
	pipe := func(name string) {
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(name, 0o600); err != nil {
			t.Skip("no pipes here:", err)
		}
	}
	pipe(cells[0])
	pipe(f.Path("timing.json"))
	if f.Timing() != nil {
		t.Error("a pipe has times")
	}
	if _, w := open(t, dir, g, s, false); w.ToDo() != 1 {
		t.Errorf("%d runs are to do, want the one whose result is a pipe", w.ToDo())
	}
	pipe(f.Path("comparison.json"))
	if _, err := Open(dir, Comparison, NewManifest("karate", fingerprint.Run(g, g.Splits[0]), "go", s), false); err == nil {
		t.Error("a pipe says what is compared")
	}
}
