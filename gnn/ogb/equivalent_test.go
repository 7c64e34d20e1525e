//go:build !js

package ogb

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"abkd/internal/show"
)

// What is read and written back is the same text in every file, byte for
// byte once unpacked. Only a relation within a type comes back otherwise: a
// graph has its edges in both directions, so that each is written from its
// lower node, once.
func TestRealBytes(t *testing.T) {
	source := realData(t, "vispub")
	g, err := Read(source, Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "vispub")
	if err := Write(dir, g); err != nil {
		t.Fatal(err)
	}
	const cites = "raw/relations/paper___cites___paper/"
	pairs := undirectedPairs(t, unpack(t, filepath.Join(source, cites+"edge.csv.gz")))
	want := map[string]string{ // where not that of the source
		cites + "edge.csv.gz":          strings.Join(pairs, ""),
		cites + "num-edge-list.csv.gz": strconv.Itoa(len(pairs)) + "\n",
		cites + "edge_reltype.csv.gz":  strings.Repeat("1\n", len(pairs)),
	}
	renamed := map[string]string{"mapping/labelidx2venuename.csv.gz": "mapping/labelidx2name.csv.gz"}
	seen := map[string]bool{"meta.csv": true}
	for _, name := range gzFiles(t, source) {
		text, special := want[name]
		if !special {
			text = unpack(t, filepath.Join(source, name))
		}
		mine := cmp.Or(renamed[name], name)
		seen[mine] = true
		// The last line of a published file may lack its end.
		if got := unpack(t, filepath.Join(dir, mine)); got != text && got != text+"\n" {
			t.Errorf("%s: %s", name, firstDifference(got, text))
		}
	}
	for _, name := range gzFiles(t, dir) {
		if !seen[name] {
			t.Errorf("%s is written, and not in the source", name)
		}
	}
	meta, err := os.ReadFile(filepath.Join(dir, "meta.csv"))
	if err != nil {
		t.Fatal(err)
	}
	sourceMeta, err := os.ReadFile(filepath.Join(source, "meta.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(meta)) {
		if !slices.Contains(strings.SplitAfter(string(sourceMeta), "\n"), line) {
			t.Errorf("meta.csv has %q, which the source's has not", line)
		}
	}
}

// gzFiles lists the gzipped files below dir, with slashes.
func gzFiles(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, ".csv.gz") {
			names = append(names, name)
		}
		return err
	})
	if err != nil || len(names) < 20 {
		t.Fatalf("%d files below %s (%v), want 20 or more", len(names), dir, err)
	}
	return names
}

// undirectedPairs returns the lines of an edge list with the lower node
// first, sorted, each once.
func undirectedPairs(t *testing.T, text string) (lines []string) {
	t.Helper()
	var pairs [][2]int
	for line := range strings.Lines(text) {
		a, b, _ := strings.Cut(strings.TrimSpace(line), ",")
		i, ierr := strconv.Atoi(a)
		j, jerr := strconv.Atoi(b)
		if ierr != nil || jerr != nil {
			t.Fatalf("edge is %q", line)
		}
		pairs = append(pairs, [2]int{min(i, j), max(i, j)})
	}
	slices.SortFunc(pairs, func(a, b [2]int) int { return cmp.Or(a[0]-b[0], a[1]-b[1]) })
	for _, p := range slices.Compact(pairs) {
		lines = append(lines, strconv.Itoa(p[0])+","+strconv.Itoa(p[1])+"\n")
	}
	return lines
}

func firstDifference(got, want string) string {
	a, b := strings.SplitAfter(got, "\n"), strings.SplitAfter(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "line " + strconv.Itoa(i+1) + " is " + show.Quote(a[i]) + ", want " + show.Quote(b[i])
		}
	}
	return strconv.Itoa(len(a)) + " lines, want " + strconv.Itoa(len(b))
}
