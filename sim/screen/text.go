package screen

import (
	"fmt"
	"math"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/text/v2"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"

	"abkd/assets"
	"abkd/sim/scene"
)

// A writer draws texts. Each string is rasterised once, to an image of its
// own, which the following frames only tint and place.
type writer struct {
	fonts [2]*opentype.Font
	faces map[face]*text.GoXFace
	made  map[string]map[face]*written
	count int // images in made
	frame int
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

func newWriter() (*writer, error) {
	w := &writer{faces: map[face]*text.GoXFace{}, made: map[string]map[face]*written{}}
	for i, data := range [2][]byte{assets.Regular, assets.Bold} {
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
		d, err := w.write(t.Str, face{t.Bold, float32(math.Round(float64(t.Size*scale*4)) / 4)})
		if err != nil {
			return err
		}
		if d == nil {
			continue
		}
		// Y is the middle of the capitals, .733 em high in this font. Whole
		// pixels keep the strokes sharp.
		x := float64(t.X*scale) - d.width*float64(t.Align)/2
		y := float64((t.Y+0.366*t.Size)*scale) - d.base
		op.GeoM.Reset()
		op.GeoM.Translate(math.Round(x)-1, math.Round(y))
		op.ColorScale.Reset()
		op.ColorScale.ScaleWithColor(t.Color)
		dst.DrawImage(d.image, &op)
	}
	w.tidy()
	return nil
}

// write returns the image of s, nil if it is empty.
func (w *writer) write(s string, f face) (*written, error) {
	sizes := w.made[s]
	if d := sizes[f]; d != nil {
		d.last = w.frame
		return d, nil
	}
	g, err := w.face(f)
	if err != nil || s == "" {
		return nil, err
	}
	m := g.Metrics()
	width := text.AdvanceAt(s, len(s), g)
	d := &written{base: math.Ceil(m.HAscent), width: width, last: w.frame}
	d.image = ebiten.NewImage(int(width)+4, int(d.base+math.Ceil(m.HDescent))+1)
	var op text.DrawOptions
	op.GeoM.Translate(1, d.base-m.HAscent)
	text.Draw(d.image, s, g, &op)
	if sizes == nil {
		sizes = map[face]*written{}
		w.made[s] = sizes
	}
	sizes[f] = d
	w.count++
	return d, nil
}

func (w *writer) face(f face) (*text.GoXFace, error) {
	if g := w.faces[f]; g != nil {
		return g, nil
	}
	i := 0
	if f.bold {
		i = 1
	}
	x, err := opentype.NewFace(w.fonts[i], &opentype.FaceOptions{Size: float64(max(f.size, 1)), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("screen: font at %v px: %w", f.size, err)
	}
	w.faces[f] = text.NewGoXFace(x)
	return w.faces[f], nil
}

// tidy frees images that have not been used for a while.
func (w *writer) tidy() {
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
