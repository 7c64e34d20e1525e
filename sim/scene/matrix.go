package scene

import (
	"math"

	"abkd/sim/wire"
)

// A grid says where the three matrices stand.
type grid struct {
	x, y   float32 // first cell of the first
	cw, ch float32 // of a cell
	step   float32 // from matrix to matrix
	lt, ls int
	shown  *numbers
	size   float32 // of the numbers, 0 if there is no room for any
	short  bool    // numbers without the zero before the point
}

// matrices paints A × D = A·D with the numbers in the cells.
//
//	     A            D           A·D
//	   S1  S2       S1  S2       S1  S2
//	T1 .6  .4       .2  1.       .1  .4
//	T2 .5  .5   ×   .7  .3   =   .4  .2
//	                            Σ = 1.1
func (b *builder) matrices(a area, lt, ls int) {
	n := b.shownNumbers(3)
	g := b.grid(a, lt, ls, &n)
	if g.size == 0 { // perhaps with fewer digits
		n = b.shownNumbers(2)
		g = b.grid(a, lt, ls, &n)
	}
	b.rowLabels(&g)
	b.paintHead(&g, 0, "A", wordAttention)
	b.paintHead(&g, 1, "D", wordDistance)
	b.paintHead(&g, 2, "A·D", wordProduct)
	for i := range lt {
		for j := range ls {
			for m := range 3 {
				b.cell(&g, m, i, j, n.at(m, b.s, i*ls+j))
			}
		}
	}
	mid := g.y + float32(lt)*g.ch/2
	space := g.step - float32(ls)*g.cw
	b.y.text("×", g.x+g.step-space/2, mid, b.title, Middle, true, b.p.muted)
	b.y.text("=", g.x+2*g.step-space/2, mid, b.title, Middle, true, b.p.muted)
	total := b.memo(uint64(math.Float32bits(n.sum)), uint64(n.decimals[2])<<8|9, func(t []byte) []byte {
		if t = append(t, "Σ = "...); !(n.sum < 1e5) {
			return b.words.appendNumber(t, n.sum, 0)
		}
		return b.words.appendFloat(t, float64(n.sum), 'f', n.decimals[2])
	})
	b.total(total, g.x+2*g.step+float32(ls)*g.cw/2, g.y+float32(lt)*g.ch+b.body)
}

// numbers are what is shown of A, D and A·D. Each matrix has one number of
// decimals, by which its largest entry has the digits asked for. The product is
// that of the numbers that are shown, and so is its sum: a reader who
// multiplies and adds gets the same.
type numbers struct {
	known    bool
	decimals [3]int
	top      [3]float32 // largest entries, 1 for A
	sum      float32
}

func (b *builder) shownNumbers(digits int) (n numbers) {
	n.known = b.hasCompared()
	A, D := b.s.A.Data, b.s.D.Data
	n.top[0] = 1
	for k := range A {
		n.top[0], n.top[1] = larger(n.top[0], A[k]), larger(n.top[1], D[k])
	}
	n.decimals[0], n.decimals[1] = digits, decimalsOf(n.top[1], digits)
	n.top[1] = rounded(n.top[1], n.decimals[1])
	for k := range A {
		n.top[2] = larger(n.top[2], rounded(A[k], n.decimals[0])*rounded(D[k], n.decimals[1]))
	}
	n.decimals[2] = decimalsOf(n.top[2], digits)
	n.top[2] = rounded(n.top[2], n.decimals[2])
	sum := 0.0
	for k := range A {
		sum += float64(n.at(2, b.s, k))
	}
	n.sum = float32(sum)
	return n
}

// at returns entry k of matrix m as it is shown, NaN if it is not known.
func (n *numbers) at(m int, s *wire.Snapshot, k int) float32 {
	switch {
	case !n.known:
		return float32(math.NaN())
	case m == 0:
		return rounded(s.A.Data[k], n.decimals[0])
	case m == 1:
		return rounded(s.D.Data[k], n.decimals[1])
	}
	return rounded(rounded(s.A.Data[k], n.decimals[0])*rounded(s.D.Data[k], n.decimals[1]), n.decimals[2])
}

// mostDecimals is how small a number may be shown.
const mostDecimals = 5

// decimalsOf returns with how many decimals top has that many digits.
func decimalsOf(top float32, digits int) int {
	if !(top > 0) {
		return digits - 1
	}
	return min(max(digits-1-int(math.Floor(math.Log10(float64(top)))), 0), mostDecimals)
}

// rounded returns x as it reads with that many decimals.
func rounded(x float32, decimals int) float32 {
	if a := max(x, -x); !(a < 1e5) {
		return x
	}
	p := math.Pow10(decimals)
	return float32(math.Round(float64(x)*p) / p)
}

// total writes the sum of A·D.
func (b *builder) total(s string, x, y float32) {
	it := Item{Target: Total}
	half, c := Width(s, b.body, true)/2+0.5*b.unit, b.p.ink
	if b.Beat == Loss {
		c = b.p.accent
		b.Messages.frame(x-half, y-0.65*b.body, x+half, y+0.7*b.body, 3, 2, c)
	}
	if b.isPointedAt(it) {
		b.y.rect(x-half, y+0.62*b.body, x+half, y+0.62*b.body+2, 1, b.p.ink)
	}
	if b.selected.item == it {
		b.brackets(b.y, x-half, y-0.65*b.body, x+half, y+0.7*b.body)
	}
	b.y.text(s, x, y, b.body, Middle, true, c)
	b.hit(x-half, y-0.8*b.body, x+half, y+0.8*b.body, it)
}

