// Package lab lets a page steer and watch sessions that train natively, in the
// process that serves it, each over a WebSocket.
//
//	page  -- hello, then what a front sends ------>  line  -->  session
//	      <-- ready, what a session sends, alive --        <--
//
// The main run is the lab's, not a page's: it goes on when its page is closed,
// and the next page finds it as it is. One page steers it at a time, and others
// may look on. Studies are sessions beside it, which end with their pages. An
// Audience does the same for a run that is another program's.
package lab

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"abkd/assets/packs"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/sim"
	"abkd/sim/data"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// Options say what a lab trains and who may ask for it.
type Options struct {
	Name   string     // what people call the graph
	Data   string     // what experiments call it: one that is built in, or setup.PackData
	Split  string     // of a graph that is not built in, "" for its first
	Pack   graph.Pack // the graph and, if there is one, the weights of a teacher for it
	Memory int64      // bytes that all runs together may take, 0 for any number
	Cores  int        // that they may use
	Keys   Keys       // what pages must know
	Page   Page

	Studies http.Handler // answers below /studies who may steer, and reads for who may watch; nil for none

	State []byte         // of the run to go on with, nil to begin one
	Keep  func(*sim.Run) // hears of each epoch of the main run, see sim.Session.SetKeeper; may be nil
}

// A Lab serves the page, and the sessions that it steers.
type Lab struct {
	options Options
	begin   setup.Experiment
	shares  shares
	studies chan struct{} // a place for each that runs
	ctx     context.Context
	end     context.CancelFunc
	ended   sync.WaitGroup // all sessions

	joining sync.Mutex // one page after the other is given the main run
	main    *run
}

// New returns a lab whose main run has been prepared, and begins when the first
// page has come.
func New(o Options) (*Lab, error) {
	teacher, err := data.TeacherOf(o.Pack)
	if err != nil {
		return nil, err
	}
	begin, err := data.Opening(o.Data, o.Split, o.Pack.Graph, teacher)
	if err != nil {
		return nil, err
	}
	l := &Lab{options: o, begin: begin}
	l.ctx, l.end = context.WithCancel(context.Background())
	if l.shares, err = divide(o, begin, teacher); err != nil {
		return nil, err
	}
	l.studies = make(chan struct{}, l.shares.studies)
	if l.main, err = l.newMain(automatic); err != nil {
		return nil, err
	}
	if o.State != nil {
		return l, l.main.session.Resume(o.State)
	}
	return l, l.main.session.Do(wire.Begin{Experiment: l.begin.String()})
}

// newMain returns a main run, of which is kept what its epochs come to.
func (l *Lab) newMain(arithmetic string) (*run, error) {
	r, err := l.newRun(arithmetic, l.shares.main)
	if err == nil {
		r.session.SetKeeper(l.options.Keep)
	}
	return r, err
}

// Close ends all sessions, and returns when the last step of each is done.
func (l *Lab) Close() {
	l.end()
	l.joining.Lock()
	defer l.joining.Unlock()
	l.main.line.hangUp("")
	l.ended.Wait()
}

// What a session computes with, as pages call it.
const (
	automatic = "auto"    // the fastest
	exact     = "simd128" // the bits of the portable loops, as have those of plain Go
	plain     = "none"
)

// A run is a session, and how a front reaches it.
type run struct {
	session    *sim.Session
	line       *line
	arithmetic string
	backend    string        // that it computes with
	started    bool          // to be served
	done       chan struct{} // it is over
}

// newRun returns a session that has no experiment yet, of which none may take
// more memory than that.
func (l *Lab) newRun(arithmetic string, memory int64) (*run, error) {
	r := &run{session: sim.NewSession(), line: newLine(), arithmetic: arithmetic, done: make(chan struct{})}
	switch arithmetic {
	case automatic:
		r.backend = mat.Fastest()
	case exact, plain:
		r.backend = mat.Backends()[0]
	default:
		return nil, fmt.Errorf("lab: arithmetic is %.20q, want %s, %s or %s", arithmetic, automatic, exact, plain)
	}
	r.session.SetBackend(r.backend)
	r.session.SetMemory(memory)
	r.session.SetGraph(l.options.Pack)
	return r, r.session.SetShipped(setup.DebianMini, packs.DebianMini)
}

