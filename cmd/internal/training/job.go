// Package training has the commands that train one model: train and distill. The
// programs that have them differ in who trains it, and who may look on.
package training

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/cmd/internal/term"
	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/parallel"
	"abkd/gnn/summary"
	"abkd/internal/machine"
	"abkd/internal/show"
	"abkd/sim"
	"abkd/sim/fit"
	"abkd/sim/origin"
	"abkd/sim/setup"
)

// By is who trains: the zero By is one process that nobody looks at.
type By struct {
	Front Front          // nil for none
	Group parallel.Group // the ranks that train the model together, nil for one process
}

// A Front shows a run while it trains.
type Front interface {
	AddFlags(cmd *cobra.Command)
	// Open is called before anything is read, and Close in the end.
	Open() error
	Close()
	// Shows reports whether anybody may look.
	Shows() bool
	// Rules say which of its flags have no effect.
	Rules() []cli.Rule
	// Attend lets others look at r, which is of the graph of that name. It returns
	// what makes the steps of r until ctx is done, nil for Run.Step, and what ends
	// that.
	Attend(ctx context.Context, stderr io.Writer, r *sim.Run, graph string) (step func(*sim.Run) (bool, error), end func())
}

// complete returns by with what it leaves open.
func (by By) complete() By {
	if by.Front == nil {
		by.Front = unseen{}
	}
	return by
}

// unseen is the Front of a run that nobody looks at.
type unseen struct{}

func (unseen) AddFlags(*cobra.Command) {}
func (unseen) Open() error             { return nil }
func (unseen) Close()                  {}
func (unseen) Shows() bool             { return false }
func (unseen) Rules() []cli.Rule       { return nil }
func (unseen) Attend(context.Context, io.Writer, *sim.Run, string) (func(*sim.Run) (bool, error), func()) {
	return nil, func() {}
}

// A job is what train and distill have in common: fit a model to a graph,
// with or without a teacher, and save it.
type job struct {
	by By
	source.Source
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
	trials []fit.InputTrial
	given  func(flag string) bool

	estimate int64 // of the memory that the run takes

	taught                origin.Descent    // where the teacher comes from
	provenance, inherited map[string]string // what the weights say of their data, and of their teacher
}

