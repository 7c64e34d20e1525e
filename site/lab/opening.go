package lab

import (
	"cmp"

	"abkd/gnn"
	"abkd/sim/setup"
)

// shares are how many studies there may be, and how many bytes each session may
// take, the graph included, which all of them have in common.
type shares struct {
	studies     int
	main, study int64 // 0 for any number
}

// divide divides the memory among the main run and as many studies of the same
// needs as there are cores and memory for. What is left is for larger models.
func divide(o Options, begin setup.Experiment, teacher *gnn.Config) (s shares, err error) {
	s.studies = max(o.Cores-1, 1)
	if o.Memory == 0 {
		return s, nil
	}
	f, err := begin.Plan().SessionFootprint(o.Pack.Graph, teacher, o.Memory)
	if err != nil {
		return s, err
	}
	need, rest := f.Total(), o.Memory-f.Total()
	if rest < 0 {
		return shares{0, o.Memory, 0}, nil // the main run says so
	}
	one := cmp.Or(need-f.Graph, 1)
	s.studies = min(s.studies, int(rest/one))
	spare := (rest - int64(s.studies)*one) / int64(s.studies+1)
	s.main, s.study = need+spare, need+spare
	return s, nil
}
