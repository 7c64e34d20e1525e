package study

import (
	"fmt"
	"slices"
	"strings"
)

// A Row sums up the cells of one method and student size over the seeds.
type Row struct {
	Criterion string `json:"criterion"`
	Variant   string `json:"variant"`
	Layers    int    `json:"layers"`
	Hidden    int    `json:"hidden"`

	Params          int    `json:"params"`
	EmbeddingParams int    `json:"embedding_params"`
	Bytes           int    `json:"bytes"`
	Ratio           Number `json:"ratio"`      // teacher's parameters over the student's, embedding tables not counted
	ByteRatio       Number `json:"byte_ratio"` // the same of bytes, embedding tables counted

	Seeds     int     `json:"seeds"`
	TestMean  Number  `json:"test_mean"` // at the epoch of the best validation accuracy, 0..1
	TestSD    Number  `json:"test_sd"`
	ValidMean Number  `json:"valid_mean"`
	ValidSD   Number  `json:"valid_sd"`
	Tests     []Value `json:"tests"` // of every seed, in order

	// The difference to the best method of the other criteria for the same
	// size: the one of the best mean validation accuracy.
	Baseline  string `json:"baseline"` // "" if there is no other criterion, or no validation nodes to choose by
	Diff      Number `json:"diff"`
	Low       Number `json:"diff_low"`
	High      Number `json:"diff_high"`
	P         Number `json:"p"`
	PWilcoxon Number `json:"p_wilcoxon"`
	// Plain compares a variant with the criterion as it is; null otherwise.
	Plain *Paired `json:"plain"`

	InferMS      Number `json:"infer_ms"`     // fastest inference on the whole graph, on one core
	TeacherMS    Number `json:"teacher_ms"`   // the same of the teacher
	TrainSeconds Number `json:"train_s"`      // mean
	TeacherTest  Number `json:"teacher_test"` // mean of its teachers
	TeacherSize  string `json:"teacher_size"` // such as "3x64", "untrained 3x64"
	Failed       int    `json:"failed"`       // runs that a loss that is no number ended early
	BestEpochs   []int  `json:"best_epochs"`  // of every seed
	Experiment   string `json:"experiment"`   // text form, without the seed

	// Of the students whose health was taken, see Health: means over them.
	Units     int    `json:"units"`     // of a student's hidden layers, 0 without
	Constant  Number `json:"constant"`  // of them
	Rank      Number `json:"rank"`      // effective rank of the last hidden layer
	Agreement Number `json:"agreement"` // with the teacher, on the test nodes
	Cost
}

// A Cost is what it took to find the settings of a row. It is zero for
// settings that nobody searched for.
type Cost struct {
	TuneTrials  int     `json:"tune_trials"`
	TuneRuns    int     `json:"tune_runs"`  // students trained, for all tuning seeds
	TuneSeconds float64 `json:"tune_s"`     // that those were trained for
	TuneSpace   string  `json:"tune_space"` // the values that were tried
}

// Name returns the row's method.
func (r *Row) Name() string { return Method{Criterion: r.Criterion, Variant: r.Variant}.String() }

// Size returns the student's size, such as "2x8".
func (r *Row) Size() string { return fmt.Sprintf("%dx%d", r.Layers, r.Hidden) }

// SizeName returns the teacher's size in the form of Row.TeacherSize.
func (t *TeacherResult) SizeName() string { return teacherSize(t.Layers, t.Hidden, t.Untrained) }

func teacherSize(layers, hidden int, untrained bool) string {
	name := fmt.Sprintf("%dx%d", layers, hidden)
	if untrained {
		return "untrained " + name
	}
	return name
}

// Rows sums up results, those of all cells of a plan in its order. The rows
// are in the order of students, then methods. Inference times are left for
// whoever measures them.
func Rows(results []Result, teachers []TeacherResult) []Row {
	var rows []Row
	group := map[string]int{}
	var cells [][]*Result
	for i := range results {
		r := &results[i]
		name := fmt.Sprintf("%s\n%dx%d", r.Method(), r.Layers, r.Hidden)
		g, ok := group[name]
		if !ok {
			g = len(cells)
			group[name] = g
			cells = append(cells, nil)
		}
		cells[g] = append(cells[g], r)
	}
	for _, c := range cells {
		rows = append(rows, newRow(c, teachers))
	}
	for i := range rows {
		rows[i].compare(rows)
	}
	return rows
}

