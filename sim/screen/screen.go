// Package screen shows a run in a window or a canvas: it paints the display
// list of package scene and turns what the pointer does into commands.
//
//	snapshot, view --> scene.List --> shapes: one batch, texts: cached images
//	pointer --> scene.List.At --> tooltip, Command{Focus, node}
//
// It paints only when something has changed or moves.
package screen

import (
	"image"
	"image/color"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"abkd/sim"
	"abkd/sim/scene"
)

// Rate is the highest number of frames a second while messages move.
const Rate = 30

// mostPixels bounds the canvas: above it the picture is drawn smaller and
// enlarged.
const mostPixels = 3.2e6

// A Game is the ebiten game that shows a run. Its fields are set before it
// runs; Hover, Painted and Shot must not call its methods. Those may be called
// from any goroutine.
type Game struct {
	Command func(sim.Command)   // receives what the user asks for; may be nil
	Hover   func(string)        // receives the text of the tooltip, "" when it goes; may be nil
	Painted func(frames int)    // is told of every painted frame; may be nil
	Shot    func(*ebiten.Image) // is shown every painted frame; may be nil

	mu       sync.Mutex // guards what follows up to the next blank line
	snapshot *sim.Snapshot
	view     scene.View
	until    float64 // View.Time at which messages stop, if the run is paused
	hidden   bool
	layout   *scene.Layout
	shape    sim.GraphView // the graph of layout
	dirty    bool

	list    scene.List
	rested  *ebiten.Image // what does not move,
	painted scene.Layer   // made of this
	behind  color.NRGBA   // on this background
	batch   *batch
	writer  *writer
	scale   float64
	outside [2]float64 // size of the window
	last    time.Time  // of the last painted frame
	inside  bool       // the pointer is inside the picture
	cursor  [2]int
	tip     string
	frames  int
	err     error
}

// New returns a game that shows nothing yet.
func New() (*Game, error) {
	b, err := newBatch()
	if err != nil {
		return nil, err
	}
	w, err := newWriter()
	if err != nil {
		return nil, err
	}
	return &Game{batch: b, writer: w, scale: 1, dirty: true}, nil
}

// Run shows g in a window or canvas until it is closed.
func Run(g *Game) error {
	//lint:ignore SA1019 the only mode in which an idle picture costs nothing
	ebiten.SetFPSMode(ebiten.FPSModeVsyncOffMinimum)
	ebiten.SetScreenClearedEveryFrame(false)
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	return ebiten.RunGameWithOptions(g, &ebiten.RunGameOptions{InitUnfocused: true})
}

// wake asks for a frame.
func wake() {
	//lint:ignore SA1019 see Run
	ebiten.ScheduleFrame()
}

// Show makes s what is shown. The game keeps s.
func (g *Game) Show(s *sim.Snapshot) {
	g.mu.Lock()
	if g.layout == nil || !sameShape(&g.shape, &s.Graph) {
		g.layout, g.shape = scene.NewLayout(&s.Graph), s.Graph
	}
	g.snapshot, g.dirty = s, true
	g.rest()
	g.mu.Unlock()
	wake()
}

// rest lets the messages of a paused run come to rest, half-way along their
// edges, after each layer has had its turn.
func (g *Game) rest() {
	turns := 1.0
	if g.snapshot != nil {
		turns = float64(max(len(g.snapshot.Graph.StudentMessages), len(g.snapshot.Graph.TeacherMessages), 1))
	}
	g.until = (math.Floor(g.view.Time/scene.Period) + turns + 0.45) * scene.Period
}

// moving reports whether the next frame differs from the last by itself.
func (g *Game) moving() bool {
	return g.list.Moving && (g.snapshot.Running || g.view.Time < g.until)
}

// sameShape reports whether a and b have the same layout.
func sameShape(a, b *sim.GraphView) bool {
	return slices.Equal(a.Edges, b.Edges) && slices.EqualFunc(a.Nodes, b.Nodes, func(x, y sim.NodeView) bool {
		return x.Type == y.Type && x.ID == y.ID && x.Hop == y.Hop
	})
}

// Options is what the page or the window around the game chooses.
type Options struct {
	Theme   scene.Theme
	Lang    string
	Teacher bool
	Tab     string
	Still   bool
	Hidden  bool
}

// Set changes the options.
func (g *Game) Set(o Options) {
	g.mu.Lock()
	g.view.Theme, g.view.Lang, g.view.Teacher, g.view.Tab, g.view.Still = o.Theme, o.Lang, o.Teacher, o.Tab, o.Still
	g.hidden, g.dirty = o.Hidden, true
	g.rest()
	g.mu.Unlock()
	wake()
}

// Frames returns how many frames have been painted.
func (g *Game) Frames() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.frames
}

// View returns what is shown, the pointer and the animation's time included.
func (g *Game) View() scene.View {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.view
}

// Leave forgets the pointer: it has left the picture.
func (g *Game) Leave() {
	g.mu.Lock()
	g.inside, g.view.Hover, g.dirty = false, scene.Item{}, true
	g.mu.Unlock()
	wake()
}

