// Package api answers what pages ask of a server with classrooms, over whatever
// keeps the rooms: one handler for a process with a disk and for the edge of a
// network.
//
//	GET  /api/about.json               whether there are rooms; a host of files alone has a file there
//	POST /api/rooms                    opens a room, with the key of teachers if there is one: its code, and the teacher's token
//	POST /api/rooms/{code}/students    joins: the student's token
//	GET  /api/rooms/{code}             who has the token
//	GET  /api/rooms/{code}/results     the teacher's results, as CSV
//	GET  /api/rooms/{code}/socket      a WebSocket on which package room is spoken
//	POST /api/links                    a short code for a link
//	GET  /api/links/{id}               goes to the page that the link shows
//
// A token, or the key, is sent as "Authorization: Bearer", and on a WebSocket as a subprotocol,
// so that it is in no address. Bodies are JSON, refusals {"error": "why"}. Pages
// of other origins are refused and told nothing.
package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"abkd/site/room"
	"abkd/site/strict"
)

// Limits of what is asked.
const (
	mostBody  = 16 << 10
	mostLink  = 8 << 10
	linkLasts = 90 * 24 * time.Hour
	codeTries = 8 // of codes, until one is free
)

// Protocol is the subprotocol on which rooms are spoken. Pages offer it beside
// one that is TokenPrefix and their token.
const (
	Protocol    = "abkd-room"
	TokenPrefix = "token."
)

// Rooms keep rooms by their codes.
type Rooms interface {
	// Call has a room do what Room.Call does.
	Call(ctx context.Context, code string, request []byte) (room.Outcome, error)
	// Connect makes a WebSocket of somebody who has been identified, or refuses.
	Connect(w http.ResponseWriter, r *http.Request, code string, who room.Who)
}

// Links keep texts by short names for a time.
type Links interface {
	Get(ctx context.Context, id string) (text string, found bool, err error)
	Put(ctx context.Context, id, text string, lasts time.Duration) error
}

// A Kind is what is limited.
type Kind string

// Kinds of what an address may do so often. Once there are too many codes of no room,
// or too many wrong keys, no more are tried: of each on its own, as a teacher has the
// address of the students.
const (
	Open      Kind = "open"
	Join      Kind = "join"
	WrongCode Kind = "code" // of codes
	WrongKey  Kind = "key"  // of the key of teachers
	Link      Kind = "link"
	Ask       Kind = "ask"
)

// A Limiter says how often addresses may do something. What it cannot tell is
// refused: false and an error are the same to who asks.
type Limiter interface {
	Allow(ctx context.Context, kind Kind, address string) (bool, error) // once more
	Has(ctx context.Context, kind Kind, address string) (bool, error)   // something left, of which nothing is taken
}

// Options are what an API stands on.
type Options struct {
	Rooms   Rooms
	Links   Links
	Limiter Limiter
	Key     string                       // that teachers have to open rooms, "" if anybody may
	Address func(*http.Request) string   // of the client, to be limited by
	Others  func(*http.Request) []string // addresses of the server for other machines, of a client on this one; nil for none
	Tell    func(error)                  // what went wrong here
}

// Client returns what a client with that IP address is limited by: of IPv6 the
// network, all of which one client has.
func Client(address string) string {
	if ip := net.ParseIP(address); ip != nil && ip.To4() == nil {
		return ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return address
}

type server struct {
	Options
	turns [64]sync.Mutex // of addresses that guess
}

// New returns the handler of all that is below /api/.
func New(o Options) http.Handler {
	s := &server{Options: o}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/about.json", s.about)
	mux.HandleFunc("POST /api/rooms", s.keyed(s.limited(Open, s.open)))
	mux.HandleFunc("POST /api/rooms/{code}/students", s.limited(Join, s.join))
	mux.HandleFunc("GET /api/rooms/{code}", s.limited(Ask, s.who))
	mux.HandleFunc("GET /api/rooms/{code}/results", s.limited(Ask, s.results))
	mux.HandleFunc("GET /api/rooms/{code}/socket", s.limited(Ask, s.socket))
	mux.HandleFunc("POST /api/links", s.limited(Link, s.putLink))
	mux.HandleFunc("GET /api/links/{id}", s.limited(Ask, s.getLink))
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) { fail(w, 404, "there is nothing of that name") })
	return s.guard(mux)
}

