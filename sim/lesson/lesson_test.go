package lesson

import (
	"slices"
	"strings"
	"testing"

	"abkd/sim/setup"
	"abkd/sim/wire"
)

// ofTheRun are the guesses whose answer a run shows by itself.
var ofTheRun = []string{"ahead", "parts", "lost", "attends", "gains"}

// A step's frame takes the place of its scene's, and a step that is none does not.
func TestFrameOf(t *testing.T) {
	for _, x := range []struct {
		id   string
		step int
		want Frame
	}{{"alignment", 0, Matrices}, {"alignment", 1, Stacks}, {"alignment", 2, Matrices}, {"alignment", -1, Matrices}, {"alignment", 99, Matrices}, {"alone", 0, Verdicts}, {"alone", 4, Neighbourhood}, {"", 0, Overview}} {
		if got := FrameOf(x.id, x.step); got != x.want {
			t.Errorf("step %d of %q has frame %d, want %d", x.step, x.id, got, x.want)
		}
	}
}

func TestScenes(t *testing.T) {
	known := map[string]bool{}
	for i, s := range Scenes() {
		if s.ID == "" || strings.Trim(s.ID, "abcdefghijklmnopqrstuvwxyz") != "" || known[s.ID] {
			t.Errorf("scene %d is called %q, want a word of its own", i, s.ID)
		}
		known[s.ID] = true
		if s.Name == "" || s.Title == "" || s.Frame >= Frames || len(s.Steps) < 3 || len(s.Steps) > 5 || s.Steps[0].Kind != "claim" {
			t.Errorf("scene %s: %+v, want a name, a title and three to five steps, a claim first", s.ID, s)
		}
		guesses := 0
		for n, step := range s.Steps {
			whole := func(text string) bool { return strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") }
			if !slices.Contains(Kinds, step.Kind) || !slices.Contains(Moves, step.Move) || !slices.Contains(Asks, step.Ask) || !whole(step.Text) || step.Do != "" && !whole(step.Do) {
				t.Errorf("scene %s, step %d: %+v, want a known kind, move and guess, and whole sentences", s.ID, n+1, step)
			}
			if (step.Ask != "") != (step.Kind == "guess") || step.Frame >= Frames {
				t.Errorf("scene %s, step %d: %+v, want a guess that asks, and a known frame", s.ID, n+1, step)
			}
			if slices.Contains(ofTheRun, step.Ask) && step.Move != "start" {
				t.Errorf("scene %s, step %d asks for a guess whose answer may be seen: %+v", s.ID, n+1, step)
			}
			guesses += strings.Count(step.Kind, "guess")
		}
		if guesses != 1 {
			t.Errorf("scene %s asks for %d guesses, want one", s.ID, guesses)
		}
		if err := (wire.Show{What: s.Shows}).Check(); err != nil {
			t.Errorf("scene %s: %v", s.ID, err)
		}
		for _, key := range s.Uses {
			if !slices.ContainsFunc(setup.Controls(), func(c setup.Control) bool { return c.Key == key }) {
				t.Errorf("scene %s is about %q, which is no setting", s.ID, key)
			}
		}
		if !slices.Contains(Tabs, s.Tab) {
			t.Errorf("scene %s: tab is %q", s.ID, s.Tab)
		}
	}
	if len(Scenes()) != 10 {
		t.Errorf("there are %d scenes, want one for each digit key", len(Scenes()))
	}
}

// Where links of before scenes had words go.
func TestScenesKeepTheirPlaces(t *testing.T) {
	for i, id := range strings.Fields("start node depth teacher alone labels alignment methods frontier collapse") {
		if got := Scenes()[i].ID; got != id {
			t.Errorf("scene=%d opens %s, want %s", i, got, id)
		}
	}
}
