package fit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"runtime/metrics"
	"time"

	"abkd/gnn/file"
	"abkd/gnn/parallel"
	"abkd/internal/machine"
	"abkd/internal/show"
	"abkd/sim"
	"abkd/sim/study"
)

// An Epoch is a line of metrics.
type Epoch struct {
	Epoch      int          `json:"epoch"`
	Last       Losses       `json:"last"`  // of the epoch's last step that had a training node, null without
	Train      *show.Number `json:"train"` // accuracies, null in an epoch without an evaluation or over no nodes
	Valid      *show.Number `json:"valid"`
	Test       *show.Number `json:"test"`
	Best       int          `json:"best_epoch"`
	Seconds    show.Number  `json:"seconds"` // of the epoch's steps in this process
	Edges      int64        `json:"edges"`   // over which its messages passed, in every layer
	EdgesPerS  show.Number  `json:"edges_per_second"`
	FLOP       int64        `json:"flop"` // multiplications and additions of the steps' products and sums over neighbours
	GFLOPPerS  show.Number  `json:"gflop_per_second"`
	Evaluation show.Number  `json:"evaluation_seconds"`
	EvalFLOP   int64        `json:"evaluation_flop"`
	Memory     int64        `json:"memory"`      // that the program has from the system, mapped files left out
	Peak       *int64       `json:"peak_memory"` // of the process, mapped files included; null where it is not known

	// In the epochs that are looked into, see looksInto; else empty.
	HiddenLayers []study.LayerHealth `json:"hidden_layers"` // at its end
	Gradients    []Gradient          `json:"gradients"`     // of its last step, for each output of a student that has a criterion
}

// A Gradient says how the criterion's gradient at an output of the student stands to
// that of the task, the cross-entropy and KD.
type Gradient struct {
	Task      show.Number  `json:"task"`      // lengths over all nodes
	Criterion show.Number  `json:"criterion"` // before a gate
	Ratio     *show.Number `json:"ratio"`     // of the criterion's to the task's, null if that is 0
	Cosine    *show.Number `json:"cosine"`    // of the angle between them, null if one is 0
}

// Metrics are a file with a line for each epoch of a run, written as soon as the
// epoch is done. The zero Metrics are none.
type Metrics struct {
	Name string
	// Resume keeps the lines of the epochs that the run has done before; those of
	// epochs that it does again go.
	Resume bool

	f *os.File // nil for none, and on all ranks but the first

	// As of the last begin.
	at         time.Time
	edges      int64
	evaluation time.Duration
	flop       int64
	evalFLOP   int64
}

// begin notes what r has done before the epoch whose line comes next.
func (m *Metrics) begin(r *sim.Run) {
	m.at, m.edges, m.evaluation, m.flop, m.evalFLOP = time.Now(), r.Edges(), r.EvaluationTime(), r.FLOP(), r.EvaluationFLOP()
}

// open begins the file, for what r is going to do.
func (m *Metrics) open(r *sim.Run) (err error) {
	m.begin(r)
	if m.Name == "" || !parallel.Leads(r.Group()) {
		return nil
	}
	var kept []byte
	if m.Resume {
		old, err := file.Read(m.Name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return m.fails(file.Cause(err))
		}
		if kept, err = linesUntil(old, r.Epoch()); err != nil {
			return m.fails(err)
		}
	}
	if err := file.Replace(m.Name, file.Bytes(kept)); err != nil {
		return &FileError{What: "metrics", Err: err}
	}
	if m.f, err = file.Append(m.Name); err != nil {
		return m.fails(file.Cause(err))
	}
	return nil
}

func (m *Metrics) fails(err error) error { return &FileError{What: "metrics", Name: m.Name, Err: err} }

// linesUntil returns the lines of text that are of an epoch up to last, without
// a last one that is cut short. Text of anything else is an error.
func linesUntil(text []byte, last int) (kept []byte, err error) {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		var e Epoch
		switch err := json.Unmarshal(line, &e); {
		case line[len(line)-1] != '\n':
		case err != nil || e.Epoch < 1:
			return nil, fmt.Errorf("line %d is %.40q, want that of an epoch: it is no file of metrics", n, line)
		case e.Epoch <= last:
			kept = append(kept, line...)
		}
	}
	return kept, nil
}

