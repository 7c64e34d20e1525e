//go:build js

package port_test

import (
	"fmt"
	"syscall/js"
	"testing"

	"abkd/wasm/port"
)

// pair returns a port and the far end of its channel.
func pair(t *testing.T) (*port.Port, js.Value) {
	channel := js.Global().Get("MessageChannel").New()
	p := port.Open(channel.Get("port1"))
	t.Cleanup(func() {
		p.Close()
		channel.Get("port1").Call("close")
	})
	return p, channel.Get("port2")
}

func buffer(b []byte) js.Value {
	a := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(a, b)
	return a.Get("buffer")
}

func TestReceive(t *testing.T) {
	p, far := pair(t)
	for i := range 3 {
		far.Call("postMessage", map[string]any{
			"type": "view", "text": fmt.Sprint("message ", i), "speed": i, "visible": i == 1, "bytes": buffer([]byte{1, 2, byte(i)}),
		})
	}
	for i := range 3 {
		m := receive(p)
		if m.Type() != "view" || m.Text("text") != fmt.Sprint("message ", i) || m.Number("speed") != float64(i) || m.Bool("visible") != (i == 1) {
			t.Errorf("message %d is %q, %q, %v, %v", i, m.Type(), m.Text("text"), m.Number("speed"), m.Bool("visible"))
		}
		if got := m.Bytes(nil, "bytes"); string(got) != string([]byte{1, 2, byte(i)}) || m.Size("bytes") != 3 {
			t.Errorf("bytes of message %d are %v, want [1 2 %d]", i, got, i)
		}
	}
	if _, ok := p.Next(); ok {
		t.Error("the inbox has a message left over")
	}
}

// TestHostile sends what no program of ours does.
func TestHostile(t *testing.T) {
	p, far := pair(t)
	for _, v := range []any{nil, "text", 3.5, true, []any{1, 2}, map[string]any{"type": 7, "text": []any{}, "bytes": "no"}} {
		far.Call("postMessage", v)
		m := receive(p)
		if m.Type() != "" || m.Text("text") != "" || m.Number("text") != 0 || m.Bool("text") || len(m.Bytes(nil, "bytes")) != 0 || m.Size("bytes") != 0 {
			t.Errorf("message=%v: a field reads as something", v)
		}
	}
}

func TestSend(t *testing.T) {
	p, far := pair(t)
	q := port.Open(far)
	defer q.Close()
	p.Send("ready")
	p.Send("ready", "backend", "go")
	p.Send("error", "code", "graph", "text", "too large")
	want := []byte{0, 255, 7}
	p.SendBytes("snapshot", want, "text", "seen")
	if m := receive(q); m.Type() != "ready" || m.Text("backend") != "" {
		t.Errorf("got %q with backend %q, want a bare ready", m.Type(), m.Text("backend"))
	}
	if m := receive(q); m.Text("backend") != "go" {
		t.Errorf("backend is %q, want go", m.Text("backend"))
	}
	if m := receive(q); m.Text("code") != "graph" || m.Text("text") != "too large" {
		t.Errorf("the error is %q, %q", m.Text("code"), m.Text("text"))
	}
	scratch := make([]byte, 1, 16)
	m := receive(q)
	if m.Type() != "snapshot" || m.Text("text") != "seen" {
		t.Errorf("got %q with text %q, want snapshot and seen", m.Type(), m.Text("text"))
	}
	got := m.Bytes(scratch, "bytes")
	if string(got) != string(want) {
		t.Errorf("bytes are %v, want %v", got, want)
	}
	if &got[0] != &scratch[0] {
		t.Error("a large enough buffer was not used")
	}
}

// TestList sends files, and what is no list of them.
func TestList(t *testing.T) {
	p, far := pair(t)
	far.Call("postMessage", map[string]any{"type": "open", "files": []any{map[string]any{"name": "a", "bytes": buffer([]byte{1})}, "b", map[string]any{"name": "c"}}})
	far.Call("postMessage", map[string]any{"type": "open", "files": map[string]any{"length": 3}})
	files := receive(p).List("files")
	if len(files) != 3 || files[0].Text("name") != "a" || string(files[0].Bytes(nil, "bytes")) != "\x01" || files[1].Text("name") != "" || files[2].Text("name") != "c" {
		t.Errorf("the list has %d files, of %q, %q and so on", len(files), files[0].Text("name"), files[1].Text("name"))
	}
	if m := receive(p); m.List("files") != nil || m.List("type") != nil {
		t.Error("what is no array reads as a list")
	}
}

func TestYield(t *testing.T) {
	p, far := pair(t)
	y := port.NewYielder()
	defer y.Close()
	far.Call("postMessage", map[string]any{"type": "pull"})
	for range 100 {
		y.Yield()
		if m, ok := p.Next(); ok {
			if m.Type() != "pull" {
				t.Errorf("message is %q, want pull", m.Type())
			}
			return
		}
	}
	t.Error("a message did not arrive in 100 yields")
}

func receive(p *port.Port) port.Message {
	for {
		if m, ok := p.Next(); ok {
			return m
		}
		<-p.Arrived()
	}
}

// TestRead reads an object by the types of Go.
func TestRead(t *testing.T) {
	type part struct {
		Name  string
		Share float32
	}
	type whole struct {
		IsAlone bool
		Count   int
		Parts   []part
		Curve   []float32
	}
	p, far := pair(t)
	far.Call("postMessage", map[string]any{"study": map[string]any{
		"isAlone": true, "count": 7, "parts": []any{map[string]any{"name": "KD", "share": 0.5}, map[string]any{"name": 3, "share": nil}, "no"}, "curve": []any{1, 2.5},
	}, "none": nil})
	m := receive(p)
	var got *whole
	if m.Read(&got, "study"); got == nil || !got.IsAlone || got.Count != 7 || len(got.Parts) != 3 || got.Parts[0] != (part{"KD", 0.5}) || len(got.Curve) != 2 || got.Curve[1] != 2.5 {
		t.Fatalf("read %+v", got)
	}
	if bad := got.Parts[1]; bad.Name != "" || bad.Share == bad.Share || got.Parts[2] != (part{}) {
		t.Errorf("parts of other types are %+v and %+v, want none and no number", bad, got.Parts[2])
	}
	got = nil
	if m.Read(&got, "none"); got != nil {
		t.Errorf("null is %+v", got)
	}
	if m.Read(&got, "nothing"); got != nil {
		t.Errorf("what is not there is %+v", got)
	}
}
