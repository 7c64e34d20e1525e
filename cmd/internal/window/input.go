package window

import (
	"image"
	"maps"

	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"abkd/sim/lesson"
	"abkd/sim/scene"
	"abkd/sim/wire"
)

// isTyping reports whether keys belong to a field.
func (w *Window) isTyping() bool {
	if w.ui == nil {
		return false
	}
	_, is := w.ui.GetFocusedWidget().(*widget.TextInput)
	return is
}

// keysAreFree reports whether keys belong to the picture.
func (w *Window) keysAreFree() bool {
	return !w.isTyping() && !w.help && !(w.ui != nil && w.ui.GetFocusedWidget() != nil && ebiten.IsKeyPressed(ebiten.KeyEnter))
}

// keys handles those that are the same as on the page.
func (w *Window) keys() {
	if inpututil.IsKeyJustPressed(ebiten.KeyTab) {
		w.byPointer = false
	}
	if inpututil.IsKeyJustPressed(ebiten.KeyEscape) {
		w.escape()
	}
	if ebiten.IsKeyPressed(ebiten.KeyControl) {
		w.controlKeys()
		return
	}
	if w.isTyping() || w.graph == nil || w.snapshot == nil {
		return
	}
	if inpututil.IsKeyJustPressed(ebiten.KeySpace) && w.ui.GetFocusedWidget() == nil {
		w.playOrPause()
	}
	if !ebiten.IsKeyPressed(ebiten.KeyShift) {
		w.arrows()
	}
	for _, r := range ebiten.AppendInputChars(nil) {
		w.key(r)
	}
}

// arrows step through the run.
func (w *Window) arrows() {
	if isRepeating(ebiten.KeyArrowRight) {
		w.step()
	}
	if isRepeating(ebiten.KeyArrowLeft) {
		w.stepBack()
	}
	if inpututil.IsKeyJustPressed(ebiten.KeyBackspace) {
		w.walkBack()
	}
}

// isRepeating reports whether a key is pressed, and again while it is held.
func isRepeating(k ebiten.Key) bool {
	d := inpututil.KeyPressDuration(k)
	return d == 1 || d > 30 && d%6 == 0
}

// controlKeys handles what Ctrl makes of keys.
func (w *Window) controlKeys() {
	field, isTyping := w.ui.GetFocusedWidget().(*widget.TextInput)
	switch {
	case isTyping:
		if inpututil.IsKeyJustPressed(ebiten.KeyA) {
			field.SelectAll()
		}
	case w.graph == nil:
	case inpututil.IsKeyJustPressed(ebiten.KeyO):
		w.leaveGraph()
	case inpututil.IsKeyJustPressed(ebiten.KeyS):
		w.turnTo(filesTab)
	case inpututil.IsKeyJustPressed(ebiten.KeyF):
		w.turnTo(nodesTab)
	case inpututil.IsKeyJustPressed(ebiten.KeyM):
		w.turnTo(studiesTab)
	}
}

// key handles a character.
func (w *Window) key(r rune) {
	switch r {
	case '.':
		w.step()
	case ',':
		w.stepBack()
	case 'n', 'N':
		w.tellNext()
	case 'b', 'B':
		w.tellPrevious()
	case 'r', 'R':
		w.reset()
	case 's', 'S':
		if w.tab == settingsTab {
			w.turnTo(storyTab)
		} else if !w.present {
			w.turnTo(settingsTab)
		}
	case 'a', 'A':
		w.keepOrLeave()
	case 'p', 'P':
		w.togglePresent()
	case 'l', 'L':
		w.bare = w.present && !w.bare
		w.setView()
	case '?':
		w.help, w.stale, w.scroller = !w.help, true, nil
	default:
		if i := int(r - '0'); i >= 0 && i < len(lesson.Scenes()) && i <= 9 {
			w.tellScene(lesson.Scenes()[i].ID, 0)
		}
	}
}

// escape closes what lies over the story, a field first.
func (w *Window) escape() {
	switch {
	case w.ui != nil && w.ui.GetFocusedWidget() != nil:
		w.ui.ClearFocus()
	case w.help:
		w.help, w.scroller = false, nil
	case w.present:
		w.togglePresent()
	case w.notice != "":
		w.notice = ""
	case w.graph != nil:
		w.closeInspector()
		w.turnTo(storyTab)
	}
	w.stale = true
}

func (w *Window) togglePresent() {
	w.present, w.bare, w.stale = !w.present, false, true
	ebiten.SetFullscreen(w.present)
	w.setView()
}

func (w *Window) playOrPause() {
	s := w.snapshot
	if s.Running {
		w.command(wire.Pause{})
		return
	}
	if s.Phase >= wire.Finished {
		w.command(wire.Reset{})
	}
	w.command(wire.Play{})
}

