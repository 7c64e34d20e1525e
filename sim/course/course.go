// Package course has lessons as data: a claim, a guess that is locked before
// the runs that answer it, what these came to beside the guess, a line that says
// why, and one thing to change. Whoever writes a lesson writes no code: what runs
// are experiments and commands of sim/wire, what they come to are quantities of
// snapshots, and which guess is right a condition on these decides.
//
//	a file in Markdown -- sim/course/markdown --> Lesson -- sim/course/play --> values
//	                                                   '-- JSON --> the page, which plays it live
package course

import "abkd/sim/lesson"

// A Lesson is one question, in one language.
type Lesson struct {
	ID       string `json:"id"`       // a word: names it in links, in all languages
	Language string `json:"language"` // a tag of BCP 47
	Title    string `json:"title"`
	Sitting  int    `json:"sitting"` // of the course, from 1; 0 for its further lessons, and for one of no course
	Place    int    `json:"place"`   // in the sitting, from 1
	Minutes  int    `json:"minutes"` // that it takes in class

	Scene string  `json:"scene"` // whose picture stands beside it, of lesson.Scenes
	Step  int     `json:"step"`  // of that scene, counted from 0
	Seed  int     `json:"seed"`
	Speed float64 `json:"speed"` // epochs per second, 0 for as fast as it can

	Runs   []Run    `json:"runs"`   // one after the other
	Exam   *Exam    `json:"exam"`   // nil for a lesson that sets none
	Change *Run     `json:"change"` // what the reader changes in the end, nil for nothing
	Values []Value  `json:"values"` // what the runs come to
	Shows  []string `json:"shows"`  // what these need to be computed, of wire.Showable
	Guess  []Option `json:"guess"`  // in the order in which they are offered
	Holds  []Claim  `json:"holds"`  // what the lesson says of its runs

	Texts map[string][]Block `json:"texts"` // by part, of Parts and ForTeachers
}

// A Run is an experiment that a lesson runs.
type Run struct {
	Name     string   `json:"name"`     // a word
	Begin    string   `json:"begin"`    // its text, without a seed
	Plus     int      `json:"plus"`     // added to the lesson's seed
	Commands []string `json:"commands"` // after it has begun, texts of wire.Command
	Until    int      `json:"until"`    // epoch at which it is looked at, End for its last
}

// An Exam has the reader choose settings, which take the place of those of all
// runs of the lesson but the one of Change, and says what these have to come to.
type Exam struct {
	Free   []string `json:"free"`   // keys of the settings that the reader chooses, of setup.Controls
	Passes []Option `json:"passes"` // it is passed if all hold
}

// End is the Until of a run that is looked at when it is over.
const End = -1

// A Value is one number that a run came to, or what is reckoned of such.
type Value struct {
	Name    string   `json:"name"`
	Run     string   `json:"run"`
	Measure string   `json:"measure"` // of Measures
	Of      []string `json:"of"`      // its arguments
	Form    string   `json:"form"`    // how it is written, of Forms
	Sum     []Term   `json:"sum"`     // of values before it, in place of run and measure
}

// An Option is what may be, and when it is so. Of guesses the first whose
// condition holds is right; of the demands of an exam each may hold.
type Option struct {
	Text []Inline  `json:"text"`
	When Condition `json:"when"`
}

// A Claim is said by a lesson of every seed.
type Claim struct {
	Text string    `json:"text"` // as it is written
	That Condition `json:"that"`
}

// Parts are those of a lesson's text, in their order: the kinds of a scene's
// steps, and what is to be seen once the reader has changed something.
var Parts = append(append([]string{}, lesson.Kinds...), "see")

// ForTeachers are the parts of a lesson's text that students are not shown, each of
// which may be missing: what they learn, and what they get wrong.
var ForTeachers = []string{"aim", "misconceptions"}

// An Answer is what the runs of a lesson of the course came to.
type Answer struct {
	Values map[string]float64 `json:"values"` // on the seed of the lesson
	Right  []int              `json:"right"`  // on how many seeds each option of the guess is right
	Seeds  int                `json:"seeds"`  // on how many it was run
}

// A Block is a paragraph, or an item of a list.
type Block struct {
	IsItem bool     `json:"isItem"`
	Text   []Inline `json:"text"`
}

// An Inline is a piece of text: plain, marked, or one that stands for a value.
type Inline struct {
	Text  string `json:"text"`
	Mark  string `json:"mark"`  // "", "b", "em", "code" or "a"
	To    string `json:"to"`    // where an "a" leads
	Value string `json:"value"` // the name of a Value, "" for text
}

// RunsOf returns all runs of a lesson, what the reader changes last.
func (l *Lesson) RunsOf() []Run {
	if l.Change == nil {
		return l.Runs
	}
	return append(append([]Run{}, l.Runs...), *l.Change)
}

// Right returns the option that the values leave, -1 if none is or a value that
// decides is not known.
func (l *Lesson) Right(values map[string]float64) int {
	for i, o := range l.Guess {
		holds, known := o.When.Holds(values)
		if !known {
			return -1
		}
		if holds {
			return i
		}
	}
	return -1
}

// Passed reports whether all that e demands holds of values, and whether that is
// known.
func (e *Exam) Passed(values map[string]float64) (passed, known bool) {
	passed = true
	for _, o := range e.Passes {
		holds, is := o.When.Holds(values)
		if !is {
			return false, false
		}
		passed = passed && holds
	}
	return passed, true
}
