package room

import (
	"encoding/json"
	"slices"
	"time"

	"abkd/site/strict"
)

// A message is what somebody in the room says: a student's heartbeat or entry,
// or what the teacher has all students do.
type message struct {
	Type     string    `json:"type"`
	Progress *progress `json:"progress,omitempty"` // of a heartbeat
	Question string    `json:"question,omitempty"` // that is guessed, or revealed
	Guess    string    `json:"guess,omitempty"`
	Entry    *entry    `json:"entry,omitempty"`
	On       bool      `json:"on,omitempty"` // of freeze, seeds and lock
	First    int64     `json:"first,omitempty"`
	Number   int       `json:"number,omitempty"` // of the student who is removed
	Scene    string    `json:"scene,omitempty"`  // of step
	Step     int       `json:"step,omitempty"`
	Link     string    `json:"link,omitempty"` // of send
}

// ping is said by anybody who wants an answer, to know that the connection is
// still one.
const ping = "ping"

// may says who may say what else.
var may = map[string]Role{
	"heartbeat": Student, "guess": Student, "entry": Student,
	"freeze": Teacher, "step": Teacher, "send": Teacher, "seeds": Teacher, "reveal": Teacher, "lock": Teacher, "remove": Teacher, "close": Teacher,
}

// Hear does what somebody says who has been identified.
func (r *Room) Hear(now time.Time, who Who, text []byte) Outcome {
	if !r.isOpen(now) {
		return Outcome{Status: 404, Answer: encode(sayRefused{"refused", 404, "there is no such room"}), Drop: true}
	}
	m, err := r.read(now, who, text)
	if err != nil {
		return refused(err)
	}
	switch {
	case m.Type == ping:
		return Outcome{Status: 200, Answer: encode(sayKept{Type: "heard"})}
	case who.Role == Teacher:
		return r.lead(m)
	}
	return r.follow(now, who.Number, m)
}

// read reads a message, if who says it may say that, and that much.
func (r *Room) read(now time.Time, who Who, text []byte) (message, error) {
	var m message
	if r.budgets[who] == nil {
		r.budgets[who] = &budget{left: burst, at: now}
	}
	if !r.budgets[who].spend(now) {
		return m, refuse(429, "too many messages")
	}
	if len(text) > MostMessage {
		return m, refuse(413, "the message has %d bytes, want at most %d", len(text), MostMessage)
	}
	if err := strict.Object(text, &m); err != nil {
		return m, refuse(400, "it is no message of a page: %v", err)
	}
	role, known := may[m.Type]
	switch {
	case who.Role != Teacher && !r.hasStudent(who.Number):
		return m, refuse(401, "the room has no such student")
	case m.Type == ping:
	case !known:
		return m, refuse(400, "type is %.20q, which no page says", m.Type)
	case role != who.Role:
		return m, refuse(403, "only a %s may do that", role)
	}
	return m, nil
}

// follow does what a student says.
func (r *Room) follow(now time.Time, number int, m message) Outcome {
	s := r.students[number-1]
	o := Outcome{Status: 200, Answer: encode(sayKept{Type: "heard"})}
	var err error
	switch m.Type {
	case "heartbeat":
		o.Soon, err = true, s.heartbeat(now, m)
		o.Letters = []Letter{r.row(now, number)}
	case "guess":
		if err = r.guess(s, m); err == nil {
			o.Letters = []Letter{{Who{Role: Teacher}, encode(sayCounts{"counts", r.counts(false)})}}
		}
	case "entry":
		if err = r.enter(number, m); err == nil {
			o.Answer = encode(sayKept{"kept", m.Entry.Weights})
			o.Letters = []Letter{{Who{Role: Teacher}, encode(sayEntry{"entry", ran{number, *m.Entry}})}}
		}
	}
	if err != nil {
		return refused(err)
	}
	s.Heard = now.UTC()
	r.dirty[studentKey(number)] = s
	return r.finish(o)
}

func (s *student) heartbeat(now time.Time, m message) error {
	if m.Progress == nil {
		return refuse(422, "the heartbeat has no progress")
	}
	if err := m.Progress.check(); err != nil {
		return err
	}
	if !s.Progress.equal(*m.Progress) {
		s.Progress, s.Moved = *m.Progress, now.UTC()
	}
	return nil
}

