package paths

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abkd/internal/ostest"
)

// TestNotReadable gives as output a file that may not be read: nobody knows
// what it is, so it is not replaced.
func TestNotReadable(t *testing.T) {
	dir := t.TempDir()
	ostest.Open(t, dir)
	name := filepath.Join(dir, "secret")
	if err := os.WriteFile(name, []byte("mine"), 0); err != nil {
		t.Fatal(err)
	}
	drop, restore := ostest.Rights(t)
	drop()
	defer restore()
	err := Check([]Path{{Flag: "--out", Name: name, Use: WritesFile, Kind: BeginsWith("text", "text")}})
	if err == nil || !strings.Contains(err.Error(), "cannot be read (permission denied), and would be replaced: move it away") {
		t.Errorf("Check says %v", err)
	}
}
