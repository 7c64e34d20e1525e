// Package screen shows a run in a window or a canvas: it paints the display
// list of package scene and turns what the pointer does into commands.
//
//	snapshot, view --> scene.List --> shapes: one batch, texts: cached images
//	pointer --> scene.List.At --> tooltip, Command{Inspect, subject}
//	drag, wheel, keys --> camera
//
// It paints only when something has changed or moves.
package screen

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"abkd/assets"
	"abkd/sim/lesson"
	"abkd/sim/scene"
	"abkd/sim/wire"
)

// Rate is the highest number of frames a second while messages move.
const Rate = 30

// Comes is how many seconds the nodes take to their places around a new focus.
const Comes = 0.8

// mostPixels bounds the canvas: above it the picture is drawn smaller and
// enlarged.
const mostPixels = 3.2e6

// A Game is the ebiten game that shows a run. Its fields are set before it
// runs; Hover, Point, Painted, Paced and Shot must not call its methods. Those may be called
// from any goroutine.
type Game struct {
	Command func(wire.Command)    // receives what the user asks for; may be nil
	Hover   func(string)          // receives the text of the tooltip, "" when it goes; may be nil
	Point   func(string)          // receives what the pointer is on, as the command inspect names it; may be nil
	Choose  func(result int)      // receives which method or dot of the study is chosen, counted from 1; may be nil
	Painted func(frames int)      // is told of every painted frame; may be nil
	Paced   func(Step)            // is told how the picture is drawn from now on, where frames take long; may be nil
	Shot    func(*ebiten.Image)   // is shown every painted frame; may be nil
	Foreign func(Foreign) Written // writes what the embedded font cannot; may be nil: it has boxes then

	Smooth  bool                         // every frame of the display is painted while anything moves, not only Rate in a second
	Pointer func() (x, y int, here bool) // where the pointer is in the picture, and whether it is on it; nil where the picture is all there is
	Keys    func() bool                  // whether keys are pressed for the picture; nil: all are

	mu       sync.Mutex // guards what follows up to the next blank line
	snapshot *wire.Snapshot
	view     scene.View
	until    float64 // View.Time at which messages stop, if the run is paused; negative: not known yet
	move     scene.Move
	clock    float64 // seconds that the game has been seen
	hidden   bool
	still    bool // no motion is wanted
	full     bool // however long it takes
	pace     Pace
	asked    time.Time     // when the next frame was asked for, zero if it was not
	own      time.Duration // what the last frame took of the thread
	eager    bool          // the user has done something that the picture does not show yet
	layout   *scene.Layout
	shape    wire.GraphView // the graph of layout
	dirty    bool
	come     *scene.Layout // where the nodes come from, nil once they are there,
	came     float64       // at this time of the clock
	press    press
	crowd    uint64       // the dots that are shown, see scene.View.CrowdOf
	from     *scene.Crowd // where they were when the snapshot came,
	arrived  float64      // at this time of the clock

	sheet          // of the run,
	beside  *other // and of another one beside it, nil for none
	batch   *batch
	writer  *writer
	scale   float64
	outside [2]float64 // size of the window
	last    time.Time  // of the last painted frame
	inside  bool       // the pointer is inside the picture
	cursor  [2]int
	tip     string
	pointed string // what the pointer is on,
	said    string // as Point last heard
	chosen  int    // what Choose has not heard of yet
	frames  int
	err     error
}

// New returns a game that shows nothing yet.
func New() (*Game, error) {
	b, err := newBatch()
	if err != nil {
		return nil, err
	}
	w, err := newWriter(assets.Regular, assets.Bold)
	if err != nil {
		return nil, err
	}
	g := &Game{batch: b, writer: w, scale: 1, dirty: true}
	g.move = scene.Rest(g.view.Home())
	return g, nil
}

