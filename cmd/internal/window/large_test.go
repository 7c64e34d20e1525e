package window

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"abkd/gnn/synth/disk"
	"abkd/internal/machine"
	"abkd/internal/show"
	"abkd/sim/lesson"
	"abkd/sim/scene"
	"abkd/sim/wire"
)

var largeGraph = flag.String("graph", "", "`folder` of the graph of TestLarge, as \"abkd synth\" writes it (default: a small one of OGBN-Mag's shape)")

// TestLarge opens the folder of a graph of OGBN-Mag's shape, trains on it, and is
// driven by keys and pointer through every scene, from node to node and back in time
// to the same weights, in both languages, in the light and in the dark. With -v it
// says what that takes.
func TestLarge(t *testing.T) {
	name := *largeGraph
	if name == "" {
		name = filepath.Join(t.TempDir(), "mag")
		if _, err := disk.WriteShape(name, "mag", 0.002, 1, nil); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Dir(name))
	openWindow(t, t.TempDir(), "", plainly)
	d := drive(t)
	if *largeGraph != "" {
		d.patience *= 10
	}
	d.click("path")
	d.write(filepath.Base(name))
	begin := time.Now()
	d.press("Enter")
	d.until("the graph is trained on", func(w *Window) bool { return w.snapshot != nil })
	t.Logf("from the name to a picture: %.1f s", time.Since(begin).Seconds())
	for _, set := range [][2]string{{"teacher-epochs", "2"}, {"epochs", "3"}} {
		inside(func() { on.window.set(set[0], set[1]) })
		d.until("it is set", func(w *Window) bool { return strings.Contains(w.snapshot.Experiment+"&", "&"+set[0]+"="+set[1]+"&") })
	}
	d.measureTraining(t)
	d.goesBack(t)
	d.walksFar(t)
	if *largeGraph != "" { // of a small one TestScenes does
		d.tellsAll(t, "light-en")
	}
	d.click("language")
	d.click("theme")
	d.until("it is dark and Chinese", func(w *Window) bool { return w.theme() == scene.Dark && w.speech.Tag == "zh-Hans" && !w.stale })
	d.tellsAll(t, "dark-zh")
	if peak, ok := machine.PeakMemory(); ok {
		t.Logf("most memory, the tests' included: %s", show.Bytes(peak))
	}
}

// measureTraining waits until a run is over, and says how fast it and the window went.
func (d *driver) measureTraining(t *testing.T) {
	t.Helper()
	d.until("a student learns", func(w *Window) bool { return w.snapshot.Phase >= wire.Distilling && w.snapshot.Epochs == 3 })
	rates, seen := 0.0, 0
	first, begin := epoch(), time.Now()
	d.until("the run is over", func(w *Window) bool {
		rates, seen = rates+ebiten.ActualFPS(), seen+1
		return w.snapshot.Phase == wire.Finished
	})
	t.Logf("%.0f frames/s while it trains, %.3g epochs/s", rates/float64(seen), float64(epoch()-first)/time.Since(begin).Seconds())
	if part := now(func(w *Window) int { return w.snapshot.Graph.Part }); (part > 0) != (*largeGraph != "") {
		t.Errorf("the part that is shown has %d nodes, want that to be said of a large graph alone", part)
	}
}

// goesBack goes back by keys and by the timeline, and on to the same weights.
func (d *driver) goesBack(t *testing.T) {
	t.Helper()
	last, want := epoch(), hash()
	ends := func() {
		t.Helper()
		d.press("Space")
		d.until("the run is over again", func(w *Window) bool { return w.snapshot.Phase == wire.Finished && w.snapshot.Epoch == last })
		if got := hash(); got != want {
			t.Errorf("the hash is %x, want %x as before", got, want)
		}
	}
	d.press("Left", "Left")
	d.standsAt(last - 2)
	if hash() == want {
		t.Error("two epochs back the weights are the same")
	}
	ends()
	d.until("the timeline is laid out", func(w *Window) bool { return !w.stale && w.fresh == 0 })
	line := now((*Window).timelineAt)
	d.clickAt(line.Min.X+line.Dx()*2/5, (line.Min.Y+line.Max.Y)/2)
	d.until("it has gone back by the timeline", func(w *Window) bool { return w.snapshot.Epoch == 1 && !w.scrub.asked })
	ends()
}

// walksFar goes to a node by its number, on to a neighbour, and back.
func (d *driver) walksFar(t *testing.T) {
	t.Helper()
	focus := func() int { return now(func(w *Window) int { return w.snapshot.Graph.Nodes[0].ID }) }
	first := focus()
	d.press("Control+f")
	d.click("find")
	d.write("1234")
	d.press("Enter")
	d.click("found 1234")
	d.until("it is in focus", func(w *Window) bool { return w.snapshot.Graph.Nodes[0].ID == 1234 })
	d.shot("large-nodes")
	neighbour := ""
	d.until("a neighbour is a button", func(w *Window) bool {
		for id := range w.kit.found {
			if strings.HasPrefix(id, "neighbour ") && !w.stale {
				neighbour = id
			}
		}
		return neighbour != ""
	})
	d.click(neighbour)
	d.until("the neighbour is in focus", func(w *Window) bool { return w.snapshot.Graph.Nodes[0].ID != 1234 && len(w.walked) == 2 })
	d.press("Escape", "Backspace", "Backspace")
	d.until("it is back where it began", func(w *Window) bool { return w.snapshot.Graph.Nodes[0].ID == first })
}

// tellsAll goes through all scenes by their keys.
func (d *driver) tellsAll(t *testing.T, looks string) {
	t.Helper()
	for i, s := range lesson.Scenes() {
		d.press(string(rune('0' + i)))
		d.until("the scene "+s.ID+" is told", func(w *Window) bool {
			return w.state.Scene == s.ID && !w.stale && !w.game.Moving() && !w.game.Flocking()
		})
		frames(4)
		m := d.shot("large-" + looks + "-" + s.ID)
		if n := colours(m, at(picture)); n < 20 && s.Frame != lesson.Race && s.Frame != lesson.Frontier {
			t.Errorf("scene %s, %s: its picture has %d colours", s.ID, looks, n)
		}
		if n := colours(m, at(panel)); n < 10 {
			t.Errorf("scene %s, %s: its story has %d colours", s.ID, looks, n)
		}
	}
}
