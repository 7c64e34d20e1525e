package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"abkd/gnn"
	"abkd/internal/show"
	"abkd/sim/study"
	"abkd/sim/study/chart"
)

//go:embed comparison.html
var comparisonPage string

//go:embed style.css
var style string

// Style returns the style sheet that pages of studies share.
func Style() template.CSS { return template.CSS(style) }

// A pageRow is a row of the report's table.
type pageRow struct {
	*study.Row
	Number int
	Color  int // its series
	Best   bool
	Curve  template.HTML
	Maps   []attentionMap
}

// An attentionMap is the attention that the student of one seed learned.
type attentionMap struct {
	Seed    uint64
	Head    []int // numbers of the student layers
	Rows    [][]attentionCell
	Compact bool // too many rows for numbers
}

type attentionCell struct {
	Text  string
	Style template.CSS
}

// HTML returns the report as one page that needs no other file.
func (r *Comparison) HTML() ([]byte, error) {
	rows := r.pageRows()
	page := struct {
		*Comparison
		Headline []string
		Table    []pageRow
		Variants bool // some row has a plain one to compare with
		Frontier template.HTML
		Forest   template.HTML
	}{Comparison: r, Headline: r.headline(), Table: rows, Frontier: r.frontier(rows), Forest: r.forest(rows)}
	page.Variants = slices.ContainsFunc(rows, func(row pageRow) bool { return row.Plain != nil })
	t, err := template.New("report").Funcs(template.FuncMap{
		"digitsOf": func(x float64) string { return digits(study.Number(x), 3) },
		"settings": func(t study.Tuned) string { return SettingsText(&t) }, "space": spaceTable, "join": strings.Join,
		"grouped": func(n int) string { return show.Grouped(int64(n)) },
		"style":   Style, "plusminus": PlusMinus, "interval": Interval, "p": PValue, "digits": digits, "seeds": seedsText,
		"percent": points,
		"title":   func(kind string) string { k, _ := gnn.KindOf(kind); return k.Title },
		"ratio":   func(a, b int) study.Number { return study.Ratio(float64(a), float64(b)) },
		"add":     func(a, b int) int { return a + b },
		"times":   func(a, b study.Number) study.Number { return a / b },
	}).Parse(comparisonPage)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, page)
	return b.Bytes(), err
}

