package window

import (
	"slices"
	"strconv"

	"github.com/ebitenui/ebitenui/widget"

	"abkd/sim/lesson"
	"abkd/sim/scene"
	"abkd/sim/wire"
)

// A part is a widget of a panel.
type part = widget.PreferredSizeLocateableWidget

// panelColumn puts the parts of a panel below one another, a notice above all.
func (w *Window) panelColumn(parts ...part) part {
	k := w.kit
	if text := w.trouble(); text != "" {
		told := k.column(8, k.insets(10, 8), k.text(text, plain, k.ink, textWidth-20))
		if w.notice != "" {
			told.AddChild(k.button("dismiss", w.speech.say("button.dismiss"), look{height: 26, as: small}, func() { w.notice, w.stale = "", true }))
		}
		parts = append([]part{k.panelIn(told, k.trouble)}, parts...)
	}
	return k.column(12, k.insets(panelPadding, panelPadding), parts...)
}

// trouble is what has gone wrong, "" for nothing.
func (w *Window) trouble() string {
	if w.notice == "" && w.snapshot != nil {
		return w.speech.reworded(w.snapshot.Error)
	}
	return w.notice
}

// changing returns a text that is brought up to date with each snapshot.
func (w *Window) changing(as style, units float64, now func(s *wire.Snapshot) string) *widget.Text {
	k := w.kit
	t := k.text("", as, k.ink, 0)
	w.moving = append(w.moving, func() {
		if s := w.snapshot; s != nil {
			t.Label = k.wrap(now(s), as, units*k.unit)
		}
	})
	return t
}

// story tells a step of a scene.
func (w *Window) story() part {
	k, say, s := w.kit, w.speech.say, w.scene()
	at := w.state.Step
	step := &s.Steps[at]
	if w.beat != scene.NoBeat {
		return w.slowStory()
	}
	key := "scene." + s.ID + "." + strconv.Itoa(at+1)
	parts := []part{
		k.text(say("scene."+s.ID+".title"), heading, k.ink, textWidth),
		w.dots(s, at),
		k.text(say("step."+step.Kind), strong, k.taught, 0),
		k.text(say(key+".text"), plain, k.ink, textWidth),
	}
	if w.speech.has(key + ".do") {
		parts = append(parts, k.text(say(key+".do"), plain, k.muted, textWidth))
	}
	if ask := s.Asked(at); ask == "sum" {
		parts = append(parts, w.sumAsked()...)
	} else {
		parts = append(parts, w.guessed()...)
	}
	if ask := s.Asked(len(s.Steps)); slices.Contains(ofStudies, ask) {
		parts = append(parts, k.text(say("desktop.studies"), plain, k.muted, textWidth),
			k.button("propose", say("desktop.studies.propose"), look{}, func() { w.proposeStudy(ask) }))
	}
	parts = append(parts,
		k.row(8,
			k.button("previous", say("button.previous"), look{disabled: at == 0 && s.ID == lesson.Scenes()[0].ID}, w.tellPrevious),
			k.button("next", say("button.next"), look{}, w.tellNext)),
		k.rule(),
		w.changing(plain, textWidth, w.gauges),
	)
	return w.panelColumn(parts...)
}

// dots are the steps of a scene.
func (w *Window) dots(s *lesson.Scene, at int) part {
	k := w.kit
	var all []part
	for i, step := range s.Steps {
		label := strconv.Itoa(i + 1)
		all = append(all, k.button("step "+label, label, look{pressed: i == at, height: 26, width: 30, as: small}, func() { w.tellScene(s.ID, i) }))
		_ = step
	}
	return k.row(4, all...)
}

// slowStory tells a part of a step in slow motion.
func (w *Window) slowStory() part {
	k, say := w.kit, w.speech.say
	var all []part
	for i, word := range lesson.Beats {
		b := scene.Beat(i + 1)
		all = append(all, k.button("beat "+word, say("beat."+word), look{pressed: b == w.beat, height: 28, as: small}, func() { w.setBeat(b) }))
	}
	return w.panelColumn(
		k.text(say("slow.label"), heading, k.ink, textWidth),
		k.flow(textWidth, 4, all...),
		w.changing(plain, textWidth, w.beatText),
		k.row(8, k.button("slow again", say("slow.again"), look{}, func() {
			w.setBeat(scene.NoBeat)
			w.slow()
		}), k.button("slow end", say("button.close"), look{}, func() { w.setBeat(scene.NoBeat) })),
	)
}

