// Package fit trains a model to the end of its experiment on this machine. It
// keeps the state of the run, to go on from after a kill or a power cut, writes a
// line for each epoch, and says what the model came to.
package fit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"abkd/gnn/parallel"
	"abkd/sim"
)

// A Job is what is kept of a run while it trains.
type Job struct {
	Checkpoint *Checkpoint // nil for none
	Metrics    Metrics
	Progress   Progress // nil for nobody
	// Step makes the next step of the run and reports whether there is another
	// one, nil for Run.Step. After an error, which is taken for that of ctx, none
	// was made.
	Step func(*sim.Run) (more bool, err error)
}

// A Progress hears how far a run is.
type Progress interface {
	// Stepped is called after each training step.
	Stepped(r *sim.Run)
}

// Train steps r to its end, or until ctx is done, which it reports. The error of
// a file is a *FileError, that of a loss which is no number is r.Err.
//
// Of a run of several ranks each has a job alike: they end after the same step,
// as soon as ctx is done on one of them, and the first writes the files.
func (j *Job) Train(ctx context.Context, r *sim.Run) (interrupted bool, err error) {
	if err := j.Metrics.open(r); err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, j.Metrics.close()) }()
	if j.Checkpoint == nil {
		j.Checkpoint = &Checkpoint{}
	}
	j.Checkpoint.at, j.Checkpoint.before = time.Now(), j.Metrics.sync
	if j.Step == nil {
		j.Step = func(r *sim.Run) (bool, error) { return r.Step(), nil }
	}
	for {
		if parallel.Any(r.Group(), ctx.Err() != nil) {
			return true, j.Checkpoint.keepState(r)
		}
		epoch := r.Epoch()
		j.Metrics.beforeStep(r)
		more, err := j.Step(r)
		if err != nil {
			return true, j.Checkpoint.keepState(r)
		}
		if r.Epoch() > epoch {
			if err := j.Metrics.endEpoch(r); err != nil {
				if !parallel.Alone(r.Group()) { // the others go on, and would wait
					return false, err
				}
				return false, errors.Join(err, j.Checkpoint.keepState(r))
			}
			if err := j.Checkpoint.endEpoch(r); err != nil {
				return false, err
			}
			j.Metrics.begin(r) // a checkpoint is of no epoch
		}
		if !more {
			return false, r.Err()
		}
		if j.Progress != nil {
			j.Progress.Stepped(r)
		}
	}
}

// A FileError says which file of a run could not be read or written.
type FileError struct {
	What string // "checkpoint" or "metrics"
	Name string // "" if Err has it
	Err  error

	Kept  bool // there is an earlier checkpoint
	Epoch int  // of that
}

// Error implements error.
func (e *FileError) Error() string {
	text := e.What
	if e.Name != "" {
		text += " " + e.Name
	}
	text += ": " + e.Err.Error()
	if e.Kept {
		text += fmt.Sprintf("; the one of epoch %d is as it was", e.Epoch)
	}
	return text
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }
