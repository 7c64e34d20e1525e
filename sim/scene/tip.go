package scene

import (
	"math"
	"strconv"
	"strings"
)

// tooltip explains what is under the pointer, or else what is chosen.
func (b *builder) tooltip() {
	it := b.Hover
	if it.Target == Nothing {
		it = b.Focus
	}
	h, ok := b.where(it)
	if !ok || it.Target == Node && it.I >= len(b.s.Graph.Nodes) || it.Target == Edge && it.I >= len(b.s.Graph.Edges) {
		return
	}
	var lines []string
	switch it.Target {
	case Node:
		lines = b.nodeTip(it.I)
	case Edge:
		lines = b.edgeTip(it.I)
	case Block:
		lines = append([]string{b.layerName([2]phrase{wordTeacher, wordStudent}[it.I], it.J)}, b.nodeTip(0)...)
	case Attention, Distance, Product:
		lines = b.cellTip(it.I, it.J)
	case Total:
		sum := 0.0
		for k := range b.s.A.Data {
			A, D := b.pair(k)
			sum += float64(A * D)
		}
		lines = []string{"Σ A·D = " + b.float(float32(sum), 'g', 4)}
	case Answer, Point:
		lines = b.answerTip(it.I)
	case Result:
		lines = b.resultTip(it.I, it.J)
	}
	if len(lines) == 0 {
		return
	}
	b.Tip = strings.Join(lines, "; ")
	b.bubble(h, lines)
}

func (b *builder) nodeTip(i int) []string {
	g, v := &b.s.Graph, &b.s.Graph.Nodes[i]
	lines := []string{b.nodeName(v)}
	if v.Label >= 0 {
		lines = append(lines, b.say(wordLabel, "class", class(g, v.Label)))
	}
	for k, said := range [2]int{v.Teacher, v.Student} {
		if said < 0 {
			continue
		}
		who := [2]phrase{wordTeacher, wordStudent}[k]
		mark := ""
		if v.Label >= 0 && said == v.Label {
			mark = " ✓"
		} else if v.Label >= 0 {
			mark = " ×"
		}
		lines = append(lines, b.says(who, class(g, said))+mark)
	}
	return lines
}

// edgeTip names a message and, where the layer that is shown sends it, says
// how long its vector is.
func (b *builder) edgeTip(i int) []string {
	g := &b.s.Graph
	e := g.Edges[i]
	lines := []string{b.nodeName(&g.Nodes[e.Src]) + " → " + b.nodeName(&g.Nodes[e.Dst])}
	if e.Rel >= 0 && e.Rel < len(g.Relations) {
		lines = append(lines, b.named(g.Relations[e.Rel].Name))
	}
	teacher, messages := b.messages()
	layer, _ := b.layer(len(messages))
	if layer < len(messages) && i < len(messages[layer]) && messages[layer][i] > 0 {
		who := wordStudent
		if teacher {
			who = wordTeacher
		}
		lines = append(lines, b.say(wordLength, "layer", b.layerName(who, layer), "value", b.float(messages[layer][i], 'g', 3)))
	}
	return lines
}

// pair returns the k-th entries of A and D, NaN if they are not known.
func (b *builder) pair(k int) (A, D float32) {
	if !b.hasCompared() {
		return float32(math.NaN()), float32(math.NaN())
	}
	return b.s.A.Data[k], b.s.D.Data[k]
}

func (b *builder) cellTip(i, j int) []string {
	A, D := b.pair(i*b.s.A.Cols + j)
	exact := func(v float32) string { return b.float(v, 'g', 4) }
	return []string{
		"T" + strconv.Itoa(i+1) + " → S" + strconv.Itoa(j+1),
		"A = " + exact(A) + " " + b.say(wordAttention),
		"D = " + exact(D) + " " + b.say(wordDistance),
		"A·D = " + exact(A*D),
	}
}

// bubble paints lines beside h, inside the picture.
func (b *builder) bubble(h hit, lines []string) {
	y := &b.Overlay
	pad, step := 1.25*b.unit, b.body*1.5
	w, head := float32(0), 0 // lines of the bold one
	var rows []string
	for i, line := range lines {
		rows = append(rows, wrap(line, b.body, i == 0, min(b.W-4*pad, 40*b.body))...)
		if i == 0 {
			head = len(rows)
		}
	}
	if most := max(int((b.H-4-1.4*pad)/step), 1); len(rows) > most {
		rows = rows[:most]
	}
	for i := range rows {
		w = max(w, Width(rows[i], b.body, i < head))
	}
	lines = rows
	w, height := w+2*pad, float32(len(lines))*step+1.4*pad
	x := min(max((h.x0+h.x1-w)/2, 2), b.W-w-2)
	top := h.y0 - height - b.unit
	if top < 2 {
		top = min(h.y1+b.unit, b.H-height-2)
	}
	y.rect(x, top, x+w, top+height, b.unit, b.p.tip)
	for i, s := range lines {
		y.text(s, x+pad, top+0.7*pad+(float32(i)+0.5)*step, b.body, Start, i < head, b.p.tipInk)
	}
}
