// Package ostest is for tests of what the operating system forbids, and of displays.
package ostest

import (
	"os"
	"path/filepath"
	"testing"
)

// Open lets everyone into a temporary folder, and into those above it.
func Open(t *testing.T, dir string) {
	t.Helper()
	for up := dir; up != os.TempDir() && up != filepath.Dir(up); up = filepath.Dir(up) {
		if err := os.Chmod(up, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
