package fit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"abkd/gnn/file"
)

// A Course is how a run went on, read from its metrics.
type Course struct {
	Epochs []Reached
	Best   int // epoch of the best validation accuracy, 0 if none was measured
}

// A Reached is what a run had reached after an epoch; NaN is what was not
// measured.
type Reached struct {
	Epoch                    int
	Train, Valid, Test, Loss float64
}

// ReadCourse reads a file of metrics. A last line that a kill cut short is left
// out.
func ReadCourse(name string) (c Course, err error) {
	text, err := file.Read(name)
	if err != nil {
		return c, fmt.Errorf("%s: %w", name, file.Cause(err))
	}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if line[len(line)-1] != '\n' {
			break
		}
		r, best, err := readReached(line)
		if err == nil && len(c.Epochs) > 0 && r.Epoch <= c.Epochs[len(c.Epochs)-1].Epoch {
			err = fmt.Errorf("epoch %d comes after epoch %d: it is not one run", r.Epoch, c.Epochs[len(c.Epochs)-1].Epoch)
		}
		if err != nil {
			return c, fmt.Errorf("%s: line %d: %w", name, n, err)
		}
		c.Epochs, c.Best = append(c.Epochs, r), best
	}
	if len(c.Epochs) == 0 {
		return c, fmt.Errorf("%s: no epoch is in it, want the metrics of a run", name)
	}
	return c, nil
}

// readReached reads a line. An Epoch cannot be read back: null would be 0.
func readReached(line []byte) (r Reached, best int, err error) {
	var e struct {
		Epoch              int
		Last               struct{ Total *float64 }
		Train, Valid, Test *float64
		Best               int `json:"best_epoch"`
	}
	if err := json.Unmarshal(line, &e); err != nil || e.Epoch < 1 {
		return r, 0, fmt.Errorf("%.40q is not that of an epoch: want the metrics of a run", line)
	}
	return Reached{e.Epoch, or(e.Train), or(e.Valid), or(e.Test), or(e.Last.Total)}, e.Best, nil
}

// or returns NaN for what is not known.
func or(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}

// At returns what was reached at an epoch, nothing but NaN for one that is not
// there.
func (c *Course) At(epoch int) Reached {
	i, found := slices.BinarySearchFunc(c.Epochs, epoch, func(r Reached, e int) int { return r.Epoch - e })
	if !found {
		return Reached{epoch, math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	}
	return c.Epochs[i]
}
