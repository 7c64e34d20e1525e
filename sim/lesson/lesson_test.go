package lesson

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"abkd/assets/messages"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// ofTheRun are the guesses whose answer a run shows by itself.
var ofTheRun = []string{"parts", "lost", "attends", "gains"}

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
		if s.Frame >= Frames || len(s.Steps) < 3 || len(s.Steps) > 5 || s.Steps[0].Kind != "claim" {
			t.Errorf("scene %s: %+v, want three to five steps, a claim first", s.ID, s)
		}
		guesses := 0
		for n, step := range s.Steps {
			if !slices.Contains(Kinds, step.Kind) || !slices.Contains(Moves, step.Move) || !slices.Contains(Asks, step.Ask) {
				t.Errorf("scene %s, step %d: %+v, want a known kind, move and guess", s.ID, n+1, step)
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
		if err := wire.Check(wire.Show{What: s.Shows}); err != nil {
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

// TestWords has a name, a title and whole sentences for each scene in each
// language, and nothing that no scene says.
func TestWords(t *testing.T) {
	languages, err := messages.Read(messages.Files)
	if err != nil {
		t.Fatal(err)
	}
	whole := regexp.MustCompile(`[.?。？]$`)
	for _, c := range languages {
		texts, err := c.Patterns("scene.")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range Scenes() {
			for _, key := range []string{s.ID + ".name", s.ID + ".title"} {
				if texts[key] == "" {
					t.Errorf("%s: scene.%s is not there", c.Tag, key)
				}
				delete(texts, key)
			}
			for n := range s.Steps {
				text, do := fmt.Sprintf("%s.%d.text", s.ID, n+1), fmt.Sprintf("%s.%d.do", s.ID, n+1)
				if !whole.MatchString(texts[text]) || texts[do] != "" && !whole.MatchString(texts[do]) {
					t.Errorf("%s: scene.%s is %q, scene.%s %q; want whole sentences", c.Tag, text, texts[text], do, texts[do])
				}
				delete(texts, text)
				delete(texts, do)
			}
		}
		for key := range texts {
			t.Errorf("%s: no scene says scene.%s", c.Tag, key)
		}
		for _, data := range setup.ControlOf("data").Options {
			if _, what := c.Texts["graph."+data+".what"]; data != setup.PackData && !what {
				t.Errorf("%s: nothing is told of %s", c.Tag, data)
			}
		}
	}
}
