package scene

import (
	"image/color"
	"math"
)

// stripsHeight is the height of so many strips of the given height, with what
// stands above and below them.
func (b *builder) stripsHeight(rows int, row float32) float32 {
	return 3*b.small + float32(rows)*row
}

// deciding paints how A came to what it is: of each teacher layer a strip from
// the first epoch to the last, divided among the student's layers as its row of
// A was. Epochs stand by their logarithm, since A settles in the first few.
//
//	T1 ▒▒▒▒▓▓▓▓▓▓▓▓▓▓ S2
//	T2 ▒▒▒▒▒▒▒▒▒▒▒▒▒▒ S1
//	   1    10    100
func (b *builder) deciding(a area) {
	s := &b.s.Attention
	lt, ls, aligned := b.layers()
	if !aligned || len(s.Epochs) == 0 || s.A.Cols != lt*ls {
		return
	}
	label := Width("T88", b.body, true)
	x, w := a.x+label, a.w-2*label
	row := (a.h - b.stripsHeight(0, 0)) / float32(lt)
	y := a.y + 1.6*b.small
	if row < 4 || w < 40 {
		return
	}
	b.y.text(fit(b.say(wordDeciding), b.small, false, w), x, a.y+0.5*b.small, b.small, Start, false, b.p.muted)
	last := max(b.s.Epochs, int(s.Epochs[len(s.Epochs)-1]))
	at := func(epoch int) float32 {
		return x + w*float32(math.Log1p(float64(epoch))/math.Log1p(float64(last)))
	}
	least := max(1.5, w*float32(lt*ls)/1200) // of a column, which bounds how many there are
	b.y.rect(x, y, x+w, y+row*float32(lt)-1, 1, b.p.surface)
	from, first := at(0), 0
	for k, epoch := range s.Epochs {
		to := at(int(epoch))
		if to-from < least && k < len(s.Epochs)-1 {
			continue
		}
		b.decided(s.A.Row(k), from, to, y, row, lt, ls, k == first)
		from = to
	}
	every := apart(b.body, row)
	now := s.A.Row(len(s.Epochs) - 1)
	for i := range lt {
		if i%every != 0 {
			continue
		}
		mid := y + (float32(i)+0.5)*row
		b.y.text(b.count("T", i+1), x-0.75*b.unit, mid, b.body, End, true, b.p.ink)
		if j := strongest(now[i*ls : (i+1)*ls]); j >= 0 {
			b.y.text(b.count("S", j+1), x+w+0.75*b.unit, mid, b.body, Start, true, b.p.ink)
		}
	}
	b.epochTicks(at, last, x+w, y+row*float32(lt)+0.9*b.small)
	if from < x+w-1 {
		b.y.line(from, y-2, from, y+row*float32(lt)+1, 2, Solid, b.p.accent)
	}
}

// decided paints one epoch of all strips, between from and to.
func (b *builder) decided(A []float32, from, to, y, row float32, lt, ls int, first bool) {
	for i := range lt {
		top := y + float32(i)*row
		high := row - 3
		sum := float32(0)
		for _, v := range A[i*ls : (i+1)*ls] {
			sum += v
		}
		if !(sum > 0) {
			continue // not known
		}
		for j := range ls {
			h := high * A[i*ls+j] / sum
			c := b.shareColor(j, ls)
			if b.isPointedCell(i, j) {
				c = b.p.accent
			}
			b.y.rect(from, top, to+0.5, top+h, 0, c)
			if s := b.count("S", j+1); first && h > 1.1*b.small && to-from > Width(s, b.small, false)+b.unit {
				b.y.text(s, from+0.75*b.unit, top+h/2, b.small, Start, true, on(c))
			}
			top += h
		}
	}
}

// shareColor is that of student layer j of n: the later, the stronger.
func (b *builder) shareColor(j, n int) color.NRGBA {
	return mix(b.p.surface, b.p.heat[0], 0.25+0.75*float32(j)/float32(max(n-1, 1)))
}

// strongest returns the index of the largest of x, -1 if none is known.
func strongest(x []float32) int {
	best := -1
	for j, v := range x {
		if v == v && (best < 0 || v > x[best]) {
			best = j
		}
	}
	return best
}

// epochTicks writes some epochs below the strips, and what they are.
func (b *builder) epochTicks(at func(int) float32, last int, right, y float32) {
	word := b.say(wordEpoch)
	end := right - Width(word, b.small, false)
	b.y.text(word, right, y, b.small, End, false, b.p.muted)
	for _, epoch := range [...]int{1, 3, 10, 30, 100, 300, 1000, 3000, 10000} {
		s := b.count("", epoch)
		half := Width(s, b.small, false) / 2
		x := at(epoch)
		if epoch > last || x+half > end-b.unit {
			return
		}
		b.y.line(x, y-0.85*b.small, x, y-0.6*b.small, 1, Solid, b.p.muted)
		b.y.text(s, x, y, b.small, Middle, false, b.p.muted)
	}
}
