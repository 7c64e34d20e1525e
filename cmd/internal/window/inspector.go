package window

import (
	"strconv"
	"strings"

	"abkd/sim/scene"
	"abkd/sim/wire"
)

// inspect shows the arithmetic of a subject.
func (w *Window) inspect(of wire.Subject) {
	if w.attended != nil && w.attended.remote.Watches {
		w.tell(w.speech.say("desktop.attach.watches"))
		return
	}
	w.inspected, w.quantity = of, -1
	w.command(wire.Inspect{Subject: of})
	w.setView()
	w.turnTo(inspectorTab)
}

func (w *Window) closeInspector() {
	if w.inspected != (wire.Subject{}) {
		w.inspected = wire.Subject{}
		w.command(wire.Inspect{})
		w.setView()
	}
}

// inspection is that of the last snapshot, nil if it is of something else.
func (w *Window) inspection() *wire.Inspection {
	if w.snapshot == nil || w.inspected.Kind == "" || w.snapshot.Inspection.Subject != w.inspected.String() {
		return nil
	}
	return &w.snapshot.Inspection
}

// inspector shows a number's arithmetic, a quantity at a time.
func (w *Window) inspector() part {
	k, say := w.kit, w.speech.say
	if w.inspected.Kind == "" {
		return w.panelColumn(k.text(say("desktop.tab.inspector"), heading, k.ink, 0), k.text(say("desktop.inspector.none"), plain, k.muted, textWidth))
	}
	title := k.text(say("inspector.title", "what", w.speech.subject(w.inspected)), heading, k.ink, textWidth)
	now := w.inspection()
	switch {
	case now == nil:
		return w.panelColumn(title, k.text(say("inspector.waits"), plain, k.muted, textWidth))
	case now.Error != "" || len(now.Quantities) == 0:
		return w.panelColumn(title, k.text(w.speech.reworded(counted(now.Error)), plain, k.ink, textWidth))
	}
	at := w.quantityAt(now)
	var names []part
	for i, q := range now.Quantities {
		id := "quantity " + strconv.Itoa(i)
		names = append(names, k.button(id, low.Replace(counted(q.Symbol)), look{pressed: i == at, height: 26, as: small}, func() { w.chooseQuantity(i) }))
	}
	last := len(now.Quantities) - 1
	return w.panelColumn(title, k.flow(textWidth, 4, names...), k.rule(), w.quantityShown(at),
		k.row(8,
			k.button("quantity before", say("inspector.before"), look{disabled: at == 0}, func() { w.chooseQuantity(at - 1) }),
			k.button("quantity after", say("inspector.after"), look{disabled: at == last}, func() { w.chooseQuantity(at + 1) })),
		k.button("inspector copy", say("desktop.save.arithmetic"), look{height: 28, as: small}, w.saveArithmetic),
		k.button("inspector close", say("button.close"), look{height: 28, as: small}, func() { w.closeInspector(); w.turnTo(storyTab) }))
}

func (w *Window) quantityAt(of *wire.Inspection) int {
	if w.quantity < 0 || w.quantity >= len(of.Quantities) {
		return len(of.Quantities) - 1
	}
	return w.quantity
}

func (w *Window) chooseQuantity(i int) { w.quantity, w.stale = i, true }

// quantityName is a quantity with what it belongs to.
func (w *Window) quantityName(q *wire.Quantity) string {
	name := low.Replace(counted(q.Symbol))
	if q.Of != "" {
		name += "  " + w.speech.reworded(counted(strings.ReplaceAll(q.Of, "_", " ")))
	}
	return name
}

