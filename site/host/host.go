// Package host keeps classrooms in one process: their rules are those of package
// room, what is asked of them comes by package api, and what has to last lies in
// one file.
//
//	page  --HTTP-->  api  --Call-->   room  --records-->  file
//	      --WebSocket-- socket --Hear-->    --letters-->  sockets
//
// A record that somebody would miss is on the disk before anybody is told of it.
// Heartbeats, which pages say again, are there a second later. What is deleted is
// written over in the file, a second later too.
package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"abkd/site/api"
	"abkd/site/room"
)

// Options say where rooms are kept and how much there may be.
type Options struct {
	Folder  string          // of the file
	Page    http.Handler    // all that is not asked of rooms
	Sockets int             // of a room at a time, 0 for room.MostSockets
	Rooms   int             // at a time, 0 for 1000
	Key     string          // that teachers have to open rooms, "" if anybody may
	Others  func() []string // addresses by which other machines reach this one, nil for none
	Log     *slog.Logger
	Now     func() time.Time // nil for time.Now

	patience time.Duration // with a socket that takes or answers nothing, 0 for 20 seconds
}

// A Host is rooms and the handler by which they are reached.
type Host struct {
	options Options
	store   *store
	metrics *metrics
	limits  *limits
	mux     *http.ServeMux
	stop    chan struct{}
	stopped sync.WaitGroup

	closing sync.Once
	closed  error

	mu     sync.Mutex
	actors map[string]*actor // by code
}

// saveEvery is how long a heartbeat is at most in memory alone.
const saveEvery = time.Second

// Open opens the rooms in a folder, which is made if it is not there. One process
// has it at a time.
func Open(o Options) (*Host, error) {
	o.Sockets, o.Rooms, o.patience = or(o.Sockets, room.MostSockets), or(o.Rooms, 1000), or(o.patience, 20*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	s, err := openStore(o.Folder)
	if err != nil {
		return nil, err
	}
	h := &Host{options: o, store: s, limits: newLimits(o.Now), actors: map[string]*actor{}, stop: make(chan struct{})}
	if err := h.load(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	h.metrics = newMetrics(h)
	h.mux = http.NewServeMux()
	h.mux.Handle("/api/", h.metrics.count(api.New(api.Options{Rooms: h, Links: links{h}, Limiter: h.limits, Key: o.Key, Address: address, Others: h.others, Tell: h.tell})))
	h.mux.HandleFunc("GET /healthz", h.healthz)
	h.mux.HandleFunc("GET /metrics", h.metrics.serve)
	h.mux.Handle("/", o.Page)
	h.stopped.Go(h.tend)
	return h, nil
}

func or[T comparable](v, otherwise T) T {
	if v == *new(T) {
		return otherwise
	}
	return v
}

// load makes the rooms that are kept. One of which none can be made is set aside:
// another version of the program may be able to, until its time is over.
func (h *Host) load() error {
	kept, err := h.store.rooms()
	if err != nil {
		return err
	}
	var aside []string
	until := h.options.Now().Add(room.Lasts)
	for code, records := range kept {
		r, err := room.Load(records)
		if err == nil {
			h.actors[code] = newActor(h, code, r)
			continue
		}
		aside = append(aside, code)
		why, _ := errors.AsType[*room.RecordError](err)
		h.options.Log.Error("a room cannot be read and is set aside: the file keeps it for a day, the others go on", "file", h.store.path, "code_sha256", hashOf(code), "record", why.Key)
	}
	return h.store.setAside(aside, until)
}

// hashOf is what the log calls a room.
func hashOf(code string) string {
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:4])
}

// ServeHTTP implements http.Handler. It expects that the host of the request has
// been checked. A body that does not come ends the connection.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(h.options.patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		h.tell(err)
	}
	h.mux.ServeHTTP(w, r)
}

// address returns what a client is limited by.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return api.Client(host)
}

// others returns the addresses for other machines to who is on this one.
func (h *Host) others(r *http.Request) []string {
	if h.options.Others == nil || !isHere(r) {
		return nil
	}
	return h.options.Others()
}

