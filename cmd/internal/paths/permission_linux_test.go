package paths

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestNotReadable gives as output a file that may not be read: nobody knows
// what it is, so it is not replaced.
func TestNotReadable(t *testing.T) {
	dir := t.TempDir()
	for up := dir; up != os.TempDir() && up != filepath.Dir(up); up = filepath.Dir(up) {
		if err := os.Chmod(up, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(dir, "secret")
	if err := os.WriteFile(name, []byte("mine"), 0); err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread() // and never unlocked: the thread ends with the test
	if os.Geteuid() == 0 { // who may read everything
		if err := syscall.Setfsuid(65534); err != nil {
			t.Fatal(err)
		}
		defer syscall.Setfsuid(0)
	}
	err := Check([]Path{{Flag: "--out", Name: name, Use: WritesFile, Kind: BeginsWith("text", "text")}})
	if err == nil || !strings.Contains(err.Error(), "cannot be read (permission denied), and would be replaced: move it away") {
		t.Errorf("Check says %v", err)
	}
}
