package host

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"abkd/site/api"
	"abkd/site/classtest"
	"abkd/site/static"
)

// A served host listens on a port.
type served struct {
	classtest.Server
	host *Host
	http *httptest.Server
	log  *bytes.Buffer
}

// serve serves a host until the test ends.
func serve(t testing.TB, o Options) *served {
	t.Helper()
	s := &served{log: &bytes.Buffer{}}
	if o.Folder == "" {
		o.Folder = t.TempDir()
	}
	o.Page = http.NotFoundHandler()
	o.Log = slog.New(slog.NewTextHandler(s.log, nil))
	var err error
	if s.host, err = Open(o); err != nil {
		t.Fatal(err)
	}
	s.http = httptest.NewUnstartedServer(nil)
	s.http.Config = static.NewServer(static.Protect(s.host, "127.0.0.1", ""))
	if o.patience > 0 {
		s.http.Config.ReadHeaderTimeout = o.patience
	}
	s.http.Start()
	s.Server = classtest.Server{URL: s.http.URL, Key: o.Key}
	t.Cleanup(func() { s.end(t) })
	return s
}

func (s *served) end(t testing.TB) {
	if err := s.host.Close(); err != nil {
		t.Error(err)
	}
	s.http.CloseClientConnections()
	s.http.Close()
}

func TestSuite(t *testing.T) { classtest.Suite(t, serve(t, Options{}).Server) }

// The next process goes on where the last one ended, whose pages were told.
func TestRestart(t *testing.T) {
	folder := t.TempDir()
	s := serve(t, Options{Folder: folder})
	code, token := s.Open(t)
	k, end := s.Dial(t, code, token), make(chan int, 1)
	k.Type("board")
	go func() { k.Type("restart"); end <- k.Closed() }()
	if _, err := openStore(folder); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("the file is opened twice: %v", err)
	}
	classtest.Restart(t, s.Server, func() classtest.Server {
		s.end(t)
		return serve(t, Options{Folder: folder}).Server
	})
	if code := <-end; code != int(restarting) {
		t.Errorf("the socket is closed with %d, want %d", code, restarting)
	}
}

// What is over leaves nothing behind, in memory and in the file, and the clock is
// the server's own: it may jump an hour.
func TestExpires(t *testing.T) {
	folder := t.TempDir()
	clock := &clock{now: time.Now()}
	s := serve(t, Options{Folder: folder, Now: clock.time})
	code, token := s.Open(t)
	student := s.Join(t, code, "Ada Lovelace")
	k := s.Dial(t, code, student)
	k.Type("lesson")
	for _, jump := range []time.Duration{time.Hour, -2 * time.Hour} {
		clock.add(jump)
		k.Say("%s", classtest.Entry(1, int(jump.Seconds())&0xffff))
		k.Type("kept")
	}
	s.Ask(t, "POST", "/api/links", `{"link":"#x"}`)
	clock.add(26 * time.Hour)
	if status, _, _ := s.Ask(t, "GET", "/api/rooms/"+code, "", "Authorization: Bearer "+token); status != 401 {
		t.Errorf("a day later: status %d, want 401", status)
	}
	s.host.expire()
	k.Type("closed")
	clock.add(90 * 24 * time.Hour)
	s.host.expire()
	if rooms, err := s.host.store.rooms(); err != nil || len(rooms) != 0 {
		t.Errorf("the file has %v (%v), want nothing", rooms, err)
	}
	if status, _, _ := s.Ask(t, "GET", "/api/links/rnFBHpxASDPa", ""); status != 404 {
		t.Errorf("a link of long ago: status %d, want 404", status)
	}
	s.end(t)
	if said := s.log.String(); strings.Contains(said, "Ada") || strings.Contains(said, code) || strings.Contains(said, "127.0.0.1") || !strings.Contains(said, "a room is over") {
		t.Errorf("the log has %q, want that a room is over and nobody's name, code or address", said)
	}
}

// A clock is set by tests.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// Whoever guessed codes may try again later.
func TestGuessing(t *testing.T) {
	clock := &clock{now: time.Now()}
	s := serve(t, Options{Now: clock.time, Key: "key-of-teachers"})
	code := classtest.Guessing(t, s.Server)
	clock.add(time.Minute)
	s.Join(t, code, "after")
}

// Nor does it help to guess at the same time.
func TestGuessers(t *testing.T) {
	classtest.Guessers(t, serve(t, Options{}).Server, allowed[api.Guess].burst)
}

// More addresses than can be told apart are refused, not let through.
func TestLimitsFailClosed(t *testing.T) {
	clock := &clock{now: time.Now()}
	l := newLimits(clock.time)
	for i := range mostAddresses {
		if ok, err := l.Allow(t.Context(), "open", fmt.Sprint(i)); !ok || err != nil {
			t.Fatal(i, ok, err)
		}
	}
	if ok, err := l.Allow(t.Context(), "open", "one more"); ok || err == nil {
		t.Errorf("one address more: %v (%v), want it refused", ok, err)
	}
	clock.add(time.Hour)
	if ok, err := l.Allow(t.Context(), "open", "one more"); !ok || err != nil {
		t.Errorf("later: %v (%v), want it allowed", ok, err)
	}
}

