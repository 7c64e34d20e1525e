package classtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// hostile says what nobody says by mistake.
func (s Server) hostile(t *testing.T) {
	code, token := s.Open(t)
	s.numbers(t, code, token)
	s.names(t, code, token)
}

// crowd has many sockets in one room.
func (s Server) crowd(t *testing.T) {
	code, token := s.Open(t)
	s.again(t, code, token)
	s.reader(t, code, token)
}

// names tries names that are no names, or show nothing, or too much.
func (s Server) names(t *testing.T, code, token string) {
	join := "/api/rooms/" + code + "/students"
	for _, name := range []string{
		"\"\xff\xfe\"", `"\ud800"`, `"\u0000"`, `"a\u0007"`, `"a\u202eb"`, `"a\u200bb"`, `"\u3164"`, `"a\u115f"`, `"a\ufe0f"`, `"\u0301"`, `"👩"`,
		`"Z` + strings.Repeat(`\u0335`, 20) + `"`, `"` + strings.Repeat("李", 25) + `"`, `"-1"`, `"+1"`, `"@SUM(A1)"`, `"'"`, `"a;b"`, `"a,b"`, `"a\"b"`, `"a&b"`, `["a"]`, `1e999`,
	} {
		if status, said, _ := s.Ask(t, "POST", join, `{"name":`+name+`}`); status != 422 && status != 400 || said.Error == "" {
			t.Errorf("the name %s: status %d %+v, want it refused", name, status, said)
		}
	}
	for _, name := range []string{"O’Neil", "Anne-Marie", "नमस्ते", "ไก่จ้ำ", "Ngô Thị Hà", "李", "علي", "7"} {
		s.Join(t, code, name)
	}
	if board := s.Dial(t, code, token).Type("board"); len(board.Students) != 9 || board.Students[3].Name != "नमस्ते" {
		t.Errorf("the board has %+v", board.Students)
	}
}

// numbers says what is no number of a run, and texts that are none. Whatever is
// refused changes nothing.
func (s Server) numbers(t *testing.T, code, token string) {
	student := s.Dial(t, code, s.Join(t, code, ""))
	student.Type("lesson")
	for text, status := range map[string]int{
		`{"type":"heartbeat","progress":{"accuracy":NaN}}`: 400, `{"type":"heartbeat","progress":{"accuracy":1e999}}`: 400, `{"type":"heartbeat","progress":{"accuracy":"0.5"}}`: 400,
		`{"type":"heartbeat","progress":{"accuracy":-0.5}}`: 422, `{"type":"heartbeat","progress":{"accuracy":1.0000001}}`: 422,
		`{"type":"heartbeat","progress":{"epoch":1.5}}`: 400, `{"type":"heartbeat","progress":{"epoch":99999999999999999999999}}`: 400, `{"type":"heartbeat","progress":{"epoch":1000001}}`: 422,
		`{"type":"heartbeat","progress":{"seed":9007199254740992}}`: 422, `{"type":"heartbeat","progress":{"seed":-1}}`: 422, `{"type":"heartbeat","progress":{"step":100}}`: 422,
		`{"type":"heartbeat","progress":{"parameters":2147483648}}`: 422, `{"type":"heartbeat","progress":{"parameters":-9223372036854775808}}`: 422,
		strings.Repeat("[", 2000): 400, ``: 400, `null`: 400, `"freeze"`: 400, "{\"type\":\"guess\",\"question\":\"ahead\",\"guess\":\"a\u202eb\"}": 422,
		`{"type":"guess","question":"ahead","guess":"-1"}`: 422, `{"type":"guess","question":"__proto__","guess":"a"}`: 422,
	} {
		student.Say("%s", text)
		student.Refused(status)
	}
	board := s.Dial(t, code, token).Type("board")
	if text, err := json.Marshal(board.Students); err != nil || len(board.Students) != 1 || board.Students[0].Epoch != 0 || board.Students[0].Accuracy != nil || len(board.Counts) != 0 {
		t.Errorf("what was refused was done: %s %v (%v)", text, board.Counts, err)
	}
}

// again says the same again and again, and asks for a hundred sockets: a run is
// there once, and others keep their places.
func (s Server) again(t *testing.T, code, token string) {
	ada, eve := s.Join(t, code, "Ada"), s.Join(t, code, "Eve")
	quiet := s.Dial(t, code, ada)
	quiet.Type("lesson")
	for range 100 {
		s.Dial(t, code, eve).Type("lesson")
	}
	greedy := s.Dial(t, code, eve)
	for range 30 {
		greedy.Say("%s", Entry(1, 1))
		greedy.Type("kept")
	}
	quiet.Say(`{"type":"ping"}`)
	quiet.Type("heard")
	teacher := s.Dial(t, code, token)
	if board := teacher.Type("board"); len(board.Entries) != 1 || board.Entries[0].Number != 2 {
		t.Errorf("a run that was said thirty times is there as %+v", board.Entries)
	}
	teacher.Say(`{"type":"freeze","on":true}`)
	quiet.Until("freeze", func(said Said) bool { return said.Lesson.Frozen })
	teacher.Say(`{"type":"ping"}`)
	teacher.Type("heard")
}

