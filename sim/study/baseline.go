package study

import (
	"fmt"
	"slices"
	"time"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim"
	"abkd/sim/baseline"
	"abkd/sim/setup"
)

// trained are the kinds of baseline that are trained, mlp before cs, which is
// Correct & Smooth over it.
var trained = []string{"mlp", "sgc", "cs"}

// SpreadLimit is how many multiplications and additions label propagation may
// take beside a run: some seconds.
const SpreadLimit = 1 << 34

// TooLarge is said where that is exceeded.
const TooLarge = "it would take too long on so large a graph"

// A Baseline is a kind of model that is no GNN and stands beside the students,
// with a run for each seed. It is of the teacher's size and trained for as long
// as the students.
type Baseline struct {
	Kind  string
	Cells []Cell // without a teacher
	// Missing says why there is none on this graph, "" if there is.
	Missing string
}

// A BaselineRow sums up the runs of a baseline over the seeds.
type BaselineRow struct {
	Model           string  `json:"model"`
	Size            string  `json:"size"` // such as "3x64", "" for a model without hidden layers
	Params          int     `json:"params"`
	EmbeddingParams int     `json:"embedding_params"`
	Seeds           int     `json:"seeds"` // 0 for what has nothing to draw
	Valid           Number  `json:"valid"` // mean
	ValidSD         Number  `json:"valid_sd"`
	Test            Number  `json:"test"` // mean, at the epoch of the best validation accuracy
	TestSD          Number  `json:"test_sd"`
	Tests           []Value `json:"tests"`   // of every seed
	Failed          int     `json:"failed"`  // runs that a loss that is no number ended early
	Missing         string  `json:"missing"` // why it is not known, "" if it is
}

// Name returns the row's model, with its size.
func (r *BaselineRow) Name() string {
	if r.Size == "" {
		return r.Model
	}
	return r.Model + " " + r.Size
}

// baselines plans the baselines of s on g, none if s wants none.
func (s Spec) baselines(g *graph.Graph) (all []Baseline, err error) {
	if !s.Baselines {
		return nil, nil
	}
	for _, kind := range trained {
		b := Baseline{Kind: kind}
		for _, seed := range s.Seeds {
			e := s.alone(kind, seed)
			e.Student, e.Epochs, e.Criterion = s.Base.Plan().Teacher, s.Base.Epochs, "none"
			e.Alpha = setup.Some(0.0)
			if k, _ := gnn.KindOf(kind); k.Shallow {
				e.Student = setup.Size{Layers: 1, Hidden: 1}
			}
			b.Cells = append(b.Cells, Cell{Method: Method{Criterion: "none", Variant: kind}, Experiment: e})
		}
		p := b.Cells[0].Experiment.Plan()
		_, err := gnn.ParamShapes(p.Config(p.Student), g)
		switch target := g.Types[g.Target]; {
		case err != nil && target.Features.Cols > 0:
			return nil, fmt.Errorf("study: baseline %s: %w", kind, err)
		case err != nil:
			b.Missing = target.Name + " has no features and gets none"
		case kind == "cs" && baseline.Work(g) > SpreadLimit:
			b.Missing = TooLarge
		}
		if b.Missing != "" {
			b.Cells = nil
		}
		all = append(all, b)
	}
	return all, nil
}

// baselineKey returns the name of the result of a baseline's cell.
func (w *Work) baselineKey(c Cell) string {
	return digest("baseline", w.Fingerprint, w.backend, Text(c.Experiment))
}

// baselineResult returns what is kept of a baseline's cell.
func (w *Work) baselineResult(c Cell) (Result, bool) {
	return w.store.Cell(w.baselineKey(c), "", c)
}

// addBaselines adds what is to do of the baselines. Correct & Smooth is over the
// mlp of the same seed, whose run it shares.
func (w *Work) addBaselines() {
	var over []Cell // as many as of the mlp, in the same order
	for _, b := range w.Baselines {
		if b.Kind == "cs" {
			over = b.Cells
		}
	}
	for _, b := range w.Baselines {
		for i, c := range b.Cells {
			switch {
			case b.Kind == "mlp" && len(over) > 0:
				w.addBaseline(c, over[i])
			case b.Kind != "cs":
				w.addBaseline(c)
			}
		}
	}
}

