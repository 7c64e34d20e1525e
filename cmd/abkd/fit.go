package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/term"
	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim"
	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/wire"
)

// A job is what train and distill have in common: fit a model to a graph,
// with or without a teacher, and save it.
type job struct {
	source
	experiment setup.Experiment
	teacher    string // file of the teacher's weights, "" for none
	out        string // file for the best weights, "" for none
	checkpoint string // file for the state of the run, "" for the default
	resume     bool   // go on from it
	metrics    string // file for a line per epoch, "" for none
	asJSON     bool

	recipe string   // of distill, "" for the settings as they are
	alone  bool     // train the student without the teacher too
	chosen []string // settings that follow from the size of the graph
	size   string   // what they follow from

	estimate int64 // of the memory that the run takes

	origin                descent           // of the teacher
	provenance, inherited map[string]string // what the weights say of their data, and of their teacher
}

// A fitReport is the result of a job.
type fitReport struct {
	Command string `json:"command"`
	Data    string `json:"data"`
	Split   string `json:"split"`
	Model   string `json:"model"`
	Seed    uint64 `json:"seed"`
	modelReport
	BestEpoch   int        `json:"best_epoch"`
	Epochs      int        `json:"epochs"` // that were done
	Seconds     number     `json:"seconds"`
	Last        lossReport `json:"last"` // the last training step
	Interrupted bool       `json:"interrupted"`
	Estimate    int64      `json:"estimated_memory"` // in bytes, before the run
	Peak        *int64     `json:"peak_memory"`      // of the process, null where it is not known
	Out         string     `json:"out"`              // "" if nothing was saved
	Defaults    []string   `json:"defaults"`         // settings that followed from the size of the graph
	Notes       notes      `json:"notes"`
	*distillReport

	size      string // what the defaults follow from
	testNodes int
}

// A lossReport has the terms of (1-alpha)·CE + alpha·KD + beta·Aux.
type lossReport struct {
	Total number `json:"total"`
	CE    number `json:"ce"`
	KD    number `json:"kd"`
	Aux   number `json:"aux"`
}

// A distillReport is what a teacher adds to a fitReport.
type distillReport struct {
	Recipe      string       `json:"recipe"` // "" for a criterion as published
	Criterion   string       `json:"criterion"`
	Alpha       number       `json:"alpha"`
	Beta        number       `json:"beta"`
	Teacher     *modelReport `json:"teacher"`       // null without
	Alone       *aloneReport `json:"alone"`         // the student without the teacher, null if it was not trained
	TaughtSplit string       `json:"teacher_split"` // that the teacher was trained on, "" if that is not known
	TaughtGraph string       `json:"teacher_graph"` // "same", "other" or "unknown"; "" without a teacher
	Compression *number      `json:"compression"`   // teacher's parameters over the student's
	A           [][]number   `json:"A"`             // of the last step, null for a criterion without
	D           [][]number   `json:"D"`

	taught descent
}

