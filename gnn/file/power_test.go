//go:build !js

package file

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A world is a file system in memory whose power can be cut. It notes every
// change, and which of them a sync has made last. After a cut there are those
// that last, and any of the others, as the disk had got round to them.
type world struct {
	root    *node
	changes []change
	calls   int // that have been made
	cut     int // the number of calls until the power is cut, -1 for never
	lazy    string
}

type node struct {
	folder  bool
	entries map[string]*node
	text    string
}

// A change is of the content of a file or of the names in a folder.
type change struct {
	of    *node // what must be synced to make it last
	lasts bool
	apply func(copy func(*node) *node)
}

var errCut = errors.New("the power is cut")

func newWorld() *world { return &world{root: newNode(true), cut: -1} }

func newNode(folder bool) *node { return &node{folder: folder, entries: map[string]*node{}} }

func (w *world) call() error {
	if w.calls++; w.cut >= 0 && w.calls > w.cut {
		return errCut
	}
	return nil
}

// do makes a change, now and in every copy that has it.
func (w *world) do(of *node, apply func(copy func(*node) *node)) {
	apply(func(n *node) *node { return n })
	w.changes = append(w.changes, change{of: of, apply: apply})
}

func (w *world) find(name string) *node {
	n := w.root
	for _, part := range strings.Split(strings.Trim(filepath.ToSlash(name), "/"), "/") {
		if part != "" && n != nil {
			n = n.entries[part]
		}
	}
	return n
}

func (w *world) parent(name string) (*node, string) {
	return w.find(filepath.Dir(name)), filepath.Base(name)
}

func (w *world) add(name string, folder bool) (*node, error) {
	dir, base := w.parent(name)
	if dir.entries[base] != nil {
		return nil, fs.ErrExist
	}
	n := newNode(folder)
	w.do(dir, func(copy func(*node) *node) { copy(dir).entries[base] = copy(n) })
	return n, nil
}

func (w *world) resolve(name string) (string, error) { return name, nil }

func (w *world) stat(name string) (fs.FileInfo, error) {
	n := w.find(name)
	if n == nil {
		return nil, fs.ErrNotExist
	}
	return nodeInfo{n}, nil
}

func (w *world) create(name string, _ fs.FileMode) (handle, error) {
	if err := w.call(); err != nil {
		return nil, err
	}
	n, err := w.add(name, false)
	return &openNode{w, n}, err
}

func (w *world) mkdir(name string, _ fs.FileMode) error {
	if err := w.call(); err != nil {
		return err
	}
	_, err := w.add(name, true)
	return err
}

func (w *world) chmod(string, fs.FileMode) error { return w.call() }

func (w *world) link(name, second string) error {
	if err := w.call(); err != nil {
		return err
	}
	n := w.find(name)
	dir, base := w.parent(second)
	w.do(dir, func(copy func(*node) *node) { copy(dir).entries[base] = copy(n) })
	return nil
}

func (w *world) rename(from, to string) error {
	if err := w.call(); err != nil {
		return err
	}
	n := w.find(from)
	src, old := w.parent(from)
	dst, base := w.parent(to)
	w.do(dst, func(copy func(*node) *node) { // both at once, as a journal has it
		if copy(src).entries[old] == copy(n) {
			delete(copy(src).entries, old)
		}
		copy(dst).entries[base] = copy(n)
	})
	return nil
}

func (w *world) remove(name string) error {
	if err := w.call(); err != nil {
		return err
	}
	dir, base := w.parent(name)
	if dir != nil && dir.entries[base] != nil {
		w.do(dir, func(copy func(*node) *node) { delete(copy(dir).entries, base) })
	}
	return nil
}

func (w *world) hold(string) (func(), error) { return func() {}, nil }

func (w *world) sync(n *node) {
	for i := range w.changes {
		if w.changes[i].of == n {
			w.changes[i].lasts = true
		}
	}
}

