package window

import (
	"image"
	"image/color"
	"math"

	"abkd/sim/scene"
	"abkd/sim/study"
	"abkd/sim/study/store"
	"abkd/site/desk"
)

// showsStudy reports whether a study stands where the picture does.
func (w *Window) showsStudy() bool {
	return w.graph != nil && !w.present && w.tab == studiesTab && w.studies.view != nil
}

// Sizes of what is drawn of a study, in units.
const (
	studyMargin = 20
	studyRow    = 22
)

// study is what a study has come to, for that place: its progress, a dot for each
// run, the table, and each run. Numbers are drawn as they are now.
func (w *Window) study(at image.Rectangle) part {
	k, say, v := w.kit, w.speech.say, w.studies.view
	width := float64(at.Dx())/k.unit - 2*studyMargin - 10
	parts := []part{
		k.text(say("desk.title", "kind", string(v.Kind), "name", v.Name), heading, k.ink, width),
		k.row(8, w.studyButtons()...),
		k.drawing("study progress", width, studyRow, w.drawProgress),
	}
	switch {
	case v.Error != "":
		parts = append(parts, k.text(say("desk.refused", "reason", w.speech.reworded(v.Error)), plain, k.ink, width))
	case v.Whole:
		parts = append(parts, k.text(say("desk.kept", "folder", v.Folder), small, k.muted, width))
	case !v.Running && v.Ask == nil:
		parts = append(parts, k.text(say("desk.other"), small, k.muted, width))
	}
	rows := float64(len(v.Rows))
	if v.Chart != "" {
		parts = append(parts, k.rule(), k.text(say("desk.chart", "kind", string(v.Kind)), small, k.muted, width),
			k.drawing("study chart", width, rows*studyRow+30, w.drawStrips))
	}
	parts = append(parts, k.rule(), k.drawing("study table", width, (rows+1)*studyRow, w.drawRows),
		k.rule(), k.text(say("desk.cells"), strong, k.taught, 0),
		k.drawing("study cells", width, float64(len(v.Cells))*studyRow, w.drawCells))
	return k.column(10, k.insets(studyMargin, 16), parts...)
}

// studyButtons are what can be done to the study that is shown.
func (w *Window) studyButtons() []part {
	k, say, v := w.kit, w.speech.say, w.studies.view
	closing := k.button("study close", say("button.close"), look{height: 28, as: small}, w.closeStudy)
	switch {
	case v.Running:
		return []part{k.button("study stop", say("desk.stop"), look{height: 28, as: small}, func() { w.stopStudy(v.Name) }), closing}
	case !v.Whole && v.Ask != nil:
		return []part{k.button("study go on", say("study.resume"), look{height: 28, as: small, disabled: w.state.Study != ""}, func() { w.goOn(v.Name) }), closing}
	}
	return []part{closing}
}

// A pen draws on a layer, as the rest of the window is drawn.
type pen struct {
	*kit
	l *scene.Layer
}

// write writes a text that is no wider than so many units.
func (p pen) write(s string, as style, x, y, most float32, align scene.Align, of color.NRGBA) {
	s = p.cut(s, as, float64(most)*p.unit)
	p.l.Texts = append(p.l.Texts, scene.Text{Str: s, X: x, Y: y, Size: float32(as.size), Align: align, Color: of, Bold: as.bold})
}

// bar draws how much of all is done.
func (p pen) bar(x, y, width float32, done, all float64, of color.NRGBA) {
	rect := func(end float32, of color.NRGBA) {
		p.l.Shapes = append(p.l.Shapes, scene.Shape{Kind: scene.Rect, X0: x, X1: end, Y0: y - 4, Y1: y + 4, R: 4, Color: of})
	}
	if rect(x+width, p.line); done > 0 {
		rect(x+max(width*float32(min(done/max(all, 1), 1)), 8), of)
	}
}

// drawProgress draws how many runs and epochs are done.
func (w *Window) drawProgress(l *scene.Layer, width, height float32) {
	v := w.studies.view
	if v == nil {
		return
	}
	done := 0
	for i := range v.Cells {
		if v.Cells[i].Done {
			done++
		}
	}
	p := pen{w.kit, l}
	end := min(width*0.25, 180)
	p.bar(0, height/2, end, float64(done), float64(len(v.Cells)), p.taught)
	text := w.speech.say("study.progress") + ": " + w.speech.say("desk.of", "n", done, "all", len(v.Cells))
	if v.Running {
		text += "   " + w.speech.say("desk.epochs", "done", int(v.Epochs), "all", int(v.OfEpochs))
	}
	p.write(text, plain, end+12, height/2, width-end-12, scene.Start, p.ink)
}

// ofMethod is the colour of a method: a student alone has its own, as everywhere.
func (k *kit) ofMethod(method string) color.NRGBA {
	if method == "none" {
		return k.alone
	}
	return k.taught
}

// quality is which of two accuracies a study goes by, NaN for none.
func quality(v *desk.View, valid, test study.Number) float64 {
	if v.Kind == store.Search {
		return float64(valid)
	}
	return float64(test)
}

// qualityOf is the accuracy of a run by which a study goes.
func qualityOf(v *desk.View, c *desk.Cell) float64 {
	return quality(v, study.Number(c.Valid), study.Number(c.Test))
}

