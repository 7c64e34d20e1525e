package api

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"abkd/site/room"
)

// blind cannot tell how often anybody did anything.
type blind struct{}

func (blind) Allow(context.Context, Kind, string) (bool, error) { return true, errors.New("blind") }
func (blind) Has(context.Context, Kind, string) (bool, error)   { return true, errors.New("blind") }

// What a limiter cannot tell is refused, whatever is asked.
func TestLimitsFailClosed(t *testing.T) {
	m, told := &memory{t, map[string]*room.Room{}, map[string]string{"abcdefghijkl": "#x"}}, 0
	h := New(Options{Rooms: m, Links: m, Limiter: blind{}, Address: func(*http.Request) string { return "" }, Tell: func(error) { told++ }})
	for _, c := range []struct{ method, path string }{
		{"POST", "/api/rooms"}, {"POST", "/api/rooms/ABC234/students"}, {"GET", "/api/rooms/ABC234"}, {"GET", "/api/rooms/ABC234/results"},
		{"GET", "/api/rooms/ABC234/socket"}, {"POST", "/api/links"}, {"GET", "/api/links/abcdefghijkl"},
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(c.method, c.path, strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		if h.ServeHTTP(w, r); answered(t, w) != 429 || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s %s: status %d, want 429 and when to come again", c.method, c.path, w.Code)
		}
	}
	if told != 7 || len(m.rooms) != 0 {
		t.Errorf("%d refusals were told and the rooms are %v, want 7 and none", told, m.rooms)
	}
}

// crowded has a room under the first codes that are tried.
type crowded struct {
	*memory
	taken int
	codes []string
}

func (c *crowded) Call(ctx context.Context, code string, request []byte) (room.Outcome, error) {
	if c.codes = append(c.codes, code); len(c.codes) <= c.taken {
		return room.Outcome{Status: 409, Answer: []byte(`{"error":"the code is taken"}`)}, nil
	}
	return c.memory.Call(ctx, code, request)
}

// A code that is taken is nobody else's: others are tried, and not for ever.
func TestTakenCodes(t *testing.T) {
	for taken, want := range map[int]int{0: 201, 3: 201, codeTries: 503} {
		c := &crowded{memory: &memory{t, map[string]*room.Room{}, nil}, taken: taken}
		h := New(Options{Rooms: c, Limiter: c, Address: func(*http.Request) string { return "" }, Tell: func(err error) { t.Error(err) }})
		w, r := httptest.NewRecorder(), httptest.NewRequest("POST", "/api/rooms", strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		h.ServeHTTP(w, r)
		seen := map[string]bool{}
		for _, code := range c.codes {
			if !room.IsCode(code) || seen[code] {
				t.Errorf("the codes are %v", c.codes)
			}
			seen[code] = true
		}
		if answered(t, w) != want || len(c.codes) != min(taken+1, codeTries) {
			t.Errorf("with %d codes taken: status %d after %d, want %d", taken, w.Code, len(c.codes), want)
		}
	}
}