// serve lets the session of r be steered until its line ends.
func (l *Lab) serve(r *run) {
	r.started = true
	l.ended.Go(func() {
		defer close(r.done)
		sim.Serve(r.session, r.line) // an error is a bug of the session, of which the front has been told
		r.session.Keep()
		r.line.hangUp("")
	})
}

// isOver reports whether r has ended.
func (r *run) isOver() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// ServeHTTP implements http.Handler. It expects that the host of the request has
// been checked.
func (l *Lab) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/lab":
		l.serveSocket(w, r)
	case "/studies":
		l.serveStudies(w, r)
	default:
		if strings.HasPrefix(r.URL.Path, "/studies/") {
			l.serveStudies(w, r)
			return
		}
		l.options.Page.serve(w, r, about{l.options.Name, l.begin.String(), l.shares.studies, l.options.Studies != nil})
	}
}

// serveSocket answers a page that wants a session.
func (l *Lab) serveSocket(w http.ResponseWriter, r *http.Request) {
	v, ok := receive(l.ctx, w, r, l.options.Keys)
	if !ok {
		return
	}
	defer v.close()
	switch {
	case v.hello.Run == studyRun && v.steers:
		l.serveStudy(v.front, v.hello)
	case v.hello.Run == studyRun:
		v.refuse(badToken)
	case v.steers:
		l.serveMain(v.front, v.hello)
	default:
		l.watchMain(v.front)
	}
}

// serveStudies lets a page at the studies that says a key: with the one to steer
// it does what it wants, with the one to watch it looks on.
func (l *Lab) serveStudies(w http.ResponseWriter, r *http.Request) {
	key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	keys := l.options.Keys
	switch {
	case l.options.Studies == nil:
		http.Error(w, "this lab has no folder of studies", http.StatusNotFound)
	case fits(keys.Steer, key), fits(keys.Watch, key) && r.Method == http.MethodGet:
		l.options.Studies.ServeHTTP(w, r)
	default:
		http.Error(w, "only a page that knows the secret of the lab may do that", http.StatusForbidden)
	}
}

// serveStudy gives f a session of its own.
func (l *Lab) serveStudy(f *front, h hello) {
	select {
	case l.studies <- struct{}{}:
	default:
		f.refuse(noPlace)
		return
	}
	r, err := l.newRun(h.Arithmetic, l.shares.study)
	if err != nil {
		<-l.studies
		f.refuse(badHello)
		return
	}
	if !l.begins(r, f) {
		<-l.studies
		f.refuse(badHello)
		return
	}
	f.listen(r.line)
	r.line.hangUp("")
}

// begins lets f steer the session of r, unless the lab is closed.
func (l *Lab) begins(r *run, f *front) bool {
	l.joining.Lock()
	defer l.joining.Unlock()
	if l.ctx.Err() != nil {
		return false
	}
	f.send(readyFor(r, said{}))
	r.line.join(f, true)
	l.serve(r)
	l.ended.Go(func() { // the place is free when the memory is
		<-r.done
		<-l.studies
	})
	return true
}

// serveMain gives f the main run, if no other page has it.
func (l *Lab) serveMain(f *front, h hello) {
	r, why := l.join(f, h)
	if why != "" {
		f.refuse(why)
		return
	}
	f.listen(r.line)
	r.line.leave(f)
}

// watchMain lets f look at the main run.
func (l *Lab) watchMain(f *front) {
	l.joining.Lock()
	r := l.main
	f.send(readyFor(r, said{Joined: true, Watching: true}))
	r.line.join(f, false)
	l.joining.Unlock()
	f.listen(r.line)
	r.line.leave(f)
}

// join gives f the main run, or says why not. A page that asks for it begins
// anew, as does one that finds a run that has ended.
func (l *Lab) join(f *front, h hello) (*run, refusal) {
	l.joining.Lock()
	defer l.joining.Unlock()
	if l.ctx.Err() != nil {
		return nil, badHello
	}
	if !l.main.line.isFree() {
		return nil, taken
	}
	joined := !h.Anew && !l.main.isOver()
	if !joined {
		next, err := l.newMain(h.Arithmetic)
		if err != nil {
			return nil, badHello
		}
		l.main.line.hangUp("")
		if l.main.started {
			<-l.main.done // its memory is free then
		}
		l.main = next
	}
	f.send(readyFor(l.main, said{Joined: joined}))
	l.main.line.join(f, true)
	if !l.main.started {
		l.serve(l.main)
	}
	return l.main, ""
}
