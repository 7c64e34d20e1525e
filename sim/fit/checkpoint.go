package fit

import (
	"cmp"
	"fmt"
	"os"
	"time"

	"abkd/gnn/file"
	"abkd/gnn/filetype"
	"abkd/gnn/parallel"
	"abkd/sim"
)

// A Checkpoint is a file with the state of a run, which is written while that
// trains, so that a later process goes on where this one was ended. It is
// replaced when the new one is complete and on the disc. The zero Checkpoint is
// none.
type Checkpoint struct {
	Name string
	// Lasting makes it be written at the end of every epoch, and stay when the
	// run is done. Otherwise it is written at the end of an epoch if the last one
	// was 10 s ago, and goes in the end.
	Lasting bool
	// Warn hears, once, that a file which is not lasting cannot be written: that
	// must not end the run. nil for nobody.
	Warn func(error)

	before func() error // what must be on the disk before a state is
	err    error        // of the last attempt, if it is not lasting

	at          time.Time // of the last state, or of the beginning
	epoch, step int       // of it
}

// keepEvery is how long a run goes on without a checkpoint that is not
// lasting.
const keepEvery = 10 * time.Second

// CheckpointOf returns the name of the checkpoint of a run that writes out.
func CheckpointOf(out string) string { return out + ".checkpoint" }

// Read returns the state in the file, and what to call when it is needed no more.
func (c *Checkpoint) Read() (state []byte, unmap func(), err error) {
	state, unmap, err = mapFile(c.Name)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", c.Name, file.Cause(err))
	}
	if t := filetype.Of(c.Name, state[:min(len(state), filetype.HeadSize)]); t != filetype.Checkpoint {
		unmap()
		return nil, nil, fmt.Errorf("%s: it is %s, want the state of a run", c.Name, cmp.Or(t, "a file of another kind"))
	}
	return state, unmap, nil
}

// Resume makes r go on from the file.
func (c *Checkpoint) Resume(r *sim.Run) error {
	state, unmap, err := c.Read()
	if err != nil {
		return err
	}
	defer unmap()
	if err := r.UnmarshalBinary(state); err != nil {
		return fmt.Errorf("%s: %w", c.Name, err)
	}
	c.epoch, c.step = r.Epoch(), r.StepsDone()
	return nil
}

// endEpoch keeps the state of r if it is time to.
func (c *Checkpoint) endEpoch(r *sim.Run) error {
	if parallel.Any(r.Group(), c.Lasting || time.Since(c.at) >= keepEvery) {
		return c.keepState(r)
	}
	return nil
}

// keepState writes the state of r unless it is there.
func (c *Checkpoint) keepState(r *sim.Run) error {
	if c.epoch == r.Epoch() && c.step == r.StepsDone() {
		return nil
	}
	return c.Keep(r)
}

// Keep writes the state of r, unless r has failed. Of a file that is not lasting
// Warn hears the error, of any other it is a *FileError. All ranks of r call it.
func (c *Checkpoint) Keep(r *sim.Run) error {
	if c.Name == "" || r.Err() != nil {
		return nil
	}
	r.GatherDraws()
	var err error
	if parallel.Leads(r.Group()) {
		err = c.write(r)
	}
	c.at = time.Now()
	if err == nil {
		c.epoch, c.step, c.err = r.Epoch(), r.StepsDone(), nil
		return nil
	}
	if c.Lasting {
		return &FileError{What: "checkpoint", Err: err, Kept: c.Kept(), Epoch: c.epoch}
	}
	if c.err == nil && c.Warn != nil {
		c.Warn(err)
	}
	c.err = err
	return nil
}

func (c *Checkpoint) write(r *sim.Run) error {
	if c.before != nil {
		if err := c.before(); err != nil {
			return err
		}
	}
	return file.Replace(c.Name, r.WriteState)
}

// Finish removes a file that is not lasting.
func (c *Checkpoint) Finish() {
	if c.Name != "" && !c.Lasting {
		os.Remove(c.Name) // mostly it is not there
	}
}

// Kept reports whether the file has a state that this run has written, or gone
// on from.
func (c *Checkpoint) Kept() bool { return c.Name != "" && (c.epoch > 0 || c.step > 0) }