func (j *job) addFlags(cmd *cobra.Command, split string) {
	j.source.addFlags(cmd, split)
	f := cmd.Flags()
	f.StringVar(&j.out, "out", "", "`file` for the weights of the best validation epoch, in the safetensors format")
	f.StringVar(&j.checkpoint, "checkpoint", "", "`file` for the state of the run at the end of every epoch, to go on from; it stays (default: that of --out with .checkpoint added, written every 10 seconds at most, which goes when the run is done)")
	f.BoolVar(&j.resume, "resume", false, "go on from the checkpoint, to the very weights of a run that was never ended; --epochs may be more than before")
	f.StringVar(&j.metrics, "metrics", "", "`file` for a line of JSON per epoch, written as soon as it is done")
	f.Lookup("max-memory").Usage = "refuse a data set or a run that is estimated to need more, such as 20GiB (default: all that is available for the data set; a run that needs more has a warning, and is refused if the machine has not as much)"
	f.BoolVar(&j.asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
}

// run does the job called name. Ctrl-C ends it early, but cleanly.
func (j *job) run(cmd *cobra.Command, name string) error {
	ctx, stderr := cmd.Context(), cmd.ErrOrStderr()
	k, err := j.newKeeper(stderr)
	if err != nil {
		return err
	}
	d, err := j.read(ctx, stderr)
	if err != nil {
		return err
	}
	j.settle(cmd, name, d.graph)
	r, teacher, err := j.begin(ctx, stderr, &d, k)
	if err != nil {
		return err
	}
	defer r.Close()
	j.note(cmd, d.graph)
	j.notes.add(emptyParts(d.split)...)
	j.notes.print(stderr)
	start := time.Now()
	interrupted, err := j.fit(ctx, r, k, stderr)
	if err == nil {
		err = r.Err()
	}
	report := j.report(name, r, time.Since(start))
	report.Interrupted = interrupted
	if err != nil {
		if r.Err() != nil {
			k.finish() // from there it would come to the same
		}
		return j.rescue(report, r, err)
	}
	if err := j.save(report, r, k); err != nil {
		return err
	}
	if !interrupted {
		k.finish()
	}
	// What is saved is saved: now a first Ctrl-C does not stop, a second does.
	if err := report.measure(context.WithoutCancel(ctx), stderr, r, teacher, d); err != nil {
		return err
	}
	j.notes.tell(stderr, report.remarks(r, d.graph.Classes)...)
	report.Notes = j.notes
	text := report.text()
	report.Peak = peakNow() // last: measuring takes memory too
	if err := write(cmd.OutOrStdout(), j.asJSON, report, text); err != nil {
		return err
	}
	if interrupted {
		return interruption(fmt.Sprintf("interrupted in epoch %d: %s%s", report.Epochs+1, report.saved(), k.advice()))
	}
	return nil
}

// begin prepares the graph and makes the run, or that of which k has the state.
func (j *job) begin(ctx context.Context, stderr io.Writer, d *dataset, k *keeper) (r *sim.Run, teacher gnn.Model, err error) {
	err = await(ctx, term.NewMeter(stderr, "preparing", ""), func() (err error) {
		if j.experiment.Plan().Inputs == "means" {
			if err := j.checkMeans(d.graph); err != nil {
				return err
			}
		}
		d.graph = j.experiment.Plan().Prepare(d.graph)
		if j.teacher != "" {
			var meta map[string]string
			if teacher, meta, err = j.load(j.teacher, d.graph); err != nil {
				return err
			}
			j.origin, j.inherited = j.follow(d, j.teacher, meta, "the student"), inherited(meta)
		}
		j.experiment.Data, j.experiment.Split = j.data, d.split.Name
		if j.out != "" {
			j.provenance = d.provenance(j.data, j.experiment.String())
		}
		if err := j.checkMemory(stderr, *d, teacher); err != nil {
			return err
		}
		if r, err = sim.New(d.graph, j.experiment, sim.Options{Teacher: teacher, Baseline: j.alone}); err != nil || !j.resume {
			return err
		}
		return k.resume(r)
	})
	return r, teacher, err
}

// note adds what is given and not used on g, and that nothing is kept.
func (j *job) note(cmd *cobra.Command, g *graph.Graph) {
	e := j.experiment.Plan()
	rules := append(j.rules(),
		rule{"teacher", j.teacher != "" && e.Criterion == "none" && e.Alpha == 0, "with criterion none and alpha 0 it is measured, and nothing is learned from it"},
		rule{"criterion", e.Beta == 0 && e.Criterion != "none" && e.Criterion != "kd", "beta is 0"},
		rule{"criterion", e.Alpha == 0 && e.Criterion == "kd", "alpha is 0"},
		rule{"alone", j.teacher == "" || !e.Distils(), "the student learns from no teacher"},
		rule{"hidden", e.Student.Layers == 1 && !e.HasHidden(g), "a model of one layer has no hidden one"})
	j.notes.add(unused(cmd, []setup.Experiment{j.experiment}, rules...)...)
	j.notes.add(dropped(e.Model, g))
	if j.out == "" {
		j.notes.add("no --out: the weights will not be kept")
	}
}

// save writes the best weights, which must be those of an epoch, to the file
// asked for.
func (j *job) save(report *fitReport, r *sim.Run, k *keeper) error {
	best, state := r.Best()
	switch {
	case state.BestEpoch == 0 && !report.Interrupted:
		return fmt.Errorf("in no epoch that was evaluated the loss is a finite number: nothing was saved; %s", cmp.Or(r.LargeFeatures(), "lower --lr"))
	case state.BestEpoch == 0 && report.Epochs == 0:
		return interruption("interrupted before the end of the first epoch: no weights were saved" + k.advice())
	case state.BestEpoch == 0:
		return interruption("interrupted before the first evaluation: no weights were saved" + k.advice())
	case j.out == "":
		return nil
	}
	return gnn.Save(j.out, best, merge(j.provenance, j.inherited, report.meta(state)))
}

// rescue saves the best weights of a run that ended with err, and adds to it
// what it did.
func (j *job) rescue(report *fitReport, r *sim.Run, err error) error {
	best, state := r.Best()
	if j.out == "" || state.BestEpoch == 0 {
		return err
	}
	if saving := gnn.Save(j.out, best, merge(j.provenance, j.inherited, report.meta(state))); saving != nil {
		return fmt.Errorf("%w; nor could the best weights so far be saved: %w", err, saving)
	}
	return fmt.Errorf("%w; the best weights so far, of epoch %d, are in %s", err, state.BestEpoch, j.out)
}

// measure fills in what the student and the teacher achieve.
func (r *fitReport) measure(ctx context.Context, stderr io.Writer, run *sim.Run, teacher gnn.Model, d dataset) (err error) {
	best, _ := run.Best()
	if r.modelReport, err = measure(ctx, stderr, best, d); err != nil || teacher == nil {
		return err
	}
	t, err := measure(ctx, stderr, teacher, d)
	if err != nil {
		return err
	}
	r.testNodes = len(d.split.Test)
	if m, state := run.Alone(); m != nil {
		a := aloneReport{BestEpoch: state.BestEpoch}
		if a.modelReport, err = measure(ctx, stderr, m, d); err != nil {
			return err
		}
		a.Difference = r.Test - a.Test
		r.Alone = &a
	}
	ratio := number(study.Ratio(float64(t.Params), float64(r.Params)))
	r.Teacher, r.Compression = &t, &ratio
	return nil
}

// fit steps r to its end, and keeps what --checkpoint and --metrics ask for. It
// reports whether a signal ended it earlier.
func (j *job) fit(ctx context.Context, r *sim.Run, k *keeper, stderr io.Writer) (interrupted bool, err error) {
	lines, err := j.newRecorder(r)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, lines.close()) }()
	k.before = lines.sync
	steps := int64(r.Steps())
	unit := "steps"
	if steps == 1 {
		unit = "epochs"
	}
	m := term.NewMeter(stderr, "training", unit)
	m.Predict = false // a run that goes on has not done it all in this time
	defer m.Done()
	place := func() int64 { return int64(r.Epoch())*steps + int64(r.StepsDone()) }
	begun, total := place(), int64(j.experiment.Plan().Epochs)*steps
	for {
		if ctx.Err() != nil {
			return true, k.keep(r)
		}
		epoch := r.Epoch()
		more := r.Step()
		if r.Epoch() > epoch {
			if err := lines.endEpoch(r); err != nil {
				return false, errors.Join(err, k.keep(r))
			}
			if err := k.endEpoch(r); err != nil {
				return false, err
			}
			lines.at = time.Now() // a checkpoint is of no epoch
		}
		if !more {
			return false, nil
		}
		if m.Due() {
			done := place()
			m.Set(done, total, lastPoint(r)+m.Left(begun, done, total))
		}
	}
}

