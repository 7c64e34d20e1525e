package setup

// A Seed is where the random numbers of a run begin. The zero Seed is none: it
// stands for the default, as any zero field of an Experiment does. Seed 0 is
// SeedOf(0).
type Seed struct {
	number uint64
	given  bool
}

const (
	defaultSeed = 1
	maxSeed     = 1 << 32 // exact in a float64, which the controls' ranges are
)

// SeedOf returns the seed of that number.
func SeedOf(number uint64) Seed { return Seed{number, true} }

// Number returns the seed's number, the default's if none is given.
func (s Seed) Number() uint64 {
	if !s.given {
		return defaultSeed
	}
	return s.number
}
