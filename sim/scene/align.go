package scene

import (
	"image/color"
	"math"
	"strconv"

	"abkd/sim/wire"
)

// layers returns how many layers of teacher and student are shown, and
// whether they are compared pair by pair.
func (b *builder) layers() (lt, ls int, aligned bool) {
	s := b.s
	if !s.A.Empty() && s.D.Rows == s.A.Rows && s.D.Cols == s.A.Cols {
		return s.A.Rows, s.A.Cols, true
	}
	return len(s.Graph.TeacherActs), len(s.Graph.StudentActs), false
}

// hasCompared reports whether A and D are known: they are those of the last step.
func (b *builder) hasCompared() bool { return b.s.Epoch+b.s.Step > 0 }

// crown is the height of what stands above the layers.
func (b *builder) crown() float32 { return b.row() + b.body*1.9 }

// stacks paints the two stacks of layers and the attention between them.
func (b *builder) stacks(a area) {
	s := b.s
	teacher, student := s.Graph.TeacherActs, s.Graph.StudentActs
	lt, ls, aligned := b.layers()
	b.stackTitle(a, wordTeacher, &s.Teacher, Start)
	learns := s.Phase == wire.Teaching
	if n := len(s.Lanes); n > 0 && !learns {
		b.stackTitle(a, wordStudent, &s.Lanes[n-1].Model, End)
	}
	b.scaleOf(a)
	if lt == 0 {
		return
	}
	t := b.stack(area{a.x, a.y + b.crown(), a.w, a.h - b.crown()}, teacher, student, lt, ls)
	if aligned {
		b.links(&t, s.A)
	}
	b.strips(&t, teacher, lt, false)
	b.paintBeat(&t, 0, lt, learns)
	b.strips(&t, student, ls, true)
	b.paintBeat(&t, 1, ls, !learns)
	if aligned {
		b.paintShares(&t)
	}
}

// alignment paints the matrices, or says why there are none.
func (b *builder) alignment(a area) {
	lt, ls, aligned := b.layers()
	b.compact = a.h < 9.5*b.body
	if aligned {
		b.matrices(a, lt, ls)
		return
	}
	b.y.frame(a.x+1, a.y+1, a.x+a.w-1, a.y+a.h-1, b.unit, 1.5, b.p.line)
	b.lines(a, b.say(wordNoAlign), b.whyNoAlignment())
}

// whyNoAlignment says why there is no alignment.
func (b *builder) whyNoAlignment() string {
	why := wordFromOther
	if b.s.Phase == wire.Teaching {
		why = wordTeaching
	} else if n := len(b.s.Lanes); n > 0 {
		switch b.s.Lanes[n-1].Criterion {
		case "none", "":
			why = wordFromLabel
		case "kd":
			why = wordFromKD
		}
	}
	return b.say(why)
}

func (b *builder) stackTitle(a area, who phrase, m *wire.ModelState, side Align) {
	x := a.x + a.w*float32(side)/2
	b.y.text(b.say(who), x, a.y+b.row()/2, b.title, side, true, b.p.ink)
	if m.Layers == 0 {
		return
	}
	shape := b.memo(uint64(m.Layers), uint64(m.Hidden), func(t []byte) []byte {
		return b.words.appendText(t, wordShape, "layers", strconv.Itoa(m.Layers), "units", strconv.Itoa(m.Hidden))
	})
	b.y.text(fit(shape, b.small, false, (a.w-scaleCells*scaleCell*b.unit)/2-1.5*b.unit), x, b.second(a), b.small, side, false, b.p.muted)
}

// The scale between the titles has so many cells, of that width in units.
const (
	scaleCells = 7
	scaleCell  = 1.1
)

// scaleOf explains the strips and the links, between the titles: cells from
// the most negative to the most positive output.
func (b *builder) scaleOf(a area) {
	const cells = scaleCells
	side := scaleCell * b.unit
	x, y := a.x+a.w/2-side*cells/2, b.second(a)
	for k := range cells {
		x0 := x + float32(k)*side
		b.y.rect(x0+0.5, y-side/2, x0+side-0.5, y+side/2, 1, b.signed(float32(k-cells/2), cells/2))
	}
	b.y.text("−", x-b.unit, y, b.small, Middle, false, b.p.muted)
	b.y.text("+", x+side*cells+b.unit, y, b.small, Middle, false, b.p.muted)
	s := b.say(wordWidth)
	if b.Beat != NoBeat {
		b.y.text(b.beatCaption(), a.x+a.w/2, a.y+b.row()/2, b.title, Middle, true, b.p.accent)
	} else if titles := Width(b.say(wordTeacher)+b.say(wordStudent), b.title, true); !b.s.A.Empty() && a.w > Width(s, b.small, false)+2*titles {
		b.y.text(s, a.x+a.w/2, a.y+b.row()/2, b.small, Middle, false, b.p.muted)
	}
}

