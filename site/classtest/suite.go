package classtest

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"abkd/site/room"
)

// Suite checks all that any server of classrooms does and refuses.
func Suite(t *testing.T, s Server) {
	t.Run("lesson", s.lesson)
	t.Run("requests", s.requests)
	t.Run("tokens", s.tokens)
	t.Run("messages", s.messages)
	t.Run("flood", s.flood)
	t.Run("links", s.links)
	t.Run("hostile", s.hostile)
	t.Run("crowd", s.crowd)
	t.Run("removal", s.removal)
}

// Entry is a run with these weights, as a student says it.
func Entry(seed, weights int) string {
	return fmt.Sprintf(`{"type":"entry","entry":{"seed":%d,"link":"#data=karate&seed=%d","weights":"%016x","epoch":60,"accuracy":0.5,"parameters":210}}`, seed, seed, weights)
}

// Heartbeat is a student's progress at an epoch.
func Heartbeat(epoch int) string {
	return fmt.Sprintf(`{"type":"heartbeat","progress":{"scene":"start","step":1,"running":true,"seed":1,"epoch":%d,"accuracy":0.25,"parameters":210}}`, epoch)
}

// lesson is one from the opening of the room to its end.
func (s Server) lesson(t *testing.T) {
	if status, said, _ := s.Ask(t, "GET", "/api/about.json", ""); status != 200 {
		t.Fatalf("about: %d %+v", status, said)
	}
	code, token := s.Open(t)
	teacher := s.Dial(t, code, token)
	if board := teacher.Type("board"); board.Code != code || len(board.Students) != 0 || board.Left < 86000 {
		t.Errorf("the first board is %+v", board)
	}
	var students []*Socket
	var tokens []string
	for i, name := range []string{"Ada", "李 小龙", ""} {
		tokens = append(tokens, s.Join(t, strings.ToLower(code), name))
		row := teacher.Type("student").Student
		if row.Number != i+1 || row.Name != name {
			t.Errorf("the board has %+v, want number %d, called %q", row, i+1, name)
		}
		students = append(students, s.Dial(t, code, tokens[i]))
		if said := students[i].Type("lesson"); said.Number != i+1 || said.Lesson.Frozen {
			t.Errorf("the student is told %+v", said)
		}
	}
	for i, k := range students {
		k.Say("%s", Heartbeat(10+i))
		if row := teacher.Type("student").Student; row.Epoch != 10+i || row.Number != i+1 || row.Accuracy == nil || *row.Accuracy != 0.25 {
			t.Errorf("the board has %+v of student %d", row, i+1)
		}
		k.Say(`{"type":"guess","question":"ahead","guess":"g%d"}`, i%2)
		teacher.Type("counts")
	}
	teacher.Say(`{"type":"reveal","question":"ahead"}`)
	teacher.Say(`{"type":"seeds","on":true,"first":40}`)
	teacher.Say(`{"type":"step","scene":"race","step":2}`)
	teacher.Say(`{"type":"send","link":"#data=karate&seed=3"}`)
	teacher.Say(`{"type":"freeze","on":true}`)
	for i, k := range students {
		said := k.Until("freeze", func(s Said) bool { return s.Lesson.Frozen })
		if said.Seed != int64(40+i) || said.Lesson.Scene != "race" || said.Lesson.Step != 2 || said.Lesson.Link != "#data=karate&seed=3" || said.Counts["ahead"]["g0"] != 2 {
			t.Errorf("student %d is told %+v", i+1, said)
		}
		k.Say("%s", Entry(40+i, i))
		if kept := k.Type("kept"); kept.Weights != fmt.Sprintf("%016x", i) {
			t.Errorf("what is kept is %+v", kept)
		}
		if ran := teacher.Type("entry").Entry; ran.Number != i+1 || ran.Seed != int64(40+i) {
			t.Errorf("the board has the run %+v", ran)
		}
	}
	students[0].Vanish()
	back := s.Dial(t, code, tokens[0])
	if said := back.Type("lesson"); said.Number != 1 || !said.Lesson.Frozen || said.Seed != 40 {
		t.Errorf("a student who comes back is told %+v", said)
	}
	status, said, header := s.Ask(t, "GET", "/api/rooms/"+code+"/results", "", "Authorization: Bearer "+token)
	if status != 200 || strings.Count(said.Error, "\n") != 4 || !strings.Contains(said.Error, "1,Ada,40,60,0.5,210,0000000000000000,#data=karate&seed=40,g0") || !strings.HasPrefix(header.Get("Content-Type"), "text/csv") {
		t.Errorf("results: %d %q", status, said.Error)
	}
	teacher.Say(`{"type":"close"}`)
	back.Type("closed")
	if end := back.Closed(); end != int(websocket.StatusNormalClosure) {
		t.Errorf("the socket of a room that is over is closed with %d", end)
	}
	if status, _, _ := s.Ask(t, "GET", "/api/rooms/"+code, "", "Authorization: Bearer "+tokens[1]); status != 401 {
		t.Errorf("a room that is over: status %d, want 401", status)
	}
	if status, _, _ := s.Ask(t, "POST", "/api/rooms/"+code+"/students", "{}"); status != 404 {
		t.Errorf("to join a room that is over: status %d, want 404", status)
	}
}

