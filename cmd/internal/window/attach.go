package window

import (
	"context"
	"errors"
	"strings"

	"abkd/cmd/internal/keep"
	"abkd/cmd/internal/native"
	"abkd/sim"
	"abkd/sim/lesson"
	"abkd/sim/wire"
	"abkd/site/lab"
)

// An attendance is of the run of a command, in place of the window's own.
type attendance struct {
	remote *native.Remote
	before keep.State // what the window had of its own
	isOver bool
}

// A remoteFront is the window to the run of a command, as long as it is shown.
type remoteFront struct{ w *Window }

// Show implements native.Front.
func (f *remoteFront) Show(s *wire.Snapshot) { f.w.show(f, s) }

// Refuse implements native.Front.
func (f *remoteFront) Refuse(code sim.Code, text string) { f.w.refuse(code, text) }

// isAddress reports whether a name is the address of a run, and not a graph's.
func isAddress(name string) bool {
	return strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://")
}

// attach shows the run of a command that listens at an address, as it has printed it.
func (w *Window) attach(address string) {
	host, _, _ := strings.Cut(address, "#") // what follows is a secret
	w.opening, w.read, w.notice, w.stale = host, [2]int64{}, "", true
	f := &remoteFront{w}
	go func() {
		r, err := native.Attach(address, f, func(why error) { w.afterwards(func() { w.endAttendance(f, why) }) })
		w.afterwards(func() {
			if w.opening, w.stale = "", true; err != nil {
				w.tell(w.speech.say("desktop.refused", "name", host, "reason", err.Error()))
				return
			}
			w.attend(f, r)
		})
	}()
}

// attend shows the run, and keeps what the window has of its own for later.
func (w *Window) attend(f *remoteFront, r *native.Remote) {
	w.attended = &attendance{remote: r, before: w.state}
	w.from(f)
	w.began(&native.Graph{Title: r.Title})
	w.command(wire.Show{What: w.scene().Shows})
}

// from chooses whose snapshots are shown: nil stands for the window's own run.
func (w *Window) from(f *remoteFront) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.source, w.arrived = native.Front(f), nil; f == nil {
		w.source = w.front
	}
}

// show takes a snapshot, unless another run is shown by now.
func (w *Window) show(from native.Front, s *wire.Snapshot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch from {
	case w.source:
		w.arrived = s
	case w.beside.front:
		w.arrivedBeside = s
	}
}

// endAttendance says why the run of the command is not seen any more. What it came
// to stays on the screen.
func (w *Window) endAttendance(f *remoteFront, why error) {
	w.mu.Lock()
	isShown := w.source == native.Front(f)
	w.mu.Unlock()
	if !isShown {
		return
	}
	w.attended.isOver = true
	if errors.Is(why, lab.ErrOver) || errors.Is(why, context.Canceled) {
		w.tell(w.speech.say("desktop.attach.over"))
		return
	}
	w.tell(w.speech.say("desktop.attach.lost", "reason", why.Error()))
}

// leaveAttended goes back to what the window has of its own; the run goes on.
func (w *Window) leaveAttended() {
	if a := w.attended; a != nil {
		w.from(nil)
		a.remote.Close()
		looks, recent := w.state.Looks, w.state.Recent
		w.attended, w.state = nil, a.before
		w.state.Looks, w.state.Recent = looks, recent
	}
}

// command asks the run that is shown for what c says.
func (w *Window) command(c wire.Command) {
	a := w.attended
	if a == nil {
		w.trainer.Command(c)
		w.mirror(c)
		return
	}
	_, isScene := c.(wire.Show)
	switch {
	case a.isOver:
		w.tell(w.speech.say("desktop.attach.over"))
	case !a.remote.Watches:
		a.remote.Command(c)
	case !isScene:
		w.tell(w.speech.say("desktop.attach.watches"))
	}
}

// pull asks the run that is shown for a snapshot.
func (w *Window) pull() {
	if w.attended != nil {
		w.attended.remote.Pull()
		return
	}
	w.trainer.Pull()
}

// move has the run go where a step of the story wants it. That of a command goes its
// own way.
func (w *Window) move(step *lesson.Step) {
	if w.attended != nil {
		return
	}
	switch step.Move {
	case "start":
		w.command(wire.Rewind{})
	case "play":
		w.command(wire.Play{})
	case "pause":
		w.command(wire.Pause{})
	}
}

// own is what the window has of its own, with the looks that it has now.
func (w *Window) own() keep.State {
	if w.attended == nil {
		return w.state
	}
	s := w.attended.before
	s.Looks, s.Recent = w.state.Looks, w.state.Recent
	return s
}
