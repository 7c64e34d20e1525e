package sim

import (
	"strings"
	"testing"
)

func TestCommandText(t *testing.T) {
	for _, text := range []string{"play", "pause", "step", "reset", "speed 4", "speed 0", "speed 0.5", "focus 12", "begin seed=2&beta=3",
		"rewind 3", "rewind 3.1", "change pin 1,0;0,1", "plan 3.0:drop cites|4.0:restore cites", "undo"} {
		c, err := ParseCommand(text)
		if err != nil || c.String() != text {
			t.Errorf("%q gave %q, %v", text, c, err)
		}
	}
	for text, want := range map[string]string{
		"":          "want play, pause",
		"jump":      `command is "jump"`,
		"play now":  `argument is "now", want none`,
		"speed":     "want epochs per second",
		"speed -1":  "want epochs per second",
		"speed NaN": "want epochs per second",
		"focus -3":  "want the number of a node",
		"focus a":   "want the number of a node",
		"undo 1":    "want none",
		"rewind":    "argument is missing",
		"change":    "argument is missing",
		"plan":      "argument is missing",
	} {
		if _, err := ParseCommand(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gave %v, want %q", text, err, want)
		}
	}
}
