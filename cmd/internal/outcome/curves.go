package outcome

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/stat"

	"abkd/cmd/internal/cli"
	"abkd/gnn/file"
	"abkd/internal/show"
	"abkd/sim/fit"
	"abkd/sim/study/chart"
)

// A Curves is the result of curves.
type Curves struct {
	Command string    `json:"command"`
	Out     string    `json:"out"`
	Runs    []Curve   `json:"runs"`
	Shown   []string  `json:"shown"`
	Notes   cli.Notes `json:"notes"`
}

// A Curve is of one run, or of several that are given one name. The numbers are
// at the best epoch of each, and their means.
type Curve struct {
	Name   string      `json:"name"`
	Files  []string    `json:"files"`
	Epochs int         `json:"epochs"`      // of the longest
	Best   []int       `json:"best_epochs"` // of each, 0 for none
	Valid  show.Number `json:"valid"`
	Test   show.Number `json:"test"`
	runs   []fit.Course
}

// measures are what may be drawn, in order.
var measures = []struct {
	name, title string
	share       bool
	of          func(fit.Reached) float64
}{
	{"train", "training accuracy", true, func(r fit.Reached) float64 { return r.Train }},
	{"valid", "validation accuracy", true, func(r fit.Reached) float64 { return r.Valid }},
	{"test", "test accuracy", true, func(r fit.Reached) float64 { return r.Test }},
	{"loss", "loss of the epoch's last step", false, func(r fit.Reached) float64 { return r.Loss }},
}

// NewCurves returns the command that draws learning curves.
func NewCurves() *cobra.Command {
	var out string
	var shown []string
	var asJSON bool
	names := measureNames()
	cmd := &cobra.Command{
		Use:   "curves [NAME=]METRICS...",
		Short: "Learning curves of runs as SVG",
		Long: `Draw what --metrics of "abkd train" and "abkd distill" wrote, of one run or of
several: accuracies and loss by epoch, with a dot at the epoch of the best
validation accuracy. Files that are given one NAME are runs of one kind, such as
other seeds: their mean is drawn, with a band of one standard deviation, at the
epochs that all of them have.`,
		Example: `  abkd curves run.jsonl --out curves.svg
  abkd curves kd=kd-1.jsonl kd=kd-2.jsonl alone=alone-1.jsonl alone=alone-2.jsonl --show valid,test --out curves.svg`,
		ValidArgsFunction: cobra.FixedCompletions([]string{"jsonl"}, cobra.ShellCompDirectiveFilterFileExt),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := drawCurves(args, out, shown)
			if err != nil {
				return err
			}
			r.Notes.Print(cmd.ErrOrStderr())
			return cli.Write(cmd.OutOrStdout(), asJSON, r, r.text())
		},
	}
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "`file` for the drawing, in the SVG format")
	f.StringSliceVar(&shown, "show", names, "`names` of what is drawn, in panels one below the other: "+strings.Join(names, ", "))
	cli.SomeOf(f, "show", names...)
	f.BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
	return cmd
}

func measureNames() (names []string) {
	for _, m := range measures {
		names = append(names, m.name)
	}
	return names
}

// MetricsFile returns the name and the file that an argument of curves gives. A
// file that is called as the whole argument is meant where there is one.
func MetricsFile(arg string) (name, metrics string) {
	if before, after, found := strings.Cut(arg, "="); found && before != "" {
		if _, err := os.Stat(arg); err != nil {
			return before, after
		}
	}
	return arg, arg
}

func drawCurves(args []string, out string, shown []string) (*Curves, error) {
	switch {
	case len(args) == 0:
		return nil, fmt.Errorf(`no file is given, want those that --metrics of "abkd train" or "abkd distill" wrote`)
	case out == "":
		return nil, fmt.Errorf("--out is not given, want a file for the drawing")
	}
	for _, name := range shown {
		if !slices.Contains(measureNames(), name) {
			return nil, fmt.Errorf("--show has %q, want some of %s", name, strings.Join(measureNames(), ", "))
		}
	}
	r := &Curves{Command: "curves", Out: out, Notes: cli.Notes{}}
	if err := r.read(args); err != nil {
		return nil, err
	}
	svg, err := r.draw(shown)
	if err != nil {
		return nil, err
	}
	return r, file.Replace(out, file.Bytes([]byte(svg)))
}

