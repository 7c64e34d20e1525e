package wire

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Change is an Edit of a run between two steps.
type Change struct {
	Epoch, Step int  // done when it is made
	Teaching    bool // it is made while the teacher is trained
	Edit        Edit
}

// An Edit is what a user does to a run. Its text is one of
//
//	pin M | pin free               A is M from now on: diagonal, uniform or a matrix such as 1,0;0.5,0.5;0,1
//	weight MODEL NAME ROW COL V    one weight of the teacher, of the student or of the one alone
//	drop REL | restore REL         the relation sends no message any more, to any model
//	cut REL SRC DST | mend ...     one edge and its reverse
//	mislabel NODE CLASS            a training label; what is measured keeps the truth
//	freeze on | freeze off         the criterion's projections of the teacher's layers
//
// What a relation sends first, the mean features of types without any, stays:
// it is in the input. Names may hold spaces. The types of this package are all
// that there are; EditString and CheckEdit know all of them, as String and
// Check know the commands.
type Edit interface{ edit() }

// The edits.
type (
	// Pin sets the attention, or lets it be learned again.
	Pin struct{ To string } // "free", "diagonal", "uniform" or a matrix
	// SetWeight sets one weight.
	SetWeight struct {
		Model, Param string
		Row, Col     int
		Value        float32
	}
	// Drop silences a relation.
	Drop struct{ Relation string }
	// Restore takes a Drop back.
	Restore struct{ Relation string }
	// Cut removes an edge and its reverse.
	Cut struct {
		Relation string
		Src, Dst int
	}
	// Mend takes a Cut back.
	Mend struct {
		Relation string
		Src, Dst int
	}
	// Mislabel gives a training node another class.
	Mislabel struct{ Node, Class int }
	// Freeze keeps the projections of the teacher as they are, or trains them again.
	Freeze struct{ On bool }
)

// editForms is how many words follow the first: at least, and, if names may
// hold spaces, more.
var editForms = map[string]struct {
	arguments string
	words     int
	named     bool
}{
	"pin": {"a matrix, diagonal, uniform or free", 1, false}, "weight": {"MODEL NAME ROW COL VALUE", 5, true},
	"drop": {"a relation", 1, true}, "restore": {"a relation", 1, true},
	"cut": {"REL SRC DST", 3, true}, "mend": {"REL SRC DST", 3, true},
	"mislabel": {"NODE CLASS", 2, false}, "freeze": {"on or off", 1, false},
}

// ParseEdit reads the text of an Edit and checks it.
func ParseEdit(text string) (Edit, error) {
	if strings.Contains(text, "|") {
		return nil, fmt.Errorf(`%.80q has a "|", want none`, text)
	}
	w := strings.Fields(text)
	if len(w) == 0 {
		w = []string{""}
	}
	form, known := editForms[w[0]]
	if !known {
		return nil, fmt.Errorf("%.40q is no change, want pin, weight, drop, restore, cut, mend, mislabel or freeze", w[0])
	}
	if n := len(w) - 1; n < form.words || n > form.words && !form.named {
		return nil, fmt.Errorf("%s has %d arguments, want %s", w[0], n, form.arguments)
	}
	e, err := readEdit(w[0], w[1:])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w[0], err)
	}
	return e, CheckEdit(e)
}

// readEdit reads as many words as the form of the verb has.
func readEdit(verb string, w []string) (Edit, error) {
	n := len(w)
	switch verb {
	case "pin":
		return Pin{w[0]}, nil
	case "weight":
		e := SetWeight{Model: w[0], Param: strings.Join(w[1:n-3], " ")}
		var err error
		if e.Row, e.Col, err = pair(w[n-3 : n-1]); err != nil {
			return nil, err
		}
		v, err := strconv.ParseFloat(w[n-1], 32)
		if err != nil {
			return nil, fmt.Errorf("weight is %.40q, want a finite number", w[n-1])
		}
		e.Value = float32(v)
		return e, nil
	case "drop":
		return Drop{strings.Join(w, " ")}, nil
	case "restore":
		return Restore{strings.Join(w, " ")}, nil
	case "cut", "mend":
		rel := strings.Join(w[:n-2], " ")
		src, dst, err := pair(w[n-2:])
		if verb == "cut" {
			return Cut{rel, src, dst}, err
		}
		return Mend{rel, src, dst}, err
	case "mislabel":
		node, class, err := pair(w)
		return Mislabel{node, class}, err
	}
	if w[0] != "on" && w[0] != "off" {
		return nil, fmt.Errorf("%.40q, want on or off", w[0])
	}
	return Freeze{w[0] == "on"}, nil
}

func (Pin) edit()       {}
func (SetWeight) edit() {}
func (Drop) edit()      {}
func (Restore) edit()   {}
func (Cut) edit()       {}
func (Mend) edit()      {}
func (Mislabel) edit()  {}
func (Freeze) edit()    {}

// EditString returns the text of e, which ParseEdit reads; "" of no edit.
func EditString(e Edit) string {
	switch e := e.(type) {
	case Pin:
		return words("pin", e.To)
	case SetWeight:
		return words("weight", e.Model, e.Param, strconv.Itoa(e.Row), strconv.Itoa(e.Col), strconv.FormatFloat(float64(e.Value), 'g', -1, 32))
	case Drop:
		return words("drop", e.Relation)
	case Restore:
		return words("restore", e.Relation)
	case Cut:
		return words("cut", e.Relation, strconv.Itoa(e.Src), strconv.Itoa(e.Dst))
	case Mend:
		return words("mend", e.Relation, strconv.Itoa(e.Src), strconv.Itoa(e.Dst))
	case Mislabel:
		return words("mislabel", strconv.Itoa(e.Node), strconv.Itoa(e.Class))
	case Freeze:
		if e.On {
			return "freeze on"
		}
		return "freeze off"
	}
	return ""
}

