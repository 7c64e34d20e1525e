package debian

import (
	"runtime"
	"strings"
	"testing"

	"abkd/gnn/graph/table"
)

// TestManyLines reads a field that goes on for many lines: what that takes
// grows with the file, not with its square.
func TestManyLines(t *testing.T) {
	index := "Package: a\nSection: games\nDepends: b,\n" + strings.Repeat(" c,\n", 50000) + " d\n\n"
	for _, p := range []string{"b", "c", "d"} {
		index += "Package: " + p + "\nSection: games\n\n"
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d, err := Read(table.File{Name: "Packages", Data: []byte(index)}, table.Options{})
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Types[kindPackage].Names; len(got) != 4 {
		t.Errorf("the packages are %q, want four", got)
	}
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(200*len(index)); got > most {
		t.Errorf("reading %d bytes allocates %d, want at most %d", len(index), got, most)
	}
}
