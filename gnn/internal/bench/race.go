//go:build !js

package main

import (
	"math"
	"time"
)

// A contender does one work as often as it is told and says how long it took.
type contender struct {
	name string
	run  func(repeats int) (time.Duration, error)
}

// local returns a contender of this process.
func local(name string, work func()) contender {
	return contender{name, func(repeats int) (time.Duration, error) {
		start := time.Now()
		for range repeats {
			work()
		}
		return time.Since(start), nil
	}}
}

const (
	sampleTime = 5 * time.Millisecond // of a sample, if one repeat takes less
	turnsTime  = 2 * time.Second      // of all samples of a contender, if there are enough
	fewest     = 5                    // samples are enough
)

// race lets the contenders take turns and returns the seconds of one repeat of
// each: the least of that many samples, or fewer of a slow contender.
func race(all []contender, rounds int) ([]float64, error) {
	repeats, turns, best := make([]int, len(all)), make([]int, len(all)), make([]float64, len(all))
	for i, c := range all {
		once := time.Duration(math.MaxInt64)
		for range 2 { // the first one warms up
			d, err := c.run(1)
			if err != nil {
				return nil, err
			}
			once = min(once, max(d, 1))
		}
		repeats[i] = max(1, int(sampleTime/once))
		turns[i] = min(rounds, max(fewest, int(turnsTime/(once*time.Duration(repeats[i])))))
		best[i] = math.Inf(1)
	}
	for round := range rounds {
		for i, c := range all {
			if round*turns[i]/rounds == (round+1)*turns[i]/rounds {
				continue // its turns are spread over all rounds
			}
			d, err := c.run(repeats[i])
			if err != nil {
				return nil, err
			}
			best[i] = min(best[i], d.Seconds()/float64(repeats[i]))
		}
	}
	return best, nil
}
