package sim

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Command is what a user asks of a run. Its text form, for the wire, is the
// verb and its argument separated by a space, such as "speed 4".
type Command struct {
	Verb  Verb
	Value string
}

// A Verb is what a Command does.
type Verb string

// The commands that a Session understands.
const (
	Play  Verb = "play"  // step by itself
	Pause Verb = "pause" // stop stepping
	Step  Verb = "step"  // one step, then pause
	Reset Verb = "reset" // start again from the same seed, with nothing changed
	Speed Verb = "speed" // Value epochs per second, 0 for as fast as it can
	Focus Verb = "focus" // show the surroundings of target node Value
	Begin Verb = "begin" // start the experiment whose text form is Value

	Rewind   Verb = "rewind" // go to the moment Value of this phase, an epoch or such as 12.3, then pause
	Alter    Verb = "change" // change the run from here on, see Change
	Schedule Verb = "plan"   // plan the changes Value, such as "12.0:pin diagonal|20.0:drop cites"
	Undo     Verb = "undo"   // take the last change back and go to where it was made

	Inspect Verb = "inspect" // show the arithmetic behind Value, such as "cell 1 0"
	Show    Verb = "show"    // show what the list Value says of all nodes, see Run.Show
)

// String returns the text form of c.
func (c Command) String() string {
	if c.Value == "" {
		return string(c.Verb)
	}
	return string(c.Verb) + " " + c.Value
}

// ParseCommand reads the text form of a Command. An argument that is missing,
// not wanted or out of range is an error.
func ParseCommand(text string) (Command, error) {
	verb, value, _ := strings.Cut(text, " ")
	c := Command{Verb(verb), value}
	switch c.Verb {
	case Play, Pause, Step, Reset, Undo:
		if value != "" {
			return Command{}, fmt.Errorf("sim: command %s: argument is %q, want none", verb, value)
		}
	case Speed:
		if v, err := strconv.ParseFloat(value, 64); err != nil || math.IsNaN(v) || v < 0 || v > 1e6 {
			return Command{}, fmt.Errorf("sim: command speed: %q, want epochs per second, 0 to 1e6", value)
		}
	case Focus:
		if v, err := strconv.Atoi(value); err != nil || v < 0 {
			return Command{}, fmt.Errorf("sim: command focus: %q, want the number of a node", value)
		}
	case Inspect:
		if value == "" {
			return Command{}, fmt.Errorf("sim: command inspect: argument is missing, want node, edge, cell, loss, param or none")
		}
	case Rewind, Alter, Schedule:
		if value == "" {
			return Command{}, fmt.Errorf("sim: command %s: argument is missing", verb)
		}
	case Begin, Show:
	default:
		return Command{}, fmt.Errorf("sim: command is %q, want play, pause, step, reset, speed, focus, begin, rewind, change, plan, undo, inspect or show", verb)
	}
	return c, nil
}
