// Package term shows on a terminal how far the work is, and knows how wide
// terminals are.
package term

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"abkd/internal/show"
)

// A Meter shows on standard error how far a piece of work is: as a bar on a
// terminal, otherwise as a line now and then. Work that takes less than a
// second shows nothing.
type Meter struct {
	// Predict lets the bar say how long the rest will take.
	Predict bool

	w        io.Writer
	title    string
	unit     string // what is counted
	terminal bool
	start    time.Time
	next     time.Duration // since start, when to show again
	bar      *progressbar.ProgressBar
}

// BarInterval is the time between two looks of the bar.
const BarInterval = 100 * time.Millisecond

const (
	patience    = time.Second      // before anything is shown
	minInterval = 10 * time.Second // between two lines; grows to a tenth of the time gone by
)

// NewMeter returns a meter that shows on w how many units of the work called
// title are done.
func NewMeter(w io.Writer, title, unit string) *Meter {
	f, ok := w.(*os.File)
	m := &Meter{w: w, title: show.Printable(title, ""), unit: unit, Predict: true, start: time.Now(), next: patience}
	if ok {
		s, err := f.Stat()
		m.terminal = err == nil && s.Mode()&os.ModeCharDevice != 0
	}
	return m
}

// Bar reports whether progress is shown as a bar, on a terminal.
func (m *Meter) Bar() bool { return m.terminal }

// Due reports whether the next Set will show something.
func (m *Meter) Due() bool { return time.Since(m.start) >= m.next }

// Set says that done of total is done, and a detail to show beside.
func (m *Meter) Set(done, total int64, detail string) {
	gone := time.Since(m.start)
	if !m.Due() {
		return
	}
	title := m.title
	if detail != "" {
		title += ", " + detail
	}
	if !m.terminal {
		m.next = gone + max(minInterval, gone/10)
		fmt.Fprintf(m.w, "%s: %s of %s %s\n", title, show.Grouped(done), show.Grouped(total), m.unit)
		return
	}
	m.next = gone + BarInterval
	if m.bar == nil || m.bar.GetMax64() != total || m.bar.IsFinished() {
		m.Done() // the next of several files has a bar of its own
		m.bar = m.newBar(total)
	}
	m.bar.Describe(title)
	m.show(m.bar.Set64(done))
}

// Left says how long the rest of total will take, as done has since begun was;
// "" while that cannot be told.
func (m *Meter) Left(begun, done, total int64) string {
	if done <= begun {
		return ""
	}
	gone := time.Since(m.start)
	left := time.Duration(float64(gone) / float64(done-begun) * float64(total-done))
	return fmt.Sprintf(", %v left", left.Round(time.Second))
}

// Tick is Set for work that cannot say how far it is: it shows the time.
func (m *Meter) Tick() {
	gone := time.Since(m.start)
	switch {
	case !m.Due():
	case !m.terminal:
		m.next = gone + max(minInterval, gone/10)
		fmt.Fprintf(m.w, "%s: %.0f s so far\n", m.title, gone.Seconds())
	default:
		m.next = gone + BarInterval
		if m.bar == nil {
			m.bar = m.newBar(-1)
			m.bar.Describe(m.title)
		}
		m.show(m.bar.Add(1))
	}
}

// newBar returns a bar for total, or one that only turns if that is -1.
func (m *Meter) newBar(total int64) *progressbar.ProgressBar {
	options := []progressbar.Option{
		progressbar.OptionSetWriter(m.w), progressbar.OptionSetWidth(20), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(m.Predict), progressbar.OptionSetRenderBlankState(false),
		progressbar.OptionSetSpinnerChangeInterval(0), // its goroutine races with Clear; Tick turns the spinner
	}
	if total >= 0 {
		options = append(options, progressbar.OptionShowCount(), progressbar.OptionSetItsString(m.unit))
	}
	return progressbar.NewOptions64(total, options...)
}

// Done takes the bar away.
func (m *Meter) Done() {
	if m.bar != nil {
		m.show(m.bar.Clear())
		m.bar = nil
	}
}

// show gives up on a bar that cannot be written; the work goes on.
func (m *Meter) show(err error) {
	if err != nil {
		m.w, m.bar, m.terminal = io.Discard, nil, false
	}
}
