package screen

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"abkd/assets/messages"
	"abkd/sim"
	"abkd/sim/scene"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// A stage runs the tests inside a game, where images can be painted and read.
type stage struct {
	m    *testing.M
	code int
}

func (g *stage) Update() error              { g.code = g.m.Run(); return ebiten.Termination }
func (g *stage) Draw(*ebiten.Image)         {}
func (g *stage) Layout(w, h int) (int, int) { return 64, 64 }

func TestMain(m *testing.M) {
	flag.Parse()
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" {
		fmt.Println("SKIP: screen: no display; run these tests under xvfb-run")
		os.Exit(0)
	}
	g := &stage{m: m}
	ebiten.SetWindowVisible(false)
	if err := ebiten.RunGameWithOptions(g, &ebiten.RunGameOptions{InitUnfocused: true}); err != nil {
		fmt.Println("screen: the tests' window:", err)
		os.Exit(1)
	}
	os.Exit(g.code)
}

// snapshot returns the state of a short real run.
func snapshot(t testing.TB, e setup.Experiment) *wire.Snapshot {
	t.Helper()
	g, err := setup.BuiltIn(e.Data)
	if err != nil {
		t.Fatal(err)
	}
	e.Teach, e.TeacherEpochs, e.Epochs = "on", 20, 8
	r, err := sim.New(g, e, sim.Options{View: true, Baseline: true})
	if err != nil {
		t.Fatal(err)
	}
	for r.Step() {
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	s := new(wire.Snapshot)
	r.Show([]string{"predictions", "logits", "embeddings", "directions", "smoothness", "attention", "neighbours"})
	r.Snapshot(s)
	if e.Data != "karate" {
		if err := r.Inspect(wire.Subject{Kind: "node", Model: "student", Layer: 1, Type: "paper", I: s.Graph.Nodes[0].ID}); err != nil {
			t.Fatal(err)
		}
		r.Snapshot(s)
	}
	return s
}

// shot paints one frame of g and returns its pixels. They are also written to
// $ABKD_SHOTS/name.png if that is set.
func shot(t *testing.T, g *Game, w, h int, name string) *image.RGBA {
	t.Helper()
	screen := ebiten.NewImage(w, h)
	defer screen.Deallocate()
	g.Draw(screen)
	m := image.NewRGBA(screen.Bounds())
	screen.ReadPixels(m.Pix)
	if dir := os.Getenv("ABKD_SHOTS"); dir != "" {
		f, err := os.Create(filepath.Join(dir, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, m); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func newGame(t testing.TB, s *wire.Snapshot, o Options) *Game {
	t.Helper()
	g, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if s != nil {
		g.Show(s)
	}
	g.Speak(english)
	g.Set(o)
	return g
}

// english and chinese are what a picture says.
var english, chinese = wordsOf(0), wordsOf(1)

func wordsOf(language int) *scene.Words {
	all, err := messages.Read(messages.Files)
	if err != nil {
		panic(err)
	}
	texts, err := all[language].Patterns("canvas.")
	if err != nil {
		panic(err)
	}
	decimal, group := all[language].Marks()
	return &scene.Words{Texts: texts, Decimal: decimal, Group: group}
}

// TestPictures paints the views that people look at, and finds in each some
// of every colour that carries a meaning there.
func TestPictures(t *testing.T) {
	mag := snapshot(t, setup.Experiment{})
	focus := mag.Inspection.Subject
	for _, c := range []struct {
		name  string
		w, h  int
		o     Options
		hover scene.Item
	}{
		{"light", 1280, 640, Options{}, scene.Item{}},
		{"dark", 1280, 640, Options{Theme: scene.Dark}, scene.Item{Target: scene.Attention, I: 1}},
		{"contrast", 640, 360, Options{Theme: scene.Contrast, Teacher: true}, scene.Item{Target: scene.Node, I: 3}},
		{"narrow", 390, 600, Options{}, scene.Item{}},
		{"narrow-graph", 390, 600, Options{Tab: "graph"}, scene.Item{Target: scene.Node}},
		{"narrow-align", 390, 600, Options{Tab: "align"}, scene.Item{}},
		{"hall", 1920, 1080, Options{}, scene.Item{}},
		{"verdicts", 760, 524, Options{Scene: "start"}, scene.Item{}},
		{"verdicts-dark-narrow", 360, 400, Options{Scene: "start", Theme: scene.Dark}, scene.Item{}},
		{"directions", 760, 524, Options{Scene: "depth"}, scene.Item{}},
		{"embeddings", 760, 524, Options{Scene: "teacher", Theme: scene.Dark}, scene.Item{Target: scene.Point, I: 7}},
		{"labels", 760, 524, Options{Scene: "labels", Temperature: 4}, scene.Item{}},
		{"terms", 760, 524, Options{Scene: "node", Select: focus}, scene.Item{}},
		{"terms-dark-narrow", 360, 314, Options{Scene: "node", Select: focus, Tab: "graph", Theme: scene.Dark, Still: true}, scene.Item{}},
		{"stacks", 760, 524, Options{Scene: "alignment", Step: 1, Select: "node teacher 1 " + strings.TrimPrefix(focus, "node student 1 ")}, scene.Item{}},
		{"race", 760, 524, Options{Scene: "methods"}, scene.Item{Target: scene.Result, I: 1, J: 2}},
		{"race-dark-narrow", 360, 400, Options{Scene: "methods", Theme: scene.Dark}, scene.Item{}},
		{"frontier", 760, 524, Options{Scene: "frontier"}, scene.Item{Target: scene.Result, I: 2}},
		{"frontier-contrast", 760, 524, Options{Scene: "frontier", Theme: scene.Contrast}, scene.Item{}},
		{"around", 760, 524, Options{Scene: "alone", Step: 4}, scene.Item{Target: scene.Edge, I: 2}},
		{"matrices", 760, 524, Options{Scene: "alignment", Select: "cell 1 0"}, scene.Item{}},
		{"forward", 760, 524, Options{Beat: scene.Forward}, scene.Item{}},
		{"loss", 760, 524, Options{Beat: scene.Loss, Theme: scene.Dark}, scene.Item{}},
		{"backward", 760, 524, Options{Beat: scene.Backward}, scene.Item{}},
		{"update", 760, 524, Options{Beat: scene.Update}, scene.Item{}},
		{"narrow-terms", 360, 314, Options{Tab: "graph", Beat: scene.Forward}, scene.Item{}},
	} {
		g := newGame(t, mag, c.o)
		g.ShowStudy(&study)
		if c.name == "narrow-graph" {
			g.Speak(chinese)
		}
		g.view.Time, g.view.Hover, g.view.Since = 5.1, c.hover, 1.1
		g.move = scene.Rest(g.view.Home())
		m := shot(t, g, c.w, c.h, c.name)
		seen := map[color.RGBA]int{}
		for i := 0; i < len(m.Pix); i += 4 {
			seen[color.RGBA{m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3]}]++
		}
		for i := range g.list.Picture.Shapes {
			s := &g.list.Picture.Shapes[i]
			if s.Kind >= scene.Tick || s.R < 5 || s.Color.A < 255 {
				continue
			}
			if seen[color.RGBA(s.Color)] < 20 {
				t.Errorf("%s: %d pixels of %v, the colour of a shape of radius %g", c.name, seen[color.RGBA(s.Color)], s.Color, s.R)
			}
		}
		if bg := color.RGBA(g.list.Background); m.RGBAAt(1, 1) != bg || m.RGBAAt(c.w-2, c.h-2) != bg {
			t.Errorf("%s: corners are %v and %v, want the background %v", c.name, m.RGBAAt(1, 1), m.RGBAAt(c.w-2, c.h-2), bg)
		}
		if len(seen) < 100 {
			t.Errorf("%s: only %d colours", c.name, len(seen))
		}
	}
}

// study has methods over three seeds, and sizes of a student.
var study = wire.Study{
	Cost:   "params",
	Levels: []wire.Level{{Model: "teacher", Test: 0.86}, {Model: "lp", Test: 0.74}},
	Methods: []wire.Method{
		{Name: "Student alone", IsAlone: true, Endings: endings(0.7, 0.72, 0.74)},
		{Name: "KD", Endings: endings(0.8, 0.82, 0.83), Diff: 0.1, Low: 0.08, High: 0.12},
		{Name: "ABKD", Endings: endings(0.71, 0.73, 0.7), Diff: -0.01, Low: -0.06, High: 0.04},
	},
	Dots: []wire.Dot{
		{Kind: "teacher", Layers: 3, Hidden: 128, Cost: 80_000, Test: 0.86}, {Kind: "taught", Layers: 2, Hidden: 4, Seed: 1, Cost: 1000, Test: 0.75},
		{Kind: "alone", Layers: 2, Hidden: 4, Seed: 1, Cost: 1000, Test: 0.7}, {Kind: "taught", Layers: 2, Hidden: 16, Seed: 1, Cost: 9000, Test: 0.83},
	},
}

func endings(tests ...float32) (all []wire.Ending) {
	for i, v := range tests {
		all = append(all, wire.Ending{Seed: i + 1, Test: v, Epoch: 20, Epochs: 20})
	}
	return all
}

// TestChoose tells of the result that is tapped, once.
func TestChoose(t *testing.T) {
	g := newGame(t, snapshot(t, setup.Experiment{Data: "karate"}), Options{Scene: "frontier", Still: true})
	g.ShowStudy(&study)
	var chosen []int
	g.Choose = func(result int) { chosen = append(chosen, result) }
	g.tap(scene.Item{Target: scene.Result, I: 3}, 0)
	for range 2 {
		if err := g.Update(); err != nil {
			t.Fatal(err)
		}
	}
	if len(chosen) != 1 || chosen[0] != 4 {
		t.Errorf("results %v are chosen, want 4", chosen)
	}
}

// TestIdle paints only what has changed or moves.
func TestIdle(t *testing.T) {
	s := snapshot(t, setup.Experiment{Data: "karate"})
	g := newGame(t, s, Options{Still: true})
	screen := ebiten.NewImage(640, 360)
	defer screen.Deallocate()
	for range 5 {
		g.Draw(screen)
	}
	if g.Frames() != 1 {
		t.Errorf("still picture: %d frames, want 1", g.Frames())
	}
	g.Show(s)
	g.Draw(screen)
	if g.Frames() != 2 {
		t.Errorf("after a new snapshot: %d frames, want 2", g.Frames())
	}
	g.Set(Options{Hidden: true})
	g.Draw(screen)
	if g.Frames() != 2 {
		t.Errorf("hidden: %d frames, want 2", g.Frames())
	}
	g.Set(Options{})
	if g.Draw(screen); !g.moving() {
		t.Error("messages do not move in a paused run that was just shown")
	}
	if g.view.Time = g.until; g.moving() {
		t.Error("messages of a paused run never rest")
	}
	if g.snapshot.Running = true; !g.moving() {
		t.Error("messages of a running run rest")
	}
}

// TestPointer points at and taps what is painted.
func TestPointer(t *testing.T) {
	s := snapshot(t, setup.Experiment{})
	var tips []string
	g := newGame(t, s, Options{Still: true})
	g.Hover = func(tip string) { tips = append(tips, tip) }
	screen := ebiten.NewImage(1280, 640)
	defer screen.Deallocate()
	g.Draw(screen)
	at := func(it scene.Item) (x, y int) {
		p, ok := g.list.Places()[it]
		if !ok {
			t.Fatalf("%+v is nowhere", it)
		}
		return int(p[0]), int(p[1])
	}
	click := func(it scene.Item) wire.Command {
		x, y := at(it)
		g.press.last -= 10 * again // long after the last one
		if c := g.handlePointer(x, y, true); c != nil {
			t.Errorf("pressing on %+v asks for %+v before the release", it, c)
		}
		return g.handlePointer(x, y, false)
	}
	for i, n := range s.Graph.Nodes {
		it := scene.Item{Target: scene.Node, I: i}
		want := scene.Subject(s, &g.view, it)
		c := click(it)
		known := want == wire.Subject{Kind: "node", Model: "student", Layer: 1, Type: "paper", I: n.ID}
		if c != (wire.Inspect{Subject: want}) || n.Type == s.Graph.Target && !known {
			t.Errorf("a click on node %d, %+v, asks for %+v, want %+v", i, n, c, want)
		}
		if g.pointed != want.String() {
			t.Errorf("the pointer is said to be on %q, want %q", g.pointed, want)
		}
	}
	for want, it := range map[wire.Subject]scene.Item{{Kind: "cell", I: 1}: {Target: scene.Distance, I: 1}, {Kind: "loss"}: {Target: scene.Total}} {
		if c := click(it); c != (wire.Inspect{Subject: want}) {
			t.Errorf("a click on %+v asks for %+v, want inspect %s", it, c, want)
		}
	}
	g.press = press{last: -100}
	var c wire.Command
	for range 2 { // one after the other
		x, y := at(scene.Item{Target: scene.Node})
		g.handlePointer(x, y, true)
		c = g.handlePointer(x, y, false)
	}
	if want := (wire.Focus{Node: s.Graph.Nodes[0].ID}); c != want {
		t.Errorf("a double click asks for %+v, want %+v", c, want)
	}
	if g.Twice(); g.second() != nil {
		t.Error("a double click that was seen as two asks for something once more")
	}
	if c := click(scene.Item{Target: scene.Node}); c != (wire.Inspect{Subject: scene.Subject(s, &g.view, scene.Item{Target: scene.Node})}) {
		t.Errorf("a click asks for %+v", c)
	}
	if g.Twice(); g.second() != (wire.Focus{Node: s.Graph.Nodes[0].ID}) || g.second() != nil {
		t.Error("a double click that was seen as one does not ask for the focus, once")
	}
	g.Draw(screen)
	g.Leave()
	g.Draw(screen)
	if len(tips) != 2 || tips[0] == "" || tips[1] != "" || g.pointed != "" {
		t.Errorf("tooltips %q, want one, then none; the pointer is on %q", tips, g.pointed)
	}
	for _, want := range []int{2, 0} {
		if click(scene.Item{Target: scene.Step, I: 1}); g.view.Layer != want {
			t.Errorf("after a click on the second layer's chip layer %d is held, want %d", g.view.Layer, want)
		}
	}
}

// TestResize paints again at a new size.
func TestResize(t *testing.T) {
	g := newGame(t, snapshot(t, setup.Experiment{Data: "karate"}), Options{Still: true})
	for i, w := range []int{640, 390, 640} {
		g.LayoutF(float64(w), 360)
		screen := ebiten.NewImage(w, 360)
		g.Draw(screen)
		screen.Deallocate()
		if g.Frames() != i+1 {
			t.Errorf("size %d of 3: %d frames", i+1, g.Frames())
		}
	}
	if w, h := g.LayoutF(4000, 3000); w*h > mostPixels*1.001 || w/h < 1.333 || w/h > 1.334 {
		t.Errorf("a window of 4000×3000 is painted as %v×%v, want at most %v pixels of the same form", w, h, mostPixels)
	}
}
