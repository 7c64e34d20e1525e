package window

import (
	"image"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"abkd/internal/ostest"
	"abkd/sim/scene"
)

// TestHiDPI runs itself on a display that is twice as fine: there texts, borders and
// the picture have twice the pixels, and the pointer hits what it is on.
func TestHiDPI(t *testing.T) {
	if ebiten.Monitor().DeviceScaleFactor() == 1 {
		display, _ := ostest.Display(t)
		conn := refine(t, display)
		defer conn.Close()
		cmd := exec.Command(os.Args[0], "-test.run=^TestHiDPI$", "-test.v")
		cmd.Env = append(os.Environ(), "DISPLAY="+display)
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestHiDPI") {
			t.Errorf("on the fine display: %v\n%s", err, out)
		}
		return
	}
	openWindow(t, t.TempDir(), "karate", plainly)
	d := drive(t)
	d.trains()
	d.press("6")
	d.until("the matrices are there", func(w *Window) bool {
		return w.state.Scene == "alignment" && !w.stale && !w.game.Moving() && len(w.game.Places()) > 0
	})
	m := d.shot("hidpi")
	if m.Bounds().Dx() != 2560 || m.Bounds().Dy() != 1600 {
		t.Fatalf("the window is %v, want 2560 x 1600", m.Bounds())
	}
	inside(func() {
		w := on.window
		one, err := newKit(scene.Light, 1, w.painter)
		if err != nil {
			t.Error(err)
			return
		}
		if ratio := w.kit.width("karate", strong) / one.width("karate", strong); math.Abs(ratio-2) > 0.1 {
			t.Errorf("a text is %.3g times as wide, want 2", ratio)
		}
		if w.canvas.Bounds().Size() != w.places.picture.Size() {
			t.Errorf("the picture has %v pixels at a place of %v", w.canvas.Bounds().Size(), w.places.picture.Size())
		}
		button, colours := w.kit.found["graph"].GetWidget().Rect, palettes[scene.Light]
		middle := (button.Min.Y + button.Max.Y) / 2
		left := image.Rect(button.Min.X, middle, button.Min.X+3, middle+1)
		if button.Dy() < 2*30 || count(m, left, colours.strong) != 2 {
			t.Errorf("the border of a button of %v is not 2 pixels wide", button)
		}
	})
	before := epoch()
	d.click("back")
	d.standsAt(before - 1)
	place, in := now(func(w *Window) [2]float64 { return w.game.Places()["cell 1 0"] }), at(picture)
	d.clickAt(in.Min.X+int(2*place[0]), in.Min.Y+int(2*place[1]))
	d.until("the pointer hits a cell", func(w *Window) bool { return w.inspected.String() == "cell 1 0" })
}

// refine has the screen of a display hold 192 pixels an inch, as desktops say it, for
// as long as the connection is there.
func refine(t *testing.T, display string) *xgb.Conn {
	t.Helper()
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		t.Fatal(err)
	}
	root, text := xproto.Setup(conn).DefaultScreen(conn).Root, "Xft.dpi:\t192\n"
	if err := xproto.ChangePropertyChecked(conn, xproto.PropModeReplace, root, xproto.AtomResourceManager, xproto.AtomString, 8, uint32(len(text)), []byte(text)).Check(); err != nil {
		t.Fatal(err)
	}
	return conn
}
