package setup

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Needs says when a setting has an effect: while each condition holds. They are
// in the order of their keys.
type Needs []Condition

// A Condition holds while the setting Key has one of the values. A value such
// as ">0" stands for all numbers above.
type Condition struct {
	Key    string
	Values []string
}

// MarshalJSON implements json.Marshaler: values by key.
func (n Needs) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, c := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(strconv.AppendQuote(b, c.Key), ":["...)
		for j, v := range c.Values {
			if j > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendQuote(b, v)
		}
		b = append(b, ']')
	}
	return append(b, '}'), nil
}

// A Need is a condition that does not hold for an experiment.
type Need struct {
	Key    string
	Values []string // of which it needs one
	Got    string
}

// Unmet returns the needs of c that e does not meet: none if c has an effect.
func (c *Control) Unmet(e *Experiment) (unmet []Need) {
	for _, n := range c.Needs {
		if got := e.value(n.Key); !slices.ContainsFunc(n.Values, func(v string) bool { return admits(v, got) }) {
			unmet = append(unmet, Need{n.Key, n.Values, got})
		}
	}
	return unmet
}

// value returns the text of the setting key, its default if e says nothing.
// Without a criterion but with KD a student learns as by the criterion kd.
func (e *Experiment) value(key string) string {
	if key == "criterion" && e.Criterion == "none" && e.Alpha.Or(0) > 0 {
		return "kd"
	}
	c := ControlOf(key)
	return cmp.Or(c.Get(e), c.DefaultIn(e))
}

// admits reports whether the text got is value, or a number above it.
func admits(value, got string) bool {
	low, above := strings.CutPrefix(value, ">")
	if !above {
		return value == got
	}
	bound, err := strconv.ParseFloat(low, 64)
	number, failed := strconv.ParseFloat(got, 64)
	return err == nil && failed == nil && number > bound
}

// Idle says why c, as said has it, has an effect on none of the runs, "" if it
// has on one.
func (c *Control) Idle(said *Experiment, runs []Experiment) (why string) {
	for i := range runs {
		e := &runs[i]
		unmet := c.Unmet(e)
		used := c.Get(e) == c.Get(said) || c.Kind == Text && c.Get(e) != ""
		switch {
		case len(unmet) > 0:
			if why == "" {
				why = unmet[0].Text(len(runs) == 1)
			}
		case used:
			return ""
		default:
			why = "no run takes it, each has a value of its own"
		}
	}
	return why
}

// Text is what a setting needs and has not got, in the only run or in any.
func (n Need) Text(only bool) string {
	wants := n.Values
	if len(wants) == 1 && wants[0] == "" {
		return "it is for runs without " + n.Key
	}
	list := strings.ReplaceAll(strings.Join(wants, ", "), ">", "above ")
	if i := strings.LastIndex(list, ", "); i >= 0 {
		list = list[:i] + " or " + list[i+2:]
	}
	if !only {
		return fmt.Sprintf("it is for %s %s, and no run has that", n.Key, list)
	}
	return fmt.Sprintf("it is for %s %s, here it is %s", n.Key, list, n.Got)
}
