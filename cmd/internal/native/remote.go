package native

import (
	"context"
	"errors"
	"fmt"

	"abkd/sim"
	"abkd/sim/wire"
	"abkd/site/lab"
)

// A Remote is the run of a command that listens, see lab.Visit. A front steers it
// as it does a Trainer, but for what only the same process can ask for.
type Remote struct {
	Title   string // of its graph, for people
	Watches bool   // commands are not heard

	visitor *lab.Visitor
	ctx     context.Context
	end     context.CancelFunc
	outbox  chan sim.Message
	done    chan struct{}
}

// mostSaid is how many messages may wait for a connection that is slow.
const mostSaid = 256

// Attach attends to the run at an address for a front, until Close or until over
// hears why the run can no longer be seen. The front is called as that of New is.
func Attach(address string, front Front, over func(why error)) (*Remote, error) {
	r := &Remote{outbox: make(chan sim.Message, mostSaid), done: make(chan struct{})}
	r.ctx, r.end = context.WithCancel(context.Background())
	var err error
	if r.visitor, err = lab.Visit(r.ctx, address); err != nil {
		r.end()
		return nil, err
	}
	r.Title, r.Watches = r.visitor.Graph, r.visitor.Watches
	go r.say()
	go func() {
		defer close(r.done)
		if err := r.hear(front); r.ctx.Err() == nil {
			over(err)
		}
	}()
	return r, nil
}

// say sends what is in the outbox.
func (r *Remote) say() {
	for {
		select {
		case m := <-r.outbox:
			if r.visitor.Send(r.ctx, m) != nil {
				return // hear knows more
			}
		case <-r.ctx.Done():
			return
		}
	}
}

// hear gives the front what the run says.
func (r *Remote) hear(front Front) error {
	for {
		m, err := r.visitor.Receive(r.ctx)
		switch {
		case errors.Is(err, lab.ErrOver):
			return err
		case err != nil:
			return fmt.Errorf("the connection was lost: %w", err)
		case m.Type == sim.ErrorMessage:
			front.Refuse(m.Code, m.Text)
			continue
		}
		s, err := wire.DecodeSnapshot(m.Bytes)
		if err != nil {
			return err
		}
		front.Show(s)
	}
}

// put leaves a message to be sent; what is said to nobody is lost.
func (r *Remote) put(m sim.Message) {
	select {
	case r.outbox <- m:
	case <-r.ctx.Done():
	case <-r.done:
	}
}

// Command asks for what c says.
func (r *Remote) Command(c wire.Command) {
	r.put(sim.Message{Type: sim.CommandMessage, Text: wire.String(c)})
}

// Pull asks for a snapshot, as soon as there is something new.
func (r *Remote) Pull() { r.put(sim.Message{Type: sim.PullMessage}) }

// Close leaves the run, which goes on.
func (r *Remote) Close() {
	r.end()
	r.visitor.Close()
	<-r.done
}
