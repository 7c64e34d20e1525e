package window

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"abkd/cmd/internal/keep"
	"abkd/sim/memory"
	"abkd/sim/wire"
)

// A stage is the ebiten game that the tests run in: it shows the window of the test
// that runs, which another goroutine drives by the keys and the pointer of the display.
type stage struct {
	window *Window
	do     chan func()
	over   chan int
	code   int
}

var on = &stage{do: make(chan func()), over: make(chan int, 1)}

func (s *stage) Update() error {
	for {
		select {
		case f := <-s.do:
			f()
			continue
		case s.code = <-s.over:
			return ebiten.Termination
		default:
		}
		break
	}
	if s.window == nil {
		return nil
	}
	return s.window.Update()
}

func (s *stage) Draw(screen *ebiten.Image) {
	if s.window != nil {
		s.window.Draw(screen)
	}
}

func (s *stage) LayoutF(w, h float64) (float64, float64) {
	if s.window == nil {
		return w, h
	}
	return s.window.LayoutF(w, h)
}

func (s *stage) Layout(w, h int) (int, int) { return w, h }

// inside runs f between two frames, in the thread that draws.
func inside(f func()) {
	done := make(chan struct{})
	on.do <- func() {
		defer close(done)
		f()
	}
	<-done
}

const title = "ABKD Lab under test"

func TestMain(m *testing.M) {
	flag.Parse()
	if runtime.GOOS != "linux" || os.Getenv("DISPLAY") == "" {
		fmt.Println("SKIP: window: no X display to press keys on; run these tests under xvfb-run")
		os.Exit(0)
	}
	ebiten.SetWindowTitle(title)
	ebiten.SetWindowSize(1280, 800)
	ebiten.SetWindowPosition(0, 0)
	ebiten.SetRunnableOnUnfocused(true)
	ebiten.SetScreenClearedEveryFrame(false)
	go func() { on.over <- m.Run() }()
	if err := ebiten.RunGame(on); err != nil {
		fmt.Println("window: the tests' window:", err)
		os.Exit(1)
	}
	os.Exit(on.code)
}

// A driver presses keys and moves the pointer of the display, as a user does.
type driver struct {
	t        *testing.T
	patience time.Duration // for a state to come
	conn     *xgb.Conn
	root     xproto.Window
	window   xproto.Window
	codes    map[xproto.Keysym]struct {
		code  byte
		shift bool
	}
}

// drive finds the window on the display, and gives it the keyboard: there is no
// window manager that would.
func drive(t *testing.T) *driver {
	t.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := xtest.Init(conn); err != nil {
		t.Fatal(err)
	}
	d := &driver{t: t, patience: 2 * time.Minute, conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root}
	for d.window == 0 {
		d.window = d.named(d.root)
	}
	if err := xproto.SetInputFocusChecked(conn, xproto.InputFocusParent, d.window, xproto.TimeCurrentTime).Check(); err != nil {
		t.Fatal(err)
	}
	if err := xproto.ChangeKeyboardControlChecked(conn, xproto.KbAutoRepeatMode, []uint32{xproto.AutoRepeatModeOff}).Check(); err != nil {
		t.Fatal(err) // a slow machine holds keys for long
	}
	d.readKeys()
	return d
}

// named finds the window of the tests below another.
func (d *driver) named(below xproto.Window) xproto.Window {
	tree, err := xproto.QueryTree(d.conn, below).Reply()
	if err != nil {
		return 0
	}
	for _, w := range tree.Children {
		name, err := xproto.GetProperty(d.conn, false, w, xproto.AtomWmName, xproto.GetPropertyTypeAny, 0, 64).Reply()
		if err == nil && string(name.Value) == title {
			return w
		}
		if found := d.named(w); found != 0 {
			return found
		}
	}
	return 0
}

func (d *driver) readKeys() {
	setup := xproto.Setup(d.conn)
	first, n := setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode)
	m, err := xproto.GetKeyboardMapping(d.conn, first, n).Reply()
	if err != nil {
		d.t.Fatal(err)
	}
	d.codes = map[xproto.Keysym]struct {
		code  byte
		shift bool
	}{}
	for i := len(m.Keysyms) - 1; i >= 0; i-- {
		if column := i % int(m.KeysymsPerKeycode); column < 2 {
			key := d.codes[m.Keysyms[i]]
			key.code, key.shift = byte(first)+byte(i/int(m.KeysymsPerKeycode)), column == 1
			d.codes[m.Keysyms[i]] = key
		}
	}
}

// keysyms are the keys that are no characters.
var keysyms = map[string]xproto.Keysym{
	"Space": ' ', "Enter": 0xff0d, "Escape": 0xff1b, "Tab": 0xff09, "Left": 0xff51, "Right": 0xff53, "Backspace": 0xff08,
	"PageDown": 0xff56, "Control": 0xffe3, "Shift": 0xffe1, "Home": 0xff50,
}

func (d *driver) send(kind, detail byte, x, y int16) {
	d.t.Helper()
	if err := xtest.FakeInputChecked(d.conn, kind, detail, 0, d.root, x, y, 0).Check(); err != nil {
		d.t.Fatal(err)
	}
	frames(1)
}

// frames lets the window handle what was sent.
func frames(n int) {
	for range 2 * n {
		time.Sleep(5 * time.Millisecond)
		inside(func() {})
	}
}

