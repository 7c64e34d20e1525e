package fair

import (
	"fmt"
	"math"
	"slices"

	"abkd/sim/study"
)

// A Setting is a point of a criterion's space and what it came to on the tuning
// seeds: mean best validation accuracies, 0..1, null where it was not run.
type Setting struct {
	Settings string      `json:"settings"`
	Common   int         `json:"common"` // number of its common settings
	Ratio    study.Value `json:"ratio"`  // of gradients, see beta; 0 without a weight of its own
	Half     study.Value `json:"half"`   // valid, of half the epochs
	Valid    study.Value `json:"valid"`  // of all epochs
}

// A Criterion is what stage B found for one.
type Criterion struct {
	Criterion string
	Of        string // the criterion of a recipe, else its own name
	Tried     []Setting
	Winner    Setting
	Plain     bool   // the winner has beta = 0: it is KD alone
	Beside    string // settings of KD alone at the winner's common settings, "" for none and kd
}

// tuneOwn is stage B.
func (r *run) tuneOwn() error {
	tried := map[string][]Setting{}
	for _, name := range r.Names() {
		if _, is := recipe(name); is {
			continue
		}
		settings, err := r.own(name)
		if err != nil {
			return err
		}
		tried[name] = settings
	}
	half := max(1, r.Base.Plan().Epochs/2)
	all := func(string, Setting) bool { return true }
	if err := r.try("B, half the epochs", half, tried, all, func(s *Setting, v study.Value) { s.Half = v }); err != nil {
		return err
	}
	full := map[string][]Setting{}
	for name, settings := range tried {
		full[name] = best(settings, r.Full, func(s Setting) study.Value { return s.Half })
	}
	chosen := func(name string, s Setting) bool {
		return slices.ContainsFunc(full[name], func(f Setting) bool { return f.Settings == s.Settings })
	}
	if err := r.try("B, all epochs", r.Base.Plan().Epochs, tried, chosen, func(s *Setting, v study.Value) { s.Valid = v }); err != nil {
		return err
	}
	for _, name := range r.Names() {
		c, is := recipe(name)
		if !is {
			c = r.winner(name, tried[name])
		}
		r.criteria = append(r.criteria, c)
	}
	return nil
}

// own returns what a criterion is tried with: forms of its own beside each common
// setting that is kept. For kd those are other weights, temperatures and nodes;
// none has nothing of its own, so as many further draws are.
func (r *run) own(criterion string) (settings []Setting, err error) {
	kept := r.kept(criterion)
	if criterion == "none" {
		for _, text := range draws(r.print, commonOf("none"), r.Draws+forms*len(kept))[r.Draws:] {
			settings = append(settings, unrun(Setting{Settings: text, Common: -1}))
		}
		return settings, nil
	}
	for _, common := range kept {
		if criterion == "kd" {
			for _, text := range others(r.print, common, forms) {
				settings = append(settings, unrun(Setting{Settings: text, Common: common.Common}))
			}
			continue
		}
		for _, form := range formsOf(criterion) {
			s, err := r.weighed(criterion, common, form)
			if err != nil {
				return nil, err
			}
			settings = append(settings, unrun(s))
		}
	}
	return settings, nil
}

// unrun returns s with nothing known of it yet.
func unrun(s Setting) Setting {
	s.Half, s.Valid = study.Value(math.NaN()), study.Value(math.NaN())
	return s
}

// try runs those settings of all criteria that are chosen, and keeps what each
// came to.
func (r *run) try(stage string, epochs int, tried map[string][]Setting, chosen func(string, Setting) bool, keep func(*Setting, study.Value)) error {
	var methods []study.Method
	var settings []*Setting
	for _, name := range r.Names() {
		for i := range tried[name] {
			s := &tried[name][i]
			if chosen(name, *s) {
				methods = append(methods, study.Method{Criterion: name, Variant: fmt.Sprintf("setting %d", i), Settings: s.Settings})
				settings = append(settings, s)
			}
		}
	}
	_, results, err := r.stage(stage, epochs, r.Tuning, methods, false)
	if err != nil {
		return err
	}
	for i, x := range results {
		keep(settings[i], validity(x))
	}
	return nil
}

// winner chooses between what had all epochs and the common settings that were
// kept, which for a criterion beside KD are its beta = 0 and win between equals.
func (r *run) winner(criterion string, tried []Setting) Criterion {
	kept := r.kept(criterion)
	all := slices.Clone(kept)
	for _, s := range tried {
		if s.Valid == s.Valid { // it is known
			all = append(all, s)
		}
	}
	c := Criterion{Criterion: criterion, Of: criterion, Tried: tried, Winner: best(all, 1, func(s Setting) study.Value { return s.Valid })[0]}
	if criterion == "none" || criterion == "kd" {
		return c
	}
	for _, s := range kept {
		if s.Common == c.Winner.Common {
			c.Beside = s.Settings
		}
	}
	c.Plain = c.Winner.Settings == c.Beside
	return c
}
