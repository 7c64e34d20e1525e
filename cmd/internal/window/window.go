// Package window is a native window on a session: the picture of the page beside
// what is told of it, the settings, the arithmetic, the nodes and the files, all
// by pointer or by keyboard.
//
//	native.Trainer  -- snapshots -->  Window  -- commands -->  native.Trainer
//	                                  |  screen.Game: the picture
//	                                  |  ebitenui: what stands around it
//	                                  keep.Folder: what the next window goes on with
//
// Everything here but Show and Refuse runs in the thread that draws.
package window

import (
	"errors"
	"fmt"
	"image"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ebitenui/ebitenui"
	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"abkd/assets/messages"
	"abkd/assets/typeface"
	"abkd/cmd/internal/keep"
	"abkd/cmd/internal/native"
	"abkd/sim"
	"abkd/sim/lesson"
	"abkd/sim/memory"
	"abkd/sim/scene"
	"abkd/sim/screen"
	"abkd/sim/wire"
)

// A tab is what stands beside the picture.
type tab string

const (
	storyTab     tab = "story"
	settingsTab  tab = "settings"
	inspectorTab tab = "inspector"
	nodesTab     tab = "nodes"
	filesTab     tab = "files"
	studiesTab   tab = "studies"
)

var tabs = []tab{storyTab, settingsTab, inspectorTab, nodesTab, filesTab, studiesTab}

// A Window is an ebiten game.
type Window struct {
	kept     *keep.Folder
	state    keep.State
	may      memory.Allowance
	trainer  *native.Trainer
	front    *front      // of it
	attended *attendance // of the run of a command, nil for the window's own
	game     *screen.Game
	painter  *screen.Painter
	studies  studies

	languages []*messages.Catalogue
	speech    *speech

	mu            sync.Mutex // guards what others leave for the next Update
	arrived       *wire.Snapshot
	arrivedBeside *wire.Snapshot
	source        native.Front // whose snapshots are shown
	later         []func()

	snapshot *wire.Snapshot // the last that arrived, nil before the first
	graph    *native.Graph  // that is trained on, nil in the chooser
	opening  string         // what is being opened, "" for nothing
	read     [2]int64       // bytes of it, and in all
	notice   string         // a sentence that stands until it is dismissed
	pulled   bool

	tab       tab
	present   bool
	help      bool   // the keys are shown
	bare      bool   // the legend is hidden in a hall
	all       bool   // all settings are shown
	unfolded  string // the setting whose choices are shown
	beat      scene.Beat
	inspected wire.Subject
	quantity  int   // of the inspection that is shown, -1 for the last
	walked    []int // nodes that were the focus before
	sought    string
	path      string // typed in the chooser
	scrub     scrub
	quiz      quiz
	beside    beside

	ui        *ebitenui.UI
	kit       *kit
	scroller  *widget.ScrollContainer // of the panel
	sheet     *widget.ScrollContainer // of the study that stands where the picture does, nil for none
	moving    []func()                // bring numbers up to date when a snapshot has come
	stale     bool                    // the widgets are to be made anew
	size      [2]int                  // device pixels
	scale     float64                 // device pixels in a unit of the screen
	places    frame
	canvas    *ebiten.Image
	captured  []func(*ebiten.Image) // want the picture of the next frame
	fresh     int                   // frames to draw before the window is as it was
	ticks     int                   // updates
	cursor    image.Point
	pressed   []ebiten.Key
	submitted bool // what was typed: a field shows what became of it
	byPointer bool // what has the keyboard was chosen by the pointer
	saved     time.Time
	err       error
}

// Options say what a window begins with.
type Options struct {
	Name    string // of the graph, or the address of the run of a command; "" for what was shown last
	Studies string // the folder of studies
	Memory  memory.Allowance
}

