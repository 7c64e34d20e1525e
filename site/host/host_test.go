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

// Whoever guessed codes may try again later, and who guessed keys may join.
func TestGuessing(t *testing.T) {
	clock := &clock{now: time.Now()}
	s := serve(t, Options{Now: clock.time, Key: "key-of-teachers"})
	code := classtest.Guessing(t, s.Server)
	clock.add(time.Minute)
	s.GuessKeys(t)
	s.Join(t, code, "after")
}

// Nor does it help to guess at the same time.
func TestGuessers(t *testing.T) {
	classtest.Guessers(t, serve(t, Options{}).Server, allowed[api.WrongCode].burst)
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

// A room of which nothing can be made is set aside for a day, and named without what
// it has; the others go on. A program that can read it has it again.
func TestBadRecord(t *testing.T) {
	folder := t.TempDir()
	clock := &clock{now: time.Now()}
	open := func() *served { return serve(t, Options{Folder: folder, Now: clock.time}) }
	s := open()
	good, token := s.Open(t)
	bad, other := s.Open(t)
	s.Join(t, bad, "Ada Lovelace")
	kept, err := s.host.store.records(bad)
	if err != nil {
		t.Fatal(err)
	}
	put := func(records map[string][]byte) {
		if err := s.host.store.keep(bad, records, false); err != nil {
			t.Fatal(err)
		}
		s.end(t)
		s = open()
	}
	is := func(code, token string, want int) {
		t.Helper()
		if status, _, _ := s.Ask(t, "GET", "/api/rooms/"+code, "", "Authorization: Bearer "+token); status != want {
			t.Errorf("status %d, want %d", status, want)
		}
	}
	for _, record := range []string{`{"name":"Ada Lovelace","grade":1}`, `{"name":"Ada Lov`, `null`, ``} {
		put(map[string][]byte{"student/0001": []byte(record)})
		is(good, token, 200)
		is(bad, other, 401)
		if said := s.log.String(); strings.Contains(said, "Ada") || strings.Contains(said, bad) || !strings.Contains(said, hashOf(bad)) || !strings.Contains(said, "record=student/0001") {
			t.Errorf("the log has %q", said)
		}
	}
	put(kept)
	is(bad, other, 200)
	put(map[string][]byte{"room": []byte("{")})
	clock.add(20 * time.Hour)
	put(map[string][]byte{"room": []byte("[")}) // is aside already
	clock.add(5 * time.Hour)
	s.host.expire()
	if rooms, err := s.host.store.rooms(); err != nil || len(rooms) != 0 {
		t.Errorf("a day later the file has %v (%v), want nothing", rooms, err)
	}
}

// What was deleted is nowhere in the file: after a student is removed, a room closed
// or over, and at the next start if the process was killed before that.
func TestErased(t *testing.T) {
	folder := t.TempDir()
	clock := &clock{now: time.Now()}
	s := serve(t, Options{Folder: folder, Now: clock.time})
	has := func(text string) bool {
		b, err := os.ReadFile(filepath.Join(folder, "rooms.db"))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(b, []byte(text))
	}
	class := func(name string) (code string, teacher *classtest.Socket) {
		code, token := s.Open(t)
		teacher = s.Dial(t, code, token)
		teacher.Type("board")
		student := s.Dial(t, code, s.Join(t, code, name))
		for i := range 3 {
			student.Say("%s", classtest.Entry(i, i))
			student.Type("kept")
		}
		if s.host.save(); !has(name) {
			t.Errorf("the file has not the name %s", name)
		}
		return code, teacher
	}
	stays, teacher := class("Grace Hopper")
	teacher.Say(`{"type":"remove","number":1}`)
	teacher.Type("removed")
	s.host.erase()
	_, teacher = class("Ada Lovelace")
	teacher.Say(`{"type":"close"}`)
	teacher.Type("closed")
	s.host.erase()
	for _, name := range []string{"Grace Hopper", "Ada Lovelace"} {
		if has(name) {
			t.Errorf("the file still has the name %s", name)
		}
	}
	killed, _ := class("Alan Turing")
	clock.add(25 * time.Hour)
	if err := s.host.store.drop(killed); err != nil { // and the process ends
		t.Fatal(err)
	}
	s.host.store.deleted.Store(false)
	s.end(t)
	if !has("Alan Turing") {
		t.Error("nothing is left behind to be erased")
	}
	s = serve(t, Options{Folder: folder, Now: clock.time})
	s.host.expire()
	s.host.erase()
	if has("Alan Turing") || has(killed) || has(stays) {
		t.Error("the next process leaves behind what one left that was killed")
	}
	class("Emmy Noether")
}

// A file that is damaged is told with its name, and left as it is.
func TestDamaged(t *testing.T) {
	folder := t.TempDir()
	s := serve(t, Options{Folder: folder})
	for range 20 {
		s.Join(t, first(s.Open(t)), "Ada")
	}
	s.end(t)
	path := filepath.Join(folder, "rooms.db")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(at int, b ...byte) []byte {
		c := bytes.Clone(whole)
		copy(c[at:], b)
		return c
	}
	page := os.Getpagesize()
	files := map[string][]byte{
		"no bytes": {}, "zeros": make([]byte, len(whole)), "a byte": {1}, "text": []byte(strings.Repeat("no database ", 5000)),
		"an older version": changed(20, 1, 0, 0, 0), "no meta": append(make([]byte, 2*page), whole[2*page:]...),
	}
	copy(files["an older version"][page+20:], []byte{1, 0, 0, 0})
	for _, n := range []int{100, page, 2 * page, 4 * page, len(whole) / 2, len(whole) - 4*page} {
		files[fmt.Sprint("the first ", n)] = whole[:n]
	}
	for at := 2 * page; at < len(whole); at += page { // some are free, and anything may be in them
		files[fmt.Sprint("zeros at ", at)] = changed(at, make([]byte, page)...)
		files[fmt.Sprint("noise at ", at)] = changed(at, bytes.Repeat([]byte{0xa5, 2, 0xff}, page/3)...)
	}
	told := 0
	for what, b := range files {
		folder := t.TempDir()
		path := filepath.Join(folder, "rooms.db")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		h, err := Open(Options{Folder: folder, Page: http.NotFoundHandler(), Log: slog.New(slog.DiscardHandler)})
		if err == nil {
			h.Close()
			if !strings.Contains(what, " at ") {
				t.Errorf("%s: it is opened", what)
			}
			continue
		}
		told++
		if after, errRead := os.ReadFile(path); errRead != nil || !bytes.Equal(after, b) {
			t.Errorf("%s: the file is not what it was (%v)", what, errRead)
		}
		if said := err.Error(); !strings.HasPrefix(said, path) || !strings.Contains(said, "it was left as it is") || strings.Contains(said, "\n") {
			t.Errorf("%s: %s", what, said)
		}
	}
	t.Logf("%d of %d files are damaged", told, len(files))
}

func first[A, B any](a A, _ B) A { return a }
