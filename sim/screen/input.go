package screen

import (
	"math"
	"runtime"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"abkd/sim/scene"
	"abkd/sim/wire"
)

// A press is a mouse button held down.
type press struct {
	down    bool
	dragged bool   // the pointer has moved since
	at      [2]int // where it was when the picture last followed it
	last    int64  // tick of the last tap
	tapped  scene.Item
	alone   bool // no other tap was shortly before the last
	twice   bool // a double click was told, see Twice
}

const (
	slop   = 5   // device pixels that a click may move
	again  = 24  // ticks within which a second tap makes a double one
	byKey  = 1.4 // zoom by one press of a key
	byStep = 0.12
)

// notch is by how much the wheel turns at once: a browser counts in pixels.
var notch = map[bool]float64{true: 80, false: 1}[runtime.GOOS == "js"]

// Update handles input.
func (g *Game) Update() error {
	if g.err != nil {
		return g.err
	}
	x, y, here := g.pointer()
	moved := [2]int{x, y} != g.cursor
	g.cursor = [2]int{x, y}
	g.mu.Lock()
	pressed := here && inpututil.IsMouseButtonJustPressed(ebiten.MouseButtonLeft)
	down := (here || g.press.down) && ebiten.IsMouseButtonPressed(ebiten.MouseButtonLeft) && !inpututil.IsMouseButtonJustReleased(ebiten.MouseButtonLeft)
	if here {
		g.inside = g.inside || moved || pressed
	} else if g.inside && !g.press.down {
		g.leave()
	}
	if pressed { // and perhaps released in the same tick
		g.handlePointer(x, y, true)
	}
	var c wire.Command
	if g.inside {
		c = g.handlePointer(x, y, down)
	}
	second := g.second()
	if _, dy := ebiten.Wheel(); dy != 0 && here {
		_, px, py := g.within(x, y)
		g.zoom(math.Exp2(max(min(dy/notch, 2), -2)/2), float64(px), float64(py))
	}
	if g.Keys == nil || g.Keys() {
		if chosen := g.keys(); chosen != nil {
			c = chosen
		}
	}
	g.mu.Unlock()
	for _, c := range [...]wire.Command{c, second} {
		if c != nil && g.Command != nil {
			g.Command(c)
		}
	}
	if g.chosen > 0 && g.Choose != nil {
		g.Choose(g.chosen)
	}
	g.chosen = 0
	if g.Point != nil && g.pointed != g.said {
		g.said = g.pointed
		g.Point(g.said)
	}
	return nil
}

// pointer returns where the pointer is in the picture, in its pixels, and whether
// it is on it.
func (g *Game) pointer() (x, y int, here bool) {
	if g.Pointer != nil {
		return g.Pointer()
	}
	x, y = ebiten.CursorPosition()
	return x, y, true
}

// keys moves the camera and goes through what is drawn: J to the next thing, K to the
// one before, Enter opens its arithmetic.
func (g *Game) keys() (c wire.Command) {
	w, h := g.size()
	for _, r := range ebiten.AppendInputChars(nil) {
		switch r {
		case '+', '=':
			g.zoom(byKey, w/2, h/2)
		case '-', '_':
			g.zoom(1/byKey, w/2, h/2)
		case 'j', 'J':
			g.choose(g.list.Next(g.view.Focus, false))
		case 'k', 'K':
			g.choose(g.list.Next(g.view.Focus, true))
		}
	}
	if inpututil.IsKeyJustPressed(ebiten.KeyEnter) && g.snapshot != nil {
		c = g.tap(g.view.Focus, ebiten.Tick()-again-1)
	}
	if inpututil.IsKeyJustPressed(ebiten.KeyHome) {
		g.moveCamera(g.view.Home())
	}
	if !ebiten.IsKeyPressed(ebiten.KeyShift) {
		return c
	}
	for key, d := range [...][2]float64{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
		if inpututil.IsKeyJustPressed([...]ebiten.Key{ebiten.KeyArrowRight, ebiten.KeyArrowLeft, ebiten.KeyArrowDown, ebiten.KeyArrowUp}[key]) {
			g.moveCamera(g.move.To().Panned(float32(d[0]*byStep), float32(d[1]*byStep)))
		}
	}
	return c
}

// choose makes it what the keyboard is at.
func (g *Game) choose(it scene.Item) {
	if g.snapshot == nil {
		return
	}
	g.view.Focus, g.view.Hover, g.dirty, g.eager = it, scene.Item{}, true, true
	g.pointed = spoken(scene.Subject(g.snapshot, &g.view, it))
}

// size returns that of the picture, or of each of two, in device pixels.
func (g *Game) size() (w, h float64) {
	x, y := g.half()
	return float64(x), float64(y)
}

