// Package report tells what a study came to: a comparison as text, as
// comma-separated values, as JSON and as one page of HTML; a search as text, as
// comma-separated values and as the JSON that a comparison is made from.
package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"abkd/gnn/graph"
	"abkd/internal/show"
	"abkd/sim/baseline"
	"abkd/sim/fit"
	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/store"
)

// A Comparison is the result of a comparison.
type Comparison struct {
	Command     string              `json:"command"`
	Line        string              `json:"line"` // the command line
	Data        string              `json:"data"`
	Split       string              `json:"split"`
	Fingerprint string              `json:"fingerprint"` // of the data
	Model       string              `json:"model"`
	Preset      string              `json:"preset"`
	Settings    string              `json:"settings"` // that all runs share, where not at their default
	Seeds       []uint64            `json:"seeds"`
	Epochs      int                 `json:"epochs"`
	TeachEpochs int                 `json:"teacher_epochs"`
	Jobs        int                 `json:"jobs"`
	Versions    map[string]string   `json:"versions"`
	Teacher     study.TeacherRow    `json:"teacher"`
	Teachers    []study.TeacherRow  `json:"teachers"` // of other sizes too
	Rows        []study.Row         `json:"rows"`
	Baselines   []study.BaselineRow `json:"baselines"` // models that are no GNN
	Tuned       *Tuned              `json:"tuned"`     // how settings were found, null if they were not searched for
	Notes       []string            `json:"notes"`

	Chosen  string         `json:"-"` // what followed from the size of the graph, a line of text
	Results []study.Result `json:"-"`
}

// New sums up what the runs of w left, with the inference times that it
// measured. What is not said by w, such as the name of the data, is left to be
// filled in.
func New(w *study.Work, timing map[string]float64, t *Tuned) (*Comparison, error) {
	results, teachers, err := w.Results()
	if err != nil {
		return nil, err
	}
	split, err := w.Graph.Split(w.Spec.Base.Split)
	if err != nil {
		return nil, err
	}
	baselines, err := baselineRows(w, split)
	if err != nil {
		return nil, err
	}
	base, plan := w.Spec.Base, w.Spec.Base.Plan()
	base.Data, base.Split = "", ""
	r := &Comparison{
		Command: "compare", Split: split.Name, Fingerprint: w.Fingerprint, Model: plan.Model,
		Settings: base.String(), Seeds: w.Spec.Seeds, Epochs: plan.Epochs, TeachEpochs: plan.TeacherEpochs,
		Teachers: study.TeacherRows(teachers), Rows: study.Rows(results, teachers), Baselines: baselines, Tuned: t, Notes: []string{}, Results: results,
	}
	for i := range r.Teachers {
		t := &r.Teachers[i]
		t.InferMS = study.Number(timing[fmt.Sprintf("teacher %dx%d", t.Layers, t.Hidden)])
		if !t.Untrained && t.Layers == plan.Teacher.Layers && t.Hidden == plan.Teacher.Hidden || i == 0 {
			r.Teacher = *t
		}
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		row.InferMS = study.Number(timing["student "+row.Size()])
		row.TeacherMS = study.Number(timing["teacher "+strings.TrimPrefix(row.TeacherSize, "untrained ")])
		if t != nil && row.Variant == "" {
			row.Cost = t.Find(row.Criterion).Cost()
		}
	}
	return r, nil
}

// baselineRows returns what needs no training, then what was trained beside the
// students of w.
func baselineRows(w *study.Work, split graph.Split) (rows []study.BaselineRow, err error) {
	for _, b := range fit.Baselines(w.Graph, split) {
		none := study.Number(math.NaN())
		row := study.BaselineRow{Model: b.Model, Valid: study.Number(b.Valid), Test: study.Number(b.Test), ValidSD: none, TestSD: none, Tests: []study.Value{}}
		if b.Model == "lp" && baseline.Work(w.Graph) > study.SpreadLimit {
			row.Missing = study.TooLarge
		}
		rows = append(rows, row)
	}
	trained, err := w.BaselineRows()
	return append(rows, trained...), err
}

// Save writes table.txt, rows.csv, report.html and result.json. The latter is
// the last: where it is, the others are too.
func (r *Comparison) Save(f *store.Folder) error {
	table, err := r.CSV()
	if err != nil {
		return err
	}
	page, err := r.HTML()
	if err != nil {
		return err
	}
	for _, x := range []struct {
		name    string
		content []byte
	}{{"table.txt", []byte(show.Printable(r.Text(), "\n"))}, {"rows.csv", table}, {"report.html", []byte(show.Printable(string(page), "\n\t"))}} {
		if err := f.Write(x.content, x.name); err != nil {
			return err
		}
	}
	return f.WriteJSON(r, "result.json")
}

