package ogb

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"abkd/gnn/synth"
)

// TestFolderNotReadable takes the right to list a folder of a data set, or to
// enter it, from whoever reads: nothing counts as missing for that.
func TestFolderNotReadable(t *testing.T) {
	dir := t.TempDir()
	for up := dir; up != os.TempDir() && up != filepath.Dir(up); up = filepath.Dir(up) {
		if err := os.Chmod(up, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	g := filepath.Join(dir, "mag")
	if err := Write(g, synth.MAGMini()); err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread() // and never unlocked: the thread ends with the test
	mayAll, mayLittle := func() {}, func() {}
	if os.Geteuid() == 0 { // who may read everything
		mayAll = func() { syscall.Setfsuid(0) }
		mayLittle = func() { syscall.Setfsuid(65534) }
	}
	mayLittle()
	if err := IsDataset(g); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "raw", "raw/node-feat", "raw/relations", "split", "split/time", "mapping"} {
		for _, mode := range []fs.FileMode{0, 0o400} {
			at := filepath.Join(g, name)
			mayAll()
			if err := os.Chmod(at, mode); err != nil {
				t.Fatal(err)
			}
			mayLittle()
			_, err := Read(g, Options{})
			if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), at+": is a folder that you may not read") {
				t.Errorf("%s with mode %o: %v", at, mode, err)
			}
			mayAll()
			if err := os.Chmod(at, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
}
