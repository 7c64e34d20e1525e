//go:build js

// Command trainer is the program of the page's dedicated worker: it trains
// while the page and the stage stay free to draw. What they say to each other
// is that of sim.Serve.
package main

import (
	"time"

	"abkd/sim"
	"abkd/wasm/port"
)

func main() {
	sim.Serve(sim.NewSession(), newPage()) // it ends by a bug alone, of which the page has heard
}

// A page is the sim.Port of the page that started this worker.
type page struct {
	port    *port.Port
	yielder *port.Yielder
	ring    func(wait time.Duration) // rings at the port after that time; as a field it would bring the formats of dates with it, 60 kB
}

func newPage() *page {
	p := &page{port: port.Self(), yielder: port.NewYielder()}
	timer := time.AfterFunc(0, p.port.Ring)
	p.ring = func(wait time.Duration) { timer.Reset(wait) }
	return p
}

// Receive implements sim.Port. A graph that is too large is refused here,
// before its bytes are copied.
func (p *page) Receive(wait time.Duration) (sim.Message, bool, error) {
	m, ok := p.next(wait)
	for ok && m.Type() == string(sim.GraphMessage) {
		err := sim.CheckPackSize(m.Text("name"), m.Size("bytes"))
		if err == nil {
			break
		}
		p.Send(sim.Message{Type: sim.ErrorMessage, Code: sim.GraphRefused, Text: err.Error()})
		m, ok = p.next(wait)
	}
	if !ok {
		return sim.Message{}, false, nil
	}
	text := "text"
	if m.Type() == string(sim.GraphMessage) || m.Type() == string(sim.ShippedMessage) {
		text = "name"
	}
	return sim.Message{Type: sim.MessageType(m.Type()), Text: m.Text(text), More: m.Bool("more"), Bytes: m.Bytes(nil, "bytes")}, true, nil
}

// next takes the oldest message, or waits for one. A timer of a wait before may
// ring late: then this one is short.
func (p *page) next(wait time.Duration) (m port.Message, ok bool) {
	if m, ok = p.port.Next(); ok {
		return m, true
	}
	switch wait {
	case 0:
		p.yielder.Yield()
	case sim.Idle:
		<-p.port.Arrived()
	default:
		p.ring(wait)
		<-p.port.Arrived() // a message or the timer: not a select, which is 17 kB
	}
	return p.port.Next()
}

// Send implements sim.Port.
func (p *page) Send(m sim.Message) error {
	switch m.Type {
	case sim.SnapshotMessage:
		p.port.SendBytes(string(m.Type), m.Bytes)
	case sim.ReadyMessage:
		p.port.Send(string(m.Type), "backend", m.Text)
	case sim.ErrorMessage:
		p.port.Send(string(m.Type), "code", string(m.Code), "text", m.Text)
	default:
		p.port.Send(string(m.Type), "text", m.Text)
	}
	return nil
}