// read reads the files, and puts those of one name together.
func (r *Curves) read(args []string) error {
	var seen []string
	for _, arg := range args {
		name, metrics := MetricsFile(arg)
		if slices.Contains(seen, metrics) {
			return fmt.Errorf("%s is given twice", metrics)
		}
		seen = append(seen, metrics)
		run, err := fit.ReadCourse(metrics)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(r.Runs, func(c Curve) bool { return c.Name == name })
		if i < 0 {
			i, r.Runs = len(r.Runs), append(r.Runs, Curve{Name: name})
		}
		c := &r.Runs[i]
		c.Files, c.runs, c.Best = append(c.Files, metrics), append(c.runs, run), append(c.Best, run.Best)
		c.Epochs = max(c.Epochs, run.Epochs[len(run.Epochs)-1].Epoch)
	}
	for i := range r.Runs {
		c := &r.Runs[i]
		c.Valid, c.Test = c.atBest(1), c.atBest(2)
		if n := len(c.runs); n > 1 && c.Epochs > len(c.line(3).X) {
			r.Notes.Add(fmt.Sprintf("%s: its %d runs have not the same epochs; what not all of them have is not drawn", c.Name, n))
		}
	}
	return nil
}

// atBest returns the mean over the runs of a measure at the best epoch of each,
// NaN where it is not known of all.
func (c *Curve) atBest(measure int) show.Number {
	total := 0.0
	for i, run := range c.runs {
		total += measures[measure].of(run.At(c.Best[i]))
	}
	return show.Number(total / float64(len(c.runs)))
}

// line returns a measure at the epochs at which all runs know it.
func (c *Curve) line(measure int) (l chart.Line) {
	l.Mark = -1
	for _, reached := range c.runs[0].Epochs {
		var values []float64
		for i := range c.runs {
			if x := measures[measure].of(c.runs[i].At(reached.Epoch)); !math.IsNaN(x) && !math.IsInf(x, 0) {
				values = append(values, x)
			}
		}
		if len(values) < len(c.runs) {
			continue
		}
		mean, sd := stat.MeanStdDev(values, nil)
		if len(values) > 1 {
			l.SD = append(l.SD, sd)
		} else if reached.Epoch == c.Best[0] && measures[measure].share {
			l.Mark = len(l.X)
		}
		l.X, l.Mean = append(l.X, float64(reached.Epoch)), append(l.Mean, mean)
	}
	return l
}

// draw draws a panel for each measure that is asked for and known.
func (r *Curves) draw(shown []string) (string, error) {
	var names []string
	for _, c := range r.Runs {
		name := c.Name
		if n := len(c.runs); n > 1 {
			name += fmt.Sprintf(" (mean of %d, ± one standard deviation)", n)
		}
		names = append(names, show.Line(name))
	}
	var panels []chart.Panel
	r.Shown = []string{}
	for i, m := range measures {
		if !slices.Contains(shown, m.name) {
			continue
		}
		panel, known := chart.Panel{Title: m.title, Shares: m.share}, false
		for k := range r.Runs {
			l := r.Runs[k].line(i)
			panel.Lines, known = append(panel.Lines, l), known || len(l.X) > 0
		}
		if !known {
			r.Notes.Add(fmt.Sprintf("%s is not drawn: no file has it", m.title))
			continue
		}
		panels, r.Shown = append(panels, panel), append(r.Shown, m.name)
	}
	if len(panels) == 0 {
		return "", fmt.Errorf("nothing of --show %s is in the files", strings.Join(shown, ","))
	}
	return chart.Alone(chart.Learning(names, panels)), nil
}

func (r *Curves) text() string {
	rows := [][]string{{"", "runs", "epochs", "best epoch", "valid", "test"}}
	for _, c := range r.Runs {
		var best []string
		for _, b := range c.Best {
			best = append(best, epochText(b))
		}
		rows = append(rows, []string{c.Name, strconv.Itoa(len(c.runs)), strconv.Itoa(c.Epochs), strings.Join(best, " "), show.Percent(c.Valid), show.Percent(c.Test)})
	}
	return show.Table(rows) + fmt.Sprintf("\n%s has %s\n", show.Line(r.Out), strings.Join(r.Shown, ", "))
}

func epochText(epoch int) string {
	if epoch == 0 {
		return show.NotKnown
	}
	return strconv.Itoa(epoch)
}
