package window

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"abkd/sim/lesson"
	"abkd/sim/wire"
)

// told is what the window says of the guess that the scene has asked for.
func told() string {
	return now(func(w *Window) string { return w.verdict(w.snapshot) })
}

// asks goes to the step of a scene, named by its digit, that asks, and waits until its
// question can be guessed.
func (d *driver) asks(scene, ask, option string) {
	d.t.Helper()
	steps := lesson.Scenes()[scene[0]-'0'].Steps
	at := slices.IndexFunc(steps, func(s lesson.Step) bool { return s.Ask == ask })
	d.press(scene)
	for range at {
		d.press("n")
	}
	d.until(ask+" is asked", func(w *Window) bool {
		q := w.question(w.snapshot)
		return !w.stale && w.state.Step == at && q != nil && q.Ask == ask && q.Hidden && w.kit.found["guess "+option] != nil
	})
	d.click("guess " + option)
	d.until(ask+" is guessed", func(w *Window) bool { return w.state.Guesses[ask] == option })
}

// isLocked waits until the answer is there, and with it no option is left.
func (d *driver) isLocked(ask, option string) {
	d.t.Helper()
	d.until("the answer to "+ask+" is there", func(w *Window) bool {
		q := w.question(w.snapshot)
		return !w.stale && q != nil && q.Ask == ask && q.Answer != ""
	})
	if now(func(w *Window) bool { return w.kit.found["guess "+option] != nil }) {
		d.t.Errorf("%s can be guessed though its answer is there", ask)
	}
}

// TestGuesses guesses by the pointer what the scenes ask of a run, and is judged by
// what was learned.
func TestGuesses(t *testing.T) {
	openWindow(t, t.TempDir(), "karate", plainly)
	d := drive(t)
	d.trains()
	d.asks("0", "copies", "0")
	d.shot("guess-asked")
	d.press("n")
	d.isLocked("copies", "0")
	d.shot("guess-judged")
	if got := told(); !strings.HasPrefix(got, "You said: S1. At epoch ") {
		t.Errorf("which layer is copied is told %q", got)
	}
	d.press("b")
	d.until("the step that asked is there again", func(w *Window) bool { return w.state.Step == 2 && !w.stale })
	inside(func() {
		on.window.guess("copies", "1")
		on.window.reset()
	})
	if now(func(w *Window) bool { return w.state.Guesses["copies"] != "0" || w.kit.found["guess 1"] != nil }) {
		t.Error("a guess that was judged can be changed")
	}
	inside(func() { on.window.command(wire.Play{}) })
	d.until("the run is over again", func(w *Window) bool { return w.snapshot.Phase == wire.Finished })

	d.asks("6", "attends", "0")
	d.press("n")
	d.isLocked("attends", "0")
	d.asks("5", "share", "little")
	d.press("n")
	d.isLocked("share", "little")
	if got := told(); !strings.Contains(got, "At temperature 10 the likeliest class keeps ") {
		t.Errorf("what a class keeps is told %q", got)
	}
	d.asks("9", "gains", "tie")
	d.press("n")
	d.isLocked("gains", "tie")
	if got := told(); !strings.HasPrefix(got, "You said: no, it is a tie. ") || !strings.Contains(got, "% of L is left") {
		t.Errorf("what a criterion gains is told %q", got)
	}
	inside(func() { on.window.set("alpha", "0.5") })
	d.until("another run has no guesses, and of what soft labels gain none is asked", func(w *Window) bool {
		return !w.stale && len(w.state.Guesses) == 0 && strings.Contains(w.snapshot.Experiment, "alpha=0.5") && w.question(w.snapshot) == nil
	})
}

// TestFindsSum is asked for a number of the focus's sum, which the picture hides, and
// types it.
func TestFindsSum(t *testing.T) {
	openWindow(t, t.TempDir(), "karate", plainly)
	d := drive(t)
	d.trains()
	d.press("1", "n")
	answers := func(v func(want float64) float64, verdict string) {
		t.Helper()
		d.until("a number is hidden", func(w *Window) bool { return !w.stale && w.quiz.column >= 0 && w.kit.found["quiz"] != nil })
		if d.shot("sum-asked"); now(func(w *Window) int { return w.game.View().Asked }) == 0 {
			t.Error("the picture hides nothing")
		}
		sum := 0.0
		inside(func() {
			of, _ := on.window.sum()
			for _, q := range of.Terms {
				sum += math.Round(1000*float64(q.Value.Data[on.window.quiz.column])) / 1000
			}
		})
		d.click("quiz")
		d.write(fmt.Sprintf("%.3f", v(sum)))
		d.press("Enter")
		d.until("it is "+verdict, func(w *Window) bool { return w.quiz.column < 0 && strings.HasPrefix(w.quiz.said, verdict) })
	}
	answers(func(want float64) float64 { return want }, "Right: ")
	d.click("quiz hide")
	answers(func(want float64) float64 { return want + 1 }, "Not quite: ")
	d.press("2")
	d.until("the picture hides nothing any more", func(w *Window) bool { return w.game.View().Asked == 0 && w.inspected.Kind == "" })
}
