package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"abkd/site/room"
)

// memory keeps rooms and links for a test, and refuses nothing.
type memory struct {
	t     testing.TB
	rooms map[string]*room.Room
	links map[string]string
}

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func (m *memory) Call(_ context.Context, code string, request []byte) (room.Outcome, error) {
	if m.rooms[code] == nil {
		r, err := room.Load(nil)
		if err != nil {
			m.t.Fatal(err)
		}
		m.rooms[code] = r
	}
	return m.rooms[code].Call(noon, request), nil
}

func (m *memory) Connect(w http.ResponseWriter, _ *http.Request, _ string, who room.Who) {
	reply(w, 200, who)
}

func (m *memory) Get(_ context.Context, id string) (string, bool, error) {
	text, found := m.links[id]
	return text, found, nil
}

func (m *memory) Put(_ context.Context, id, text string, _ time.Duration) error {
	m.links[id] = text
	return nil
}

func (m *memory) Allow(context.Context, Kind, string) (bool, error) { return true, nil }
func (m *memory) Has(context.Context, Kind, string) (bool, error)   { return true, nil }

// serve returns the handler on a memory that has one room, with the tokens of its
// teacher and of a student.
func serve(t testing.TB) (h http.Handler, m *memory, teacher, student string) {
	m = &memory{t, map[string]*room.Room{}, map[string]string{"abcdefghijkl": "#seed=7"}}
	h = New(Options{Rooms: m, Links: m, Limiter: m, Address: func(*http.Request) string { return "" }, Tell: func(err error) { t.Error(err) }})
	teacher, student = strings.Repeat("T", 26), strings.Repeat("S", 26)
	for _, q := range []room.Request{{Do: room.DoOpen, Code: "ABC234", Token: teacher}, {Do: room.DoJoin, Token: student, Name: "Ada"}} {
		request, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		if o, _ := m.Call(t.Context(), "ABC234", request); o.Status != 201 {
			t.Fatalf("%+v: %+v", q, o)
		}
	}
	return h, m, teacher, student
}

// answered checks what every answer has, and returns its status.
func answered(t *testing.T, w *httptest.ResponseRecorder) int {
	header := w.Header()
	if header.Get("Content-Security-Policy") != "default-src 'none'; frame-ancestors 'none'" || header.Get("Access-Control-Allow-Origin") != "" || header.Get("Cache-Control") != "no-store" {
		t.Errorf("the header is %v", header)
	}
	if header.Get("Content-Type") == "application/json; charset=utf-8" && !json.Valid(w.Body.Bytes()) {
		t.Errorf("the answer is %q", w.Body)
	}
	return w.Code
}

// FuzzPost sends any body. What is not refused is as pages send it: it reads again
// as it was kept.
func FuzzPost(f *testing.F) {
	for _, body := range []string{`{}`, `{"name":"Ada"}`, `{"name":"李 小龙"}`, `{"link":"#data=karate&seed=7"}`, `{"name":"\u0000"}`, `{}{}`, `{"name":1}`, `[`, "{\"name\":\"\xff\"}", `{"link":"#` + strings.Repeat("x", mostLink) + `"}`, strings.Repeat(" ", mostBody) + `{}`} {
		f.Add(body, "application/json", "", int64(len(body)))
	}
	f.Add(`{}`, "application/json; charset=utf-8", "http://example.com", int64(-1))
	f.Add(`name=Ada`, "application/x-www-form-urlencoded", "https://evil.example", int64(8))
	f.Fuzz(func(t *testing.T, body, kind, origin string, length int64) {
		h, m, _, _ := serve(t)
		for path, allowed := range map[string][]int{
			"/api/rooms": {201, 400, 403, 413, 415}, "/api/rooms/ABC234/students": {201, 400, 403, 413, 415, 422}, "/api/links": {201, 400, 403, 413, 415, 422},
		} {
			r := httptest.NewRequest("POST", path, strings.NewReader(body))
			r.Header["Content-Type"], r.Header["Origin"], r.ContentLength = []string{kind}, []string{origin}, max(length, -1)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if status := answered(t, w); !slices.Contains(allowed, status) || status == 201 && (len(body) > mostBody || !json.Valid([]byte(body))) {
				t.Errorf("%s of %q: status %d %s", path, body, status, w.Body)
			}
		}
		for id, link := range m.links {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", "/api/links/"+id, nil))
			if status := answered(t, w); status != 302 || w.Header().Get("Location") != "/"+link || !strings.HasPrefix(link, "#") || strings.ContainsAny(link, " \r\n") {
				t.Errorf("the link %q leads with %d to %q", link, status, w.Header().Get("Location"))
			}
		}
	})
}

// FuzzGet asks for anything with any token. Nobody without one of the room's is
// told of it, and only the teacher has the results.
func FuzzGet(f *testing.F) {
	_, _, teacher, student := serve(f)
	for _, path := range []string{"about.json", "rooms/ABC234", "rooms/ABC234/results", "rooms/ABC234/socket", "rooms/O0I1L5", "links/abcdefghijkl", "links/../rooms", "", "%2e%2e/x"} {
		f.Add(path, "Bearer "+teacher, "")
		f.Add(path, "Bearer "+student, "")
		f.Add(path, "", "abkd-room, token."+student)
		f.Add(path, "Bearer ", "token.")
	}
	f.Fuzz(func(t *testing.T, path, authorization, protocols string) {
		r, err := http.NewRequest("GET", "http://example.com/api/"+path, nil)
		if err != nil {
			return // no address
		}
		h, _, teacher, student := serve(t)
		r.Header["Authorization"], r.Header["Sec-Websocket-Protocol"], r.Header["Upgrade"], r.Header["Origin"] = []string{authorization}, []string{protocols}, []string{"websocket"}, []string{"http://example.com"}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 300 && w.Code < 400 && w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%q: status %d without a policy", path, w.Code)
		}
		token := bearer(r)
		switch status := answered(t, w); {
		case status >= 500:
			t.Errorf("%q with %q, %q: status %d %s", path, authorization, protocols, status, w.Body)
		case status == 200 && strings.Contains(r.URL.Path, "rooms/") && token != teacher && token != student:
			t.Errorf("%q is told to %q: %s", path, token, w.Body)
		case status == 200 && strings.HasSuffix(r.URL.Path, "/results") && token != teacher:
			t.Errorf("%q has the results: %s", token, w.Body)
		}
	})
}

// FuzzClient takes any address. A network of IPv6 has one limit, an address of
// IPv4 its own, and what is none of both is limited as it is.
func FuzzClient(f *testing.F) {
	for _, address := range []string{"192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "", "x", "2001:db8::1%eth0"} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		client := Client(address)
		if Client(client) != client || (client == "") != (address == "") {
			t.Errorf("%q is limited as %q, and that as %q", address, client, Client(client))
		}
	})
}
