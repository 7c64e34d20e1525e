package window

import (
	"bytes"
	"encoding/csv"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abkd/cmd/internal/keep"
	"abkd/cmd/internal/native"
	"abkd/gnn"
	"abkd/sim/lesson"
	"abkd/sim/memory"
	"abkd/sim/scene"
	"abkd/sim/wire"
)

// plainly is a window in English without motion, whose run goes as fast as it can.
func plainly(s *keep.State) { s.Looks.Language, s.Looks.Still, s.Speed = "en", true, 0 }

// colours counts the colours in a part of the window.
func colours(m *image.RGBA, in image.Rectangle) int {
	seen := map[color.RGBA]bool{}
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			seen[m.RGBAAt(x, y)] = true
		}
	}
	return len(seen)
}

func at(part func(f *frame) image.Rectangle) image.Rectangle {
	return now(func(w *Window) image.Rectangle { return part(&w.places) })
}

var (
	picture = func(f *frame) image.Rectangle { return f.picture }
	panel   = func(f *frame) image.Rectangle { return f.panel }
	curves  = func(f *frame) image.Rectangle { return f.curves }
)

func hash() uint64 { return now(func(w *Window) uint64 { return w.snapshot.Hash }) }
func epoch() int   { return now(func(w *Window) int { return w.snapshot.Epoch }) }

// standsAt waits until the run stands after an epoch.
func (d *driver) standsAt(n int) {
	d.t.Helper()
	d.until("the run stands at that epoch", func(w *Window) bool { return !w.snapshot.Running && w.snapshot.Epoch == n })
}

// trains waits until the students have learned for nine epochs, and no more.
func (d *driver) trains() {
	d.t.Helper()
	d.until("it trains", func(w *Window) bool { return w.snapshot != nil })
	inside(func() { on.window.set("epochs", "9") })
	d.until("it is over", func(w *Window) bool { return w.snapshot.Phase == wire.Finished && w.snapshot.Epochs == 9 })
}

// TestScenes drives a run by keys and pointer through every scene, and goes back and on
// to the same weights.
func TestScenes(t *testing.T) {
	openWindow(t, t.TempDir(), native.Made(300), plainly)
	d := drive(t)
	d.trains()
	last, want := epoch(), hash()
	d.press("Left", ",")
	d.standsAt(last - 2)
	if hash() == want {
		t.Error("two epochs back the weights are the same")
	}
	d.press("Right", ".")
	d.standsAt(last)
	if got := hash(); got != want {
		t.Errorf("back and on again the hash is %x, want %x", got, want)
	}
	line := now((*Window).timelineAt)
	d.clickAt(line.Min.X+line.Dx()/3, (line.Min.Y+line.Max.Y)/2)
	d.until("it has gone back by the timeline", func(w *Window) bool { return w.snapshot.Epoch == 3 && !w.scrub.asked })
	for e := epoch(); e < last; e++ {
		d.press(".")
		d.standsAt(e + 1)
	}
	if got := hash(); got != want {
		t.Errorf("on from where the timeline led the hash is %x, want %x", got, want)
	}
	for i, s := range lesson.Scenes() {
		d.press(string(rune('0' + i)))
		d.until("the scene "+s.ID+" is told", func(w *Window) bool { return w.state.Scene == s.ID && !w.game.Moving() && !w.game.Flocking() })
		if n := colours(d.shot("scene-"+s.ID), at(picture)); n < 20 && s.Frame != lesson.Race && s.Frame != lesson.Frontier {
			t.Errorf("scene %s: its picture has %d colours", s.ID, n)
		}
	}
	d.press("n")
	d.until("the story goes on", func(w *Window) bool { return w.state.Step == 1 })
	d.press("b", "b")
	d.until("it goes back to the scene before", func(w *Window) bool {
		return w.state.Scene == "frontier" && w.state.Step == len(w.scene().Steps)-1
	})
}