// looksInto reports whether an epoch, counted from 1, is one in which hidden units and
// gradients are looked at: the first ten, every tenth, the last.
func looksInto(epoch int, r *sim.Run) bool {
	return epoch <= 10 || epoch%10 == 0 || epoch == r.Plan().Epochs
}

// beforeStep lets the last step of an epoch be looked at.
func (m *Metrics) beforeStep(r *sim.Run) {
	if m.Name == "" {
		return
	}
	_, d := r.Learner()
	d.LookAtPulls(r.StepsDone() == r.Steps()-1 && looksInto(r.Epoch()+1, r))
}

// lookInto sets what e has of an epoch that is looked into.
func (e *Epoch) lookInto(r *sim.Run) {
	model, d := r.Learner()
	e.HiddenLayers = hiddenLayers(model)
	for _, p := range d.Pulls() {
		e.Gradients = append(e.Gradients, Gradient{show.Number(p.Task), show.Number(p.Criterion), known(p.Ratio()), known(p.Cosine)})
	}
}

// known returns x, nil if it is no finite number.
func known(x float64) *show.Number {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	n := show.Number(x)
	return &n
}

// endEpoch writes the line of the epoch that r has done.
func (m *Metrics) endEpoch(r *sim.Run) error {
	h := r.History()
	if m.Name == "" || len(h) == 0 {
		return nil
	}
	edges, flop, evalFLOP := m.counts(r)
	if m.f == nil {
		return nil
	}
	p := h[len(h)-1]
	_, best := r.Best()
	evaluation := r.EvaluationTime() - m.evaluation
	seconds := (time.Since(m.at) - evaluation).Seconds()
	e := Epoch{
		HiddenLayers: []study.LayerHealth{}, Gradients: []Gradient{},
		Epoch: r.Epoch(), Last: newLosses(p), Best: best.BestEpoch,
		Seconds: show.Number(seconds), Evaluation: show.Number(evaluation.Seconds()),
		Edges: edges, EdgesPerS: rate(float64(edges), seconds), Memory: memoryInUse(),
		FLOP: flop, GFLOPPerS: rate(float64(flop)/1e9, seconds), EvalFLOP: evalFLOP,
	}
	if plan := r.Plan(); plan.Evaluates(r.Epoch(), plan.Epochs) {
		train, valid, test := show.Number(p.Train), show.Number(p.Valid), show.Number(p.Test)
		e.Train, e.Valid, e.Test = &train, &valid, &test
	}
	if looksInto(r.Epoch(), r) {
		e.lookInto(r)
	}
	e.Peak = machine.PeakNow()
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := m.f.Write(append(line, '\n')); err != nil { // no buffer: it is there at once
		return m.fails(file.Cause(err))
	}
	return nil
}

// counts returns what all ranks have done since the last begin.
func (m *Metrics) counts(r *sim.Run) (edges, flop, evalFLOP int64) {
	edges, evalFLOP = r.Edges()-m.edges, r.EvaluationFLOP()-m.evalFLOP
	flop = r.FLOP() - m.flop - evalFLOP
	if parallel.Alone(r.Group()) {
		return edges, flop, evalFLOP
	}
	sums := []float64{float64(edges), float64(flop), float64(evalFLOP)}
	r.Group().SumFloat64(sums)
	return int64(sums[0]), int64(sums[1]), int64(sums[2])
}

// sync makes the lines last, so that a power cut leaves no state of an epoch
// without its line.
func (m *Metrics) sync() error {
	if m.f == nil {
		return nil
	}
	if err := m.f.Sync(); err != nil {
		return m.fails(file.Cause(err))
	}
	return nil
}

// rate returns n per second, which is not known of no time.
func rate(n, seconds float64) show.Number {
	if seconds <= 0 {
		return show.Number(math.NaN())
	}
	return show.Number(n / seconds)
}

// close ends the file.
func (m *Metrics) close() error {
	if m.f == nil {
		return nil
	}
	return m.f.Close()
}

// memoryInUse returns how much memory the program has from the system and has
// not given back.
func memoryInUse() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64() - s[1].Value.Uint64())
}