// beatText says what happens in the part of a step that is shown.
func (w *Window) beatText(s *wire.Snapshot) string {
	say := w.speech.say
	last := s.Lanes[len(s.Lanes)-1]
	isTeacher := s.Phase == wire.Teaching
	switch w.beat {
	case scene.Forward:
		if isTeacher {
			return say("beat.forward.teacher", "layers", strconv.Itoa(last.Model.Layers))
		}
		return say("beat.forward.student", "layers", strconv.Itoa(last.Model.Layers))
	case scene.Loss:
		if isTeacher || s.Alpha == 0 && s.A.Empty() {
			return say("beat.loss.none")
		}
		p := last.History[max(len(last.History)-1, 0):]
		if len(p) == 0 {
			return say("beat.loss.none")
		}
		terms := ""
		for i, t := range w.lossTerms(s) {
			if i > 0 {
				terms += " + "
			}
			terms += t.name + " " + w.speech.number(t.of(&p[0]))
		}
		return say("beat.loss.terms", "terms", terms, "total", w.speech.number(p[0].Total))
	case scene.Backward:
		if s.A.Empty() || isTeacher {
			return say("beat.backward.plain")
		}
		return say("beat.backward.pairs")
	}
	step, epoch := s.Step, s.Epoch+1
	if step == 0 {
		step, epoch = s.Steps, s.Epoch
	}
	return say("beat.update.says", "weights", int(last.Model.Params), "step", strconv.Itoa(step), "steps", strconv.Itoa(s.Steps), "epoch", strconv.Itoa(epoch))
}

// laneName is what the model of a lane is: a student that no other is beside, and no
// teacher above, is the student.
func laneName(s *wire.Snapshot, i int) string {
	switch {
	case s.Phase == wire.Teaching:
		return "teacher"
	case s.Teacher.Layers == 0:
		return "student"
	case i == 0 && len(s.Lanes) > 1:
		return "alone"
	}
	return "taught"
}

// gauges compare the models.
func (w *Window) gauges(s *wire.Snapshot) string {
	say := w.speech.say
	text := say("accuracy.test") + ":"
	if s.Phase != wire.Teaching && s.Teacher.Layers > 0 {
		text += "  " + say("model.teacher") + " " + w.speech.percent(s.Teacher.Test)
	}
	for i, l := range s.Lanes {
		text += "  " + say("model."+laneName(s, i)) + " " + w.speech.percent(l.Model.Test)
	}
	if last := s.Lanes[len(s.Lanes)-1]; s.Phase != wire.Teaching && last.Model.Params > 0 && s.Teacher.Params > 0 {
		text += "\n" + say("size.fewer", "times", w.speech.fixed(float64(s.Teacher.Params)/float64(last.Model.Params), 1)+"×")
	}
	if s.Graph.Part > 0 {
		text += "\n" + say("desktop.part", "nodes", s.Graph.Part)
	}
	return text
}

// keysShown lists the keys.
func (w *Window) keysShown() part {
	k, say := w.kit, w.speech.say
	rows := []part{k.text(say("keys"), heading, k.ink, 0)}
	for _, key := range [][2]string{
		{say("keys.space"), "keys.space.does"}, {say("keys.step"), "keys.step.does"}, {say("keys.back"), "keys.back.does"}, {say("keys.story"), "keys.story.does"},
		{"0 – 9", "keys.scene.does"}, {"R", "keys.reset.does"}, {"S", "keys.settings.does"}, {"Esc", "keys.close.does"}, {"A", "keys.beside.does"}, {"P", "keys.present.does"},
		{"J, K, Enter", "keys.things.does"}, {say("keys.drawing"), "keys.drawing.does"}, {"Ctrl+O", "desktop.keys.open"}, {"Ctrl+F", "desktop.keys.find"}, {"Ctrl+S", "desktop.keys.save"}, {"Ctrl+M", "desktop.keys.studies"}, {say("desktop.keys.walk.name"), "desktop.keys.walk"}, {"?", "keys.keys.does"},
	} {
		name := k.text(key[0], strong, k.ink, 0)
		name.GetWidget().MinWidth = k.px(240)
		rows = append(rows, k.row(12, name, k.text(say(key[1]), plain, k.ink, 0)))
	}
	rows = append(rows, k.button("help close", say("button.close"), look{}, func() { w.help, w.stale, w.scroller = false, true, nil }))
	return k.column(10, k.insets(40, 30), rows...)
}

// rule is a line between parts.
func (k *kit) rule() part {
	return k.drawing("rule", 10, 1, func(l *scene.Layer, width, _ float32) {
		l.Shapes = append(l.Shapes, scene.Shape{Kind: scene.Line, X0: 0, X1: width, Y0: 0.5, Y1: 0.5, R: 0.5, Color: k.line})
	})
}

// panelIn is panelOf in a column.
func (k *kit) panelIn(child part, of interface {
	RGBA() (r, g, b, a uint32)
}) part {
	c := k.panelOf(child, of)
	c.GetWidget().LayoutData = widget.RowLayoutData{Stretch: true}
	return c
}
