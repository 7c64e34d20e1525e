package host

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"abkd/site/api"
	"abkd/site/room"
)

// Why a socket is closed, as its page is told.
const (
	over       = websocket.StatusNormalClosure
	restarting = websocket.StatusServiceRestart
	refused    = websocket.StatusPolicyViolation
	full       = websocket.StatusTryAgainLater
)

// mostWaiting is how many letters wait for a page that is slow.
const mostWaiting = 256

// A socket is a page at the other end of a WebSocket.
type socket struct {
	conn     *websocket.Conn
	who      room.Who
	patience time.Duration
	ctx      context.Context
	end      context.CancelFunc
	outbox   chan json.RawMessage
	written  chan struct{} // nothing will be written any more

	finishing sync.Once
	code      websocket.StatusCode
}

// accept makes a WebSocket of a request whose origin has been checked, or answers
// why it cannot.
func accept(w http.ResponseWriter, r *http.Request, who room.Who, patience time.Duration) (*socket, error) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{api.Protocol}})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(room.MostMessage)
	s := &socket{conn: conn, who: who, patience: patience, outbox: make(chan json.RawMessage, mostWaiting), written: make(chan struct{})}
	s.ctx, s.end = context.WithCancel(context.Background())
	go s.write()
	go s.keepAlive()
	return s, nil
}

// read returns the next message.
func (s *socket) read() ([]byte, error) {
	kind, text, err := s.conn.Read(s.ctx)
	if err == nil && kind != websocket.MessageText {
		s.conn.Close(websocket.StatusUnsupportedData, "")
		return nil, errors.New("host: a message is not text")
	}
	return text, err
}

// send has a letter written. A page that takes nothing is given up; nobody waits
// for it.
func (s *socket) send(text json.RawMessage) {
	select {
	case s.outbox <- text:
	default:
		s.end()
	}
}

// sendIf sends a letter that is for who is at this socket.
func (s *socket) sendIf(l room.Letter) {
	if l.To == s.who || l.To.Number == 0 && l.To.Role == s.who.Role {
		s.send(l.Text)
	}
}

// finish closes the socket once what was sent has been written; 0 stands for a
// room that is over.
func (s *socket) finish(code websocket.StatusCode) {
	s.finishing.Do(func() {
		s.code = or(code, over)
		s.send(nil)
	})
}

// write writes what is sent.
func (s *socket) write() {
	defer close(s.written)
	defer s.end()
	for {
		select {
		case text := <-s.outbox:
			if text == nil {
				s.conn.Close(s.code, "")
				return
			}
			ctx, stop := context.WithTimeout(s.ctx, s.patience)
			err := s.conn.Write(ctx, websocket.MessageText, text)
			stop()
			if err != nil {
				return
			}
		case <-s.ctx.Done():
			return
		}
	}
}

// keepAlive gives up a page that answers no ping: a connection of which only one
// end knows that it is gone.
func (s *socket) keepAlive() {
	tick := time.NewTicker(s.patience)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			ctx, stop := context.WithTimeout(s.ctx, s.patience)
			err := s.conn.Ping(ctx)
			stop()
			if err != nil {
				s.end()
				return
			}
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *socket) close() {
	s.end()
	s.conn.CloseNow()
}