// guess keeps what a student guesses, until the answer has been shown.
func (r *Room) guess(s *student, m message) error {
	_, again := s.Guesses[m.Question]
	switch {
	case !word.MatchString(m.Question) || !answer.MatchString(m.Guess):
		return refuse(422, "question is %.40q and guess %.40q, want a word each", m.Question, m.Guess)
	case slices.Contains(r.head.Lesson.Revealed, m.Question):
		return refuse(410, "the guesses have been shown")
	case !again && len(s.Guesses) >= mostQuestions:
		return refuse(409, "there are %d guesses, and no more are kept", mostQuestions)
	}
	s.Guesses[m.Question] = m.Guess
	return nil
}

// enter keeps an entry; one that is said again is there already.
func (r *Room) enter(number int, m message) error {
	if m.Entry == nil {
		return refuse(422, "there is no entry")
	}
	if err := m.Entry.check(); err != nil {
		return err
	}
	s := r.students[number-1]
	switch {
	case slices.Contains(s.entries, *m.Entry):
		return nil
	case len(s.entries) >= mostEntries:
		return refuse(409, "there are %d runs, and no more are kept", mostEntries)
	}
	s.entries = append(s.entries, *m.Entry)
	r.dirty[entryKey(number, len(s.entries))] = *m.Entry
	return nil
}

// sayKept is an answer; that to an entry has its weights: it need not be said
// again.
type sayKept struct {
	Type    string `json:"type"`
	Weights string `json:"weights,omitempty"`
}

// lead does what the teacher says.
func (r *Room) lead(m message) Outcome {
	switch m.Type {
	case "close":
		o := Outcome{Status: 200, Answer: encode(sayKept{Type: "closed"}), Letters: r.closing(), Over: true}
		*r = *empty()
		return o
	case "remove":
		return r.remove(m.Number)
	case "lock":
		r.head.Locked = m.On
	default:
		if err := r.head.Lesson.take(m); err != nil {
			return refused(err)
		}
	}
	r.dirty[headKey] = &r.head
	return r.finish(Outcome{Status: 200, Answer: encode(sayKept{Type: "heard"}), Letters: r.lessons()})
}

// take takes over what the teacher has all students do.
func (l *lesson) take(m message) error {
	switch m.Type {
	case "freeze":
		l.Frozen = m.On
	case "step":
		if !word.MatchString(m.Scene) || m.Step < 1 || m.Step > mostStep {
			return refuse(422, "scene is %.40q and step %d, want a word and 1..%d", m.Scene, m.Step, mostStep)
		}
		l.Scene, l.Step = m.Scene, m.Step
		l.Moved++
	case "send":
		if err := checkLink(m.Link); err != nil {
			return err
		}
		l.Link = m.Link
		l.Sent++
	case "seeds":
		if m.On && (m.First < 1 || m.First > mostSeed-mostJoined) {
			return refuse(422, "the first seed is %d, want 1..%d", m.First, mostSeed-mostJoined)
		}
		l.Seeds = 0
		if m.On {
			l.Seeds = m.First
		}
	case "reveal":
		if !word.MatchString(m.Question) || len(l.Revealed) >= mostQuestions {
			return refuse(422, "question is %.40q, want a word, and at most %d in all", m.Question, mostQuestions)
		}
		if !slices.Contains(l.Revealed, m.Question) {
			l.Revealed = append(l.Revealed, m.Question)
		}
	}
	return nil
}

// remove takes a student out of the room: the token is one no more, and what the
// student said is seen by nobody. Runs lie there until the room is over.
func (r *Room) remove(number int) Outcome {
	if !r.hasStudent(number) {
		return refused(refuse(422, "there is no student %d", number))
	}
	s, who := r.students[number-1], Who{Student, number}
	delete(r.hashes, s.Token)
	delete(r.budgets, who)
	*s = student{entries: s.entries, Guesses: map[string]string{}}
	r.dirty[studentKey(number)] = s
	text := encode(sayRemoved{"removed", number})
	return r.finish(Outcome{
		Status: 200, Answer: encode(sayKept{Type: "heard"}), Removed: &who,
		Letters: []Letter{{who, text}, {Who{Role: Teacher}, text}, {Who{Role: Teacher}, encode(sayCounts{"counts", r.counts(false)})}},
	})
}

// hasStudent reports whether that is the number of a student who was not removed.
func (r *Room) hasStudent(number int) bool {
	return number >= 1 && number <= len(r.students) && !r.students[number-1].isRemoved()
}

// sayRemoved tells the teacher and the student that the student is.
type sayRemoved struct {
	Type   string `json:"type"`
	Number int    `json:"number"`
}