// mostCells bounds the cells of all strips: a larger net costs no more to draw.
const mostCells = 720

// A stack says where the strips of the two models stand. Every unit of a
// layer is a cell of the same size, so that the models' sizes compare.
type stack struct {
	area
	pitch  float32 // from layer to layer
	label  float32 // width of the labels
	cell   float32
	edge   [2]float32 // where the links end: beside the widest strips, from the side
	across int        // cells in a row of a strip
	most   int        // cells in a strip
	lt, ls int
	logits [2]bool // the last layer gives the logits
}

func (b *builder) stack(a area, teacher, student [][]float32, lt, ls int) stack {
	t := stack{area: a, lt: lt, ls: ls}
	t.pitch = min(a.h/float32(max(lt, ls, 1)), max(11*b.unit, 0.24*a.h))
	t.label = Width(b.say(wordLogits), b.small, false) + b.unit
	t.logits = [2]bool{b.logits(teacher), b.logits(student)}
	widest := 1
	for _, acts := range [2][][]float32{teacher, student} {
		for _, layer := range acts {
			widest = max(widest, len(layer))
		}
	}
	w, h := a.w*0.29, t.pitch*0.7
	for t.cell = min(2.2*b.unit, h); t.cell > 2.5; t.cell -= 0.25 {
		if int(w/t.cell)*int(h/t.cell) >= widest {
			break
		}
	}
	t.across = max(int(w/t.cell), 1)
	t.most = max(min(t.across*int(h/t.cell), mostCells/max(lt+ls, 1)), 1)
	for k, acts := range [2][][]float32{teacher, student} {
		cols := 1
		for _, layer := range acts {
			_, c := t.size(len(layer))
			cols = max(cols, c)
		}
		t.edge[k] = t.label + float32(cols)*t.cell + b.unit
	}
	return t
}

// logits reports whether the last layer of acts has one unit for each class.
func (b *builder) logits(acts [][]float32) bool {
	n := len(acts)
	return n == 0 || len(b.s.Graph.Classes) == 0 || len(acts[n-1]) == len(b.s.Graph.Classes)
}

// middle returns the height of the middle of layer i of n.
func (t *stack) middle(i, n int) float32 {
	return t.y + t.h/2 + (float32(i)-float32(n-1)/2)*t.pitch
}

// size returns the rows, the columns and the number of units of the strip of
// a layer with n units.
func (t *stack) size(n int) (rows, cols int) {
	n = min(n, t.most)
	rows = max((n+t.across-1)/t.across, 1)
	return rows, max((n+rows-1)/rows, 1)
}

// strips paints the layers of one model, and a lead from each to where the
// links end: beside the widest strip, so that no link crosses another strip.
func (b *builder) strips(t *stack, acts [][]float32, n int, right bool) {
	word, align, x, model := "T", Start, t.x, 0
	if right {
		word, align, x, model = "S", End, t.x+t.w, 1
	}
	every := apart(b.body, t.pitch)
	for i := range n {
		y := t.middle(i, n)
		if i%every == 0 {
			last := i == n-1 && t.logits[align/2] && t.pitch > 2.6*b.small
			at := y
			if last {
				at -= 0.55 * b.body
				b.y.text(b.say(wordLogits), x, y+0.65*b.body, b.small, align, false, b.p.muted)
			}
			b.y.text(b.count(word, i+1), x, at, b.body, align, true, b.p.ink)
		}
		if i >= len(acts) || len(acts[i]) == 0 {
			continue
		}
		rows, cols := t.size(len(acts[i]))
		left := t.x + t.label
		if right {
			left = t.x + t.w - t.label - float32(cols)*t.cell
		}
		if right {
			b.y.line(t.x+t.w-t.edge[1], y, left-1.5, y, 1, Solid, b.p.line)
		} else {
			b.y.line(left+float32(cols)*t.cell+1.5, y, t.x+t.edge[0], y, 1, Solid, b.p.line)
		}
		b.strip(acts[i], left, y-float32(rows)*t.cell/2, rows, cols, t.cell, min(len(acts[i]), t.most))
		b.markStrip(Item{Block, model, i}, left, left+float32(cols)*t.cell, y-float32(rows)*t.cell/2, y+float32(rows)*t.cell/2)
	}
}

