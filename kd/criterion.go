package kd

import (
	"fmt"
	"math/rand/v2"
)

// Names lists the criteria that New makes, in the order in which they are
// shown.
var Names = []string{"none", "kd", "abkd"}

// Options holds what the criteria can be set to. The zero value is the
// default of each.
type Options struct {
	ABKD ABKDConfig
}

// New returns the criterion of that name between layers of the given widths.
// It is nil for "none" and for "kd", whose term every Distiller has: see
// Settings.Alpha.
func New(name string, teacher, student []int, o Options, rng *rand.Rand) (Criterion, error) {
	switch name {
	case "none", "kd":
		return nil, nil
	case "abkd":
		a, err := NewABKD(teacher, student, o.ABKD, rng)
		if err != nil {
			return nil, err // not a nil *ABKD in a Criterion that is not nil
		}
		return a, nil
	}
	return nil, fmt.Errorf("kd: criterion is %q, want one of %q", name, Names)
}
