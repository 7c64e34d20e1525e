package study

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"

	"abkd/gnn/graph"
	"abkd/sim/setup"
)

// A Search looks for the settings of each criterion that give the best
// validation accuracy, with the same number of trials for each. It is run as
// any Spec is:
//
//	Search --Spec, Plan--> Cells --Train on Blind--> Results --Best--> Tuned
//
// The seeds should not be those of the comparison that is to follow.
type Search struct {
	Base     setup.Experiment // of all trials; its learning rate, dropout and decay are the teacher's
	Student  setup.Size
	Criteria []string
	Trials   int // for each criterion
	Seeds    []uint64
}

// A Trial is one choice of settings and what it came to. There is no test
// accuracy in it: nothing here could choose by one.
type Trial struct {
	Trial     int     `json:"trial"`
	Settings  string  `json:"settings"` // text form of an experiment, criterion included
	Valid     []Value `json:"valid"`    // best validation accuracy of every seed, 0..1
	ValidMean Number  `json:"valid_mean"`
	Seconds   float64 `json:"seconds"` // of training, over all seeds
	Failed    int     `json:"failed"`  // runs that a loss that is no number ended early
}

// A Tuned is a criterion with the best of its trials and what it cost to find.
type Tuned struct {
	Criterion string   `json:"criterion"`
	Best      Trial    `json:"best"`
	Trials    int      `json:"trials"`  // choices of settings
	Runs      int      `json:"runs"`    // students trained, for all seeds
	Seconds   float64  `json:"seconds"` // that those were trained for
	Space     []Choice `json:"space"`

	All []Trial `json:"-"`
}

// Blind returns g as a search may see it: with one split, which has no test
// nodes, and no label outside its training and validation nodes. That g is
// also what decides whether settings were tuned for it, see Fingerprint.
func Blind(g *graph.Graph, split graph.Split) (*graph.Graph, graph.Split) {
	h := *g
	h.Labels = slices.Repeat([]int32{-1}, len(g.Labels))
	for _, nodes := range [][]int32{split.Train, split.Valid} {
		for _, v := range nodes {
			h.Labels[v] = g.Labels[v]
		}
	}
	split.Test = nil
	h.Splits = []graph.Split{split}
	return &h, split
}

// Spec returns the trials as methods of a comparison, those of a criterion
// side by side. They depend on the base, the criterion and the first seed
// alone, and more trials begin with the same ones.
func (s Search) Spec() (Spec, error) {
	out := Spec{Base: s.Base, Students: []setup.Size{s.Student}, Seeds: s.Seeds}
	if len(s.Criteria) == 0 || s.Trials < 1 || len(s.Seeds) == 0 {
		return out, fmt.Errorf("study: there are %d criteria, %d trials and %d seeds, want at least one of each", len(s.Criteria), s.Trials, len(s.Seeds))
	}
	for i, c := range s.Criteria {
		if slices.Contains(s.Criteria[:i], c) {
			return out, fmt.Errorf("study: criterion %s is there twice, want each once", c)
		}
		settings, err := s.trials(c)
		if err != nil {
			return out, err
		}
		for k, text := range settings {
			out.Methods = append(out.Methods, Method{c, fmt.Sprintf("trial %d", k), text})
		}
	}
	return out, nil
}

// patience is how often in a row a draw may be one that is there already
// before its space counts as used up.
const patience = 10000

// trials returns the settings to try for a criterion: its default alone, its
// default beside KD, and from then on draws from its space, no two the same.
func (s Search) trials(criterion string) ([]string, error) {
	space, err := Space(s.Base, criterion)
	if err != nil {
		return nil, err
	}
	h := fnv.New64a()
	h.Write([]byte(criterion)) // a hash does not fail
	rng := rand.New(rand.NewPCG(s.Seeds[0], h.Sum64()))
	var out []string
	known := map[string]bool{}
	add := func(settings string) error {
		e, _, err := Method{Criterion: criterion, Settings: settings}.apply(s.Base)
		if err == nil && !known[Text(e)] {
			known[Text(e)] = true
			out = append(out, settings)
		}
		return err
	}
	published := []string{"", besideKD(criterion)}
	for draws := 0; len(out) < s.Trials; draws++ {
		before := len(out)
		settings := ""
		if len(published) > 0 {
			settings, published = published[0], published[1:]
		} else {
			settings = draw(space, rng)
		}
		if err := add(settings); err != nil {
			return nil, err
		}
		if len(out) > before {
			draws = 0
		}
		if draws == patience {
			return nil, fmt.Errorf("study: criterion %s has %d different trials, want %d: every criterion gets as many, so choose fewer", criterion, len(out), s.Trials)
		}
	}
	return out, nil
}

// besideKD returns the settings that a criterion is published with beside KD,
// none for one that has no such form.
func besideKD(criterion string) string {
	if criterion == "none" || criterion == "kd" {
		return ""
	}
	settings := "alpha=0.9&nodes=train"
	if beta, ok := WithKD[criterion]; ok {
		settings += "&beta=" + beta
	}
	return settings
}

// draw returns a point of space.
func draw(space []Choice, rng *rand.Rand) string {
	var pairs []string
	for _, c := range space {
		if c.Unless == "" || !slices.Contains(pairs, c.Unless) {
			pairs = append(pairs, c.Key+"="+c.Values[rng.IntN(len(c.Values))])
		}
	}
	return strings.Join(pairs, "&")
}

// Best sums up results, those of all cells of the search's plan in its order.
// Of trials with the same score, the mean over the seeds of the best
// validation accuracy, the first wins.
func (s Search) Best(results []Result) ([]Tuned, error) {
	spec, err := s.Spec()
	if err != nil {
		return nil, err
	}
	if want := len(spec.Methods) * len(s.Seeds); len(results) != want {
		return nil, fmt.Errorf("study: there are %d results of a search, want %d", len(results), want)
	}
	var out []Tuned
	for i, criterion := range s.Criteria {
		space, err := Space(s.Base, criterion)
		if err != nil {
			return nil, err
		}
		t := Tuned{Criterion: criterion, Trials: s.Trials, Runs: s.Trials * len(s.Seeds), Space: space}
		for k := range s.Trials {
			m := i*s.Trials + k
			trial := Trial{Trial: k, Settings: strings.TrimSuffix("criterion="+criterion+"&"+spec.Methods[m].Settings, "&")}
			for seed := range s.Seeds {
				trial.add(&results[seed*len(spec.Methods)+m])
			}
			trial.ValidMean, _ = MeanSD(wide(trial.Valid))
			t.Seconds += trial.Seconds
			t.All = append(t.All, trial)
			if k == 0 || trial.ValidMean > t.Best.ValidMean+NoSpread {
				t.Best = trial
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// add adds the run of one more seed.
func (t *Trial) add(r *Result) {
	t.Valid = append(t.Valid, r.Valid)
	t.Seconds += r.Seconds
	if r.Failure != "" {
		t.Failed++
	}
}

// Method returns the criterion with its tuned settings, under its own name.
func (t *Tuned) Method() (Method, error) {
	m, err := ParseVariant(t.Criterion + ":" + t.Best.Settings)
	if err == nil && m.Criterion != t.Criterion {
		err = fmt.Errorf("study: settings of %s are %q, want those of the same criterion", t.Criterion, t.Best.Settings)
	}
	m.Variant = ""
	return m, err
}

// Cost returns what it took to find t.
func (t *Tuned) Cost() Cost {
	var space []string
	for _, c := range t.Space {
		space = append(space, c.String())
	}
	return Cost{t.Trials, t.Runs, t.Seconds, strings.Join(space, "; ")}
}
