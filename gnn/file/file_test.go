//go:build linux || darwin

package file

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"syscall"
	"testing"
	"time"
)

func put(t *testing.T, name, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

func wantFile(t *testing.T, name, text string, mode fs.FileMode) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err != nil || string(got) != text {
		t.Errorf("%s holds %q (%v), want %q", name, got, err, text)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
		t.Errorf("%s has the mode %v (%v), want %v", name, info.Mode(), err, mode)
	}
}

func wantOnly(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !reflect.DeepEqual(got, append([]string{}, names...)) {
		t.Errorf("%s holds %q, want %q", dir, got, names)
	}
}

// umask sets the permissions that new files do not get.
func umask(t *testing.T, mask int) {
	old := syscall.Umask(mask)
	t.Cleanup(func() { syscall.Umask(old) })
}

func TestMode(t *testing.T) {
	for _, c := range []struct {
		mask      int
		old, want fs.FileMode // old 0: none
	}{
		{0o022, 0, 0o644}, {0o077, 0, 0o600}, {0o027, 0, 0o640}, {0, 0, 0o666},
		{0o022, 0o600, 0o600}, {0o077, 0o644, 0o644}, {0o022, 0o664, 0o664},
	} {
		umask(t, c.mask)
		dir := t.TempDir()
		name := filepath.Join(dir, "a")
		if c.old != 0 {
			put(t, name, "old", c.old)
		}
		err := Write(name, func(w io.Writer) error {
			entries, err := os.ReadDir(dir)
			for _, e := range entries {
				info, err := e.Info()
				if err != nil || Temporary(e.Name()) && info.Mode().Perm()&^c.want != 0 {
					t.Errorf("mask %#o, old %v: the temporary file has %v (%v), want %v at most", c.mask, c.old, info.Mode(), err, c.want)
				}
			}
			return errors.Join(err, text("new")(w))
		})
		if err != nil {
			t.Error(err)
		}
		wantFile(t, name, "new", c.want)
	}
}

func TestFolderMode(t *testing.T) {
	umask(t, 0o022)
	dir := filepath.Join(t.TempDir(), "set")
	for _, mode := range []fs.FileMode{0o755, 0o700} { // new, then one that is there
		f, err := NewFolder(dir)
		if err == nil {
			err = f.Commit()
		}
		if info, e := os.Stat(dir); err != nil || e != nil || info.Mode().Perm() != mode {
			t.Errorf("mode is %v (%v, %v), want %v", info.Mode(), err, e, mode)
		}
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// A link stays, and what it leads to is replaced, there or not.
func TestLink(t *testing.T) {
	for _, there := range []bool{true, false} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "real"), 0o755); err != nil {
			t.Fatal(err)
		}
		if there {
			put(t, filepath.Join(dir, "real", "file"), "old", 0o644)
		}
		for name, to := range map[string]string{"a": "b", "b": "real/file"} {
			if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if err := Write(filepath.Join(dir, "a"), text("new")); err != nil {
			t.Error(err)
		}
		if to, err := os.Readlink(filepath.Join(dir, "a")); err != nil || to != "b" {
			t.Errorf("the link is %q (%v), want it as before", to, err)
		}
		wantFile(t, filepath.Join(dir, "real", "file"), "new", 0o644)
		wantOnly(t, filepath.Join(dir, "real"), "file")
	}
	dir := t.TempDir()
	if err := os.Symlink("circle", filepath.Join(dir, "circle")); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "circle"), text("new")); err == nil {
		t.Error("a link to itself is written")
	}
}

// Of several files none changes if one cannot be written or replaced.
func TestWriteAllOrNone(t *testing.T) {
	failing := errors.New("failing")
	for name, contents := range map[string][]Content{
		"write":  {{"a", text("new")}, {"b", text("new")}, {"c", func(io.Writer) error { return failing }}},
		"rename": {{"a", text("new")}, {"b", text("new")}, {"folder", text("new")}},
	} {
		t.Run("fault="+name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			put(t, "a", "old", 0o640)
			if err := os.MkdirAll("folder/below", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := WriteAll(contents); err == nil || name == "write" && !errors.Is(err, failing) {
				t.Errorf("error is %v, want one", err)
			}
			wantFile(t, "a", "old", 0o640)
			wantOnly(t, dir, "a", "folder")
		})
	}
}