// guard gives every answer its headers, and refuses what no page of this server
// asks.
func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				s.Tell(fmt.Errorf("api: %s: %v", r.Pattern, p))
				fail(w, 500, "the server made a mistake")
			}
		}()
		for name, value := range map[string]string{
			"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
			"Cross-Origin-Resource-Policy": "same-origin",
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
			"Cache-Control":                "no-store",
		} {
			w.Header().Set(name, value)
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
			w.Header().Set("Allow", "GET, HEAD, POST")
			fail(w, 405, "only GET, HEAD and POST")
			return
		}
		if status, why := misplaced(r); status != 0 {
			fail(w, status, why)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// misplaced returns why a request is not one of a page of this server, 0 if it is.
func misplaced(r *http.Request) (int, string) {
	origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
	from, err := url.Parse(origin)
	isOther := err != nil || origin != "" && !strings.EqualFold(from.Host, r.Host)
	if isOther || r.Method == http.MethodPost && (site == "cross-site" || site == "same-site") {
		return 403, "only the page of this server may ask that"
	}
	if r.Method != http.MethodPost {
		return 0, ""
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return 415, "the content is not application/json"
	}
	if r.ContentLength > mostBody {
		return 413, fmt.Sprintf("the content has more than %d bytes", mostBody)
	}
	return 0, ""
}

// limited answers with next what the client may still ask.
func (s *server) limited(kind Kind, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.allows(r, kind, s.Limiter.Allow) {
			next(w, r)
			return
		}
		tooOften(w)
	}
}

// allows reports what the limiter says; what it cannot say is no.
func (s *server) allows(r *http.Request, kind Kind, ask func(context.Context, Kind, string) (bool, error)) bool {
	yes, err := ask(r.Context(), kind, s.Address(r))
	if err != nil {
		s.Tell(fmt.Errorf("api: limit of %s: %w", kind, err))
	}
	return yes && err == nil
}

// turn waits until no other client with that address tries a code or a key: of many that
// are tried at the same time none is let through by what the others have not taken
// yet. It returns what lets the next one try.
func (s *server) turn(r *http.Request) func() {
	turn := &s.turns[maphash.String(seed, s.Address(r))%uint64(len(s.turns))]
	turn.Lock()
	return turn.Unlock
}

var seed = maphash.MakeSeed()

func tooOften(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "10")
	fail(w, 429, "that was asked too often: wait a little")
}

// NoPlace answers that a room has no place for another page.
func NoPlace(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "10")
	fail(w, 503, "the room has no place for another page")
}

func fail(w http.ResponseWriter, status int, why string) {
	reply(w, status, map[string]string{"error": why})
}

// reply sends a value that JSON can hold.
func reply(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b) // a client that is gone misses it
}

// read reads the body, one object, into v, or answers why it cannot.
func read(w http.ResponseWriter, r *http.Request, v any) bool {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if err == nil {
		err = strict.Object(body, v)
	}
	_, large := errors.AsType[*http.MaxBytesError](err)
	switch {
	case large:
		fail(w, 413, fmt.Sprintf("the content has more than %d bytes", mostBody))
	case errors.Is(err, os.ErrDeadlineExceeded):
		fail(w, 408, "the content did not come in time")
	case err != nil:
		fail(w, 400, "the content cannot be read: "+err.Error())
	}
	return err == nil
}

// about tells pages that there are rooms, whether it takes a key to open one, and
// where students reach a server that their teacher sits at.
func (s *server) about(w http.ResponseWriter, r *http.Request) {
	about := struct {
		Rooms  bool     `json:"rooms"`
		Key    bool     `json:"key"`
		Others []string `json:"others,omitempty"`
	}{Rooms: true, Key: s.Key != ""}
	if s.Others != nil {
		about.Others = s.Others(r)
	}
	reply(w, 200, about)
}

var id = regexp.MustCompile(`^[A-Za-z0-9_-]{12}$`)

// putLink keeps a link under a name that is made of it: the same link has the
// same.
func (s *server) putLink(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Link string `json:"link"`
	}
	if !read(w, r, &in) {
		return
	}
	if err := room.CheckFragment(in.Link, mostLink); err != nil {
		fail(w, 422, err.Error())
		return
	}
	sum := sha256.Sum256([]byte(in.Link))
	short := base64.RawURLEncoding.EncodeToString(sum[:9])
	if err := s.Links.Put(r.Context(), short, in.Link, linkLasts); err != nil {
		s.broken(w, err)
		return
	}
	reply(w, 201, map[string]string{"id": short})
}

// getLink goes to the page with the fragment that was kept. That is all that a
// link has: it leads to no other server.
func (s *server) getLink(w http.ResponseWriter, r *http.Request) {
	link, found, err := "", false, error(nil)
	if id.MatchString(r.PathValue("id")) {
		link, found, err = s.Links.Get(r.Context(), r.PathValue("id"))
	}
	switch {
	case err != nil:
		s.broken(w, err)
	case !found:
		fail(w, 404, "there is no such link, or it is older than 90 days")
	default:
		w.Header().Set("Location", "/"+link)
		w.WriteHeader(http.StatusFound)
	}
}

// broken answers that what is kept cannot be reached.
func (s *server) broken(w http.ResponseWriter, err error) {
	s.Tell(fmt.Errorf("api: %w", err))
	fail(w, 503, "the server cannot reach what it keeps: try again")
}

// newToken returns 130 random bits.
func newToken() string { return rand.Text() }

// newCode returns the code of a room, all as likely.
func newCode() string {
	var code strings.Builder
	for code.Len() < 6 {
		var b [1]byte
		rand.Read(b[:]) // never fails
		if n := len(room.Alphabet); int(b[0]) < 256/n*n {
			code.WriteByte(room.Alphabet[int(b[0])%n])
		}
	}
	return code.String()
}
