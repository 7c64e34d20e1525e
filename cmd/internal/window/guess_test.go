package window

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"abkd/sim/wire"
)

// told is what the window says of the guess that the scene has asked for.
func told() string {
	return now(func(w *Window) string { return w.verdict(w.snapshot) })
}

// asks goes to the second step of a scene, and waits until its question can be
// guessed.
func (d *driver) asks(scene, ask, option string) {
	d.t.Helper()
	d.press(scene, "n")
	d.until(ask+" is asked", func(w *Window) bool {
		q := w.question(w.snapshot)
		return !w.stale && w.state.Step == 1 && q != nil && q.Ask == ask && q.Hidden && w.kit.found["guess "+option] != nil
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
	d.asks("0", "ahead", "tie")
	d.shot("guess-asked")
	d.press("n")
	d.isLocked("ahead", "tie")
	d.shot("guess-judged")
	p := now(func(w *Window) wire.Predictions { return w.snapshot.Predictions })
	taught, alone, apart := 0, 0, 0
	for v, c := range p.Label {
		if p.Part[v] == 2 && c >= 0 {
			a, b := p.Student[v] == c, p.Alone[v] == c
			taught, alone = taught+map[bool]int{true: 1}[a], alone+map[bool]int{true: 1}[b]
			apart += map[bool]int{true: 1}[a != b]
		}
	}
	verdict := "Not as you guessed."
	if math.Abs(float64(taught-alone)) <= 1.96*math.Sqrt(float64(apart)) {
		verdict = "As you guessed."
	}
	if got := told(); !strings.HasPrefix(got, "You said: a tie. At the end the taught student has "+fmt.Sprint(taught)) || !strings.HasSuffix(got, verdict) {
		t.Errorf("%d against %d of %d is judged %q, want %q", taught, alone, apart, got, verdict)
	}

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
