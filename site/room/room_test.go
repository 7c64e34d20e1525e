package room

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// A tester is what tests, those of models included, tell of.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// A class is a room, with the records that a host keeps of it.
type class struct {
	t       tester
	room    *Room
	now     time.Time
	records map[string][]byte
}

const teacherToken = "teacher-token"

// newClass returns a room that has been opened.
func newClass(t tester) *class {
	t.Helper()
	c := &class{t: t, now: noon, records: map[string][]byte{}}
	c.restart()
	if o := c.call(Request{Do: DoOpen, Code: "ABC234", Token: teacherToken}); o.Status != 201 {
		t.Fatalf("open: %d %s", o.Status, o.Answer)
	}
	return c
}

func (c *class) keep(o Outcome) Outcome {
	for key, record := range o.Put {
		c.records[key] = record
	}
	if o.Over {
		clear(c.records)
	}
	return o
}

func (c *class) call(q Request) Outcome { return c.keep(c.room.Call(c.now, encode(q))) }

func (c *class) hear(who Who, format string, args ...any) Outcome {
	return c.keep(c.room.Hear(c.now, who, fmt.Appendf(nil, format, args...)))
}

// restart loads the room from its records.
func (c *class) restart() {
	c.t.Helper()
	var err error
	if c.room, err = Load(maps.Clone(c.records)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *class) join(token, name string) Outcome {
	return c.call(Request{Do: DoJoin, Token: token, Name: name})
}

func (c *class) wants(o Outcome, status int) {
	c.t.Helper()
	if o.Status != status {
		c.t.Errorf("status %d %s, want %d", o.Status, o.Answer, status)
	}
}

var teacher = Who{Role: Teacher}

func pupil(number int) Who { return Who{Student, number} }

const run = `{"type":"entry","entry":{"seed":7,"link":"#data=karate&seed=7","weights":"0123456789abcdef","epoch":60,"accuracy":0.5,"parameters":210}}`

// A lesson from its opening to its end, with what is refused on the way.
func TestLesson(t *testing.T) {
	c := newClass(t)
	c.wants(c.call(Request{Do: DoOpen, Code: "ABC234", Token: "other"}), 409)
	c.wants(c.join("t1", "Ada"), 201)
	c.wants(c.join("t2", ""), 201)
	c.wants(c.join("t2", "Bob"), 422)
	for _, name := range []string{"<script>alert(1)</script>", "=1+2", "-x", "a\x00b", "a\u202eb", strings.Repeat("x", 25), "x\xff"} {
		c.wants(c.join("t3", name), 422)
	}
	for _, name := range []string{"Ada-Lucia O’Neil", "李 小龙", "Zoë 2"} {
		c.wants(c.join("t"+name, name), 201)
	}
	c.wants(c.call(Request{Do: DoWho, Token: "forged"}), 401)
	c.wants(c.call(Request{Do: DoResults, Token: "t1"}), 403)

	c.wants(c.hear(pupil(1), `{"type":"freeze","on":true}`), 403)
	c.wants(c.hear(teacher, run), 403)
	c.wants(c.hear(pupil(1), `{"type":"heartbeat","progress":{"scene":"start","step":2,"running":true,"epoch":3,"accuracy":0.25,"parameters":210,"seed":7}}`), 200)
	for text, status := range map[string]int{
		`{`: 400, `{} {}`: 400, `{"type":"dance"}`: 400, `{"type":"guess","x":1}`: 400, `{"type":"heartbeat"}`: 422, `[]`: 400,
		`{"type":"heartbeat","progress":{"epoch":-1}}`: 422, `{"type":"heartbeat","progress":{"accuracy":1.5}}`: 422, `{"type":"heartbeat","progress":{"parameters":0}}`: 422,
		`{"type":"heartbeat","progress":{"scene":"<b>"}}`: 422, `{"type":"guess","question":"ahead","guess":"<b>"}`: 422,
		`{"type":"entry","entry":{"link":"javascript:alert(1)","weights":"0123456789abcdef","parameters":1}}`: 422,
		`{"type":"entry","entry":{"link":"#a","weights":"ABC","parameters":1}}`:                               422,
		`{"type":"entry","entry":{"accuracy":1e999}}`:                                                         400,
		strings.Repeat(" ", MostMessage+1):                                                                    413,
	} {
		c.now = c.now.Add(time.Second)
		c.wants(c.hear(pupil(1), "%s", text), status)
	}

	c.wants(c.hear(pupil(1), `{"type":"guess","question":"ahead","guess":"taught"}`), 200)
	c.wants(c.hear(pupil(2), `{"type":"guess","question":"ahead","guess":"tie"}`), 200)
	if say := string(c.room.Greet(c.now, pupil(1))); strings.Contains(say, "taught") {
		t.Errorf("a student sees guesses before they are shown: %s", say)
	}
	c.wants(c.hear(teacher, `{"type":"reveal","question":"ahead"}`), 200)
	if say := string(c.room.Greet(c.now, pupil(1))); !strings.Contains(say, `"ahead":{"taught":1,"tie":1}`) {
		t.Errorf("a student does not see guesses that are shown: %s", say)
	}
	c.wants(c.hear(pupil(2), `{"type":"guess","question":"ahead","guess":"taught"}`), 410)

	if o := c.hear(pupil(1), run); o.Status != 200 || o.Soon || !strings.Contains(string(o.Answer), "0123456789abcdef") {
		t.Errorf("a run is answered %+v, want that it is kept at once", o)
	}
	c.wants(c.hear(pupil(1), run), 200) // again, after a lost connection
	c.wants(c.hear(teacher, `{"type":"seeds","on":true,"first":100}`), 200)
	c.wants(c.hear(teacher, `{"type":"send","link":"#data=karate"}`), 200)
	c.wants(c.hear(teacher, `{"type":"step","scene":"race","step":2}`), 200)
	o := c.hear(teacher, `{"type":"freeze","on":true}`)
	if len(o.Letters) != 6 { // the teacher and five students
		t.Fatalf("%d letters, want one to each", len(o.Letters))
	}
	c.restart()
	for i := range 5 {
		want := fmt.Sprintf(`"seed":%d,"lesson":{"frozen":true,"scene":"race","step":2,"moved":1,"link":"#data=karate","sent":1,"seeds":100,"revealed":["ahead"]}`, 100+i)
		for _, say := range []json.RawMessage{c.room.Greet(c.now, pupil(i+1)), o.Letters[i+1].Text} {
			if !strings.Contains(string(say), want) {
				t.Errorf("student %d is told %s, want %s", i+1, say, want)
			}
		}
	}

	results := Results{}
	if err := json.Unmarshal(c.call(Request{Do: DoResults, Token: teacherToken}).Answer, &results); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(results.CSV)).ReadAll()
	if err != nil || len(lines) != 6 || strings.Join(lines[1], "|") != "1|Ada|7|60|0.5|210|0123456789abcdef|#data=karate&seed=7|taught" || lines[3][8] != "" {
		t.Errorf("results are %q (%v)", lines, err)
	}
	if o := c.hear(teacher, `{"type":"close"}`); !o.Over || len(o.Letters) != 2 || len(c.records) != 0 {
		t.Errorf("closed: %+v, records %v, want nothing kept and all told", o, c.records)
	}
	c.wants(c.join("late", ""), 404)
	c.wants(c.hear(pupil(1), run), 404)
}

