package window

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"abkd/sim/wire"
)

// A keyStep is keys that are pressed, and the state to which they lead; what is not
// there may be anything.
type keyStep struct {
	Keys []string `json:"keys"`
	Is   struct {
		Scene   *string `json:"scene"`
		Step    *int    `json:"step"` // of the story, from 1
		Epoch   *int    `json:"epoch"`
		Phase   *string `json:"phase"`
		Running *bool   `json:"running"`
		Open    *string `json:"open"` // settings, keys or "" for neither
		Present *bool   `json:"present"`
	} `json:"is"`
}

// TestKeys presses the keys of keys.json, one after the other.
func TestKeys(t *testing.T) {
	b, err := os.ReadFile("../../../sim/lesson/testdata/keys.json")
	if err != nil {
		t.Fatal(err)
	}
	var on struct {
		Experiment string    `json:"experiment"`
		Script     []keyStep `json:"script"`
	}
	if err := json.Unmarshal(b, &on); err != nil || len(on.Script) == 0 {
		t.Fatalf("%d steps (%v)", len(on.Script), err)
	}
	openWindow(t, t.TempDir(), "karate", plainly)
	d := drive(t)
	d.until("it trains", func(w *Window) bool { return w.snapshot != nil })
	d.begin(on.Experiment)
	d.until("the run is over", func(w *Window) bool { return w.snapshot.Phase == wire.Finished && w.snapshot.Epochs == 4 })
	for i, step := range on.Script {
		d.press(step.Keys...)
		d.until(fmt.Sprintf("step %d, %s, leads to its state", i+1, strings.Join(step.Keys, " ")), step.isAt)
	}
}

// begin begins an experiment, at its full pace.
func (d *driver) begin(text string) {
	inside(func() {
		on.window.command(wire.Begin{Experiment: text})
		on.window.command(wire.Play{})
	})
}

// isAt reports whether the window is where the keys lead.
func (k *keyStep) isAt(w *Window) bool {
	open := map[bool]string{true: "settings"}[w.tab == settingsTab]
	if w.help {
		open = "keys"
	}
	is := &k.Is
	return !w.stale && isOrAny(is.Scene, w.state.Scene) && isOrAny(is.Step, w.state.Step+1) && isOrAny(is.Epoch, w.snapshot.Epoch) &&
		isOrAny(is.Phase, wire.Phases[w.snapshot.Phase]) && isOrAny(is.Running, w.snapshot.Running) && isOrAny(is.Open, open) && isOrAny(is.Present, w.present)
}

func isOrAny[T comparable](want *T, got T) bool { return want == nil || *want == got }
