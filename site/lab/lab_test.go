package lab

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/synth"
	"abkd/sim"
	"abkd/sim/data"
	"abkd/sim/setup"
	"abkd/sim/wire"
	"abkd/site/static"
)

const secret, onlooker = "SECRET", "ONLOOKER"

// A place is a lab that is served.
type place struct {
	*Lab
	url string
}

// serve serves a lab of a graph of 20 papers.
func serve(t *testing.T, change func(*Options)) *place {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("<head><title>page</title></head>"), 0o666); err != nil {
		t.Fatal(err)
	}
	files, err := static.Open(dir, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	o := Options{Name: "mine", Data: setup.PackData, Pack: graph.Pack{Graph: synth.MAG(synth.Config{Papers: 40, Features: 3, Seed: 1})}, Cores: 3, Keys: Keys{secret, onlooker}, Page: Page{files, dir}}
	if change != nil {
		change(&o)
	}
	l, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(static.Protect(l, "127.0.0.1", ""))
	t.Cleanup(func() {
		l.Close()
		s.Close()
	})
	return &place{l, s.URL}
}

// A page is a client as the page is one.
type page struct {
	t    *testing.T
	conn *websocket.Conn
}

// dial opens a socket as a page of that origin does, "" for the lab's own.
func (p *place) dial(t *testing.T, origin, host string) (*page, error) {
	t.Helper()
	if origin == "" {
		origin = p.url
	}
	o := &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}, Host: host}
	if origin == "none" {
		o.HTTPHeader = nil
	}
	conn, _, err := websocket.Dial(t.Context(), p.url+"/lab", o)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(64 << 20)
	t.Cleanup(func() { conn.CloseNow() })
	return &page{t, conn}, nil
}