// TestInspects opens the arithmetic of a cell by the pointer, and goes through its
// quantities by the keyboard alone.
func TestInspects(t *testing.T) {
	openWindow(t, t.TempDir(), "karate", plainly)
	d := drive(t)
	d.trains()
	d.press("6")
	d.until("the matrices are there", func(w *Window) bool {
		return !w.snapshot.Running && w.state.Scene == "alignment" && !w.game.Moving() && len(w.game.Places()) > 0
	})
	frames(10)
	place := now(func(w *Window) [2]float64 { return w.game.Places()["cell 1 0"] })
	in := at(picture)
	d.clickAt(in.Min.X+int(place[0]), in.Min.Y+int(place[1]))
	d.until("the arithmetic is there", func(w *Window) bool {
		now := w.inspection()
		return now != nil && now.Error == "" && len(now.Quantities) > 5 && w.kit.found["values"] != nil
	})
	m := d.shot("inspector")
	if n := count(m, at(panel), palettes[scene.Light].ink); n < 250 {
		t.Errorf("the inspector has %d pixels of ink", n)
	}
	text := now((*Window).arithmetic)
	a := now(func(w *Window) float32 { return w.snapshot.A.Row(1)[0] })
	if exact := strings.TrimRight(strings.TrimSpace(strings.Split(text, "\n")[0]), "."); exact == "" || !strings.Contains(text, "softmax") {
		t.Errorf("the arithmetic of A = %g says %.200s", a, text)
	}
	before := now(func(w *Window) int { return w.quantityAt(w.inspection()) })
	d.until("a button has the keyboard", func(w *Window) bool {
		if w.focusedID() == "quantity before" {
			return true
		}
		w.ui.ChangeFocus(0)
		return false
	})
	d.press("Enter")
	d.until("the step before is shown", func(w *Window) bool { return w.quantityAt(w.inspection()) == before-1 })
	d.press("Escape", "Escape")
	d.until("it is closed", func(w *Window) bool { return w.tab == storyTab && w.inspected.Kind == "" })
}

// TestControls changes settings by the pointer and by typing, and is told what is no
// value.
func TestControls(t *testing.T) {
	openWindow(t, t.TempDir(), "karate", plainly)
	d := drive(t)
	d.until("it trains", func(w *Window) bool { return w.snapshot != nil && w.snapshot.Epoch >= 3 })
	d.press("s")
	d.until("settings are shown", func(w *Window) bool { return w.tab == settingsTab && w.kit.found["control hidden less"] != nil })
	m := d.shot("controls")
	if n := count(m, at(panel), palettes[scene.Light].ink); n < 250 {
		t.Errorf("the controls have %d pixels of ink", n)
	}
	if n := count(m, at(curves), palettes[scene.Light].teacher) + count(m, at(curves), palettes[scene.Light].taught); n < 500 {
		t.Errorf("the curves have %d pixels in the colours of models", n)
	}
	d.click("control hidden less")
	d.until("the student is narrower", func(w *Window) bool { return strings.Contains(w.snapshot.Experiment, "&hidden=3") })
	d.click("control criterion")
	d.click("control criterion kd")
	d.until("the criterion is another", func(w *Window) bool { return strings.Contains(w.snapshot.Experiment, "criterion=kd") })
	d.click("control seed")
	d.press("Control+a")
	d.write("77")
	d.press("Enter")
	d.until("the seed is another", func(w *Window) bool { return w.snapshot.Seed == 77 })
	d.click("control epochs")
	d.press("Control+a")
	d.write("none")
	d.press("Enter")
	d.until("a value that is none is refused", func(w *Window) bool { return strings.Contains(w.notice, "“none”") })
	d.press("Escape", "Escape", "?")
	d.until("the keys are shown", func(w *Window) bool { return w.help && !w.stale })
	d.shot("keys")
	d.press("?")
}

