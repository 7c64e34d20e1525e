package fit

import (
	"fmt"
	"strconv"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/internal/show"
	"abkd/sim"
	"abkd/sim/baseline"
	"abkd/sim/study"
	"abkd/sim/wire"
)

// A Report is what a run came to.
type Report struct {
	Command string `json:"command"`
	Data    string `json:"data"`
	Split   string `json:"split"`
	Model   string `json:"model"`
	Seed    uint64 `json:"seed"`
	Figures
	BestEpoch    int                 `json:"best_epoch"`
	Epochs       int                 `json:"epochs"` // that were done
	Seconds      show.Number         `json:"seconds"`
	Last         Losses              `json:"last"` // the last training step
	Interrupted  bool                `json:"interrupted"`
	Estimate     int64               `json:"estimated_memory"` // in bytes, before the run
	Peak         *int64              `json:"peak_memory"`      // of the process, null where it is not known
	Out          string              `json:"out"`              // "" if nothing was saved
	HiddenLayers []study.LayerHealth `json:"hidden_layers"`    // of the model that is kept
	Baselines    []Baseline          `json:"baselines"`        // what needs no training
	Defaults     []string            `json:"defaults"`         // settings that followed from the size of the graph
	InputTrials  []InputTrial        `json:"input_trials"`     // empty if the inputs were named
	Notes        []string            `json:"notes"`
	*Distillation

	Size      string `json:"-"` // what the defaults follow from
	TestNodes int    `json:"-"`
}

// A Baseline is what a model that needs no training achieves.
type Baseline struct {
	Model string      `json:"model"` // "majority" or "lp"
	Valid show.Number `json:"valid"`
	Test  show.Number `json:"test"` // null where it was not computed, since the graph is too large
}

// Baselines returns what the largest class and label propagation achieve.
func Baselines(g *graph.Graph, split graph.Split) (all []Baseline) {
	for _, b := range baseline.Of(g, split, study.SpreadLimit) {
		all = append(all, Baseline{b.Model, show.Number(b.Valid), show.Number(b.Test)})
	}
	return all
}

// A Losses has the terms of (1-alpha)·CE + alpha·KD + beta·Aux.
type Losses struct {
	Total show.Number `json:"total"`
	CE    show.Number `json:"ce"`
	KD    show.Number `json:"kd"`
	Aux   show.Number `json:"aux"`
}

// A Distillation is what a teacher adds to a Report.
type Distillation struct {
	Recipe      string          `json:"recipe"` // "" for a criterion as published
	Criterion   string          `json:"criterion"`
	Alpha       show.Number     `json:"alpha"`
	Beta        show.Number     `json:"beta"`
	Teacher     *Figures        `json:"teacher"`       // null without
	Alone       *Alone          `json:"alone"`         // the student without the teacher, null if it was not trained
	TaughtSplit string          `json:"teacher_split"` // that the teacher was trained on, "" if that is not known
	TaughtGraph string          `json:"teacher_graph"` // "same", "other" or "unknown"; "" without a teacher
	Compression *show.Number    `json:"compression"`   // teacher's parameters over the student's
	A           [][]show.Number `json:"A"`             // of the last step, null for a criterion without
	D           [][]show.Number `json:"D"`

	Taught []string `json:"-"` // where the teacher comes from, as far as that is to be known
}

// An Alone is what the student achieves without the teacher: from the
// same weights, with the same batches, epochs and dropout.
type Alone struct {
	Figures
	BestEpoch  int         `json:"best_epoch"`
	Difference show.Number `json:"difference"` // the student's test accuracy less that of the one alone
}

// NewReport returns what r says of itself, for a run that distils with what it
// learned by. The models are measured apart. What r does not know, such as the
// name of the data, is left to be filled in.
func NewReport(r *sim.Run, distils bool) *Report {
	var s wire.Snapshot
	r.Snapshot(&s)
	_, best := r.Best()
	out := &Report{Seed: s.Seed, BestEpoch: best.BestEpoch, Epochs: s.Epoch, HiddenLayers: []study.LayerHealth{}, Baselines: []Baseline{}, Defaults: []string{}, InputTrials: []InputTrial{}, Notes: []string{}}
	lane := s.Lanes[len(s.Lanes)-1]
	if n := len(lane.History); n > 0 {
		out.Last = newLosses(lane.History[n-1])
	}
	if distils {
		out.Distillation = &Distillation{
			Criterion: lane.Criterion, Alpha: show.Number(s.Alpha), Beta: show.Number(s.Beta), A: matrixRows(s.A), D: matrixRows(s.D),
		}
	}
	return out
}

// Measure fills in what the student, its teacher, if there is one, and the
// student alone achieve on g.
func (r *Report) Measure(run *sim.Run, teacher gnn.Model, g *graph.Graph, split graph.Split) {
	best, _ := run.Best()
	r.Figures = Measure(best, g, split)
	r.TestNodes = len(split.Test)
	r.Baselines = Baselines(g, split)
	if teacher == nil {
		return
	}
	r.HiddenLayers = hiddenLayers(best) // of students: those of a wide model take memory that no estimate has
	t := Measure(teacher, g, split)
	if m, state := run.Alone(); m != nil {
		a := &Alone{Figures: Measure(m, g, split), BestEpoch: state.BestEpoch}
		a.Difference = r.Test - a.Test
		r.Alone = a
	}
	ratio := show.Number(study.Ratio(float64(t.Params), float64(r.Params)))
	r.Teacher, r.Compression = &t, &ratio
}

// hiddenWork is how many products of units, over all nodes, are computed to look at
// hidden layers: a second or two.
const hiddenWork = 4e9

// hiddenLayers returns the health of m's hidden layers, none where that takes long.
func hiddenLayers(m gnn.Model) []study.LayerHealth {
	work := 0.0
	for _, w := range m.Widths() {
		work += float64(w) * float64(w)
	}
	if g := m.Graph(); work*float64(g.Types[g.Target].Count) > hiddenWork {
		return []study.LayerHealth{}
	}
	return append([]study.LayerHealth{}, study.HiddenLayers(m)...)
}

func newLosses(p wire.Point) Losses {
	return Losses{show.Number(p.Total), show.Number(p.CE), show.Number(p.KD), show.Number(p.Aux)}
}

// matrixRows returns the rows of m, nil if it is empty.
func matrixRows(m wire.Matrix) (rows [][]show.Number) {
	if m.Empty() {
		return nil
	}
	for i := range m.Rows {
		var row []show.Number
		for _, x := range m.Row(i) {
			row = append(row, show.Number(x))
		}
		rows = append(rows, row)
	}
	return rows
}

// Meta is what the file of weights says of its origin.
func (r *Report) Meta(best wire.ModelState) map[string]string {
	m := map[string]string{
		"command": r.Command, "data": r.Data, "split": r.Split, "seed": strconv.FormatUint(r.Seed, 10),
		"best_epoch": strconv.Itoa(best.BestEpoch),
	}
	if best.Valid == best.Valid { // there are validation nodes
		m["valid"] = fmt.Sprintf("%.4f", best.Valid)
	}
	if r.Distillation != nil {
		m["criterion"] = r.Criterion
	}
	return m
}
