package fair

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"abkd/gnn/graph"
	"abkd/sim/setup"
	"abkd/sim/study"
)

// A Study is what a protocol came to on a graph.
type Study struct {
	Data        string        `json:"data"` // a name only, as is the split's
	Split       string        `json:"split"`
	Fingerprint string        `json:"fingerprint"`
	Protocol    string        `json:"protocol"`
	Model       string        `json:"model"`
	Teacher     string        `json:"teacher"` // such as "3x64"
	Student     string        `json:"student"`
	Ratio       study.Value   `json:"ratio"` // teacher's parameters over the student's, embedding tables not counted
	Epochs      int           `json:"epochs"`
	Base        string        `json:"base"` // settings of all runs
	Tuning      []uint64      `json:"tuning_seeds"`
	Seeds       []uint64      `json:"seeds"`
	TeacherTest []study.Value `json:"teacher_tests"` // of every seed
	Alone       []Setting     `json:"alone"`         // none on every common setting
	Taught      []Setting     `json:"taught"`        // kd on every common setting
	Criteria    []Outcome     `json:"criteria"`
	Seconds     float64       `json:"seconds"` // of training, all stages

	results []study.Result
}

// An Outcome is what a criterion came to on the test seeds, with what stage B
// found for it.
type Outcome struct {
	Criterion string        `json:"criterion"`
	Settings  string        `json:"settings"` // of the winner
	Common    int           `json:"common"`   // number of its common settings, -1 for a draw of none's own and a recipe
	Ratio     study.Value   `json:"ratio"`    // of gradients, null for a recipe
	Plain     bool          `json:"plain"`    // beta = 0 has won: it is kd
	Valid     study.Value   `json:"valid"`    // on the tuning seeds, null for a recipe
	Tests     []study.Value `json:"tests"`    // of every seed, in order
	// Beside are the tests of kd at the criterion's own common settings, those of
	// the primary comparison; empty for none and kd.
	Beside    []study.Value `json:"beside"`
	Constant  []study.Value `json:"constant"` // of every seed: the share of hidden units that are the same for all nodes
	Rank      []study.Value `json:"rank"`     // effective rank of the last hidden layer
	Agreement []study.Value `json:"agreement"`
	Failed    int           `json:"failed"` // runs that a loss that is no number ended early
	Runs      int           `json:"runs"`   // of all epochs that stage B was worth
	Tried     []Setting     `json:"tried"`  // empty for a recipe
}

// Results are the runs of the test seeds.
func (s *Study) Results() []study.Result { return s.results }

// Find returns a criterion's outcome, nil if there is none.
func (s *Study) Find(criterion string) *Outcome {
	i := slices.IndexFunc(s.Criteria, func(o Outcome) bool { return o.Criterion == criterion })
	if i < 0 {
		return nil
	}
	return &s.Criteria[i]
}

// test is stage C.
func (r *run) test(split graph.Split) (*Study, error) {
	var methods []study.Method
	for _, c := range r.criteria {
		name := c.Of
		if c.Plain {
			name = "kd"
		}
		methods = append(methods, study.Method{Criterion: name, Variant: "winner of " + c.Criterion, Settings: c.Winner.Settings})
		if c.Beside != "" {
			methods = append(methods, study.Method{Criterion: "kd", Variant: "at the settings of " + c.Criterion, Settings: c.Beside})
		}
	}
	w, results, err := r.stage("C, test seeds", r.Base.Plan().Epochs, r.Seeds, methods, true)
	if err != nil {
		return nil, err
	}
	s := r.describe(split)
	_, teachers, err := w.Results()
	if err != nil {
		return nil, err
	}
	for _, t := range teachers {
		s.TeacherTest = append(s.TeacherTest, t.Test)
		s.Ratio = study.Value(study.Ratio(float64(t.Params), float64(results[0][0].Params)))
	}
	at := 0
	for _, c := range r.criteria {
		o := r.outcome(c, results[at])
		at++
		if c.Beside != "" {
			o.Beside = testsOf(results[at])
			at++
		}
		s.Criteria = append(s.Criteria, o)
	}
	s.Seconds = r.seconds
	for _, x := range results {
		s.results = append(s.results, x...)
	}
	return s, nil
}

// describe returns what is known of the study before its tests.
func (r *run) describe(split graph.Split) *Study {
	p := r.Base.Plan()
	base := r.Base
	base.Seed, base.Data = setup.Opt[uint64]{}, ""
	return &Study{
		Split: split.Name, Fingerprint: r.print, Protocol: r.Protocol.String(), Model: p.Model, Teacher: study.SizeText(p.Teacher), Student: study.SizeText(r.Student),
		Ratio: study.Value(math.NaN()), Epochs: p.Epochs, Base: strings.Join(strings.Fields(study.Text(base)), "&"),
		Tuning: r.Tuning, Seeds: r.Seeds, Alone: r.common["none"], Taught: r.common["kd"],
	}
}

// outcome sums up a criterion's runs on the test seeds.
func (r *run) outcome(c Criterion, results []study.Result) Outcome {
	o := Outcome{
		Criterion: c.Criterion, Settings: c.Winner.Settings, Common: c.Winner.Common, Ratio: c.Winner.Ratio, Plain: c.Plain, Valid: c.Winner.Valid,
		Tests: testsOf(results), Beside: []study.Value{}, Tried: c.Tried, Runs: len(r.Tuning) * (len(c.Tried)/2 + min(r.Full, len(c.Tried))),
	}
	for _, x := range results {
		if x.Failure != "" {
			o.Failed++
		}
		constant, rank, agreement := study.Value(math.NaN()), study.Value(math.NaN()), study.Value(math.NaN())
		if h := x.Health; h != nil {
			rank, agreement = h.Rank, h.Agreement
			if h.Units > 0 {
				constant = study.Value(float64(h.Constant) / float64(h.Units))
			}
		}
		o.Constant, o.Rank, o.Agreement = append(o.Constant, constant), append(o.Rank, rank), append(o.Agreement, agreement)
	}
	return o
}

func testsOf(results []study.Result) (tests []study.Value) {
	for _, x := range results {
		tests = append(tests, x.Test)
	}
	return tests
}

// Check reports what of a study that was read from a file cannot be summed up.
func (s *Study) Check() error {
	for _, needed := range []string{"none", "kd"} {
		if s.Find(needed) == nil {
			return fmt.Errorf("study: there is no criterion %s", needed)
		}
	}
	for i := range s.Criteria {
		o := &s.Criteria[i]
		if len(o.Tests) != len(s.Seeds) || len(o.Beside) != 0 && len(o.Beside) != len(s.Seeds) {
			return fmt.Errorf("study: %s has %d test accuracies and %d of kd beside them, want %d, one of each seed", o.Criterion, len(o.Tests), len(o.Beside), len(s.Seeds))
		}
		if s.Find(o.Criterion) != o {
			return fmt.Errorf("study: criterion %s is there twice", o.Criterion)
		}
	}
	return nil
}