// markStrip marks a strip that is pointed at or selected, and makes it
// something to point at.
func (b *builder) markStrip(it Item, x0, x1, y0, y1 float32) {
	if b.isPointedAt(it) {
		b.y.frame(x0-3, y0-3, x1+3, y1+3, 3, max(0.3*b.unit, 2), b.p.ink)
	}
	if it == b.selected.layer && (b.selected.item == Item{Node, 0, 0} || b.selected.item.Target == Nothing) {
		b.brackets(b.y, x0-5, y0-5, x1+5, y1+5)
	}
	b.hit(x0-4, y0-4, x1+4, y1+4, it)
}

// apart returns the smallest n for which texts of that size fit below each
// other in every n-th row of the given height.
func apart(size, row float32) int {
	return int(math.Ceil(float64(1.1 * size / max(row, 1))))
}

// strip paints the outputs x of a layer as cells: one hue for negative, one
// for positive. Of more units than cells, the largest of its share is shown.
func (b *builder) strip(x []float32, left, top float32, rows, cols int, cell float32, cells int) {
	largest := float32(0)
	for _, v := range x {
		largest = larger(largest, float32(math.Abs(float64(v))))
	}
	gap := cell * 0.06
	b.y.frame(left-1.5, top-1.5, left+float32(cols)*cell+1.5, top+float32(rows)*cell+1.5, 1.5, 1, b.p.line)
	for k := range cells {
		v := float32(0)
		for _, u := range x[k*len(x)/cells : (k+1)*len(x)/cells] {
			if u*u >= v*v {
				v = u
			}
		}
		x0, y0 := left+float32(k%cols)*cell, top+float32(k/cols)*cell
		b.y.rect(x0+gap, y0+gap, x0+cell-gap, y0+cell-gap, cell*0.12, b.signed(v, largest))
	}
}

func (b *builder) signed(v, largest float32) color.NRGBA {
	switch {
	case v > 0:
		return mix(b.p.surface, b.p.positive, v/largest)
	case v < 0:
		return mix(b.p.surface, b.p.negative, -v/largest)
	}
	return b.p.surface
}

// links paints the attention: the stronger, the wider.
func (b *builder) links(t *stack, A wire.Matrix) {
	known := b.hasCompared()
	for pass := range 2 { // the one pointed at above the others
		for i := range A.Rows {
			for j := range A.Cols {
				v := A.Data[i*A.Cols+j]
				on := b.isPointedCell(i, j)
				if on != (pass == 1) || v != v {
					continue
				}
				w, o := linkWidth(v, b.unit)
				c, dash := alpha(b.p.heat[0], o), Solid
				if !known {
					w, c, dash = 1.5, b.p.muted, Dotted
				}
				if on {
					c = b.p.ink
				}
				x0, y0, x1, y1 := t.link(i, j, A.Rows, A.Cols)
				b.y.line(x0, y0, x1, y1, w, dash, c)
			}
		}
	}
}

// link returns the ends of the link of teacher layer i of rows to student layer
// j of cols.
func (t *stack) link(i, j, rows, cols int) (x0, y0, x1, y1 float32) {
	return t.x + t.edge[0], t.middle(i, rows), t.x + t.w - t.edge[1], t.middle(j, cols)
}

// linkWidth returns width and opacity of the link of attention a.
func linkWidth(a, unit float32) (w, opacity float32) {
	a = min(max(a, 0), 1)
	return 1 + 1.1*unit*a, 0.12 + 0.83*a
}

// isPointedCell reports whether a cell (i, j) is pointed at or chosen.
func (b *builder) isPointedCell(i, j int) bool {
	for _, it := range [...]Item{b.Hover, b.Focus, b.lit.item, b.selected.item} {
		if it.Target >= Attention && it.Target <= Product && it.I == i && it.J == j {
			return true
		}
	}
	return false
}
