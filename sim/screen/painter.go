package screen

import (
	"github.com/hajimehoshi/ebiten/v2"

	"abkd/sim/scene"
)

// A Painter paints what stands beside a picture, in the way of a picture.
type Painter struct {
	batch  *batch
	writer *writer
}

// NewPainter returns a painter that writes in the two weights of a font.
func NewPainter(regular, bold []byte) (*Painter, error) {
	b, err := newBatch()
	if err != nil {
		return nil, err
	}
	w, err := newWriter(regular, bold)
	return &Painter{b, w}, err
}

// Paint paints the layer to dst, of which a unit takes so many pixels.
func (p *Painter) Paint(dst *ebiten.Image, l *scene.Layer, scale float32) error {
	p.batch.scale = scale
	p.batch.draw(dst, l.Shapes)
	return p.writer.draw(dst, l.Texts, scale)
}
