package study

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/internal/crash"
)

// A Work is the runs of a study on one graph: those that a store has, and those
// that are still to do. One that was ended, however it was, goes on where it was
// when it is made again with the same store.
type Work struct {
	Graph       *graph.Graph // as the runs read it
	Fingerprint string
	Spec        Spec
	Teachers    []Teacher
	Cells       []Cell
	Baselines   []Baseline

	backend string // kernels that compute
	store   Store
	tasks   []*task
	ofCells map[string]*task // by the keys of cells
	total   int64            // epochs of the tasks
	runs    atomic.Int64
	done    atomic.Int64 // epochs
}

// A task is one run to do.
type task struct {
	key     string      // of what it leaves in the store
	kept    func() bool // it is there
	epochs  int
	teaches bool
	run     func(Tick) error
	after   *task // that must be in the store before, nil for none
	begun   atomic.Bool
	done    atomic.Int64 // epochs
}

// NewWork plans the runs of s on g, whose nodes s.Base.Split divides, and looks
// up in the store which of them are done. The fingerprint is that of g and the
// split, see Fingerprint.
func NewWork(s Spec, g *graph.Graph, fingerprint string, store Store) (*Work, error) {
	teachers, cells, err := s.Plan()
	if err != nil {
		return nil, err
	}
	w := &Work{Graph: s.Base.Plan().Prepare(g), Fingerprint: fingerprint, Spec: s, Teachers: teachers, Cells: cells, backend: mat.Fastest(), store: store, ofCells: map[string]*task{}}
	if w.Baselines, err = s.baselines(w.Graph); err != nil {
		return nil, err
	}
	teaching := map[string]*task{}
	for _, t := range teachers {
		if _, ok := w.teacherResult(t); ok {
			continue
		}
		epochs := t.Experiment.Plan().TeacherEpochs
		if t.Untrained || t.Weights != nil {
			epochs = 0
		}
		key := w.teacherKey(t)
		teaching[key] = w.addTask(&task{
			key: key, epochs: epochs, teaches: true,
			kept: func() bool { _, ok := w.teacherResult(t); return ok },
			run:  func(tick Tick) error { return w.trainTeacher(t, key, tick) },
		})
	}
	known := map[string]bool{} // two methods may be the same run
	for _, c := range cells {
		key := w.cellKey(c)
		if _, ok := w.result(c); ok || known[key] {
			continue
		}
		known[key] = true
		w.ofCells[key] = w.addTask(&task{
			key: key, epochs: c.Experiment.Plan().Epochs, after: teaching[w.teacherKey(c.Teacher)],
			kept: func() bool { _, ok := w.result(c); return ok },
			run:  func(tick Tick) error { return w.trainStudent(c, key, tick) },
		})
	}
	w.addBaselines()
	return w, nil
}

func (w *Work) addTask(t *task) *task {
	w.tasks = append(w.tasks, t)
	w.total += int64(t.epochs)
	return t
}

func (w *Work) teacherKey(t Teacher) string { return t.Key(w.Fingerprint, w.backend) }
func (w *Work) cellKey(c Cell) string       { return c.Key(w.Fingerprint, w.backend) }

// teacherResult returns what is kept of the teacher t.
func (w *Work) teacherResult(t Teacher) (TeacherResult, bool) {
	return w.store.Teacher(w.teacherKey(t), t)
}

// result returns what is kept of the run c.
func (w *Work) result(c Cell) (Result, bool) {
	return w.store.Cell(w.cellKey(c), w.teacherKey(c.Teacher), c)
}

func (w *Work) trainTeacher(t Teacher, key string, tick Tick) error {
	start := time.Now()
	m, r, err := Teach(w.Graph, t, tick)
	if err != nil || m == nil {
		return err
	}
	r.Key, r.Seconds = key, time.Since(start).Seconds()
	return w.store.SaveTeacher(m, r)
}

func (w *Work) trainStudent(c Cell, key string, tick Tick) error {
	// Models have buffers: each run has a teacher of its own.
	teacher, err := w.Teacher(c)
	if err != nil {
		return err
	}
	start := time.Now()
	r, ok, err := Train(w.Graph, c, teacher, tick)
	if err != nil || !ok {
		return err
	}
	r.Key, r.Teacher, r.Seconds = key, w.teacherKey(c.Teacher), time.Since(start).Seconds()
	return w.store.SaveCell(r)
}

// Teacher returns a new model with the weights of the teacher of c, which must
// have been trained.
func (w *Work) Teacher(c Cell) (gnn.Model, error) {
	return w.store.LoadTeacher(w.teacherKey(c.Teacher), w.Graph)
}

// ToDo returns how many runs the store did not have when w was made.
func (w *Work) ToDo() int { return len(w.tasks) }

// TeachersToDo returns how many of them train a teacher.
func (w *Work) TeachersToDo() (n int) {
	for _, t := range w.tasks {
		if t.teaches {
			n++
		}
	}
	return n
}

// Run does what is to do, as many runs side by side as jobs says, until all are
// done, one fails or ctx is done. It is called once. The results do not depend
// on jobs.
func (w *Work) Run(ctx context.Context, jobs int) error { return w.Share(ctx, jobs, nobody{}, All) }

// perform does t.
func (w *Work) perform(t *task, tick Tick) error {
	t.begun.Store(true)
	err := crash.Guard(func() error {
		return t.run(func(epochs int) bool {
			t.done.Add(int64(epochs))
			return tick(epochs)
		})
	})
	w.runs.Add(1)
	return err
}

// A Progress says how far a Work is.
type Progress struct {
	Runs, OfRuns     int
	Epochs, OfEpochs int64
}

// Progress may be asked for while w runs.
func (w *Work) Progress() Progress {
	return Progress{int(w.runs.Load()), len(w.tasks), w.done.Load(), w.total}
}

// A CellState says how far a cell is.
type CellState struct {
	Begun  bool
	Epochs int     // done in this process
	Result *Result // nil before it is in the store
}

// CellStates returns the states of the cells, in their order. It may be asked for
// while w runs.
func (w *Work) CellStates() []CellState {
	all := make([]CellState, len(w.Cells))
	for i, c := range w.Cells {
		if t := w.ofCells[w.cellKey(c)]; t != nil {
			all[i].Begun, all[i].Epochs = t.begun.Load(), int(t.done.Load())
		}
		if r, ok := w.result(c); ok {
			r.Criterion, r.Variant = c.Method.Criterion, c.Method.Variant // a run may have two names
			all[i].Result = &r
		}
	}
	return all
}

// Finished returns how many cells are in the store.
func (w *Work) Finished() (n int) {
	for _, c := range w.Cells {
		if _, ok := w.result(c); ok {
			n++
		}
	}
	return n
}

// Results returns what the runs came to. Whether they were done now or before
// makes no difference.
func (w *Work) Results() (results []Result, teachers []TeacherResult, err error) {
	for _, t := range w.Teachers {
		r, ok := w.teacherResult(t)
		if !ok {
			return nil, nil, fmt.Errorf("study: %v: teacher %s cannot be read back", w.store, w.teacherKey(t))
		}
		teachers = append(teachers, r)
	}
	for _, c := range w.Cells {
		r, ok := w.result(c)
		if !ok {
			return nil, nil, fmt.Errorf("study: %v: run %s cannot be read back", w.store, w.cellKey(c))
		}
		r.Criterion, r.Variant = c.Method.Criterion, c.Method.Variant // a run may have two names
		results = append(results, r)
	}
	return results, teachers, nil
}
