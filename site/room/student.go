package room

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A student is the record of one who has joined.
type student struct {
	Name     string            `json:"name,omitempty"`
	Token    string            `json:"token"` // its hash, "" of one who was removed
	Progress progress          `json:"progress"`
	Heard    time.Time         `json:"heard"` // of the student, last
	Moved    time.Time         `json:"moved"` // when the progress last changed
	Guesses  map[string]string `json:"guesses,omitempty"`
	entries  []entry           // records of their own
}

func (s *student) isRemoved() bool { return s.Token == "" }

// A progress is where a student's page is. What is not known of the run is null.
type progress struct {
	Scene      string   `json:"scene"`
	Step       int      `json:"step"` // of the scene, counted from 1
	Running    bool     `json:"running"`
	Over       bool     `json:"over"` // the run has come to its end
	Seed       int64    `json:"seed"`
	Epoch      int      `json:"epoch"`
	Accuracy   *float64 `json:"accuracy"` // on test nodes, 0..1
	Parameters *int     `json:"parameters"`
}

func (p progress) equal(q progress) bool {
	same := func(a, b *float64) bool { return a == b || a != nil && b != nil && *a == *b }
	sameInt := func(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }
	accuracy, parameters := same(p.Accuracy, q.Accuracy), sameInt(p.Parameters, q.Parameters)
	p.Accuracy, p.Parameters, q.Accuracy, q.Parameters = nil, nil, nil, nil
	return p == q && accuracy && parameters
}

// An entry is a run that came to its end, with all that it takes to compute it
// again: the seed, the link to the experiment, and a hash of the weights.
type entry struct {
	Seed       int64   `json:"seed"`
	Link       string  `json:"link"`
	Weights    string  `json:"weights"`
	Epoch      int     `json:"epoch"`
	Accuracy   float64 `json:"accuracy"`
	Parameters int     `json:"parameters"`
}

// Ranges of what students say.
const (
	mostEpoch      = 1_000_000
	mostParameters = 1_000_000_000
	mostSeed       = 1<<53 - 1 // that a page holds
	mostStep       = 99
	mostLink       = 2000
	mostName       = 24 // characters
	mostMarks      = 3  // above and below a letter
)

var (
	word    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	answer  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,31}$`) // no formula of a spreadsheet either
	hash    = regexp.MustCompile(`^[0-9a-f]{16}$`)
	linkish = regexp.MustCompile(`^#[!-~]*$`) // as browsers write fragments: no spaces, nothing beyond ASCII
)

func (p progress) check() error {
	switch {
	case p.Scene != "" && !word.MatchString(p.Scene):
		return refuse(422, "scene is %.40q, want a word", p.Scene)
	case p.Step < 0 || p.Step > mostStep:
		return refuse(422, "step is %d, want 0..%d", p.Step, mostStep)
	case p.Seed < 0 || p.Seed > mostSeed:
		return refuse(422, "seed is %d, want 0..%d", p.Seed, mostSeed)
	case p.Epoch < 0 || p.Epoch > mostEpoch:
		return refuse(422, "epoch is %d, want 0..%d", p.Epoch, mostEpoch)
	case p.Accuracy != nil && !isShare(*p.Accuracy):
		return refuse(422, "accuracy is %g, want 0..1", *p.Accuracy)
	case p.Parameters != nil && (*p.Parameters < 1 || *p.Parameters > mostParameters):
		return refuse(422, "parameters are %d, want 1..%d", *p.Parameters, mostParameters)
	}
	return nil
}

func isShare(v float64) bool { return v >= 0 && v <= 1 }

func (e entry) check() error {
	p := progress{Seed: e.Seed, Epoch: e.Epoch, Accuracy: &e.Accuracy, Parameters: &e.Parameters}
	if err := p.check(); err != nil {
		return err
	}
	if !hash.MatchString(e.Weights) {
		return refuse(422, "weights are %.40q, want 16 hexadecimal digits", e.Weights)
	}
	return checkLink(e.Link)
}

// checkLink checks a link of an entry, or of the teacher.
func checkLink(link string) error { return CheckFragment(link, mostLink) }

// CheckFragment checks that a link is the fragment of an address, of at most so
// many characters.
func CheckFragment(link string, most int) error {
	if len(link) > most || !linkish.MatchString(link) {
		return refuse(422, "link is %.40q, want a fragment of at most %d characters", link, most)
	}
	return nil
}

// cleanName returns a name as it is shown: letters, digits and what stands in
// names, all of which is seen, so that it is no script, no formula of a spreadsheet
// and no tower of accents. A student may have none.
func cleanName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if !utf8.ValidString(name) || utf8.RuneCountInString(name) > mostName {
		return "", refuse(422, "name is too long, want at most %d characters", mostName)
	}
	marks := 0
	for i, c := range name {
		isMark := unicode.IsMark(c)
		if marks++; !isMark {
			marks = 0
		}
		isSeen := !unicode.In(c, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
		if !isSeen || marks > mostMarks || !unicode.IsLetter(c) && !unicode.IsDigit(c) && (i == 0 || !isMark && !strings.ContainsRune(" .-'’·", c)) {
			return "", refuse(422, "name has the character %q, want letters and digits", c)
		}
	}
	return name, nil
}

// A budget is how much somebody may still say: more than a page ever does, and
// less than a flood.
type budget struct {
	left float64
	at   time.Time
}

// Messages at once, and in a second.
const (
	burst = 60
	rate  = 10
)

// spend reports whether there is something left. A clock that was set back gives
// nothing and takes nothing.
func (b *budget) spend(now time.Time) bool {
	b.left = min(burst, b.left+rate*max(0, now.Sub(b.at).Seconds()))
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}
