package screen

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"abkd/assets"
	"abkd/sim/scene"
)

// A batch paints any number of shapes with one draw call: a quad for each,
// filled in by the shader from the signed distance to the shape's edge.
type batch struct {
	vertices []ebiten.Vertex
	indices  []uint32
	shader   *ebiten.Shader
	scale    float32 // device pixels in a CSS pixel
}

func newBatch() (*batch, error) {
	s, err := ebiten.NewShader(assets.SDF)
	if err != nil {
		return nil, err
	}
	return &batch{shader: s, scale: 1}, nil
}

func (b *batch) draw(dst *ebiten.Image, shapes []scene.Shape) {
	b.vertices, b.indices = b.vertices[:0], b.indices[:0]
	for i := range shapes {
		b.add(&shapes[i])
	}
	if len(b.indices) > 0 {
		dst.DrawTrianglesShader32(b.vertices, b.indices, b.shader, nil)
	}
}

// add appends the quad of s.
func (b *batch) add(s *scene.Shape) {
	k := b.scale
	x0, y0, x1, y1, r, stroke := s.X0*k, s.Y0*k, s.X1*k, s.Y1*k, s.R*k, s.Stroke*k
	rim := stroke/2 + 1
	v := ebiten.Vertex{Custom2: r, Custom3: code(s.Kind, s.Dash, stroke)}
	v.ColorA = float32(s.Color.A) / 255
	v.ColorR = float32(s.Color.R) / 255 * v.ColorA
	v.ColorG = float32(s.Color.G) / 255 * v.ColorA
	v.ColorB = float32(s.Color.B) / 255 * v.ColorA
	switch s.Kind {
	case scene.Line:
		dx, dy := x1-x0, y1-y0
		d := float32(math.Hypot(float64(dx), float64(dy)))
		if d < 1e-3 {
			dx, d = 1, 1
			x1 = x0
		}
		v.SrcX = d / 2
		b.quad(v, (x0+x1)/2, (y0+y1)/2, dx/d, dy/d, d/2+r+rim, r+rim)
	case scene.Rect:
		v.SrcX, v.SrcY = (x1-x0)/2, (y1-y0)/2
		v.Custom2 = min(r, v.SrcX, v.SrcY)
		b.quad(v, (x0+x1)/2, (y0+y1)/2, 1, 0, v.SrcX+rim, v.SrcY+rim)
	default:
		// No symbol reaches further than the tip of the triangle.
		b.quad(v, x0, y0, 1, 0, 1.4*r+2*rim, 1.4*r+2*rim)
	}
}

// code packs what the shader must know into an integer that a float32 holds
// exactly; see assets/shader/sdf.kage.
func code(k scene.Kind, d scene.Dash, stroke float32) float32 {
	return float32(k) + 16*float32(d) + 64*float32(int(min(stroke, 200)*4+0.5))
}

// quad appends a rectangle around (x, y) whose first axis points to (ux, uy).
func (b *batch) quad(v ebiten.Vertex, x, y, ux, uy, halfX, halfY float32) {
	n := uint32(len(b.vertices))
	for _, c := range [4][2]float32{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		px, py := c[0]*halfX, c[1]*halfY
		v.Custom0, v.Custom1 = px, py
		v.DstX, v.DstY = x+ux*px-uy*py, y+uy*px+ux*py
		b.vertices = append(b.vertices, v)
	}
	b.indices = append(b.indices, n, n+1, n+2, n, n+2, n+3)
}