// moveCamera sends the camera to p; without motion it is there at once.
func (g *Game) moveCamera(p scene.Pose) {
	if g.view.Still {
		g.move = scene.Rest(p)
	} else {
		g.move = g.move.Toward(p, g.clock)
	}
	g.dirty, g.eager = true, true
}

// zoom enlarges what is at (x, y) of a picture, in device pixels, by the factor.
func (g *Game) zoom(factor, x, y float64) {
	w, h := g.size()
	g.moveCamera(g.move.To().Zoomed(float32(factor), float32(x/w), float32(y/h)))
}

// Pinch enlarges the picture by the factor around (x, y) and moves it by
// (dx, dy), all in CSS pixels, at once: it follows two fingers.
func (g *Game) Pinch(factor, x, y, dx, dy float64) {
	g.mu.Lock()
	w, h := g.size()
	_, px, py := g.within(int(x*g.scale), int(y*g.scale))
	p := g.move.To().Zoomed(float32(factor), float32(float64(px)/w), float32(float64(py)/h))
	g.move = scene.Rest(p.Panned(float32(dx*g.scale/w), float32(dy*g.scale/h)))
	g.dirty, g.eager = true, true
	g.mu.Unlock()
	g.ask()
}

// handlePointer handles the pointer at (x, y) in device pixels.
func (g *Game) handlePointer(x, y int, down bool) (c wire.Command) {
	p := &g.press
	if g.snapshot == nil {
		return c
	}
	switch {
	case down && !p.down:
		p.down, p.dragged, p.at = true, false, [2]int{x, y}
	case down:
		g.drag(x, y)
	case p.down:
		p.down = false
		if !p.dragged {
			c = g.tap(g.at(x, y), ebiten.Tick())
		}
	}
	var it scene.Item
	if !p.dragged || !p.down {
		it = g.at(x, y)
	}
	if it != g.view.Hover {
		g.view.Hover, g.view.Focus, g.dirty, g.eager = it, scene.Item{}, true, true
		g.pointed = spoken(scene.Subject(g.snapshot, &g.view, it))
	}
	return c
}

// spoken is the text of a subject, "" for none.
func spoken(s wire.Subject) string {
	if s == (wire.Subject{}) {
		return ""
	}
	return s.String()
}

// drag lets the picture follow the pointer.
func (g *Game) drag(x, y int) {
	p := &g.press
	dx, dy := x-p.at[0], y-p.at[1]
	if !p.dragged && dx*dx+dy*dy < slop*slop {
		return
	}
	p.dragged, p.at = true, [2]int{x, y}
	if to := g.move.To(); to.Zoom > 1 {
		w, h := g.size()
		g.move = scene.Rest(to.Panned(float32(float64(dx)/w), float32(float64(dy)/h)))
		g.dirty = true
	}
}

// Twice tells of a double click: what is over within one tick is seen as one.
func (g *Game) Twice() {
	g.mu.Lock()
	g.press.twice = true
	g.mu.Unlock()
	g.ask()
}

// second handles the click of a double one that was too fast to be seen.
func (g *Game) second() (c wire.Command) {
	p := &g.press
	if p.twice && p.alone && g.snapshot != nil {
		c = g.tap(p.tapped, p.last)
	}
	p.twice = false
	return c
}

// tap handles a click on it at a tick: a layer's chip holds that layer, or
// lets go of it, and anything that has an arithmetic is inspected. A second
// click at once makes a target node the focus, and, beside everything, brings
// the camera home.
func (g *Game) tap(it scene.Item, tick int64) (c wire.Command) {
	p, v := &g.press, &g.snapshot.Graph // which may be newer than the picture
	p.alone = tick-p.last > again
	twice := !p.alone && p.tapped == it
	p.last, p.tapped = tick, it
	switch {
	case it.Target == scene.Step:
		g.dirty = true
		g.restMessages()
		if g.view.Layer == it.I+1 {
			g.view.Layer = 0
		} else {
			g.view.Layer = it.I + 1
		}
	case it.Target == scene.Nothing:
		if twice {
			g.moveCamera(g.view.Home())
		}
	case it.Target == scene.Result:
		g.chosen = it.I + 1
	case twice && it.Target == scene.Node && it.I < len(v.Nodes) && v.Nodes[it.I].Type == v.Target:
		c = wire.Focus{Node: v.Nodes[it.I].ID}
	case twice && (it.Target == scene.Answer || it.Target == scene.Point):
		c = wire.Focus{Node: it.I}
	default:
		if subject := scene.Subject(g.snapshot, &g.view, it); subject != (wire.Subject{}) {
			c = wire.Inspect{Subject: subject}
		}
	}
	return c
}
