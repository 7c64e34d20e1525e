package window

import (
	"cmp"
	"image"
	"slices"
	"strconv"

	"github.com/ebitenui/ebitenui"
	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"abkd/sim/lesson"
	"abkd/sim/scene"
	"abkd/sim/wire"
)

// A frame says where the parts of the window are, in device pixels.
type frame struct {
	top, rail, beside, picture, curves, tabs, panel, transport image.Rectangle
}

// Sizes of the parts in units.
const (
	topHeight       = 46
	railHeight      = 40
	tabsHeight      = 42
	transportHeight = 58
	curvesHeight    = 190
	besideHeight    = 72
	panelWidth      = 400
	panelPadding    = 16
	textWidth       = panelWidth - 2*panelPadding - 12 // beside the mark of how far it is scrolled
)

// layout returns the frame of a window of that size in units of that many pixels.
func layout(w, h int, unit float64, present, both bool) (f frame) {
	px := func(units float64) int { return int(units*unit + 0.5) }
	all := image.Rect(0, 0, w, h)
	cut := func(r *image.Rectangle, height int, bottom bool) (part image.Rectangle) {
		part = *r
		if height = min(height, r.Dy()); bottom {
			part.Min.Y = r.Max.Y - height
			r.Max.Y = part.Min.Y
		} else {
			part.Max.Y = r.Min.Y + height
			r.Min.Y = part.Max.Y
		}
		return part
	}
	if f.transport = cut(&all, px(transportHeight), true); present {
		f.picture = all
		return f
	}
	f.top, f.rail = cut(&all, px(topHeight), false), cut(&all, px(railHeight), false)
	side := all
	side.Min.X = all.Max.X - min(px(panelWidth), all.Dx()*45/100)
	all.Max.X = side.Min.X
	f.tabs, f.panel = cut(&side, px(tabsHeight), false), side
	f.curves = cut(&all, min(px(curvesHeight), all.Dy()*3/10), true)
	if both {
		lines := 1 + max(0, px(600)/max(all.Dx(), 1)) // its sentence takes two where it is narrow
		f.beside = cut(&all, px(besideHeight+20*float64(min(lines, 3)-1)), false)
	}
	f.picture = all
	return f
}

// build makes the widgets anew. What had the keyboard has it again, with what was
// typed there, and the panel
// is scrolled as far.
func (w *Window) build() {
	w.stale, w.fresh = false, settled
	focus, scrolled := w.focusedID(), map[bool]float64{}
	typed, isTyped := "", w.isTyping()
	if isTyped {
		typed = w.ui.GetFocusedWidget().(*widget.TextInput).GetText()
	}
	for _, s := range w.scrollers() {
		scrolled[s == w.sheet] = s.ScrollTop
	}
	unit := w.scale * w.textSize()
	k := w.kit
	if k == nil || k.palette != palettes[w.theme()] || k.unit != unit {
		var err error
		if k, err = newKit(w.theme(), unit, w.painter); err != nil {
			w.err = err
			return
		}
	}
	k.submitted = func() { w.submitted = true }
	k.focus, k.focused, k.found = focus, nil, map[string]widget.HasWidget{}
	w.kit, w.moving, w.scroller, w.sheet = k, nil, nil, nil
	w.places = layout(w.size[0], w.size[1], unit, w.present, len(w.beside.begin) > 0)
	contents := w.chooser
	if w.graph != nil {
		contents = w.main
	}
	w.ui = &ebitenui.UI{Container: contents()}
	if k.focused != nil {
		w.ui.SetFocusedWidget(k.focused)
	}
	if field, ok := k.focused.(*widget.TextInput); ok && isTyped && !w.submitted {
		field.SetText(typed) // what was typed stays, whatever has come meanwhile
	}
	w.submitted = false
	for _, s := range w.scrollers() {
		s.ScrollTop = scrolled[s == w.sheet]
	}
	for _, f := range w.moving {
		f()
	}
}

// focusedID identifies what has the keyboard, "" for nothing.
func (w *Window) focusedID() string {
	if w.ui == nil || w.ui.GetFocusedWidget() == nil {
		return ""
	}
	id, _ := w.ui.GetFocusedWidget().GetWidget().CustomData.(string)
	return id
}

// place puts parts at their places.
func (w *Window) place(at places, parts ...part) *widget.Container {
	root := widget.NewContainer(widget.ContainerOpts.Layout(at))
	root.AddChild(parts...)
	return root
}

