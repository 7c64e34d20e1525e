package ogb

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abkd/gnn/synth"
	"abkd/internal/ostest"
)

// TestFolderNotReadable takes the right to list a folder of a data set, or to
// enter it, from whoever reads: nothing counts as missing for that.
func TestFolderNotReadable(t *testing.T) {
	dir := t.TempDir()
	ostest.Open(t, dir)
	g := filepath.Join(dir, "mag")
	if err := Write(g, synth.MAGMini()); err != nil {
		t.Fatal(err)
	}
	mayLittle, mayAll := ostest.Rights(t)
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
