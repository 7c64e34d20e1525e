package room

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"
)

// A school is many rooms, and what they have come to.
type school struct {
	classes            []*class
	messages, letters  int
	kept, later, bytes int // records at once and later, and bytes of all
	longest, spent     time.Duration
}

const classSize, minutes = 30, 1

// say has somebody say something, and counts what it comes to.
func (s *school) say(t *testing.T, c *class, who Who, text string) {
	begun := time.Now()
	o := c.keep(c.room.Hear(c.now, who, []byte(text)))
	took := time.Since(begun)
	s.spent += took
	s.longest = max(s.longest, took)
	s.messages++
	s.letters += len(o.Letters)
	if o.Soon {
		s.later += len(o.Put)
	} else {
		s.kept += len(o.Put)
	}
	for _, record := range o.Put {
		s.bytes += len(record)
	}
	if o.Status != 200 {
		t.Fatalf("%v says %s: %d %s", who, text, o.Status, o.Answer)
	}
}

// lesson has all of a class say what pages say in a minute: where they are every
// other second, a guess, and the run that has come to its end.
func (s *school) lesson(t *testing.T, c *class) {
	s.say(t, c, teacher, `{"type":"seeds","on":true,"first":1}`)
	for beat := range minutes * 30 {
		for n := range classSize {
			s.say(t, c, pupil(n+1), fmt.Sprintf(`{"type":"heartbeat","progress":{"scene":"start","step":%d,"running":true,"seed":%d,"epoch":%d,"accuracy":0.8125,"parameters":210}}`, 1+beat/30, n+1, beat))
		}
		c.now = c.now.Add(2 * time.Second)
	}
	for n := range classSize {
		s.say(t, c, pupil(n+1), `{"type":"guess","question":"ahead","guess":"taught"}`)
		s.say(t, c, pupil(n+1), fmt.Sprintf(`{"type":"entry","entry":{"seed":%d,"link":"#data=karate&seed=%d","weights":"%016x","epoch":30,"accuracy":0.8125,"parameters":210}}`, n+1, n+1, n))
	}
	s.say(t, c, teacher, `{"type":"reveal","question":"ahead"}`)
}

// Many rooms are so many times one: each has all of its own, after a restart too.
// With ABKD_ROOMS=10000 it is the measurement of RESULTS.md.
func TestManyRooms(t *testing.T) {
	rooms := 10
	if text := os.Getenv("ABKD_ROOMS"); text != "" {
		if _, err := fmt.Sscan(text, &rooms); err != nil {
			t.Fatal(err)
		}
	}
	before, s := heap(), &school{}
	for range rooms {
		c := newClass(t)
		for n := range classSize {
			c.join(fmt.Sprintf("token %d", n), "")
		}
		s.lesson(t, c)
		s.classes = append(s.classes, c)
	}
	used := heap() - before
	records := 0
	for _, c := range s.classes {
		records += len(c.records)
		c.restart()
		if got := len(c.room.students); got != classSize || c.room.counts(true)["ahead"]["taught"] != classSize || len(c.room.students[classSize-1].entries) != 1 {
			t.Fatalf("a room has %d students, %v", got, c.room.counts(true))
		}
	}
	t.Logf("%d rooms of %d, %d min: %d messages, %v each, the longest %v; %d letters; %d records at once and %d later, %d bytes each",
		rooms, classSize, minutes, s.messages, s.spent/time.Duration(s.messages), s.longest, s.letters, s.kept, s.later, s.bytes/(s.kept+s.later))
	t.Logf("a room takes %d bytes of memory, with %d records of it", used/uint64(rooms), records/rooms)
	runtime.KeepAlive(s)
}

// heap returns the bytes that are in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
