package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/coder/websocket"

	"abkd/sim"
)

// A Visitor attends to a run as a page does, from another program: what it says
// and hears are the messages of a front and of a session.
type Visitor struct {
	Graph   string // what people call the graph
	Watches bool   // it looks on: of what it says pulls alone are heard

	conn *websocket.Conn
}

// ErrOver is the error of Receive once the program whose run it is has ended.
var ErrOver = errors.New("lab: the training has ended")

// Visit attends to the run at an address, as its command has printed it.
func Visit(ctx context.Context, address string) (*Visitor, error) {
	to, key, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	about, err := ask(ctx, to)
	if err != nil {
		return nil, err
	}
	hurried, stop := context.WithTimeout(ctx, helloPatience)
	defer stop()
	conn, _, err := websocket.Dial(hurried, "ws://"+to.Host+"/lab", &websocket.DialOptions{
		HTTPClient: directly(), HTTPHeader: http.Header{"Origin": {"http://" + to.Host}},
	})
	if err != nil {
		return nil, fmt.Errorf("%s: it does not take another front (%w)", to.Host, cause(err))
	}
	conn.SetReadLimit(-1) // a snapshot is as large as its graph
	v := &Visitor{Graph: about.Graph, conn: conn}
	if err := v.greet(hurried, to, key); err != nil {
		v.Close()
		return nil, err
	}
	return v, nil
}

// greet says who the visitor is, and hears what it may.
func (v *Visitor) greet(ctx context.Context, to *url.URL, key string) error {
	b, err := json.Marshal(hello{Type: "hello", Token: key, Run: mainRun})
	if err != nil {
		return err
	}
	if err := v.conn.Write(ctx, websocket.MessageText, b); err != nil {
		return fmt.Errorf("%s: %w", to.Host, cause(err))
	}
	_, b, err = v.conn.Read(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", to.Host, cause(err))
	}
	s, err := decodeSaid(b)
	switch {
	case err != nil:
		return fmt.Errorf("%s: another program answers (%w)", to.Host, err)
	case s.Type == string(sim.ReadyMessage):
		v.Watches = s.Watching
		return nil
	}
	why, known := map[refusal]string{
		badToken: "the secret behind the # is not its own: want the whole address that \"abkd train --listen\" has printed",
		taken:    "another page or window steers it: close that, or watch it at the other address that it has printed",
		over:     "it has ended",
	}[refusal(s.Code)]
	if !known {
		why = "it is of another version"
	}
	return fmt.Errorf("%s: %s", to.Host, why)
}

// decodeSaid reads what a session says but for snapshots.
func decodeSaid(b []byte) (s said, err error) {
	head, _, _ := bytes.Cut(b, []byte{'\n'})
	err = json.Unmarshal(head, &s)
	return s, err
}

// Send says m: a pull or a command.
func (v *Visitor) Send(ctx context.Context, m sim.Message) error {
	b, err := json.Marshal(said{Type: string(m.Type), Text: m.Text, More: m.More})
	if err != nil {
		return err
	}
	return v.conn.Write(ctx, websocket.MessageText, b)
}

// Receive waits for a snapshot or an error of the session. Its own error is
// ErrOver, or says how the connection was lost.
func (v *Visitor) Receive(ctx context.Context) (sim.Message, error) {
	for {
		kind, b, err := v.conn.Read(ctx)
		if err != nil {
			return sim.Message{}, cause(err)
		}
		if kind == websocket.MessageBinary {
			return sim.Message{Type: sim.SnapshotMessage, Bytes: b}, nil
		}
		s, err := decodeSaid(b)
		switch {
		case err != nil:
			return sim.Message{}, err
		case s.Fatal:
			return sim.Message{}, ErrOver
		case s.Type == string(sim.ErrorMessage):
			return sim.Message{Type: sim.ErrorMessage, Code: sim.Code(s.Code), Text: s.Text}, nil
		}
	}
}

// Close ends the conversation; the run goes on.
func (v *Visitor) Close() { v.conn.CloseNow() }
