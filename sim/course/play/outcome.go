package play

import (
	"fmt"
	"hash/fnv"
	"math"

	"abkd/sim/course"
)

// Seeds is on how many seeds, its own first, what a lesson says has to be seen.
const Seeds = 10

// An Outcome is what the runs of a lesson came to, as assets/lessons keeps it.
type Outcome struct {
	Of     string               `json:"of"`     // tells what was run from other runs
	Values []map[string]float64 `json:"values"` // on the lesson's seed and on those after it, without what is not known
}

// Of returns what tells the runs of a lesson, and what is read of them, from others.
func Of(l *course.Lesson) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %+v %+v", l.Seed, l.RunsOf(), l.Values)
	return fmt.Sprintf("%016x", h.Sum64())
}

// Answer returns what o says of the lesson that it is of.
func (o *Outcome) Answer(l *course.Lesson) course.Answer {
	a := course.Answer{Values: o.Values[0], Right: make([]int, len(l.Guess)), Seeds: len(o.Values)}
	for _, values := range o.Values {
		if option := l.Right(values); option >= 0 {
			a.Right[option]++
		}
	}
	return a
}

// Outcome runs a lesson on as many seeds from its own.
func (k *Kit) Outcome(l *course.Lesson, seeds int) (o Outcome, err error) {
	o.Of = Of(l)
	for seed := l.Seed; seed < l.Seed+seeds; seed++ {
		values, err := k.Values(l, seed)
		if err != nil {
			return o, err
		}
		o.Values = append(o.Values, values)
	}
	return o, nil
}

// Values runs a lesson on a seed in a session of its own, and returns what is known.
func (k *Kit) Values(l *course.Lesson, seed int) (map[string]float64, error) {
	s, err := k.Session()
	if err != nil {
		return nil, err
	}
	values, err := Values(s, l, seed)
	if run := s.Run(); run != nil {
		run.Close()
	}
	for name, v := range values {
		if math.IsNaN(v) {
			delete(values, name)
		}
	}
	return values, err
}
