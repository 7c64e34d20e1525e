package studies

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/cmd/internal/term"
	"abkd/gnn/file"
	"abkd/gnn/graph/fingerprint"
	"abkd/gnn/mat"
	"abkd/gnn/summary"
	"abkd/sim/fit"
	"abkd/sim/memory"
	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/report"
	"abkd/sim/study/store"
)

func (j *comparison) run(cmd *cobra.Command) error {
	ctx, stderr := cmd.Context(), cmd.ErrOrStderr()
	j.given = cmd.Flags().Changed
	if err := j.readTuned(); err != nil {
		return err
	}
	if err := j.plan(); err != nil {
		return err
	}
	if _, _, err := j.spec.Plan(); err != nil {
		return err // before reading
	}
	d, err := j.ReadGraph(ctx, stderr)
	if err != nil {
		return err
	}
	if err := j.taughtBy(&d); err != nil {
		return err
	}
	if err := j.planFor(d.Graph, compareKeys(), j.plan); err != nil {
		return err
	}
	if err := j.checkTuned(&d); err != nil {
		return err
	}
	w, folder, closeFolder, err := j.work(d)
	if err != nil {
		return err
	}
	defer closeFolder()
	j.note(cmd, w)
	j.Notes.Add(fit.EmptyParts(d.Split)...)
	j.Notes.Print(stderr)
	if reports, err := j.runs(cmd, folder, w); err != nil || !reports {
		return err
	}
	r, err := j.report(ctx, stderr, w)
	if err != nil {
		return err
	}
	text := r.Text()
	if j.out != "" {
		if err := r.Save(folder); err != nil {
			return err
		}
		text += "figures in " + filepath.Join(j.out, "report.html") + ", numbers in rows.csv and result.json beside it\n"
	}
	return cli.Write(cmd.OutOrStdout(), j.asJSON, r, text)
}

// report measures inference and sums up what the runs left.
func (j *comparison) report(ctx context.Context, stderr io.Writer, w *study.Work) (*report.Comparison, error) {
	timing, err := j.timing(ctx, stderr, w)
	if err != nil {
		return nil, err
	}
	r, err := report.New(w, timing, j.tuned)
	if err != nil {
		return nil, err
	}
	j.Notes.Tell(stderr, append(report.Remarks(r.Results, settings.Flag), r.Below(w.Graph, settings.Flag))...)
	r.Line, r.Data, r.Preset, r.Jobs, r.Versions = cli.Typed("abkd"), j.Data, j.preset, j.jobs, versions()
	r.Notes = append(r.Notes, j.Notes...)
	r.Chosen = fit.ChosenText(j.size, j.chosen)
	return r, nil
}

