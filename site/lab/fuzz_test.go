package lab

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"abkd/sim"
)

// FuzzDecode reads anything. What is a message says the same when it is written
// again.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{`{"type":"pull","more":true}`, `{"type":"command","text":"begin data=karate"}`, "{\"type\":\"teacher\",\"name\":\"x\"}\n\x00\n\xff", `{"type":"hello","token":"T","run":"main","arithmetic":"auto","anew":true}`, `{}{}`, "\n", `{"type":"pull","type":"command"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		if h, err := decodeHello(b); err == nil && h.Run != mainRun && h.Run != studyRun {
			t.Errorf("hello %q asks for %q", b, h.Run)
		}
		m, err := decode(b)
		if !bytes.Equal(b, before) {
			t.Fatalf("%q was changed to %q", before, b)
		}
		if err != nil {
			if m.Type != "" || m.Bytes != nil {
				t.Errorf("%q is refused and read as %+v", b, m)
			}
			return
		}
		if !slices.Contains([]sim.MessageType{sim.PullMessage, sim.CommandMessage, sim.TeacherMessage, sim.ShippedMessage}, m.Type) {
			t.Fatalf("%q is a message %q", b, m.Type)
		}
		s := said{Type: string(m.Type), Text: m.Text, More: m.More}
		if m.Type != sim.CommandMessage {
			s.Text, s.Name = "", m.Text
		}
		head, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decode(slices.Concat(head, []byte{'\n'}, m.Bytes))
		if err != nil || again.Type != m.Type || again.Text != m.Text || again.More != m.More || !bytes.Equal(again.Bytes, m.Bytes) {
			t.Errorf("%q is %+v, and %+v (%v) when it is written again", b, m, again, err)
		}
	})
}