// TestWalks looks for a node, walks to it and to a neighbour, and back.
func TestWalks(t *testing.T) {
	openWindow(t, t.TempDir(), native.Made(300), plainly)
	d := drive(t)
	d.until("it trains", func(w *Window) bool { return w.snapshot != nil && w.snapshot.Epoch >= 1 })
	d.press("Control+f")
	d.click("find")
	d.write("17")
	d.press("Enter")
	d.until("nodes are found", func(w *Window) bool { return w.snapshot.Found.Text == "17" && w.kit.found["found 17"] != nil })
	first := now(func(w *Window) int { return w.snapshot.Graph.Nodes[0].ID })
	d.click("found 17")
	d.until("it is in focus", func(w *Window) bool { return w.snapshot.Graph.Nodes[0].ID == 17 })
	d.shot("nodes")
	neighbour := ""
	d.until("a neighbour is a button", func(w *Window) bool {
		if w.stale {
			return false
		}
		for id := range w.kit.found {
			if strings.HasPrefix(id, "neighbour ") {
				neighbour = id
			}
		}
		return neighbour != ""
	})
	d.click(neighbour)
	d.until("the neighbour is in focus", func(w *Window) bool { return w.snapshot.Graph.Nodes[0].ID != 17 && len(w.walked) == 2 })
	d.press("Escape", "Control+f")
	d.press("Backspace", "Backspace")
	d.until("it is back where it began", func(w *Window) bool { return w.snapshot.Graph.Nodes[0].ID == first })
}

// TestLooks speaks Chinese, in the dark, in large letters.
func TestLooks(t *testing.T) {
	dir := t.TempDir()
	closing := openWindow(t, dir, "debian-mini", plainly)
	d := drive(t)
	d.trains()
	light := d.shot("light-en")
	d.click("language")
	d.until("it speaks Chinese", func(w *Window) bool { return w.speech.Tag == "zh-Hans" && !w.stale })
	d.shot("light-zh")
	d.click("theme")
	d.until("it is dark", func(w *Window) bool { return w.theme() == scene.Dark && !w.stale })
	d.press("6", "s")
	d.until("settings are shown", func(w *Window) bool { return w.tab == settingsTab && !w.game.Moving() })
	dark := d.shot("dark-zh")
	if a, b := light.RGBAAt(1275, 795), dark.RGBAAt(1275, 795); a == b || b != color.RGBA(palettes[scene.Dark].panel) {
		t.Errorf("a corner is %v and in the dark %v, want the colours of the themes", a, b)
	}
	d.press("s")
	d.click("size")
	d.until("letters are larger", func(w *Window) bool { return w.state.Looks.Size == 1.25 && !w.stale })
	d.shot("large-zh")
	closing()
	openWindow(t, dir, "", nil)
	d = drive(t)
	d.until("the looks are those of before", func(w *Window) bool {
		return w.speech.Tag == "zh-Hans" && w.theme() == scene.Dark && w.state.Looks.Size == 1.25 && w.snapshot != nil
	})
}