func (h *Host) tell(err error) { h.options.Log.Error(err.Error()) }

// healthz says whether what is kept can be reached.
func (h *Host) healthz(w http.ResponseWriter, _ *http.Request) {
	if err := h.store.check(); err != nil {
		h.tell(err)
		http.Error(w, "what is kept cannot be reached", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// Call implements api.Rooms.
func (h *Host) Call(_ context.Context, code string, request []byte) (room.Outcome, error) {
	if a := h.actor(code); a != nil {
		return a.do(nil, func(r *room.Room, now time.Time) room.Outcome { return r.Call(now, request) })
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if a := h.actors[code]; a != nil { // opened meanwhile: it is as if it had been there
		return room.Outcome{Status: 409, Answer: json.RawMessage(`{"error":"the code is taken"}`)}, nil
	}
	r, err := room.Load(nil)
	if err != nil {
		return room.Outcome{}, err
	}
	a := newActor(h, code, r)
	o, err := a.do(nil, func(r *room.Room, now time.Time) room.Outcome {
		if len(h.actors) >= h.options.Rooms {
			return room.Outcome{Status: 503, Answer: json.RawMessage(`{"error":"the server has no place for another room"}`)}
		}
		return r.Call(now, request)
	})
	if err == nil && o.Status == 201 {
		h.actors[code] = a
		h.options.Log.Info("a room is opened", "rooms", len(h.actors))
	}
	return o, err
}

// actor returns the room of that code, nil if there is none.
func (h *Host) actor(code string) *actor {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.actors[code]
}

// all returns the rooms that there are.
func (h *Host) all() []*actor {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]*actor, 0, len(h.actors))
	for _, a := range h.actors {
		list = append(list, a)
	}
	return list
}

// forget gives up a room that is over.
func (h *Host) forget(a *actor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.actors[a.code] == a {
		delete(h.actors, a.code)
		h.options.Log.Info("a room is over", "rooms", len(h.actors))
	}
}

// tend writes what may be written later, and ends what is over.
func (h *Host) tend() {
	save, expire := time.NewTicker(saveEvery), time.NewTicker(time.Minute)
	defer save.Stop()
	defer expire.Stop()
	h.expire() // what was over while there was no server
	for {
		select {
		case <-save.C:
			h.save()
			h.erase()
		case <-expire.C:
			h.expire()
		case <-h.stop:
			h.save()
			h.erase()
			return
		}
	}
}

func (h *Host) save() {
	for _, a := range h.all() {
		if err := a.save(); err != nil {
			h.tell(err)
		}
	}
}

// erase takes what was deleted out of the file.
func (h *Host) erase() {
	if err := h.store.erase(); err != nil {
		h.tell(fmt.Errorf("host: %s: what was deleted is not erased yet: %w", h.store.path, err))
	}
}

// expire ends the rooms whose time it is, and forgets links.
func (h *Host) expire() {
	request, err := json.Marshal(room.Request{Do: room.DoExpire})
	if err != nil {
		panic(err)
	}
	for _, a := range h.all() {
		if _, err := a.do(nil, func(r *room.Room, now time.Time) room.Outcome { return r.Call(now, request) }); err != nil {
			h.tell(err)
		}
	}
	now := h.options.Now()
	if err := errors.Join(h.store.dropLinks(now), h.store.dropAside(now)); err != nil {
		h.tell(err)
	}
}

// Close tells all pages to come again, and closes the file.
func (h *Host) Close() error {
	h.closing.Do(func() {
		var told sync.WaitGroup
		for _, a := range h.all() {
			told.Go(a.dismiss)
		}
		told.Wait()
		close(h.stop)
		h.stopped.Wait()
		h.closed = h.store.close()
	})
	return h.closed
}

// links implement api.Links.
type links struct{ h *Host }

func (l links) Get(_ context.Context, id string) (string, bool, error) {
	return l.h.store.link(id, l.h.options.Now())
}

func (l links) Put(_ context.Context, id, text string, lasts time.Duration) error {
	return l.h.store.putLink(id, text, l.h.options.Now().Add(lasts))
}