func (r *Comparison) pageRows() (rows []pageRow) {
	low, high := r.curveRange()
	best := r.best()
	for i := range r.Rows {
		row := pageRow{Row: &r.Rows[i], Number: i + 1, Color: series(r.Rows[i].Criterion), Best: best == &r.Rows[i]}
		curves := []chart.Curve{r.curve(row.Row)}
		for k := range r.Rows {
			if o := &r.Rows[k]; o.Criterion == "none" && o.Size() == row.Size() && o != row.Row {
				c := r.curve(o)
				c.Faint = true
				curves = append([]chart.Curve{c}, curves...)
			}
		}
		row.Curve = template.HTML(chart.Curves(fmt.Sprintf("%d  %s, %s", row.Number, row.Name(), row.Size()), curves, low, high))
		for _, c := range r.of(row.Row) {
			if c.A != nil {
				row.Maps = append(row.Maps, newAttentionMap(c))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// series returns the colour of a criterion.
func series(criterion string) int { return max(0, slices.Index(study.Criteria(), criterion)) }

// of returns the runs of a row.
func (r *Comparison) of(row *study.Row) (runs []*study.Result) {
	for i := range r.Results {
		if c := &r.Results[i]; c.Method() == row.Name() && c.Layers == row.Layers && c.Hidden == row.Hidden {
			runs = append(runs, c)
		}
	}
	return runs
}

// curve returns the mean validation accuracy of a row by epoch, as far as all
// its runs went.
func (r *Comparison) curve(row *study.Row) chart.Curve {
	runs := r.of(row)
	c := chart.Curve{Series: series(row.Criterion)}
	for epoch := range len(runs[0].Curve) {
		var valid []float64
		for _, run := range runs {
			if epoch < len(run.Curve) {
				valid = append(valid, float64(run.Curve[epoch].Valid))
			}
		}
		if len(valid) < len(runs) {
			break
		}
		mean, sd := study.MeanSD(valid)
		if !sd.Known() && mean.Known() {
			sd = 0 // no band
		}
		c.Mean, c.SD = append(c.Mean, float64(mean)), append(c.SD, float64(sd))
	}
	return c
}

// curveRange returns the accuracies between which all curves are drawn.
func (r *Comparison) curveRange() (low, high float64) {
	low, high = 1, 0
	for i := range r.Rows {
		c := r.curve(&r.Rows[i])
		for k, y := range c.Mean {
			if math.IsNaN(y) {
				continue
			}
			low, high = min(low, y-c.SD[k]), max(high, y+c.SD[k])
		}
	}
	if low > high {
		return 0, 1
	}
	return max(0, low-0.01), min(1, high+0.01)
}

func newAttentionMap(c *study.Result) attentionMap {
	m := attentionMap{Seed: c.Seed, Compact: len(c.A) > 12}
	for j := range c.A[0] {
		m.Head = append(m.Head, j+1)
	}
	for _, row := range c.A {
		var cells []attentionCell
		for _, a := range row {
			if !study.Number(a).Known() {
				cells = append(cells, attentionCell{Text: show.NotKnown})
				continue
			}
			// A pinned entry may be anything; the colour ends at 1.
			cells = append(cells, attentionCell{fmt.Sprintf("%.2f", a), template.CSS(fmt.Sprintf("--a:%.0f%%", 100*min(max(a, 0), 1)))})
		}
		m.Rows = append(m.Rows, cells)
	}
	return m
}

// best returns the row of the best mean validation accuracy, nil without
// validation nodes.
func (r *Comparison) best() (best *study.Row) {
	for i := range r.Rows {
		if r.Rows[i].ValidMean.Known() && (best == nil || r.Rows[i].ValidMean > best.ValidMean) {
			best = &r.Rows[i]
		}
	}
	return best
}

// headline says in a few sentences what came out.
func (r *Comparison) headline() []string {
	b, t := r.best(), &r.Teacher
	if b == nil {
		return []string{"The split has no validation nodes, so no method can be said to be the best without a look at the test nodes, and none is compared with it."}
	}
	best := fmt.Sprintf("Best by validation accuracy: %s with a student of %s, %s times smaller than its teacher: ", b.Name(), b.Size(), digits(b.Ratio, 3))
	if b.TestMean.Known() {
		best += fmt.Sprintf("%s %% on the test nodes; the teacher has %s %%.", PlusMinus(b.TestMean, b.TestSD), PlusMinus(t.TestMean, t.TestSD))
	} else {
		best += fmt.Sprintf("%s %% on the validation nodes; the split has no test nodes.", PlusMinus(b.ValidMean, b.ValidSD))
	}
	out := []string{best}
	switch {
	case b.Baseline == "" || !b.Diff.Known():
	case !b.Low.Known():
		out = append(out, fmt.Sprintf("Against the best other criterion, %s, it has %+.2f points, without a spread over the seeds to judge that by.", b.Baseline, 100*b.Diff))
	case b.Low > 0 || b.High < 0:
		out = append(out, fmt.Sprintf("Against the best other criterion, %s, it has %s points: the interval does not contain zero (p %s, not corrected for the number of comparisons).",
			b.Baseline, Interval(b.Diff, b.Low, b.High), PValue(b.P)))
	default:
		out = append(out, fmt.Sprintf("Against the best other criterion, %s, it has %s points: the interval contains zero, so %d seeds show no difference.",
			b.Baseline, Interval(b.Diff, b.Low, b.High), b.Seeds))
	}
	if b.InferMS.Known() && b.TeacherMS.Known() && b.InferMS > 0 {
		out = append(out, fmt.Sprintf("With %s times fewer parameters, inference on the whole graph is %s times faster (%s against %s ms on one core).",
			digits(b.Ratio, 3), digits(b.TeacherMS/b.InferMS, 2), digits(b.InferMS, 3), digits(b.TeacherMS, 3)))
	}
	return out
}

func (r *Comparison) frontier(rows []pageRow) template.HTML {
	var dots []chart.Dot
	for _, row := range rows {
		if !row.TestMean.Known() || !row.Ratio.Known() {
			continue // no place in the picture
		}
		dots = append(dots, chart.Dot{
			Label: fmt.Sprint(row.Number), Method: row.Name(), Ratio: float64(r.Teacher.Params) / float64(row.Params),
			Mean: float64(row.TestMean), SD: known(row.TestSD), Series: row.Color, Hollow: strings.HasSuffix(row.Variant, "+ kd"),
		})
	}
	if len(dots) == 0 {
		return ""
	}
	return template.HTML(chart.Frontier(dots, float64(r.Teacher.TestMean)))
}

func known(x study.Number) float64 {
	if !x.Known() {
		return 0
	}
	return float64(x)
}

func (r *Comparison) forest(rows []pageRow) template.HTML {
	var intervals []chart.Interval
	for _, row := range rows {
		if row.Low.Known() {
			intervals = append(intervals, chart.Interval{
				Label: fmt.Sprintf("%d  %s, %s", row.Number, row.Name(), row.Size()),
				Diff:  float64(row.Diff), Low: float64(row.Low), High: float64(row.High), Series: row.Color,
			})
		}
	}
	if len(intervals) == 0 {
		return ""
	}
	return template.HTML(chart.Forest(intervals))
}
