package store

import (
	"os"
	"strings"
	"testing"

	"abkd/internal/ostest"
)

// TestNotWritable opens a folder that may not be written to.
func TestNotWritable(t *testing.T) {
	dir := t.TempDir()
	ostest.Open(t, dir)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	drop, restore := ostest.Rights(t)
	drop()
	defer restore()
	_, err := Open(dir, Comparison, NewManifest("karate", "f", "go", spec("kd")), false)
	if err == nil || !strings.HasSuffix(err.Error(), dir+": permission denied; choose a folder that may be written to") {
		t.Errorf("Open says %v", err)
	}
}
