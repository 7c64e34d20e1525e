package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"abkd/gnn"
	"abkd/sim"
)

// A job is what train and distill have in common: fit a model to a graph,
// with or without a teacher, and save it.
type job struct {
	source
	experiment sim.Experiment
	teacher    string // file of the teacher's weights, "" for none
	out        string // file for the best weights, "" for none
	asJSON     bool
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
	Out         string     `json:"out"` // "" if nothing was saved
	*distillReport
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
	Criterion   string       `json:"criterion"`
	Alpha       number       `json:"alpha"`
	Beta        number       `json:"beta"`
	Teacher     *modelReport `json:"teacher"`     // null without
	Compression *number      `json:"compression"` // teacher's parameters over the student's
	A           [][]number   `json:"A"`           // of the last step, null for a criterion without
	D           [][]number   `json:"D"`
}

func (j *job) addFlags(cmd *cobra.Command) {
	j.source.addFlags(cmd, true)
	f := cmd.Flags()
	f.StringVar(&j.out, "out", "", "`file` for the weights of the best validation epoch, in the safetensors format")
	f.BoolVar(&j.asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
}

// run does the job called name. Ctrl-C ends it early, but cleanly.
func (j *job) run(cmd *cobra.Command, name string) error {
	ctx, stderr := cmd.Context(), cmd.ErrOrStderr()
	if err := checkOut(j.out); err != nil {
		return err
	}
	if sameFile(j.out, j.teacher) {
		return fmt.Errorf("--out %s: it is the teacher's file, want another one for the student", j.out)
	}
	d, err := j.read(ctx, stderr)
	if err != nil {
		return err
	}
	j.experiment.Data, j.experiment.Split = j.data, d.split.Name
	d.graph = j.experiment.Prepare(d.graph)
	var teacher gnn.Model
	if j.teacher != "" {
		if teacher, err = gnn.Load(j.teacher, d.graph); err != nil {
			return err
		}
	}
	var r *sim.Run
	err = await(ctx, newMeter(stderr, "preparing", ""), func() (err error) {
		r, err = sim.New(d.graph, j.experiment, sim.Options{Teacher: teacher})
		return err
	})
	if err != nil {
		return err
	}
	start := time.Now()
	interrupted := fit(ctx, r, stderr)
	if err := r.Err(); err != nil {
		return err
	}
	report := j.report(name, r, time.Since(start))
	report.Interrupted = interrupted
	if err := j.save(report, r); err != nil {
		return err
	}
	// What is saved is saved: now a first Ctrl-C does not stop, a second does.
	if err := report.measure(context.WithoutCancel(ctx), stderr, r, teacher, d); err != nil {
		return err
	}
	if err := write(cmd.OutOrStdout(), j.asJSON, report, report.text()); err != nil {
		return err
	}
	if interrupted {
		return interruption(fmt.Sprintf("interrupted in epoch %d: %s", report.Epochs+1, report.saved()))
	}
	return nil
}

// save writes the best weights, which must be those of an epoch, to the file
// asked for.
func (j *job) save(report *fitReport, r *sim.Run) error {
	best, state := r.Best()
	if state.BestEpoch == 0 {
		return interruption("interrupted before the end of the first epoch: nothing was saved")
	}
	if j.out == "" {
		return nil
	}
	return gnn.Save(j.out, best, report.meta(state))
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
	ratio := number(float32(t.Params) / float32(max(r.Params, 1)))
	r.Teacher, r.Compression = &t, &ratio
	return nil
}

// fit steps r to its end. It reports whether a signal ended it earlier.
func fit(ctx context.Context, r *sim.Run, stderr io.Writer) (interrupted bool) {
	m := newMeter(stderr, "training", "epochs")
	defer m.done()
	var s sim.Snapshot
	for {
		if ctx.Err() != nil {
			return true
		}
		if !r.Step() {
			return false
		}
		if m.due() {
			r.Snapshot(&s)
			m.set(int64(s.Epoch), int64(s.Epochs), lastPoint(&s))
		}
	}
}

func lastPoint(s *sim.Snapshot) string {
	lane := s.Lanes[len(s.Lanes)-1]
	if len(lane.History) == 0 {
		return ""
	}
	p := lane.History[len(lane.History)-1]
	return fmt.Sprintf("loss %.4f, valid %s", p.Total, percent(number(p.Valid)))
}

// report returns what r says of itself; the models are measured apart.
func (j *job) report(name string, r *sim.Run, took time.Duration) *fitReport {
	var s sim.Snapshot
	r.Snapshot(&s)
	_, best := r.Best()
	out := &fitReport{
		Command: name, Data: j.data, Split: j.experiment.Split, Model: j.experiment.Model, Seed: s.Seed,
		BestEpoch: best.BestEpoch, Epochs: s.Epoch, Seconds: number(took.Seconds()), Out: j.out,
	}
	lane := s.Lanes[len(s.Lanes)-1]
	if n := len(lane.History); n > 0 {
		p := lane.History[n-1]
		out.Last = lossReport{number(p.Total), number(p.CE), number(p.KD), number(p.Aux)}
	}
	if name == "distill" {
		out.distillReport = &distillReport{
			Criterion: lane.Criterion, Alpha: number(s.Alpha), Beta: number(s.Beta),
			A: matrixRows(s.A), D: matrixRows(s.D),
		}
	}
	return out
}

// meta is what the file of weights says of its origin.
func (r *fitReport) meta(best sim.ModelState) map[string]string {
	m := map[string]string{
		"command": r.Command, "data": r.Data, "split": r.Split, "seed": strconv.FormatUint(r.Seed, 10),
		"best_epoch": strconv.Itoa(best.BestEpoch), "valid": fmt.Sprintf("%.4f", best.Valid),
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

// text is the report for people.
func (r *fitReport) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s, split %s, seed %d\n\n", r.Command, r.Data, r.Split, r.Seed)
	names, models := []string{"model"}, []modelReport{r.modelReport}
	if r.distillReport != nil && r.Teacher != nil {
		names, models = []string{"student", "teacher"}, append(models, *r.Teacher)
	}
	b.WriteString(table(modelTable(names, models)))
	fmt.Fprintf(&b, "\nbest epoch %d of %d, %.1f s\n", r.BestEpoch, r.Epochs, r.Seconds)
	if d := r.distillReport; d != nil {
		fmt.Fprintf(&b, "criterion %s, alpha %g, beta %g\n", d.Criterion, d.Alpha, d.Beta)
		if t := d.Teacher; t != nil {
			fmt.Fprintf(&b, "compression %.1fx in parameters, %.1fx in bytes, %.1fx in inference time\n",
				*d.Compression, float64(t.Bytes)/float64(max(r.Bytes, 1)), t.InferMS/max(r.InferMS, 1e-6))
		}
		if d.A != nil {
			fmt.Fprintf(&b, "\n%s\n%s", matrixText("attention A", d.A), matrixText("distance D", d.D))
		}
	}
	if r.Out == "" {
		b.WriteString("not saved: there is no --out\n")
	} else {
		fmt.Fprintf(&b, "saved to %s\n", r.Out)
	}
	return b.String()
}
