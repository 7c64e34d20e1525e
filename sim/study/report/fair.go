package report

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"abkd/gnn/file"
	"abkd/internal/show"
	"abkd/sim/study"
	"abkd/sim/study/chart"
	"abkd/sim/study/fair"
	"abkd/sim/study/store"
)

// A Fair is the result of the command study: of graphs that were studied by the
// fair protocol, and the form of fair.json, which has one.
type Fair struct {
	Format   string            `json:"format"`
	Line     string            `json:"line"` // the command line
	Versions map[string]string `json:"versions"`
	Studies  []fair.Study      `json:"studies"`
	Summary  fair.Summary      `json:"summary"`
	Notes    []string          `json:"notes"`
}

// fairFormat changes when the meaning of fair.json does.
const fairFormat = "abkd study 1"

// fairName is the file of a folder of study.
const fairName = "fair.json"

// NewFair sums up studies.
func NewFair(studies []*fair.Study) (*Fair, error) {
	s, err := fair.Summarise(studies)
	if err != nil {
		return nil, err
	}
	f := &Fair{Format: fairFormat, Versions: map[string]string{}, Summary: *s, Notes: []string{}}
	for _, x := range studies {
		f.Studies = append(f.Studies, *x)
	}
	return f, nil
}

// Save writes the figure of the first study, fair.txt and then fair.json.
func (f *Fair) Save(folder *store.Folder) error {
	if err := folder.Write([]byte(sensitivityFigure(&f.Studies[0])), "sensitivity.svg"); err != nil {
		return err
	}
	if err := folder.Write([]byte(f.Text()), "fair.txt"); err != nil {
		return err
	}
	return folder.WriteJSON(f, fairName)
}

// ReadFair reads the studies of a folder.
func ReadFair(folder string) ([]*fair.Study, error) {
	text, err := file.Read(filepath.Join(folder, fairName))
	if err != nil {
		return nil, fmt.Errorf("%s: %w: want a folder of a study that is done", filepath.Join(folder, fairName), file.Cause(err))
	}
	f, err := ParseFair(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(folder, fairName), err)
	}
	var studies []*fair.Study
	for i := range f.Studies {
		studies = append(studies, &f.Studies[i])
	}
	return studies, nil
}