// lastPoint says how well the model does, nothing in the first epoch.
func lastPoint(r *sim.Run) string {
	h := r.History()
	if len(h) == 0 {
		return fmt.Sprintf("epoch %d", r.Epoch()+1)
	}
	p := h[len(h)-1]
	return fmt.Sprintf("loss %s, valid %s", figures(float64(p.Total), 4), percent(number(p.Valid)))
}

func losses(p wire.Point) lossReport {
	return lossReport{number(p.Total), number(p.CE), number(p.KD), number(p.Aux)}
}

// report returns what r says of itself; the models are measured apart.
func (j *job) report(name string, r *sim.Run, took time.Duration) *fitReport {
	var s wire.Snapshot
	r.Snapshot(&s)
	_, best := r.Best()
	out := &fitReport{
		Command: name, Data: j.data, Split: j.experiment.Split, Model: j.experiment.Model, Seed: s.Seed,
		BestEpoch: best.BestEpoch, Epochs: s.Epoch, Seconds: number(took.Seconds()), Out: j.out, Estimate: j.estimate,
		Defaults: append([]string{}, j.chosen...), size: j.size,
	}
	lane := s.Lanes[len(s.Lanes)-1]
	if n := len(lane.History); n > 0 {
		out.Last = losses(lane.History[n-1])
	}
	if name == "distill" {
		out.distillReport = &distillReport{
			Recipe: j.recipe, Criterion: lane.Criterion, Alpha: number(s.Alpha), Beta: number(s.Beta),
			A: matrixRows(s.A), D: matrixRows(s.D), TaughtSplit: j.origin.Split, TaughtGraph: j.origin.Graph, taught: j.origin,
		}
	}
	return out
}

