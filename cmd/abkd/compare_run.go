package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/term"
	"abkd/gnn"
	"abkd/gnn/file"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/sim"
	"abkd/sim/setup"
	"abkd/sim/study"
)

func (j *comparison) run(cmd *cobra.Command) error {
	ctx, stderr := cmd.Context(), cmd.ErrOrStderr()
	j.given = cmd.Flags().Changed
	j.line = commandLine()
	if err := j.readTuned(); err != nil {
		return err
	}
	if err := j.plan(); err != nil {
		return err
	}
	if _, _, err := j.spec.Plan(); err != nil {
		return err // before reading
	}
	d, err := j.read(ctx, stderr)
	if err != nil {
		return err
	}
	if err := j.planFor(d.graph, compareKeys(), j.plan); err != nil {
		return err
	}
	if err := j.checkTuned(&d); err != nil {
		return err
	}
	j.origin = d.provenance(j.data, "")
	w, closeStore, err := j.work(d)
	if err != nil {
		return err
	}
	defer closeStore()
	j.note(cmd, w)
	j.notes.add(emptyParts(d.split)...)
	j.notes.print(stderr)
	if err := w.run(ctx, stderr); err != nil {
		return err
	}
	report, err := w.report(ctx, stderr)
	if err != nil {
		return err
	}
	j.notes.tell(stderr, studyRemarks(report.results)...)
	report.Notes = j.notes
	report.chosen = chosenText(j.size, j.chosen)
	if j.out != "" {
		if err := report.save(w.store); err != nil {
			return err
		}
	}
	text := report.text()
	if j.out != "" {
		text += "figures in " + filepath.Join(j.out, "report.html") + ", numbers in rows.csv and result.json beside it\n"
	}
	return write(cmd.OutOrStdout(), j.asJSON, report, text)
}

// note adds what is given and not used by the runs of w, and that nothing is
// kept.
func (j *comparison) note(cmd *cobra.Command, w *work) {
	var runs []setup.Experiment
	for _, t := range w.teachers {
		runs = append(runs, t.Experiment)
	}
	for _, c := range w.cells {
		runs = append(runs, c.Experiment)
	}
	j.notes.add(unusedSettings(w.cells)...)
	j.notes.add(unused(cmd, runs, append(j.rules(), rule{"extend", j.out == "", "there is no --out"})...)...)
	if given := j.overriding(); len(given) > 0 {
		j.notes.add(fmt.Sprintf("of --preset %s not used, since given: %s", j.preset, strings.Join(given, ", ")))
	}
	j.notes.add(dropped(j.spec.Base.Model, w.graph))
	if j.out == "" {
		j.notes.add("no --out: neither weights nor finished runs will be kept")
	}
}

// overriding returns the names of the flags that replace what --preset says.
func (j *comparison) overriding() (given []string) {
	if j.preset == "" {
		return nil
	}
	for _, flag := range []string{"criteria", "seeds", "epochs", "teacher-epochs"} {
		if j.given(flag) {
			given = append(given, "--"+flag)
		}
	}
	return given
}

// work opens the folder and returns the runs to do on d. A folder that is
// for this run alone goes with closeStore.
func (j *comparison) work(d dataset) (w *work, closeStore func(), err error) {
	j.spec.Base.Split = d.split.Name
	dir, closeStore := j.out, func() {}
	if dir == "" {
		if dir, closeStore, err = file.TemporaryFolder("abkd-compare-"); err != nil {
			return nil, nil, fmt.Errorf("a folder for the runs: %w", err)
		}
	}
	fingerprint := study.Fingerprint(d.graph, d.split)
	m := newManifest(j.data, fingerprint, mat.Backend(), j.spec)
	if j.methods != nil {
		m.Methods = j.methods
	}
	s, err := openStore(dir, j.kind, m, j.extend)
	if err == nil {
		w, err = newWork(j, d.graph, s, fingerprint)
	}
	if err != nil {
		closeStore()
		return nil, nil, err
	}
	return w, closeStore, nil
}

// A work is the runs of a comparison, those done and those to do.
type work struct {
	*comparison
	graph       *graph.Graph // prepared
	store       *store
	fingerprint string
	teachers    []study.Teacher
	cells       []study.Cell

	tasks []task
	total int64 // epochs of the tasks
	runs  atomic.Int64
	done  atomic.Int64 // epochs
}

