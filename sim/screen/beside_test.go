package screen

import (
	"bytes"
	"slices"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"abkd/sim/scene"
	"abkd/sim/setup"
)

// TestBothSideBySide shows a run beside another one, the first over the second
// where it is narrow, and then the run alone again.
func TestBothSideBySide(t *testing.T) {
	b := snapshot(t, setup.Experiment{Data: "karate"})
	a := snapshot(t, setup.Experiment{Data: "karate", Seed: setup.Some(uint64(7))})
	for _, c := range []struct{ w, h, x, y int }{{800, 500, 400, 0}, {390, 700, 0, 350}} {
		g := newGame(t, b, Options{Still: true, Scene: "alignment"})
		screen := ebiten.NewImage(c.w, c.h)
		g.LayoutF(float64(c.w), float64(c.h))
		g.ShowBoth(a, b)
		frames(g, screen, 2)
		if texts := g.Texts(); !slices.Contains(texts, "B") {
			t.Fatalf("%d wide: the runs are not named: %q", c.w, texts)
		}
		cell := scene.Item{Target: scene.Attention, I: 1}
		inA := g.beside.list.Places()[cell]
		if g.at(int(inA[0]), int(inA[1])) != cell || g.at(int(inA[0])+c.x, int(inA[1])+c.y) != cell {
			t.Errorf("%d wide: the pair at %v of A and at as much of B is %v and %v", c.w, inA, g.at(int(inA[0]), int(inA[1])), g.at(int(inA[0])+c.x, int(inA[1])+c.y))
		}
		if at := g.Places()["cell 1 0"]; at != [2]float64{float64(inA[0]) + float64(c.x), float64(inA[1]) + float64(c.y)} {
			t.Errorf("%d wide: a program finds the pair at %v, in A it is at %v", c.w, at, inA)
		}
		first, second := g.beside.texts(nil), g.texts(nil)
		if slices.Equal(first, second) {
			t.Errorf("%d wide: two runs of other seeds say the same: %q", c.w, first)
		}
		if n := bytes.Count(g.SVG(), []byte("<svg ")); n != 3 {
			t.Errorf("%d wide: the file has %d pictures, want two in one", c.w, n)
		}
		g.Show(b)
		frames(g, screen, 2)
		if slices.Contains(g.Texts(), "B") || g.beside != nil || int(g.list.W) != c.w {
			t.Errorf("%d wide: A is gone, and the picture of B is %g wide: %q", c.w, g.list.W, g.Texts())
		}
		screen.Deallocate()
	}
}