// New returns a window on what is kept in a folder, which it has taken from Open.
func New(kept *keep.Folder, state keep.State, o Options) (*Window, error) {
	w := &Window{kept: kept, state: state, may: o.Memory, tab: storyTab, quantity: -1, quiz: quiz{column: -1, last: -1}, stale: true, scale: 1, saved: time.Now()}
	w.studies.folder = o.Studies
	var err error
	if w.languages, err = messages.Read(messages.Files); err != nil {
		return nil, err
	}
	if w.painter, err = screen.NewPainter(typeface.Regular, typeface.Bold); err != nil {
		return nil, err
	}
	if w.game, err = screen.New(); err != nil {
		return nil, err
	}
	w.speak(w.state.Looks.Language)
	w.game.Smooth = true
	w.game.Pointer, w.game.Keys = w.pointerInPicture, w.keysAreFree
	w.game.Command = w.fromPicture
	w.game.Foreign = w.writeForeign
	w.front = &front{w}
	w.source = w.front
	w.trainer = native.New(w.front, w.runMemory())
	if w.state.Scene == "" {
		w.state.Scene = lesson.Scenes()[0].ID
	}
	if isAddress(o.Name) {
		w.attach(o.Name)
	} else if o.Name != "" {
		w.open(o.Name, false)
	} else if w.state.Graph != "" {
		w.open(w.state.Graph, true)
	}
	return w, nil
}

// runMemory is what a run may take.
func (w *Window) runMemory() int64 { return w.may.Most - memory.Program }

// refuse says what a trainer has refused.
func (w *Window) refuse(code sim.Code, text string) {
	w.afterwards(func() {
		if code == sim.Ended {
			text = w.speech.say("desktop.ended", "reason", text)
		}
		w.tell(w.speech.reworded(strings.TrimPrefix(text, "sim: ")))
	})
}

// afterwards has f done by the next Update.
func (w *Window) afterwards(f func()) {
	w.mu.Lock()
	w.later = append(w.later, f)
	w.mu.Unlock()
}

// tell shows a sentence.
func (w *Window) tell(text string) { w.notice, w.stale = text, true }

// speak chooses the language of that tag; of an unknown one that of the system, if
// it is there, or English.
func (w *Window) speak(tag string) {
	if tag == "" {
		tag = systemLanguage()
	}
	chosen := w.languages[0]
	for _, c := range w.languages {
		if c.Tag == tag || strings.Split(c.Tag, "-")[0] == strings.Split(tag, "_")[0] {
			chosen = c
		}
	}
	w.speech = newSpeech(chosen, w.languages[0])
	w.game.Speak(w.speech.words())
	w.stale = true
}

// systemLanguage is what the environment asks for, such as zh_CN.UTF-8.
func systemLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return ""
}

// open reads a graph, and begins on it once it is there; if resumed is set where the
// last window was.
func (w *Window) open(name string, resumed bool) {
	w.reading(name, func(progress func(done, all int64)) (native.Graph, error) { return native.Open(name, w.may, progress) }, resumed)
}

// reading has a graph read beside what goes on.
func (w *Window) reading(name string, read func(func(done, all int64)) (native.Graph, error), resumed bool) {
	w.opening, w.read, w.notice, w.stale = name, [2]int64{}, "", true
	go func() {
		g, err := read(func(done, all int64) { w.afterwards(func() { w.read, w.stale = [2]int64{done, all}, true }) })
		w.afterwards(func() {
			w.opening, w.stale = "", true
			if err != nil {
				w.tell(w.speech.say("desktop.refused", "name", name, "reason", w.speech.unread(err)))
				return
			}
			w.begin(&g, resumed)
		})
	}()
}

// begin trains on g: from its own experiment, or on from what is kept.
func (w *Window) begin(g *native.Graph, resumed bool) {
	w.leaveAttended()
	experiment, was := g.Begin.String(), w.state
	if !resumed {
		w.state.Focus, w.state.Running, w.state.Study = -1, true, ""
		w.forgetGuesses()
	} else {
		experiment = was.Experiment
	}
	scene := w.scene()
	w.trainer.Do(func(s *sim.Session) {
		err := w.beginIn(s, g, experiment, was, resumed)
		w.afterwards(func() {
			if err != nil {
				w.tell(w.speech.say("desktop.refused", "name", g.Title, "reason", native.Explain(err, w.may).Error()))
			}
		})
		if s.Run() == nil {
			return
		}
		s.Do(wire.Show{What: scene.Shows})
		w.afterwards(func() {
			w.began(g)
			if resumed && len(was.Beside) > 0 {
				w.keepBeside(was.Beside)
			}
			w.sit(g)
			w.keepNow(true) // whatever ends the display from here on
		})
	})
}

