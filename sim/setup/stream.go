package setup

import "math/rand/v2"

// The streams of random numbers drawn from one seed. Each purpose has its
// own, so that a change to one draws nothing from another.
const (
	StreamTeacher = iota
	StreamTeacherDropout
	StreamStudent
	StreamDropout
	StreamCriterion
	StreamSampler
)

// Stream returns the random numbers of one purpose.
func Stream(seed uint64, purpose uint64) *rand.PCG { return rand.NewPCG(seed, purpose) }
