// Package guess judges what is guessed before it is seen, by what was learned:
// one rule for every front. A question of a run is part of its snapshots, one of
// many runs is asked of what they came to. Its words are messages of
// assets/messages, named guess and the question.
package guess

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"abkd/sim/wire"
)

// Hot is the temperature at which it is asked what share a class keeps: below it
// the answer is hidden.
const Hot = 10

// A number of a node's sum is asked for as it is shown: each of its terms may be off
// by Rounding, and who adds them up by Slack.
const (
	Rounding = 0.0005
	Slack    = 0.005
)

// In adds to s what can be guessed of its run, and how its classes lie in each layer
// that it shows. What s does not show of all nodes is not asked of.
func In(s *wire.Snapshot) {
	for i := range s.Embeddings {
		s.Embeddings[i].Held = held(&s.Embeddings[i], &s.Predictions)
	}
	s.Questions = nil
	for _, of := range []func(*wire.Snapshot) *wire.Question{copies, gains, attends, lost, parts, share} {
		if q := of(s); q != nil {
			s.Questions = append(s.Questions, *q)
		}
	}
}

// Of returns the question of that name that s has, nil for none.
func Of(ask string, s *wire.Snapshot) *wire.Question {
	if i := slices.IndexFunc(s.Questions, func(q wire.Question) bool { return q.Ask == ask }); i >= 0 {
		return &s.Questions[i]
	}
	return nil
}

// ask returns a question of a run, whose answer is hidden until the students begin.
func ask(name string, s *wire.Snapshot, options ...string) *wire.Question {
	isUntouched := s.Phase == wire.Teaching || s.Phase == wire.Distilling && s.Epoch == 0 && s.Step == 0
	return &wire.Question{Ask: name, Options: options, Hidden: isUntouched}
}

func count(name string, n int) wire.Figure {
	return wire.Figure{Name: name, Is: "count", Values: []float32{float32(n)}}
}
func word(name, text string) wire.Figure {
	return wire.Figure{Name: name, Is: "word", Words: []string{text}}
}
func classes(name string, of ...float32) wire.Figure {
	return wire.Figure{Name: name, Is: "classes", Values: of}
}
func shareOf(name string, v float64) wire.Figure {
	return wire.Figure{Name: name, Is: "share", Values: []float32{float32(v)}}
}

// answer gives q its answer: the options that it leaves, and the figures that say it.
func answer(q *wire.Question, keys []string, figures ...wire.Figure) *wire.Question {
	q.Answer, q.Keys, q.Figures = "guess."+q.Ask, keys, figures
	return q
}

// learner is the last student, nil while the teacher learns.
func learner(s *wire.Snapshot) *wire.Lane {
	if s.Phase == wire.Teaching || len(s.Lanes) == 0 {
		return nil
	}
	return &s.Lanes[len(s.Lanes)-1]
}

func criterion(s *wire.Snapshot) string {
	if l := learner(s); l != nil {
		return l.Criterion
	}
	return "none"
}

// bound is the quantile .975 of the standard normal distribution.
const bound = 1.96

// A standing is how many test nodes each student has right.
type standing struct {
	taught, alone, tests int
	isTie                bool // by the sign test chance parts two equal students as far
}

// standingOf returns how the students stand; ok is false if that is not shown.
func standingOf(s *wire.Snapshot) (now standing, ok bool) {
	p, apart := &s.Predictions, 0
	if len(p.Student) == 0 || len(p.Alone) == 0 {
		return now, false
	}
	for v, c := range p.Label {
		if p.Part[v] != test || c < 0 {
			continue
		}
		now.tests++
		taught, alone := p.Student[v] == c, p.Alone[v] == c
		if taught {
			now.taught++
		}
		if alone {
			now.alone++
		}
		if taught != alone {
			apart++
		}
	}
	now.isTie = math.Abs(float64(now.taught-now.alone)) <= bound*math.Sqrt(float64(apart))
	return now, now.tests > 0
}

// test is the part of the split that is tested on, see wire.Predictions.
const test = 2