// beginIn begins in the session, in its goroutine. Without a state that is kept the
// run begins anew.
func (w *Window) beginIn(s *sim.Session, g *native.Graph, experiment string, was keep.State, resumed bool) error {
	g.Give(s)
	s.Do(wire.Speed{EpochsPerSecond: was.Speed})
	if resumed {
		if state, err := w.kept.RunState(was); state != nil && err == nil {
			if err = s.Resume(state); err != nil {
				return err
			}
			if was.Focus >= 0 {
				s.Do(wire.Focus{Node: was.Focus})
			}
			if !was.Running {
				s.Do(wire.Pause{})
			}
			return nil
		}
	}
	if err := s.Do(wire.Begin{Experiment: experiment}); err != nil {
		return err
	}
	return s.Do(wire.Play{})
}

// began shows that a run on g has begun.
func (w *Window) began(g *native.Graph) {
	w.stopBeside("")
	w.beside, w.state.Beside = beside{}, nil
	w.graph, w.state.Graph, w.walked, w.beat, w.stale, w.scroller = g, g.Name, nil, scene.NoBeat, true, nil
	if g.Name != "" {
		w.state.Opened(g.Name)
	}
	w.snapshot, w.inspected, w.quiz = nil, wire.Subject{}, quiz{column: -1, last: -1}
	w.setView()
	w.pulled = false
}

// scene returns the scene that is told.
func (w *Window) scene() *lesson.Scene {
	all := lesson.Scenes()
	if i := slices.IndexFunc(all, func(s lesson.Scene) bool { return s.ID == w.state.Scene }); i >= 0 {
		return &all[i]
	}
	return &all[0]
}

// Update handles what has come and what the user does.
func (w *Window) Update() error {
	if ebiten.IsWindowBeingClosed() {
		return ebiten.Termination
	}
	w.takeWhatCame()
	if dropped := ebiten.DroppedFiles(); dropped != nil {
		w.reading(w.speech.say("desktop.dropped"), func(progress func(done, all int64)) (native.Graph, error) {
			return native.OpenDropped(dropped, w.may, progress)
		}, false)
	}
	if w.size[0] == 0 {
		return nil // it has no size yet
	}
	if w.stale || w.ui == nil {
		w.build()
	}
	w.noteInput()
	w.keys()
	w.pointer()
	w.ui.Update()
	w.leaveByPointer()
	w.lookAtStudies()
	if w.graph != nil {
		if err := w.game.Update(); err != nil {
			return err
		}
	}
	w.keepNow(false)
	return w.err
}

// takeWhatCame takes what other goroutines have left.
func (w *Window) takeWhatCame() {
	w.mu.Lock()
	arrived, beside, later := w.arrived, w.arrivedBeside, w.later
	w.arrived, w.arrivedBeside, w.later = nil, nil, nil
	w.mu.Unlock()
	for _, f := range later {
		f()
	}
	if arrived != nil && w.graph != nil {
		w.follow(arrived)
	}
	if b := &w.beside; b.trainer != nil {
		if beside != nil {
			w.takeBeside(beside)
		}
		if !b.pulled {
			b.pulled = true
			b.trainer.Pull()
		}
	}
	if w.graph != nil && !w.pulled {
		w.pulled = true
		w.pull()
	}
}

// follow shows a snapshot.
func (w *Window) follow(s *wire.Snapshot) {
	before := w.snapshot
	w.snapshot, w.pulled, w.fresh = s, false, settled
	if w.meet(); w.beside.pair[0] == nil {
		w.showRuns()
	}
	if before != nil && before.Experiment != s.Experiment {
		w.forgetGuesses() // they were of another run
	}
	w.state.Experiment, w.state.Running = s.Experiment, s.Running
	w.notePicture(s)
	if w.scrub.asked && s.Epoch == w.scrub.sent {
		w.scrub.asked = false
	}
	w.scrubOn()
	w.followFocus()
	w.hideNumber()
	if before == nil || w.shownKey(before) != w.shownKey(s) {
		w.stale = true
		return
	}
	for _, f := range w.moving {
		f()
	}
}

