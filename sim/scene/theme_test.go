package scene

import (
	"image/color"
	"math"
	"testing"
)

// ratio is the contrast ratio of WCAG 2.2.
func ratio(a, b color.NRGBA) float64 {
	lum := func(c color.NRGBA) float64 {
		f := func(v uint8) float64 {
			if x := float64(v) / 255; x > 0.04045 {
				return math.Pow((x+0.055)/1.055, 2.4)
			}
			return float64(v) / 255 / 12.92
		}
		return 0.2126*f(c.R) + 0.7152*f(c.G) + 0.0722*f(c.B)
	}
	x, y := lum(a), lum(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrast(t *testing.T) {
	for i := range palettes {
		p := Theme(i).palette()
		check := func(what string, a, b color.NRGBA, least float64) {
			if r := ratio(a, b); r < least {
				t.Errorf("theme %d: %s: contrast is %.2f, want %g", i, what, r, least)
			}
		}
		check("text", p.ink, p.bg, 7)
		check("small text", p.muted, p.bg, 4.5)
		check("tooltip", p.tipInk, p.tip, 7)
		check("wrong", p.wrong, p.bg, 3)
		for k := range p.model {
			check("model", p.model[k], p.bg, 4.5)
		}
		for k := range p.node {
			check("letter", p.letter[k], p.node[k], 4.5)
		}
		for k := range p.relation {
			check("relation", p.relation[k], p.bg, 3)
		}
		for k, heat := range p.heat {
			for s := float32(0); s <= 1; s += 1. / 256 {
				fill := mix(p.surface, heat, s)
				if r := ratio(on(fill), fill); r < 4.5 {
					t.Errorf("theme %d: number on heat %d at %g: contrast is %.2f, want 4.5", i, k, s, r)
					break
				}
			}
		}
	}
}

// TestFit never makes a text wider, nor leaves half a character.
func TestFit(t *testing.T) {
	for _, s := range []string{"", "a", "affiliated with", "此学生只从标签学习。", "a\xffb"} {
		for w := float32(0); w < 200; w += 7 {
			if got := fit(s, 12, false, w); Width(got, 12, false) > w {
				t.Errorf("fit(%q, %g) = %q, %g wide", s, w, got, Width(got, 12, false))
			}
		}
		if got := fit(s, 12, false, 1000); got != s {
			t.Errorf("fit(%q) = %q where there is room", s, got)
		}
	}
}
