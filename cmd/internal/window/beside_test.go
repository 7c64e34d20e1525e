package window

import (
	"image"
	"slices"
	"strings"
	"testing"

	"abkd/sim/scene"
	"abkd/sim/wire"
)

// both waits until A and B are shown at an epoch of a run that is set so, and returns
// them.
func (d *driver) both(epoch int, set string) (a, b *wire.Snapshot) {
	d.t.Helper()
	d.until("both are shown", func(w *Window) bool {
		a, b = w.beside.pair[0], w.beside.pair[1]
		return !w.stale && a != nil && b == w.snapshot && !b.Running && a.Epoch == epoch && b.Epoch == epoch && strings.Contains(b.Experiment, set)
	})
	return a, b
}

// TestBeside keeps a run as A by its key and changes one thing: both are what they are
// alone, at every epoch, in the picture, in words and in the next window.
func TestBeside(t *testing.T) {
	dir := t.TempDir()
	closing := openWindow(t, dir, "karate", plainly)
	d := drive(t)
	d.trains()
	alone := now(func(w *Window) *wire.Snapshot { return w.snapshot })
	d.press("6", "a")
	a, b := d.both(9, "")
	if a.Hash != alone.Hash || b.Hash != alone.Hash {
		t.Errorf("the hashes of A and B are %x and %x, want %x", a.Hash, b.Hash, alone.Hash)
	}
	if said := now((*Window).standing) + now((*Window).difference); !strings.Contains(said, "level at epoch 9") || !strings.Contains(said, "B is still the same") {
		t.Errorf("of two that are the same it is said %q", said)
	}
	inside(func() { on.window.set("hidden", "8") })
	a, changed := d.both(9, "&hidden=8")
	if a.Hash != alone.Hash || changed.Hash == alone.Hash {
		t.Errorf("beside a changed run the hash of A is %x, want %x", a.Hash, alone.Hash)
	}
	if said := now((*Window).difference); !strings.HasPrefix(said, "B has Student width: 8, A: 4.") {
		t.Errorf("the difference is %q", said)
	}
	d.press("Left", "Left")
	if a, b = d.both(7, "&hidden=8"); a.Hash == alone.Hash {
		t.Error("A has not gone back")
	}
	if said := now(func(w *Window) string { return w.beside.said.Label }); !strings.Contains(said, "at epoch 7") {
		t.Errorf("at epoch 7 it is said %q", said)
	}
	m := d.shot("beside")
	if texts := now(func(w *Window) []string { return w.game.Texts() }); !slices.Contains(texts, "A") || !slices.Contains(texts, "B") {
		t.Errorf("the picture names no runs: %q", texts)
	}
	if n := count(m, at(func(f *frame) image.Rectangle { return f.beside }), palettes[scene.Light].ink); n < 150 {
		t.Errorf("what is said of both has %d pixels of ink", n)
	}
	d.press("7")
	d.until("a scene of many runs has B alone", func(w *Window) bool { return !w.stale && !slices.Contains(w.game.Texts(), "B") })
	d.press("6")

	d.click("beside swap")
	if x, y := d.both(7, ""); x.Hash != b.Hash || y.Hash != a.Hash || strings.Contains(y.Experiment, "&hidden=8") {
		t.Errorf("swapped the hashes are %x and %x, want %x and %x", x.Hash, y.Hash, b.Hash, a.Hash)
	}
	closing()
	openWindow(t, dir, "", nil)
	d = drive(t)
	if x, y := d.both(7, ""); x.Hash != b.Hash || y.Hash != a.Hash {
		t.Errorf("in the next window the hashes are %x and %x, want %x and %x", x.Hash, y.Hash, b.Hash, a.Hash)
	}
	d.press("a")
	d.until("A is left", func(w *Window) bool {
		return !w.stale && w.beside.trainer == nil && w.kit.found["beside swap"] == nil && !slices.Contains(w.game.Texts(), "B")
	})
}