func (now *standing) key() string {
	switch {
	case now.isTie:
		return "tie"
	case now.taught > now.alone:
		return "taught"
	}
	return "alone"
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

func (now *standing) figures() []wire.Figure {
	return []wire.Figure{count("taught", now.taught), count("alone", now.alone), count("tests", now.tests), word("tie", yes(now.isTie))}
}

// gains asks whether the student is ahead whose criterion's loss has fallen. Soft
// labels beside it would be the gain.
func gains(s *wire.Snapshot) *wire.Question {
	if c := criterion(s); s.Phase == wire.Teaching || len(s.Lanes) < 2 || s.Alpha > 0 || c == "none" || c == "kd" {
		return nil
	}
	q := ask("gains", s, "taught", "tie", "alone")
	now, ok := standingOf(s)
	if !ok || s.Phase != wire.Finished {
		return q
	}
	left := word("left", "")
	if h := learner(s).History; len(h) > 0 {
		left = shareOf("left", float64(h[len(h)-1].Aux)/float64(h[0].Aux))
	}
	return answer(q, []string{now.key()}, append(now.figures(), left)...)
}

// alike is below which two shares of attention are called level.
const alike = 0.05

// copies asks which layer of the student the last one of the teacher attends to most.
// Only who shows A knows whether that is hidden.
func copies(s *wire.Snapshot) *wire.Question {
	q := attention("copies", s, s.A.Rows-1)
	if q != nil {
		q.Hidden = false
	}
	return q
}

// attends asks which layer of the student the second one of the teacher attends to
// most.
func attends(s *wire.Snapshot) *wire.Question {
	return attention("attends", s, min(1, s.A.Rows-1))
}

// attention asks to which layer of the student that layer of the teacher, counted from
// 0, attends most.
func attention(name string, s *wire.Snapshot, from int) *wire.Question {
	l := learner(s)
	if l == nil || l.Model.Layers < 2 || l.Criterion != "abkd" && l.Criterion != "stride" {
		return nil
	}
	q := ask(name, s)
	for j := range l.Model.Layers {
		q.Options = append(q.Options, strconv.Itoa(j))
	}
	q.Options = append(q.Options, "tie")
	if pinned := isPinned(s); pinned || isSaid(s, "softmax=uniform", "detach=on") {
		q.Hidden, q.Answer = false, "guess.given"
		if pinned {
			q.Answer = "guess.pinned"
		}
		return q
	}
	if s.A.Empty() || q.Hidden {
		return q
	}
	row := s.A.Row(from)
	first, second := 0, 1
	if row[1] > row[0] {
		first, second = 1, 0
	}
	for j := 2; j < len(row); j++ {
		if row[j] > row[first] {
			first, second = j, first
		} else if row[j] > row[second] {
			second = j
		}
	}
	key, isTie := strconv.Itoa(first), float64(row[first])-float64(row[second]) < alike
	if isTie {
		key = "tie"
	}
	q = answer(q, []string{key}, count("epoch", s.Epoch), count("teacher", from+1), count("first", first+1), count("second", second+1),
		shareOf("share", float64(row[first])), word("tie", yes(isTie)))
	q.Answer = "guess.attends"
	return q
}

// isPinned reports whether A is or was the user's own in this run.
func isPinned(s *wire.Snapshot) bool {
	for _, c := range s.Changes {
		if strings.HasPrefix(c.Text(), "pin ") {
			return true
		}
	}
	return slices.ContainsFunc(strings.Split(s.Experiment, "&"), func(set string) bool {
		value, is := strings.CutPrefix(set, "pin=")
		return is && value != ""
	})
}

// isSaid reports whether the experiment has one of these settings.
func isSaid(s *wire.Snapshot, any ...string) bool {
	return slices.ContainsFunc(strings.Split(s.Experiment, "&"), func(set string) bool { return slices.Contains(any, set) })
}

// A portion is a range of shares that is told from the next by eye.
type portion struct {
	key  string
	most float64
}

func keysOf(all []portion) (keys []string) {
	for _, p := range all {
		keys = append(keys, p.key)
	}
	return keys
}

// portionOf returns the portion that a share is in.
func portionOf(all []portion, share float64) string {
	for _, p := range all {
		if share <= p.most {
			return p.key
		}
	}
	return all[len(all)-1].key
}

var losses = []portion{{"few", 0.25}, {"some", 0.5}, {"most", 1}}

// lost asks how many of the test nodes that the teacher has right are lost on the
// student alone.
func lost(s *wire.Snapshot) *wire.Question {
	if s.Phase != wire.Teaching && len(s.Lanes) < 2 {
		return nil
	}
	q, p := ask("lost", s, keysOf(losses)...), &s.Predictions
	if s.Phase != wire.Finished || len(p.Alone) == 0 || len(p.Teacher) == 0 {
		return q
	}
	known, missed := 0, 0
	for v, c := range p.Label {
		if p.Part[v] == test && c >= 0 && p.Teacher[v] == c {
			known++
			if p.Alone[v] != c {
				missed++
			}
		}
	}
	if known == 0 {
		return q
	}
	return answer(q, []string{portionOf(losses, float64(missed)/float64(known))}, count("lost", missed), count("known", known))
}

var shares = []portion{{"little", 0.2}, {"some", 0.5}, {"most", 1}}

// share asks what share the teacher's likeliest class of the focus keeps at Hot.
// Only who shows it knows whether that is hidden.
func share(s *wire.Snapshot) *wire.Question {
	logits := s.Focus.Teacher
	if len(logits) == 0 {
		return nil
	}
	top, sum := float64(slices.Max(logits)), 0.0
	for _, v := range logits {
		sum += math.Exp((float64(v) - top) / Hot)
	}
	q := &wire.Question{Ask: "share", Options: keysOf(shares)}
	return answer(q, []string{portionOf(shares, 1/sum)}, count("temperature", Hot), shareOf("share", 1/sum),
		shareOf("even", 1/float64(len(logits))), count("classes", len(logits)))
}
