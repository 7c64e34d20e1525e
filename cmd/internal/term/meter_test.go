package term

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestMeter checks that quick work shows nothing, and slow work a few lines.
func TestMeter(t *testing.T) {
	var b bytes.Buffer
	m := NewMeter(&b, "reading", "bytes")
	m.Set(1, 2000, "")
	if b.Len() != 0 {
		t.Errorf("after no time %q is shown, want nothing", b.String())
	}
	m.start = time.Now().Add(-2 * time.Second)
	for i := range int64(1000) {
		m.Set(i, 2000, "at ease")
	}
	m.Done()
	if want := "reading, at ease: 0 of 2,000 bytes\n"; b.String() != want {
		t.Errorf("after two seconds %q is shown, want %q", b.String(), want)
	}
}

// TestMeterBar checks the bar of a terminal.
func TestMeterBar(t *testing.T) {
	var b bytes.Buffer
	m := NewMeter(&b, "reading", "bytes")
	m.terminal = true
	m.start = time.Now().Add(-2 * time.Second)
	m.Set(500, 1000, "")
	if !strings.Contains(b.String(), "reading") || !strings.Contains(b.String(), "50%") {
		t.Errorf("the bar is %q, want reading at 50%%", b.String())
	}
	m.Set(1000, 1000, "")
	m.next = 0
	b.Reset()
	m.Set(10, 40, "next file")
	if !strings.Contains(b.String(), "next file") || !strings.Contains(b.String(), "25%") {
		t.Errorf("the bar of another file is %q, want it at 25%%", b.String())
	}
	m.Done()
	if s := b.String(); !strings.HasSuffix(s, "\r") {
		t.Errorf("the bar ends with %q, want the line cleared", s)
	}
}

// TestMeterTick checks work that cannot say how far it is.
func TestMeterTick(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		t.Run(fmt.Sprintf("terminal=%v", terminal), func(t *testing.T) {
			var b bytes.Buffer
			m := NewMeter(&b, "measuring", "")
			m.terminal = terminal
			m.Tick()
			if b.Len() != 0 {
				t.Errorf("after no time %q is shown, want nothing", b.String())
			}
			m.start = time.Now().Add(-2 * time.Second)
			m.Tick()
			if !strings.Contains(b.String(), "measuring") {
				t.Errorf("after two seconds %q is shown, want what is going on", b.String())
			}
			m.Done()
		})
	}
}

// TestSteps checks that each step has a meter of its own.
func TestSteps(t *testing.T) {
	var b bytes.Buffer
	s := NewSteps(&b, "bytes")
	s.Done()
	for _, title := range []string{"reading", "writing"} {
		s.Set(title, 0, -1, "")
		s.meter.start = time.Now().Add(-2 * time.Second)
		s.Set(title, 5, 1000, "a")
		s.Set(title, 6, 1000, "a")
	}
	s.Done()
	if want := "reading, a: 5 of 1,000 bytes\nwriting, a: 5 of 1,000 bytes\n"; b.String() != want {
		t.Errorf("shown is %q, want %q", b.String(), want)
	}
}