// main is the window on a run.
func (w *Window) main() *widget.Container {
	k := w.kit
	if w.help {
		return w.place(places{{Max: image.Pt(w.size[0], w.size[1])}}, k.panelOf(w.scrolling(w.keysShown()), k.panel))
	}
	if w.present {
		return w.place(places{w.places.transport}, k.panelOf(w.transport(), k.panel))
	}
	panel := map[tab]func() part{
		storyTab: w.story, settingsTab: w.settings, inspectorTab: w.inspector, nodesTab: w.nodes, filesTab: w.files, studiesTab: w.studiesPanel,
	}[w.tab]()
	at, left := w.places.curves, k.panelOf(w.curves(), k.paper)
	if w.showsStudy() {
		at = at.Union(w.places.picture) // below what is said of A
		w.sheet = k.scroll(w.study(at))
		left = k.panelOf(w.sheet, k.panel)
	}
	bar := part(k.rule())
	if len(w.beside.begin) > 0 {
		bar = k.panelOf(w.besideBar(), k.panel)
	}
	return w.place(places{w.places.top, w.places.rail, w.places.beside, at, w.places.tabs, w.places.panel, w.places.transport},
		k.panelOf(w.topBar(), k.panel), k.panelOf(w.rail(), k.panel), bar, left, k.panelOf(w.tabBar(), k.panel),
		k.panelOf(w.scrolling(panel), k.panel), k.panelOf(w.transport(), k.panel))
}

// scrolling lets what may be longer than the panel be scrolled.
func (w *Window) scrolling(content part) part {
	w.scroller = w.kit.scroll(content)
	return w.scroller
}

// scrollers are what can be scrolled: the panel, then a study.
func (w *Window) scrollers() (all []*widget.ScrollContainer) {
	for _, s := range []*widget.ScrollContainer{w.scroller, w.sheet} {
		if s != nil {
			all = append(all, s)
		}
	}
	return all
}

// topBar says what is trained on, and how the window looks.
func (w *Window) topBar() part {
	k, say := w.kit, w.speech.say
	title := k.text(k.cut(w.graph.Title, strong, 260*k.unit), strong, k.ink, 0)
	title.SetPosition(&widget.TextPositioning{VTextPosition: widget.TextPositionCenter})
	left := []part{k.button("graph", say("desktop.graph"), look{}, w.leaveGraph), middle(title)}
	help := k.button("help", say("keys"), look{}, func() { w.help, w.stale, w.scroller = true, true, nil })
	return padded(k, k.spread(float64(w.size[0])/k.unit-20, 10, left, append(w.looks(), help)), 10, 7)
}

// spread puts some widgets at the left and others at the right of so many units.
func (k *kit) spread(units, gap float64, left, right []part) part {
	used := k.px(gap)
	for _, p := range slices.Concat(left, right) {
		used += k.measured(p) + k.px(gap)
	}
	space := k.drawing("space", max(units-float64(used)/k.unit, 0), 1, func(*scene.Layer, float32, float32) {})
	space.widget.LayoutData = nil
	return k.row(gap, slices.Concat(left, []part{space}, right)...)
}

// looks are the buttons of language, theme and the size of texts.
func (w *Window) looks() []part {
	k, say := w.kit, w.speech.say
	next := w.languages[0]
	for i, c := range w.languages {
		if c == w.speech.Catalogue {
			next = w.languages[(i+1)%len(w.languages)]
		}
	}
	theme := cmp.Or(w.state.Looks.Theme, "light")
	return []part{
		k.button("language", next.Name, look{}, func() {
			w.state.Looks.Language = next.Tag
			w.speak(next.Tag)
		}),
		k.button("theme", say("looks.theme")+": "+say("looks."+theme), look{}, func() {
			w.state.Looks.Theme = map[string]string{"light": "dark", "dark": "contrast", "contrast": "light"}[theme]
			w.setView()
			w.stale = true
		}),
		k.button("size", say("desktop.size", "percent", strconv.Itoa(int(100*max(w.state.Looks.Size, 1)))), look{}, func() {
			w.state.Looks.Size = map[float64]float64{0: 1.25, 1: 1.25, 1.25: 1.5}[w.state.Looks.Size]
			w.setView()
			w.stale = true
		}),
	}
}

// rail has the scenes.
func (w *Window) rail() part {
	k := w.kit
	var all []part
	for i, s := range lesson.Scenes() {
		label := strconv.Itoa(i) + "  " + w.speech.say("scene."+s.ID+".name")
		all = append(all, k.button("scene "+s.ID, label, look{pressed: s.ID == w.state.Scene, quiet: true, height: 28, as: small}, func() { w.tellScene(s.ID, 0) }))
	}
	return padded(k, k.row(2, all...), 8, 5)
}