func (w *world) syncFolder(name string) error {
	if err := w.call(); err != nil || w.lazy == "folder" {
		return err
	}
	w.sync(w.find(name))
	return nil
}

func (w *world) syncTree(name string) error {
	if err := w.call(); err != nil || w.lazy == "tree" {
		return err
	}
	var all func(n *node)
	all = func(n *node) {
		w.sync(n)
		for _, below := range n.entries {
			all(below)
		}
	}
	all(w.find(name))
	return nil
}

type openNode struct {
	w *world
	n *node
}

func (o *openNode) Write(p []byte) (int, error) {
	if err := o.w.call(); err != nil {
		return 0, err
	}
	at, text := len(o.n.text), string(p)
	o.w.do(o.n, func(copy func(*node) *node) {
		c := copy(o.n)
		c.text += strings.Repeat("\x00", at-min(at, len(c.text))) + text // what was not written is zeros
	})
	return len(p), nil
}

func (o *openNode) WriteAt([]byte, int64) (int, error) { panic("not needed") }
func (o *openNode) Truncate(int64) error               { panic("not needed") }
func (o *openNode) adopt(fs.FileInfo) error            { return o.w.call() }
func (o *openNode) Close() error                       { return nil }

func (o *openNode) Sync() error {
	if err := o.w.call(); err != nil || o.w.lazy == "file" {
		return err
	}
	o.w.sync(o.n)
	return nil
}

type nodeInfo struct{ n *node }

func (i nodeInfo) Name() string       { return "" }
func (i nodeInfo) Size() int64        { return int64(len(i.n.text)) }
func (i nodeInfo) Mode() fs.FileMode  { return 0 }
func (i nodeInfo) ModTime() time.Time { return time.Time{} }
func (i nodeInfo) IsDir() bool        { return i.n.folder }
func (i nodeInfo) Sys() any           { return nil }

// after calls look with what the disk may hold when the power is back: for
// every choice of the changes that no sync has made last.
func (w *world) after(t *testing.T, look func(root *node)) {
	t.Helper()
	open := 0
	for _, c := range w.changes {
		if !c.lasts {
			open++
		}
	}
	if open > 14 {
		t.Fatalf("%d changes were not synced, too many to try", open)
	}
	for chosen := range 1 << open {
		copies := map[*node]*node{}
		copy := func(n *node) *node {
			if copies[n] == nil {
				copies[n] = newNode(n.folder)
			}
			return copies[n]
		}
		k := 0
		for _, c := range w.changes {
			if !c.lasts {
				k++
			}
			if c.lasts || chosen>>(k-1)&1 == 1 {
				c.apply(copy)
			}
		}
		look(copy(w.root))
	}
}

