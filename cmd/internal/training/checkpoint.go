package training

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"abkd/internal/show"
	"abkd/sim/fit"
)

// CheckpointAt returns the file of that name, "" for none. It refuses to replace
// the checkpoint of an earlier run, and to go on from one that is not there.
func CheckpointAt(name string, resume bool, stderr io.Writer) (*fit.Checkpoint, error) {
	c := &fit.Checkpoint{Name: name, Warn: func(err error) {
		fmt.Fprintf(stderr, "abkd: no checkpoint, so --resume would not go on from here: %s\n", show.Line(err.Error()))
	}}
	if name == "" {
		return c, nil
	}
	switch _, err := os.Stat(name); {
	case resume && errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("--resume: there is no checkpoint %s: leave out --resume to begin anew", name)
	case !resume && err == nil:
		return nil, fmt.Errorf("%s: it is the checkpoint of an earlier run: --resume goes on from it; to begin anew remove it", name)
	}
	return c, nil
}
