package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"abkd/gnn/filetype"
	"abkd/sim"
)

// A keeper writes the state of a run to a file while it trains, so that a later
// process goes on where this one was ended:
//
//	--checkpoint FILE   at the end of every epoch; the file stays when the run is done
//	--out OUT alone     OUT.checkpoint, at the end of an epoch if the last one was
//	                    10 s ago; it goes when the run is done
//
// The file is that of sim.Run.WriteState. It is replaced when the new one is
// complete and on disk.
type keeper struct {
	name   string // "" for none
	asked  bool   // by --checkpoint
	stderr io.Writer
	before func() error // what must be on the disk before a state is
	err    error        // of the last attempt, if it was not asked for

	at          time.Time // of the last state
	epoch, step int       // of it
}

// keepEvery is how long a run that was not asked for checkpoints goes on
// without one.
const keepEvery = 10 * time.Second

// checkpointOf returns the name of the checkpoint of a run that writes out.
func checkpointOf(out string) string { return out + ".checkpoint" }

// newKeeper returns the keeper of j. It refuses to replace the checkpoint of
// another run.
func (j *job) newKeeper(stderr io.Writer) (*keeper, error) {
	k := &keeper{name: j.checkpoint, asked: j.checkpoint != "", stderr: stderr, at: time.Now()}
	if !k.asked && j.out != "" {
		k.name = checkpointOf(j.out)
	}
	if k.name == "" {
		if j.resume {
			return nil, fmt.Errorf("--resume: want --checkpoint or --out, to know the file to go on from")
		}
		return k, nil
	}
	switch _, err := os.Stat(k.name); {
	case j.resume && errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("--resume: there is no checkpoint %s: leave out --resume to begin anew", k.name)
	case !j.resume && err == nil:
		return nil, fmt.Errorf("%s: it is the checkpoint of an earlier run: --resume goes on from it; to begin anew remove it", k.name)
	}
	return k, nil
}

// resume makes r go on from the checkpoint.
func (k *keeper) resume(r *sim.Run) error {
	state, unmap, err := mapFile(k.name)
	if err != nil {
		return fmt.Errorf("--resume: %s: %w", k.name, cause(err))
	}
	defer unmap()
	if t := filetype.Of(k.name, state[:min(len(state), filetype.HeadSize)]); t != filetype.Checkpoint {
		return fmt.Errorf("--resume: %s: it is %s, want the state of a run, as --checkpoint writes it", k.name, cmp.Or(t, "a file of another kind"))
	}
	if err := r.SetState(state); err != nil {
		return fmt.Errorf("--resume: %s: %w", k.name, err)
	}
	k.epoch, k.step = r.Epoch(), r.StepsDone()
	return nil
}

// endEpoch keeps the state of r if it is time to.
func (k *keeper) endEpoch(r *sim.Run) error {
	if k.asked || time.Since(k.at) >= keepEvery {
		return k.keep(r)
	}
	return nil
}

// keep writes the state of r unless it is there. A file that nobody asked for
// must not end the run: that it cannot be written is a warning, once.
func (k *keeper) keep(r *sim.Run) error {
	if k.name == "" || r.Err() != nil || k.epoch == r.Epoch() && k.step == r.StepsDone() {
		return nil
	}
	var err error
	if k.before != nil {
		err = k.before()
	}
	if err == nil {
		err = replaceWith(k.name, func(w io.Writer) error { return r.WriteState(w) })
	}
	k.at = time.Now()
	if err == nil {
		k.epoch, k.step, k.err = r.Epoch(), r.StepsDone(), nil
		return nil
	}
	if !k.asked {
		if k.err == nil {
			fmt.Fprintf(k.stderr, "abkd: no checkpoint, so --resume would not go on from here: %s\n", oneLine(err.Error()))
		}
		k.err = err
		return nil
	}
	if k.epoch == 0 && k.step == 0 {
		return fmt.Errorf("--checkpoint: %w", err)
	}
	return fmt.Errorf("--checkpoint: %w; the one of epoch %d is as it was: --resume goes on from it when this is mended", err, k.epoch)
}

// finish removes a checkpoint that nobody asked for.
func (k *keeper) finish() {
	if k.name != "" && !k.asked {
		os.Remove(k.name) // mostly it is not there
	}
}

// advice says what a run that was ended early left, "" if nothing.
func (k *keeper) advice() string {
	switch {
	case k.name == "" || k.epoch == 0 && k.step == 0:
		return ""
	}
	return "; --resume goes on from " + k.name
}