// meta is what the file of weights says of its origin.
func (r *fitReport) meta(best wire.ModelState) map[string]string {
	m := map[string]string{
		"command": r.Command, "data": r.Data, "split": r.Split, "seed": strconv.FormatUint(r.Seed, 10),
		"best_epoch": strconv.Itoa(best.BestEpoch),
	}
	if best.Valid == best.Valid { // there are validation nodes
		m["valid"] = fmt.Sprintf("%.4f", best.Valid)
	}
	if r.distillReport != nil {
		m["criterion"] = r.Criterion
	}
	return m
}

func (r *fitReport) saved() string {
	if r.Out == "" {
		return "nothing was saved, as there is no --out"
	}
	return "the best weights so far are in " + r.Out
}

// smaller writes how many times b is smaller than a.
func smaller[T int | number](a, b T) string {
	ratio := study.Ratio(float64(a), float64(b))
	if !ratio.Known() {
		return notKnown
	}
	return fmt.Sprintf("%.1fx", ratio)
}

// text is the report for people.
func (r *fitReport) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s, split %s, seed %d\n\n", r.Command, r.Data, r.Split, r.Seed)
	names, models := []string{"model"}, []modelReport{r.modelReport}
	if r.distillReport != nil && r.Teacher != nil {
		names = []string{"student"}
		if r.Alone != nil {
			names, models = append(names, "alone"), append(models, r.Alone.modelReport)
		}
		names, models = append(names, "teacher"), append(models, *r.Teacher)
	}
	b.WriteString(table(modelTable(names, models)))
	fmt.Fprintf(&b, "\nbest epoch %d of %d, %s s\n", r.BestEpoch, r.Epochs, figures(float64(r.Seconds), 2))
	b.WriteString(chosenText(r.size, r.Defaults))
	if d := r.distillReport; d != nil {
		if d.Teacher != nil && (d.Criterion != "none" || d.Alpha > 0) {
			b.WriteString(r.aloneText(r.testNodes))
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
			fmt.Fprintf(&b, "\n%s\n%s", matrixText("attention A", d.A, func(x number) string { return fmt.Sprintf("%.4f", x) }),
				matrixText("distance D", d.D, func(x number) string { return figures(float64(x), 3) }))
		}
	}
	if d := r.distillReport; d != nil {
		b.WriteString(d.taught.text())
	}
	if r.Out == "" {
		b.WriteString("not saved: there is no --out\n")
	} else {
		fmt.Fprintf(&b, "saved to %s\n", r.Out)
	}
	return b.String()
}
