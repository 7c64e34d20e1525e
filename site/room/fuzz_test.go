package room

import (
	"encoding/json"
	"maps"
	"reflect"
	"testing"
)

// FuzzHear lets a student and the teacher say anything. What is done is told and
// kept: a room that is loaded from its records is the same.
func FuzzHear(f *testing.F) {
	for _, text := range []string{run, `{"type":"heartbeat","progress":{"epoch":1,"accuracy":0.5,"parameters":2,"seed":3}}`, `{"type":"guess","question":"ahead","guess":"tie"}`, `{"type":"freeze","on":true}`, `{"type":"step","scene":"race","step":2}`, `{"type":"send","link":"#x"}`, `{"type":"seeds","on":true,"first":9}`, `{"type":"reveal","question":"ahead"}`, `{"type":"close"}`, `{}{}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, who := range []Who{teacher, pupil(1), pupil(2), {"", 0}, {Student, -1}} {
			c := newClass(t)
			c.join("t1", "Ada")
			o := c.keep(c.room.Hear(c.now, who, b))
			if o.Status < 200 || o.Status > 499 || !json.Valid(o.Answer) || (o.Status != 200) != (o.Put == nil && !o.Over) {
				t.Fatalf("%v says %q: %+v", who, b, o)
			}
			before := c.room.Greet(c.now, teacher)
			c.restart()
			if after := c.room.Greet(c.now, teacher); o.Status == 200 && !o.Over && string(after) != string(before) {
				t.Errorf("%v says %q: loaded again the room is %s, and was %s", who, b, after, before)
			}
		}
	})
}

// FuzzCall asks a room for anything.
func FuzzCall(f *testing.F) {
	for _, q := range []Request{{Do: DoOpen, Code: "ABC234", Token: "t"}, {Do: DoJoin, Token: "t", Name: "Ada"}, {Do: DoWho, Token: teacherToken}, {Do: DoResults, Token: teacherToken}, {Do: DoExpire}} {
		f.Add([]byte(encode(q)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c := newClass(t)
		if o := c.room.Call(c.now, b); o.Status < 200 || o.Status > 499 || o.Over {
			t.Fatalf("%q: %+v", b, o)
		}
	})
}

// FuzzLoad loads anything as the records of a room. What is loaded can be used.
func FuzzLoad(f *testing.F) {
	c := newClass(f)
	c.join("t1", "Ada")
	c.hear(pupil(1), run)
	f.Add(c.records[headKey], c.records[studentKey(1)], c.records[entryKey(1, 1)])
	f.Fuzz(func(t *testing.T, head, student, entry []byte) {
		records := map[string][]byte{headKey: head, studentKey(1): student, entryKey(1, 1): entry}
		r, err := Load(records)
		if err != nil {
			if r != nil {
				t.Error("there is a room beside the error")
			}
			return
		}
		r.Call(noon, encode(Request{Do: DoResults, Token: teacherToken}))
		r.Hear(noon, pupil(1), []byte(run))
		if again, err := Load(maps.Clone(records)); err != nil || !reflect.DeepEqual(again.head, r.head) {
			t.Errorf("loaded again: %v", err)
		}
	})
}
