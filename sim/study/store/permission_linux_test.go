package store

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestNotWritable opens a folder that may not be written to.
func TestNotWritable(t *testing.T) {
	dir := t.TempDir()
	for up := dir; up != os.TempDir() && up != filepath.Dir(up); up = filepath.Dir(up) {
		if err := os.Chmod(up, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread() // and never unlocked: the thread ends with the test
	if os.Geteuid() == 0 { // who may write everywhere
		if err := syscall.Setfsuid(65534); err != nil {
			t.Fatal(err)
		}
		defer syscall.Setfsuid(0)
	}
	_, err := Open(dir, Comparison, NewManifest("karate", "f", "go", spec("kd")), false)
	if err == nil || !strings.HasSuffix(err.Error(), dir+": permission denied; choose a folder that may be written to") {
		t.Errorf("Open says %v", err)
	}
}