// requests sends what no page does.
func (s Server) requests(t *testing.T) {
	code, token := s.Open(t)
	join := "/api/rooms/" + code + "/students"
	large := `{"name":"` + strings.Repeat("x", 17<<10) + `"}`
	for _, c := range []struct {
		what, method, path, body string
		status                   int
		header                   []string
	}{
		{"a form", "POST", "/api/rooms", "{}", 415, []string{"Content-Type: application/x-www-form-urlencoded"}},
		{"text", "POST", join, `{"name":"x"}`, 415, []string{"Content-Type: text/plain"}},
		{"too much", "POST", join, large, 413, nil},
		{"an unknown field", "POST", join, `{"name":"x","role":"teacher"}`, 400, nil},
		{"a field of another name", "POST", join, `{"NAME":"x"}`, 400, nil},
		{"a field twice", "POST", join, `{"name":"x","name":"y"}`, 400, nil},
		{"nothing", "POST", join, ``, 400, []string{"Content-Type: application/json"}},
		{"null", "POST", "/api/rooms", `null`, 400, nil},
		{"null", "POST", join, `null`, 400, nil},
		{"null", "POST", "/api/links", `null`, 400, nil},
		{"a list", "POST", join, `[]`, 400, nil},
		{"no JSON", "POST", join, `{"name"`, 400, nil},
		{"two values", "POST", join, `{} {}`, 400, nil},
		{"another type", "POST", join, `{"name":1}`, 400, nil},
		{"a script in a name", "POST", join, `{"name":"<script>alert(1)</script>"}`, 422, nil},
		{"a formula in a name", "POST", join, `{"name":"=1+1"}`, 422, nil},
		{"a long name", "POST", join, `{"name":"` + strings.Repeat("x", 25) + `"}`, 422, nil},
		{"a page from elsewhere", "POST", join, `{}`, 403, []string{"Origin: https://evil.example"}},
		{"a document from nowhere", "POST", join, `{}`, 403, []string{"Origin: null"}},
		{"a request from elsewhere", "POST", join, `{}`, 403, []string{"Sec-Fetch-Site: cross-site"}},
		{"a code that is none", "POST", "/api/rooms/O0I1L5/students", `{}`, 404, nil},
		{"a code of no room", "POST", "/api/rooms/ZZZZZZ/students", `{}`, 404, nil},
		{"another name", "GET", "/api/secrets", "", 404, nil},
		{"a question whether pages from elsewhere may", "OPTIONS", join, "", 405, []string{"Origin: https://evil.example", "Access-Control-Request-Method: POST"}},
		{"another method", "DELETE", "/api/rooms/" + code, "", 405, []string{"Authorization: Bearer " + token}},
		{"no upgrade", "GET", "/api/rooms/" + code + "/socket", "", 426, []string{"Origin: " + s.URL}},
		{"a link elsewhere", "POST", "/api/links", `{"link":"https://evil.example"}`, 422, nil},
		{"a link with a line", "POST", "/api/links", `{"link":"#a\r\nSet-Cookie: x"}`, 422, nil},
		{"a link of nobody", "GET", "/api/links/abcdefghijkl", "", 404, nil},
	} {
		status, said, header := s.Ask(t, c.method, c.path, c.body, c.header...)
		if status != c.status || said.Error == "" && said.Type == "" {
			t.Errorf("%s: status %d %+v, want %d and why", c.what, status, said, c.status)
		}
		for name := range header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s: there is the header %s", c.what, name)
			}
		}
		if got := header.Get("Content-Security-Policy"); got != "default-src 'none'; frame-ancestors 'none'" {
			t.Errorf("%s: the policy is %q", c.what, got)
		}
	}
	chunked, err := http.NewRequest("POST", s.URL+join, struct{ *bytes.Reader }{bytes.NewReader([]byte(large))})
	if err != nil {
		t.Fatal(err)
	}
	chunked.ContentLength = -1
	chunked.Header.Set("Content-Type", "application/json")
	resp, err := without.Do(chunked)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 413 {
		t.Errorf("too much that does not say so: status %d, want 413", resp.StatusCode)
	}
}