// Run shows g in a window or canvas until it is closed.
func Run(g *Game) error {
	//lint:ignore SA1019 the only mode in which an idle picture costs nothing
	ebiten.SetFPSMode(ebiten.FPSModeVsyncOffMinimum)
	ebiten.SetScreenClearedEveryFrame(false)
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	return ebiten.RunGameWithOptions(g, &ebiten.RunGameOptions{InitUnfocused: true})
}

// askForFrame asks for a frame.
func askForFrame() {
	//lint:ignore SA1019 see Run
	ebiten.ScheduleFrame()
}

// Show makes s what is shown. The game keeps s.
func (g *Game) Show(s *wire.Snapshot) {
	g.mu.Lock()
	g.show(s)
	g.beside = g.beside.close()
	g.mu.Unlock()
	g.ask()
}

func (g *Game) show(s *wire.Snapshot) {
	switch {
	case g.layout == nil:
		g.layout, g.shape = scene.NewLayout(&s.Graph), s.Graph
	case !sameNodes(&g.shape, &s.Graph):
		l := scene.NewLayout(&s.Graph)
		if g.come = nil; !g.view.Still {
			g.come, g.came = l.From(g.layout, &g.shape, &s.Graph), g.clock+Comes
		}
		g.layout, g.shape = l, s.Graph
	case !slices.Equal(g.shape.Edges, s.Graph.Edges):
		g.layout, g.shape = g.layout.With(&s.Graph), s.Graph
	}
	g.snapshot, g.dirty = s, true
	g.from, g.arrived = g.list.Crowd().Clone(), g.clock
	g.gather()
	g.restMessages()
}

// ask asks for a frame.
func (g *Game) ask() {
	g.mu.Lock()
	if g.asked.IsZero() {
		g.asked = time.Now()
	}
	g.mu.Unlock()
	askForFrame()
}

// ShowStudy makes s what the canvases of many runs show, nil for none. The game
// keeps s.
func (g *Game) ShowStudy(s *wire.Study) {
	g.mu.Lock()
	g.view.Study, g.dirty = s, true
	g.from, g.arrived = g.list.Crowd().Clone(), g.clock
	if g.snapshot != nil {
		g.gather()
	}
	g.mu.Unlock()
	askForFrame()
}

// gather lets the dots of another crowd come in.
func (g *Game) gather() {
	if crowd := g.view.CrowdOf(g.snapshot); crowd != g.crowd {
		g.crowd, g.from, g.arrived = crowd, new(scene.Crowd), g.clock
	}
}

// restMessages lets the messages of a paused run come to rest once each layer has had
// its turn.
func (g *Game) restMessages() { g.until = -1 }

// moving reports whether the next frame differs from the last by itself.
func (g *Game) moving() bool {
	if _, moves := g.move.At(g.clock); moves || g.come != nil || g.list.Flocking {
		return true
	}
	return g.list.Moving && (g.flying() || g.view.Beat != scene.NoBeat && g.view.Since < lesson.BeatSeconds)
}

// flying reports whether the messages move.
func (g *Game) flying() bool {
	return g.view.Beat == scene.NoBeat && g.snapshot != nil && (g.snapshot.Running || g.until < 0 || g.view.Time < g.until)
}

// sameNodes reports whether a and b have the same nodes.
func sameNodes(a, b *wire.GraphView) bool {
	return slices.EqualFunc(a.Nodes, b.Nodes, func(x, y wire.NodeView) bool {
		return x.Type == y.Type && x.ID == y.ID && x.Hop == y.Hop
	})
}

// Options is what the page or the window around the game chooses.
type Options struct {
	Theme   scene.Theme
	Teacher bool
	Tab     string
	Still   bool
	Hidden  bool
	Full    bool       // drawn as fine and as often as can be, however slow that is
	Large   float32    // how many times larger than usual texts and marks are
	Bare    bool       // without the legend
	Scene   string     // the ID of the one told beside the picture
	Step    int        // of that scene, counted from 0
	Select  string     // what is inspected
	Light   string     // what is pointed at outside
	Asked   int        // the column of a sum that is to be found, counted from 1
	Beat    scene.Beat // of a step in slow motion

	Temperature float32 // of soft labels
}

