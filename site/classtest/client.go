// Package classtest is for tests of servers with classrooms: it takes the parts of
// a teacher and of students, of those who do as pages do and of those who attack,
// against whatever answers at an address.
package classtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"abkd/site/api"
)

// patience is how long an answer may take on a machine that is busy.
const patience = time.Minute

// A Server is where classrooms are served.
type Server struct {
	URL string // without a slash at its end
	Key string // of teachers, "" if there is none

	client *http.Client // of who asks from an address of their own, nil for without
}

// From returns the server as it is reached from an address of this machine: limits
// are those of an address.
func (s Server) From(address net.IP) Server {
	d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: address}}
	s.client = &http.Client{CheckRedirect: nowhere, Timeout: patience, Transport: &http.Transport{DialContext: d.DialContext}}
	return s
}

func (s Server) asker() *http.Client {
	if s.client != nil {
		return s.client
	}
	return without
}

// A Said is what somebody is told, of whatever type: what a type lacks is zero.
type Said struct {
	Type, Error, Code, Token, Weights, Name string
	ID, Role                                string
	Status, Number                          int
	Seed                                    int64
	Locked                                  bool
	Left                                    float64
	Lesson                                  struct {
		Frozen      bool
		Scene, Link string
		Step        int
		Moved, Sent int
		Seeds       int64
	}
	Counts   map[string]map[string]int
	Student  Row
	Students []Row
	Entry    Ran
	Entries  []Ran
}

// A Row is a student on the board.
type Row struct {
	Number       int
	Name         string
	Epoch        int
	Accuracy     *float64
	Quiet, Still float64
}

// A Ran is a run on the board.
type Ran struct {
	Number, Epoch int
	Seed          int64
	Weights       string
}

// Ask sends a request and returns the status, what was said, and the header.
func (s Server) Ask(t testing.TB, method, path, body string, header ...string) (int, Said, http.Header) {
	t.Helper()
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	resp, err := s.asker().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var said Said
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(text, &said); err != nil {
			t.Fatalf("%s %s: %q: %v", method, path, text, err)
		}
	} else {
		said.Error = string(text)
	}
	return resp.StatusCode, said, resp.Header
}

// without goes nowhere by itself.
var without = &http.Client{CheckRedirect: nowhere, Timeout: patience}

func nowhere(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Open opens a room.
func (s Server) Open(t testing.TB) (code, token string) {
	t.Helper()
	status, said, _ := s.Ask(t, "POST", "/api/rooms", "{}", "Authorization: Bearer "+s.Key)
	if status != 201 || len(said.Code) != 6 || len(said.Token) < 22 {
		t.Fatalf("open: %d %+v", status, said)
	}
	return said.Code, said.Token
}

// Join joins a room.
func (s Server) Join(t testing.TB, code, name string) (token string) {
	t.Helper()
	status, said, _ := s.Ask(t, "POST", "/api/rooms/"+code+"/students", fmt.Sprintf(`{"name":%q}`, name))
	if status != 201 || said.Number < 1 || len(said.Token) < 22 {
		t.Fatalf("join: %d %+v", status, said)
	}
	return said.Token
}

// A Socket is somebody's WebSocket.
type Socket struct {
	t    testing.TB
	conn *websocket.Conn
}

// Dial connects somebody.
func (s Server) Dial(t testing.TB, code, token string) *Socket {
	t.Helper()
	k, status := s.TryDial(t, code, token, s.URL)
	if k == nil {
		t.Fatalf("the socket is refused with %d", status)
	}
	return k
}

// TryDial asks for a socket as a page of that origin would, and returns nil and the
// status if it is refused.
func (s Server) TryDial(t testing.TB, code, token, origin string) (*Socket, int) {
	t.Helper()
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	conn, resp, err := websocket.Dial(ctx, strings.Replace(s.URL, "http", "ws", 1)+"/api/rooms/"+code+"/socket", &websocket.DialOptions{HTTPClient: s.asker(), HTTPHeader: header, Subprotocols: []string{api.Protocol, api.TokenPrefix + token}})
	if err != nil {
		if resp == nil {
			t.Fatal(err)
		}
		return nil, resp.StatusCode
	}
	conn.SetReadLimit(8 << 20)
	t.Cleanup(func() { conn.CloseNow() })
	return &Socket{t, conn}, resp.StatusCode
}

// Say sends a message.
func (k *Socket) Say(format string, args ...any) {
	k.t.Helper()
	if err := k.TrySay(fmt.Sprintf(format, args...)); err != nil {
		k.t.Fatal(err)
	}
}

// TrySay sends a message to a server that may have closed the socket.
func (k *Socket) TrySay(text string) error {
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	return k.conn.Write(ctx, websocket.MessageText, []byte(text))
}

// Next returns what is said next.
func (k *Socket) Next() (Said, error) {
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	var said Said
	_, text, err := k.conn.Read(ctx)
	if err == nil {
		err = json.Unmarshal(text, &said)
	}
	return said, err
}

// Until returns the first of what is said that is as wanted.
func (k *Socket) Until(what string, wanted func(Said) bool) Said {
	k.t.Helper()
	var last Said
	for {
		said, err := k.Next()
		if err != nil {
			k.t.Fatalf("waiting for %s after %+v: %v", what, last, err)
		}
		if wanted(said) {
			return said
		}
		last = said
	}
}

// Type waits for something of that type.
func (k *Socket) Type(name string) Said {
	k.t.Helper()
	return k.Until(name, func(s Said) bool { return s.Type == name })
}

// Refused waits for a refusal with that status.
func (k *Socket) Refused(status int) {
	k.t.Helper()
	if said := k.Type("refused"); said.Status != status {
		k.t.Errorf("refused with %d %q, want %d", said.Status, said.Error, status)
	}
}

// Closed waits for the end of the socket and returns the code it is closed with, -1
// for none.
func (k *Socket) Closed() int {
	for {
		if _, err := k.Next(); err != nil {
			return int(websocket.CloseStatus(err))
		}
	}
}

// Close ends the socket as a browser does.
func (k *Socket) Close() { k.conn.Close(websocket.StatusNormalClosure, "") }

// Vanish ends the socket as a cable does that is pulled out.
func (k *Socket) Vanish() { k.conn.CloseNow() }