// tokens tries what others may.
func (s Server) tokens(t *testing.T) {
	code, token := s.Open(t)
	student, other := s.Join(t, code, "Ada"), ""
	otherCode, _ := s.Open(t)
	other = s.Join(t, otherCode, "Eve")
	for _, c := range []struct {
		what, token, path string
		status            int
	}{
		{"the teacher", token, "", 200}, {"a student", student, "", 200}, {"nobody", "", "", 401}, {"a forged token", strings.Repeat("A", 26), "", 401},
		{"a token of another room", other, "", 401}, {"a student", student, "/results", 403}, {"a forged token", strings.Repeat("A", 26), "/results", 401},
		{"a token that never ends", strings.Repeat("A", 4000), "", 401},
	} {
		if status, said, _ := s.Ask(t, "GET", "/api/rooms/"+code+c.path, "", "Authorization: Bearer "+c.token); status != c.status {
			t.Errorf("%s asks for %s: status %d %+v, want %d", c.what, code+c.path, status, said, c.status)
		}
	}
	for _, c := range []struct {
		what, token, origin string
		status              int
	}{
		{"a forged token", strings.Repeat("A", 26), s.URL, 401}, {"a token of another room", other, s.URL, 401}, {"no token", "", s.URL, 401},
		{"a page from elsewhere", student, "https://evil.example", 403}, {"no page", student, "", 403}, {"the page", student, s.URL, 101},
	} {
		if _, status := s.TryDial(t, code, c.token, c.origin); status != c.status {
			t.Errorf("a socket with %s: status %d, want %d", c.what, status, c.status)
		}
	}
}