// CSV returns the rows as comma-separated values, under the names that they
// have in JSON. What there is none of is empty.
func (r *Comparison) CSV() ([]byte, error) {
	var b bytes.Buffer
	w := show.NewSheet(&b)
	w.Write([]string{"criterion", "variant", "layers", "hidden", "params", "embedding_params", "bytes", "ratio", "byte_ratio", "seeds",
		"test_mean", "test_sd", "valid_mean", "valid_sd", "baseline", "diff", "diff_low", "diff_high", "p", "p_wilcoxon",
		"infer_ms", "teacher_ms", "train_s", "teacher_size", "teacher_test", "failed",
		"experiment", "tune_trials", "tune_runs", "tune_s", "tune_space", "units", "constant", "rank", "agreement"})
	for i := range r.Rows {
		row := &r.Rows[i]
		w.Write([]string{row.Criterion, row.Variant, strconv.Itoa(row.Layers), strconv.Itoa(row.Hidden),
			strconv.Itoa(row.Params), strconv.Itoa(row.EmbeddingParams), strconv.Itoa(row.Bytes), plain(row.Ratio), plain(row.ByteRatio), strconv.Itoa(row.Seeds),
			plain(row.TestMean), plain(row.TestSD), plain(row.ValidMean), plain(row.ValidSD), row.Baseline,
			plain(row.Diff), plain(row.Low), plain(row.High), plain(row.P), plain(row.PWilcoxon),
			plain(row.InferMS), plain(row.TeacherMS), plain(row.TrainSeconds), row.TeacherSize, plain(row.TeacherTest), strconv.Itoa(row.Failed),
			row.Experiment, strconv.Itoa(row.TuneTrials), strconv.Itoa(row.TuneRuns), plain(study.Number(row.TuneSeconds)), row.TuneSpace,
			strconv.Itoa(row.Units), plain(row.Constant), plain(row.Rank), plain(row.Agreement)})
	}
	err := w.Done()
	return b.Bytes(), err
}

func plain(x study.Number) string {
	if !x.Known() {
		return ""
	}
	text, _ := json.Marshal(x) // a known number
	return string(text)
}

// Text is the report for people.
func (r *Comparison) Text() string {
	var b strings.Builder
	t := &r.Teacher
	fmt.Fprintf(&b, "%s on %s, split %s, seeds %s, %d epochs each\n", r.Model, r.Data, r.Split, seedsText(r.Seeds), r.Epochs)
	fmt.Fprintf(&b, "teacher %s: %s parameters, test accuracy %s, inference %s ms\n\n", t.Size(), show.Grouped(int64(t.Params)), inPercent(t.TestMean, t.TestSD), digits(t.InferMS, 3))
	rows := [][]string{{"method", "student", "parameters", "ratio", "test %", "valid %", "difference [95 %]", "to", "p (t)", "p (W)", "infer ms", "train s"}}
	for i := range r.Rows {
		row := &r.Rows[i]
		rows = append(rows, []string{row.Name() + failures(row.Failed), row.Size(), show.Grouped(int64(row.Params)), times(row.Ratio),
			PlusMinus(row.TestMean, row.TestSD), PlusMinus(row.ValidMean, row.ValidSD),
			Interval(row.Diff, row.Low, row.High), row.Baseline, PValue(row.P), PValue(row.PWilcoxon), digits(row.InferMS, 3), digits(row.TrainSeconds, 3)})
	}
	for _, x := range r.Baselines {
		rows = append(rows, r.baselineCells(&x))
	}
	b.WriteString(show.Table(rows))
	b.WriteString(r.healthText())
	b.WriteString("\n" + r.baselineText() + "test: mean ± standard deviation over the seeds at the best validation epoch\n" +
		"difference: to the best method of the other criteria by validation accuracy, in points, paired by seed;\n" +
		"p: paired t-test, Wilcoxon's signed-rank test; not corrected for the number of comparisons;\n" +
		"n/a: not known, as of a single seed or of differences that are all the same\n")
	if r.Tuned != nil {
		fmt.Fprintf(&b, "\n%s;\nKD beside a criterion (alpha above 0) is part of its search\n\n%s\nsearch space\n%s",
			r.Tuned.Budget(), show.Table(r.Tuned.found()), show.Table(SpaceRows(r.Tuned.Criteria)))
	}
	b.WriteString(r.Chosen)
	return b.String()
}

// healthText is a table of how students use their hidden units, "" if none was
// looked at.
func (r *Comparison) healthText() string {
	rows := [][]string{{"method", "student", "constant units", "of", "effective rank", "agreement %"}}
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Units > 0 {
			rows = append(rows, []string{row.Name(), row.Size(), digits(row.Constant, 2), strconv.Itoa(row.Units), digits(row.Rank, 3), points(row.Agreement)})
		}
	}
	if len(rows) == 1 {
		return ""
	}
	return "\n" + show.Table(rows) + "constant units: hidden units that are the same for every node, mean over the seeds; effective rank of the last hidden\n" +
		"layer; agreement: test nodes of which student and teacher say the same class\n"
}