// Speak makes words what the picture says from now on. The game keeps them.
func (g *Game) Speak(words *scene.Words) {
	g.mu.Lock()
	g.view.Words, g.dirty = words, true
	g.mu.Unlock()
	askForFrame()
}

// Set changes the options.
func (g *Game) Set(o Options) {
	g.mu.Lock()
	g.view.Theme, g.view.Teacher, g.view.Tab = o.Theme, o.Teacher, o.Tab
	g.view.Large, g.view.Bare = o.Large, o.Bare
	g.hidden, g.dirty, g.eager = o.Hidden, true, true
	if g.still, g.full = o.Still, o.Full; g.full {
		g.pace = Pace{}
	}
	g.view.Still = g.still || g.pace.Step == Still
	g.view.Scene, g.view.Step, g.view.Select, g.view.Light, g.view.Asked = o.Scene, o.Step, o.Select, o.Light, o.Asked
	g.view.Temperature = o.Temperature
	if o.Beat != g.view.Beat {
		g.view.Beat, g.view.Since = o.Beat, 0
	}
	if home := g.view.Home(); home.Share != g.move.To().Share {
		if g.moveCamera(home); g.frames == 0 {
			g.move = scene.Rest(home) // it has been nowhere else
		}
		g.restMessages()
	}
	g.gather()
	g.mu.Unlock()
	g.ask()
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

// Zoom returns how many times the picture is enlarged, or will be when the
// camera has come to rest.
func (g *Game) Zoom() float64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return float64(g.move.To().Zoom)
}

// Moving reports whether the camera moves.
func (g *Game) Moving() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, moves := g.move.At(g.clock)
	return moves
}

// Flocking reports whether dots are on their way to where they belong.
func (g *Game) Flocking() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.list.Flocking
}

// Results returns how many results of a study the picture has.
func (g *Game) Results() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.list.Count(scene.Result)
}

// SVG returns the picture as a file of its own: light, for paper, and at rest; nothing if
// there is none.
func (g *Game) SVG() []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.snapshot == nil {
		return nil
	}
	v := g.view
	v.Layout = g.layout
	v.Theme, v.Still, v.Hover, v.Focus = scene.Light, true, scene.Item{}, scene.Item{}
	v.Pose, _ = g.move.At(g.clock)
	if g.beside != nil {
		return g.svgOfBoth(v)
	}
	v.W, v.H = g.list.W, g.list.H
	return scene.Build(g.snapshot, v).SVG()
}

// Step returns how the picture is drawn.
func (g *Game) Step() Step {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pace.Step
}

// Texts returns what the picture says, in the order in which it is painted; of two
// side by side first what the one beside the run does.
func (g *Game) Texts() (all []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.beside != nil {
		all = g.beside.texts(all)
	}
	return g.texts(all)
}

// Places returns where what can be inspected is, in CSS pixels, by the
// subjects of the command inspect; of a pair of layers, its cell of A. Results
// of a study are there by their places in it, such as "result 2 0". Of two pictures
// they are those of the run.
func (g *Game) Places() map[string][2]float64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := map[string][2]float64{}
	if g.snapshot == nil {
		return all
	}
	places := g.list.Places()
	x, y := g.corner()
	items := slices.SortedFunc(maps.Keys(places), func(a, b scene.Item) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.I, b.I), cmp.Compare(a.J, b.J))
	})
	for _, it := range items {
		subject := spoken(scene.Subject(g.snapshot, &g.view, it))
		if it.Target == scene.Result {
			subject = "result " + strconv.Itoa(it.I) + " " + strconv.Itoa(it.J)
		}
		if _, known := all[subject]; !known && subject != "" {
			all[subject] = [2]float64{float64(places[it][0]) + x, float64(places[it][1]) + y}
		}
	}
	return all
}

