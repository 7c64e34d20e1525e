package wire

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Command is what a user asks of a session. Its text is a verb and its
// arguments separated by spaces, such as "speed 4". The types of this package
// are all that there are: a session knows what each of them means. What all of
// them can do is a function for all, String and Check: a method of each value
// would be two functions of each in the browser's programs, 40 kB.
type Command interface{ command() }

// The commands.
type (
	Play  struct{} // step by itself
	Pause struct{} // stop stepping
	Step  struct{} // one step, then pause
	Reset struct{} // start again from the same seed, with nothing changed
	Undo  struct{} // take the last change back and go to where it was made

	// Speed sets the pace.
	Speed struct{ EpochsPerSecond float64 } // 0 for as fast as it can
	// Focus shows the surroundings of a target node.
	Focus struct{ Node int }
	// Begin starts an experiment.
	Begin struct{ Experiment string } // its text, see package sim
	// Extend gives the run more epochs, also one that is over.
	Extend struct{ Epochs int } // of each student in all
	// Rewind goes to a moment of this phase, then pauses.
	Rewind struct{ To Moment }
	// Alter changes the run from here on.
	Alter struct{ Edit Edit }
	// Schedule plans changes in place of all that come after the first of them.
	Schedule struct{ Plan []Change }
	// Inspect shows the arithmetic behind a subject; the zero Subject ends it.
	Inspect struct{ Subject Subject }
	// Show chooses what is shown of all nodes; nothing ends it.
	Show struct{ What []string } // of Showable
	// Find looks for target nodes by their names or numbers; "" ends it.
	Find struct{ Text string }
	// Name asks what target nodes are called, by their numbers with commas between;
	// "" ends it.
	Name struct{ Nodes string }
)

// Showable are what Show can show.
var Showable = []string{"predictions", "logits", "embeddings", "smoothness", "calibration", "answers", "attention", "directions", "neighbours", "activity"}

// MaxFind is how long a text may be that is looked for, in bytes.
const MaxFind = 200

// MaxNamed is of how many nodes the names may be asked for.
const MaxNamed = 24

// MaxSpeed is the highest pace, in epochs per second.
const MaxSpeed = 1e6

// A Moment is between two steps of a phase.
type Moment struct{ Epoch, Step int } // done

// String returns an epoch, or an epoch and a step such as "12.3".
func (m Moment) String() string {
	if m.Step == 0 {
		return strconv.Itoa(m.Epoch)
	}
	return strconv.Itoa(m.Epoch) + "." + strconv.Itoa(m.Step)
}

// parseMoment reads an epoch, or an epoch and a step such as "12.3".
func parseMoment(text string) (m Moment, err error) {
	e, s, both := strings.Cut(text, ".")
	if m.Epoch, err = natural(e); err == nil && both {
		m.Step, err = natural(s)
	}
	if err != nil {
		return Moment{}, fmt.Errorf("moment is %.40q, want an epoch, or an epoch and a step such as 12.0", text)
	}
	return m, nil
}

func (m Moment) check() error {
	if m.Epoch < 0 || m.Step < 0 {
		return fmt.Errorf("moment is epoch %d, step %d, want none below 0", m.Epoch, m.Step)
	}
	return nil
}

// natural reads a whole number from 0.
func natural(text string) (int, error) {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%.40q, want a whole number from 0", text)
	}
	return int(n), nil
}

// A verb reads the arguments of one command.
type verb struct {
	name string
	read func(argument string) (Command, error)
}

var verbs = []verb{
	{"play", alone(Play{})}, {"pause", alone(Pause{})}, {"step", alone(Step{})}, {"reset", alone(Reset{})},
	{"speed", func(text string) (Command, error) {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			v = -1
		}
		return Speed{v}, nil // Check refuses it
	}},
	{"focus", func(text string) (Command, error) {
		n, err := natural(text)
		if err != nil {
			n = -1
		}
		return Focus{n}, nil
	}},
	{"begin", func(text string) (Command, error) { return Begin{text}, nil }},
	{"extend", func(text string) (Command, error) {
		n, err := natural(text)
		if err != nil {
			n = -1
		}
		return Extend{n}, nil
	}},
	{"rewind", func(text string) (Command, error) {
		m, err := parseMoment(text)
		return Rewind{m}, err
	}},
	{"change", func(text string) (Command, error) {
		e, err := ParseEdit(text)
		return Alter{e}, err
	}},
	{"plan", func(text string) (Command, error) {
		plan, err := ParsePlan(text)
		return Schedule{plan}, err
	}},
	{"undo", alone(Undo{})},
	{"inspect", func(text string) (Command, error) {
		s, err := ParseSubject(text)
		return Inspect{s}, err
	}},
	{"show", func(text string) (Command, error) {
		return Show{strings.FieldsFunc(text, func(c rune) bool { return c == ',' })}, nil
	}},
	{"find", func(text string) (Command, error) { return Find{text}, nil }},
	{"name", func(text string) (Command, error) { return Name{text}, nil }},
}

