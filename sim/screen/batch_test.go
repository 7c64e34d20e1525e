package screen

import (
	"image/color"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"abkd/assets"
	"abkd/sim/scene"
)

var red = color.NRGBA{255, 0, 0, 255}

// painted returns a function that reads the opacity of a pixel after the
// shapes have been painted on a clear 64×64 image.
func painted(t *testing.T, scale float32, shapes ...scene.Shape) func(x, y int) uint8 {
	t.Helper()
	b, err := newBatch()
	if err != nil {
		t.Fatal(err)
	}
	b.scale = scale
	m := ebiten.NewImage(64, 64)
	defer m.Deallocate()
	b.draw(m, shapes)
	pix := make([]byte, 4*64*64)
	m.ReadPixels(pix)
	return func(x, y int) uint8 { return pix[4*(64*y+x)+3] }
}

// TestShapes probes each form inside, outside and where the forms differ.
func TestShapes(t *testing.T) {
	symbol := func(k scene.Kind) scene.Shape { return scene.Shape{Kind: k, X0: 32, Y0: 32, R: 16, Color: red} }
	ring := symbol(scene.Circle)
	ring.Stroke = 4
	frame := scene.Shape{Kind: scene.Rect, X0: 8, Y0: 16, X1: 56, Y1: 48, R: 4, Stroke: 2, Color: red}
	for _, c := range []struct {
		name    string
		shape   scene.Shape
		in, out [][2]int
	}{
		{"circle", symbol(scene.Circle), [][2]int{{32, 32}, {18, 32}, {42, 42}}, [][2]int{{45, 45}, {32, 50}}},
		{"triangle", symbol(scene.Triangle), [][2]int{{32, 32}, {32, 14}, {17, 41}}, [][2]int{{22, 18}, {32, 45}}},
		{"square", symbol(scene.Square), [][2]int{{32, 32}, {43, 43}, {20, 44}}, [][2]int{{48, 32}}},
		{"diamond", symbol(scene.Diamond), [][2]int{{32, 32}, {32, 15}, {48, 32}}, [][2]int{{44, 44}}},
		{"hexagon", symbol(scene.Hexagon), [][2]int{{32, 32}, {46, 32}, {38, 44}}, [][2]int{{46, 45}}},
		{"down", symbol(scene.Down), [][2]int{{32, 32}, {32, 50}, {17, 23}}, [][2]int{{22, 46}, {32, 19}}},
		{"pentagon", symbol(scene.Pentagon), [][2]int{{32, 32}, {32, 17}, {38, 44}}, [][2]int{{46, 42}, {20, 20}, {32, 47}}},
		{"plus", symbol(scene.Plus), [][2]int{{32, 32}, {32, 16}, {48, 32}}, [][2]int{{44, 44}, {20, 44}}},
		{"star", symbol(scene.Star), [][2]int{{32, 32}, {32, 16}, {32, 48}, {45, 40}}, [][2]int{{48, 32}, {42, 16}}},
		{"wide", symbol(scene.Wide), [][2]int{{32, 32}, {49, 32}, {47, 40}}, [][2]int{{32, 45}, {32, 19}}},
		{"saltire", symbol(scene.Saltire), [][2]int{{32, 32}, {43, 43}, {21, 43}}, [][2]int{{32, 16}, {48, 32}}},
		{"slant", symbol(scene.Slant), [][2]int{{32, 32}, {48, 22}, {16, 42}}, [][2]int{{18, 22}, {46, 42}, {32, 46}}},
		{"tick", symbol(scene.Tick), [][2]int{{29, 39}, {41, 25}}, [][2]int{{23, 23}, {41, 41}}},
		{"cross", symbol(scene.Cross), [][2]int{{32, 32}, {26, 26}, {38, 26}}, [][2]int{{32, 24}, {24, 32}}},
		{"ring", ring, [][2]int{{48, 32}, {32, 16}}, [][2]int{{32, 32}, {42, 32}, {52, 32}}},
		{"rect", scene.Shape{Kind: scene.Rect, X0: 8, Y0: 16, X1: 56, Y1: 48, R: 8, Color: red}, [][2]int{{32, 32}, {9, 32}, {54, 46 - 8}}, [][2]int{{8, 16}, {32, 14}, {58, 32}}},
		{"frame", frame, [][2]int{{8, 32}, {32, 16}, {55, 32}}, [][2]int{{32, 32}, {12, 32}}},
		{"line", scene.Shape{Kind: scene.Line, X0: 10, Y0: 10, X1: 50, Y1: 50, R: 2, Color: red}, [][2]int{{10, 10}, {30, 30}, {49, 49}}, [][2]int{{30, 36}, {54, 54}}},
		{"dashed", scene.Shape{Kind: scene.Line, Dash: scene.Dashed, X0: 4, Y0: 32, X1: 60, Y1: 32, R: 1.5, Color: red}, [][2]int{{5, 32}, {30, 32}}, [][2]int{{21, 32}, {5, 28}}},
		{"dotted", scene.Shape{Kind: scene.Line, Dash: scene.Dotted, X0: 4, Y0: 32, X1: 60, Y1: 32, R: 2, Color: red}, [][2]int{{4, 32}, {16, 32}, {28, 32}}, [][2]int{{10, 32}, {22, 32}}},
		{"dashdot", scene.Shape{Kind: scene.Line, Dash: scene.DashDot, X0: 4, Y0: 32, X1: 60, Y1: 32, R: 1.5, Color: red}, [][2]int{{6, 32}, {25, 32}, {36, 32}}, [][2]int{{20, 32}, {30, 32}}},
		{"point", scene.Shape{Kind: scene.Line, X0: 32, Y0: 32, X1: 32, Y1: 32, R: 4, Color: red}, [][2]int{{32, 32}}, [][2]int{{40, 32}}},
	} {
		at := painted(t, 1, c.shape)
		for _, p := range c.in {
			if a := at(p[0], p[1]); a < 250 {
				t.Errorf("%s: opacity %d at %v, want full", c.name, a, p)
			}
		}
		for _, p := range c.out {
			if a := at(p[0], p[1]); a > 5 {
				t.Errorf("%s: opacity %d at %v, want none", c.name, a, p)
			}
		}
	}
}

