package main

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
	"abkd/gnn/mat"
	"abkd/sim"
	"abkd/sim/setup"
)

// An epochReport is a line of --metrics.
type epochReport struct {
	Epoch      int        `json:"epoch"`
	Last       lossReport `json:"last"`  // of the epoch's last step that had a training node, null without
	Train      *number    `json:"train"` // accuracies, null in an epoch without an evaluation or over no nodes
	Valid      *number    `json:"valid"`
	Test       *number    `json:"test"`
	Best       int        `json:"best_epoch"`
	Seconds    number     `json:"seconds"` // of the epoch's steps in this process
	Edges      int64      `json:"edges"`   // over which its messages passed, in every layer
	EdgesPerS  number     `json:"edges_per_second"`
	FLOP       int64      `json:"flop"` // multiplications and additions of the steps' products and sums over neighbours
	GFLOPPerS  number     `json:"gflop_per_second"`
	Evaluation number     `json:"evaluation_seconds"`
	EvalFLOP   int64      `json:"evaluation_flop"`
	Memory     int64      `json:"memory"`      // that the program has from the system, mapped files left out
	Peak       *int64     `json:"peak_memory"` // of the process, mapped files included; null where it is not known
}

// A recorder writes a line for each epoch of a run, as soon as it is done.
type recorder struct {
	f    *os.File // nil for none
	plan setup.Plan

	// Until the last line, or the first step.
	at         time.Time
	edges      int64
	evaluation time.Duration
	flop       int64 // of the process
	evalFLOP   int64
}

// newRecorder opens --metrics. A run that goes on keeps the lines of the epochs
// that it has done; those of epochs that it does again go.
func (j *job) newRecorder(r *sim.Run) (*recorder, error) {
	m := &recorder{plan: j.experiment.Plan(), at: time.Now(), edges: r.Edges(), evaluation: r.EvaluationTime(), flop: mat.FLOP(), evalFLOP: r.EvaluationFLOP()}
	if j.metrics == "" {
		return m, nil
	}
	var kept []byte
	if j.resume {
		old, err := file.Read(j.metrics)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("--metrics %s: %w", j.metrics, cause(err))
		}
		if kept, err = linesUntil(old, r.Epoch()); err != nil {
			return nil, fmt.Errorf("--metrics %s: %w", j.metrics, err)
		}
	}
	if err := replaceFile(j.metrics, kept); err != nil {
		return nil, fmt.Errorf("--metrics: %w", err)
	}
	var err error
	if m.f, err = file.Append(j.metrics); err != nil {
		return nil, fmt.Errorf("--metrics %s: %w", j.metrics, cause(err))
	}
	return m, nil
}

// linesUntil returns the lines of text that are of an epoch up to last, without
// a last one that is cut short. Text of anything else is an error.
func linesUntil(text []byte, last int) (kept []byte, err error) {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		var e epochReport
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

// endEpoch writes the line of the epoch that r has done.
func (m *recorder) endEpoch(r *sim.Run) error {
	h := r.History()
	if m.f == nil || len(h) == 0 {
		return nil
	}
	p := h[len(h)-1]
	_, best := r.Best()
	edges, evaluation := r.Edges()-m.edges, r.EvaluationTime()-m.evaluation
	seconds := (time.Since(m.at) - evaluation).Seconds()
	evalFLOP := r.EvaluationFLOP() - m.evalFLOP
	flop := mat.FLOP() - m.flop - evalFLOP
	m.at, m.edges, m.evaluation = time.Now(), r.Edges(), r.EvaluationTime()
	m.flop, m.evalFLOP = mat.FLOP(), r.EvaluationFLOP()
	e := epochReport{
		Epoch: r.Epoch(), Last: losses(p), Best: best.BestEpoch,
		Seconds: number(seconds), Evaluation: number(evaluation.Seconds()),
		Edges: edges, EdgesPerS: rate(float64(edges), seconds), Memory: memoryInUse(),
		FLOP: flop, GFLOPPerS: rate(float64(flop)/1e9, seconds), EvalFLOP: evalFLOP,
	}
	if m.plan.Evaluates(r.Epoch(), m.plan.Epochs) {
		train, valid, test := number(p.Train), number(p.Valid), number(p.Test)
		e.Train, e.Valid, e.Test = &train, &valid, &test
	}
	e.Peak = peakNow()
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := m.f.Write(append(line, '\n')); err != nil { // no buffer: it is there at once
		return fmt.Errorf("--metrics %s: %w", m.f.Name(), cause(err))
	}
	return nil
}

// sync makes the lines last, so that a power cut leaves no state of an epoch
// without its line.
func (m *recorder) sync() error {
	if m.f == nil {
		return nil
	}
	if err := m.f.Sync(); err != nil {
		return fmt.Errorf("--metrics %s: %w", m.f.Name(), cause(err))
	}
	return nil
}

// rate returns n per second, which is not known of no time.
func rate(n, seconds float64) number {
	if seconds <= 0 {
		return number(math.NaN())
	}
	return number(n / seconds)
}

// close ends the file.
func (m *recorder) close() error {
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
