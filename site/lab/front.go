package lab

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// How long a page may take.
const (
	helloPatience = 10 * time.Second // to say who it is
	patience      = 30 * time.Second // to take a message, or to answer a ping
	aliveEvery    = 10 * time.Second // a page that hears nothing for three of these gives the lab up
)

// Limits of what waits for a page that is slow. It pulls a snapshot when it has
// had the one before, so two are one that is being written and the next.
const (
	mostLetters   = 256
	mostSnapshots = 2
)

// A front is a page at the other end of a socket.
type front struct {
	conn      *websocket.Conn
	ctx       context.Context // of the conversation
	end       context.CancelFunc
	outbox    chan letter
	snapshots atomic.Int32 // in the outbox or being written
	written   chan struct{}
	listening atomic.Bool // what the page says is read, pongs included
}

// newFront returns the front at conn, for a conversation that ctx ends.
func newFront(ctx context.Context, conn *websocket.Conn) *front {
	f := &front{conn: conn, outbox: make(chan letter, mostLetters), written: make(chan struct{})}
	f.ctx, f.end = context.WithCancel(ctx)
	conn.SetReadLimit(1 << 10) // before it has said who it is
	go f.write()
	return f
}

// receiveHello waits for the first message.
func (f *front) receiveHello() (hello, error) {
	ctx, stop := context.WithTimeout(f.ctx, helloPatience)
	defer stop()
	_, b, err := f.conn.Read(ctx)
	if err != nil {
		return hello{}, err
	}
	f.conn.SetReadLimit(mostMessage)
	return decodeHello(b)
}

// listen gives the session at l what the page says, until the page is gone or
// says what no page does.
func (f *front) listen(l *line) {
	f.listening.Store(true)
	for {
		_, b, err := f.conn.Read(f.ctx)
		if err != nil {
			return
		}
		m, err := decode(b)
		if err != nil {
			f.conn.Close(websocket.StatusUnsupportedData, "it is no message of a page")
			return
		}
		if !l.put(f, m) {
			f.conn.Close(websocket.StatusPolicyViolation, "more than the session takes")
			return
		}
	}
}

// send puts a letter into the outbox. A page that has not taken what is there
// is given up; who sends never waits for it.
func (f *front) send(m letter) {
	if m.snapshot && f.snapshots.Add(1) > mostSnapshots {
		f.end()
		return
	}
	select {
	case f.outbox <- m:
	default:
		f.end()
	}
}

// refuse sends the page away.
func (f *front) refuse(why refusal) {
	f.send(refusalFor(why))
	f.finish()
	select {
	case <-f.written:
	case <-f.ctx.Done():
	}
}

// finish closes the conversation when what is in the outbox has been sent.
func (f *front) finish() { f.send(letter{}) }

// write sends what is in the outbox.
func (f *front) write() {
	defer close(f.written)
	for {
		select {
		case m := <-f.outbox:
			if m.bytes == nil {
				f.conn.Close(websocket.StatusNormalClosure, "")
				f.end()
				return
			}
			if f.writeOne(m) != nil {
				f.end()
				return
			}
		case <-f.ctx.Done():
			return
		}
	}
}

func (f *front) writeOne(m letter) error {
	ctx, stop := context.WithTimeout(f.ctx, patience)
	defer stop()
	if !m.snapshot {
		return f.conn.Write(ctx, websocket.MessageText, m.bytes)
	}
	defer f.snapshots.Add(-1)
	return f.conn.Write(ctx, websocket.MessageBinary, m.bytes)
}

// keepAlive tells the page now and then that the lab is there, and gives up a
// page that does not answer.
func (f *front) keepAlive() {
	tick := time.NewTicker(aliveEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			f.send(newLetter(said{Type: "alive"}))
			if f.listening.Load() && !f.answers(patience) {
				f.end()
			}
		case <-f.ctx.Done():
			return
		}
	}
}

// answers reports whether the page is there, and says so in that time.
func (f *front) answers(within time.Duration) bool {
	ctx, stop := context.WithTimeout(f.ctx, within)
	defer stop()
	return f.conn.Ping(ctx) == nil
}

// close ends the conversation at once.
func (f *front) close() {
	f.end()
	f.conn.CloseNow()
}