// A task is one run to do. It starts after another one is ready.
type task struct {
	run   func(study.Tick) error
	after <-chan struct{} // nil if it need not wait
	ready chan struct{}   // closed when it is done
}

func newWork(j *comparison, g *graph.Graph, s *store, fingerprint string) (*work, error) {
	if j.spec.Base.Plan().Inputs == "means" {
		if err := j.checkMeans(g); err != nil {
			return nil, err
		}
	}
	w := &work{comparison: j, graph: j.spec.Base.Plan().Prepare(g), store: s, fingerprint: fingerprint}
	var err error
	if w.teachers, w.cells, err = j.spec.Plan(); err != nil {
		return nil, err
	}
	taught := map[string]chan struct{}{}
	for _, t := range w.teachers {
		key := w.teacherKey(t)
		if _, ok := w.taught(t); ok {
			continue
		}
		ready := make(chan struct{})
		taught[key] = ready
		w.tasks = append(w.tasks, task{func(tick study.Tick) error { return w.teach(t, key, tick) }, nil, ready})
		w.total += int64(t.Experiment.TeacherEpochs) * int64(1-one(t.Untrained))
	}
	known := map[string]bool{} // two methods may be the same run
	for _, c := range w.cells {
		key := w.cellKey(c)
		if _, ok := w.finished(c); ok || known[key] {
			continue
		}
		known[key] = true
		w.tasks = append(w.tasks, task{func(tick study.Tick) error { return w.train(c, key, tick) }, taught[w.teacherKey(c.Teacher)], make(chan struct{})})
		w.total += int64(c.Experiment.Epochs)
	}
	return w, nil
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (w *work) teacherKey(t study.Teacher) string { return t.Key(w.fingerprint, mat.Backend()) }
func (w *work) cellKey(c study.Cell) string       { return c.Key(w.fingerprint, mat.Backend()) }

// taught returns what is kept of the teacher t.
func (w *work) taught(t study.Teacher) (study.TeacherResult, bool) {
	return w.store.teacher(w.teacherKey(t), t)
}

// finished returns what is kept of the run c.
func (w *work) finished(c study.Cell) (study.Result, bool) {
	return w.store.cell(w.cellKey(c), w.teacherKey(c.Teacher), c)
}

func (w *work) teach(t study.Teacher, key string, tick study.Tick) error {
	start := time.Now()
	m, r, err := study.Teach(w.graph, t, tick)
	if err != nil || m == nil {
		return err
	}
	r.Key, r.Seconds = key, time.Since(start).Seconds()
	return w.store.saveTeacher(m, r, w.origin)
}

func (w *work) train(c study.Cell, key string, tick study.Tick) error {
	teacherKey := w.teacherKey(c.Teacher)
	// Models have buffers: each run has a teacher of its own.
	teacher, err := gnn.Load(w.store.weights(teacherKey), w.graph)
	if err != nil {
		return err
	}
	start := time.Now()
	r, ok, err := study.Train(w.graph, c, teacher, tick)
	if err != nil || !ok {
		return err
	}
	r.Key, r.Teacher, r.Seconds = key, teacherKey, time.Since(start).Seconds()
	return w.store.write(r, "cells", key+".json")
}

// run does the tasks, j.jobs side by side, until all are done, one fails or a
// signal comes.
func (w *work) run(ctx context.Context, stderr io.Writer) error {
	if len(w.tasks) == 0 {
		return nil
	}
	if err := w.checkMemory(stderr); err != nil {
		return err
	}
	// The kernels share out large operations among as many goroutines as may
	// run; with as many runs there is no room for them, and the bits are the
	// same either way.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(w.jobs))
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	tick := func(epochs int) bool {
		w.done.Add(int64(epochs))
		return inner.Err() == nil
	}
	queue := make(chan task, len(w.tasks))
	for _, t := range w.tasks {
		queue <- t
	}
	close(queue)
	var group sync.WaitGroup
	for range min(w.jobs, len(w.tasks)) {
		group.Go(func() {
			for t := range queue {
				w.do(inner, cancel, t, tick)
			}
		})
	}
	w.show(&group, stderr)
	switch {
	case ctx.Err() != nil:
		return interruption(w.interrupted())
	case inner.Err() != nil:
		return context.Cause(inner)
	}
	return nil
}

// do does t unless ctx is done, and cancels it with the error of a failure. A
// teacher stands in the queue before its students, so whoever waits for it
// waits for one that is at work.
func (w *work) do(ctx context.Context, cancel context.CancelCauseFunc, t task, tick study.Tick) {
	defer close(t.ready) // after cancel, so that nothing starts on what failed
	if t.after != nil {
		<-t.after
	}
	if ctx.Err() != nil {
		return
	}
	if err := guard(func() error { return t.run(tick) }); err != nil {
		cancel(err)
	}
	w.runs.Add(1)
}

// show shows the progress until group is done.
func (w *work) show(group *sync.WaitGroup, stderr io.Writer) {
	m := term.NewMeter(stderr, w.kind.doing, "epochs")
	defer m.Done()
	finished := make(chan struct{})
	go func() {
		group.Wait()
		close(finished)
	}()
	t := time.NewTicker(term.BarInterval)
	defer t.Stop()
	for {
		select {
		case <-finished:
			return
		case <-t.C:
			done := w.done.Load()
			detail := fmt.Sprintf("%d of %d runs", w.runs.Load(), len(w.tasks))
			if !m.Bar() { // which has a prediction of its own
				detail += m.Left(0, done, w.total)
			}
			m.Set(done, w.total, detail)
		}
	}
}

func (w *work) interrupted() string {
	if w.out == "" {
		return "interrupted: nothing was kept, as there is no --out"
	}
	done := 0
	for _, c := range w.cells {
		if _, ok := w.finished(c); ok {
			done++
		}
	}
	return fmt.Sprintf("interrupted: %d of %d students are done and in %s; the same command goes on from there", done, len(w.cells), w.out)
}

// results reads what the runs wrote. Whether they were done now or before
// makes no difference.
func (w *work) results() (results []study.Result, teachers []study.TeacherResult, err error) {
	for _, t := range w.teachers {
		r, ok := w.taught(t)
		if !ok {
			return nil, nil, fmt.Errorf("%s: it cannot be read back", w.store.path("teachers", w.teacherKey(t)+".json"))
		}
		teachers = append(teachers, r)
	}
	for _, c := range w.cells {
		r, ok := w.finished(c)
		if !ok {
			return nil, nil, fmt.Errorf("%s: it cannot be read back", w.store.path("cells", w.cellKey(c)+".json"))
		}
		r.Criterion, r.Variant = c.Method.Criterion, c.Method.Variant // a run may have two names
		results = append(results, r)
	}
	return results, teachers, nil
}

// rounds is how often the inference of one size is measured, several times
// each: other programs on the machine come and go.
const rounds = 4

// timing returns the fastest inference of each size in milliseconds, measured
// alone and on one core. What a store has measured stays.
func (w *work) timing(ctx context.Context, stderr io.Writer, split graph.Split) (map[string]float64, error) {
	known := map[string]float64{}
	readJSON(w.store.path("timing.json"), &known) // measured anew if it cannot be read
	before := len(known)
	err := await(ctx, term.NewMeter(stderr, "measuring inference", ""), func() error {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		measure := func(name string, model func() (gnn.Model, error)) error {
			if known[name] > 0 {
				return nil
			}
			m, err := model()
			if err != nil {
				return err
			}
			fastest := sim.Evaluate(m, w.graph, split).InferMicros
			for range rounds - 1 {
				fastest = min(fastest, sim.Evaluate(m, w.graph, split).InferMicros)
			}
			known[name] = float64(fastest) / 1000
			return nil
		}
		for _, c := range w.cells {
			t := c.Teacher
			if err := measure("teacher "+shapeText(t.Experiment.Teacher), func() (gnn.Model, error) {
				return gnn.Load(w.store.weights(w.teacherKey(t)), w.graph)
			}); err != nil {
				return err
			}
			if err := measure("student "+shapeText(c.Experiment.Student), func() (gnn.Model, error) {
				return w.student(c)
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if ctx.Err() != nil {
		return nil, interruption(w.interrupted())
	}
	if err != nil || len(known) == before {
		return known, err
	}
	return known, w.store.write(known, "timing.json")
}

// student returns an untrained student of c's size: as fast as a trained one.
func (w *work) student(c study.Cell) (gnn.Model, error) {
	e := c.Experiment
	e.Criterion, e.Alpha = "none", setup.Some(0.0)
	r, err := sim.New(w.graph, e, sim.Options{})
	if err != nil {
		return nil, err
	}
	m, _ := r.Best()
	return m, nil
}
