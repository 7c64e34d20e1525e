package sim

import (
	"fmt"
	"io"
	"math"
	"time"

	"abkd/gnn/mat"
	"abkd/sim/limits"
	"abkd/sim/wire"
)

// A Port joins a session to the front that steers and shows it: a page, a
// window, a room.
//
//	front  -- teacher, shipped, graph, command, pull -->  session
//	       <-- ready, opened, snapshot, error ----------
//
// A pull is a credit of one snapshot, paid as soon as there is something that
// the front has not seen. So a slow front gets fewer snapshots, never a queue of
// them, and a run is not held up by who looks at it.
type Port interface {
	// Receive returns the next message from the front. Without one it waits for
	// that long at most, for Idle until there is one, and reports false; for 0 it
	// only lets in what has been sent already. After an error, io.EOF if the
	// front is gone, the port is used no more.
	Receive(wait time.Duration) (m Message, ok bool, err error)
	// Send sends m to the front. It must not keep m.Bytes.
	Send(m Message) error
}

// A Message is what goes through a Port.
type Message struct {
	Type  MessageType
	Text  string // a command's; of a graph the name of its file; of a data set that ships its name; of an error a sentence for people
	Code  Code   // of an error, for programs
	More  bool   // of a pull: the front keeps the curves of the last snapshot and gets what is new, see wire.Snapshot.AppendAfter
	Bytes []byte // a teacher's weights, a graph's pack, a snapshot
}

// A MessageType says what a Message is.
type MessageType string

// What a front sends.
const (
	PullMessage    MessageType = "pull"    // wants a snapshot
	TeacherMessage MessageType = "teacher" // gives the weights of the default teacher
	ShippedMessage MessageType = "shipped" // gives the pack of a data set that ships; is answered if it is refused
	GraphMessage   MessageType = "graph"   // gives a pack; it is answered
	CommandMessage MessageType = "command" // is answered if it is refused
	UnseenMessage  MessageType = "unseen"  // some front has not seen the last snapshot: the next pull is paid at once
)

// What a session sends.
const (
	ReadyMessage    MessageType = "ready"    // first of all, with the kernels that compute
	OpenedMessage   MessageType = "opened"   // answers a graph, with the experiment to begin with
	SnapshotMessage MessageType = "snapshot" // pays a pull
	ErrorMessage    MessageType = "error"    // says what was refused, and why
)

// A Code says what an error is about. A front goes by it, never by the text.
type Code string

// The codes of errors.
const (
	GraphRefused      Code = "graph"      // a pack; the graph is as it was
	ShippedRefused    Code = "shipped"    // the pack of a data set that ships
	ExperimentRefused Code = "experiment" // a command that begins one; the run is as it was
	CommandRefused    Code = "command"    // any other command; everything is as it was
	MessageRefused    Code = "message"    // no session knows it
	Ended             Code = "ended"      // the session, by a bug
)

// Codes are all that there are.
var Codes = []Code{GraphRefused, ShippedRefused, ExperimentRefused, CommandRefused, MessageRefused, Ended}

// CheckPackSize returns an error for a pack of so many bytes that a session
// does not take it. A port that knows the size before it has the bytes asks
// first: they might not fit into memory twice.
func CheckPackSize(name string, bytes int) error {
	if bytes > limits.Pack.Bytes {
		return fmt.Errorf("sim: %s: %d bytes, want at most %d", name, bytes, limits.Pack.Bytes)
	}
	return nil
}

// Serve lets the front at p steer s and shows it what becomes of that, until
// the front is gone. A bug in the session ends it with an error that the front
// is told, not the program.
func Serve(s *Session, p Port) error {
	start := time.Now()
	return serve(s, p, func() time.Duration { return time.Since(start) })
}