// messages says what no page does.
func (s Server) messages(t *testing.T) {
	code, token := s.Open(t)
	student := s.Dial(t, code, s.Join(t, code, "Ada"))
	student.Type("lesson")
	for text, status := range map[string]int{
		`{"type":"freeze","on":true}`: 403, `{"type":"close"}`: 403, `{"type":"reveal","question":"ahead"}`: 403, `{"type":"send","link":"#"}`: 403,
		`{"type":"step","scene":"race","step":1}`: 403, `{"type":"seeds","on":true,"first":1}`: 403, `{"type":"lock","on":true}`: 403, `{"type":"remove","number":1}`: 403,
		`{"type":"heartbeat","progress":{"epoch":1},"role":"teacher"}`: 400, `{"Type":"ping"}`: 400, `{"type":"heartbeat","progress":{"Epoch":1}}`: 400, `{"type":"ping","type":"close"}`: 400, `no json`: 400, `{"type":"dance"}`: 400,
		`{"type":"heartbeat","progress":{"accuracy":2}}`: 422, `{"type":"heartbeat","progress":{"epoch":-1}}`: 422,
		`{"type":"guess","question":"ahead","guess":"<img src=x>"}`:                                                                           422,
		`{"type":"entry","entry":{"seed":1,"link":"javascript:alert(1)","weights":"0123456789abcdef","epoch":1,"accuracy":1,"parameters":1}}`: 422,
	} {
		student.Say("%s", text)
		student.Refused(status)
	}
	teacher := s.Dial(t, code, token)
	if board := teacher.Type("board"); board.Lesson.Frozen || len(board.Students) != 1 {
		t.Errorf("what was refused was done: %+v", board)
	}
	student.TrySay(`{"type":"` + strings.Repeat("x", 2*room.MostMessage) + `"}`) // it may be cut off in the middle
	if end := student.Closed(); end != int(websocket.StatusMessageTooBig) {
		t.Errorf("a message that is too large closes the socket with %d, want %d", end, websocket.StatusMessageTooBig)
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	if err := teacher.conn.Write(ctx, websocket.MessageBinary, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if end := teacher.Closed(); end != int(websocket.StatusUnsupportedData) {
		t.Errorf("a message of bytes closes the socket with %d, want %d", end, websocket.StatusUnsupportedData)
	}
}

// flood says more than any page does; others are heard all the same.
func (s Server) flood(t *testing.T) {
	code, token := s.Open(t)
	teacher := s.Dial(t, code, token)
	teacher.Type("board")
	loud, quiet := s.Dial(t, code, s.Join(t, code, "loud")), s.Dial(t, code, s.Join(t, code, "quiet"))
	for range 1000 {
		if loud.TrySay(Heartbeat(1)) != nil {
			break
		}
	}
	if end := loud.Closed(); end != int(websocket.StatusPolicyViolation) && end != -1 { // it may be gone before what was said is read
		t.Errorf("a flood is closed with %d, want %d", end, websocket.StatusPolicyViolation)
	}
	quiet.Say("%s", Entry(1, 1))
	quiet.Type("kept")
	teacher.Type("entry")
}

// links keep links.
func (s Server) links(t *testing.T) {
	const body = `{"link":"#data=karate&seed=7"}`
	status, said, _ := s.Ask(t, "POST", "/api/links", body)
	_, again, _ := s.Ask(t, "POST", "/api/links", body)
	if status != 201 || said.ID == "" || again.ID != said.ID {
		t.Fatalf("a link is kept with %d as %q, and as %q", status, said.ID, again.ID)
	}
	status, _, header := s.Ask(t, "GET", "/api/links/"+said.ID, "")
	if status != 302 || header.Get("Location") != "/#data=karate&seed=7" {
		t.Errorf("the link leads with %d to %q", status, header.Get("Location"))
	}
}

// Guessing checks that nobody opens a room without the key of teachers, and that
// whoever guesses keys or codes is soon not answered any more, even when one is
// right. A class that mistypes its code does not shut out the teacher, who has the
// same address.
func Guessing(t *testing.T, s Server) (code string) {
	for _, key := range []string{"", s.Key[1:], s.Key + "x"} {
		if status, said, _ := s.Ask(t, "POST", "/api/rooms", "{}", "Authorization: Bearer "+key); status != 403 || said.Error == "" {
			t.Errorf("a room is opened with the key %q: status %d %+v, want 403", key, status, said)
		}
	}
	code, _ = s.Open(t)
	s.Join(t, code, "before")
	status := 404
	for i := 0; status == 404 && i < 1000; i++ {
		status, _, _ = s.Ask(t, "POST", fmt.Sprintf("/api/rooms/ZZZZ%c%c/students", 'A'+i/8%8, 'A'+i%8), "{}")
	}
	right, _, header := s.Ask(t, "POST", "/api/rooms/"+code+"/students", "{}")
	if status != 429 || right != 429 || header.Get("Retry-After") == "" {
		t.Errorf("guesses end with %d, and the right code is answered %d, want 429", status, right)
	}
	s.Open(t)
	s.GuessKeys(t)
	return code
}

// GuessKeys guesses keys until none is tried any more.
func (s Server) GuessKeys(t *testing.T) {
	status := 403
	for i := 0; status == 403 && i < 1000; i++ {
		status, _, _ = s.Ask(t, "POST", "/api/rooms", "{}", fmt.Sprintf("Authorization: Bearer guess-%d", i))
	}
	if right, _, _ := s.Ask(t, "POST", "/api/rooms", "{}", "Authorization: Bearer "+s.Key); status != 429 || right != 429 {
		t.Errorf("guesses of keys end with %d, and the right one is answered %d, want 429", status, right)
	}
}

// SocketsEach is how many sockets somebody has at a time: of more the oldest is
// closed.
const SocketsEach = 4

// Places checks that a room takes no more sockets than its server says, six, and of
// one person some, of which the oldest goes.
func Places(t *testing.T, s Server) {
	code, token := s.Open(t)
	student := s.Join(t, code, "")
	first := s.Dial(t, code, student)
	first.Type("lesson") // it has its place before the others
	for range SocketsEach {
		s.Dial(t, code, student).Type("lesson")
	}
	if end := first.Closed(); end != int(websocket.StatusPolicyViolation) {
		t.Errorf("the oldest of many sockets is closed with %d, want %d", end, websocket.StatusPolicyViolation)
	}
	s.Dial(t, code, token).Type("board")
	s.Dial(t, code, token).Type("board")
	if _, status := s.TryDial(t, code, s.Join(t, code, ""), s.URL); status != 503 {
		t.Errorf("a room that is full: status %d, want 503", status)
	}
}

// Restart checks that a lesson goes on after the server was ended by restart in
// the middle: every run is there, everybody is who they were, and what the server
// had told of is not told otherwise.
func Restart(t *testing.T, s Server, restart func() Server) {
	code, token := s.Open(t)
	teacher := s.Dial(t, code, token)
	teacher.Type("board")
	defer teacher.Vanish()
	var tokens []string
	for i := range 5 {
		tokens = append(tokens, s.Join(t, code, ""))
		k := s.Dial(t, code, tokens[i])
		defer k.Vanish()
		for run := range 3 {
			k.Say("%s", Entry(100*i+run, 100*i+run))
			k.Type("kept")
		}
		k.Say(`{"type":"guess","question":"ahead","guess":"tie"}`)
		k.Type("heard")
		go k.Closed()
	}
	teacher.Say(`{"type":"freeze","on":true}`)
	teacher.Type("heard")
	go teacher.Closed() // reads to the end, as pages do
	s = restart()
	board := s.Dial(t, code, token).Type("board")
	if len(board.Students) != 5 || len(board.Entries) != 15 || !board.Lesson.Frozen || board.Counts["ahead"]["tie"] != 5 {
		t.Fatalf("after the restart the board is %+v", board)
	}
	for i, token := range tokens {
		if said := s.Dial(t, code, token).Type("lesson"); said.Number != i+1 || !said.Lesson.Frozen {
			t.Errorf("after the restart student %d is told %+v", i+1, said)
		}
	}
}

// tick is the unit in which heartbeats tell when they were sent, as epochs.
const tick = time.Millisecond

// Class has so many students in one room, who all say things at the same time, and
// returns how long it took from each heartbeat until it was on the teacher's
// board. It fails if one is lost.
func Class(t testing.TB, s Server, students, beats int, every time.Duration) []time.Duration {
	code, token := s.Open(t)
	teacher := s.Dial(t, code, token)
	teacher.Type("board")
	var arrivals []arrival
	heard := make(chan error, 1)
	go func() { // from now on: who reads nothing answers no ping, and is given up
		var err error
		arrivals, err = listen(teacher, students, students*beats)
		heard <- err
	}()
	sockets := make([]*Socket, students)
	for i := range sockets {
		sockets[i] = s.Dial(t, code, s.Join(t, code, ""))
		go func() { // reads what it is told
			for _, err := sockets[i].Next(); err == nil; _, err = sockets[i].Next() {
			}
		}()
	}
	begun := time.Now()
	for i, k := range sockets {
		go func() {
			time.Sleep(time.Duration(i) * every / time.Duration(students))
			for range beats {
				k.TrySay(Heartbeat(1 + int(time.Since(begun)/tick)))
				time.Sleep(every)
			}
			k.TrySay(Entry(i, i))
		}()
	}
	if err := <-heard; err != nil {
		t.Fatal(err)
	}
	var took []time.Duration
	for _, a := range arrivals {
		took = append(took, a.at.Sub(begun)-time.Duration(a.epoch-1)*tick)
	}
	return took
}

// An arrival is when a heartbeat was on the teacher's board.
type arrival struct {
	at    time.Time
	epoch int
}

// listen returns the arrivals once so many, and so many entries, are there.
func listen(teacher *Socket, entries, heartbeats int) (arrivals []arrival, err error) {
	for entries > 0 || len(arrivals) < heartbeats {
		said, err := teacher.Next()
		if err != nil {
			return nil, fmt.Errorf("after %d heartbeats, and before %d runs: %w", len(arrivals), entries, err)
		}
		switch {
		case said.Type == "entry":
			entries--
		case said.Type == "student" && said.Student.Epoch > 0:
			arrivals = append(arrivals, arrival{time.Now(), said.Student.Epoch})
		}
	}
	return arrivals, nil
}