// closing tells everybody that the room is over.
func (r *Room) closing() []Letter {
	text := encode(sayKept{Type: "closed"})
	return []Letter{{Who{Role: Teacher}, text}, {Who{Role: Student}, text}}
}

// counts are how many guessed what, by question and guess.
type counts map[string]map[string]int

// counts counts the guesses; of those questions alone whose guesses have been
// shown, if that is asked for.
func (r *Room) counts(shown bool) counts {
	n := counts{}
	for _, s := range r.students {
		for question, guess := range s.Guesses {
			if shown && !slices.Contains(r.head.Lesson.Revealed, question) {
				continue
			}
			if n[question] == nil {
				n[question] = map[string]int{}
			}
			n[question][guess]++
		}
	}
	return n
}

// sayLesson is what somebody is told of the lesson.
type sayLesson struct {
	Type   string `json:"type"`
	Number int    `json:"number,omitempty"` // of a student
	Name   string `json:"name,omitempty"`
	Seed   int64  `json:"seed,omitempty"`   // handed out to the student
	Locked bool   `json:"locked,omitempty"` // for the teacher
	Lesson lesson `json:"lesson"`
	Counts counts `json:"counts"`
}

// lessons tells everybody what the lesson is.
func (r *Room) lessons() []Letter {
	all, shown := []Letter{{Who{Role: Teacher}, encode(sayLesson{Type: "lesson", Locked: r.head.Locked, Lesson: r.head.Lesson, Counts: r.counts(false)})}}, r.counts(true)
	for i := range r.students {
		if r.hasStudent(i + 1) {
			all = append(all, Letter{Who{Student, i + 1}, r.lessonOf(i+1, shown)})
		}
	}
	return all
}

func (r *Room) lessonOf(number int, shown counts) json.RawMessage {
	say := sayLesson{Type: "lesson", Number: number, Name: r.students[number-1].Name, Lesson: r.head.Lesson, Counts: shown}
	if first := r.head.Lesson.Seeds; first > 0 {
		say.Seed = first + int64(number) - 1
	}
	return encode(say)
}

// A row is what the teacher sees of a student.
type row struct {
	Number int    `json:"number"`
	Name   string `json:"name,omitempty"`
	progress
	Quiet float64 `json:"quiet"` // seconds since the student was heard
	Still float64 `json:"still"` // and since the progress changed
}

// A ran is an entry of a student.
type ran struct {
	Number int `json:"number"`
	entry
}

// The teacher is told of one student, of the guesses of all, of a run that came to
// its end, or of all that there is.
type (
	sayRow struct {
		Type    string `json:"type"`
		Student row    `json:"student"`
	}
	sayCounts struct {
		Type   string `json:"type"`
		Counts counts `json:"counts"`
	}
	sayEntry struct {
		Type  string `json:"type"`
		Entry ran    `json:"entry"`
	}
	sayBoard struct {
		Type     string  `json:"type"`
		Code     string  `json:"code"`
		Left     float64 `json:"left"` // seconds until the room is over
		Locked   bool    `json:"locked"`
		Lesson   lesson  `json:"lesson"`
		Students []row   `json:"students"`
		Entries  []ran   `json:"entries"`
		Counts   counts  `json:"counts"`
	}
)

func (r *Room) rowOf(now time.Time, number int) row {
	s := r.students[number-1]
	since := func(t time.Time) float64 { return max(0, now.Sub(t).Seconds()) } // of a clock that was set back
	return row{number, s.Name, s.Progress, since(s.Heard), since(s.Moved)}
}

func (r *Room) row(now time.Time, number int) Letter {
	return Letter{Who{Role: Teacher}, encode(sayRow{"student", r.rowOf(now, number)})}
}

func (r *Room) board(now time.Time) json.RawMessage {
	b := sayBoard{"board", r.head.Code, r.Expires().Sub(now).Seconds(), r.head.Locked, r.head.Lesson, []row{}, []ran{}, r.counts(false)}
	for i, s := range r.students {
		if s.isRemoved() {
			continue
		}
		b.Students = append(b.Students, r.rowOf(now, i+1))
		for _, e := range s.entries {
			b.Entries = append(b.Entries, ran{i + 1, e})
		}
	}
	return encode(b)
}

// Greet returns what a socket of somebody who has been identified is told first:
// all that there is to know.
func (r *Room) Greet(now time.Time, who Who) json.RawMessage {
	if who.Role == Teacher {
		return r.board(now)
	}
	return r.lessonOf(who.Number, r.counts(true))
}