// alone reads a command without arguments.
//
//go:noinline
func alone(c Command) func(string) (Command, error) {
	return func(text string) (Command, error) {
		if text != "" {
			return nil, fmt.Errorf("argument is %.40q, want none", text)
		}
		return c, nil
	}
}

// ParseCommand reads the text of a Command and checks it.
func ParseCommand(text string) (Command, error) {
	name, argument, _ := strings.Cut(text, " ")
	for _, v := range verbs {
		if v.name != name {
			continue
		}
		c, err := v.read(argument)
		if err != nil {
			return nil, fmt.Errorf("wire: command %s: %w", name, err)
		}
		return c, Check(c)
	}
	var names []string
	for _, v := range verbs {
		names = append(names, v.name)
	}
	return nil, fmt.Errorf("wire: command is %.40q, want one of %s", name, strings.Join(names, ", "))
}

func (Play) command()     {}
func (Pause) command()    {}
func (Step) command()     {}
func (Reset) command()    {}
func (Undo) command()     {}
func (Speed) command()    {}
func (Focus) command()    {}
func (Begin) command()    {}
func (Extend) command()   {}
func (Rewind) command()   {}
func (Alter) command()    {}
func (Schedule) command() {}
func (Inspect) command()  {}
func (Show) command()     {}
func (Find) command()     {}
func (Name) command()     {}

// String returns the text of c, which ParseCommand reads; "" of no command.
func String(c Command) string {
	switch c := c.(type) {
	case Play:
		return "play"
	case Pause:
		return "pause"
	case Step:
		return "step"
	case Reset:
		return "reset"
	case Undo:
		return "undo"
	case Speed:
		return "speed " + strconv.FormatFloat(c.EpochsPerSecond, 'g', -1, 64)
	case Focus:
		return "focus " + strconv.Itoa(c.Node)
	case Begin:
		return words("begin", c.Experiment)
	case Extend:
		return "extend " + strconv.Itoa(c.Epochs)
	case Rewind:
		return "rewind " + c.To.String()
	case Alter:
		return words("change", EditString(c.Edit))
	case Schedule:
		return words("plan", planText(c.Plan))
	case Inspect:
		return "inspect " + c.Subject.String()
	case Show:
		return words("show", strings.Join(c.What, ","))
	case Find:
		return words("find", c.Text)
	case Name:
		return words("name", c.Nodes)
	}
	return ""
}

// words joins words by spaces, those that are not empty. It is not inlined: the
// browser's programs would hold it thirty times.
//
//go:noinline
func words(all ...string) (text string) {
	for _, w := range all {
		if text != "" && w != "" {
			text += " "
		}
		text += w
	}
	return text
}

// Check returns an error that says what is wrong with the arguments of c.
func Check(c Command) error {
	err := checkArguments(c)
	if err == nil {
		return nil
	}
	verb, _, _ := strings.Cut(String(c), " ")
	return fmt.Errorf("wire: command %s: %w", verb, err)
}

func checkArguments(c Command) error {
	switch c := c.(type) {
	case Speed:
		if v := c.EpochsPerSecond; math.IsNaN(v) || v < 0 || v > MaxSpeed {
			return fmt.Errorf("want epochs per second, 0 to 1e6")
		}
	case Focus:
		if c.Node < 0 {
			return fmt.Errorf("want the number of a node, from 0")
		}
	case Extend:
		if c.Epochs < 1 {
			return fmt.Errorf("want a number of epochs, from 1")
		}
	case Rewind:
		return c.To.check()
	case Alter:
		return CheckEdit(c.Edit)
	case Schedule:
		return checkPlan(c.Plan)
	case Inspect:
		return c.Subject.Check()
	case Show:
		for _, name := range c.What {
			if !slices.Contains(Showable, name) {
				return fmt.Errorf("%.40q, want a list of %s", name, strings.Join(Showable, ", "))
			}
		}
	case Find:
		if len(c.Text) > MaxFind {
			return fmt.Errorf("a text of %d bytes, want at most %d", len(c.Text), MaxFind)
		}
	case Name:
		_, err := c.Numbers()
		return err
	}
	return nil // the text of an experiment is read by package setup
}

// Numbers returns those of the nodes.
func (c Name) Numbers() (nodes []int, err error) {
	if c.Nodes == "" {
		return nil, nil
	}
	for text := range strings.SplitSeq(c.Nodes, ",") {
		n, err := natural(text)
		if err != nil {
			return nil, err
		}
		if nodes = append(nodes, n); len(nodes) > MaxNamed {
			return nil, fmt.Errorf("want at most %d nodes", MaxNamed)
		}
	}
	return nodes, nil
}
