package fair

import (
	"fmt"
	"math"
	"slices"

	"abkd/sim/study"
)

// The comparisons that are declared before anything is run. Each is of a
// criterion's winner on the test seeds.
const (
	KDBeside = "kd at its common settings"
	KDWinner = "kd's winner"
	Control  = "spread's winner" // which never looks at the teacher
)

// comparisons are those that are declared, in order.
var comparisons = []string{KDBeside, KDWinner, Control}

// Graphs is on how many graphs a gain must hold to be claimed.
const Graphs = 4

// A Comparison is one of a criterion on a graph.
type Comparison struct {
	Graph     string `json:"graph"`
	Criterion string `json:"criterion"`
	study.Paired
	Holm study.Number `json:"p_holm"` // over criteria and graphs
}

// A Headline is a criterion over all graphs.
type Headline struct {
	Criterion string `json:"criterion"`
	Against   string `json:"against"`
	Mixed
	Holm  study.Number `json:"p_holm"` // over criteria
	Above int          `json:"above"`  // graphs on which it is above by Holm's p < .05
	Below int          `json:"below"`
}

// A Standing is how a criterion stands among all.
type Standing struct {
	Graph     string       `json:"graph"` // "" for all graphs together
	Criterion string       `json:"criterion"`
	Best      study.Number `json:"p_best"` // probability that its mean is the highest
	// Other compares it, on the first half of the seeds, with what is best of all
	// others on the second half: chosen and tested on the same seeds that would
	// look better than it is. Null over all graphs.
	Other *study.Paired `json:"other"`
}

// A Summary is the statistics of studies of the same criteria, one of each graph
// and split.
type Summary struct {
	Graphs    []string     `json:"graphs"`
	Primary   []Comparison `json:"primary"`
	Headlines []Headline   `json:"headlines"`
	Standings []Standing   `json:"standings"`
	// Gains are the criteria of which a gain is claimed: above kd in both
	// comparisons and above the control on at least Graphs graphs by Holm.
	Gains []string `json:"gains"`
}

// Summarise sums up studies. They must have the same criteria.
func Summarise(studies []*Study) (*Summary, error) {
	if err := alike(studies); err != nil {
		return nil, err
	}
	s := &Summary{Gains: []string{}}
	for _, x := range studies {
		s.Graphs = append(s.Graphs, x.Name())
	}
	for _, against := range comparisons {
		s.compare(against, studies)
	}
	s.stand(studies)
	for _, o := range studies[0].Criteria {
		if s.gains(o.Criterion) {
			s.Gains = append(s.Gains, o.Criterion)
		}
	}
	return s, nil
}

// Name returns what a study is called beside others.
func (s *Study) Name() string { return fmt.Sprintf("%s %s %s", s.Data, s.Split, s.Student) }

func alike(studies []*Study) error {
	for i, x := range studies {
		if err := x.Check(); err != nil {
			return err
		}
		if x.Protocol != studies[0].Protocol {
			return fmt.Errorf("study: %s was run by another protocol than %s: %s, and %s", x.Name(), studies[0].Name(), x.Protocol, studies[0].Protocol)
		}
		if a, b := x.names(), studies[0].names(); !slices.Equal(a, b) {
			return fmt.Errorf("study: %s has the criteria %q, %s has %q, want the same", x.Name(), a, studies[0].Name(), b)
		}
		for _, before := range studies[:i] {
			if before.Fingerprint == x.Fingerprint && before.Name() == x.Name() {
				return fmt.Errorf("study: %s is there twice, want each graph, split and student once", x.Name())
			}
		}
	}
	if len(studies) == 0 {
		return fmt.Errorf("study: there are no studies, want at least one")
	}
	return nil
}

func (s *Study) names() (names []string) {
	for _, o := range s.Criteria {
		names = append(names, o.Criterion)
	}
	return names
}

