package scene

import (
	"image/color"
	"math"
	"slices"

	"abkd/sim/lesson"
	"abkd/sim/wire"
)

// A Beat is a part of one training step, shown in slow motion.
type Beat uint8

// The beats: none, and those of lesson.Beats in their order.
const (
	NoBeat   Beat = iota
	Forward       // layer by layer to the logits
	Loss          // what came out is compared
	Backward      // the derivative, layer by layer back
	Update        // the weights move
)

// BeatOf returns the beat that a word of lesson.Beats names, NoBeat for others.
func BeatOf(word string) Beat { return Beat(1 + slices.Index(lesson.Beats, word)) }

var beatWords = [...]phrase{NoBeat: "", Forward: wordForward, Loss: wordLoss, Backward: wordBackward, Update: wordUpdate}

// wave returns which of n layers the beat has come to, and how far, 0..1,
// from it to the next. Backward it begins with the last.
func (b *builder) wave(n int) (layer int, u float32) {
	t := float64(n)
	if !b.Still {
		t = min(b.Since/lesson.BeatSeconds, 1) * float64(n)
	}
	layer = min(int(t), n-1)
	u = float32(t - float64(layer))
	if b.Beat == Backward {
		layer = n - 1 - layer
	}
	return layer, u
}

// paintBeat paints what the beat does to the layers of one model: 0 for the
// teacher, 1 for the student.
func (b *builder) paintBeat(t *stack, model, n int, learner bool) {
	if n == 0 || b.Beat == NoBeat || !learner && b.Beat != Forward {
		return
	}
	b.Moving = b.Moving || !b.Still && b.Since < lesson.BeatSeconds
	y := &b.Messages
	frame := func(i int, w float32, c color.NRGBA) {
		if h, ok := b.where(Item{Block, model, i}); ok {
			y.frame(h.x0-1, h.y0-1, h.x1+1, h.y1+1, 4, w, c)
		}
	}
	switch b.Beat {
	case Loss:
		frame(n-1, 3, b.p.accent)
	case Update:
		glow := float32(1)
		if !b.Still {
			glow = float32(math.Exp(-2 * b.Since))
		}
		for i := range n {
			if h, ok := b.where(Item{Block, model, i}); ok {
				y.rect(h.x0-1, h.y0-1, h.x1+1, h.y1+1, 4, alpha(b.p.accent, 0.45*glow))
			}
			frame(i, 2, b.p.accent)
		}
	case Forward, Backward:
		layer, u := b.wave(n)
		c, step := b.p.ink, float32(1)
		if b.Beat == Backward {
			c, step = b.p.accent, -1
		}
		for i := range n {
			if i == layer {
				frame(i, 3, c)
			} else if (i < layer) == (b.Beat == Forward) {
				frame(i, 1.5, alpha(c, 0.55))
			}
		}
		h, ok := b.where(Item{Block, model, layer})
		if next := layer + int(step); ok && next >= 0 && next < n {
			b.paintCarried((h.x0+h.x1)/2, t.middle(layer, n)+step*(t.pitch*u), c)
		}
	}
}

// paintCarried paints what goes from layer to layer: a dot on the way forward, a
// hollow diamond on the way back.
func (b *builder) paintCarried(x, y float32, c color.NRGBA) {
	r := 0.75 * b.unit
	if b.Beat == Forward {
		b.Messages.symbol(Circle, x, y, r+1.5, b.p.bg)
		b.Messages.symbol(Circle, x, y, r, c)
		return
	}
	b.Messages.symbol(Diamond, x, y, 1.3*r, b.p.bg)
	b.Messages.ring(Diamond, x, y, 1.3*r, 2, c)
}

// paintShares paints, on the way back, what each pair of layers sends to the
// student's layer: the larger its A·D, the larger the mark.
func (b *builder) paintShares(t *stack) {
	A, D := b.s.A, b.s.D
	if b.Beat != Backward || b.Still && A.Empty() {
		return
	}
	layer, u := b.wave(A.Cols)
	top := float32(0)
	for k := range A.Data {
		top = larger(top, A.Data[k]*D.Data[k])
	}
	for i := range A.Rows {
		share := A.Data[i*A.Cols+layer] * D.Data[i*A.Cols+layer] / top
		if !(share > 0) {
			continue
		}
		x0, y0, x1, y1 := t.link(i, layer, A.Rows, A.Cols)
		f := 0.5 + 0.4*u
		r := b.unit * (0.4 + 0.7*float32(math.Sqrt(float64(min(share, 1)))))
		b.Messages.symbol(Diamond, x0+(x1-x0)*f, y0+(y1-y0)*f, r, b.p.bg)
		b.Messages.ring(Diamond, x0+(x1-x0)*f, y0+(y1-y0)*f, r, 2, b.p.accent)
	}
}

// caption names the beat and, where the step has one of its own, the loss.
func (b *builder) beatCaption() string {
	word := b.say(beatWords[b.Beat])
	s := b.s
	if b.Beat != Loss || s.Step != 0 || len(s.Lanes) == 0 {
		return word
	}
	h := s.Lanes[len(s.Lanes)-1].History
	if len(h) == 0 || s.Phase == wire.Teaching && len(s.Lanes) > 1 {
		return word
	}
	x := h[len(h)-1].Total
	return b.memo(uint64(math.Float32bits(x)), 21+uint64(len(word))<<8, func(t []byte) []byte {
		return b.words.appendNumber(append(append(t, word...), ' '), x, 3)
	})
}