// accuracyScale returns a range that holds all accuracies, and the distance of its
// marks.
func accuracyScale(v *desk.View) (low, high, step float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for i := range v.Cells {
		if q := qualityOf(v, &v.Cells[i]); !math.IsNaN(q) {
			low, high = min(low, q), max(high, q)
		}
	}
	if low > high {
		return 0, 1, 0.5
	}
	for _, step = range []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2} {
		if (high-low)/step <= 6 {
			break
		}
	}
	low, high = math.Floor(low/step)*step, math.Ceil(high/step)*step
	if high == low {
		high += step
	}
	return low, high, step
}

// drawStrips draws a dot for each finished run, in a row for each method and size,
// with a line at the mean.
func (w *Window) drawStrips(l *scene.Layer, width, height float32) {
	v := w.studies.view
	if v == nil {
		return
	}
	p := pen{w.kit, l}
	names := min(width*0.35, 200)
	low, high, step := accuracyScale(v)
	x := func(q float64) float32 { return names + 8 + (width-names-30)*float32((q-low)/(high-low)) }
	bottom := height - 24
	for i := 0; low+float64(i)*step <= high+step/2; i++ {
		q := low + float64(i)*step
		l.Shapes = append(l.Shapes, scene.Shape{Kind: scene.Line, X0: x(q), X1: x(q), Y0: 2, Y1: bottom, R: 0.5, Color: p.line})
		digits := 0
		if step < 0.01 {
			digits = 1
		}
		p.write(w.speech.say("percent", "value", w.speech.fixed(100*q, digits)), small, x(q), bottom+12, 80, scene.Middle, p.muted)
	}
	row := map[[2]string]float32{}
	for i, r := range v.Rows {
		y := float32(i)*studyRow + studyRow/2
		row[[2]string{r.Method, r.Student}] = y
		p.write(r.Method+" "+r.Student, small, names-6, y, names-6, scene.End, p.ink)
		if mean := quality(v, r.Valid, r.Test); !math.IsNaN(mean) {
			l.Shapes = append(l.Shapes, scene.Shape{Kind: scene.Line, X0: x(mean), X1: x(mean), Y0: y - 8, Y1: y + 8, R: 1.25, Color: p.ink})
		}
	}
	for i := range v.Cells {
		c := &v.Cells[i]
		if q := qualityOf(v, c); !math.IsNaN(q) {
			l.Shapes = append(l.Shapes, scene.Shape{Kind: scene.Circle, X0: x(q), Y0: row[[2]string{c.Method, c.Student}], R: 4, Color: p.ofMethod(c.Method)})
		}
	}
}

// drawRows draws the table of methods and sizes.
func (w *Window) drawRows(l *scene.Layer, width, _ float32) {
	v := w.studies.view
	if v == nil {
		return
	}
	p, say := pen{w.kit, l}, w.speech.say
	column, students := min(width*0.15, 112), min(width*0.16, 90)
	names := width - 4*column - students
	keys := []string{"study.seeds", "desk.valid", "study.column.test", "desk.sd"}
	if v.Kind == store.Search {
		keys = []string{"study.seeds", "desk.valid", "desk.sd"}
	}
	line := func(y float32, as style, of color.NRGBA, method, student string, values []string) {
		p.write(method, as, 0, y, names-10, scene.Start, of)
		p.write(student, as, names, y, students-4, scene.Start, of)
		for i, text := range values {
			p.write(text, as, names+students+float32(i+1)*column-4, y, column-8, scene.End, of)
		}
	}
	var heads []string
	for _, key := range keys {
		heads = append(heads, say(key))
	}
	line(studyRow/2, small, p.muted, say("desk.method"), say("desk.student"), heads)
	percent := func(x float64) string {
		if math.IsNaN(x) {
			return say("desk.unknown")
		}
		return w.speech.fixed(100*x, 1)
	}
	for i, r := range v.Rows {
		values := []string{say("desk.of", "n", r.Seeds, "all", r.Of), percent(float64(r.Valid))}
		if v.Kind != store.Search {
			values = append(values, percent(float64(r.Test)))
		}
		y := float32(i+1)*studyRow + studyRow/2
		l.Shapes = append(l.Shapes, scene.Shape{Kind: scene.Line, X0: 0, X1: width, Y0: y - studyRow/2, Y1: y - studyRow/2, R: 0.4, Color: p.line})
		line(y, plain, p.ink, r.Method, r.Student, append(values, percent(float64(r.SD))))
	}
}

// drawCells draws how far each run is that can be seen.
func (w *Window) drawCells(l *scene.Layer, width, _ float32) {
	v := w.studies.view
	if v == nil {
		return
	}
	p := pen{w.kit, l}
	top, view := w.kit.found["study cells"].GetWidget().Rect.Min.Y, w.sheet.ViewRect()
	for i := range v.Cells {
		if y := top + p.px(float64(i)*studyRow); y < view.Min.Y-p.px(studyRow) || y > view.Max.Y {
			continue
		}
		c, y := &v.Cells[i], float32(i)*studyRow+studyRow/2
		state := "waiting"
		switch {
		case c.Failure != "":
			state = "failed"
		case c.Done:
			state = "done"
		case c.Begun:
			state = "running"
		}
		p.write(w.speech.say("desk.cell", "method", c.Method, "student", c.Student, "seed", int(c.Seed)), small, 0, y, width*0.45, scene.Start, p.ink)
		p.bar(width*0.47, y, width*0.25, float64(c.Epochs), float64(c.OfEpochs), p.ofMethod(c.Method))
		p.write(w.speech.say("desk.cell.state", "state", state, "epochs", c.Epochs, "all", c.OfEpochs), small, width*0.74, y, width*0.26, scene.Start, p.muted)
	}
}