// Nothing is left after a day, whoever is in the room.
func TestExpiry(t *testing.T) {
	c := newClass(t)
	c.join("t1", "Ada")
	c.now = noon.Add(Lasts - time.Second)
	c.wants(c.call(Request{Do: DoExpire}), 409)
	c.wants(c.call(Request{Do: DoWho, Token: "t1"}), 200)
	c.now = noon.Add(Lasts)
	c.wants(c.call(Request{Do: DoWho, Token: "t1"}), 404)
	c.wants(c.hear(teacher, `{"type":"freeze"}`), 404)
	if o := c.call(Request{Do: DoExpire}); !o.Over || len(c.records) != 0 || o.Put != nil {
		t.Errorf("expired: %+v", o)
	}
	c.wants(c.call(Request{Do: DoOpen, Code: "ABC234", Token: "next"}), 201)
	c.wants(c.call(Request{Do: DoWho, Token: "t1"}), 401)
}

// What somebody may say is bounded, and one who floods is not heard, whatever
// clocks do; others are.
func TestFlood(t *testing.T) {
	c := newClass(t)
	c.join("t1", "")
	c.join("t2", "")
	for range burst {
		c.wants(c.hear(pupil(1), run), 200)
	}
	if o := c.hear(pupil(1), run); o.Status != 429 || !o.Drop {
		t.Errorf("a flood: %+v, want it dropped", o)
	}
	c.now = c.now.Add(-time.Hour)
	c.wants(c.hear(pupil(1), run), 429)
	c.wants(c.hear(pupil(2), run), 200)
	c.now = c.now.Add(time.Second)
	c.wants(c.hear(pupil(1), run), 200)
}

// A room holds so much and no more.
func TestFull(t *testing.T) {
	c := newClass(t)
	for i := range MostStudents {
		c.wants(c.join(fmt.Sprint(i), ""), 201)
	}
	c.wants(c.join("more", ""), 409)
	for i := range mostEntries + 1 {
		c.now = c.now.Add(time.Second)
		want := 200
		if i == mostEntries {
			want = 409
		}
		c.wants(c.hear(pupil(1), "%s", strings.Replace(run, `"seed":7`, fmt.Sprintf(`"seed":%d`, i), 1)), want)
	}
	for i := range mostQuestions + 1 {
		c.now = c.now.Add(time.Second)
		want := 200
		if i == mostQuestions {
			want = 409
		}
		c.wants(c.hear(pupil(1), `{"type":"guess","question":"q%d","guess":"a"}`, i), want)
	}
	c.restart()
	if got := len(c.room.students[0].entries); got != mostEntries {
		t.Errorf("%d runs are kept, want %d", got, mostEntries)
	}
}

// No token is kept as it is, nor told.
func TestTokens(t *testing.T) {
	c := newClass(t)
	c.join("token-of-a-student", "Ada")
	c.hear(pupil(1), run)
	for key, record := range c.records {
		if strings.Contains(string(record), "token-of") || strings.Contains(string(record), teacherToken) {
			t.Errorf("record %s has a token: %s", key, record)
		}
	}
	for _, who := range []Who{teacher, pupil(1)} {
		if say := string(c.room.Greet(c.now, who)); strings.Contains(say, "token") || strings.Contains(say, hashOf(teacherToken)) {
			t.Errorf("%s is told of a token: %s", who.Role, say)
		}
	}
}