// Clean removes what nobody holds, of this target alone.
func TestClean(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a")
	left, other := temporary(name), temporary(filepath.Join(dir, "ab"))
	own := filepath.Join(dir, ".a.notes.tmp")
	for _, n := range []string{left, other, own} {
		put(t, n, "half", 0o600)
	}
	f, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	folder := temporary(name)
	if err := os.MkdirAll(filepath.Join(folder, "a"), 0o700); err != nil {
		t.Fatal(err)
	}
	Clean(name)
	for n, want := range map[string]bool{left: false, folder: false, other: true, own: true, f.temp: true} {
		if _, err := os.Stat(n); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", n, err == nil, want)
		}
	}
	if err := f.Commit(); err != nil {
		t.Error(err)
	}
	CleanFolder(dir)
	wantOnly(t, dir, ".a.notes.tmp", "a")
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	name, link := filepath.Join(dir, "a"), filepath.Join(dir, "link")
	if err := os.Symlink("a", link); err != nil {
		t.Fatal(err)
	}
	left := temporary(name)
	put(t, left, "half", 0o600)
	l, err := LockFile(name)
	if err != nil {
		t.Fatal(err)
	}
	wantOnly(t, dir, ".a.abkd-lock", "link")
	_, err = LockFile(link)
	busy, ok := errors.AsType[*Busy](err)
	if !ok || busy.Process != os.Getpid() || time.Since(busy.Since) > time.Hour {
		t.Errorf("error is %v, want this process", err)
	}
	l.Unlock()
	wantOnly(t, dir, "link")
	// What a kill leaves does not block.
	put(t, filepath.Join(dir, ".a.abkd-lock"), "99 2020-01-01T00:00:00Z\n", 0o644)
	if l, err = LockFile(name); err != nil {
		t.Fatal(err)
	}
	if b := holder(filepath.Join(dir, ".a.abkd-lock")); b.Process != os.Getpid() {
		t.Errorf("the holder is %v, want this process", b)
	}
	l.Unlock()
	wantOnly(t, dir, "link")
}

func TestLockFolder(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "new", "below")
	l, err := LockFolder(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := LockFolder(name); err == nil {
		t.Error("it is locked twice")
	}
	l.Unlock()
	wantOnly(t, dir) // nothing came into it
	if l, err = LockFolder(name); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(name, "file"), "", 0o644)
	l.Unlock()
	wantOnly(t, name, "file")
}

// Who shares a folder keeps out who wants it alone, until the last has gone.
func TestShareFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	var locks [2]*Lock
	for i := range locks {
		l, err := ShareFolder(dir)
		if err != nil {
			t.Fatal(err)
		}
		locks[i] = l
	}
	for _, l := range locks {
		if _, err := LockFolder(dir); err == nil {
			t.Error("it is locked, and shared")
		}
		l.Unlock()
	}
	l, err := LockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ShareFolder(dir); err == nil {
		t.Error("it is shared, and locked")
	}
	put(t, filepath.Join(dir, "file"), "", 0o644)
	l.Unlock()
	wantOnly(t, dir, "file")
}