// addBaseline adds the run of the first of cells, over which the others are
// computed, if a result of them is not kept.
func (w *Work) addBaseline(cells ...Cell) {
	kept := func() bool {
		return !slices.ContainsFunc(cells, func(c Cell) bool { _, ok := w.baselineResult(c); return !ok })
	}
	if !kept() {
		w.addTask(&task{
			key: w.baselineKey(cells[0]), epochs: cells[0].Experiment.Plan().Epochs, kept: kept,
			run: func(tick Tick) error { return w.trainBaseline(cells, tick) },
		})
	}
}

// trainBaseline trains the first of cells, and computes the others over it.
func (w *Work) trainBaseline(cells []Cell, tick Tick) error {
	start := time.Now()
	m, r, err := train(w.Graph, cells[0], sim.Options{}, tick)
	if err != nil || m == nil {
		return err
	}
	for i, c := range cells {
		if i > 0 {
			if err := smoothed(w.Graph, c, m, &r); err != nil {
				return err
			}
		}
		r.Key, r.Variant, r.Experiment, r.Seconds = w.baselineKey(c), c.Method.Variant, c.Experiment.String(), time.Since(start).Seconds()
		if err := w.store.SaveCell(r); err != nil {
			return err
		}
	}
	return nil
}

// smoothed makes r, which is of the trained mlp base, that of c: Correct & Smooth
// over base.
func smoothed(g *graph.Graph, c Cell, base gnn.Model, r *Result) error {
	p := c.Experiment.Plan()
	split, err := g.Split(p.Split)
	if err != nil {
		return err
	}
	m, err := gnn.New(p.Config(p.Student), g, nil)
	if err != nil {
		return err
	}
	for i, weights := range base.Params() {
		copy(m.Params()[i].W.Data, weights.W.Data)
	}
	epoch := r.BestEpoch
	r.Outcome = sizeOf(sim.Assess(m, g, split))
	r.BestEpoch = epoch
	return nil
}

// BaselineRows sums up the baselines that are trained.
func (w *Work) BaselineRows() (rows []BaselineRow, err error) {
	for _, b := range w.Baselines {
		row := BaselineRow{Model: b.Kind, Seeds: len(b.Cells), Missing: b.Missing}
		var valid, test []float64
		for _, c := range b.Cells {
			r, ok := w.baselineResult(c)
			if !ok {
				return nil, fmt.Errorf("study: %v: baseline %s cannot be read back", w.store, w.baselineKey(c))
			}
			if k, _ := gnn.KindOf(b.Kind); !k.Shallow {
				row.Size = SizeText(c.Experiment.Student)
			}
			row.Params, row.EmbeddingParams = r.Params, r.EmbeddingParams
			valid, test, row.Tests = append(valid, float64(r.Valid)), append(test, float64(r.Test)), append(row.Tests, r.Test)
			if r.Failure != "" {
				row.Failed++
			}
		}
		row.Valid, row.ValidSD = MeanSD(valid)
		row.Test, row.TestSD = MeanSD(test)
		rows = append(rows, row)
	}
	return rows, nil
}

// BelowAdvice says what to try on g with a model that is below a baseline, with
// settings called as name says.
func BelowAdvice(g *graph.Graph, name setup.Naming) string {
	inputs := ""
	if g.LabelInputs == nil {
		inputs = fmt.Sprintf("%s, ", name("label-reuse"))
	}
	if !setup.Bare(g) {
		return fmt.Sprintf("%smore %s, %s or %s, another %s, or take the baseline", inputs, name("epochs"), name("layers"), name("hidden"), name("lr"))
	}
	if !slices.ContainsFunc(g.Types, func(t graph.NodeType) bool { return t.Derived == graph.FastRP }) {
		inputs += fmt.Sprintf("%s fastrp, ", name("inputs"))
	}
	return fmt.Sprintf("%smore %s or %s, or take the baseline: the graph has no features to learn from", inputs, name("layers"), name("hidden"))
}