func serve(s *Session, p Port, clock func() time.Duration) (err error) {
	defer func() {
		if bug := recover(); bug != nil {
			err = fmt.Errorf("sim: the session ended: %v", bug)
			p.Send(Message{Type: ErrorMessage, Code: Ended, Text: fmt.Sprint(bug)}) // if the front is gone too, err says more
		}
	}()
	if err := p.Send(Message{Type: ReadyMessage, Text: mat.Fastest()}); err != nil {
		return err
	}
	v := server{session: s, port: p, clock: clock}
	for wait := time.Duration(0); err == nil; {
		wait, err = v.takeTurn(wait)
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// A server is one session at its port.
type server struct {
	session *Session
	port    Port
	clock   func() time.Duration // since any fixed moment

	next     time.Duration // when the next step is due
	pulled   bool          // the front waits for a snapshot
	more     bool          // it has kept the last one
	changed  bool          // there is something new for it
	snapshot wire.Snapshot
	bytes    []byte
}

// takeTurn waits until a message arrives or the next step is due, handles what has
// arrived, makes the step and pays a pull. It returns how long to wait next.
func (v *server) takeTurn(wait time.Duration) (time.Duration, error) {
	m, ok, err := v.port.Receive(wait)
	for ; ok && err == nil; m, ok, err = v.port.Receive(0) {
		if answer, answered := v.handle(m); answered {
			if err := v.port.Send(answer); err != nil {
				return 0, err
			}
		}
	}
	if err != nil {
		return 0, err
	}
	now := v.clock()
	v.changed = v.changed || now >= v.next
	wait = v.session.Tick(now)
	v.next = now + wait
	if wait == Idle {
		v.next = math.MaxInt64
	}
	return wait, v.payPull()
}

// payPull sends the snapshot that the front waits for, if there is something new.
func (v *server) payPull() error {
	var kept []wire.Lane
	if v.more {
		kept = v.snapshot.Lanes
	}
	if !v.pulled || !v.changed || !v.session.Snapshot(&v.snapshot) {
		return nil
	}
	v.bytes = v.snapshot.AppendAfter(v.bytes[:0], kept)
	v.pulled, v.changed = false, v.session.owes()
	return v.port.Send(Message{Type: SnapshotMessage, Bytes: v.bytes})
}

// handle does what m says. It returns the answer, if there is one.
func (v *server) handle(m Message) (answer Message, answered bool) {
	var code Code
	var err error
	switch m.Type {
	case PullMessage:
		v.pulled, v.more = true, m.More
	case UnseenMessage:
		v.changed = true
	case TeacherMessage:
		v.session.SetTeacher(m.Bytes)
	case ShippedMessage:
		code, err = ShippedRefused, v.session.SetShipped(m.Text, m.Bytes)
	case GraphMessage:
		var opened string
		code = GraphRefused
		if opened, err = v.openPack(m); err == nil {
			return Message{Type: OpenedMessage, Text: opened}, true
		}
	case CommandMessage:
		v.changed = true
		code, err = v.doCommand(m.Text)
	default:
		code = MessageRefused
		err = fmt.Errorf("sim: message is %.40q, want pull, teacher, shipped, graph or command", m.Type)
	}
	if err != nil {
		return Message{Type: ErrorMessage, Code: code, Text: err.Error()}, true
	}
	return Message{}, false
}

// doCommand carries out the text of a command. If that is refused, the code says what
// it was.
func (v *server) doCommand(text string) (code Code, err error) {
	c, err := wire.ParseCommand(text)
	if err != nil {
		return CommandRefused, err
	}
	code = CommandRefused
	if _, begins := c.(wire.Begin); begins {
		code = ExperimentRefused
	}
	return code, v.session.Do(c)
}

// openPack takes the pack of m. It returns the experiment to begin with.
func (v *server) openPack(m Message) (string, error) {
	if err := CheckPackSize(m.Text, len(m.Bytes)); err != nil {
		return "", err
	}
	e, err := v.session.SetPack(m.Bytes, m.Text)
	return e.String(), err
}
