package screen

import (
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"abkd/assets"
	"abkd/sim/lesson"
	"abkd/sim/scene"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// frames paints n frames of g, a tenth of a second apart.
func frames(g *Game, screen *ebiten.Image, n int) {
	for range n {
		g.last = g.last.Add(-1e8)
		g.Draw(screen)
	}
}

// TestScenesMove goes from scene to scene by camera moves that end, and cuts
// where there is to be no motion.
func TestScenesMove(t *testing.T) {
	s := snapshot(t, setup.Experiment{Data: "karate"})
	screen := ebiten.NewImage(640, 360)
	defer screen.Deallocate()
	for _, still := range []bool{false, true} {
		g := newGame(t, s, Options{Still: still, Scene: "alignment"})
		g.LayoutF(640, 360)
		frames(g, screen, 30)
		if p, moves := g.move.At(g.clock); moves || p.Share[scene.Matrices] != 1 {
			t.Fatalf("still %v: after 3 s the camera stands at %+v, moving %v", still, p, moves)
		}
		g.Set(Options{Still: still, Scene: "alone", Step: 4})
		frames(g, screen, 2)
		half, moves := g.move.At(g.clock)
		if moves == still || still && half.Share[scene.Neighbourhood] != 1 {
			t.Errorf("still %v: at once the camera is at %+v, moving %v", still, half, moves)
		}
		g.Set(Options{Still: still, Scene: "alone", Step: 4, Light: "loss"})
		if now, _ := g.move.At(g.clock); now != half {
			t.Errorf("still %v: the camera jumps from %+v to %+v by what has nothing to do with it", still, half, now)
		}
		g.Set(Options{Still: still, Scene: "start"})
		if now, _ := g.move.At(g.clock); !still && now != half {
			t.Errorf("the camera, sent elsewhere, jumps from %+v to %+v", half, now)
		}
		frames(g, screen, 30)
		if p, moves := g.move.At(g.clock); moves || p != g.view.Home() {
			t.Errorf("still %v: the camera ends at %+v, moving %v", still, p, moves)
		}
	}
}

// TestCamera zooms, drags and goes home.
func TestCamera(t *testing.T) {
	s := snapshot(t, setup.Experiment{Data: "karate"})
	g := newGame(t, s, Options{Still: true})
	g.LayoutF(640, 360)
	screen := ebiten.NewImage(640, 360)
	defer screen.Deallocate()
	g.Draw(screen)
	before := g.list.Places()[scene.Item{Target: scene.Product}]
	if g.handlePointer(300, 200, true); true {
		g.handlePointer(400, 100, true)
		g.handlePointer(400, 100, false)
	}
	if g.move.To() != g.view.Home() {
		t.Error("a drag pans a picture that is all seen")
	}
	g.Pinch(2, float64(before[0]), float64(before[1]), 0, 0)
	g.Draw(screen)
	after := g.list.Places()[scene.Item{Target: scene.Product}]
	if g.Zoom() != 2 || max(after[0]-before[0], before[0]-after[0]) > 8 || max(after[1]-before[1], before[1]-after[1]) > 8 {
		t.Errorf("zoomed %g times around %v, it is at %v", g.Zoom(), before, after)
	}
	x, y := int(after[0]), int(after[1])
	g.handlePointer(x, y, true)
	g.handlePointer(x+40, y+30, true)
	c := g.handlePointer(x+40, y+30, false)
	g.Draw(screen)
	if now := g.list.Places()[scene.Item{Target: scene.Product}]; now[0]-after[0] < 39 || now[0]-after[0] > 41 || now[1]-after[1] < 29 || now[1]-after[1] > 31 {
		t.Errorf("dragged by 40, 30 from %v, it is at %v", after, now)
	}
	if c != nil {
		t.Errorf("a drag asks for %+v", c)
	}
	g.tap(scene.Item{}, 1000)
	g.tap(scene.Item{}, 1000+again)
	if g.move.To() != g.view.Home() {
		t.Error("a double click beside everything leaves the picture enlarged")
	}
	g.Pinch(1000, 0, 0, 0, 0)
	if g.Zoom() != scene.MostZoom {
		t.Errorf("zoom %g, want at most %d", g.Zoom(), scene.MostZoom)
	}
}

// TestBeatEnds plays a beat once and then paints nothing more.
func TestBeatEnds(t *testing.T) {
	s := snapshot(t, setup.Experiment{Data: "karate"})
	g := newGame(t, s, Options{})
	g.LayoutF(640, 360)
	screen := ebiten.NewImage(640, 360)
	defer screen.Deallocate()
	frames(g, screen, 5)
	g.Set(Options{Beat: scene.Backward})
	frames(g, screen, 10)
	if !g.moving() {
		t.Error("the beat ends within a second")
	}
	was := g.view.Time
	frames(g, screen, 60)
	if g.moving() || g.view.Since < lesson.BeatSeconds {
		t.Errorf("after %g s the beat still moves", g.view.Since)
	}
	if g.view.Time != was {
		t.Error("the messages fly on during the beat")
	}
	painted := g.Frames()
	frames(g, screen, 5)
	if g.Frames() != painted {
		t.Errorf("%d frames are painted of a beat that has ended", g.Frames()-painted)
	}
	g.Set(Options{Beat: scene.Update})
	if g.view.Since != 0 {
		t.Error("the next beat does not begin at its beginning")
	}
}

// TestCutStays keeps every node where it is when an edge is cut.
func TestCutStays(t *testing.T) {
	s := snapshot(t, setup.Experiment{Data: "karate"})
	g := newGame(t, s, Options{Still: true})
	x, y := g.layout.X, g.layout.Y
	fewer := *s
	fewer.Graph.Edges = s.Graph.Edges[1:]
	g.Show(&fewer)
	if &g.layout.X[0] != &x[0] || &g.layout.Y[0] != &y[0] || len(g.shape.Edges) != len(fewer.Graph.Edges) {
		t.Error("the nodes were placed anew")
	}
	screen := ebiten.NewImage(640, 360)
	defer screen.Deallocate()
	g.Draw(screen)
}

// TestFocusWalks lets the nodes walk to their places around a new focus, and
// has them there at once where nothing is to move.
func TestFocusWalks(t *testing.T) {
	s := snapshot(t, setup.Experiment{Data: "karate"})
	other := *s
	other.Graph.Nodes = append([]wire.NodeView{}, s.Graph.Nodes...)
	n := other.Graph.Nodes
	n[0], n[1] = n[1], n[0]
	n[0].Hop, n[1].Hop = 0, 1
	screen := ebiten.NewImage(640, 360)
	defer screen.Deallocate()
	for _, still := range []bool{false, true} {
		g := newGame(t, s, Options{Still: still})
		g.LayoutF(640, 360)
		frames(g, screen, 3)
		before := g.list.Places()[scene.Item{Target: scene.Node, I: 1}]
		g.Show(&other)
		g.Draw(screen)
		after := g.list.Places()[scene.Item{Target: scene.Node, I: 0}]
		if stays := max(after[0]-before[0], before[0]-after[0]) < 12; stays == still {
			t.Errorf("still %v: the new focus is at %v, it was at %v", still, after, before)
		}
		frames(g, screen, 12)
		if g.come != nil {
			t.Errorf("still %v: after a second the nodes still walk", still)
		}
	}
}

// TestNumbersWritten writes a number character by character as it would be
// written whole.
func TestNumbersWritten(t *testing.T) {
	for s, want := range map[string]bool{"0.25": true, "-1.5": true, "+3": true, "NaN": false, "T1": false, "": true, "1e+05": false} {
		if got := isNumber(s); got != want {
			t.Errorf("isNumber(%q) = %v", s, got)
		}
	}
	w, err := newWriter(assets.Regular, assets.Bold)
	if err != nil {
		t.Fatal(err)
	}
	m := ebiten.NewImage(200, 40)
	defer m.Deallocate()
	ink := func(text string) (x0, x1, n int) {
		m.Clear()
		if err := w.draw(m, []scene.Text{{Str: text, X: 100, Y: 20, Size: 16, Align: scene.Middle, Color: red}}, 1); err != nil {
			t.Fatal(err)
		}
		x0 = 200
		pix := make([]byte, 4*200*40)
		m.ReadPixels(pix)
		for i := 0; i < len(pix); i += 4 {
			if pix[i+3] > 64 {
				x0, x1, n = min(x0, i/4%200), max(x1, i/4%200), n+1
			}
		}
		return x0, x1, n
	}
	x0, x1, n := ink("-12.50")
	if width := float64(scene.Width("-12.50", 16, false)); float64(x1-x0) < width-6 || float64(x1-x0) > width+2 || (x0+x1)/2 < 97 || (x0+x1)/2 > 103 || n < 60 {
		t.Errorf("the ink is from %d to %d, %d pixels; the text is %.1f wide around 100", x0, x1, n, width)
	}
	count := w.count
	for _, text := range []string{"12.5", "0.51", "-2.10"} {
		ink(text)
	}
	if w.count != count {
		t.Errorf("%d new images for numbers of known characters", w.count-count)
	}
}