func TestScaleAndRim(t *testing.T) {
	at := painted(t, 2, scene.Shape{Kind: scene.Circle, X0: 16, Y0: 16, R: 8.25, Color: red})
	if at(32, 32) != 255 || at(46, 32) != 255 || at(50, 32) != 0 {
		t.Errorf("at scale 2 opacities are %d, %d, %d, want full to x = 48", at(32, 32), at(46, 32), at(50, 32))
	}
	if a := at(48, 32); a == 0 || a == 255 {
		t.Errorf("the rim has opacity %d, want it between", a)
	}
}

func TestDrawOrder(t *testing.T) {
	blue := color.NRGBA{0, 0, 255, 255}
	b, err := newBatch()
	if err != nil {
		t.Fatal(err)
	}
	m := ebiten.NewImage(8, 8)
	defer m.Deallocate()
	b.draw(m, []scene.Shape{
		{Kind: scene.Rect, X1: 8, Y1: 8, Color: red},
		{Kind: scene.Circle, X0: 4, Y0: 4, R: 4, Color: blue},
	})
	if got := m.At(4, 4); got != (color.RGBA{0, 0, 255, 255}) {
		t.Errorf("the later shape is covered: %v", got)
	}
}

// TestFont has every character that may be written in both weights, as wide
// as package scene takes it to be.
func TestFont(t *testing.T) {
	w, err := newWriter(assets.Regular, assets.Bold)
	if err != nil {
		t.Fatal(err)
	}
	known := map[rune]bool{}
	for _, r := range assets.Glyphs {
		known[r] = r != '\n'
	}
	for _, bold := range []bool{false, true} {
		g, err := w.face(face{bold, 100})
		if err != nil {
			t.Fatal(err)
		}
		for r := range known {
			if r == '\n' {
				continue
			}
			a, ok := g.GlyphAdvance(r)
			got, want := float64(a)/64, float64(scene.Width(string(r), 100, bold))
			if !ok || r < 127 && (got < want-0.1 || got > want+0.1) || got > want+15 {
				t.Errorf("bold %v: %q is there: %v, %.1f wide, want %.1f", bold, r, ok, got, want)
			}
		}
	}
}

// TestWriterFrees keeps its store of images small.
func TestWriterFrees(t *testing.T) {
	w, err := newWriter(assets.Regular, assets.Bold)
	if err != nil {
		t.Fatal(err)
	}
	m := ebiten.NewImage(64, 64)
	defer m.Deallocate()
	for i := range keep + 200 {
		if err := w.draw(m, []scene.Text{{Str: string(rune('a'+i%26)) + string(rune('a'+i/26)), X: 8, Y: 8, Size: 10, Color: red}}, 1); err != nil {
			t.Fatal(err)
		}
	}
	if w.count > keep {
		t.Errorf("%d images are kept, want at most %d", w.count, keep)
	}
}
