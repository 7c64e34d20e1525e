package lab

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"abkd/gnn/mat"
	"abkd/sim"
)

// An Audience lets pages look at a run that another program trains, and one of
// them steer it, see sim.Attend.
type Audience struct {
	about   about
	keys    Keys
	page    Page // without files a lab serves it, see Attached
	backend string
	line    *line
	ctx     context.Context
	end     context.CancelFunc
	joining sync.Mutex // one page after the other is given the pen
}

// NewAudience returns an audience of r, whose graph people call by that name.
func NewAudience(r *sim.Run, graph string, keys Keys, page Page) *Audience {
	experiment := sim.SaidToFronts(r)
	a := &Audience{about: about{graph, experiment.String(), 0, false}, keys: keys, page: page, backend: r.Backend(), line: newLine()}
	a.ctx, a.end = context.WithCancel(context.Background())
	return a
}

// Port is where the run is attended.
func (a *Audience) Port() sim.Port { return a.line }

// IsThere reports whether any page is.
func (a *Audience) IsThere() bool { return len(a.line.all()) > 0 }

// Leave ends the attendance: the program stops, or the run is over.
func (a *Audience) Leave() { a.line.hangUp(over) }

// Close ends all conversations, once the pages have been told why or take too
// long to hear it.
func (a *Audience) Close() {
	a.Leave()
	late := time.After(2 * time.Second)
	for _, f := range a.line.all() {
		select {
		case <-f.written:
		case <-f.ctx.Done():
		case <-late:
		}
	}
	a.end()
}

// aboutPath is where an audience says what it is of.
const aboutPath = "/about"

// ServeHTTP implements http.Handler. It expects that the host of the request has
// been checked.
func (a *Audience) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/lab":
		a.serveSocket(w, r)
	case r.URL.Path == aboutPath:
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(a.about)
	case a.page.Files != nil:
		a.page.serve(w, r, a.about)
	default:
		http.Error(w, "404 the page is not served here", http.StatusNotFound)
	}
}

func (a *Audience) serveSocket(w http.ResponseWriter, r *http.Request) {
	v, ok := receive(a.ctx, w, r, a.keys)
	if !ok {
		return
	}
	defer v.close()
	if why := a.join(v); why != "" {
		v.refuse(why)
		return
	}
	v.listen(a.line)
	a.line.leave(v.front)
}

// join lets the page look on or, if nobody else does, steer, or says why not.
func (a *Audience) join(v visit) refusal {
	a.joining.Lock()
	defer a.joining.Unlock()
	switch {
	case v.hello.Run != mainRun:
		return noPlace
	case v.steers && !a.line.isFree():
		return taken
	}
	v.send(ready(a.backend, arithmeticOf(a.backend), said{Joined: true, Watching: !v.steers, Attended: true}))
	a.line.join(v.front, v.steers)
	return ""
}

// arithmeticOf is what pages call the kernels of that name.
func arithmeticOf(backend string) string {
	if backend == mat.Backends()[0] {
		return plain
	}
	return automatic
}
