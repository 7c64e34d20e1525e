//go:build !js

package ogb

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"abkd/gnn/graph"
)

// open opens the data set in dir with a cache and checks the graph.
func open(t *testing.T, dir, cache string, want *graph.Graph) Load {
	t.Helper()
	g, l, err := Open(dir, Options{}, cache)
	if err != nil {
		t.Fatal(err)
	}
	sameGraph(t, g, want)
	return l
}

func TestOpen(t *testing.T) {
	dir, want := tiny(t)
	cache := filepath.Join(t.TempDir(), "not", "there", "yet")
	first := open(t, dir, cache, want)
	if first.Cached || first.Why != nil || first.Warn != nil || filepath.Dir(first.File) != cache {
		t.Errorf("the first time it is %+v, want read, and a file in %s", first, cache)
	}
	for range 2 {
		if again := open(t, dir, cache, want); again != (Load{Cached: true, File: first.File}) {
			t.Errorf("the next time it is %+v, want %s taken", again, first.File)
		}
	}
	if err := graph.VerifyCache(first.File); err != nil {
		t.Error(err)
	}
	if l := open(t, filepath.Join(dir, "..", "tiny", "."), cache, want); !l.Cached {
		t.Errorf("by another name of the folder it is %+v, want the same file", l)
	}
}

// Any change of a file's name, size or time makes the cache anew.
func TestOpenAfterAChange(t *testing.T) {
	const label = "raw/node-label/paper/node-label.csv.gz"
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
		expect func(g *graph.Graph)
	}{
		{"content", func(t *testing.T, dir string) {
			rewriteFile(t, dir, label, func(s string) string { return setLine(1, "nan")(s) })
			for _, p := range parts {
				for _, s := range []string{"time", "random"} {
					rewriteFile(t, dir, "split/"+s+"/paper/"+p+".csv.gz", func(string) string { return "" })
				}
			}
		}, func(g *graph.Graph) {
			g.Labels[0] = -1
			for i := range g.Splits {
				g.Splits[i] = graph.Split{Name: g.Splits[i].Name}
			}
		}},
		{"time", func(t *testing.T, dir string) {
			later := time.Now().Add(3 * time.Second)
			if err := os.Chtimes(filepath.Join(dir, label), later, later); err != nil {
				t.Fatal(err)
			}
		}, nil},
		{"removed", remove("mapping"), noNames},
		{"added", func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "raw", "new"), nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, want := tiny(t)
			cache := t.TempDir()
			open(t, dir, cache, want)
			c.change(t, dir)
			if c.expect != nil {
				c.expect(want)
			}
			if c.name == "removed" {
				want.Classes = 4 // from meta.csv
			}
			if l := open(t, dir, cache, want); l.Cached || !errors.Is(l.Why, graph.ErrSourceChanged) || l.File == "" {
				t.Errorf("after the change it is %+v, want read because %v", l, graph.ErrSourceChanged)
			}
			if l := open(t, dir, cache, want); !l.Cached {
				t.Errorf("the next time it is %+v, want cached", l)
			}
		})
	}
}

// A cache file that is no good is replaced.
func TestOpenADamagedCache(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"cut":     func(b []byte) []byte { return b[:len(b)/2] },
		"empty":   func([]byte) []byte { return nil },
		"flipped": func(b []byte) []byte { b[len(b)/2] ^= 4; return b },
		"foreign": func([]byte) []byte { return []byte(strings.Repeat("something else\n", 100)) },
	} {
		t.Run(name, func(t *testing.T) {
			dir, want := tiny(t)
			cache := t.TempDir()
			l := open(t, dir, cache, want)
			b, err := os.ReadFile(l.File)
			if err == nil {
				err = os.WriteFile(l.File, damage(b), 0o666)
			}
			if err != nil {
				t.Fatal(err)
			}
			if l := open(t, dir, cache, want); l.Cached || l.Why == nil || l.Warn != nil {
				t.Errorf("it is %+v, want read because the file is damaged", l)
			}
			if l := open(t, dir, cache, want); !l.Cached {
				t.Errorf("the next time it is %+v, want cached", l)
			}
		})
	}
}

// Where no file can be written the graph is read all the same.
func TestOpenWithoutCache(t *testing.T) {
	dir, want := tiny(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for name, cache := range map[string]string{"file": file, "below a file": filepath.Join(file, "x"), "proc": "/proc/abkd"} {
		t.Run(name, func(t *testing.T) {
			if l := open(t, dir, cache, want); l.Cached || l.File != "" || l.Warn == nil {
				t.Errorf("it is %+v, want read, with a warning", l)
			}
		})
	}
	t.Run("linked folder", func(t *testing.T) {
		if err := os.Symlink(t.TempDir(), filepath.Join(dir, "extra")); err != nil {
			t.Fatal(err)
		}
		if l := open(t, dir, t.TempDir(), want); l.File != "" || l.Warn == nil || !strings.HasSuffix(l.Warn.Error(), "whose changes would not be seen") {
			t.Errorf("it is %+v, want read, with a warning", l)
		}
	})
}

// A data set that is wrong leaves no cache.
func TestOpenABadDataset(t *testing.T) {
	dir, _ := tiny(t)
	rewriteFile(t, dir, "raw/node-label/paper/node-label.csv.gz", dropLast)
	cache := t.TempDir()
	if _, _, err := Open(dir, Options{}, cache); err == nil {
		t.Error("Open says nothing")
	}
	nothingIn(t, cache)
	if _, _, err := Open(cache, Options{}, cache); err == nil || !strings.Contains(err.Error(), "is no data set") {
		t.Errorf("Open of no data set says %v", err)
	}
}

// Two processes that open a data set at once both get it, and leave one file.
func TestOpenByTwoProcesses(t *testing.T) {
	if dir := os.Getenv("ABKD_OPEN"); dir != "" {
		for range 10 {
			open(t, dir, os.Getenv("ABKD_CACHE"), tinyGraph())
			if err := os.Remove(os.Getenv("ABKD_FILE")); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
		open(t, dir, os.Getenv("ABKD_CACHE"), tinyGraph())
		return
	}
	dir, want := tiny(t)
	cache := t.TempDir()
	file, err := CacheFile(dir, cache)
	if err != nil {
		t.Fatal(err)
	}
	var both [2]*exec.Cmd
	for i := range both {
		both[i] = exec.Command(os.Args[0], "-test.run=^TestOpenByTwoProcesses$")
		both[i].Env = append(os.Environ(), "ABKD_OPEN="+dir, "ABKD_CACHE="+cache, "ABKD_FILE="+file)
		both[i].Stdout, both[i].Stderr = os.Stderr, os.Stderr
		if err := both[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range both {
		if err := p.Wait(); err != nil {
			t.Error(err)
		}
	}
	open(t, dir, cache, want)
	if there, err := os.ReadDir(cache); err != nil || len(there) != 1 || there[0].Name() != filepath.Base(file) {
		t.Errorf("in the cache are %v (%v), want one file", there, err)
	}
}

func TestSize(t *testing.T) {
	dir := t.TempDir()
	for name, n := range map[string]int{"a": 3, "b/c": 40, "b/d/e": 500} {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, make([]byte, n), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := Size(dir); n != 543 || err != nil {
		t.Errorf("Size is %d, %v, want 543", n, err)
	}
	if _, err := Size(filepath.Join(dir, "none")); err == nil {
		t.Error("Size of no folder says nothing")
	}
}
