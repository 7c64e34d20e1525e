package scene

import (
	"image/color"
	"math"
)

// A Theme is a set of colours.
type Theme uint8

// The themes.
const (
	Light Theme = iota
	Dark
	Contrast      // on black
	ContrastLight // on white
)

// isHigh reports whether the contrast is high.
func (t Theme) isHigh() bool { return t == Contrast || t == ContrastLight }

// A palette holds the colours of a theme. Hues are those of Okabe and Ito,
// which people with any colour vision tell apart; those of node types beyond
// the academic ones lie as far from these and from each other as such people
// see. No meaning rests on colour alone.
type palette struct {
	bg, ink, muted, line color.NRGBA
	surface              color.NRGBA // empty cells
	node                 [len(looks)]color.NRGBA
	letter               [len(looks)]color.NRGBA // on node
	relation             [6]color.NRGBA
	right, wrong         color.NRGBA
	heat                 [3]color.NRGBA // high end of A, D and A·D
	negative, positive   color.NRGBA    // ends of the activations
	message              color.NRGBA
	tip, tipInk          color.NRGBA
	accent               color.NRGBA // what is selected
	class                [8]color.NRGBA
	model                [3]color.NRGBA // teacher, taught student and the one alone, as the page has them
}

func hex(v uint32) color.NRGBA {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}

// tints returns the colours of looks.
func tints(v ...uint32) (all [len(looks)]color.NRGBA) {
	for i := range all {
		all[i] = hex(v[i])
	}
	return all
}

func eight(v ...uint32) (all [8]color.NRGBA) {
	for i := range all {
		all[i] = hex(v[i])
	}
	return all
}

func six(a, b, c, d, e, f uint32) [6]color.NRGBA {
	return [6]color.NRGBA{hex(a), hex(b), hex(c), hex(d), hex(e), hex(f)}
}

