package screen

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"github.com/hajimehoshi/ebiten/v2"

	"abkd/sim/scene"
	"abkd/sim/wire"
)

// An other is the run that stands beside the one that is steered: A beside B.
//
//	+-------+-------+     +-------+
//	|       |       |     |   A   |
//	|   A   |   B   |     +-------+
//	|       |       |     |   B   |
//	+-------+-------+     +-------+
//
// Both are seen by one camera, and what is pointed at in one is pointed at in both.
type other struct {
	sheet
	snapshot *wire.Snapshot
	layout   *scene.Layout
	from     *scene.Crowd     // where the dots were when the snapshot came
	halves   [2]*ebiten.Image // what both are painted to
}

// narrow is the width, in CSS pixels of ordinary texts, below which A stands over B.
const narrow = 560

// ShowBoth makes b what is shown, and a what stands beside it: two runs at one
// moment and with one focus. The game keeps both.
func (g *Game) ShowBoth(a, b *wire.Snapshot) {
	g.mu.Lock()
	g.show(b)
	if g.beside == nil {
		g.beside = new(other)
	}
	o := g.beside
	switch {
	case !sameNodes(&g.shape, &a.Graph):
		o.layout = scene.NewLayout(&a.Graph)
	case !slices.Equal(g.shape.Edges, a.Graph.Edges):
		o.layout = g.layout.With(&a.Graph)
	default:
		o.layout = g.layout
	}
	o.snapshot, o.from = a, o.list.Crowd().Clone()
	g.mu.Unlock()
	g.ask()
}

// close returns no run, and frees what o was painted to.
func (o *other) close() *other {
	if o != nil {
		for _, m := range append(o.halves[:], o.rested) {
			if m != nil {
				m.Deallocate()
			}
		}
	}
	return nil
}

// isOver reports whether A stands over B rather than beside it.
func (g *Game) isOver() bool { return g.outside[0] < narrow*float64(max(g.view.Large, 1)) }

// half returns the size of a picture in device pixels: of all of it, or of each of two.
func (g *Game) half() (w, h int) {
	w, h = int(g.outside[0]*g.scale), int(g.outside[1]*g.scale)
	switch {
	case g.beside == nil:
	case g.isOver():
		h /= 2
	default:
		w /= 2
	}
	return max(w, 1), max(h, 1)
}

// corner returns where the picture of the run begins, in CSS pixels.
func (g *Game) corner() (x, y float64) {
	w, h := g.half()
	switch {
	case g.beside == nil:
	case g.isOver():
		y = float64(h) / g.scale
	default:
		x = float64(w) / g.scale
	}
	return x, y
}

// within returns the picture that has the point (x, y), in device pixels, and where in it that is.
func (g *Game) within(x, y int) (s *sheet, px, py int) {
	if g.beside == nil {
		return &g.sheet, x, y
	}
	w, h := g.half()
	switch isOver := g.isOver(); {
	case isOver && y >= h:
		return &g.sheet, x, y - h
	case !isOver && x >= w:
		return &g.sheet, x - w, y
	}
	return &g.beside.sheet, x, y
}

// at returns what is at a point, in device pixels.
func (g *Game) at(x, y int) scene.Item {
	s, px, py := g.within(x, y)
	it, _ := s.list.At(float32(px)/float32(g.scale), float32(py)/float32(g.scale))
	return it
}

// views returns the views of both.
func (g *Game) views(v scene.View) (a, b scene.View) {
	w, h := g.half()
	v.W, v.H = float32(float64(w)/g.scale), float32(float64(h)/g.scale)
	a, b = v, v
	a.Name, b.Name, b.Second = "A", "B", true
	a.Layout, a.From = g.beside.layout, g.beside.from
	if g.come != nil {
		a.Layout = v.Layout // on their way nodes stand in both where they do in one
	}
	return a, b
}

func (g *Game) paintBoth(screen *ebiten.Image, v scene.View) {
	o := g.beside
	a, b := g.views(v)
	o.list.Build(o.snapshot, a)
	g.list.Build(g.snapshot, b)
	w, h := g.half()
	x, y := g.corner()
	for i, s := range [...]*sheet{&o.sheet, &g.sheet} {
		if m := o.halves[i]; m == nil || m.Bounds().Dx() != w || m.Bounds().Dy() != h {
			if m != nil {
				m.Deallocate()
			}
			o.halves[i] = ebiten.NewImage(w, h)
		}
		g.paintSheet(o.halves[i], s)
		place := &ebiten.DrawImageOptions{}
		place.GeoM.Translate(math.Round(float64(i)*x*g.scale), math.Round(float64(i)*y*g.scale))
		screen.DrawImage(o.halves[i], place)
	}
}

// svgOfBoth returns both pictures as one file.
func (g *Game) svgOfBoth(v scene.View) []byte {
	a, b := g.views(v)
	a.From, b.From = nil, nil
	x, y := g.corner()
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g">`+"\n", x+float64(a.W), y+float64(a.H))
	for i, l := range [...]*scene.List{scene.Build(g.beside.snapshot, a), scene.Build(g.snapshot, b)} {
		out.Write(bytes.Replace(l.SVG(), []byte("<svg "), fmt.Appendf(nil, `<svg x="%g" y="%g" width="%g" height="%g" `, float64(i)*x, float64(i)*y, l.W, l.H), 1))
	}
	out.WriteString("</svg>\n")
	return out.Bytes()
}