// visit opens a socket and says hello.
func (p *place) visit(t *testing.T, h hello) *page {
	t.Helper()
	c, err := p.dial(t, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if h.Type = "hello"; h.Token == "" {
		h.Token = secret
	}
	if h.Run == "" {
		h.Run = mainRun
	}
	if h.Arithmetic == "" {
		h.Arithmetic = automatic
	}
	b, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	c.say(string(b))
	return c
}

func (c *page) say(text string) {
	c.t.Helper()
	if err := c.conn.Write(c.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *page) command(text string) {
	c.t.Helper()
	b, _ := json.Marshal(said{Type: "command", Text: text})
	c.say(string(b))
}

// hear returns the next message that is not a sign of life: a snapshot, or
// another one.
func (c *page) hear() (s *wire.Snapshot, m said) {
	c.t.Helper()
	for {
		kind, b, err := c.conn.Read(c.t.Context())
		if err != nil {
			c.t.Fatal(err)
		}
		if kind == websocket.MessageBinary {
			if s, err = wire.DecodeSnapshot(b); err != nil {
				c.t.Fatal(err)
			}
			return s, said{Type: "snapshot"}
		}
		if m = (said{}); json.Unmarshal(b, &m) != nil {
			c.t.Fatalf("the lab says %q, which is no JSON", b)
		}
		if m.Type != "alive" {
			return nil, m
		}
	}
}

// expect returns the next message, which must be of that type.
func (c *page) expect(kind string) (*wire.Snapshot, said) {
	c.t.Helper()
	s, m := c.hear()
	if m.Type != kind {
		c.t.Fatalf("the lab says %+v, want %s", m, kind)
	}
	return s, m
}

// pullUntil pulls snapshots until one holds what is wanted.
func (c *page) pullUntil(wanted func(*wire.Snapshot) bool) *wire.Snapshot {
	c.t.Helper()
	for {
		c.say(`{"type":"pull"}`)
		if s, _ := c.expect("snapshot"); wanted(s) {
			return s
		}
	}
}

// refused expects to be sent away for that reason.
func (c *page) refused(why refusal) {
	c.t.Helper()
	if _, m := c.expect("error"); m.Code != string(why) || !m.Fatal {
		c.t.Errorf("the lab says %+v, want a refusal: %s", m, why)
	}
	c.gone(websocket.StatusNormalClosure)
}

// gone expects the socket to be closed with a status, -1 for any.
func (c *page) gone(status websocket.StatusCode) {
	c.t.Helper()
	for {
		_, _, err := c.conn.Read(c.t.Context())
		if err == nil {
			continue // what was on its way
		}
		if got := websocket.CloseStatus(err); status >= 0 && got != status {
			c.t.Errorf("the socket was closed with %v (%v), want %v", got, err, status)
		}
		return
	}
}

func finished(s *wire.Snapshot) bool { return s.Phase == wire.Finished }

const short = "begin data=pack&teach=untrained&teacher-hidden=4&hidden=3&epochs=8&seed=3"

// TestTrains trains in the lab, and compares with a session of the test's own.
func TestTrains(t *testing.T) {
	p := serve(t, nil)
	c := p.visit(t, hello{Arithmetic: exact, Anew: true})
	if _, m := c.expect("ready"); m.Backend != "go" || m.Joined || m.Arithmetic != exact {
		t.Errorf("ready says %+v, want a new run in portable loops", m)
	}
	c.command("speed 0")
	c.command(short)
	got := c.pullUntil(finished)
	own := sim.NewSession()
	own.SetBackend("go")
	own.SetGraph(p.options.Pack)
	if err := own.Command(short); err != nil {
		t.Fatal(err)
	}
	own.Command("speed 0")
	for own.Tick(0) != sim.Idle {
	}
	var want wire.Snapshot
	own.Snapshot(&want)
	if got.Hash != want.Hash || got.Epoch != 8 {
		t.Errorf("after %d epochs the hash is %x, want %x after 8", got.Epoch, got.Hash, want.Hash)
	}
	c.command("rewind 2")
	back := c.pullUntil(func(s *wire.Snapshot) bool { return s.Epoch == 2 })
	own.Command("rewind 2")
	own.Snapshot(&want)
	if back.Hash != want.Hash {
		t.Errorf("back at epoch 2 the hash is %x, want %x", back.Hash, want.Hash)
	}
	c.command("nonsense")
	if _, m := c.expect("error"); m.Code != string(sim.CommandRefused) || m.Fatal {
		t.Errorf("a command that is none is answered %+v", m)
	}
}

// TestReconnect closes the page while the run goes on, and finds it with another.
func TestReconnect(t *testing.T) {
	p := serve(t, nil)
	c := p.visit(t, hello{})
	if _, m := c.expect("ready"); !m.Joined {
		t.Error("the first page is to begin, want it to find the lab's own run")
	}
	c.command("speed 0")
	c.command(strings.Replace(short, "epochs=8", "epochs=300", 1))
	c.command("show predictions")
	c.pullUntil(func(s *wire.Snapshot) bool { return s.Epoch > 2 })
	c.say(`{"type":"pull","more":true}`) // nobody will take it
	c.conn.CloseNow()

	next := p.visit(t, hello{})
	if _, m := next.expect("ready"); !m.Joined || m.Backend != mat.Fastest() {
		t.Errorf("ready says %+v, want the run that was there", m)
	}
	next.command("speed 0")
	s := next.pullUntil(finished)
	if !strings.Contains(s.Experiment, "epochs=300") || len(s.Lanes) == 0 || len(s.Lanes[0].History) != 300 {
		t.Errorf("the run found is %s with %d epochs, want that of before with all of its history", s.Experiment, s.Epoch)
	}
	if len(s.Predictions.Label) == 0 {
		t.Error("what the first page wanted to see is no longer shown")
	}
}

// TestOnePage refuses a second page, until the first is gone or does not answer.
func TestOnePage(t *testing.T) {
	p := serve(t, nil)
	first := p.visit(t, hello{})
	first.expect("ready")
	reading, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { // a page that listens answers pings
		defer close(done)
		for {
			if _, _, err := first.conn.Read(reading); err != nil {
				return
			}
		}
	}()
	p.visit(t, hello{}).refused(taken)
	p.visit(t, hello{Anew: true}).refused(taken)
	stop()
	<-done // it is closed with that
	second := p.visit(t, hello{})
	second.expect("ready") // and reads no more: its end is open by half
	third := p.visit(t, hello{})
	third.expect("ready")
	third.command("speed 0")
	third.pullUntil(func(s *wire.Snapshot) bool { return s.Epoch > 0 })
	second.gone(-1)
}

// TestStrangers is what others than the page try.
func TestStrangers(t *testing.T) {
	p := serve(t, nil)
	for _, origin := range []string{"http://example.org", "none", "null", strings.Replace(p.url, "127.0.0.1", "localhost", 1), p.url + "0"} {
		if c, err := p.dial(t, origin, ""); err == nil {
			c.conn.CloseNow()
			t.Errorf("origin=%s: it is let in", origin)
		}
	}
	if c, err := p.dial(t, "http://rebound.example", "rebound.example"); err == nil {
		c.conn.CloseNow()
		t.Error("a host of another name is let in")
	}
	p.visit(t, hello{Token: "GUESSED"}).refused(badToken)
	p.visit(t, hello{Run: "others"}).refused(badHello)
	p.visit(t, hello{Arithmetic: "abacus", Anew: true}).refused(badHello)
	c, err := p.dial(t, "", "")
	if err != nil {
		t.Fatal(err)
	}
	c.say(`{"type":"command","text":"begin data=karate"}`)
	c.refused(badHello)
	c, _ = p.dial(t, "", "")
	c.say(`{"type":"hello","token":"` + strings.Repeat("x", 1<<10) + `"}`)
	c.gone(websocket.StatusMessageTooBig)
	p.visit(t, hello{}).expect("ready") // it is none the worse for it
}

// TestFlood sends more than a session takes.
func TestFlood(t *testing.T) {
	p := serve(t, nil)
	for name, flood := range map[string]struct {
		status websocket.StatusCode
		send   func(c *page) error
	}{
		"one message": {websocket.StatusMessageTooBig, func(c *page) error {
			return c.conn.Write(t.Context(), websocket.MessageBinary, append([]byte("{\"type\":\"teacher\"}\n"), make([]byte, mostMessage)...))
		}},
		"a head": {websocket.StatusUnsupportedData, func(c *page) error {
			return c.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"command","text":"`+strings.Repeat("x", mostHead)+`"}`))
		}},
		"no message": {websocket.StatusUnsupportedData, func(c *page) error {
			return c.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"graph"}`))
		}},
		"a field": {websocket.StatusUnsupportedData, func(c *page) error {
			return c.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"pull","token":"x"}`))
		}},
		"snapshots that nobody reads": {-1, func(c *page) error {
			for { // until the lab gives up, however long its snapshots take to fill the line
				if err := c.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"pull"}`)); err != nil {
					return nil
				}
				c.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"command","text":"step"}`))
			}
		}},
	} {
		c := p.visit(t, hello{})
		c.expect("ready")
		if err := flood.send(c); err != nil && flood.status < 0 {
			t.Errorf("flood=%s: %v", name, err)
		}
		if n := p.main.line.waiting(); n > mostWaiting {
			t.Errorf("flood=%s: %d bytes wait for the session", name, n)
		}
		c.gone(flood.status)
	}
	p.visit(t, hello{}).expect("ready")
}

// waiting returns how many bytes wait for the session.
func (l *line) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.size
}

// TestStudies gives each page sessions of its own, as many as there are places.
func TestStudies(t *testing.T) {
	p := serve(t, nil) // of three cores: two
	var pages []*page
	for seed := range 2 {
		c := p.visit(t, hello{Run: studyRun})
		if _, m := c.expect("ready"); m.Joined {
			t.Error("a study joins a run, want one of its own")
		}
		c.command("speed 0")
		c.command(strings.Replace(short, "seed=3", "seed="+string(rune('1'+seed)), 1))
		pages = append(pages, c)
	}
	p.visit(t, hello{Run: studyRun}).refused(noPlace)
	a, b := pages[0].pullUntil(finished), pages[1].pullUntil(finished)
	if a.Hash == b.Hash || a.Seed != 1 || b.Seed != 2 {
		t.Errorf("the runs are of seeds %d and %d with the hashes %x and %x", a.Seed, b.Seed, a.Hash, b.Hash)
	}
	pages[0].conn.CloseNow()
	for { // the place is free soon
		c := p.visit(t, hello{Run: studyRun})
		if _, m := c.hear(); m.Type == "ready" {
			break
		}
	}
}

// TestPage checks what the document says, and that nothing else is another one.
func TestPage(t *testing.T) {
	p := serve(t, func(o *Options) { o.Name = `<"mine">` })
	for path, want := range map[string]string{"/": `<meta name="abkd-lab" content="{`, "/index.html": "&#34;places&#34;:2", "/none": "404"} {
		r, err := http.Get(p.url + path)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := r.Write(&b); err != nil {
			t.Fatal(err)
		}
		if text := b.String(); !strings.Contains(text, want) || strings.Contains(text, secret) || strings.Contains(text, `<"mine`) {
			t.Errorf("%s is %q, want %q in it and neither the secret nor a tag", path, text, want)
		}
		if csp := r.Header.Get("Content-Security-Policy"); strings.HasPrefix(path, "/i") && !strings.Contains(csp, "connect-src 'self' ws://127.0.0.1:") {
			t.Errorf("the policy is %q, want it to allow the socket", csp)
		}
	}
}