// above and below are the heights of what stands over and under the cells.
func (b *builder) below() float32 { return 1.8 * b.body }
func (b *builder) above() float32 {
	if b.compact {
		return b.title*1.2 + b.small*2
	}
	return b.title*1.2 + b.small*3.5
}

// columns returns the widths of the row labels, of a cell and of the space
// between two matrices.
func (b *builder) columns(w float32, ls int) (label, cell, op float32) {
	label = Width(b.say(wordLogits), b.small, false) + b.unit
	op = 3.5 * b.unit
	return label, min((w-label-2*op)/float32(3*ls), 11*b.unit), op
}

// tallest returns the most height that the matrices can use.
func (b *builder) tallest(w float32, lt, ls int) float32 {
	_, cell, _ := b.columns(w, max(ls, 1))
	return b.above() + b.below() + float32(max(lt, 3))*min(0.9*cell, 6.5*b.unit)
}

func (b *builder) grid(a area, lt, ls int, n *numbers) grid {
	g := grid{lt: lt, ls: ls, shown: n}
	label, cell, op := b.columns(a.w, ls)
	g.cw = cell
	free := a.h - b.above() - b.below()
	g.ch = max(min(free/float32(lt), g.cw*0.9, 6.5*b.unit), 1)
	g.step = float32(ls)*g.cw + op
	g.x = a.x + (a.w-label-2*g.step-float32(ls)*g.cw)/2 + label
	g.y = a.y + b.above() + max((free-g.ch*float32(lt))/2, 0)
	var wide [2]float32 // of the widest number, whole and short
	for m := range 3 {
		for k := range b.s.A.Data {
			v := n.at(m, b.s, k)
			wide[0] = max(wide[0], Width(b.entry(v, n.decimals[m], false), 1, true))
			wide[1] = max(wide[1], Width(b.entry(v, n.decimals[m], true), 1, true))
		}
	}
	g.size = min(g.cw*0.86/max(wide[0], 0.1), g.ch*0.62, 1.15*b.body)
	if g.size*b.Pose.Zoom < 10.5 {
		g.short = true
		g.size = min(g.cw*0.9/max(wide[1], 0.1), g.ch*0.75, b.body)
		if g.size*b.Pose.Zoom < 9 {
			g.size = 0
		}
	}
	return g
}

// rowLabels names the teacher's layers left of the first matrix.
func (b *builder) rowLabels(g *grid) {
	every := apart(b.body, g.ch)
	size := min(b.body, g.cw*0.8)
	for i := range g.lt {
		if i%every != 0 {
			continue
		}
		y := g.y + (float32(i)+0.5)*g.ch
		x := g.x - b.unit*0.75
		if i == g.lt-1 && b.logits(b.s.Graph.TeacherActs) && g.ch > 2.5*b.small {
			b.y.text(b.say(wordLogits), x, y+0.65*b.body, b.small, End, false, b.p.muted)
			y -= 0.6 * b.body
		}
		b.y.text(b.count("T", i+1), x, y, size, End, true, b.p.ink)
	}
}

// paintHead writes the title of matrix m and the student's layers above it.
func (b *builder) paintHead(g *grid, m int, name string, word phrase) {
	w := float32(g.ls) * g.cw
	x := g.x + float32(m)*g.step
	y := g.y + b.title*0.7 - b.above()
	b.y.text(name, x+w/2, y, b.title, Middle, true, b.p.ink)
	if !b.compact {
		b.y.text(fit(b.say(word), b.small, false, g.step-b.unit/2), x+w/2, y+b.title*0.5+b.small*0.8, b.small, Middle, false, b.p.muted)
	}
	size := min(b.body, g.cw*0.6)
	if size < 8 {
		return
	}
	for j := range g.ls {
		b.y.text(b.count("S", j+1), x+(float32(j)+0.5)*g.cw, g.y-b.small*0.75, size, Middle, true, b.p.ink)
	}
}

// cell paints cell (i, j) of matrix m.
func (b *builder) cell(g *grid, m, i, j int, v float32) {
	top := g.shown.top[m]
	x0, y0 := g.x+float32(m)*g.step+float32(j)*g.cw, g.y+float32(i)*g.ch
	x1, y1 := x0+g.cw, y0+g.ch
	gap := min(1, g.cw*0.05)
	fill := b.p.surface
	if top > 0 && v == v {
		fill = mix(b.p.surface, b.p.heat[m], v/top)
	}
	b.y.rect(x0+gap, y0+gap, x1-gap, y1-gap, min(3, g.ch*0.1), fill)
	if b.Theme.isHigh() {
		b.y.frame(x0+gap+0.5, y0+gap+0.5, x1-gap-0.5, y1-gap-0.5, min(3, g.ch*0.1), 1, b.p.line)
	}
	if b.selected.item == (Item{Attention, i, j}) {
		b.brackets(b.y, x0+1, y0+1, x1-1, y1-1)
	} else if b.isPointedCell(i, j) {
		b.y.frame(x0+1, y0+1, x1-1, y1-1, 3, max(0.35*b.unit, 2.5), b.p.ink)
	}
	if g.size > 0 {
		b.y.text(b.entry(v, g.shown.decimals[m], g.short), (x0+x1)/2, (y0+y1)/2, g.size, Middle, v == top, on(fill))
	}
	b.hit(x0, y0, x1, y1, Item{Attention + Target(m), i, j})
}

// entry writes a number of a matrix. A short one has no zero before the point.
func (b *builder) entry(v float32, decimals int, short bool) string {
	s := b.number(v, decimals)
	if short && len(s) > 1 && s[0] == '0' && s[1] == '.' {
		return s[1:]
	}
	return s
}
