//go:build js

// Package port carries messages between a Go program in the browser and the
// page that started it: postMessage with its bytes moved rather than copied.
//
//	page  <-- postMessage -->  inbox  -->  program
//
// What arrives waits in an inbox of any length, so that the callback never
// blocks the event loop. The program takes from it whenever it suits.
package port

import (
	"math"
	"reflect"
	"strings"
	"sync"
	"syscall/js"
)

// A Message is a plain object with a type field, as postMessage delivers it.
type Message struct{ value js.Value }

// Type returns the message's type, "" for what is no message of ours.
func (m Message) Type() string { return m.Text("type") }

// Text returns the named field, "" unless it is a string.
func (m Message) Text(name string) string {
	if v := m.field(name); v.Type() == js.TypeString {
		return v.String()
	}
	return ""
}

// Number returns the named field, 0 unless it is a number.
func (m Message) Number(name string) float64 {
	if v := m.field(name); v.Type() == js.TypeNumber {
		return v.Float()
	}
	return 0
}

// Bool returns the named field, false unless it is a boolean.
func (m Message) Bool(name string) bool {
	v := m.field(name)
	return v.Type() == js.TypeBoolean && v.Bool()
}

// Size returns the length of the named field in bytes, 0 unless it is an
// ArrayBuffer.
func (m Message) Size(name string) int {
	if v := m.field(name); v.InstanceOf(js.Global().Get("ArrayBuffer")) {
		return v.Get("byteLength").Int()
	}
	return 0
}

// Bytes appends the named field, an ArrayBuffer, to dst[:0] and returns it.
// The result is empty for anything else.
func (m Message) Bytes(dst []byte, name string) []byte {
	v := m.field(name)
	if !v.InstanceOf(js.Global().Get("ArrayBuffer")) {
		return dst[:0]
	}
	n := v.Get("byteLength").Int()
	if n > cap(dst) {
		dst = make([]byte, n)
	}
	dst = dst[:n]
	js.CopyBytesToGo(dst, js.Global().Get("Uint8Array").New(v))
	return dst
}

// List returns the objects in the named field, none unless it is an array.
func (m Message) List(name string) (all []Message) {
	v := m.field(name)
	if !v.InstanceOf(js.Global().Get("Array")) {
		return nil
	}
	for i := range v.Length() {
		all = append(all, Message{v.Index(i)})
	}
	return all
}

// Read sets what dst points to from the named field, by the types: a struct is an
// object whose fields begin with small letters, a slice an array, a pointer to a
// struct an object or null. What is not there, or of another type, is left as
// it is; a number that is null is NaN, as JSON has it.
func (m Message) Read(dst any, name string) { read(reflect.ValueOf(dst).Elem(), m.field(name)) }

func read(dst reflect.Value, v js.Value) {
	switch kind := dst.Kind(); {
	case kind == reflect.Float32 && v.IsNull():
		dst.SetFloat(math.NaN())
	case v.IsNull() || v.IsUndefined():
	case kind == reflect.String && v.Type() == js.TypeString:
		dst.SetString(v.String())
	case kind == reflect.Bool && v.Type() == js.TypeBoolean:
		dst.SetBool(v.Bool())
	case kind == reflect.Int && v.Type() == js.TypeNumber:
		dst.SetInt(int64(v.Float()))
	case kind == reflect.Float32 && v.Type() == js.TypeNumber:
		dst.SetFloat(v.Float())
	case v.Type() != js.TypeObject:
	case kind == reflect.Pointer:
		dst.Set(reflect.New(dst.Type().Elem()))
		read(dst.Elem(), v)
	case kind == reflect.Struct:
		for i := range dst.NumField() {
			field := dst.Type().Field(i).Name
			read(dst.Field(i), v.Get(strings.ToLower(field[:1])+field[1:]))
		}
	case kind == reflect.Slice:
		n := 0
		if length := v.Get("length"); length.Type() == js.TypeNumber {
			n = length.Int()
		}
		dst.Set(reflect.MakeSlice(dst.Type(), n, n))
		for i := range n {
			read(dst.Index(i), v.Index(i))
		}
	}
}

func (m Message) field(name string) js.Value {
	if m.value.Type() != js.TypeObject {
		return js.Undefined()
	}
	return m.value.Get(name)
}

// A Port is one end of a conversation.
type Port struct {
	target  js.Value
	handler js.Func
	arrived chan struct{}

	mu    sync.Mutex
	inbox []Message
}

// Open listens on target, a MessagePort or a worker's global scope.
func Open(target js.Value) *Port {
	p := &Port{target: target, arrived: make(chan struct{}, 1)}
	p.handler = js.FuncOf(func(_ js.Value, args []js.Value) any {
		p.push(Message{args[0].Get("data")})
		return nil
	})
	target.Set("onmessage", p.handler)
	return p
}

// Self listens to the page that started this worker.
func Self() *Port { return Open(js.Global()) }

// Close stops listening. What has arrived can still be taken.
func (p *Port) Close() {
	p.target.Set("onmessage", js.Null())
	p.handler.Release()
}

func (p *Port) push(m Message) {
	p.mu.Lock()
	p.inbox = append(p.inbox, m)
	p.mu.Unlock()
	p.Ring()
}

// Ring makes Arrived receive a value, as what arrives does.
func (p *Port) Ring() {
	select {
	case p.arrived <- struct{}{}:
	default: // the program has yet to notice an earlier one
	}
}

// Arrived receives a value when there is something in the inbox, or after Ring.
func (p *Port) Arrived() <-chan struct{} { return p.arrived }

// Next takes the oldest message, if there is one.
func (p *Port) Next() (Message, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.inbox) == 0 {
		return Message{}, false
	}
	m := p.inbox[0]
	p.inbox = p.inbox[1:]
	return m, true
}

// Send posts a message of the given type with text fields, each given by its
// name and its text.
func (p *Port) Send(kind string, fields ...string) {
	p.target.Call("postMessage", message(kind, fields))
}

func message(kind string, fields []string) map[string]any {
	m := map[string]any{"type": kind}
	for i := 0; i < len(fields); i += 2 {
		m[fields[i]] = fields[i+1]
	}
	return m
}

// SendBytes is Send with b in the bytes field, as an ArrayBuffer that is moved
// to the other side.
func (p *Port) SendBytes(kind string, b []byte, fields ...string) {
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	buffer := array.Get("buffer")
	m := message(kind, fields)
	m["bytes"] = buffer
	p.target.Call("postMessage", m, []any{buffer})
}

// A Yielder lets the event loop deliver what has arrived. Sleeping would do
// the same, but a browser makes every timer take four milliseconds.
type Yielder struct {
	near, far js.Value
	handler   js.Func
	back      chan struct{}
}

// NewYielder returns a Yielder, to be made once.
func NewYielder() *Yielder {
	channel := js.Global().Get("MessageChannel").New()
	y := &Yielder{near: channel.Get("port1"), far: channel.Get("port2"), back: make(chan struct{}, 1)}
	y.handler = js.FuncOf(func(js.Value, []js.Value) any {
		y.back <- struct{}{}
		return nil
	})
	y.far.Set("onmessage", y.handler)
	return y
}

// Yield returns after the events that had arrived when it was called.
func (y *Yielder) Yield() {
	y.near.Call("postMessage", js.Null())
	<-y.back
}

// Close releases what y holds. It must not be used again.
func (y *Yielder) Close() {
	y.far.Set("onmessage", js.Null())
	y.near.Call("close")
	y.handler.Release()
}