// reference returns the tests that a criterion's are compared with, nil if it is
// not compared so.
func (s *Study) reference(o *Outcome, against string) []study.Value {
	switch against {
	case KDBeside:
		return o.Beside
	case KDWinner:
		if o.Criterion != "kd" {
			return s.Find("kd").Tests
		}
	case Control:
		if c := s.Find("spread"); c != nil && len(o.Beside) > 0 && o.Criterion != "spread" {
			return c.Tests
		}
	}
	return nil
}

// compare adds a comparison of all criteria on all graphs, a family of Holm's, and
// of the criteria over the graphs, another one.
func (s *Summary) compare(against string, studies []*Study) {
	first, firstHeadline := len(s.Primary), len(s.Headlines)
	for _, name := range studies[0].names() {
		var d [][]float64
		for _, x := range studies {
			o := x.Find(name)
			reference := x.reference(o, against)
			if len(reference) == 0 {
				continue
			}
			s.Primary = append(s.Primary, Comparison{Graph: x.Name(), Criterion: name, Paired: study.Compare(against, wide(o.Tests), wide(reference))})
			d = append(d, differences(o.Tests, reference))
		}
		if len(d) > 0 {
			s.Headlines = append(s.Headlines, Headline{Criterion: name, Against: against, Mixed: MixedMean(d)})
		}
	}
	family, headlines := s.Primary[first:], s.Headlines[firstHeadline:]
	var p, pooled []study.Number
	for _, c := range family {
		p = append(p, c.P)
	}
	for _, h := range headlines {
		pooled = append(pooled, h.P)
	}
	for i, x := range Holm(p) {
		family[i].Holm = x
	}
	for i, x := range Holm(pooled) {
		headlines[i].Holm = x
		headlines[i].count(family)
	}
}

// count sets on how many graphs of its family h is above or below.
func (h *Headline) count(family []Comparison) {
	for _, c := range family {
		switch {
		case c.Criterion != h.Criterion || !(c.Holm < 0.05):
		case c.Diff > 0:
			h.Above++
		default:
			h.Below++
		}
	}
}

// gains reports whether a gain of the criterion is claimed.
func (s *Summary) gains(criterion string) bool {
	holds := 0
	for _, h := range s.Headlines {
		if h.Criterion == criterion && h.Above >= Graphs {
			holds++
		}
	}
	return holds == len(comparisons)
}

// stand adds how the criteria stand on each graph, and on all of several.
func (s *Summary) stand(studies []*Study) {
	all := make([][][]float64, len(studies[0].Criteria))
	for _, x := range studies {
		tests := make([][][]float64, len(x.Criteria))
		for m, o := range x.Criteria {
			tests[m] = [][]float64{wide(o.Tests)}
			all[m] = append(all[m], wide(o.Tests))
		}
		best := Best(tests)
		for m, o := range x.Criteria {
			s.Standings = append(s.Standings, Standing{Graph: x.Name(), Criterion: o.Criterion, Best: best[m], Other: x.other(m)})
		}
	}
	if len(studies) < 2 {
		return
	}
	for m, p := range Best(all) {
		s.Standings = append(s.Standings, Standing{Criterion: studies[0].Criteria[m].Criterion, Best: p})
	}
}

// other compares a criterion with the best of the others, see Standing; nil if
// there are not enough seeds to be divided.
func (s *Study) other(criterion int) *study.Paired {
	half := len(s.Seeds) / 2
	if half < 2 {
		return nil
	}
	chosen, highest := -1, math.Inf(-1)
	for m, o := range s.Criteria {
		if mean, _ := study.MeanSD(wide(o.Tests[half:])); m != criterion && float64(mean) > highest {
			chosen, highest = m, float64(mean)
		}
	}
	if chosen < 0 {
		return nil
	}
	p := study.Compare(s.Criteria[chosen].Criterion, wide(s.Criteria[criterion].Tests[:half]), wide(s.Criteria[chosen].Tests[:half]))
	return &p
}

func differences(a, b []study.Value) (d []float64) {
	for i := range a {
		d = append(d, float64(a[i])-float64(b[i]))
	}
	return d
}

func wide(x []study.Value) (out []float64) {
	for _, v := range x {
		out = append(out, float64(v))
	}
	return out
}
