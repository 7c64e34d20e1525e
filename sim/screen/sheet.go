package screen

import (
	"image/color"
	"slices"

	"github.com/hajimehoshi/ebiten/v2"

	"abkd/sim/scene"
)

// A sheet is a picture, and what has been painted of it.
type sheet struct {
	list    scene.List
	rested  *ebiten.Image // what does not move,
	painted scene.Layer   // made of this
	behind  color.NRGBA   // on this background
}

func (s *sheet) texts(all []string) []string {
	for i := range s.list.Picture.Texts {
		all = append(all, s.list.Picture.Texts[i].Str)
	}
	return all
}

// paintSheet paints all of s to dst.
func (g *Game) paintSheet(dst *ebiten.Image, s *sheet) {
	g.paintStill(dst, s)
	dst.DrawImage(s.rested, &ebiten.DrawImageOptions{Blend: ebiten.BlendCopy})
	g.layer(dst, &s.list.Messages)
	g.layer(dst, &s.list.Overlay)
}

// paintStill paints what does not move to an image of its own, unless that is what
// the image shows already.
func (g *Game) paintStill(dst *ebiten.Image, s *sheet) {
	now, was, size := &s.list.Picture, &s.painted, dst.Bounds().Size()
	if s.rested == nil || s.rested.Bounds().Size() != size {
		if s.rested != nil {
			s.rested.Deallocate()
		}
		s.rested = ebiten.NewImage(size.X, size.Y)
	} else if s.list.Background == s.behind && slices.Equal(now.Shapes, was.Shapes) && slices.Equal(now.Texts, was.Texts) {
		return
	}
	s.rested.Fill(s.list.Background)
	g.layer(s.rested, now)
	s.behind = s.list.Background
	was.Shapes, was.Texts = append(was.Shapes[:0], now.Shapes...), append(was.Texts[:0], now.Texts...)
}

func (g *Game) layer(dst *ebiten.Image, y *scene.Layer) {
	g.batch.draw(dst, y.Shapes)
	if err := g.writer.draw(dst, y.Texts, float32(g.scale)); err != nil {
		g.err = err
	}
}
