package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// A meter shows on standard error how far a piece of work is: as a bar on a
// terminal, otherwise as a line now and then. Work that takes less than a
// second shows nothing.
type meter struct {
	w        io.Writer
	title    string
	unit     string // what is counted
	terminal bool
	predict  bool // let the bar say how long it will take
	start    time.Time
	next     time.Duration // since start, when to show again
	bar      *progressbar.ProgressBar
}

const (
	patience    = time.Second            // before anything is shown
	barInterval = 100 * time.Millisecond // between two looks of the bar
	minInterval = 10 * time.Second       // between two lines; grows to a tenth of the time gone by
)

func newMeter(w io.Writer, title, unit string) *meter {
	f, ok := w.(*os.File)
	m := &meter{w: w, title: printable(title, ""), unit: unit, predict: true, start: time.Now(), next: patience}
	if ok {
		s, err := f.Stat()
		m.terminal = err == nil && s.Mode()&os.ModeCharDevice != 0
	}
	return m
}

// due reports whether the next set will show something.
func (m *meter) due() bool { return time.Since(m.start) >= m.next }

// set says that done of total is done, and a detail to show beside.
func (m *meter) set(done, total int64, detail string) {
	gone := time.Since(m.start)
	if !m.due() {
		return
	}
	title := m.title
	if detail != "" {
		title += ", " + detail
	}
	if !m.terminal {
		m.next = gone + max(minInterval, gone/10)
		fmt.Fprintf(m.w, "%s: %s of %s %s\n", title, grouped(done), grouped(total), m.unit)
		return
	}
	m.next = gone + barInterval
	if m.bar == nil || m.bar.GetMax64() != total || m.bar.IsFinished() {
		m.done() // the next of several files has a bar of its own
		m.bar = m.newBar(total)
	}
	m.bar.Describe(title)
	m.show(m.bar.Set64(done))
}

// left says how long the rest of total will take, as done has since begun was;
// "" while that cannot be told.
func (m *meter) left(begun, done, total int64) string {
	if done <= begun {
		return ""
	}
	gone := time.Since(m.start)
	left := time.Duration(float64(gone) / float64(done-begun) * float64(total-done))
	return fmt.Sprintf(", %v left", left.Round(time.Second))
}

// tick is set for work that cannot say how far it is: it shows the time.
func (m *meter) tick() {
	gone := time.Since(m.start)
	switch {
	case !m.due():
	case !m.terminal:
		m.next = gone + max(minInterval, gone/10)
		fmt.Fprintf(m.w, "%s: %.0f s so far\n", m.title, gone.Seconds())
	default:
		m.next = gone + barInterval
		if m.bar == nil {
			m.bar = m.newBar(-1)
			m.bar.Describe(m.title)
		}
		m.show(m.bar.Add(1))
	}
}

// newBar returns a bar for total, or one that only turns if that is -1.
func (m *meter) newBar(total int64) *progressbar.ProgressBar {
	options := []progressbar.Option{
		progressbar.OptionSetWriter(m.w), progressbar.OptionSetWidth(20), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(m.predict), progressbar.OptionSetRenderBlankState(false),
		progressbar.OptionSetSpinnerChangeInterval(0), // its goroutine races with Clear; tick turns the spinner
	}
	if total >= 0 {
		options = append(options, progressbar.OptionShowCount(), progressbar.OptionSetItsString(m.unit))
	}
	return progressbar.NewOptions64(total, options...)
}

// done takes the bar away.
func (m *meter) done() {
	if m.bar != nil {
		m.show(m.bar.Clear())
		m.bar = nil
	}
}

// show gives up on a bar that cannot be written; the work goes on.
func (m *meter) show(err error) {
	if err != nil {
		m.w, m.bar, m.terminal = io.Discard, nil, false
	}
}
