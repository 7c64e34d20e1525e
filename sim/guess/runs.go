package guess

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"abkd/sim/wire"
)

// A Run is what one of many runs came to.
type Run struct {
	Of      string // what it is one of: a number of layers, a method, a size
	Seed    uint64
	Test    float64 // accuracy of its student
	Teacher float64 // that of its teacher
	Smaller float64 // parameters of the teacher over those of the student
}

// A Level reports whether chance alone may part two lists of accuracies, of which
// those of one seed stand at the same place.
type Level func(best, other []float64) bool

// A rank is all runs of one thing.
type rank struct {
	of   string
	runs []Run
	mean float64
}

// ranked returns the runs of each of these by its mean accuracy, the best first; none
// while some have no run. Those without a mean are left out.
func ranked(of []string, runs []Run) (all []rank) {
	for _, name := range of {
		r := rank{of: name}
		for _, x := range runs {
			if x.Of == name {
				r.runs, r.mean = append(r.runs, x), r.mean+x.Test
			}
		}
		if len(r.runs) == 0 {
			return nil
		}
		if r.mean /= float64(len(r.runs)); !math.IsNaN(r.mean) {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b rank) int { return cmp.Compare(b.mean, a.mean) })
	return all
}

// levelWith returns those that chance may part from the first.
func levelWith(all []rank, are Level) (others []string) {
	for _, r := range all[1:] {
		var x, y []float64
		for _, a := range all[0].runs {
			if i := slices.IndexFunc(r.runs, func(b Run) bool { return b.Seed == a.Seed }); i >= 0 {
				x, y = append(x, a.Test), append(y, r.runs[i].Test)
			}
		}
		if len(x) > 0 && are(x, y) {
			others = append(others, r.of)
		}
	}
	return others
}

// asked returns a question of many runs, which is hidden before the first has ended.
func asked(name string, runs []Run, options ...string) *wire.Question {
	return &wire.Question{Ask: name, Options: options, Hidden: len(runs) == 0}
}

// Depths are the numbers of layers among which the best is guessed, and Many the one
// from which on they are one choice.
const (
	Depths = 8
	Many   = 5
)

func depthKey(layers string) string {
	if n, _ := strconv.Atoi(layers); n < Many {
		return layers
	}
	return "more"
}

// Depth asks with how many layers a student alone has the most test nodes right.
func Depth(runs []Run, isOver bool, are Level) *wire.Question {
	var depths, options []string
	for n := range Depths {
		depths = append(depths, strconv.Itoa(n+1))
		options = append(options, depthKey(depths[n]))
	}
	q := asked("depth", runs, slices.Compact(options)...)
	all := ranked(depths, runs)
	if !isOver || len(all) == 0 {
		return q
	}
	others, keys := levelWith(all, are), []string{depthKey(all[0].of)}
	for _, o := range others {
		if k := depthKey(o); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	n, _ := strconv.Atoi(all[0].of)
	return answer(q, keys, count("n", n), shareOf("share", all[0].mean), count("seeds", len(all[0].runs)), count("more", len(others)), names("others", others...))
}

func names(name string, of ...string) wire.Figure {
	return wire.Figure{Name: name, Is: "names", Words: of}
}

// Winner asks which method has the most test nodes right, or none beyond chance.
func Winner(methods []string, runs []Run, isOver bool, are Level) *wire.Question {
	q := asked("wins", runs, append(slices.Clone(methods), "tie")...)
	all := ranked(methods, runs)
	if !isOver || len(all) == 0 {
		return q
	}
	best := all[0]
	if len(best.runs) < 2 {
		q = answer(q, nil, names("method", best.of), shareOf("share", best.mean))
		q.Answer = "guess.wins.seed"
		return q
	}
	others, key := levelWith(all, are), best.of
	if len(others) > 0 {
		key = "tie"
	}
	return answer(q, []string{key}, names("method", best.of), shareOf("share", best.mean), count("seeds", len(best.runs)), count("more", len(others)), names("others", others...))
}

// A Size is how many times smaller than its teacher a student is at least.
type Size struct {
	Key  string
	From float64
}

// Sizes are those among which one is guessed, the smallest students first.
var Sizes = []Size{{"tiny", 100}, {"small", 30}, {"medium", 10}, {"large", 0}}

// Enough asks how many parameters a student needs that has as many test nodes right
// as its teacher.
func Enough(runs []Run, isOver bool) *wire.Question {
	q := asked("size", runs)
	for _, s := range Sizes {
		q.Options = append(q.Options, s.Key)
	}
	q.Options = append(q.Options, "none")
	var of []string
	for _, r := range runs {
		if !slices.Contains(of, r.Of) {
			of = append(of, r.Of)
		}
	}
	if !isOver || len(runs) == 0 {
		return q
	}
	var least *rank
	all := ranked(of, runs)
	for i := range all {
		if r := &all[i]; r.mean >= r.teacher() && (least == nil || r.runs[0].Smaller > least.runs[0].Smaller) {
			least = r
		}
	}
	if least == nil {
		q = answer(q, []string{"none"}, count("sizes", len(of)))
		q.Answer = "guess.size.none"
		return q
	}
	smaller := least.runs[0].Smaller
	i := slices.IndexFunc(Sizes, func(s Size) bool { return smaller >= s.From })
	return answer(q, []string{Sizes[i].Key}, names("size", least.of), times("times", smaller), shareOf("share", least.mean), shareOf("teacher", least.teacher()))
}

// teacher returns the mean accuracy of the teachers.
func (r *rank) teacher() (mean float64) {
	for i := range r.runs {
		mean += r.runs[i].Teacher / float64(len(r.runs))
	}
	return mean
}

func times(name string, v float64) wire.Figure {
	return wire.Figure{Name: name, Is: "times", Values: []float32{float32(v)}}
}