// note adds what is given and not used by the runs of w, and that nothing is
// kept.
func (j *comparison) note(cmd *cobra.Command, w *study.Work) {
	var runs []setup.Experiment
	for _, t := range w.Teachers {
		runs = append(runs, t.Experiment)
	}
	for _, c := range w.Cells {
		runs = append(runs, c.Experiment)
	}
	for _, b := range w.Baselines {
		for _, c := range b.Cells {
			runs = append(runs, c.Experiment)
		}
	}
	j.Notes.Add(study.Unused(w.Cells)...)
	rules := append(j.Rules(), cli.Rule{Flag: "teacher-epochs", Idle: j.teacher != "", Why: "the teacher is given"})
	j.Notes.Add(settings.Unused(cmd, runs, append(rules, cli.Rule{Flag: "extend", Idle: j.out == "", Why: "there is no --out"}, cli.Rule{Flag: "workers", Idle: j.slurm == "", Why: "there is no --slurm"})...)...)
	if given := j.overriding(); len(given) > 0 {
		j.Notes.Add(fmt.Sprintf("of --preset %s not used, since given: %s", j.preset, strings.Join(given, ", ")))
	}
	j.Notes.Add(summary.Unread(j.spec.Base.Model, w.Graph))
	if j.out == "" {
		j.Notes.Add("no --out: neither weights nor finished runs will be kept")
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

// work opens the folder and returns the runs to do on d. A folder that is for
// this run alone goes with closeFolder.
func (j *comparison) work(d source.Dataset) (w *study.Work, f *store.Folder, closeFolder func(), err error) {
	f, print, closeFolder, err := j.open(d)
	if err != nil {
		return nil, nil, nil, err
	}
	if w, err = study.NewWork(j.spec, d.Graph, print, f); err != nil {
		closeFolder()
		return nil, nil, nil, err
	}
	return w, f, closeFolder, nil
}

// open opens the folder for runs on d, and returns the fingerprint of these.
func (j *comparison) open(d source.Dataset) (f *store.Folder, print string, closeFolder func(), err error) {
	j.spec.Base.Split = d.Split.Name
	dir, closeFolder := j.out, func() {}
	if dir == "" {
		if dir, closeFolder, err = file.TemporaryFolder("abkd-compare-"); err != nil {
			return nil, "", nil, fmt.Errorf("a folder for the runs: %w", err)
		}
	}
	print = fingerprint.Run(d.Graph, d.Split)
	m := store.NewManifest(j.Data, print, mat.Fastest(), j.spec)
	if j.methods != nil {
		m.Methods = j.methods
	}
	if f, err = store.Open(dir, j.kind, m, j.extend); err != nil {
		closeFolder()
		return nil, "", nil, notHere(err)
	}
	if j.shared() {
		j.claims = f.Claims()
	} else {
		f.Clean()
	}
	f.Origin = d.Provenance(j.Data, "")
	if p := j.spec.Base.Plan(); p.Derives() {
		if err := j.CheckDerived(d.Graph, p.Inputs); err != nil {
			closeFolder()
			return nil, "", nil, err
		}
	}
	return f, print, closeFolder, nil
}

// notHere is the error of a folder that cannot be used.
func notHere(err error) error {
	if other, ok := errors.AsType[*store.OtherError](err); ok && other.Extensible {
		other.Advice = "--extend would keep what is done and add the rest"
	}
	return fmt.Errorf("--out %w", err)
}

// do does what is to do of w, and shows how far it is.
func (j *comparison) do(ctx context.Context, stderr io.Writer, w *study.Work) error {
	if w.ToDo() == 0 {
		return nil
	}
	if err := j.checkRuns(stderr, w); err != nil {
		return err
	}
	// The kernels share out large operations among as many goroutines as may
	// run; with as many runs there is no room for them, and the bits are the
	// same either way.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(j.jobs))
	ended := make(chan error, 1)
	go func() {
		if j.claims != nil {
			ended <- w.Share(ctx, j.jobs, j.claims, parts[j.share])
		} else {
			ended <- w.Run(ctx, j.jobs)
		}
	}()
	err := term.ShowWork(stderr, j.doing, w, ended)
	if ctx.Err() != nil {
		return process.Interruption(j.interrupted(w))
	}
	return err
}

func (j *comparison) interrupted(w *study.Work) string {
	if j.out == "" {
		return "interrupted: nothing was kept, as there is no --out"
	}
	stage := ""
	if j.kind == store.Study {
		stage = " of stage " + j.doing
	}
	return fmt.Sprintf("interrupted: %d of %d students%s are done and in %s; the same command goes on from there", w.Finished(), len(w.Cells), stage, j.out)
}

// timing returns the fastest inference of each size, measured alone and on one
// core.
func (j *comparison) timing(ctx context.Context, stderr io.Writer, w *study.Work) (times map[string]float64, err error) {
	err = process.Await(ctx, term.NewMeter(stderr, "measuring inference", ""), func() (err error) {
		if j.claims != nil {
			release, err := j.claims.Await(ctx, "timing")
			if err != nil {
				return err
			}
			defer release()
		}
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		times, err = w.Measure()
		return err
	})
	if ctx.Err() != nil {
		return nil, process.Interruption(j.interrupted(w))
	}
	return times, err
}

// checkRuns estimates what the runs of w take side by side. It refuses to begin
// if that is more than --max-memory. Without that it warns of more than there
// is, and refuses if one run alone needs more than the machine has.
func (j *comparison) checkRuns(stderr io.Writer, w *study.Work) error {
	may := j.Allowance()
	largest, err := w.Footprint(may.Free)
	if err != nil {
		return err
	}
	return j.judge(stderr, largest, min(j.jobs, w.ToDo()), may)
}

// judge compares so many runs side by side, of which none needs more than
// largest, with what they may take, and one alone with the most that there is.
func (j *comparison) judge(stderr io.Writer, largest setup.Footprint, jobs int, may memory.Allowance) error {
	memory.CollectFor(largest)
	const narrower = "choose narrower models, or --sampler saint or neighbor"
	alone := memory.Program + largest.Total()
	total := memory.Program + largest.Graph + int64(jobs)*(largest.Total()-largest.Graph) // they share the graph
	runs, advice := fmt.Sprintf("%d runs side by side are", jobs), "lower --jobs"
	if jobs == 1 {
		runs = "a run is"
	}
	if alone > may.Free {
		advice = "one alone is too large: " + narrower
	}
	why := "; each: " + memory.Text(largest) + "; " + advice
	if may.By != "" {
		return may.Refuse(runs, total, why)
	}
	if err := may.Refuse("a run is", alone, ": "+memory.Text(largest)+"; "+narrower); err != nil {
		return err
	}
	may.Warn(stderr, runs, total, why)
	return nil
}