// A folder is not above itself, whatever it is called.
func TestLockHere(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("below", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{".", "./", "below/..", "below"} {
		l, err := LockFolder(dir)
		if err != nil {
			t.Errorf("the folder %s: %v", dir, err)
		}
		l.Unlock()
	}
	if l, err := LockFile("file"); err != nil {
		t.Errorf("a file here: %v", err)
	} else {
		l.Unlock()
	}
}

// Who writes a folder has all that is in it.
func TestLockInFolder(t *testing.T) {
	dir := t.TempDir()
	outer, link := filepath.Join(dir, "outer"), filepath.Join(dir, "link")
	if err := os.Symlink("outer", link); err != nil {
		t.Fatal(err)
	}
	l, err := LockFolder(outer)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(outer, "table"), "", 0o644)
	takes := []struct {
		what string
		take func() (*Lock, error)
	}{
		{"file", func() (*Lock, error) { return LockFile(filepath.Join(outer, "table")) }},
		{"file through a link", func() (*Lock, error) { return LockFile(filepath.Join(link, "new")) }},
		{"folder", func() (*Lock, error) { return LockFolder(filepath.Join(outer, "inner", "more")) }},
	}
	for _, c := range takes {
		_, err := c.take()
		if busy, ok := errors.AsType[*Busy](err); !ok || busy.Process != os.Getpid() {
			t.Errorf("error of a %s in it is %v, want this process", c.what, err)
		}
	}
	wantOnly(t, outer, ".abkd-lock", "table")
	l.Unlock()
	put(t, filepath.Join(outer, lockSuffix), "99 2020-01-01T00:00:00Z\n", 0o644) // of a kill
	for _, c := range takes {
		l, err := c.take()
		if err != nil {
			t.Errorf("a %s is refused when the folder is free: %v", c.what, err)
		}
		l.Unlock()
	}
}

// A lock passes from one to the next, and two never have it.
func TestLockPasses(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a")
	const writers, rounds = 4, 50
	held, done := make(chan struct{}, 1), make(chan error, writers)
	for range writers {
		go func() {
			for n := 0; n < rounds; {
				l, err := LockFile(name)
				if _, busy := errors.AsType[*Busy](err); busy {
					continue
				} else if err != nil {
					done <- err
					return
				}
				select {
				case held <- struct{}{}:
				default:
					done <- errors.New("two have the lock")
					return
				}
				n++
				<-held
				l.Unlock()
			}
			done <- nil
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	wantOnly(t, filepath.Dir(name))
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{pipe: "it is a pipe", "/dev/zero": "it is a device", dir: "it is a folder", filepath.Join(dir, "none"): "no such file"} {
		if _, err := Read(name); err == nil || !bytes.Contains([]byte(err.Error()), []byte(want)) {
			t.Errorf("%s: error is %v, want %q", name, err, want)
		}
	}
	put(t, filepath.Join(dir, "file"), "text", 0o644)
	if got, err := Read(filepath.Join(dir, "file")); err != nil || string(got) != "text" {
		t.Errorf("got %q (%v)", got, err)
	}
}

// TestLockPipe has pipes in place of locks, as whoever may write in a folder
// could plant them: nothing waits for their writers.
func TestLockPipe(t *testing.T) {
	name := filepath.Join(t.TempDir(), "target")
	if err := syscall.Mkfifo(beside(name, lockSuffix), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := LockFile(name)
	if err != nil {
		t.Fatal(err)
	}
	l.Unlock()
	left := beside(name, mark+"0123456789abcdef"+suffix)
	if err := syscall.Mkfifo(left, 0o600); err != nil {
		t.Fatal(err)
	}
	Clean(name)
	wantOnly(t, filepath.Dir(name))
}

func TestLongName(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, string(bytes.Repeat([]byte("a"), 250)))
	l, err := LockFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(name, text("new")); err != nil {
		t.Error(err)
	}
	l.Unlock()
	wantOnly(t, dir, filepath.Base(name))
}

func TestTemporaryFolder(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	left := filepath.Join(os.TempDir(), "abkd-x-1.tmp")
	if err := os.MkdirAll(filepath.Join(left, "below"), 0o755); err != nil {
		t.Fatal(err)
	}
	one, freeOne, err := TemporaryFolder("abkd-x-")
	if err != nil {
		t.Fatal(err)
	}
	two, freeTwo, err := TemporaryFolder("abkd-x-")
	if err != nil {
		t.Fatal(err)
	}
	if one > two {
		one, two = two, one
	}
	wantOnly(t, os.TempDir(), filepath.Base(one), filepath.Base(two))
	freeOne()
	freeTwo()
	wantOnly(t, os.TempDir())
}
