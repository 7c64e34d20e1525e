//go:build linux || darwin

package ogb

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"abkd/gnn/synth"
)

// A pipe or a device in place of a file is told, and not waited for.
func TestReadNoOrdinaryFile(t *testing.T) {
	for what, make := range map[string]func(name string) error{
		"it is a pipe":   func(name string) error { return syscall.Mkfifo(name, 0o600) },
		"it is a device": func(name string) error { return os.Symlink("/dev/zero", name) },
	} {
		dir := filepath.Join(t.TempDir(), "graph")
		if err := Write(dir, synth.Karate()); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, "raw", "num-node-dict.csv.gz")
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		if err := make(name); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(dir, Options{}); err == nil || !strings.Contains(err.Error(), "raw/num-node-dict.csv.gz: "+what) {
			t.Errorf("error is %v, want %q", err, what)
		}
	}
}
