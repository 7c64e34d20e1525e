package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"abkd/site/api"
	"abkd/site/room"
)

// An actor is a room and who is connected to it. What is done to it is done one
// after the other.
type actor struct {
	host *Host
	code string

	mu      sync.Mutex
	room    *room.Room
	sockets []*socket         // from the oldest
	later   map[string][]byte // records that are yet to be kept
	over    bool              // the room is
	leaving bool              // the process ends: the room goes on in the next
}

var errLeaving = errors.New("host: the server is being restarted")

// socketsEach is how many sockets somebody has at a time: one, and those of pages
// that were closed and whose end is not known yet. Of more the oldest is closed.
const socketsEach = 4

func newActor(h *Host, code string, r *room.Room) *actor {
	return &actor{host: h, code: code, room: r, later: map[string][]byte{}}
}

// do does something to the room, keeps what it came to, answers from, if that is
// not nil, and passes letters on. If it cannot be kept it has not been done.
func (a *actor) do(from *socket, f func(*room.Room, time.Time) room.Outcome) (room.Outcome, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.leaving {
		return room.Outcome{}, errLeaving
	}
	if a.over {
		return room.Outcome{Status: 404, Answer: json.RawMessage(`{"error":"there is no such room"}`), Drop: true}, nil
	}
	opening := a.room.Expires().IsZero()
	o := f(a.room, a.host.options.Now())
	if err := a.keep(o, opening); err != nil {
		return o, a.restore(err)
	}
	if from != nil {
		from.send(o.Answer)
	}
	for _, letter := range o.Letters {
		for _, s := range a.sockets {
			if s != from || !o.Over {
				s.sendIf(letter)
			}
		}
	}
	if o.Removed != nil {
		a.turnOut(*o.Removed)
	}
	if o.Over {
		a.end()
	}
	return o, nil
}

// keep keeps what an outcome has to be kept of.
func (a *actor) keep(o room.Outcome, opening bool) error {
	if o.Over {
		return a.host.store.drop(a.code)
	}
	maps.Copy(a.later, textsOf(o))
	if o.Soon || len(o.Put) == 0 {
		return nil
	}
	if err := a.write(opening); err != nil {
		return err
	}
	if o.Removed != nil {
		a.host.store.deleted.Store(true) // the name
	}
	return nil
}

// write keeps the records that are yet to be kept.
func (a *actor) write(opening bool) error {
	begun := time.Now()
	if err := a.host.store.keep(a.code, a.later, opening); err != nil {
		return fmt.Errorf("host: a room cannot be kept: %w", err)
	}
	if a.host.metrics != nil && len(a.later) > 0 {
		a.host.metrics.kept.Observe(time.Since(begun).Seconds())
	}
	clear(a.later)
	return nil
}

func (a *actor) save() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over || a.leaving {
		return nil
	}
	return a.write(false)
}

// restore makes the room again of what is kept, since what was done could not be.
func (a *actor) restore(err error) error {
	clear(a.later)
	records, errRead := a.host.store.records(a.code)
	if errRead != nil {
		return fmt.Errorf("%w; %w", err, errRead)
	}
	r, errLoad := room.Load(records)
	if errLoad != nil {
		return fmt.Errorf("%w; %w", err, errLoad)
	}
	a.room = r
	return err
}

// turnOut closes the sockets of somebody.
func (a *actor) turnOut(who room.Who) {
	for _, s := range slices.Clone(a.sockets) {
		if s.who == who {
			s.finish(refused)
			a.remove(s)
		}
	}
}

// end closes a room that is over.
func (a *actor) end() {
	a.over = true
	for _, s := range a.sockets {
		s.finish(0)
	}
	a.sockets = nil
	go a.host.forget(a) // who has the host's lock may be waiting for this room's
}

// dismiss tells all pages to come again.
func (a *actor) dismiss() {
	a.mu.Lock()
	leaving := a.sockets
	a.sockets, a.leaving = nil, true
	err := a.write(false)
	a.mu.Unlock()
	if err != nil {
		a.host.tell(err)
	}
	for _, s := range leaving {
		s.send(json.RawMessage(`{"type":"restart"}`))
		s.finish(restarting)
	}
	for _, s := range leaving {
		<-s.written
	}
}

// Connect implements api.Rooms.
func (h *Host) Connect(w http.ResponseWriter, r *http.Request, code string, who room.Who) {
	a := h.actor(code)
	if a == nil || !a.hasPlace() {
		api.NoPlace(w)
		return
	}
	s, err := accept(w, r, who, h.options.patience)
	if err != nil {
		return // it has answered
	}
	defer s.close()
	if !a.seat(s) {
		s.finish(full)
		<-s.written
		return
	}
	defer a.leave(s)
	for {
		text, err := s.read()
		if err != nil {
			return
		}
		o, err := a.do(s, func(r *room.Room, now time.Time) room.Outcome { return r.Hear(now, who, text) })
		h.metrics.heard(o, err)
		if err != nil {
			h.tell(err)
			s.finish(restarting) // the page comes again
			<-s.written
			return
		}
		if o.Drop {
			s.finish(refused)
			<-s.written
			return
		}
	}
}

func (a *actor) hasPlace() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.over && !a.leaving && len(a.sockets) < a.host.options.Sockets
}

// seat lets a socket take part. It reports false if there is no place, or no room
// any more.
func (a *actor) seat(s *socket) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over || a.leaving || len(a.sockets) >= a.host.options.Sockets {
		return false
	}
	var own []*socket
	for _, other := range a.sockets {
		if other.who == s.who {
			own = append(own, other)
		}
	}
	if len(own) >= socketsEach {
		own[0].finish(refused)
		a.remove(own[0])
	}
	a.sockets = append(a.sockets, s)
	s.send(a.room.Greet(a.host.options.Now(), s.who))
	return true
}

func (a *actor) leave(s *socket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.remove(s)
}

func (a *actor) remove(s *socket) {
	for i, other := range a.sockets {
		if other == s {
			a.sockets = append(a.sockets[:i:i], a.sockets[i+1:]...)
			return
		}
	}
}
