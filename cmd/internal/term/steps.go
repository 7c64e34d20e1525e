package term

import "io"

// Steps show how far pieces of work are that come one after the other.
type Steps struct {
	w     io.Writer
	unit  string
	title string // of the step at hand
	meter *Meter
}

// NewSteps returns steps that show on w how many units of each are done.
func NewSteps(w io.Writer, unit string) *Steps { return &Steps{w: w, unit: unit} }

// Set says that done of total is done of the step called title, and a detail to
// show beside; total is -1 where it is not known.
func (s *Steps) Set(title string, done, total int64, detail string) {
	if s.meter == nil || title != s.title {
		s.Done()
		s.meter, s.title = NewMeter(s.w, title, s.unit), title
	}
	if total < 0 {
		s.meter.Tick()
	} else {
		s.meter.Set(done, total, detail)
	}
}

// Done takes away what is shown, until something is set again.
func (s *Steps) Done() {
	if s.meter != nil {
		s.meter.Done()
	}
}
