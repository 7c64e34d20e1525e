package desk

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"abkd/gnn/file"
	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/chart"
	"abkd/sim/study/store"
)

// A View is what a page shows of a study.
type View struct {
	Name    string     `json:"name"`
	Kind    store.Kind `json:"kind"`
	Folder  string     `json:"folder"`
	Ask     *Ask       `json:"ask"` // null if it was not begun at a desk
	Running bool       `json:"running"`
	Whole   bool       `json:"whole"`
	Error   string     `json:"error"` // why it ended early, "" if it did not

	Runs     int    `json:"runs"` // of those that were to do when it was begun
	OfRuns   int    `json:"ofRuns"`
	Epochs   int64  `json:"epochs"`
	OfEpochs int64  `json:"ofEpochs"`
	Cells    []Cell `json:"cells"`
	Rows     []Row  `json:"rows"`
	Chart    string `json:"chart"` // SVG, "" before the first result
}

// A Cell is one run of a study.
type Cell struct {
	Method   string      `json:"method"`
	Student  string      `json:"student"`
	Seed     uint64      `json:"seed"`
	Begun    bool        `json:"begun"`
	Done     bool        `json:"done"`
	Epochs   int         `json:"epochs"`
	OfEpochs int         `json:"ofEpochs"`
	Valid    study.Value `json:"valid"` // accuracies, null before the end
	Test     study.Value `json:"test"`  // of a search null: it has no test nodes
	Failure  string      `json:"failure"`

	params  int    // of the student, once it is done
	teacher string // key of its teacher's result
}

// A Row sums up the finished cells of one method and size.
type Row struct {
	Method  string       `json:"method"`
	Student string       `json:"student"`
	Seeds   int          `json:"seeds"` // finished
	Of      int          `json:"of"`
	Valid   study.Number `json:"valid"` // means, 0..1
	Test    study.Number `json:"test"`
	SD      study.Number `json:"sd"` // of Test, or of Valid in a search; null of one seed
}

func newCell(method, student string, seed uint64) Cell {
	none := study.Value(math.NaN())
	return Cell{Method: method, Student: student, Seed: seed, Valid: none, Test: none}
}

// take takes the result of the run.
func (c *Cell) take(r *study.Result) {
	c.Done, c.Begun, c.Valid, c.Test, c.Failure = true, true, r.Valid, r.Test, r.Failure
	c.params, c.teacher, c.Epochs = r.Params, r.Teacher, len(r.Curve)
	c.OfEpochs = max(c.OfEpochs, c.Epochs)
}

// readCell reads a finished run of a model of that kind. One that is damaged is
// not there, nor is one of another kind: a baseline that was trained beside.
func readCell(name, model string) (c Cell, ok bool) {
	text, err := file.Read(name)
	if err != nil {
		return c, false
	}
	var r study.Result
	if store.ParseRun(text, &r) != nil {
		return c, false
	}
	if e, err := setup.ParseExperiment(r.Experiment); err != nil || model != "" && e.Plan().Model != model {
		return c, false
	}
	c = newCell(r.Method(), fmt.Sprintf("%dx%d", r.Layers, r.Hidden), r.Seed)
	c.take(&r)
	return c, true
}

// compareCells orders cells as a table does.
func compareCells(a, b Cell) int {
	return cmp.Or(strings.Compare(a.Student, b.Student), strings.Compare(a.Method, b.Method), cmp.Compare(a.Seed, b.Seed))
}

// quality is the accuracy by which the study goes.
func (v *View) quality(c Cell) float64 {
	if v.Kind == store.Search {
		return float64(c.Valid)
	}
	return float64(c.Test)
}

// sumUp makes the rows and the chart of the cells.
func (v *View) sumUp() {
	at, known := map[[2]string]int{}, [][]float64{}
	valid := []float64{}
	for _, c := range v.Cells {
		key := [2]string{c.Method, c.Student}
		i, there := at[key]
		if !there {
			i = len(v.Rows)
			at[key] = i
			v.Rows, known, valid = append(v.Rows, Row{Method: c.Method, Student: c.Student}), append(known, nil), append(valid, 0)
		}
		v.Rows[i].Of++
		if c.Done && !math.IsNaN(v.quality(c)) {
			v.Rows[i].Seeds++
			known[i] = append(known[i], v.quality(c))
			valid[i] += float64(c.Valid)
		}
	}
	var strips []chart.Strip
	some := false
	for i := range v.Rows {
		r := &v.Rows[i]
		mean, sd := study.MeanSD(known[i])
		r.Valid, r.Test, r.SD = study.Number(valid[i]/float64(r.Seeds)), mean, sd
		if v.Kind == store.Search {
			r.Test = study.Number(math.NaN())
		}
		some = some || r.Seeds > 0
		strips = append(strips, chart.Strip{Label: strings.TrimSpace(r.Method + " " + r.Student), Values: known[i], Series: i})
	}
	if some && len(strips) <= mostStrips {
		v.Chart = chart.Alone(chart.Strips(strips, v.axis()))
	}
}

// mostStrips is how many methods and sizes have room beside each other.
const mostStrips = 24

func (v *View) axis() string {
	if v.Kind == store.Search {
		return "validation accuracy, %"
	}
	return "test accuracy, %"
}