// CheckEdit returns an error that says what is wrong with the arguments of e,
// or that there is no edit.
func CheckEdit(e Edit) error {
	switch e := e.(type) {
	case nil:
		return fmt.Errorf("there is no edit, want one such as pin diagonal")
	case Pin:
		return checkPin(e.To)
	case SetWeight:
		return checkWeight(e)
	case Drop:
		return checkRelation("drop", e.Relation, 0, 0)
	case Restore:
		return checkRelation("restore", e.Relation, 0, 0)
	case Cut:
		return checkRelation("cut", e.Relation, e.Src, e.Dst)
	case Mend:
		return checkRelation("mend", e.Relation, e.Src, e.Dst)
	case Mislabel:
		if e.Node < 0 || e.Class < 0 {
			return fmt.Errorf("mislabel: node %d, class %d, want none below 0", e.Node, e.Class)
		}
	}
	return nil
}

// checkPin wants a word for a matrix, or one of finite numbers.
func checkPin(to string) error {
	switch to {
	case "free", "diagonal", "uniform":
		return nil
	}
	if _, err := ParseMatrix(to); err != nil {
		return fmt.Errorf("pin: %w", err)
	}
	return nil
}

func checkWeight(e SetWeight) error {
	switch v := float64(e.Value); {
	case strings.TrimSpace(e.Param) == "":
		return fmt.Errorf("weight: the name of the parameter is missing")
	case e.Row < 0 || e.Col < 0:
		return fmt.Errorf("weight: row %d, column %d, want none below 0", e.Row, e.Col)
	case math.IsNaN(v) || math.IsInf(v, 0):
		return fmt.Errorf("weight is %v, want a finite number", v)
	}
	return nil
}

func checkRelation(verb, name string, src, dst int) error {
	switch {
	case strings.TrimSpace(name) == "" || strings.Contains(name, "|"):
		return fmt.Errorf("%s: relation is %.40q, want a name", verb, name)
	case src < 0 || dst < 0:
		return fmt.Errorf("%s: nodes %d and %d, want none below 0", verb, src, dst)
	}
	return nil
}

// MadeWhileTeaching stands before the edit of a change that is.
const MadeWhileTeaching = "teaching "

// Text returns the edit as a Snapshot has it, that of a change made while the
// teacher is trained preceded by "teaching ".
func (c Change) Text() string {
	text := EditString(c.Edit)
	if c.Teaching && text != "" {
		return MadeWhileTeaching + text
	}
	return text
}

// String returns the change as a plan has it, such as "12.0:pin diagonal".
func (c Change) String() string { return fmt.Sprintf("%d.%d:%s", c.Epoch, c.Step, c.Text()) }

// Check returns what is wrong with the moment or the edit.
func (c Change) Check() error {
	if err := (Moment{c.Epoch, c.Step}).check(); err != nil {
		return err
	}
	if c.Edit == nil {
		return fmt.Errorf("change at %d.%d: there is no edit", c.Epoch, c.Step)
	}
	return CheckEdit(c.Edit)
}

// ParseChange reads an edit that is made at a moment, see Change.Text.
func ParseChange(at Moment, text string) (Change, error) {
	text, teaching := strings.CutPrefix(text, MadeWhileTeaching)
	e, err := ParseEdit(text)
	if err != nil {
		return Change{}, err
	}
	c := Change{at.Epoch, at.Step, teaching, e}
	return c, c.Check()
}

// ParsePlan reads changes as Change.String writes them, separated by "|".
func ParsePlan(text string) (plan []Change, err error) {
	if text == "" {
		return nil, nil
	}
	for _, part := range strings.Split(text, "|") {
		at, change, _ := strings.Cut(part, ":")
		m, err := parseMoment(at)
		if err != nil {
			return nil, fmt.Errorf("%.80q: %w", part, err)
		}
		c, err := ParseChange(m, change)
		if err != nil {
			return nil, err
		}
		plan = append(plan, c)
	}
	return plan, nil
}

func checkPlan(plan []Change) error {
	if len(plan) == 0 {
		return fmt.Errorf("there is no change, want some such as 12.0:pin diagonal")
	}
	for _, c := range plan {
		if err := c.Check(); err != nil {
			return err
		}
	}
	return nil
}

func planText(plan []Change) string {
	parts := make([]string, len(plan))
	for i, c := range plan {
		parts[i] = c.String()
	}
	return strings.Join(parts, "|")
}

// maxMatrix is more than any criterion has pairs of layers.
const maxMatrix = 64 * 64

// ParseMatrix reads rows of numbers such as "1,0;0.5,0.5;0,1".
func ParseMatrix(text string) (m Matrix, err error) {
	for i, row := range strings.Split(text, ";") {
		fields := strings.Split(row, ",")
		if i > 0 && len(fields) != m.Cols {
			return Matrix{}, fmt.Errorf("row %d has %d numbers, want %d", i+1, len(fields), m.Cols)
		}
		m.Rows, m.Cols = i+1, len(fields)
		if m.Rows*m.Cols > maxMatrix {
			return Matrix{}, fmt.Errorf("the matrix has more than %d numbers", maxMatrix)
		}
		for _, f := range fields {
			v, err := strconv.ParseFloat(strings.TrimSpace(f), 32)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
				return Matrix{}, fmt.Errorf("matrix has %.40q, want finite numbers such as 1,0;0.5,0.5;0,1", f)
			}
			m.Data = append(m.Data, float32(v))
		}
	}
	return m, nil
}
