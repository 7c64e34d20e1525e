package scene

import (
	"math"
	"strconv"
)

// A grid says where the three matrices stand.
type grid struct {
	x, y   float32 // first cell of the first
	cw, ch float32 // of a cell
	step   float32 // from matrix to matrix
	lt, ls int
	top    [3]float32 // largest entries, 1 for A
	size   float32    // of the numbers, 0 if there is no room for any
	short  bool       // numbers without the zero before the point
}

// matrices paints A × D = A·D with the numbers in the cells.
//
//	     A            D           A·D
//	   S1  S2       S1  S2       S1  S2
//	T1 .6  .4       .2  1.       .1  .4
//	T2 .5  .5   ×   .7  .3   =   .4  .2
//	                            Σ = 1.1
func (b *builder) matrices(a area, lt, ls int) {
	A, D := b.s.A.Data, b.s.D.Data
	top := [3]float32{1, 0, 0}
	sum := 0.0
	for k := range A {
		top[0] = larger(top[0], A[k])
		top[1] = larger(top[1], D[k])
		top[2] = larger(top[2], A[k]*D[k])
		sum += float64(A[k] * D[k])
	}
	g := b.grid(a, lt, ls, top)
	b.rowLabels(&g)
	b.paintHead(&g, 0, "A", wordAttention)
	b.paintHead(&g, 1, "D", wordDistance)
	b.paintHead(&g, 2, "A·D", wordProduct)
	for i := range lt {
		for j := range ls {
			v := A[i*ls+j]
			d := D[i*ls+j]
			b.cell(&g, 0, i, j, v)
			b.cell(&g, 1, i, j, d)
			b.cell(&g, 2, i, j, v*d)
		}
	}
	mid := g.y + float32(lt)*g.ch/2
	space := g.step - float32(ls)*g.cw
	b.y.text("×", g.x+g.step-space/2, mid, b.title, Middle, true, b.p.muted)
	b.y.text("=", g.x+2*g.step-space/2, mid, b.title, Middle, true, b.p.muted)
	total := b.memo(uint64(math.Float32bits(float32(sum))), 9, func(t []byte) []byte {
		return appendNumber(append(t, "Σ = "...), float32(sum), decimals(float32(sum)))
	})
	b.total(total, g.x+2*g.step+float32(ls)*g.cw/2, g.y+float32(lt)*g.ch+b.body)
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
	label = Width(wordLogits.in(b.Lang), b.small, false) + b.unit
	op = 3.5 * b.unit
	return label, min((w-label-2*op)/float32(3*ls), 11*b.unit), op
}

// tallest returns the most height that the matrices can use.
func (b *builder) tallest(w float32, lt, ls int) float32 {
	_, cell, _ := b.columns(w, max(ls, 1))
	return b.above() + b.below() + float32(max(lt, 3))*min(0.9*cell, 6.5*b.unit)
}

func (b *builder) grid(a area, lt, ls int, top [3]float32) grid {
	g := grid{lt: lt, ls: ls, top: top}
	label, cell, op := b.columns(a.w, ls)
	g.cw = cell
	free := a.h - b.above() - b.below()
	g.ch = max(min(free/float32(lt), g.cw*0.9, 6.5*b.unit), 1)
	g.step = float32(ls)*g.cw + op
	g.x = a.x + (a.w-label-2*g.step-float32(ls)*g.cw)/2 + label
	g.y = a.y + b.above() + max((free-g.ch*float32(lt))/2, 0)
	widest := "0.000"[:2+max(decimals(top[1]), decimals(top[2]))]
	for _, m := range [2][]float32{b.s.A.Data, b.s.D.Data} {
		for _, v := range m {
			if v >= 1000 || v < 0 || v != v {
				widest = "00000"
			}
		}
	}
	g.size = min(g.cw*0.86/Width(widest, 1, true), g.ch*0.62, 1.15*b.body)
	if g.size*b.Pose.Zoom < 10.5 {
		g.short = true
		g.size = min(g.cw*0.9/Width(widest[1:], 1, true), g.ch*0.75, b.body)
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
			b.y.text(wordLogits.in(b.Lang), x, y+0.65*b.body, b.small, End, false, b.p.muted)
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
		b.y.text(fit(word.in(b.Lang), b.small, false, g.step-b.unit/2), x+w/2, y+b.title*0.5+b.small*0.8, b.small, Middle, false, b.p.muted)
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
	top := g.top[m]
	x0, y0 := g.x+float32(m)*g.step+float32(j)*g.cw, g.y+float32(i)*g.ch
	x1, y1 := x0+g.cw, y0+g.ch
	gap := min(1, g.cw*0.05)
	fill := b.p.surface
	if top > 0 && v == v {
		fill = mix(b.p.surface, b.p.heat[m], v/top)
	}
	b.y.rect(x0+gap, y0+gap, x1-gap, y1-gap, min(3, g.ch*0.1), fill)
	if b.Theme == Contrast {
		b.y.frame(x0+gap+0.5, y0+gap+0.5, x1-gap-0.5, y1-gap-0.5, min(3, g.ch*0.1), 1, b.p.line)
	}
	if b.selected.item == (Item{Attention, i, j}) {
		b.brackets(b.y, x0+1, y0+1, x1-1, y1-1)
	} else if b.isPointedCell(i, j) {
		b.y.frame(x0+1, y0+1, x1-1, y1-1, 3, max(0.35*b.unit, 2.5), b.p.ink)
	}
	if g.size > 0 {
		b.y.text(b.entry(v, decimals(top), g.short), (x0+x1)/2, (y0+y1)/2, g.size, Middle, v == top, on(fill))
	}
	b.hit(x0, y0, x1, y1, Item{Attention + Target(m), i, j})
}

// entry writes a number of a matrix. A short one has no zero before the point
// and, from 1 on, one decimal less.
func (b *builder) entry(v float32, decimals int, short bool) string {
	if short && v >= 1 && v < 10 {
		return b.memo(uint64(math.Float32bits(v)), 1, func(t []byte) []byte {
			return strconv.AppendFloat(t, float64(v), 'f', 1, 32)
		})
	}
	s := b.number(v, decimals)
	if short && len(s) > 1 && s[0] == '0' && s[1] == '.' {
		return s[1:]
	}
	return s
}