func (w *Window) step() {
	w.setBeat(scene.NoBeat)
	w.command(wire.Step{})
}

// stepBack goes to the beginning of this epoch, or of the one before.
func (w *Window) stepBack() {
	s := w.snapshot
	epoch := s.Epoch
	if s.Step == 0 {
		epoch--
	}
	w.setBeat(scene.NoBeat)
	w.rewind(epoch)
}

func (w *Window) reset() {
	w.setBeat(scene.NoBeat)
	w.state.Guesses = maps.Clone(w.state.Guesses)
	maps.DeleteFunc(w.state.Guesses, func(ask, _ string) bool { return !w.isTold(ask) }) // the same run has the same answers
	w.command(wire.Reset{})
}

// setBeat shows a part of a training step in slow motion.
func (w *Window) setBeat(b scene.Beat) {
	if w.beat != b {
		w.beat, w.stale = b, true
		w.setView()
	}
}

// slow makes one step and takes it apart, or goes on to its next part.
func (w *Window) slow() {
	if w.beat == scene.NoBeat {
		w.command(wire.Step{})
	}
	w.setBeat((w.beat + 1) % (scene.Update + 1))
}

// tellNext goes to the next step of the story, which goes on in the next scene.
func (w *Window) tellNext() {
	s := w.scene()
	if w.state.Step+1 < len(s.Steps) {
		w.tellScene(s.ID, w.state.Step+1)
		return
	}
	all := lesson.Scenes()
	for i := range all[:len(all)-1] {
		if all[i].ID == s.ID {
			w.tellScene(all[i+1].ID, 0)
			return
		}
	}
}

// tellPrevious goes to the step before.
func (w *Window) tellPrevious() {
	s := w.scene()
	if w.state.Step > 0 {
		w.tellScene(s.ID, w.state.Step-1)
		return
	}
	all := lesson.Scenes()
	for i := range all {
		if i > 0 && all[i].ID == s.ID {
			w.tellScene(all[i-1].ID, len(all[i-1].Steps)-1)
			return
		}
	}
}

// pointer scrolls the panel and drags the timeline.
func (w *Window) pointer() {
	x, y := ebiten.CursorPosition()
	all := w.scrollers()
	if _, dy := ebiten.Wheel(); dy != 0 {
		for _, s := range all {
			if image.Pt(x, y).In(s.ViewRect()) {
				w.scrollBy(s, -dy*60)
			}
		}
	}
	if len(all) > 0 && !w.isTyping() {
		for key, by := range map[ebiten.Key]float64{ebiten.KeyPageDown: 400, ebiten.KeyPageUp: -400} {
			if isRepeating(key) {
				w.scrollBy(all[len(all)-1], by)
			}
		}
	}
	if inpututil.IsKeyJustPressed(ebiten.KeyTab) {
		w.afterwards(w.showFocused)
	}
	w.dragTimeline(x, y)
}

// scrollBy scrolls by so many units.
func (w *Window) scrollBy(s *widget.ScrollContainer, units float64) {
	w.fresh = settled
	if hidden := s.ContentRect().Dy() - s.ViewRect().Dy(); hidden > 0 {
		s.ScrollTop = min(max(s.ScrollTop+units*w.kit.unit/float64(hidden), 0), 1)
	}
}

// showFocused scrolls to what has the keyboard.
func (w *Window) showFocused() {
	f := w.ui.GetFocusedWidget()
	if f == nil {
		return
	}
	for _, s := range w.scrollers() {
		at, view, margin := f.GetWidget().Rect, s.ViewRect(), w.kit.px(12)
		if !at.In(s.ContentRect()) {
			continue // it is elsewhere
		}
		if over := at.Max.Y + margin - view.Max.Y; over > 0 {
			w.scrollBy(s, float64(over)/w.kit.unit)
		} else if over := view.Min.Y + margin - at.Min.Y; over > 0 {
			w.scrollBy(s, -float64(over)/w.kit.unit)
		}
	}
}

// leaveByPointer takes the keyboard from a button that the pointer has pressed, so
// that Space plays and pauses.
func (w *Window) leaveByPointer() {
	if !inpututil.IsMouseButtonJustReleased(ebiten.MouseButtonLeft) {
		return
	}
	w.byPointer = true
	if w.ui.GetFocusedWidget() != nil && !w.isTyping() {
		w.ui.ClearFocus()
	}
}

// fromPicture carries out what the picture asks for.
func (w *Window) fromPicture(c wire.Command) {
	switch c := c.(type) {
	case wire.Inspect:
		w.inspect(c.Subject)
	case wire.Focus:
		w.walkTo(c.Node)
	default:
		w.command(c)
	}
}
