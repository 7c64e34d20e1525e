// Package fair compares criteria on a graph by a protocol that gives each of them
// the same: the same settings that all share, the same number of settings of its
// own, the same epochs.
//
//	A  none and kd on all common settings                          -> the best are kept
//	B  each criterion on those, with settings of its own           -> a winner
//	   half the epochs for all, then all epochs for the best
//	C  the winners on fresh seeds, each with a teacher of its own  -> Study
//
// Common settings are drawn once for a graph, from its fingerprint, so no
// criterion has luck of its own. Every criterion stands beside KD, and beta = 0,
// which is KD alone, is in every space. A and B see no test label. A recipe of
// distill, such as abkd+, has its settings already: it comes to stage C as it is.
package fair

import (
	"fmt"
	"slices"

	"abkd/gnn/graph"
	"abkd/gnn/graph/fingerprint"
	"abkd/sim/setup"
	"abkd/sim/study"
)

// A Protocol says what is compared, and with what effort.
type Protocol struct {
	Base     setup.Experiment // of all runs; its learning rate, dropout and decay are the teachers'
	Student  setup.Size
	Criteria []string // and recipes, see Recipes; none and kd are always among them
	Draws    int      // of common settings
	Kept     int      // of them, for stage B
	Full     int      // settings of a criterion that stage B gives all epochs
	Tuning   []uint64 // seeds of A and B
	Seeds    []uint64 // of C
}

// The effort of the protocol as it is declared.
const (
	Draws       = 16
	Kept        = 4
	Full        = 6
	TuningSeeds = 3
	Seeds       = 20

	forms = 6 // settings of a criterion's own beside each common one
)

// Check reports what p cannot be run with.
func (p Protocol) Check() error {
	if p.Draws < 1 || p.Draws > 100 || p.Kept < 1 || p.Full < 1 || len(p.Tuning) < 1 || len(p.Seeds) < 1 {
		return fmt.Errorf("study: there are %d draws, %d kept, %d and %d seeds, want some of each, and up to 100 draws", p.Draws, p.Kept, len(p.Tuning), len(p.Seeds))
	}
	for i, c := range p.Criteria {
		if known := slices.Concat(study.Criteria(), Recipes()); !slices.Contains(known, c) {
			return fmt.Errorf("study: criterion is %q, want one of %q (each stands beside KD)", c, known)
		}
		if slices.Contains(p.Criteria[:i], c) {
			return fmt.Errorf("study: criterion %s is there twice, want each once", c)
		}
	}
	for _, s := range p.Tuning {
		if slices.Contains(p.Seeds, s) {
			return fmt.Errorf("study: seed %d is both tuned and tested on, want others to test", s)
		}
	}
	_, _, err := p.spec(p.Base.Plan().Epochs, p.Tuning, []study.Method{{Criterion: "none"}, {Criterion: "kd"}}).Plan()
	return err
}

// Names returns the criteria in the order of the study: none and kd first.
func (p Protocol) Names() []string {
	names := []string{"none", "kd"}
	for _, c := range p.Criteria {
		if !slices.Contains(names, c) {
			names = append(names, c)
		}
	}
	return names
}

// String says in a line what p is, as folders of results name it.
func (p Protocol) String() string {
	return fmt.Sprintf("fair protocol 1: %d common settings, %d kept, %d of each criterion's own, %d of all epochs, tuned on seeds %v", p.Draws, p.Kept, forms, p.Full, p.Tuning)
}

func (p Protocol) spec(epochs int, seeds []uint64, methods []study.Method) study.Spec {
	base := p.Base
	base.Epochs = epochs
	return study.Spec{Base: base, Methods: methods, Students: []setup.Size{p.Student}, Seeds: seeds}
}

// Run runs p on g. What a store has is not run again, so a study that was ended
// goes on where it was. Each stage is handed to do, which runs it, and ends the
// study by an error.
func (p Protocol) Run(g *graph.Graph, split graph.Split, store study.Store, do func(stage string, w *study.Work) error) (*Study, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	blind, seen := study.Blind(g, split)
	r := &run{Protocol: p, store: store, do: do, graph: blind, print: fingerprint.Run(blind, seen)}
	if err := r.tuneCommon(); err != nil {
		return nil, err
	}
	if err := r.tuneOwn(); err != nil {
		return nil, err
	}
	r.graph, r.print = g, fingerprint.Run(g, split)
	return r.test(split)
}

// A run is a protocol at work on a graph.
type run struct {
	Protocol
	store study.Store
	do    func(stage string, w *study.Work) error
	graph *graph.Graph
	print string

	common   map[string][]Setting // of none and kd: all draws, then the best of them
	criteria []Criterion
	tuned    *study.Work        // stage A, which has the teachers of the tuning seeds
	measured map[string]float64 // see unit
	seconds  float64            // of training
}

// stage runs methods with seeds and returns the results of each method.
func (r *run) stage(name string, epochs int, seeds []uint64, methods []study.Method, examined bool) (*study.Work, [][]study.Result, error) {
	s := r.spec(epochs, seeds, methods)
	s.Examined = examined
	w, err := study.NewWork(s, r.graph, r.print, r.store)
	if err != nil {
		return nil, nil, err
	}
	if err := r.do(name, w); err != nil {
		return nil, nil, err
	}
	results, _, err := w.Results()
	if err != nil {
		return nil, nil, err
	}
	of := make([][]study.Result, len(methods))
	for i, x := range results { // seed by seed, method by method
		of[i%len(methods)] = append(of[i%len(methods)], x)
		r.seconds += x.Seconds
	}
	return w, of, nil
}

// validity returns the mean over the seeds of the best validation accuracy.
func validity(results []study.Result) study.Value {
	var valid []float64
	for _, x := range results {
		valid = append(valid, float64(x.Valid))
	}
	mean, _ := study.MeanSD(valid)
	return study.Value(mean)
}

// tuneCommon is stage A.
func (r *run) tuneCommon() error {
	r.common = map[string][]Setting{}
	var methods []study.Method
	for _, criterion := range []string{"none", "kd"} {
		for i, text := range draws(r.print, commonOf(criterion), r.Draws) {
			r.common[criterion] = append(r.common[criterion], Setting{Settings: text, Common: i})
			methods = append(methods, study.Method{Criterion: criterion, Variant: fmt.Sprintf("common %d", i), Settings: text})
		}
	}
	w, results, err := r.stage("A, common settings", r.Base.Plan().Epochs, r.Tuning, methods, false)
	if err != nil {
		return err
	}
	for i, x := range results {
		list := r.common[methods[i].Criterion]
		list[i%len(list)].Valid = validity(x)
	}
	r.tuned = w
	return nil
}

// kept returns the best of the common settings that a criterion is tried with:
// kd's for all that have a teacher.
func (r *run) kept(criterion string) []Setting {
	if criterion != "none" {
		criterion = "kd"
	}
	return best(r.common[criterion], r.Kept, func(s Setting) study.Value { return s.Valid })
}

// best returns up to n of settings with the highest score, of equals the first.
func best(settings []Setting, n int, score func(Setting) study.Value) []Setting {
	sorted := slices.Clone(settings)
	slices.SortStableFunc(sorted, func(a, b Setting) int {
		switch x, y := score(a), score(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return sorted[:min(n, len(sorted))]
}
