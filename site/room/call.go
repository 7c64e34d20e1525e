package room

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"abkd/site/strict"
)

// Alphabet has the characters of codes: none that is taken for another one.
const Alphabet = "ABCDEFGHJKMNPQRSTVWXYZ23456789"

var code = regexp.MustCompile(`^[` + Alphabet + `]{6}$`)

// IsCode reports whether text can be the code of a room.
func IsCode(text string) bool { return code.MatchString(text) }

// A Request is what the server asks of a room on somebody's behalf. Tokens are
// made by the server, and so is the code.
type Request struct {
	Do    string `json:"do"`
	Code  string `json:"code,omitempty"`  // of open
	Token string `json:"token,omitempty"` // of who asks, or of who is to have it
	Name  string `json:"name,omitempty"`  // of join
}

// What can be asked for.
const (
	DoOpen    = "open"    // the token becomes the teacher's
	DoJoin    = "join"    // the token becomes a student's
	DoWho     = "who"     // has the token
	DoResults = "results" // as CSV, for the teacher
	DoExpire  = "expire"  // the room, if it is time
)

// An Opened room is the answer to open.
type Opened struct {
	Code    string    `json:"code"`
	Expires time.Time `json:"expires"`
}

// Joined is the answer to join and, without a name, to who.
type Joined struct {
	Who
	Name    string    `json:"name,omitempty"`
	Expires time.Time `json:"expires"`
}

// Results are the answer to results.
type Results struct {
	CSV string `json:"csv"`
}

// Call does what the server asks for.
func (r *Room) Call(now time.Time, request []byte) Outcome {
	var q Request
	if err := strict.Object(request, &q); err != nil {
		return refused(err)
	}
	answer, letters, err := r.call(now, q)
	if err != nil {
		return refused(err)
	}
	status := 200
	if q.Do == DoOpen || q.Do == DoJoin {
		status = 201
	}
	return r.finish(Outcome{Status: status, Answer: answer, Letters: letters, Over: q.Do == DoExpire})
}

func (r *Room) call(now time.Time, q Request) (json.RawMessage, []Letter, error) {
	switch q.Do {
	case DoOpen:
		return r.open(now, q)
	case DoExpire:
		if r.isOpen(now) {
			return nil, nil, refuse(409, "the room is not over yet")
		}
		letters := r.closing()
		*r = *empty()
		return nil, letters, nil
	}
	if !r.isOpen(now) {
		return nil, nil, refuse(404, "there is no such room")
	}
	switch q.Do {
	case DoJoin:
		return r.join(now, q)
	case DoWho, DoResults:
		who, known := r.Identify(q.Token)
		switch {
		case !known:
			return nil, nil, refuse(401, "the token is not one of this room")
		case q.Do == DoWho:
			return encode(Joined{Who: who, Expires: r.Expires()}), nil, nil
		case who.Role != Teacher:
			return nil, nil, refuse(403, "only the teacher may have the results")
		}
		return encode(Results{r.results()}), nil, nil
	}
	return nil, nil, refuse(400, "do is %.20q, which nobody can ask for", q.Do)
}

// open opens the room, unless another one has the code.
func (r *Room) open(now time.Time, q Request) (json.RawMessage, []Letter, error) {
	switch {
	case r.isOpen(now):
		return nil, nil, refuse(409, "the code is taken")
	case !IsCode(q.Code) || q.Token == "":
		return nil, nil, refuse(422, "code is %.20q, want six characters of %s, and a token", q.Code, Alphabet)
	}
	*r = *empty()
	r.head = head{Code: q.Code, Opened: now.UTC(), Teacher: hashOf(q.Token)}
	r.dirty[headKey] = &r.head
	return encode(Opened{q.Code, r.Expires()}), nil, nil
}

// join gives a student a number, under which the token is known from now on.
func (r *Room) join(now time.Time, q Request) (json.RawMessage, []Letter, error) {
	name, err := cleanName(q.Name)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case r.head.Locked:
		return nil, nil, refuse(423, "the teacher lets nobody else join")
	case r.Students() >= MostStudents || len(r.students) >= mostJoined:
		return nil, nil, refuse(409, "the room is full")
	}
	hash := hashOf(q.Token)
	if _, taken := r.hashes[hash]; q.Token == "" || taken || hash == r.head.Teacher {
		return nil, nil, refuse(422, "the token is not new")
	}
	s := &student{Name: name, Token: hash, Heard: now.UTC(), Moved: now.UTC(), Guesses: map[string]string{}}
	r.students = append(r.students, s)
	number := len(r.students)
	r.hashes[hash] = number
	r.dirty[studentKey(number)] = s
	return encode(Joined{Who{Student, number}, name, r.Expires()}), []Letter{r.row(now, number)}, nil
}

// results writes a line for each run that came to its end, and one for each
// student without any.
func (r *Room) results() string {
	questions := map[string]struct{}{}
	for _, s := range r.students {
		for q := range s.Guesses {
			questions[q] = struct{}{}
		}
	}
	asked := slices.Sorted(maps.Keys(questions))
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	title := []string{"student", "name", "seed", "epoch", "test_accuracy", "parameters", "weights", "link"}
	for _, q := range asked {
		title = append(title, "guess_"+q)
	}
	w.Write(title) // to memory
	for i, s := range r.students {
		if s.isRemoved() {
			continue
		}
		var guesses []string
		for _, q := range asked {
			guesses = append(guesses, s.Guesses[q])
		}
		line := func(cells ...string) {
			w.Write(slices.Concat([]string{strconv.Itoa(i + 1), s.Name}, cells, guesses))
		}
		for _, e := range s.entries {
			line(fmt.Sprint(e.Seed), fmt.Sprint(e.Epoch), strconv.FormatFloat(e.Accuracy, 'g', -1, 64), fmt.Sprint(e.Parameters), e.Weights, e.Link)
		}
		if len(s.entries) == 0 {
			line("", "", "", "", "", "")
		}
	}
	w.Flush()
	return b.String()
}