// press presses keys, such as "Space" or "Control+f".
func (d *driver) press(keys ...string) {
	d.t.Helper()
	for _, name := range keys {
		parts := strings.Split(name, "+")
		if name == "+" {
			parts = []string{name}
		}
		last := len(parts) - 1
		var held []byte
		for _, p := range parts[:last] {
			held = append(held, d.codes[keysyms[p]].code)
		}
		sym, known := keysyms[parts[last]]
		if !known {
			sym = xproto.Keysym([]rune(parts[last])[0])
		}
		key, known := d.codes[sym]
		if !known {
			d.t.Fatalf("the keyboard has no %q", parts[last])
		}
		if key.shift {
			held = append(held, d.codes[keysyms["Shift"]].code)
		}
		for _, code := range held {
			d.send(xproto.KeyPress, code, 0, 0)
		}
		d.send(xproto.KeyPress, key.code, 0, 0)
		d.send(xproto.KeyRelease, key.code, 0, 0)
		for _, code := range held {
			d.send(xproto.KeyRelease, code, 0, 0)
		}
	}
}

// write types a text.
func (d *driver) write(text string) {
	d.t.Helper()
	for _, r := range text {
		d.press(string(r))
	}
}

// move moves the pointer, in the pixels of the window.
func (d *driver) move(x, y int) {
	d.t.Helper()
	at, err := xproto.TranslateCoordinates(d.conn, d.window, d.root, int16(x), int16(y)).Reply()
	if err != nil {
		d.t.Fatal(err)
	}
	d.send(xproto.MotionNotify, 0, at.DstX, at.DstY)
}

// clickAt clicks.
func (d *driver) clickAt(x, y int) {
	d.t.Helper()
	d.move(x, y)
	d.send(xproto.ButtonPress, 1, 0, 0)
	d.send(xproto.ButtonRelease, 1, 0, 0)
}

// click clicks what has that identifier, scrolled to if need be.
func (d *driver) click(id string) {
	d.t.Helper()
	var at image.Rectangle
	d.until("there is "+id, func(w *Window) bool {
		if w.stale || w.kit == nil || w.kit.found[id] == nil {
			return false
		}
		at = w.kit.found[id].GetWidget().Rect
		for _, s := range w.scrollers() {
			if at.In(s.ContentRect()) && !at.In(s.ViewRect()) {
				w.scrollBy(s, float64(at.Min.Y-s.ViewRect().Min.Y-20)/w.kit.unit)
				return false
			}
		}
		return !at.Empty()
	})
	d.clickAt((at.Min.X+at.Max.X)/2, (at.Min.Y+at.Max.Y)/2)
}

// until waits for a state.
func (d *driver) until(what string, holds func(w *Window) bool) {
	d.t.Helper()
	last := ""
	for begin := time.Now(); ; time.Sleep(15 * time.Millisecond) {
		ok := false
		inside(func() {
			ok = on.window != nil && holds(on.window)
			last = fmt.Sprintf("notice %q, opening %q, snapshot %v", on.window.notice, on.window.opening, where(on.window))
		})
		if ok {
			return
		}
		if time.Since(begin) > d.patience {
			d.t.Fatalf("it never came that %s (%s)", what, last)
		}
	}
}

// now reads the state.
func now[T any](f func(w *Window) T) (v T) {
	inside(func() { v = f(on.window) })
	return v
}

// shot is what the display shows of the window. It is also written to
// $ABKD_SHOTS/name.png if that is set.
func (d *driver) shot(name string) *image.RGBA {
	d.t.Helper()
	frames(6)
	size := now(func(w *Window) [2]int { return w.size })
	reply, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(d.window), 0, 0, uint16(size[0]), uint16(size[1]), 0xffffffff).Reply()
	if err != nil {
		d.t.Fatal(err)
	}
	m := image.NewRGBA(image.Rect(0, 0, size[0], size[1]))
	for i := 0; i+3 < len(m.Pix) && i+3 < len(reply.Data); i += 4 {
		m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = reply.Data[i+2], reply.Data[i+1], reply.Data[i], 255
	}
	if dir := os.Getenv("ABKD_SHOTS"); dir != "" {
		f, err := os.Create(filepath.Join(dir, name+".png"))
		if err != nil {
			d.t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, m); err != nil {
			d.t.Fatal(err)
		}
	}
	return m
}

// count counts the pixels of a colour in a part of the picture.
func count(m *image.RGBA, in image.Rectangle, of color.NRGBA) (n int) {
	in = in.Intersect(m.Bounds())
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			if m.RGBAAt(x, y) == color.RGBA(of) {
				n++
			}
		}
	}
	return n
}

// openWindow opens a window on a folder, and returns what closes it.
func openWindow(t *testing.T, dir, name string, change func(*keep.State)) (closing func()) {
	t.Helper()
	kept, state, err := keep.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&state)
	}
	inside(func() {
		if on.window, err = New(kept, state, Options{name, dir + "-studies", memory.Allow(0, "")}); err == nil {
			on.window.LayoutF(1280, 800)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var closed bool
	closing = func() {
		if closed {
			return
		}
		closed = true
		var w *Window
		inside(func() { w, on.window = on.window, nil })
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(closing)
	return closing
}

// where says how far the run is, for who waits in vain.
func where(w *Window) string {
	s := w.snapshot
	if s == nil {
		return "none"
	}
	return fmt.Sprintf("%s, epoch %d of %d, %d recorded, running %t, scrub %+v, %s, inspection of %q %q", wire.Phases[s.Phase], s.Epoch, s.Epochs, s.Recorded, s.Running, w.scrub, s.Experiment, s.Inspection.Subject, s.Inspection.Error)
}