// ParseFair reads the content of such a file.
func ParseFair(text []byte) (*Fair, error) {
	f := &Fair{}
	if err := json.Unmarshal(text, f); err != nil {
		return nil, fmt.Errorf("it is no result of abkd study: %w", err)
	}
	if f.Format != fairFormat {
		return nil, fmt.Errorf("its format is %q, want %q: it is no result of abkd study, or one of another version", f.Format, fairFormat)
	}
	for i := range f.Studies {
		if err := f.Studies[i].Check(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Text is the report for people.
func (f *Fair) Text() string {
	var b strings.Builder
	for i := range f.Studies {
		b.WriteString(f.graph(&f.Studies[i]))
	}
	if len(f.Studies) > 1 {
		b.WriteString(f.together())
	}
	if len(f.Summary.Gains) > 0 {
		fmt.Fprintf(&b, "A gain is claimed for %s: above kd, at its settings and at kd's own, and above the control on at least %d graphs.\n", strings.Join(f.Summary.Gains, ", "), fair.Graphs)
	} else {
		fmt.Fprintf(&b, "No gain is claimed: that takes a criterion above kd, at its settings and at kd's own, and above the control on at least %d graphs, by Holm's p < .05.\n", fair.Graphs)
	}
	return b.String()
}

// graph is a study as text.
func (f *Fair) graph(s *fair.Study) string {
	text := fmt.Sprintf("%s on %s, split %s: teacher %s, student %s, %s times smaller; %d epochs\n%s, tested on %d seeds\n\n",
		s.Model, s.Data, s.Split, s.Teacher, s.Student, digits(study.Number(s.Ratio), 3), s.Epochs, s.Protocol, len(s.Seeds))
	text += show.Table(f.outcomes(s)) + "\nover kd in points [95 %], p by Holm over criteria and graphs; best: probability of the highest mean; constant units, effective rank of the\n" +
		"last hidden layer and agreement with the teacher on test nodes are means over the seeds\n\n"
	text += show.Table(f.others(s)) + "\n" + show.Table(sensitivity(s)) + "\n"
	return text
}

// outcomes is the table of what the winners came to.
func (f *Fair) outcomes(s *fair.Study) [][]string {
	rows := [][]string{{"criterion", "test %", "over " + fair.KDBeside, "p", "over " + fair.KDWinner, "p", "over " + fair.Control, "p", "best", "constant %", "rank", "agree %", "settings"}}
	for i := range s.Criteria {
		o := &s.Criteria[i]
		row := []string{o.Criterion + failures(o.Failed), PlusMinus(study.MeanSD(numbers(o.Tests)))}
		for _, against := range []string{fair.KDBeside, fair.KDWinner, fair.Control} {
			row = append(row, f.primary(s, o.Criterion, against)...)
		}
		constant, rank, agree := meanOf(o.Constant), meanOf(o.Rank), meanOf(o.Agreement)
		rows = append(rows, append(row, f.best(s.Name(), o.Criterion), points(constant), digits(rank, 3), points(agree), winnerText(o)))
	}
	teacher, sd := study.MeanSD(numbers(s.TeacherTest))
	return append(rows, []string{"teacher " + s.Teacher, PlusMinus(teacher, sd)})
}

func winnerText(o *fair.Outcome) string {
	text := strings.ReplaceAll(o.Settings, "&", " ")
	if o.Plain {
		return "beta=0, as kd: " + text
	}
	if len(o.Tried) == 0 {
		return "as it is, nothing tuned: " + text
	}
	return text
}

// primary returns a declared comparison and its p, blanks where there is none.
func (f *Fair) primary(s *fair.Study, criterion, against string) []string {
	i := slices.IndexFunc(f.Summary.Primary, func(c fair.Comparison) bool {
		return c.Graph == s.Name() && c.Criterion == criterion && c.Against == against
	})
	if i < 0 {
		return []string{"", ""}
	}
	c := f.Summary.Primary[i]
	return []string{Interval(c.Diff, c.Low, c.High), PValue(c.Holm)}
}

func (f *Fair) standing(graph, criterion string) *fair.Standing {
	i := slices.IndexFunc(f.Summary.Standings, func(x fair.Standing) bool { return x.Graph == graph && x.Criterion == criterion })
	if i < 0 {
		return nil
	}
	return &f.Summary.Standings[i]
}

func (f *Fair) best(graph, criterion string) string {
	if s := f.standing(graph, criterion); s != nil && s.Best.Known() {
		return PValue(s.Best)
	}
	return show.NotKnown
}

// others is the table of criteria beside the best of all others.
func (f *Fair) others(s *fair.Study) [][]string {
	half := len(s.Seeds) / 2
	rows := [][]string{{"criterion", fmt.Sprintf("over the best other on seeds %d and on, tested on the %d before", half+1, half), "p", "which"}}
	for _, o := range s.Criteria {
		if x := f.standing(s.Name(), o.Criterion); x != nil && x.Other != nil {
			rows = append(rows, []string{o.Criterion, Interval(x.Other.Diff, x.Other.Low, x.Other.High), PValue(x.Other.P), x.Other.Against})
		}
	}
	if len(rows) == 1 {
		return nil
	}
	return rows
}

// A tried is the validation accuracies of one method with all settings that it was
// tried with.
type tried struct {
	name, epochs string
	valid        []float64
}

// everything returns what was tried: none and kd on the common settings, and each
// criterion's own with half the epochs.
func everything(s *fair.Study) (all []tried) {
	add := func(name, epochs string, settings []fair.Setting, of func(fair.Setting) study.Value) {
		t := tried{name: name, epochs: epochs}
		for _, x := range settings {
			t.valid = append(t.valid, float64(of(x)))
		}
		all = append(all, t)
	}
	full, half := func(x fair.Setting) study.Value { return x.Valid }, func(x fair.Setting) study.Value { return x.Half }
	add("none", "common settings", s.Alone, full)
	add("kd", "common settings", s.Taught, full)
	for _, o := range s.Criteria {
		if len(o.Tried) > 0 { // no recipe
			add(o.Criterion, "half the epochs", o.Tried, half)
		}
	}
	return all
}

// sensitivity is the table of how much settings move.
func sensitivity(s *fair.Study) [][]string {
	rows := [][]string{{"over all settings, valid %", "settings", "lowest", "median", "highest"}}
	for _, t := range everything(s) {
		low, middle, high := spread(t.valid)
		rows = append(rows, []string{t.name + ", " + t.epochs, fmt.Sprint(len(t.valid)), points(low), points(middle), points(high)})
	}
	return rows
}

// sensitivityFigure draws it; ½ stands for half the epochs.
func sensitivityFigure(s *fair.Study) string {
	var strips []chart.Strip
	for i, t := range everything(s) {
		label := t.name
		if i >= 2 {
			label += " ½"
		}
		known := slices.DeleteFunc(t.valid, math.IsNaN)
		strips = append(strips, chart.Strip{Label: label, Values: known, Series: series(t.name)})
	}
	return chart.Alone(chart.Strips(strips, "validation accuracy, %"))
}

// spread returns the least, the median and the greatest of x.
func spread(x []float64) (low, middle, high study.Number) {
	if len(x) == 0 {
		unknown := study.Number(math.NaN())
		return unknown, unknown, unknown
	}
	x = slices.Clone(x)
	slices.Sort(x)
	n := len(x)
	return study.Number(x[0]), study.Number((x[(n-1)/2] + x[n/2]) / 2), study.Number(x[n-1])
}

// together is the table over all graphs.
func (f *Fair) together() string {
	rows := [][]string{{"criterion", "over", "points [95 %]", "p", "graphs above", "below", "best"}}
	for _, h := range f.Summary.Headlines {
		rows = append(rows, []string{h.Criterion, h.Against, Interval(h.Mean, h.Low, h.High), PValue(h.Holm), fmt.Sprint(h.Above), fmt.Sprint(h.Below), f.best("", h.Criterion)})
	}
	return fmt.Sprintf("%d graphs together: a mixed model with the graph as random effect, p by Holm over criteria\n\n", len(f.Studies)) + show.Table(rows) + "\n"
}

func numbers(x []study.Value) (out []float64) {
	for _, v := range x {
		out = append(out, float64(v))
	}
	return out
}

func meanOf(x []study.Value) study.Number {
	mean, _ := study.MeanSD(numbers(x))
	return mean
}
