//go:build !js

package ogb

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// What a few bytes claim is weighed before anything of that size is made.
func TestReadWithinABudget(t *testing.T) {
	const (
		budget = 64 << 20
		edges  = "raw/relations/author___writes___paper/"
	)
	for _, c := range []struct {
		name       string
		change     func(t *testing.T, dir string)
		file, what string
		line       int
	}{
		{"nodes", func(t *testing.T, dir string) {
			remove("mapping")(t, dir)
			rewriteFile(t, dir, nodeDict, setLine(2, "20,268435456,8,16"))
		}, nodeDict, "268435456 nodes of author", 2},
		{"edges", func(t *testing.T, dir string) {
			many := bytes.Repeat(pack(strings.Repeat("0,0\n", 1<<20)), 8)
			if err := os.WriteFile(filepath.Join(dir, edges+"edge.csv.gz"), many, 0o666); err != nil {
				t.Fatal(err)
			}
			rewriteFile(t, dir, edges+"num-edge-list.csv.gz", func(string) string { return "8388608\n" })
		}, edges + "edge.csv.gz", "8388608 edges", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := tiny(t)
			c.change(t, dir)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read(dir, Options{MaxBytes: budget})
			runtime.ReadMemStats(&after)
			var large *TooLargeError
			if !errors.As(err, &large) || large.File != c.file || large.Line != c.line || large.What != c.what || large.Max != budget || large.Total <= budget {
				t.Errorf("Read says %v, want %s of %s, line %d", err, c.what, c.file, c.line)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > budget {
				t.Errorf("%d bytes are allocated, want at most %d", used, budget)
			}
		})
	}
	dir, want := tiny(t)
	g, err := Read(dir, Options{MaxBytes: budget})
	if err != nil {
		t.Fatal(err)
	}
	sameGraph(t, g, want)
	var large *TooLargeError
	if _, err := Read(dir, Options{MaxBytes: 2000}); !errors.As(err, &large) {
		t.Errorf("with 2000 bytes Read says %v", err)
	}
}

// A number of nodes far beyond what the files hold is refused before anything of
// that size is made, though nobody limits the memory.
func TestImplausibleNodes(t *testing.T) {
	for _, c := range []struct {
		name, counts, want string
	}{
		{"edges", "20,268435456,8,16", "268435456 nodes of author, want at most "},
		{"features", "268435456,30,8,16", "has no room for a row of each"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := tiny(t)
			remove("mapping")(t, dir)
			rewriteFile(t, dir, nodeDict, setLine(2, c.counts))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read(dir, Options{})
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), nodeDict+": line 2: 268435456 nodes of ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Read says %v, want %s", err, c.want)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
				t.Errorf("%d bytes are allocated", used)
			}
		})
	}
}

// Isolated nodes are nodes: of some millions none needs an edge.
func TestIsolatedNodes(t *testing.T) {
	dir, _ := tiny(t)
	remove("mapping")(t, dir)
	rewriteFile(t, dir, nodeDict, setLine(2, "20,4000000,8,16"))
	g, err := Read(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := g.Types[g.TypeIndex("author")].Count; n != 4_000_000 {
		t.Errorf("there are %d authors, want 4000000", n)
	}
}

// Names have no size that is known before.
func TestNamesWithinABudget(t *testing.T) {
	dir, _ := tiny(t)
	rewriteFile(t, dir, "mapping/author_entidx2name.csv.gz", func(s string) string {
		return strings.ReplaceAll(s, ",\"", ",\""+strings.Repeat("x", 1<<20))
	})
	var large *TooLargeError
	if _, err := Read(dir, Options{MaxBytes: 8 << 20}); !errors.As(err, &large) || large.What != "names so far" || large.Line < 2 {
		t.Errorf("Read says %v, want the names to take too much", err)
	}
}