// Update handles input.
func (g *Game) Update() error {
	if g.err != nil {
		return g.err
	}
	x, y := ebiten.CursorPosition()
	moved := [2]int{x, y} != g.cursor
	g.cursor = [2]int{x, y}
	tapped := inpututil.IsMouseButtonJustPressed(ebiten.MouseButtonLeft)
	g.mu.Lock()
	g.inside = g.inside || moved || tapped
	var c sim.Command
	if g.inside {
		c = g.point(float32(x), float32(y), tapped)
	}
	g.mu.Unlock()
	if c.Verb != "" && g.Command != nil {
		g.Command(c)
	}
	return nil
}

// point handles the pointer at (x, y) in device pixels.
func (g *Game) point(x, y float32, tapped bool) (c sim.Command) {
	it, _ := g.list.At(x/float32(g.scale), y/float32(g.scale))
	if it != g.view.Hover {
		g.view.Hover, g.dirty = it, true
	}
	if tapped {
		c = g.tap(it)
	}
	return c
}

// tap handles a click on it: a layer's chip holds that layer, or lets go of
// it, and a node of the target type becomes the focus.
func (g *Game) tap(it scene.Item) (c sim.Command) {
	switch it.Target {
	case scene.Step:
		g.dirty = true
		g.rest()
		if g.view.Layer == it.I+1 {
			g.view.Layer = 0
		} else {
			g.view.Layer = it.I + 1
		}
	case scene.Node:
		v := &g.snapshot.Graph // which may be newer than the picture
		if it.I < len(v.Nodes) && v.Nodes[it.I].Type == v.Target {
			c = sim.Command{Verb: sim.Focus, Value: strconv.Itoa(v.Nodes[it.I].ID)}
		}
	}
	return c
}

// Draw paints the picture if it has changed.
func (g *Game) Draw(screen *ebiten.Image) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hidden {
		g.last = time.Time{}
		return
	}
	now := time.Now()
	if !g.due(now) {
		return
	}
	if !g.last.IsZero() && g.moving() {
		g.view.Time += min(now.Sub(g.last).Seconds(), 0.1)
	}
	g.last, g.dirty = now, false
	g.paint(screen)
	if g.moving() {
		time.AfterFunc(time.Second*9/(Rate*10)-time.Since(now), wake)
	}
}

// due reports whether the picture is to be painted now.
func (g *Game) due(now time.Time) bool {
	return g.dirty || g.moving() && now.Sub(g.last) >= time.Second*9/(Rate*10)
}

func (g *Game) paint(screen *ebiten.Image) {
	size := screen.Bounds().Size()
	v := g.view
	v.W, v.H = float32(float64(size.X)/g.scale), float32(float64(size.Y)/g.scale)
	v.Layout = g.layout
	g.list.Build(g.snapshot, v)
	g.batch.scale = float32(g.scale)
	g.still(size)
	screen.DrawImage(g.rested, &ebiten.DrawImageOptions{Blend: ebiten.BlendCopy})
	g.layer(screen, &g.list.Messages)
	g.layer(screen, &g.list.Overlay)
	g.frames++
	if g.list.Tip != g.tip {
		g.tip = g.list.Tip
		if g.Hover != nil {
			g.Hover(g.tip)
		}
	}
	if g.Painted != nil {
		g.Painted(g.frames)
	}
	if g.Shot != nil {
		g.Shot(screen)
	}
}

// still paints what does not move to an image of its own, unless that is what
// the image shows already.
func (g *Game) still(size image.Point) {
	now, was := &g.list.Picture, &g.painted
	if g.rested == nil || g.rested.Bounds().Size() != size {
		if g.rested != nil {
			g.rested.Deallocate()
		}
		g.rested = ebiten.NewImage(size.X, size.Y)
	} else if g.list.Background == g.behind && slices.Equal(now.Shapes, was.Shapes) && slices.Equal(now.Texts, was.Texts) {
		return
	}
	g.rested.Fill(g.list.Background)
	g.layer(g.rested, now)
	g.behind = g.list.Background
	was.Shapes, was.Texts = append(was.Shapes[:0], now.Shapes...), append(was.Texts[:0], now.Texts...)
}

func (g *Game) layer(dst *ebiten.Image, y *scene.Layer) {
	g.batch.draw(dst, y.Shapes)
	if err := g.writer.draw(dst, y.Texts, float32(g.scale)); err != nil {
		g.err = err
	}
}

// Layout is there for the interface; ebiten calls LayoutF.
func (g *Game) Layout(w, h int) (int, int) { return w, h }

// LayoutF makes the picture as large as the window in device pixels.
func (g *Game) LayoutF(w, h float64) (float64, float64) {
	s := ebiten.Monitor().DeviceScaleFactor()
	if area := w * h * s * s; area > mostPixels {
		s *= math.Sqrt(mostPixels / area)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if s != g.scale || g.outside != [2]float64{w, h} {
		g.scale, g.outside, g.dirty = s, [2]float64{w, h}, true
	}
	return math.Max(w*s, 1), math.Max(h*s, 1)
}