// baselineCells are the cells of a baseline's row.
func (r *Comparison) baselineCells(x *study.BaselineRow) []string {
	if x.Missing != "" {
		return []string{x.Model, x.Size, show.NotKnown, "", show.NotKnown, show.NotKnown}
	}
	ratio := study.Ratio(float64(r.Teacher.Params), float64(x.Params))
	if x.Params == 0 {
		return []string{x.Model, "", "0", "", points(x.Test), points(x.Valid)} // no seed changes it
	}
	return []string{x.Model + failures(x.Failed), x.Size, show.Grouped(int64(x.Params)), times(ratio), PlusMinus(x.Test, x.TestSD), PlusMinus(x.Valid, x.ValidSD)}
}

// baselineText says what the baselines are, and why one is missing.
func (r *Comparison) baselineText() string {
	text := "majority, lp: the largest class and label propagation, which need no training;\n" +
		"mlp, sgc, cs: on the features alone, on features propagated, and Correct & Smooth over that mlp, trained as long as the students;\n"
	for _, x := range r.Baselines {
		if x.Missing != "" {
			text += fmt.Sprintf("%s is not known: %s;\n", x.Model, x.Missing)
		}
	}
	return text
}

// Below says, in a clause, which rows and whether the teacher are below a baseline
// on g, and what to try; "" if none is. It names the strongest baseline.
func (r *Comparison) Below(g *graph.Graph, name setup.Naming) string {
	var best *study.BaselineRow
	for i := range r.Baselines {
		if x := &r.Baselines[i]; x.Test.Known() && (best == nil || x.Test > best.Test) {
			best = x
		}
	}
	if best == nil {
		return ""
	}
	var below []string
	for k := range r.Rows {
		if row := &r.Rows[k]; row.TestMean < best.Test {
			below = append(below, row.Name()+" "+row.Size())
		}
	}
	if r.Teacher.TestMean < best.Test {
		below = append(below, "teacher "+r.Teacher.Size())
	}
	if len(below) == 0 {
		return ""
	}
	what := "needs no training"
	if best.Params > 0 {
		what = "is no GNN"
	}
	return fmt.Sprintf("BELOW %s, which %s and has %s of the test nodes right: %s; try %s",
		best.Name(), what, show.Percent(show.Number(best.Test)), strings.Join(below, ", "), study.BelowAdvice(g, name))
}

func failures(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d diverged)", n)
}

func seedsText(s []uint64) string {
	if len(s) == 1 {
		return strconv.FormatUint(s[0], 10)
	}
	return fmt.Sprintf("%d to %d", s[0], s[len(s)-1])
}

// PlusMinus writes an accuracy and its standard deviation in percent.
func PlusMinus(mean, sd study.Number) string {
	switch {
	case !mean.Known():
		return show.NotKnown
	case !sd.Known():
		return fmt.Sprintf("%.2f ± %s", 100*mean, show.NotKnown)
	}
	return fmt.Sprintf("%.2f ± %.2f", 100*mean, 100*sd)
}

// inPercent is PlusMinus with its unit.
func inPercent(mean, sd study.Number) string {
	if !mean.Known() {
		return show.NotKnown
	}
	return PlusMinus(mean, sd) + " %"
}

// points writes an accuracy in percent.
func points(mean study.Number) string {
	if !mean.Known() {
		return show.NotKnown
	}
	return fmt.Sprintf("%.2f", 100*mean)
}

// Interval writes a difference and its confidence interval in points.
func Interval(diff, low, high study.Number) string {
	switch {
	case !diff.Known():
		return show.NotKnown
	case !low.Known():
		return fmt.Sprintf("%+.2f [%s]", 100*diff, show.NotKnown)
	}
	return fmt.Sprintf("%+.2f [%+.2f, %+.2f]", 100*diff, 100*low, 100*high)
}

// PValue writes a p-value, "<.001" of less than that.
func PValue(p study.Number) string {
	switch {
	case !p.Known():
		return show.NotKnown
	case p < 0.001:
		return "<.001"
	}
	return strings.TrimPrefix(fmt.Sprintf("%.3f", p), "0")
}

// times writes a ratio.
func times(x study.Number) string {
	if !x.Known() {
		return show.NotKnown
	}
	return digits(x, 3) + "x"
}

// digits writes x with n significant digits, without an exponent.
func digits(x study.Number, n int) string {
	if !x.Known() {
		return show.NotKnown
	}
	whole := 1
	if x > 0 {
		whole = int(math.Floor(math.Log10(float64(x)))) + 1
	}
	return strconv.FormatFloat(float64(x), 'f', max(n-whole, 0), 64)
}
