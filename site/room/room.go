// Package room holds the rules of a classroom: one teacher, who opens it, and
// students, who join by its code. It has no clock, no sockets and no storage:
//
//	request or message, time  -->  Room  -->  Outcome: an answer, letters, records to keep
//
// so that the same rules hold in a process with a disk and in an actor at the
// edge of a network. A host gives what arrives to Call and Hear, one after the
// other; keeps the records before it lets anything of the outcome be seen; then
// answers, and passes the letters on. Load makes of the records the room that was.
package room

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"abkd/site/strict"
)

// Limits of a room.
const (
	Lasts         = 24 * time.Hour // from when it was opened
	MostStudents  = 250            // at a time, those who left by themselves included
	mostJoined    = 1000           // over its life, those who were removed included
	MostSockets   = 64             // at a time, if its host says nothing else
	MostMessage   = 4 << 10        // bytes of a message
	mostEntries   = 20             // runs of a student
	mostQuestions = 20             // that a student answers
)

// A Role says what somebody may do.
type Role string

// The roles.
const (
	Teacher Role = "teacher"
	Student Role = "student"
)

// Who is somebody in a room: a student by number, counted from 1. As an address
// of letters the number 0 is every student.
type Who struct {
	Role   Role `json:"role"`
	Number int  `json:"number,omitempty"`
}

// A Letter is for all sockets of who it is addressed to.
type Letter struct {
	To   Who             `json:"to"`
	Text json.RawMessage `json:"text"`
}

// An Outcome is what a request or a message came to.
type Outcome struct {
	Status  int                        `json:"status"`            // as in HTTP
	Answer  json.RawMessage            `json:"answer,omitempty"`  // to who asked
	Letters []Letter                   `json:"letters,omitempty"` // to others, after the answer
	Put     map[string]json.RawMessage `json:"put,omitempty"`     // records to keep
	Soon    bool                       `json:"soon,omitempty"`    // they may be kept a second later: the sender will say it again
	Drop    bool                       `json:"drop,omitempty"`    // the socket is to be closed
	Removed *Who                       `json:"removed,omitempty"` // whose sockets are to be closed, after the letters
	Over    bool                       `json:"over,omitempty"`    // all records are to be deleted, all sockets closed
}

// A Room is the state of a classroom, as Load makes it.
type Room struct {
	head     head
	students []*student      // by number, from 1
	hashes   map[string]int  // of their tokens
	budgets  map[Who]*budget // how much each may still say, not kept
	dirty    map[string]any  // records that have changed, by key
}

// A head is the record of the room itself.
type head struct {
	Code    string    `json:"code"`
	Opened  time.Time `json:"opened"`
	Teacher string    `json:"teacher"`          // hash of the token
	Locked  bool      `json:"locked,omitempty"` // nobody else may join
	Lesson  lesson    `json:"lesson"`
}

// A lesson is what the teacher has all students do. Moved and Sent count, so
// that a student who was away does once what was last asked for.
type lesson struct {
	Frozen   bool     `json:"frozen"`
	Scene    string   `json:"scene,omitempty"`
	Step     int      `json:"step"` // of the scene, counted from 1
	Moved    int      `json:"moved"`
	Link     string   `json:"link,omitempty"` // the teacher's state
	Sent     int      `json:"sent"`
	Seeds    int64    `json:"seeds"` // the first one's, 0 if each has the seed of the link
	Revealed []string `json:"revealed,omitempty"`
}

// The keys of records, which sort in the order in which they are loaded.
const headKey = "room"

func studentKey(number int) string      { return fmt.Sprintf("student/%04d", number) }
func entryKey(number, entry int) string { return fmt.Sprintf("student/%04d/%02d", number, entry) }

// empty returns a room that has not been opened.
func empty() *Room {
	return &Room{hashes: map[string]int{}, budgets: map[Who]*budget{}, dirty: map[string]any{}}
}

// A RecordError is why a room cannot be made of its records: the first that is bad.
// Err may quote it.
type RecordError struct {
	Key string
	Err error
}

func (e *RecordError) Error() string { return fmt.Sprintf("room: record %.40q: %v", e.Key, e.Err) }

func (e *RecordError) Unwrap() error { return e.Err }

// Load makes a room of the records that were kept of it. Without any it has not
// been opened.
func Load(records map[string][]byte) (*Room, error) {
	r := empty()
	if len(records) == 0 {
		return r, nil
	}
	for _, key := range slices.Sorted(maps.Keys(records)) {
		if err := r.load(key, records[key]); err != nil {
			return nil, &RecordError{key, err}
		}
	}
	if r.head.Opened.IsZero() {
		return nil, &RecordError{headKey, errors.New("it does not say when the room was opened")}
	}
	return r, nil
}

// load takes over the next record.
func (r *Room) load(key string, record []byte) error {
	n := len(r.students)
	switch {
	case key == headKey:
		return strict.Object(record, &r.head)
	case key == studentKey(n+1):
		s := &student{}
		if err := strict.Object(record, s); err != nil {
			return err
		}
		if s.Guesses == nil {
			s.Guesses = map[string]string{}
		}
		r.students = append(r.students, s)
		if !s.isRemoved() {
			r.hashes[s.Token] = n + 1
		}
		return nil
	case n > 0 && key == entryKey(n, len(r.students[n-1].entries)+1):
		var e entry
		if err := strict.Object(record, &e); err != nil {
			return err
		}
		r.students[n-1].entries = append(r.students[n-1].entries, e)
		return nil
	}
	return errors.New("it follows none that is there")
}

// Expires returns when the room is over, the zero time if it has not been opened.
func (r *Room) Expires() time.Time {
	if r.head.Opened.IsZero() {
		return time.Time{}
	}
	return r.head.Opened.Add(Lasts)
}

// isOpen reports whether the room is there at that time.
func (r *Room) isOpen(now time.Time) bool { return now.Before(r.Expires()) }

// Students returns how many have joined and were not removed.
func (r *Room) Students() int { return len(r.hashes) }

// hashOf is what is kept of a token.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Identify returns who has a token.
func (r *Room) Identify(token string) (Who, bool) {
	hash := hashOf(token)
	if subtle.ConstantTimeCompare([]byte(hash), []byte(r.head.Teacher)) == 1 {
		return Who{Role: Teacher}, true
	}
	number, known := r.hashes[hash] // of hashes: the time it takes tells nothing of tokens
	return Who{Student, number}, known
}

// A refusal is why something is not done, with the status that says of which kind
// that is.
type refusal struct {
	status int
	text   string
}

func (e *refusal) Error() string { return e.text }

func refuse(status int, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// refused is the outcome of what is not done.
func refused(err error) Outcome {
	why, ok := errors.AsType[*refusal](err)
	if !ok {
		why = &refusal{400, err.Error()}
	}
	return Outcome{Status: why.status, Answer: encode(sayRefused{"refused", why.status, why.text}), Drop: why.status == 429}
}

type sayRefused struct {
	Type   string `json:"type"`
	Status int    `json:"status"`
	Error  string `json:"error"`
}

// finish adds the records that have changed to an outcome.
func (r *Room) finish(o Outcome) Outcome {
	if len(r.dirty) > 0 {
		o.Put = map[string]json.RawMessage{}
		for key, record := range r.dirty {
			o.Put[key] = encode(record)
		}
	}
	clear(r.dirty)
	return o
}

// encode writes what is made of fields that JSON can hold.
func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("room: cannot write %T: %v", v, err))
	}
	return b
}
