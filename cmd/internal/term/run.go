package term

import (
	"fmt"
	"io"
	"time"

	"abkd/internal/show"
	"abkd/sim"
	"abkd/sim/study"
)

// A RunMeter shows how far a run is.
type RunMeter struct {
	*Meter
	begun, total int64 // steps
}

// NewRunMeter returns a meter that shows on w how far r is from now on.
func NewRunMeter(w io.Writer, r *sim.Run) *RunMeter {
	unit := "steps"
	if r.Steps() == 1 {
		unit = "epochs"
	}
	m := &RunMeter{NewMeter(w, "training", unit), stepsOf(r), int64(r.Plan().Epochs) * int64(r.Steps())}
	m.Predict = false // a run that goes on has not done it all in this time
	return m
}

// stepsOf returns how many steps r has done.
func stepsOf(r *sim.Run) int64 { return int64(r.Epoch())*int64(r.Steps()) + int64(r.StepsDone()) }

// Stepped implements fit.Progress.
func (m *RunMeter) Stepped(r *sim.Run) {
	if m.Due() {
		done := stepsOf(r)
		m.Set(done, m.total, lastPoint(r)+m.Left(m.begun, done, m.total))
	}
}

// lastPoint says how well the model does, nothing in the first epoch.
func lastPoint(r *sim.Run) string {
	h := r.History()
	if len(h) == 0 {
		return fmt.Sprintf("epoch %d", r.Epoch()+1)
	}
	p := h[len(h)-1]
	return fmt.Sprintf("loss %s, valid %s", show.Figures(float64(p.Total), 4), show.Percent(show.Number(p.Valid)))
}

// ShowWork shows on out how far the study called title is until its runs have
// ended, and returns how.
func ShowWork(out io.Writer, title string, w *study.Work, ended <-chan error) error {
	m := NewMeter(out, title, "epochs")
	defer m.Done()
	t := time.NewTicker(BarInterval)
	defer t.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-t.C:
			p := w.Progress()
			detail := fmt.Sprintf("%d of %d runs", p.Runs, p.OfRuns)
			if !m.Bar() { // which has a prediction of its own
				detail += m.Left(0, p.Epochs, p.OfEpochs)
			}
			m.Set(p.Epochs, p.OfEpochs, detail)
		}
	}
}
