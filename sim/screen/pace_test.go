package screen

import (
	"slices"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"abkd/sim/setup"
)

// TestPace checks what becomes of the picture where frames take long, where
// they do not, and where only some do.
func TestPace(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name string
		took func(frame int) time.Duration
		want Step
	}{
		{"at once", func(int) time.Duration { return 17 * ms }, Full},
		{"a third of the rate", func(int) time.Duration { return 50 * ms }, Full},
		{"slow while the browser compiles", func(i int) time.Duration { return max(17, 400-30*time.Duration(i)) * ms }, Full},
		{"one long pause now and then", func(i int) time.Duration { return map[bool]time.Duration{true: time.Minute, false: 20 * ms}[i%10 == 9] }, Full},
		{"slow", func(int) time.Duration { return 100 * ms }, Still},
	} {
		var p Pace
		var steps []Step
		for i := range 500 {
			if p.Took(c.took(i)) {
				steps = append(steps, p.Step)
			}
		}
		if p.Step != c.want || c.want == Still && !slices.Equal(steps, []Step{Coarse, Seldom, Still}) {
			t.Errorf("%s: step %v by way of %v, want %v, one after the other", c.name, p.Step, steps, c.want)
		}
	}
	eases := Pace{} // fewer pixels are enough
	for range 500 {
		eases.Took(map[bool]time.Duration{true: 100 * ms, false: 40 * ms}[eases.Step == Full])
	}
	if eases.Step != Coarse {
		t.Errorf("where fewer pixels are enough the step is %v, want %v", eases.Step, Coarse)
	}
}

// TestPaceLeavesTime checks that drawing that is slow takes at most a quarter of
// the time.
func TestPaceLeavesTime(t *testing.T) {
	for step := Full; step <= Still; step++ {
		p := Pace{Step: step}
		for _, own := range []time.Duration{time.Millisecond, 30 * time.Millisecond, 200 * time.Millisecond, 2 * time.Second} {
			asked, goesOn := p.Wait(own, true), p.Wait(own, false)
			if asked > goesOn || step >= Seldom && (asked < 3*own || asked < time.Second/10) {
				t.Errorf("%v, frames of %v: the next one waits %v if it is asked for and else %v", step, own, asked, goesOn)
			}
			if step == Still && goesOn < time.Second/2 {
				t.Errorf("a picture that is still is painted anew after %v by itself", goesOn)
			}
		}
	}
}

// TestSlowed checks that a game whose frames come late says so, draws fewer
// pixels and comes to rest, and that it draws in full where that is wanted.
func TestSlowed(t *testing.T) {
	s := snapshot(t, setup.Experiment{Data: "karate"})
	s.Running = true
	screen := ebiten.NewImage(640, 480)
	defer screen.Deallocate()
	late := func(g *Game) {
		for range 4 * (warming + judged) {
			g.mu.Lock()
			g.asked, g.dirty, g.last = time.Now().Add(-time.Second), true, time.Time{}
			g.mu.Unlock()
			g.Draw(screen)
		}
	}
	g := newGame(t, s, Options{})
	var said []Step
	g.Paced = func(step Step) { said = append(said, step) }
	w, _ := g.LayoutF(600, 400)
	late(g)
	if !slices.Equal(said, []Step{Coarse, Seldom, Still}) || !g.View().Still || g.moving() {
		t.Errorf("it said %v, and moves: %v; want all steps and no motion", said, g.moving())
	}
	g.pace.Step = Coarse
	if fewer, _ := g.LayoutF(600, 400); fewer >= w {
		t.Errorf("a coarse picture is %v wide, a fine one %v", fewer, w)
	}
	g.Set(Options{Full: true})
	if said = nil; g.View().Still || g.pace.Step != Full {
		t.Errorf("where all of it is wanted it is drawn in step %v", g.pace.Step)
	}
	if late(g); len(said) != 0 {
		t.Errorf("where all of it is wanted it said %v", said)
	}
}