// quantityShown is one quantity: what it is, its formula and its value, which are
// brought up to date with each snapshot.
func (w *Window) quantityShown(at int) part {
	k, say := w.kit, w.speech.say
	of := func() *wire.Quantity {
		if now := w.inspection(); now != nil && at < len(now.Quantities) {
			return &now.Quantities[at]
		}
		return &wire.Quantity{}
	}
	q := of()
	changing := func(as style, text func(q *wire.Quantity) string) part {
		return w.changing(as, textWidth, func(*wire.Snapshot) string { return text(of()) })
	}
	parts := []part{
		k.text(w.quantityName(q), strong, k.ink, textWidth),
		changing(plain, func(q *wire.Quantity) string { return w.speech.reworded(counted(q.Text)) }),
	}
	if q.Formula != "" {
		parts = append(parts, changing(plain, func(q *wire.Quantity) string { return counted(q.Formula) }))
	}
	if !q.Value.Empty() {
		parts = append(parts, w.values(of))
	}
	now := w.inspection()
	link := func(i int) part {
		id := "uses " + strconv.Itoa(i)
		return k.button(id, k.cut(w.quantityName(&now.Quantities[i]), small, 250*k.unit), look{height: 26, as: small}, func() { w.chooseQuantity(i) })
	}
	var from, users []part
	for _, u := range q.Uses {
		from = append(from, link(u))
	}
	for i := range now.Quantities {
		for _, u := range now.Quantities[i].Uses {
			if u == at {
				users = append(users, link(i))
			}
		}
	}
	for _, l := range []struct {
		key string
		all []part
	}{{"inspector.from", from}, {"inspector.for", users}} {
		if len(l.all) > 0 {
			parts = append(parts, k.text(say(l.key), small, k.muted, 0), k.flow(textWidth, 4, l.all...))
		}
	}
	return k.column(10, k.insets(0, 0), parts...)
}

// The largest table that is shown; the text that is saved has all.
const (
	mostRows = 12
	mostCols = 5
)

// values is the table of a quantity's numbers.
func (w *Window) values(of func() *wire.Quantity) part {
	k := w.kit
	m := of().Value
	rows, cols := m.Rows, m.Cols
	perLine := cols
	if rows == 1 && cols > mostCols { // a long row goes over several lines
		perLine = mostCols
		rows = min((cols+perLine-1)/perLine, mostRows)
	} else {
		rows, perLine = min(rows, mostRows), min(cols, mostCols)
	}
	const height = 20
	table := k.drawing("values", textWidth, float64(rows)*height+6, func(l *scene.Layer, width, _ float32) {
		m := of().Value
		cell := width / mostCols
		for i := range rows {
			for j := range perLine {
				at, y := i*m.Cols+j, float32(i)*height+height/2+2
				if m.Rows == 1 {
					at = i*perLine + j
				}
				if at < len(m.Data) && (m.Rows == 1 || j < m.Cols) {
					l.Texts = append(l.Texts, scene.Text{Str: w.speech.number(m.Data[at]), X: float32(j+1)*cell - 8, Y: y, Size: 13, Align: scene.End, Color: k.ink})
				}
			}
		}
		l.Shapes = append(l.Shapes, scene.Shape{Kind: scene.Rect, X0: 0, Y0: 0, X1: float32(perLine) * cell, Y1: float32(rows)*height + 4, R: 3, Stroke: 1, Color: k.line})
	})
	if shown := rows * perLine; shown < len(m.Data) {
		note := k.text(w.speech.say("desktop.values", "rows", m.Rows, "columns", m.Cols), small, k.muted, textWidth)
		return k.column(4, k.insets(0, 0), table, note)
	}
	return table
}

// arithmetic is an inspection as text, with every number in full.
func (w *Window) arithmetic() string {
	now := w.inspection()
	if now == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString(w.speech.say("inspector.copy.title", "what", w.speech.subject(w.inspected), "epoch", strconv.Itoa(w.snapshot.Epoch)) + "\n")
	for i := range now.Quantities {
		q := &now.Quantities[i]
		b.WriteString("\n[" + strconv.Itoa(i+1) + "] " + w.quantityName(q) + ": " + w.speech.reworded(counted(q.Text)) + "\n")
		if q.Formula != "" {
			b.WriteString("    " + counted(q.Formula) + "\n")
		}
		for r := range q.Value.Rows {
			for c, v := range q.Value.Row(r) {
				b.WriteString(map[bool]string{true: "    ", false: "\t"}[c == 0] + strconv.FormatFloat(float64(v), 'g', -1, 32))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}