// removal has the teacher turn a student out and let nobody else in.
func (s Server) removal(t *testing.T) {
	code, token := s.Open(t)
	teacher := s.Dial(t, code, token)
	teacher.Type("board")
	ada, eve := s.Join(t, code, "Ada"), s.Join(t, code, "Rude")
	stays, goes := s.Dial(t, code, ada), s.Dial(t, code, eve)
	for _, k := range []*Socket{stays, goes} {
		k.Type("lesson")
		k.Say(`{"type":"guess","question":"ahead","guess":"tie"}`)
		k.Type("heard")
	}
	stays.Say(`{"type":"remove","number":2}`)
	stays.Refused(403)
	teacher.Say(`{"type":"remove","number":3}`)
	teacher.Refused(422)
	teacher.Say(`{"type":"lock","on":true}`)
	teacher.Say(`{"type":"remove","number":2}`)
	if said := teacher.Type("removed"); said.Number != 2 {
		t.Errorf("the teacher is told %+v", said)
	}
	if said := teacher.Type("counts"); said.Counts["ahead"]["tie"] != 1 {
		t.Errorf("the guesses are %v, want that of who stays", said.Counts)
	}
	goes.Type("removed")
	if end := goes.Closed(); end != int(websocket.StatusPolicyViolation) {
		t.Errorf("the socket of who is removed is closed with %d", end)
	}
	if status, _, _ := s.Ask(t, "GET", "/api/rooms/"+code, "", "Authorization: Bearer "+eve); status != 401 {
		t.Errorf("the token of who is removed: status %d, want 401", status)
	}
	if status, _, _ := s.Ask(t, "POST", "/api/rooms/"+code+"/students", "{}"); status != 423 {
		t.Errorf("to join a room that lets nobody in: status %d, want 423", status)
	}
	if board := s.Dial(t, code, token).Type("board"); len(board.Students) != 1 || board.Students[0].Name != "Ada" || !board.Locked {
		t.Errorf("the board is %+v", board)
	}
	teacher.Say(`{"type":"lock"}`)
	teacher.Type("heard")
	s.Join(t, code, "Rude again")
	if row := teacher.Type("student").Student; row.Number != 3 {
		t.Errorf("who joins next is number %d, want 3", row.Number)
	}
}

// reader checks that a page that takes nothing holds up no other.
func (s Server) reader(t *testing.T, code, token string) {
	s.Dial(t, code, token) // reads nothing
	teacher := s.Dial(t, code, token)
	teacher.Type("board")
	var sockets []*Socket
	for range 5 {
		sockets = append(sockets, s.Dial(t, code, s.Join(t, code, strings.Repeat("李", 24))))
	}
	for i, k := range sockets {
		for range 40 {
			k.Say("%s", Heartbeat(i))
			k.Type("heard")
		}
		k.Say("%s", Entry(i, i))
		k.Type("kept")
	}
	for range sockets {
		teacher.Type("entry")
	}
}

// SlowBody sends bodies of which half is wanting: others are answered, and these
// refused in the end.
func SlowBody(t *testing.T, s Server) {
	var slow []net.Conn
	for range 12 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "POST /api/rooms HTTP/1.1\r\nHost: "+strings.TrimPrefix(s.URL, "http://")+"\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
		slow = append(slow, conn)
	}
	s.Open(t)
	for _, conn := range slow {
		conn.SetReadDeadline(time.Now().Add(patience))
		status, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil || !strings.Contains(status, " 408 ") {
			t.Fatalf("half a body is answered %q (%v), want 408", status, err)
		}
	}
}

// Guessers checks that many who guess at the same time learn no more than one who
// guesses one code after the other: so many at most.
func Guessers(t *testing.T, s Server, most int) {
	var mu sync.Mutex
	var all sync.WaitGroup
	tried := map[int]int{}
	for i := range 100 {
		all.Go(func() {
			status, _, _ := s.Ask(t, "POST", fmt.Sprintf("/api/rooms/YYYY%c%c/students", 'A'+i/8%8, 'A'+i%8), "{}")
			mu.Lock()
			defer mu.Unlock()
			tried[status]++
		})
	}
	all.Wait()
	if tried[404] > most || tried[404]+tried[429] != 100 {
		t.Errorf("a hundred guesses at once are answered %v, want at most %d tried", tried, most)
	}
}