var palettes = [...]palette{
	Light: {
		bg: hex(0xffffff), ink: hex(0x17202c), muted: hex(0x566273), line: hex(0xd5dbe3), surface: hex(0xf2f5f8),
		node:     tints(0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0x5b6b80, 0x3ab0db, 0xde70fc, 0x03c752, 0x2a1bdf, 0x904300, 0x7d0001, 0x6c22b9),
		letter:   tints(0xffffff, 0x1d1300, 0x00120c, 0x1f0713, 0xffffff, 0x10161d, 0x10161d, 0x10161d, 0xffffff, 0xffffff, 0xffffff, 0xffffff),
		relation: six(0x4a6fa5, 0xb8790a, 0x2a8c6e, 0xab5a88, 0x6b7787, 0x8a5a2b),
		right:    hex(0x17202c), wrong: hex(0xd55e00),
		heat:     [3]color.NRGBA{hex(0x005c92), hex(0xb8570b), hex(0x7a3b74)},
		negative: hex(0x0072b2), positive: hex(0xd55e00), message: hex(0x17202c),
		tip: hex(0x17202c), tipInk: hex(0xffffff), accent: hex(0xc2185b),
		class: eight(0x0072b2, 0xb8570b, 0x007a57, 0x99356d, 0x8a6d00, 0x3f51a8, 0x6b4a2b, 0x5b6b80),
		model: [3]color.NRGBA{hex(0x5d5780), hex(0x0067a5), hex(0xa34a00)},
	},
	Dark: {
		bg: hex(0x1b1e24), ink: hex(0xe9eef5), muted: hex(0xa3afbf), line: hex(0x3a424e), surface: hex(0x272c35),
		node:     tints(0x56b4e9, 0xf0b429, 0x2cc295, 0xe29ac2, 0x9aa9bc, 0xf3ef4a, 0x9bff7c, 0x587450, 0x8a2bff, 0xc414ae, 0xdc1c1c, 0x6f7af3),
		letter:   tints(0x04131f, 0x1d1300, 0x00150d, 0x23081a, 0x10161d, 0x10161d, 0x10161d, 0xffffff, 0xffffff, 0xffffff, 0xffffff, 0x10161d),
		relation: six(0x7fa8d9, 0xd9a441, 0x55bd9c, 0xd48fb6, 0x94a2b5, 0xc9996a),
		right:    hex(0xe9eef5), wrong: hex(0xff8a3c),
		heat:     [3]color.NRGBA{hex(0x6cc0f2), hex(0xf5a04b), hex(0xd795d0)},
		negative: hex(0x56b4e9), positive: hex(0xff8a3c), message: hex(0xffffff),
		tip: hex(0xe9eef5), tipInk: hex(0x1b1e24), accent: hex(0xff7ab8),
		class: eight(0x56b4e9, 0xf5a04b, 0x2cc295, 0xe29ac2, 0xe3cf57, 0xa9b4ff, 0xd3a77c, 0xb4c0cf),
		model: [3]color.NRGBA{hex(0xbdb6dd), hex(0x6fb8f0), hex(0xf2a65e)},
	},
	Contrast: {
		bg: hex(0x000000), ink: hex(0xffffff), muted: hex(0xffffff), line: hex(0x9a9a9a), surface: hex(0x000000),
		node:     tints(0x56b4e9, 0xffc300, 0x00e6a8, 0xff9ad5, 0xffffff, 0xe1d685, 0x8870f0, 0xc8ff6e, 0xaa707e, 0x879c00, 0x56a063, 0xe94449),
		letter:   tints(0x000000, 0x000000, 0x000000, 0x000000, 0x000000, 0x000000, 0x000000, 0x000000, 0x000000, 0x000000, 0x000000, 0x000000),
		relation: six(0x8ecdf5, 0xffc300, 0x00e6a8, 0xff9ad5, 0xffffff, 0xf0e442),
		right:    hex(0xffffff), wrong: hex(0xff8a3c),
		heat:     [3]color.NRGBA{hex(0x56b4e9), hex(0xffc300), hex(0xff9ad5)},
		negative: hex(0x56b4e9), positive: hex(0xff8a3c), message: hex(0xffffff),
		tip: hex(0xffffff), tipInk: hex(0x000000), accent: hex(0xff5ce1),
		class: eight(0x56b4e9, 0xffb347, 0x00e6a8, 0xff9ad5, 0xf0e442, 0xb9c2ff, 0xffcf9e, 0xffffff),
		model: [3]color.NRGBA{hex(0xd9d0ff), hex(0x6cc5ff), hex(0xffb347)},
	},
	ContrastLight: {
		bg: hex(0xffffff), ink: hex(0x000000), muted: hex(0x000000), line: hex(0x595959), surface: hex(0xffffff),
		node:     tints(0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0x5b6b80, 0x3ab0db, 0xde70fc, 0x03c752, 0x2a1bdf, 0x904300, 0x7d0001, 0x6c22b9),
		letter:   tints(0xffffff, 0x1d1300, 0x00120c, 0x1f0713, 0xffffff, 0x10161d, 0x10161d, 0x10161d, 0xffffff, 0xffffff, 0xffffff, 0xffffff),
		relation: six(0x1f4f8f, 0x7a4d00, 0x00614a, 0x8f2a64, 0x404b5a, 0x6b3f17),
		right:    hex(0x000000), wrong: hex(0xa83f00),
		heat:     [3]color.NRGBA{hex(0x004a78), hex(0x8f3f00), hex(0x65275f)},
		negative: hex(0x004a78), positive: hex(0xa83f00), message: hex(0x000000),
		tip: hex(0x000000), tipInk: hex(0xffffff), accent: hex(0xa0003f),
		class: eight(0x005a8e, 0x8f3f00, 0x005f44, 0x8f2a64, 0x6a5200, 0x2f3f9a, 0x5a3a20, 0x404b5a),
		model: [3]color.NRGBA{hex(0x43396b), hex(0x00508a), hex(0x8a3a00)},
	},
}

// Background returns the colour behind everything, for the page to show
// before the first picture.
func (t Theme) Background() color.NRGBA { return t.palette().bg }

func (t Theme) palette() *palette {
	if int(t) >= len(palettes) {
		t = Light
	}
	return &palettes[t]
}

// alpha returns c with opacity a, 0..1.
func alpha(c color.NRGBA, a float32) color.NRGBA {
	c.A = uint8(min(max(a, 0), 1)*255 + 0.5)
	return c
}

// mix returns the colour at t between a and b.
func mix(a, b color.NRGBA, t float32) color.NRGBA {
	t = min(max(t, 0), 1)
	f := func(x, y uint8) uint8 { return uint8(float32(x) + (float32(y)-float32(x))*t + 0.5) }
	return color.NRGBA{f(a.R, b.R), f(a.G, b.G), f(a.B, b.B), 255}
}

// on returns black or white, whichever reads better on c.
func on(c color.NRGBA) color.NRGBA {
	if luminance(c) > 0.179 {
		return hex(0x000000)
	}
	return hex(0xffffff)
}

// linear holds the light of each value of a colour channel.
var linear = func() (t [256]float32) {
	for v := range t {
		if x := float64(v) / 255; x > 0.04045 {
			t[v] = float32(math.Pow((x+0.055)/1.055, 2.4))
		} else {
			t[v] = float32(x / 12.92)
		}
	}
	return t
}()

// luminance returns the relative luminance of c, as WCAG defines it.
func luminance(c color.NRGBA) float32 {
	return 0.2126*linear[c.R] + 0.7152*linear[c.G] + 0.0722*linear[c.B]
}