// tabBar has the tabs of the panel.
func (w *Window) tabBar() part {
	k := w.kit
	var all []part
	for _, t := range tabs {
		all = append(all, k.button("tab "+string(t), w.speech.say("desktop.tab."+string(t)), look{pressed: t == w.tab, quiet: true, height: 30, as: small}, func() { w.turnTo(t) }))
	}
	return padded(k, k.row(2, all...), 8, 6)
}

func padded(k *kit, c part, x, y float64) *widget.Container {
	return k.column(0, k.insets(x, y), c)
}

// middle sets a widget of a row to the middle of its height.
func middle[T widget.PreferredSizeLocateableWidget](c T) T {
	c.GetWidget().LayoutData = widget.RowLayoutData{Position: widget.RowLayoutPositionCenter}
	return c
}

// turnTo shows a tab.
func (w *Window) turnTo(t tab) {
	if w.tab != t {
		w.tab, w.scroller = t, nil // from its beginning
	}
	w.stale = true
}

// tellScene tells a step of a scene: it moves the run to where the step wants it.
func (w *Window) tellScene(id string, step int) {
	before := w.state.Scene
	w.state.Scene, w.state.Step, w.beat = id, step, scene.NoBeat
	s := w.scene()
	if id != before {
		w.command(wire.Show{What: s.Shows})
	}
	w.move(&s.Steps[step])
	w.ask(&s.Steps[step])
	w.setView()
	w.showRuns()
	if w.tab != inspectorTab {
		w.turnTo(storyTab)
	}
	w.stale = true
}

// leaveGraph goes back to the chooser; the run and the study wait, that of a command
// goes on.
func (w *Window) leaveGraph() {
	w.keepNow(true)
	if w.attended != nil {
		w.leaveAttended()
	} else {
		w.trainer.Command(wire.Pause{})
	}
	w.leaveDesk()
	w.graph, w.snapshot, w.notice, w.stale, w.scroller = nil, nil, "", true, nil
}

// drawOver marks what has the keyboard, and how far the panel is scrolled.
func (w *Window) drawOver(screen *ebiten.Image) {
	k := w.kit
	var l scene.Layer
	u := float32(k.unit)
	l.Shapes = append(l.Shapes, w.borders()...)
	for _, s := range w.scrollers() {
		if s.ContentRect().Dy() <= s.ViewRect().Dy() {
			continue
		}
		view, content := s.ViewRect(), s.ContentRect()
		height := float32(view.Dy()) * float32(view.Dy()) / float32(content.Dy())
		y := float32(view.Min.Y) + float32(s.ScrollTop)*(float32(view.Dy())-height)
		x := float32(view.Max.X) - 6*u
		l.Shapes = append(l.Shapes, scene.Shape{Kind: scene.Rect, X0: x, Y0: y + 2*u, X1: x + 4*u, Y1: y + height - 2*u, R: 2 * u, Color: k.strong})
	}
	if f := w.ui.GetFocusedWidget(); f != nil && !w.byPointer {
		r := f.GetWidget().Rect
		l.Shapes = append(l.Shapes, scene.Shape{Kind: scene.Rect, X0: float32(r.Min.X) - u, Y0: float32(r.Min.Y) - u, X1: float32(r.Max.X) + u, Y1: float32(r.Max.Y) + u, R: 3 * u, Stroke: 2.5 * u, Color: k.taught})
	}
	k.painter.Paint(screen, &l, 1)
}

// borders are the lines between the parts of the window.
func (w *Window) borders() (lines []scene.Shape) {
	line := func(x0, y0, x1, y1 int) {
		lines = append(lines, scene.Shape{Kind: scene.Line, X0: float32(x0), Y0: float32(y0), X1: float32(x1), Y1: float32(y1), R: float32(w.scale) / 2, Color: w.kit.line})
	}
	if f := &w.places; w.graph != nil && !w.help {
		line(0, f.transport.Min.Y, f.transport.Max.X, f.transport.Min.Y)
		if !w.present {
			line(0, f.rail.Max.Y, f.rail.Max.X, f.rail.Max.Y)
			line(f.tabs.Min.X, f.tabs.Min.Y, f.tabs.Min.X, f.panel.Max.Y)
			if !w.showsStudy() {
				line(0, f.curves.Min.Y, f.curves.Max.X, f.curves.Min.Y)
			}
		}
	}
	return lines
}