// Leave forgets the pointer: it has left the picture.
func (g *Game) Leave() {
	g.mu.Lock()
	g.leave()
	g.mu.Unlock()
	g.ask()
}

func (g *Game) leave() {
	g.inside, g.view.Hover, g.pointed, g.dirty, g.eager = false, scene.Item{}, "", true, true
}

// Draw paints the picture if it has changed.
func (g *Game) Draw(screen *ebiten.Image) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hidden {
		g.last, g.asked = time.Time{}, time.Time{}
		return
	}
	now := time.Now()
	if !g.isDue(now) {
		if g.asked = (time.Time{}); g.dirty {
			time.AfterFunc(g.wait()-now.Sub(g.last), g.ask)
		}
		return
	}
	g.passTime(now)
	g.last, g.dirty, g.eager = now, false, false
	g.paint(screen)
	g.own = time.Since(now)
	g.adapt()
	if g.moving() {
		time.AfterFunc(g.wait()-g.own, g.ask)
	}
}

// wait returns how long after the last frame the next one is due.
func (g *Game) wait() time.Duration {
	if g.Smooth && g.pace.Step < Seldom {
		return 0
	}
	return g.pace.Wait(g.own, g.eager)
}

// adapt draws less where frames take long.
func (g *Game) adapt() {
	asked := g.asked
	if g.asked = (time.Time{}); asked.IsZero() || g.full || !g.pace.Took(time.Since(asked)) {
		return
	}
	if g.dirty = true; g.pace.Step == Still {
		g.view.Still, g.come, g.move = true, nil, scene.Rest(g.move.To())
	}
	if g.Paced != nil {
		g.Paced(g.pace.Step)
	}
}

// isDue reports whether the picture is to be painted now.
func (g *Game) isDue(now time.Time) bool {
	isRested := now.Sub(g.last) >= g.wait()
	return g.dirty && (isRested || g.pace.Step < Seldom) || g.moving() && isRested
}

// passTime lets the time pass that has gone by since the last frame, as far as
// anything moved.
func (g *Game) passTime(now time.Time) {
	if g.last.IsZero() || !g.moving() {
		return
	}
	s := min(now.Sub(g.last).Seconds(), 0.5)
	g.clock += s
	if g.flying() {
		g.view.Time += s
	}
	if g.view.Beat != scene.NoBeat {
		g.view.Since += s
	}
}

// placed returns where the nodes are: after a change of the focus they walk to
// their new places.
func (g *Game) placed() *scene.Layout {
	left := float32((g.came - g.clock) / Comes)
	if g.come == nil || left <= 0 || g.view.Still {
		g.come = nil
		return g.layout
	}
	return g.layout.Between(g.come, 1-left)
}

func (g *Game) paint(screen *ebiten.Image) {
	v := g.view
	v.Layout = g.placed()
	v.From, v.Came = g.from, g.clock-g.arrived
	v.Pose, g.writer.rough = g.move.At(g.clock)
	g.batch.scale, g.writer.foreign = float32(g.scale), g.Foreign
	if g.beside != nil {
		g.paintBoth(screen, v)
	} else {
		size := screen.Bounds().Size()
		v.W, v.H = float32(float64(size.X)/g.scale), float32(float64(size.Y)/g.scale)
		g.list.Build(g.snapshot, v)
		g.paintSheet(screen, &g.sheet)
	}
	if g.until < 0 {
		g.until = math.Floor(g.view.Time/g.list.Cycle)*g.list.Cycle + g.list.Rest
		if g.until < g.view.Time {
			g.until += g.list.Cycle
		}
	}
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
	s *= g.pace.Step.share()
	if s != g.scale || g.outside != [2]float64{w, h} {
		g.scale, g.outside, g.dirty = s, [2]float64{w, h}, true
	}
	return math.Max(w*s, 1), math.Max(h*s, 1)
}