// TestSaves saves everything, and reads it again.
func TestSaves(t *testing.T) {
	out := t.TempDir()
	openWindow(t, t.TempDir(), "karate", func(s *keep.State) {
		plainly(s)
		s.Folder = out
	})
	d := drive(t)
	d.trains()
	d.press("Control+s")
	read := func(button, ending string) []byte {
		t.Helper()
		d.click("save " + button)
		d.until("it is saved", func(w *Window) bool { return strings.Contains(w.notice, ending) })
		names, _ := filepath.Glob(filepath.Join(out, "abkd-karate-*"+ending))
		if len(names) != 1 {
			t.Fatalf("%q ends with %s", names, ending)
		}
		b, err := os.ReadFile(names[0])
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	said := strings.TrimSpace(string(read("experiment", ".experiment")))
	if want := now(func(w *Window) string { return w.snapshot.Experiment }); said != want {
		t.Errorf("the experiment is %q, want %q", said, want)
	}
	if m, err := png.Decode(bytes.NewReader(read("png", ".png"))); err != nil || m.Bounds().Dx() < 400 {
		t.Errorf("the PNG: %v", err)
	}
	if svg := read("svg", ".svg"); !bytes.HasPrefix(svg, []byte("<svg")) {
		t.Errorf("the SVG begins with %.20q", svg)
	}
	rows, err := csv.NewReader(bytes.NewReader(read("csv", ".csv"))).ReadAll()
	if want := 1 + 2*epoch(); err != nil || len(rows) != want {
		t.Errorf("the curves have %d rows (%v), want %d", len(rows), err, want)
	}
	graph := now(func(w *Window) *native.Graph { return w.graph })
	if m, err := gnn.Read(read("weights", ".safetensors"), graph.Pack.Graph); err != nil || m.Config().Hidden != 4 {
		t.Errorf("the weights: %v", err)
	}
	read("checkpoint", ".checkpoint")
	want, at := hash(), epoch()
	names, _ := filepath.Glob(filepath.Join(out, "*.checkpoint"))
	d.press("Escape", "Left", "Left")
	d.standsAt(at - 2)
	d.press("Control+s")
	d.until("there is a field", func(w *Window) bool { return !w.stale && w.tab == filesTab && w.kit.found["load"] != nil })
	inside(func() { on.window.load(names[0]) })
	d.standsAt(at)
	if got := hash(); got != want {
		t.Errorf("from its checkpoint the run has hash %x, want %x", got, want)
	}
	inside(func() { on.window.state.Folder = filepath.Join(out, "none") })
	d.click("save svg")
	d.until("it is told that nothing was saved", func(w *Window) bool { return strings.Contains(w.notice, "was not saved") })
}

// TestReopens closes the window while it trains, and goes on from there in another.
func TestReopens(t *testing.T) {
	dir := t.TempDir()
	closing := openWindow(t, dir, native.Made(300), func(s *keep.State) {
		plainly(s)
		s.Speed = 3
	})
	d := drive(t)
	d.until("it trains", func(w *Window) bool { return w.snapshot != nil && w.snapshot.Epoch >= 2 })
	if _, _, err := keep.Open(dir); err == nil {
		t.Error("a second window has the folder too")
	}
	d.press("2", "n")
	d.until("the story is at its second step", func(w *Window) bool { return w.state.Step == 1 })
	closing()
	kept, state, err := keep.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	kept.Close()
	if !state.Running || state.Run == "" || state.Scene != "depth" || state.Step != 1 {
		t.Fatalf("%+v is kept", state)
	}
	closing = openWindow(t, dir, "", func(s *keep.State) { s.Running = false })
	d = drive(t)
	d.until("it stands where it was", func(w *Window) bool { return w.snapshot != nil && w.snapshot.Epoch >= 2 })
	if got := state.Run; !strings.Contains(got, now(func(w *Window) string { return hex16(w.snapshot.Hash) })) {
		t.Errorf("it goes on at another state than %s", got)
	}
	closing()
	openWindow(t, dir, "", func(s *keep.State) { s.Running = true })
	d = drive(t)
	d.until("it goes on by itself", func(w *Window) bool { return w.snapshot != nil && w.snapshot.Running })
}

func hex16(v uint64) string {
	const digits = "0123456789abcdef"
	b := make([]byte, 16)
	for i := range b {
		b[15-i] = digits[v>>(4*i)&15]
	}
	return string(b)
}

// TestRefuses opens what is no graph, or too large a one: a sentence says so, and what
// was there goes on.
func TestRefuses(t *testing.T) {
	openWindow(t, t.TempDir(), "", plainly)
	d := drive(t)
	empty := t.TempDir()
	broken := filepath.Join(empty, "broken.pack")
	if err := os.WriteFile(broken, []byte("ABKDPACK and no more"), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		filepath.Join(empty, "none"): "not there",
		empty:                        "not opened",
		broken:                       "broken.pack",
	} {
		inside(func() { on.window.open(name, false) })
		d.until("it is refused", func(w *Window) bool { return w.opening == "" && strings.Contains(w.notice, want) })
	}
	d.shot("refused")
	inside(func() {
		on.window.may = memory.Allow(40<<20, "this test")
		on.window.trainer.Close()
		on.window.trainer = native.New(on.window.front, 40<<20-memory.Program)
		on.window.open(native.Made(4000), false)
	})
	d.until("it is too large", func(w *Window) bool {
		return strings.Contains(w.notice, "models") && strings.Contains(w.notice, "choose")
	})
	d.shot("too-large")
}