func TestPlaces(t *testing.T) { classtest.Places(t, serve(t, Options{Sockets: 6}).Server) }

// Pages that take nothing, and ends of connections that are gone, are given up;
// others are not held up by them.
func TestSlow(t *testing.T) {
	s := serve(t, Options{patience: 300 * time.Millisecond})
	code, token := s.Open(t)
	s.Dial(t, code, token).Type("board") // reads no more: it answers no ping and takes nothing
	quick := s.Dial(t, code, s.Join(t, code, ""))
	begun := time.Now()
	for i := range 50 {
		quick.Say("%s", classtest.Heartbeat(i))
	}
	quick.Say("%s", classtest.Entry(1, 1))
	quick.Type("kept")
	for s.host.actor(code).connected() != 1 {
		if time.Since(begun) > time.Minute {
			t.Fatalf("%d sockets are there, want the quick one alone", s.host.actor(code).connected())
		}
		quick.Say("%s", classtest.Heartbeat(1))
		quick.Type("heard") // which reads, and so answers pings
		time.Sleep(150 * time.Millisecond)
	}
}

func (a *actor) connected() int { a.mu.Lock(); defer a.mu.Unlock(); return len(a.sockets) }

// Half a header holds no connection for ever.
func TestSlowHeader(t *testing.T) {
	s := serve(t, Options{patience: 200 * time.Millisecond})
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST /api/rooms HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
	conn.SetReadDeadline(time.Now().Add(time.Minute))
	if b, err := io.ReadAll(conn); err != nil || len(b) > 0 && !bytes.Contains(b, []byte(" 408 ")) && !bytes.Contains(b, []byte(" 400 ")) {
		t.Errorf("half a header is answered %q (%v), want the end of the connection", b, err)
	}
}

// Half a body holds no connection for ever either.
func TestSlowBody(t *testing.T) {
	classtest.SlowBody(t, serve(t, Options{patience: 500 * time.Millisecond}).Server)
}

// What cannot be kept is not told as kept, and the room is as it was.
func TestUnkept(t *testing.T) {
	s := serve(t, Options{})
	code, _ := s.Open(t)
	k := s.Dial(t, code, s.Join(t, code, ""))
	k.Type("lesson")
	if err := s.host.store.close(); err != nil {
		t.Fatal(err)
	}
	k.Say("%s", classtest.Entry(1, 1))
	if said, err := k.Next(); err == nil {
		t.Errorf("a run that cannot be kept is answered %+v", said)
	}
	if status, _, _ := s.Ask(t, "POST", "/api/rooms/"+code+"/students", "{}"); status != 503 {
		t.Errorf("joining what cannot be kept: status %d, want 503", status)
	}
	if status, _, _ := s.Ask(t, "GET", "/healthz", ""); status != 503 {
		t.Errorf("healthz says %d, want 503", status)
	}
}

// The server says how it is, to this machine.
func TestMetrics(t *testing.T) {
	s := serve(t, Options{})
	code, token := s.Open(t)
	s.Dial(t, code, token).Type("board")
	if status, said, _ := s.Ask(t, "GET", "/healthz", ""); status != 200 || said.Error != "ok\n" {
		t.Errorf("healthz: %d %q", status, said.Error)
	}
	_, said, _ := s.Ask(t, "GET", "/metrics", "")
	for _, want := range []string{"abkd_rooms 1\n", "abkd_sockets 1\n", "abkd_students 0\n", `abkd_requests_total{status="201"} 1`, "abkd_keep_seconds_count 1", "process_resident_memory_bytes"} {
		if !strings.Contains(said.Error, want) {
			t.Errorf("metrics lack %q", want)
		}
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/metrics", nil) // from 192.0.2.1
	if s.host.ServeHTTP(w, r); w.Code != 403 {
		t.Errorf("metrics for another machine: status %d, want 403", w.Code)
	}
	if status, _, _ := s.Ask(t, "GET", "/metrics", "", "X-Forwarded-For: 192.0.2.1"); status != 403 {
		t.Errorf("metrics for another machine, by a server on this one: status %d, want 403", status)
	}
}

// A file that is damaged is told with its name.
func TestDamaged(t *testing.T) {
	folder := t.TempDir()
	s := serve(t, Options{Folder: folder})
	code, _ := s.Open(t)
	if err := s.host.store.keep(code, map[string][]byte{"room": []byte("{")}, false); err != nil {
		t.Fatal(err)
	}
	s.end(t)
	if _, err := Open(Options{Folder: folder}); err == nil || !strings.Contains(err.Error(), "rooms.db") || !strings.Contains(err.Error(), code) {
		t.Errorf("a damaged room: %v", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "rooms.db"), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Folder: folder}); err == nil || !strings.Contains(err.Error(), "rooms.db") {
		t.Errorf("a damaged file: %v", err)
	}
}