// TestMemory divides what there is, and refuses what does not fit.
func TestMemory(t *testing.T) {
	g := synth.MAG(synth.Config{Papers: 200, Features: 16, Seed: 1})
	o := Options{Data: setup.PackData, Pack: graph.Pack{Graph: g}, Cores: 8}
	begin, err := data.Opening(o.Data, o.Split, o.Pack.Graph, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := begin.Plan().SessionFootprint(g, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	one := f.Total() - f.Graph
	for memory, studies := range map[int64]int{0: 7, 1 << 40: 7, f.Total(): 0, f.Total() + 2*one + one/2: 2} {
		o.Memory = memory
		s, err := divide(o, begin, nil)
		if err != nil || s.studies != studies {
			t.Errorf("memory=%d: %d studies (%v), want %d", memory, s.studies, err, studies)
		}
		if all := s.main + int64(s.studies)*(s.study-f.Graph); memory > 0 && (all > memory || s.main < f.Total()) {
			t.Errorf("memory=%d: all may take %d, the main run %d", memory, all, s.main)
		}
	}
	o.Memory = 1 << 20
	if _, err := New(o); err == nil || !strings.Contains(err.Error(), "has at most 1 MiB (weights") {
		t.Errorf("a run that does not fit is refused by %v, want the parts of the estimate", err)
	}
}

// TestClose ends everything, and waits for it.
func TestClose(t *testing.T) {
	p := serve(t, nil)
	c := p.visit(t, hello{})
	c.expect("ready")
	study := p.visit(t, hello{Run: studyRun})
	study.expect("ready")
	p.Close()
	c.gone(-1)
	study.gone(-1)
}

// TestWatch has pages that look on beside the one that steers: each sees all, the
// last one of a run that stands still too, and none is heard.
func TestWatch(t *testing.T) {
	p := serve(t, nil)
	first := p.visit(t, hello{})
	first.expect("ready")
	first.command("speed 0")
	first.command(short)
	end := first.pullUntil(finished)
	var watchers []*page
	for range 2 {
		w := p.visit(t, hello{Token: onlooker})
		if _, m := w.expect("ready"); !m.Joined || !m.Watching {
			t.Errorf("ready says %+v, want a run to look at", m)
		}
		w.command("rewind 2")
		w.command("begin data=karate")
		if s := w.pullUntil(finished); s.Hash != end.Hash || len(s.Lanes[0].History) != 8 {
			t.Errorf("the hash is %x after %d epochs, want %x", s.Hash, len(s.Lanes[0].History), end.Hash)
		}
		watchers = append(watchers, w)
	}
	first.command("rewind 3")
	back := func(s *wire.Snapshot) bool { return s.Epoch == 3 }
	for _, c := range append(watchers, first) {
		c.pullUntil(back)
	}
	p.visit(t, hello{Token: onlooker, Run: studyRun}).refused(badToken)
	first.conn.CloseNow()
	next := p.visit(t, hello{})
	next.expect("ready")
	next.command("play")
	watchers[1].pullUntil(finished)
}