// content returns the files in a folder and below, but for temporary ones.
func content(n *node) string {
	if n == nil {
		return "nothing"
	}
	if !n.folder {
		return n.text
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(n.entries)) {
		if !Temporary(name) {
			all = append(all, name+"="+content(n.entries[name]))
		}
	}
	return "{" + strings.Join(all, " ") + "}"
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// A replacement is a use of the package, what stands in the folder before, and
// what may stand there after a cut.
type replacement struct {
	before map[string]string
	run    func(s system) error
	want   []string // at any moment; the last when it is done
	lazy   []string // the syncs that it cannot do without
}

func replacements() map[string]replacement {
	return map[string]replacement{
		"new": {
			run:  func(s system) error { return writeAll(s, []Content{{"/d/a", text("NEW")}}) },
			want: []string{"{}", "{a=NEW}"},
			lazy: []string{"file", "folder"},
		},
		"old": {
			before: map[string]string{"a": "old", "b": "other"},
			run:    func(s system) error { return writeAll(s, []Content{{"/d/a", text("NEW")}}) },
			want:   []string{"{a=old b=other}", "{a=NEW b=other}"},
			lazy:   []string{"file", "folder"},
		},
		"commit": {
			before: map[string]string{"a": "old"},
			run: func(s system) error {
				f, err := create(s, "/d/a")
				if err != nil {
					return err
				}
				for _, part := range []string{"N", "E", "W"} {
					if _, err := f.Write([]byte(part)); err != nil {
						return errors.Join(err, f.Discard())
					}
				}
				return f.Commit()
			},
			want: []string{"{a=old}", "{a=NEW}"},
			lazy: []string{"file", "folder"},
		},
		"several": {
			before: map[string]string{"a": "old"},
			run: func(s system) error {
				return writeAll(s, []Content{{"/d/a", text("NEW")}, {"/d/b", text("NEW")}})
			},
			want: []string{"{a=old}", "{a=NEW}", "{a=old b=NEW}", "{a=NEW b=NEW}"},
			lazy: []string{"file", "folder"},
		},
		"folder": {
			run: func(s system) error {
				f, err := newFolder(s, "/d/set")
				if err != nil {
					return err
				}
				if err := fill(s, f.Path); err != nil {
					return errors.Join(err, f.Discard())
				}
				return f.Commit()
			},
			want: []string{"{}", "{set={raw={x=12} y=34}}"},
			lazy: []string{"tree", "folder"},
		},
	}
}

// fill writes files as any program does.
func fill(s system, dir string) error {
	if err := s.mkdir(filepath.Join(dir, "raw"), 0o777); err != nil {
		return err
	}
	for name, text := range map[string]string{"raw/x": "12", "y": "34"} {
		f, err := s.create(filepath.Join(dir, name), 0o666)
		if err != nil {
			return err
		}
		if _, err := f.Write([]byte(text)); err != nil {
			return err
		}
	}
	return nil
}

// start returns a world with /d and what stands in it, on the disk.
func (r replacement) start(t *testing.T, cut int, lazy string) *world {
	t.Helper()
	w := newWorld()
	if err := w.mkdir("/d", 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range r.before {
		f, err := w.create("/d/"+name, 0o666)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range w.changes {
		w.changes[i].lasts = true
	}
	w.calls, w.cut, w.lazy = 0, cut, lazy
	return w
}

// faults returns what a cut after each call, and one after the end, may leave
// that must not be.
func (r replacement) faults(t *testing.T, lazy string) (all []string) {
	whole := r.start(t, -1, lazy)
	if err := r.run(whole); err != nil {
		t.Fatal(err)
	}
	if got := content(whole.find("/d")); got != r.want[len(r.want)-1] {
		t.Fatalf("it comes to %s, want %s", got, r.want[len(r.want)-1])
	}
	for cut := range whole.calls + 1 {
		w := r.start(t, cut, lazy)
		err := r.run(w)
		w.after(t, func(root *node) {
			got := content(root.entries["d"])
			if !slices.Contains(r.want, got) || err == nil && got != r.want[len(r.want)-1] {
				all = append(all, fmt.Sprintf("cut after %d calls of %d (error %v): %s", cut, whole.calls, err, got))
			}
		})
	}
	return all
}

// The power is cut after every call to the system, and the disk has kept any of
// the changes that were not synced: a name stands for all of the old or all of
// the new, and after success for the new.
func TestPowerCut(t *testing.T) {
	for name, r := range replacements() {
		t.Run("kind="+name, func(t *testing.T) {
			for _, fault := range r.faults(t, "") {
				t.Error(fault)
			}
		})
	}
}

// On a disk that syncs nothing the test above finds faults: it looks.
func TestPowerCutOfLazyDisk(t *testing.T) {
	for name, r := range replacements() {
		for _, lazy := range r.lazy {
			t.Run("kind="+name+"/lazy="+lazy, func(t *testing.T) {
				if len(r.faults(t, lazy)) == 0 {
					t.Error("no fault is found where nothing is synced")
				}
			})
		}
	}
}
