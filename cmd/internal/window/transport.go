package window

import (
	"image"
	"math"
	"strconv"

	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"abkd/sim/scene"
	"abkd/sim/wire"
)

// A scrub follows the pointer over the timeline: while a moment is being computed only
// the last one asked for waits.
type scrub struct {
	isDragged bool
	asked     bool // for sent, which has not come yet
	sent      int
	wanted    int // -1 for nothing
}

// speeds are the paces that can be chosen, in epochs per second.
var speeds = []float64{1, 3, 6, 20, 60, 0}

// transport plays, pauses, and shows where the run is.
func (w *Window) transport() part {
	k, say := w.kit, w.speech.say
	s := w.snapshot
	play := say("transport.play")
	if s != nil && s.Running {
		play = say("transport.pause")
	} else if s != nil && s.Phase >= wire.Finished {
		play = say("transport.again")
	}
	ready := func(f func()) func() {
		return func() {
			if w.snapshot != nil {
				f()
			}
		}
	}
	speed := say("speed.full")
	if w.state.Speed > 0 {
		speed = say("speed.rate", "n", int(w.state.Speed))
	}
	buttons := []part{
		k.button("play", play, look{pressed: s == nil || !s.Running, width: 84}, ready(w.playOrPause)),
		k.button("back", say("transport.back"), look{}, ready(w.stepBack)),
		k.button("step", say("transport.step"), look{}, ready(w.step)),
		k.button("slow", say("transport.slow"), look{pressed: w.beat != scene.NoBeat}, ready(w.slow)),
		k.button("reset", say("button.reset"), look{}, ready(w.reset)),
		k.button("speed", speed, look{}, w.nextSpeed),
	}
	used := 12.0
	for _, b := range buttons {
		used += float64(k.measured(b))/k.unit + 6
	}
	line := k.drawing("timeline", max(float64(w.size[0])/k.unit-used-24, 120), 32, w.drawTimeline)
	line.widget.LayoutData = widget.RowLayoutData{Position: widget.RowLayoutPositionCenter}
	return padded(k, k.row(6, append(buttons, line)...), 10, 12)
}

// nextSpeed goes to the next pace.
func (w *Window) nextSpeed() {
	at := 0
	for i, v := range speeds {
		if v == w.state.Speed {
			at = i
		}
	}
	w.state.Speed, w.stale = speeds[(at+1)%len(speeds)], true
	w.command(wire.Speed{EpochsPerSecond: w.state.Speed})
}

// timelineRoom is what the words beside the timeline take, in units.
const timelineRoom = 190

// drawTimeline draws the epochs of the phase: those that can be gone back to, the
// changes, and where the run is.
func (w *Window) drawTimeline(l *scene.Layer, width, height float32) {
	k, s := w.kit, w.snapshot
	if s == nil {
		return
	}
	end, y := width-timelineRoom, height/2
	x := func(epoch int) float32 { return 8 + (end-8)*float32(epoch)/float32(max(s.Epochs, 1)) }
	line := func(from, to float32, r float32, of scene.Shape) {
		of.Kind, of.X0, of.X1, of.Y0, of.Y1, of.R = scene.Line, from, to, y, y, r
		l.Shapes = append(l.Shapes, of)
	}
	line(x(0), x(s.Epochs), 3, scene.Shape{Color: k.line})
	line(x(0), x(min(s.Recorded, s.Epochs)), 3, scene.Shape{Color: k.strong})
	line(x(0), x(min(s.Epoch, s.Epochs)), 3, scene.Shape{Color: k.taught})
	for _, c := range s.Changes {
		if c.Teaching == (s.Phase == wire.Teaching) {
			l.Shapes = append(l.Shapes, scene.Shape{Kind: scene.Line, X0: x(c.Epoch), X1: x(c.Epoch), Y0: y - 9, Y1: y + 9, R: 1, Color: k.alone})
		}
	}
	l.Shapes = append(l.Shapes, scene.Shape{Kind: scene.Circle, X0: x(min(s.Epoch, s.Epochs)), Y0: y, R: 8, Color: k.taught})
	phase := "other"
	if s.Phase == wire.Teaching {
		phase = "teaching"
	}
	text := w.speech.say("timeline.epoch", "phase", phase, "at", strconv.Itoa(s.Epoch), "epochs", strconv.Itoa(s.Epochs))
	if s.Step > 0 {
		text += " · " + strconv.Itoa(s.Step) + "/" + strconv.Itoa(s.Steps)
	}
	l.Texts = append(l.Texts, scene.Text{Str: text, X: end + 20, Y: y, Size: 13, Color: k.ink})
}

// timelineAt is where the timeline is.
func (w *Window) timelineAt() image.Rectangle {
	if d, ok := w.kit.found["timeline"]; ok {
		r := d.GetWidget().Rect
		r.Max.X -= w.kit.px(timelineRoom)
		return r
	}
	return image.Rectangle{}
}

// dragTimeline lets the run follow the pointer.
func (w *Window) dragTimeline(x, y int) {
	if w.snapshot == nil {
		return
	}
	at := w.timelineAt()
	if inpututil.IsMouseButtonJustPressed(ebiten.MouseButtonLeft) && image.Pt(x, y).In(at.Inset(-w.kit.px(6))) {
		w.scrub.isDragged = true
	}
	if !w.scrub.isDragged {
		return
	}
	if !ebiten.IsMouseButtonPressed(ebiten.MouseButtonLeft) {
		w.scrub.isDragged = false
	}
	if at.Empty() {
		return // it has been made anew, and is nowhere yet
	}
	begin, end := float64(at.Min.X+w.kit.px(8)), float64(at.Max.X)
	epoch := int(math.Round((float64(x) - begin) / (end - begin) * float64(w.snapshot.Epochs)))
	if epoch != w.snapshot.Epoch || w.scrub.asked {
		w.rewind(epoch)
	}
}

// rewind goes to the state after an epoch of this phase.
func (w *Window) rewind(epoch int) {
	w.scrub.wanted = min(max(epoch, 0), w.snapshot.Recorded)
	if !w.scrub.asked {
		w.sendRewind()
	}
}

// sendRewind asks for the moment that is wanted.
func (w *Window) sendRewind() {
	w.scrub.asked, w.scrub.sent = true, w.scrub.wanted
	w.command(wire.Rewind{To: wire.Moment{Epoch: w.scrub.wanted}})
}

// scrubOn asks for where the pointer has gone since.
func (w *Window) scrubOn() {
	if !w.scrub.asked && w.scrub.isDragged && w.scrub.wanted != w.scrub.sent {
		w.sendRewind()
	}
}