// shownKey is what of a snapshot decides which widgets there are: the numbers in them
// are brought up to date without making them anew.
func (w *Window) shownKey(s *wire.Snapshot) string {
	focus := -1
	if len(s.Graph.Nodes) > 0 {
		focus = s.Graph.Nodes[0].ID
	}
	return fmt.Sprint(s.Experiment, s.Running, s.Phase, s.Error, s.Found.Text, s.Found.Count, len(s.Found.Nodes), focus, s.Inspection.Subject, s.Inspection.Error, len(s.Inspection.Quantities), len(s.Changes), guessKey(w.question(s)))
}

// keepNow writes what the next window goes on with, every half a minute or at once.
func (w *Window) keepNow(atOnce bool) {
	if w.graph == nil || !atOnce && time.Since(w.saved) < 30*time.Second {
		return
	}
	w.saved = time.Now()
	w.keepLater(func(err error) {
		if err != nil {
			w.afterwards(func() { w.tell(w.speech.say("desktop.unkept", "reason", err.Error())) })
		}
	})
}

// keepLater has it written by the trainer, between two steps.
func (w *Window) keepLater(done func(error)) {
	state := w.own()
	if w.graph != nil && w.graph.Name == "" && w.attended == nil {
		state.Graph = "" // what was dropped is not found again
	}
	w.trainer.Do(func(s *sim.Session) {
		run := s.Run()
		if state.Graph == "" {
			run = nil
		}
		done(w.kept.Save(state, run))
	})
}

// Close keeps what the window shows, and ends it.
func (w *Window) Close() (err error) {
	w.keepLater(func(e error) { err = e })
	w.leaveAttended()
	w.stopBeside("")
	w.leaveDesk()
	w.studies.left.Wait()
	w.trainer.Close()
	w.kept.Close()
	return err
}

// Draw draws the picture and what stands around it.
func (w *Window) Draw(screen *ebiten.Image) {
	if w.ui == nil {
		return
	}
	hasPicture := w.snapshot != nil && w.showsPicture()
	if hasPicture && w.paintPicture() {
		w.fresh = max(w.fresh, 1)
	}
	if w.fresh == 0 {
		return // it is as it was
	}
	w.fresh--
	screen.Fill(w.kit.paper)
	if hasPicture {
		w.drawPicture(screen)
	}
	w.ui.Draw(screen)
	w.drawOver(screen)
}

// showsPicture reports whether the picture has its place, or something else has it.
func (w *Window) showsPicture() bool { return w.graph != nil && !w.help && !w.showsStudy() }

// settled is in how many frames what was done has been drawn: widgets are laid out
// by one and drawn by the next.
const settled = 3

// caretTicks is in how many updates the mark where one types is drawn again.
const caretTicks = 15

// noteInput has the window drawn again if the user does anything, and now and then
// while a field has the keyboard.
func (w *Window) noteInput() {
	x, y := ebiten.CursorPosition()
	_, wheel := ebiten.Wheel()
	w.pressed = inpututil.AppendPressedKeys(w.pressed[:0])
	isPressed := ebiten.IsMouseButtonPressed(ebiten.MouseButtonLeft) || inpututil.IsMouseButtonJustReleased(ebiten.MouseButtonLeft)
	if image.Pt(x, y) != w.cursor || wheel != 0 || len(w.pressed) > 0 || isPressed {
		w.cursor, w.fresh = image.Pt(x, y), settled
	}
	if w.ticks++; w.isTyping() && w.ticks%caretTicks == 0 {
		w.fresh = max(w.fresh, 1)
	}
}

