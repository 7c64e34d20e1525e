package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"abkd/sim"
)

// Limits of what a page may send, in bytes.
const (
	mostHead    = 1 << 17 // a plan of changes is the longest text
	mostMessage = 8 << 20 // a pack that ships
	mostWaiting = 2 * mostMessage
)

// A hello is the first message of a page.
type hello struct {
	Type       string `json:"type"`
	Token      string `json:"token"`
	Run        string `json:"run"`        // mainRun or studyRun
	Arithmetic string `json:"arithmetic"` // of a run that begins
	Anew       bool   `json:"anew"`       // the main run is to begin again
}

// What a page says hello to.
const (
	mainRun  = "main"
	studyRun = "study"
)

// A refusal says, for programs, why a page is sent away.
type refusal string

const (
	badHello refusal = "hello" // it is no page of this version
	badToken refusal = "token"
	taken    refusal = "taken" // another page has the main run
	noPlace  refusal = "full"  // there are as many studies as there may be
	over     refusal = "over"  // the program whose run it is has ended
)

// said is what goes over a socket before a newline and bytes, or alone. A
// snapshot goes as bytes alone.
type said struct {
	Type string `json:"type"`
	Text string `json:"text,omitempty"`
	Name string `json:"name,omitempty"`
	More bool   `json:"more,omitempty"`
	Code string `json:"code,omitempty"`

	Backend    string `json:"backend,omitempty"`
	Arithmetic string `json:"arithmetic,omitempty"`
	Joined     bool   `json:"joined,omitempty"`   // the run had begun
	Watching   bool   `json:"watching,omitempty"` // the page looks on
	Attended   bool   `json:"attended,omitempty"` // the run is another program's, see sim.SessionOf
	Fatal      bool   `json:"fatal,omitempty"`    // nothing follows
}

// decodeHello reads the first message.
func decodeHello(b []byte) (h hello, err error) {
	if err = decodeStrictly(b, &h); err == nil && (h.Type != "hello" || h.Run != mainRun && h.Run != studyRun) {
		err = fmt.Errorf("lab: it is no hello")
	}
	return h, err
}

// decode reads what a page sends after its hello: a line of JSON and the bytes,
// if any, behind it. The message shares the storage of b.
func decode(b []byte) (sim.Message, error) {
	head, rest, _ := bytes.Cut(b, []byte{'\n'})
	if len(head) > mostHead {
		return sim.Message{}, fmt.Errorf("lab: the head of the message has %d bytes, want at most %d", len(head), mostHead)
	}
	var m struct {
		Type string `json:"type"`
		Text string `json:"text"`
		Name string `json:"name"`
		More bool   `json:"more"`
	}
	if err := decodeStrictly(head, &m); err != nil {
		return sim.Message{}, err
	}
	switch kind := sim.MessageType(m.Type); kind {
	case sim.PullMessage:
		return sim.Message{Type: kind, More: m.More}, nil
	case sim.CommandMessage:
		return sim.Message{Type: kind, Text: m.Text}, nil
	case sim.TeacherMessage, sim.ShippedMessage:
		return sim.Message{Type: kind, Text: m.Name, Bytes: rest}, nil
	}
	return sim.Message{}, fmt.Errorf("lab: message is %.40q, want pull, command, teacher or shipped", m.Type)
}

// decodeStrictly reads one value of JSON without fields that nobody knows.
func decodeStrictly(b []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return fmt.Errorf("lab: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("lab: there is something behind the message")
	}
	return nil
}

// A letter is a message on its way to a page.
type letter struct {
	snapshot bool
	bytes    []byte
}

// letterOf returns what a session says, in storage of its own.
func letterOf(m sim.Message) letter {
	if m.Type == sim.SnapshotMessage {
		return letter{true, bytes.Clone(m.Bytes)}
	}
	return newLetter(said{Type: string(m.Type), Code: string(m.Code), Text: m.Text, Fatal: m.Code == sim.Ended})
}

// readyFor says that r listens, beside what else is said of it.
func readyFor(r *run, s said) letter { return ready(r.backend, r.arithmetic, s) }

// ready says that a session listens, which computes with that.
func ready(backend, arithmetic string, s said) letter {
	s.Type, s.Backend, s.Arithmetic = string(sim.ReadyMessage), backend, arithmetic
	return newLetter(s)
}

// refusalFor is the last message to a page.
func refusalFor(why refusal) letter {
	return newLetter(said{Type: "error", Code: string(why), Fatal: true})
}

func newLetter(s said) letter {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // it has texts alone
	}
	return letter{false, b}
}