func newRow(cells []*Result, teachers []TeacherResult) Row {
	first := cells[0]
	row := Row{
		Criterion: first.Criterion, Variant: first.Variant, Layers: first.Layers, Hidden: first.Hidden,
		Params: first.Params, EmbeddingParams: first.EmbeddingParams, Bytes: first.Bytes, Seeds: len(cells), Experiment: seedless(first.Experiment),
		InferMS: unknown, TeacherMS: unknown, Diff: unknown, Low: unknown, High: unknown, P: unknown, PWilcoxon: unknown,
	}
	var test, valid, seconds, taught []float64
	for _, c := range cells {
		test, valid, seconds = append(test, float64(c.Test)), append(valid, float64(c.Valid)), append(seconds, c.Seconds)
		row.Tests, row.BestEpochs = append(row.Tests, c.Test), append(row.BestEpochs, c.BestEpoch)
		if c.Failure != "" {
			row.Failed++
		}
		i := slices.IndexFunc(teachers, func(t TeacherResult) bool { return t.Key == c.Teacher })
		if i < 0 {
			panic(fmt.Sprintf("study: Rows: %s of seed %d has the teacher %s, want one of the %d teachers", c.Method(), c.Seed, c.Teacher, len(teachers)))
		}
		t := &teachers[i]
		taught = append(taught, float64(t.Test))
		row.TeacherSize = t.SizeName()
		row.Ratio = Ratio(float64(t.Params), float64(c.Params))
		row.ByteRatio = Ratio(float64(t.Bytes), float64(c.Bytes))
	}
	row.TestMean, row.TestSD = MeanSD(test)
	row.ValidMean, row.ValidSD = MeanSD(valid)
	row.TrainSeconds, _ = MeanSD(seconds)
	row.TeacherTest, _ = MeanSD(taught)
	row.addHealth(cells)
	return row
}

// addHealth fills in the means over the students that were examined.
func (r *Row) addHealth(cells []*Result) {
	var constant, rank, agreement []float64
	for _, c := range cells {
		if h := c.Health; h != nil {
			r.Units = h.Units
			constant, rank, agreement = append(constant, float64(h.Constant)), append(rank, float64(h.Rank)), append(agreement, float64(h.Agreement))
		}
	}
	r.Constant, _ = MeanSD(constant)
	r.Rank, _ = MeanSD(rank)
	r.Agreement, _ = MeanSD(agreement)
}

// seedless returns the text of an experiment without its seed.
func seedless(text string) string {
	pairs := strings.Split(text, "&")
	return strings.Join(slices.DeleteFunc(pairs, func(p string) bool { return strings.HasPrefix(p, "seed=") }), "&")
}

// compare fills in what r is compared with.
func (r *Row) compare(rows []Row) {
	var best, plain *Row
	for i := range rows {
		o := &rows[i]
		if o.Layers != r.Layers || o.Hidden != r.Hidden {
			continue
		}
		if o.Criterion != r.Criterion && o.ValidMean.Known() && (best == nil || o.ValidMean > best.ValidMean) {
			best = o
		}
		if o.Criterion == r.Criterion && o.Variant == "" && r.Variant != "" {
			plain = o
		}
	}
	if best != nil {
		p := Compare(best.Name(), wide(r.Tests), wide(best.Tests))
		r.Baseline, r.Diff, r.Low, r.High, r.P, r.PWilcoxon = p.Against, p.Diff, p.Low, p.High, p.P, p.PWilcoxon
	}
	if plain != nil {
		p := Compare(plain.Name(), wide(r.Tests), wide(plain.Tests))
		r.Plain = &p
	}
}

func wide(x []Value) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// A TeacherRow sums up the teachers of one size over the seeds.
type TeacherRow struct {
	Layers          int    `json:"layers"`
	Hidden          int    `json:"hidden"`
	Untrained       bool   `json:"untrained"`
	Params          int    `json:"params"`
	EmbeddingParams int    `json:"embedding_params"`
	Bytes           int    `json:"bytes"`
	Seeds           int    `json:"seeds"`
	TestMean        Number `json:"test_mean"`
	TestSD          Number `json:"test_sd"`
	ValidMean       Number `json:"valid_mean"`
	ValidSD         Number `json:"valid_sd"`
	InferMS         Number `json:"infer_ms"`
	TrainSeconds    Number `json:"train_s"`
}

// Size returns the teacher's size in the form of Row.TeacherSize.
func (t *TeacherRow) Size() string { return teacherSize(t.Layers, t.Hidden, t.Untrained) }

// TeacherRows sums up the teachers, in the order of the first of each size.
func TeacherRows(teachers []TeacherResult) (rows []TeacherRow) {
	var sizes []string
	for i := range teachers {
		if t := &teachers[i]; !slices.Contains(sizes, t.SizeName()) {
			sizes = append(sizes, t.SizeName())
			rows = append(rows, TeacherRow{
				Layers: t.Layers, Hidden: t.Hidden, Untrained: t.Untrained,
				Params: t.Params, EmbeddingParams: t.EmbeddingParams, Bytes: t.Bytes, InferMS: unknown,
			})
		}
	}
	for i := range rows {
		var test, valid, seconds []float64
		for k := range teachers {
			if t := &teachers[k]; t.SizeName() == sizes[i] {
				test, valid, seconds = append(test, float64(t.Test)), append(valid, float64(t.Valid)), append(seconds, t.Seconds)
			}
		}
		r := &rows[i]
		r.Seeds = len(test)
		r.TestMean, r.TestSD = MeanSD(test)
		r.ValidMean, r.ValidSD = MeanSD(valid)
		r.TrainSeconds, _ = MeanSD(seconds)
	}
	return rows
}
