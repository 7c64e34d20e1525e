package screen

import (
	"fmt"
	"image"
	"math"

	"github.com/hajimehoshi/ebiten/v2"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"abkd/sim/scene"
)

// A writer draws texts. Each string is rasterised once, to an image of its
// own, which the following frames only tint and place: so the glyphs need no
// images, and not ebiten's text, which shapes scripts that the font lacks and
// reads colour fonts of every kind.
type writer struct {
	fonts [2]*opentype.Font
	faces map[face]font.Face
	made  map[string]map[face]*written
	count int // images in made
	frame int
	rough bool // the camera moves: sizes are rounded coarsely, and images stretched

	foreign func(Foreign) Written
	buffer  sfnt.Buffer
}

// Foreign is a text with characters that the embedded font lacks.
type Foreign struct {
	Str   string
	Size  float32 // in device pixels
	Bold  bool
	Width float32 // the most that it may take
}

// Written is a text as an image.
type Written struct {
	Pixels        []byte // RGBA, white, its colours multiplied by its alpha
	Width, Height int
	Base          float64 // from the image's top to the baseline
	Advance       float64 // how wide the text is; it begins at pixel 1
}

// A face is a font at a size in device pixels, rounded to quarters.
type face struct {
	bold bool
	size float32
}

type written struct {
	image *ebiten.Image
	base  float64 // from the image's top to the baseline
	width float64
	last  int // frame of the last use
}

// Images beyond this many that a frame did not use are freed.
const keep = 600

func newWriter(regular, bold []byte) (*writer, error) {
	w := &writer{faces: map[face]font.Face{}, made: map[string]map[face]*written{}}
	for i, data := range [2][]byte{regular, bold} {
		f, err := opentype.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("screen: font %d: %w", i, err)
		}
		w.fonts[i] = f
	}
	return w, nil
}

func (w *writer) draw(dst *ebiten.Image, texts []scene.Text, scale float32) error {
	w.frame++
	var op ebiten.DrawImageOptions
	for i := range texts {
		t := &texts[i]
		size := t.Size * scale
		f := face{t.Bold, float32(math.Round(float64(size*4)) / 4)}
		if w.rough {
			f.size = coarse(size)
		}
		op.ColorScale.Reset()
		op.ColorScale.ScaleWithColor(t.Color)
		// Y is the middle of the capitals, .733 em high in this font.
		x, y := float64(t.X*scale), float64((t.Y+0.366*t.Size)*scale)
		var err error
		if isNumber(t.Str) {
			err = w.number(dst, t, f, x, y, size, &op)
		} else {
			err = w.whole(dst, t, f, x, y, size, &op)
		}
		if err != nil {
			return err
		}
	}
	w.dropUnused()
	return nil
}

// coarse rounds a size to one of few, so that a picture that grows is not
// written anew for every frame.
func coarse(size float32) float32 {
	return float32(math.Exp2(math.Round(4*math.Log2(float64(max(size, 1))))/4) + 0.5)
}

// isNumber reports whether s consists of what numbers are made of: those
// change with every step, so their characters are kept instead.
func isNumber(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && c != '.' && c != ',' && c != '-' && c != '+' {
			return false
		}
	}
	return true
}

// number writes a number at (x, y), character by character.
func (w *writer) number(dst *ebiten.Image, t *scene.Text, f face, x, y float64, size float32, op *ebiten.DrawImageOptions) error {
	stretch := float64(size / f.size)
	total := 0.0
	for i := range len(t.Str) {
		d, err := w.write(t.Str[i:i+1], f)
		if err != nil {
			return err
		}
		total += d.width * stretch
	}
	x = math.Round(x - total*float64(t.Align)/2)
	for i := range len(t.Str) {
		d, err := w.write(t.Str[i:i+1], f)
		if err != nil {
			return err
		}
		drawText(dst, d, x, y, stretch, op)
		x += d.width * stretch
	}
	return nil
}

func (w *writer) whole(dst *ebiten.Image, t *scene.Text, f face, x, y float64, size float32, op *ebiten.DrawImageOptions) error {
	d, err := w.write(t.Str, f)
	if err != nil || d == nil {
		return err
	}
	stretch := float64(size / f.size)
	drawText(dst, d, math.Round(x-d.width*stretch*float64(t.Align)/2), y, stretch, op)
	return nil
}

// drawText draws d with the beginning of its base line at (x, y). Whole pixels
// keep the strokes sharp.
func drawText(dst *ebiten.Image, d *written, x, y, stretch float64, op *ebiten.DrawImageOptions) {
	op.GeoM.Reset()
	if stretch > 0.97 && stretch < 1.03 {
		op.Filter = ebiten.FilterNearest
		op.GeoM.Translate(x-1, math.Round(y-d.base))
	} else {
		op.Filter = ebiten.FilterLinear
		op.GeoM.Translate(-1, -d.base)
		op.GeoM.Scale(stretch, stretch)
		op.GeoM.Translate(x, y)
	}
	dst.DrawImage(d.image, op)
}

// write returns the image of s, nil if it is empty.
func (w *writer) write(s string, f face) (*written, error) {
	sizes := w.made[s]
	if d := sizes[f]; d != nil {
		d.last = w.frame
		return d, nil
	}
	if s == "" {
		return nil, nil
	}
	d, err := w.written(s, f)
	if err != nil {
		return nil, err
	}
	if sizes == nil {
		sizes = map[face]*written{}
		w.made[s] = sizes
	}
	sizes[f] = d
	w.count++
	return d, nil
}

// written makes the image of s.
func (w *writer) written(s string, f face) (*written, error) {
	if w.foreign != nil && !w.knows(s, f) {
		out := w.foreign(Foreign{s, f.size, f.bold, scene.Width(s, f.size, f.bold)})
		d := &written{ebiten.NewImage(out.Width, out.Height), out.Base, out.Advance, w.frame}
		d.image.WritePixels(out.Pixels)
		return d, nil
	}
	g, err := w.face(f)
	if err != nil {
		return nil, err
	}
	m := g.Metrics()
	width := font.MeasureString(g, s)
	base := m.Ascent.Ceil()
	img := image.NewRGBA(image.Rect(0, 0, width.Floor()+4, base+m.Descent.Ceil()+1))
	pen := font.Drawer{Dst: img, Src: image.White, Face: g, Dot: fixed.P(1, base)}
	pen.DrawString(s)
	return &written{ebiten.NewImageFromImage(img), float64(base), float64(width) / 64, w.frame}, nil
}

// knows reports whether the embedded font has every character of s.
func (w *writer) knows(s string, f face) bool {
	for _, r := range s {
		if i, err := w.font(f).GlyphIndex(&w.buffer, r); err != nil || i == 0 {
			return false
		}
	}
	return true
}

func (w *writer) font(f face) *opentype.Font {
	if f.bold {
		return w.fonts[1]
	}
	return w.fonts[0]
}

func (w *writer) face(f face) (font.Face, error) {
	if g := w.faces[f]; g != nil {
		return g, nil
	}
	x, err := opentype.NewFace(w.font(f), &opentype.FaceOptions{Size: float64(max(f.size, 1)), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("screen: font at %v px: %w", f.size, err)
	}
	w.faces[f] = x
	return x, nil
}

// dropUnused frees images that have not been used for a while.
func (w *writer) dropUnused() {
	if w.count <= keep {
		return
	}
	for s, sizes := range w.made {
		for f, d := range sizes {
			if d.last < w.frame-1 {
				d.image.Deallocate()
				delete(sizes, f)
				w.count--
			}
		}
		if len(sizes) == 0 {
			delete(w.made, s)
		}
	}
}