func (j *job) addFlags(cmd *cobra.Command, split string) {
	j.Source.AddFlags(cmd, split)
	f := cmd.Flags()
	f.StringVar(&j.out, "out", "", "`file` for the weights of the best validation epoch, in the safetensors format")
	f.StringVar(&j.checkpoint, "checkpoint", "", "`file` for the state of the run at the end of every epoch, to go on from; it stays (default: that of --out with .checkpoint added, written every 10 seconds at most, which goes when the run is done)")
	f.BoolVar(&j.resume, "resume", false, "go on from the checkpoint, to the very weights of a run that was never ended; --epochs may be more than before")
	f.StringVar(&j.metrics, "metrics", "", "`file` for a line of JSON per epoch, written as soon as it is done")
	f.Lookup("max-memory").Usage = "refuse a data set or a run that is estimated to need more, such as 20GiB (default: all that is available for the data set; a run that needs more has a warning, and is refused if the machine has not as much)"
	j.by.Front.AddFlags(cmd)
	f.BoolVar(&j.asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
}

// run does the job called name. Ctrl-C ends it early, but cleanly.
func (j *job) run(cmd *cobra.Command, name string) error {
	ctx, stderr := cmd.Context(), cmd.ErrOrStderr()
	kept, err := j.newCheckpoint(stderr)
	if err != nil {
		return err
	}
	if err := j.by.Front.Open(); err != nil {
		return err
	}
	defer j.by.Front.Close()
	d, err := j.ReadGraph(ctx, stderr)
	if err != nil {
		return err
	}
	if j.teacher == "" && j.experiment.Plan().Distils() {
		if !j.HasTeacher() {
			return fmt.Errorf(`--teacher is not given, want the file of weights that "abkd train --out" wrote (or --criterion none)`)
		}
		j.teacher = source.OfPack
		j.Notes.Add("teacher: the one in --data")
	}
	j.settle(cmd, name, d.Graph)
	r, teacher, err := j.begin(ctx, stderr, &d, kept)
	if err != nil {
		return err
	}
	defer r.Close()
	j.note(cmd, d.Graph)
	j.Notes.Add(fit.EmptyParts(d.Split)...)
	j.Notes.Print(stderr)
	start := time.Now()
	interrupted, err := j.train(ctx, stderr, r, kept)
	if !parallel.Leads(j.by.Group) { // the first rank saves and measures
		return endOfRank(interrupted, err)
	}
	report := j.report(name, r)
	report.Seconds, report.Interrupted = show.Number(time.Since(start).Seconds()), interrupted
	if err != nil {
		if r.Err() != nil {
			kept.Finish() // from there it would come to the same
		}
		return j.rescue(report, r, err)
	}
	if err := j.save(report, r, kept); err != nil {
		return err
	}
	if !interrupted {
		kept.Finish()
	}
	// What is saved is saved: now a first Ctrl-C does not stop, a second does.
	if err := process.Await(context.WithoutCancel(ctx), term.NewMeter(stderr, "measuring", ""), func() error {
		report.Measure(r, teacher, d.Graph, d.Split)
		return nil
	}); err != nil {
		return err
	}
	j.Notes.Tell(stderr, report.Remarks(r, d.Graph.Classes, settings.Flag)...)
	report.Notes = append(report.Notes, j.Notes...)
	text := report.Text(settings.Flag)
	report.Peak = machine.PeakNow() // last: measuring takes memory too
	if err := cli.Write(cmd.OutOrStdout(), j.asJSON, report, text); err != nil {
		return err
	}
	if interrupted {
		return process.Interruption(fmt.Sprintf("interrupted in epoch %d: %s%s", report.Epochs+1, saved(j.out), advice(kept)))
	}
	return nil
}

// endOfRank returns the error of a rank that has nothing to save.
func endOfRank(interrupted bool, err error) error {
	if err == nil && interrupted {
		return process.Interruption("interrupted")
	}
	return err
}

// settle gives the settings of j that are left open the defaults for g. Train
// makes a teacher, distill a student.
func (j *job) settle(cmd *cobra.Command, name string, g *graph.Graph) {
	given := cmd.Flags().Changed
	j.given = given
	d := settings.DefaultsFor(g, given)
	if name == "train" {
		d.Student = d.Teacher
	}
	if j.experiment.Inputs == setup.AutoInputs {
		d.LabelReuse = false // it is chosen with them
	}
	j.chosen = settings.Adopt(&j.experiment, d, []string{"model", "layers", "hidden", "label-reuse", "epochs", "lr", "sampler", "roots", "steps", "eval-every"}, given)
	if len(j.chosen) > 0 {
		j.size = fit.SizeText(g)
	}
	if !given("alone") {
		j.alone = !setup.IsLarge(g)
	}
	j.alone = j.alone && j.teacher != "" && j.experiment.Plan().Distils()
}

// begin prepares the graph and makes the run, or that of which kept has the state.
func (j *job) begin(ctx context.Context, stderr io.Writer, d *source.Dataset, kept *fit.Checkpoint) (r *sim.Run, teacher gnn.Model, err error) {
	err = process.Await(ctx, term.NewMeter(stderr, "preparing", ""), func() (err error) {
		if j.teacher != "" {
			var meta map[string]string
			if teacher, meta, err = j.LoadModel(j.teacher, d.Graph); err != nil {
				return err
			}
			j.taught, j.inherited = j.Follow(d, j.teacher, meta, "the student"), origin.Inherited(meta)
			j.takeInputs(d, teacher)
		}
		j.experiment.Data, j.experiment.Split = j.Data, d.Split.Name
		if err := j.chooseInputs(ctx, stderr, *d); err != nil {
			return err
		}
		if p := j.experiment.Plan(); p.Derives() {
			if err := j.CheckDerived(d.Graph, p.Inputs); err != nil {
				return err
			}
		}
		d.Graph = j.experiment.Plan().Prepare(d.Graph)
		if j.out != "" {
			j.provenance = d.Provenance(j.Data, j.experiment.String())
		}
		if err := j.checkMemory(stderr, *d, teacher); err != nil {
			return err
		}
		if r, err = sim.New(d.Graph, j.experiment, sim.Options{Teacher: teacher, Baseline: j.alone, View: j.by.Front.Shows(), Group: j.by.Group}); err != nil || !j.resume {
			return err
		}
		if err := kept.Resume(r); err != nil {
			return fmt.Errorf("--resume: %w", err)
		}
		return nil
	})
	return r, teacher, err
}

// takeInputs takes what was computed from the graph for the teacher, and gives the
// student the teacher's inputs where they are not chosen: FastRP's and labels. Of
// tables, which outweigh a student, it has none unless they are asked for.
func (j *job) takeInputs(d *source.Dataset, teacher gnn.Model) {
	c := teacher.Config()
	if k, _ := gnn.KindOf(c.Kind); k.Baseline() {
		return
	}
	d.Graph = teacher.Graph()
	from := setup.Experiment{LabelReuse: c.LabelReuse}
	if c.Inputs == "fastrp" {
		from.Inputs = c.Inputs
	}
	if taken := settings.Adopt(&j.experiment, from, []string{"inputs", "label-reuse"}, j.given); len(taken) > 0 {
		j.Notes.Add("as the teacher: " + strings.Join(taken, " "))
	}
}

// chooseInputs chooses the inputs if that is asked for.
func (j *job) chooseInputs(ctx context.Context, stderr io.Writer, d source.Dataset) (err error) {
	if j.experiment.Inputs != setup.AutoInputs {
		return nil
	}
	if k, _ := gnn.KindOf(j.experiment.Plan().Model); !k.Typed {
		j.experiment.Inputs = "" // they have no effect, which is told
		return nil
	}
	var reuse []bool
	if j.given("label-reuse") {
		reuse = append(reuse, j.experiment.LabelReuse)
	}
	j.trials = fit.InputTrials(j.experiment, d.Graph, reuse...)
	j.experiment, err = fit.TryInputs(ctx, j.by.Group, d.Graph, j.experiment, j.trials, func(e setup.Experiment, g *graph.Graph) error {
		trial := *j
		trial.experiment, trial.teacher, trial.alone = e, "", false
		if err := trial.CheckDerived(d.Graph, e.Inputs); err != nil {
			return err
		}
		return trial.checkMemory(stderr, source.Dataset{Graph: g, Split: d.Split}, nil)
	})
	return settings.WithFlags(err)
}

// note adds what is given and not used on g, and that nothing is kept.
func (j *job) note(cmd *cobra.Command, g *graph.Graph) {
	e := j.experiment.Plan()
	rules := append(append(j.Rules(), j.by.Front.Rules()...),
		cli.Rule{Flag: "teacher", Idle: j.teacher != "" && e.Criterion == "none" && e.Alpha == 0, Why: "with criterion none and alpha 0 it is measured, and nothing is learned from it"},
		cli.Rule{Flag: "criterion", Idle: e.Beta == 0 && e.Criterion != "none" && e.Criterion != "kd", Why: "beta is 0"},
		cli.Rule{Flag: "criterion", Idle: e.Alpha == 0 && e.Criterion == "kd", Why: "alpha is 0"},
		cli.Rule{Flag: "criterion", Idle: e.Warmup > 0 && e.Warmup >= e.Epochs && e.Criterion != "none" && e.Criterion != "kd", Why: "its warm-up is as long as the run"},
		cli.Rule{Flag: "alone", Idle: j.teacher == "" || !e.Distils(), Why: "the student learns from no teacher"},
		cli.Rule{Flag: "hidden", Idle: e.Student.Layers == 1 && !e.HasHidden(g), Why: "a model of one layer has no hidden one"})
	j.Notes.Add(settings.Unused(cmd, []setup.Experiment{j.experiment}, rules...)...)
	j.Notes.Add(summary.Unread(e.Model, g))
	if e.Criterion == "none" && e.Alpha > 0 && j.teacher != "" {
		j.Notes.Add(fmt.Sprintf("--criterion none with alpha %g is --criterion kd: the student learns from the teacher's predictions too; with alpha 0 it learns from the labels alone", e.Alpha))
	}
	if note := fit.Weightless(e.Model, j.out); note != "" {
		j.Notes.Add(note)
	} else if j.out == "" {
		j.Notes.Add("no --out: the weights will not be kept")
	}
}

// save writes the best weights, which must be those of an epoch, to the file
// asked for.
func (j *job) save(report *fit.Report, r *sim.Run, kept *fit.Checkpoint) error {
	best, state := r.Best()
	switch {
	case state.BestEpoch == 0 && !report.Interrupted:
		return fmt.Errorf("in no epoch that was evaluated the loss is a finite number: nothing was saved; %s", cmp.Or(r.LargeFeatures(), "lower --lr"))
	case state.BestEpoch == 0 && report.Epochs == 0:
		return process.Interruption("interrupted before the end of the first epoch: no weights were saved" + advice(kept))
	case state.BestEpoch == 0:
		return process.Interruption("interrupted before the first evaluation: no weights were saved" + advice(kept))
	case j.out == "":
		return nil
	}
	return gnn.Save(j.out, best, origin.Merge(j.provenance, j.inherited, report.Meta(state)))
}

// rescue saves the best weights of a run that ended with err, and adds to it
// what it did.
func (j *job) rescue(report *fit.Report, r *sim.Run, err error) error {
	best, state := r.Best()
	if j.out == "" || state.BestEpoch == 0 {
		return err
	}
	if saving := gnn.Save(j.out, best, origin.Merge(j.provenance, j.inherited, report.Meta(state))); saving != nil {
		return fmt.Errorf("%w; nor could the best weights so far be saved: %w", err, saving)
	}
	return fmt.Errorf("%w; the best weights so far, of epoch %d, are in %s", err, state.BestEpoch, j.out)
}

// train steps r to its end, and keeps what --checkpoint and --metrics ask for.
// It reports whether a signal ended it earlier.
func (j *job) train(ctx context.Context, stderr io.Writer, r *sim.Run, kept *fit.Checkpoint) (interrupted bool, err error) {
	m := term.NewRunMeter(stderr, r)
	defer m.Done()
	step, end := j.by.Front.Attend(ctx, stderr, r, j.Data)
	defer end()
	job := fit.Job{Checkpoint: kept, Metrics: fit.Metrics{Name: j.metrics, Resume: j.resume}, Progress: m, Step: step}
	interrupted, err = job.Train(ctx, r)
	return interrupted, settings.WithFlags(err)
}

// report returns what r says of itself; the models are measured apart.
func (j *job) report(name string, r *sim.Run) *fit.Report {
	out := fit.NewReport(r, name == "distill")
	out.Command, out.Data, out.Split, out.Model = name, j.Data, j.experiment.Split, j.experiment.Model
	out.Out, out.Estimate, out.Size = j.out, j.estimate, j.size
	out.Defaults = append(out.Defaults, j.chosen...)
	out.InputTrials = append(out.InputTrials, j.trials...)
	if d := out.Distillation; d != nil {
		d.Recipe, d.TaughtSplit, d.TaughtGraph, d.Taught = j.recipe, j.taught.Split, j.taught.Graph, j.taught.Clauses
	}
	return out
}

// newCheckpoint returns the file that --checkpoint names, or that --out has.
func (j *job) newCheckpoint(stderr io.Writer) (*fit.Checkpoint, error) {
	name := j.checkpoint
	if name == "" && j.out != "" {
		name = fit.CheckpointOf(j.out)
	}
	if name == "" && j.resume {
		return nil, fmt.Errorf("--resume: want --checkpoint or --out, to know the file to go on from")
	}
	if !parallel.Leads(j.by.Group) { // the first rank looks, and may have written it already
		return &fit.Checkpoint{Name: name, Lasting: j.checkpoint != ""}, nil
	}
	c, err := CheckpointAt(name, j.resume, stderr)
	if err == nil {
		c.Lasting = j.checkpoint != ""
	}
	return c, err
}

// advice says what a run that was ended early left, "" if nothing.
func advice(c *fit.Checkpoint) string {
	if !c.Kept() {
		return ""
	}
	return "; --resume goes on from " + c.Name
}

func saved(out string) string {
	if out == "" {
		return "nothing was saved, as there is no --out"
	}
	return "the best weights so far are in " + out
}