// paintPicture paints the picture if it has changed, and reports whether it has.
func (w *Window) paintPicture() bool {
	at, before := w.places.picture, w.game.Frames()
	width, height := w.game.LayoutF(float64(at.Dx())/w.scale, float64(at.Dy())/w.scale)
	if size := image.Pt(int(width), int(height)); w.canvas == nil || w.canvas.Bounds().Size() != size {
		if w.canvas != nil {
			w.canvas.Deallocate()
		}
		w.canvas = ebiten.NewImage(size.X, size.Y)
		w.setView() // it is to be painted anew
	}
	w.game.Draw(w.canvas)
	for _, f := range w.captured {
		f(w.canvas)
	}
	w.captured = nil
	return w.game.Frames() != before
}

// drawPicture draws the picture at its place.
func (w *Window) drawPicture(screen *ebiten.Image) {
	at, size := w.places.picture, w.canvas.Bounds().Size()
	var op ebiten.DrawImageOptions
	op.GeoM.Scale(float64(at.Dx())/float64(size.X), float64(at.Dy())/float64(size.Y))
	op.GeoM.Translate(float64(at.Min.X), float64(at.Min.Y))
	op.Filter = ebiten.FilterLinear
	screen.DrawImage(w.canvas, &op)
}

// pointerInPicture is where the pointer is in the picture.
func (w *Window) pointerInPicture() (x, y int, here bool) {
	x, y = ebiten.CursorPosition()
	at := w.places.picture
	here = image.Pt(x, y).In(at) && w.showsPicture()
	if w.canvas == nil || at.Empty() {
		return 0, 0, false
	}
	size := w.canvas.Bounds().Size()
	return (x - at.Min.X) * size.X / at.Dx(), (y - at.Min.Y) * size.Y / at.Dy(), here
}

// setView tells the picture what is chosen.
func (w *Window) setView() {
	s := w.scene()
	step := &s.Steps[min(w.state.Step, len(s.Steps)-1)]
	o := screen.Options{
		Theme: w.theme(), Still: w.state.Looks.Still, Large: float32(w.textSize()), Bare: w.present && !w.bare,
		Scene: s.ID, Step: w.state.Step, Beat: w.beat, Temperature: float32(step.Temperature), Asked: w.quiz.column + 1,
	}
	if w.inspected.Kind != "" {
		o.Select = w.inspected.String()
	}
	w.game.Set(o)
}

func (w *Window) theme() scene.Theme {
	switch w.state.Looks.Theme {
	case "dark":
		return scene.Dark
	case "contrast":
		return scene.Contrast
	}
	return scene.Light
}

// textSize is how many times larger than usual texts are.
func (w *Window) textSize() float64 {
	size := max(w.state.Looks.Size, 1)
	if w.present {
		size *= 1.5
	}
	return size
}

// LayoutF makes the window as fine as the screen is.
func (w *Window) LayoutF(width, height float64) (float64, float64) {
	s := ebiten.Monitor().DeviceScaleFactor()
	size := [2]int{int(width * s), int(height * s)}
	if size != w.size || s != w.scale {
		w.size, w.scale, w.stale = size, s, true
		w.state.Looks.Width, w.state.Looks.Height = int(width), int(height)
	}
	return float64(size[0]), float64(size[1])
}

// Layout is there for the interface; ebiten calls LayoutF.
func (w *Window) Layout(width, height int) (int, int) { return width, height }

// Run shows the window until it is closed, and keeps what it showed, however the
// drawing ends.
func Run(w *Window, title string) (err error) {
	defer func() {
		if bug := recover(); bug != nil {
			err = fmt.Errorf("the window ended: %v", bug)
		}
		err = errors.Join(err, w.Close())
	}()
	ebiten.SetWindowTitle(title)
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	ebiten.SetWindowSizeLimits(800, 560, -1, -1)
	width, height := 1280, 800
	if l := &w.state.Looks; l.Width >= 800 && l.Height >= 560 {
		width, height = l.Width, l.Height
	}
	ebiten.SetWindowSize(width, height)
	ebiten.SetWindowClosingHandled(true)
	ebiten.SetScreenClearedEveryFrame(false)
	return ebiten.RunGame(w)
}
