package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/gnn/synth"
	"abkd/sim/study"
)

// counting counts what is saved.
type counting struct {
	*Folder
	saved atomic.Int64
}

func (c *counting) SaveTeacher(m gnn.Model, r study.TeacherResult) error {
	c.saved.Add(1)
	return c.Folder.SaveTeacher(m, r)
}

func (c *counting) SaveCell(r study.Result) error {
	c.saved.Add(1)
	return c.Folder.SaveCell(r)
}

// TestShare has three processes, each with claims of its own, do the runs of one
// folder: each run is done once, and comes to what one process comes to.
func TestShare(t *testing.T) {
	g, s := synth.Karate(), spec("none", "kd", "abkd")
	_, alone := open(t, filepath.Join(t.TempDir(), "alone"), g, s, false)
	if err := alone.Run(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "shared")
	var saved int64
	var stores [3]*counting
	var works [3]*study.Work
	for i := range stores {
		f, w := open(t, dir, g, s, false)
		stores[i] = &counting{Folder: f}
		w, err := study.NewWork(s, g, w.Fingerprint, stores[i])
		if err != nil {
			t.Fatal(err)
		}
		works[i] = w
	}
	var all sync.WaitGroup
	for i, w := range works {
		all.Go(func() {
			if err := w.Share(t.Context(), 2, stores[i].Claims(), study.All); err != nil {
				t.Error(err)
			}
			if p := w.Progress(); p.Runs != 8 || p.Epochs != p.OfEpochs {
				t.Errorf("in the end progress is %+v, want all of it", p)
			}
			if got, want := results(t, w), results(t, alone); !slices.EqualFunc(got, want, func(a, b study.Result) bool { return a.Key == b.Key && slices.Equal(a.Curve, b.Curve) }) {
				t.Errorf("shared, the results are\n%+v\nalone\n%+v", got, want)
			}
		})
	}
	all.Wait()
	for _, s := range stores {
		saved += s.saved.Load()
	}
	if saved != 8 {
		t.Errorf("%d runs were done, want 2 teachers and 6 students", saved)
	}
	if _, err := os.Stat(filepath.Join(dir, claimsDir)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("claims are left (%v)", err)
	}
}

// TestParts does the teachers alone, then what is left but for a run that is
// another process's.
func TestParts(t *testing.T) {
	g, s := synth.Karate(), spec("none", "kd")
	dir := filepath.Join(t.TempDir(), "out")
	f, w := open(t, dir, g, s, false)
	if err := w.Share(t.Context(), 1, f.Claims(), study.Teachers); err != nil {
		t.Fatal(err)
	}
	if _, w = open(t, dir, g, s, false); w.ToDo() != 4 || w.TeachersToDo() != 0 {
		t.Fatalf("after the teachers %d runs are to do, %d of them teachers, want 4 and none", w.ToDo(), w.TeachersToDo())
	}
	release, ok, err := f.Claims().Claim(w.Cells[0].Key(w.Fingerprint, mat.Fastest()))
	if err != nil || !ok {
		t.Fatalf("claimed: %t, %v", ok, err)
	}
	if err := w.Share(t.Context(), 1, f.Claims(), study.Runs); err != nil {
		t.Fatal(err)
	}
	if _, w = open(t, dir, g, s, false); w.ToDo() != 1 {
		t.Errorf("%d runs are to do, want the one that is claimed", w.ToDo())
	}
	release()
}

// TestClaims takes a claim from the dead alone.
func TestClaims(t *testing.T) {
	f := &Folder{dir: t.TempDir()}
	name := f.Path(claimsDir, "key")
	c, other := f.Claims(), f.Claims()
	other.owner = "elsewhere 1 other"
	release, ok, err := other.Claim("key")
	if err != nil || !ok {
		t.Fatalf("claimed: %t, %v", ok, err)
	}
	refused := func(why string) {
		t.Helper()
		if _, ok, err := c.Claim("key"); ok || err != nil {
			t.Errorf("%s: claimed: %t, %v", why, ok, err)
		}
	}
	refused("at work")
	c.seen[name] = sighting{"elsewhere 1 other 0000000000 before", time.Now().Add(-time.Hour)}
	refused("it has said something else meanwhile")
	release()
	dead := map[string]bool{"elsewhere 1 other 0000000007\n": false, "": false}
	if runtime.GOOS == "linux" {
		dead[thisMachine()+" 999999999 other 0000000007\n"] = true
	}
	for text, known := range dead {
		if err := errors.Join(os.MkdirAll(f.Path(claimsDir), 0o777), os.WriteFile(name, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
		if !known {
			refused("it may live")
			c.seen[name] = sighting{text, time.Now().Add(-time.Hour)}
		}
		release, ok, err := c.Claim("key")
		if err != nil || !ok {
			t.Fatalf("of the dead %q: claimed: %t, %v", text, ok, err)
		}
		release()
	}
	if left, err := os.ReadDir(f.dir); err != nil || len(left) > 0 {
		t.Errorf("%v is left (%v)", left, err)
	}
}
