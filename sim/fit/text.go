package fit

import (
	"fmt"
	"math"
	"strings"

	"abkd/internal/show"
	"abkd/sim/setup"
	"abkd/sim/study"
)

// smaller writes how many times b is smaller than a.
func smaller[T int | show.Number](a, b T) string {
	ratio := study.Ratio(float64(a), float64(b))
	if !ratio.Known() {
		return show.NotKnown
	}
	return fmt.Sprintf("%.1fx", ratio)
}

// Text is the report for people, in which what can be set is called as name says.
func (r *Report) Text(name setup.Naming) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s, split %s, seed %d\n\n", r.Command, r.Data, r.Split, r.Seed)
	names, models := []string{"model"}, []Figures{r.Figures}
	if r.Distillation != nil && r.Teacher != nil {
		names = []string{"student"}
		if r.Alone != nil {
			names, models = append(names, "alone"), append(models, r.Alone.Figures)
		}
		names, models = append(names, "teacher"), append(models, *r.Teacher)
	}
	b.WriteString(show.Table(ModelTable(names, models)))
	fmt.Fprintf(&b, "\nbest epoch %d of %d, %s s\n", r.BestEpoch, r.Epochs, show.Figures(float64(r.Seconds), 2))
	b.WriteString(r.hiddenText())
	b.WriteString(ChosenText(r.Size, r.Defaults))
	b.WriteString(trialsText(r.InputTrials))
	if d := r.Distillation; d != nil {
		if d.Teacher != nil && (d.Criterion != "none" || d.Alpha > 0) {
			b.WriteString(r.aloneText(name))
		}
		if d.Recipe != "" {
			fmt.Fprintf(&b, "recipe %s: ", d.Recipe)
		}
		fmt.Fprintf(&b, "criterion %s, alpha %g, beta %g\n", d.Criterion, d.Alpha, d.Beta)
		if t := d.Teacher; t != nil {
			fmt.Fprintf(&b, "compression %s in parameters, %s in bytes, %s in inference time\n",
				smaller(t.Params, r.Params), smaller(t.Bytes, r.Bytes), smaller(t.InferMS, r.InferMS))
		}
		if d.A != nil {
			fmt.Fprintf(&b, "\n%s\n%s", matrixText("attention A", d.A, func(x show.Number) string { return fmt.Sprintf("%.4f", x) }),
				matrixText("distance D", d.D, func(x show.Number) string { return show.Figures(float64(x), 3) }))
		}
	}
	if d := r.Distillation; d != nil {
		for _, clause := range d.Taught {
			fmt.Fprintf(&b, "note: %s\n", show.Line(clause))
		}
	}
	if r.Out == "" {
		fmt.Fprintf(&b, "not saved: there is no %s\n", name("out"))
	} else {
		fmt.Fprintf(&b, "saved to %s\n", r.Out)
	}
	return b.String()
}

// hiddenText is a line on how the hidden units are used, "" if there are none.
func (r *Report) hiddenText() string {
	var layers []string
	for l, h := range r.HiddenLayers {
		layers = append(layers, fmt.Sprintf("layer %d: %d of %d are the same for every node, %d of them 0, effective rank %s", l+1, h.Constant, h.Units, h.Dead, show.Figures(float64(h.Rank), 2)))
	}
	if layers == nil {
		return ""
	}
	return "hidden units, " + strings.Join(layers, "; ") + "\n"
}

// aloneText says whether the student is above the one alone, and how to know
// where that was not tried.
func (r *Report) aloneText(name setup.Naming) string {
	a := r.Alone
	if a == nil {
		return "student alone: not trained; " + name("alone") + " trains it beside, and compares\n"
	}
	d := float64(a.Difference)
	if math.IsNaN(d) {
		return "student and student alone: not compared, as the split has no test nodes\n"
	}
	nodes := int(math.Round(d * float64(r.TestNodes)))
	where := "LEVEL WITH the one alone"
	switch {
	case nodes > 0:
		where = "above the one alone"
	case nodes < 0:
		where = "BELOW the one alone"
	}
	return fmt.Sprintf("the student is %s: test %+.2f points, %+d of %s nodes, in this one run\n", where, 100*d, nodes, show.Grouped(int64(r.TestNodes)))
}

// matrixText lays out a [teacher layers x student layers] matrix.
func matrixText(title string, m [][]show.Number, text func(x show.Number) string) string {
	rows := [][]string{{title}}
	for j := range m[0] {
		rows[0] = append(rows[0], fmt.Sprintf("student %d", j+1))
	}
	for i, row := range m {
		cells := []string{fmt.Sprintf("teacher %d", i+1)}
		for _, x := range row {
			cells = append(cells, text(x))
		}
		rows = append(rows, cells)
	}
	return show.Table(rows)
}

// ChosenText is the line of a report on what was not asked for.
func ChosenText(size string, chosen []string) string {
	if len(chosen) == 0 {
		return ""
	}
	return fmt.Sprintf("by the size of the graph (%s): %s\n", size, strings.Join(chosen, " "))
}
