package desk

import (
	"context"
	"errors"
	"fmt"

	"abkd/gnn/file"
	"abkd/gnn/graph/fingerprint"
	"abkd/gnn/mat"
	"abkd/sim/memory"
	"abkd/sim/study"
	"abkd/sim/study/report"
	"abkd/sim/study/store"
)

// A job is a study that runs, or has run.
type job struct {
	name   string
	ask    *Ask
	dir    string
	plan   plan
	data   string
	work   *study.Work
	folder *store.Folder
	lock   *file.Lock
	jobs   int // runs side by side that there is memory for

	ctx  context.Context
	stop context.CancelFunc
	over chan struct{}
	err  error // why it ended early; written before over is closed
}

// newJob opens the folder of a study, and plans what is to do.
func (d *Desk) newJob(name, dir string, ask *Ask) (j *job, err error) {
	j = &job{name: name, ask: ask, dir: dir, data: d.options.Data, over: make(chan struct{})}
	if j.plan, err = ask.planOf(d.options.Graph, d.options.Split); err != nil {
		return nil, err
	}
	if j.lock, err = file.LockFolder(dir); err != nil {
		if busy, ok := errors.AsType[*file.Busy](err); ok {
			return nil, fmt.Errorf("%s: %w; wait for it or give another name", name, busy)
		}
		return nil, fmt.Errorf("%s: %w", dir, file.Cause(err))
	}
	lock := j.lock // j is gone where it is needed
	defer func() {
		if err != nil {
			lock.Unlock()
		}
	}()
	print := fingerprint.Run(j.plan.graph, j.plan.split)
	m := store.NewManifest(d.options.Data, print, mat.Fastest(), j.plan.spec)
	if j.plan.lines != nil {
		m.Methods = j.plan.lines
	}
	if j.folder, err = store.Open(dir, ask.Kind, m, true); err != nil {
		return nil, err
	}
	j.folder.Clean()
	if err = j.folder.WriteJSON(ask, askFile); err != nil {
		return nil, err
	}
	if j.work, err = study.NewWork(j.plan.spec, j.plan.graph, print, j.folder); err != nil {
		return nil, err
	}
	if j.jobs, err = sideBySide(j.work, d.options.Memory, d.options.Cores); err != nil {
		return nil, err
	}
	j.ctx, j.stop = context.WithCancel(d.ctx)
	return j, nil
}

// sideBySide returns how many runs of w there are cores and memory for.
func sideBySide(w *study.Work, may memory.Allowance, cores int) (int, error) {
	largest, err := w.Footprint(may.Most)
	if err != nil {
		return 0, err
	}
	if err := may.Refuse("a run is", memory.Program+largest.Total(), ": "+memory.Text(largest)+"; choose narrower students"); err != nil {
		return 0, err
	}
	one := max(largest.Total()-largest.Graph, 1)
	room := (may.Most - memory.Program - largest.Graph) / one
	return int(max(min(room, int64(cores)), 1)), nil
}

// run does what is to do, and writes what it came to.
func (j *job) run(cores int) {
	defer close(j.over)
	defer j.lock.Unlock()
	defer j.stop()
	if j.err = j.work.Run(j.ctx, min(j.jobs, cores)); j.err == nil {
		j.err = j.save()
	}
	if errors.Is(j.err, context.Canceled) {
		j.err = nil // it was stopped: what is done stays
	}
}

// save writes the files of a whole study, as the command line does.
func (j *job) save() error {
	if j.plan.search != nil {
		t, err := report.NewTuned(*j.plan.search, j.work)
		if err != nil {
			return err
		}
		t.Data = j.data
		return t.Save(j.folder)
	}
	r, err := report.New(j.work, j.folder.Timing(), nil)
	if err != nil {
		return err
	}
	r.Data, r.Jobs = j.data, j.jobs
	return r.Save(j.folder)
}

func (j *job) isOver() bool {
	select {
	case <-j.over:
		return true
	default:
		return false
	}
}

// view returns what it has come to.
func (j *job) view() *View {
	v := &View{Name: j.name, Kind: j.ask.Kind, Folder: j.dir, Ask: j.ask, Running: !j.isOver(), Whole: isWhole(j.dir, j.ask.Kind)}
	if !v.Running && j.err != nil {
		v.Error = sentence(j.err).Error()
	}
	p := j.work.Progress()
	v.Runs, v.OfRuns, v.Epochs, v.OfEpochs = p.Runs, p.OfRuns, p.Epochs, p.OfEpochs
	for i, s := range j.work.CellStates() {
		c := j.work.Cells[i]
		at := newCell(c.Method.String(), study.SizeText(c.Experiment.Student), c.Experiment.Plan().Seed)
		at.Epochs, at.OfEpochs, at.Begun = s.Epochs, c.Experiment.Plan().Epochs, s.Begun && v.Running
		if s.Result != nil {
			at.take(s.Result)
		}
		v.Cells = append(v.Cells, at)
	}
	v.sumUp()
	return v
}
