package window

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"abkd/assets/typeface"
	"abkd/sim/screen"
)

// writeForeign writes for the picture what its own font lacks, in that of the window,
// which has more letters; what that lacks too are boxes.
func (w *Window) writeForeign(f screen.Foreign) screen.Written {
	data := typeface.Regular
	if f.Bold {
		data = typeface.Bold
	}
	parsed, err := opentype.Parse(data)
	if err != nil {
		panic(err) // it is embedded
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: float64(max(f.Size, 1)), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic(err) // of a size that is positive
	}
	defer face.Close()
	m := face.Metrics()
	advance := float64(font.MeasureString(face, f.Str)) / 64
	width, base := int(advance)+4, m.Ascent.Ceil()
	out := image.NewRGBA(image.Rect(0, 0, width, base+m.Descent.Ceil()+1))
	d := font.Drawer{Dst: draw.Image(out), Src: image.White, Face: face, Dot: fixed.P(1, base)}
	d.DrawString(f.Str)
	return screen.Written{Pixels: out.Pix, Width: width, Height: out.Bounds().Dy(), Base: float64(base), Advance: math.Min(advance, float64(width))}
}
