package studies

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/internal/show"
	"abkd/sim/fit"
	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/report"
	"abkd/sim/study/store"
)

// A tuning is the command tune. Its trials are the methods of a comparison.
type tuning struct {
	comparison
	trials int
	search study.Search
}

// firstTuningSeed is far from the seeds that a comparison has by default.
const firstTuningSeed = 1001

const tuneLong = `Look for the settings of each criterion that give a student the best validation
accuracy. Every criterion gets the same number of trials, each of the full
number of epochs, so that none is favoured.

Trial 0 is the criterion as published, alone; trial 1 the same beside KD (alpha
0.9), for a criterion other than none and kd; all others are drawn at random
from the criterion's search space, no two the same. Learning rate, dropout and
weight decay are in the space of all; alpha, temperature and the distillation
nodes in that of all that have a teacher; then follow the criterion's own
settings, such as its weight. As alpha may be above 0, KD beside a criterion is
part of that criterion's space: what is found is the best that the criterion
can do, with KD or without. A setting that has no effect beside those drawn
before is not drawn.

A trial's score is the mean over the seeds of the best validation accuracy; of
equals the first wins. The test nodes are not read: the search has a graph
without their labels. The seeds should not be those that are compared
afterwards. Teachers have the --lr, --dropout and --decay given here, whatever
their students have.

--out gets tuned.json, for compare --tuned, trials.csv, and a file for each
finished run. When the command was ended, even by kill -9, the same command goes
on where it was; with --extend it may have more trials, seeds or criteria. The
result does not depend on --jobs; times do.

` + sharingHelp + `

The search space:
`

// NewTune returns the command tune, of the processes that by says.
func NewTune(by By) *cobra.Command {
	j := &tuning{comparison: comparison{kind: store.Search, doing: "tuning"}}
	j.base = setup.Experiment{Seed: setup.Some[uint64](firstTuningSeed)}
	cmd := &cobra.Command{
		Use:   "tune",
		Short: "Look for each criterion's best settings, on validation nodes",
		Long:  tuneLong + show.Table(report.SpaceRows(study.Spaces())),
		Example: `  abkd tune --data mag-mini --split random --trials 24 --seeds 1 --out tuning
  abkd compare --data mag-mini --tuned tuning/tuned.json --seeds 10 --out compared
  abkd tune --data karate --model gcn --criteria none,kd,abkd --layers 2 --hidden 4 --out tuning`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return j.run(cmd) },
	}
	j.Source.AddFlags(cmd, source.FirstSplit)
	f := cmd.Flags()
	f.StringVar(&j.criteria, "criteria", strings.Join(study.Criteria(), ","), "criteria to search for, separated by commas")
	cli.SomeOf(f, "criteria", study.Criteria()...)
	f.IntVar(&j.trials, "trials", 24, "number of trials of each criterion [1..10000]")
	f.IntVar(&j.seeds, "seeds", 1, "number of seeds, from --seed on [1..10000]")
	j.addTeacher(f)
	f.StringVar(&j.out, "out", "", "`folder` for the result and for finished runs")
	f.BoolVar(&j.extend, "extend", false, "let the search in --out have other criteria, trials and seeds; finished runs are kept")
	j.addFlags(f, by, &j.jobs)
	f.BoolVar(&j.asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
	settings.Add(cmd, &j.base, tuneKeys(), map[string]string{
		"seed":           "The first seed, of the runs and of the draws.",
		"model":          "Kind of all models.",
		"epochs":         "Epochs of each student.",
		"teacher-epochs": "Epochs of each teacher.",
		"lr":             "Adam's learning rate for teachers and in trials that draw none.",
		"dropout":        "Share of hidden activations left out, of teachers and in trials that draw none.",
		"decay":          "Weight decay of teachers and in trials that draw none.",
	})
	settings.LeaveToSize(f)
	return cmd
}

// tuneKeys are the settings of tune: those of train, of the teacher, and what
// distill has beside, as far as that is not searched.
func tuneKeys() (keys []string) {
	for _, key := range slices.Concat([]string{"teacher-layers", "teacher-hidden", "teacher-epochs"}, settings.TrainKeys, settings.DistillKeys) {
		fixed := key == "criterion" || key == "pin" || study.Searchable(key) && !slices.Contains(settings.TrainKeys, key)
		if !fixed {
			keys = append(keys, key)
		}
	}
	return keys
}

func (j *tuning) plan() error {
	if j.out == "" {
		return fmt.Errorf("--out is not given: want a folder for tuned.json and the finished runs")
	}
	if j.trials < 1 || j.trials > 10000 {
		return fmt.Errorf("--trials is %d, want 1..10000", j.trials)
	}
	if err := j.checkCounts(); err != nil {
		return err
	}
	if err := j.sharing.check(j.out, j.asJSON); err != nil {
		return err
	}
	b := j.base
	b.Student = setup.Size{}
	j.methods = nil
	j.search = study.Search{Base: b, Student: j.base.Student, Trials: j.trials, Seeds: j.seedList()}
	for _, name := range strings.Split(j.criteria, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(study.Criteria(), name) {
			return fmt.Errorf("--criteria has %q, want names of %s (KD beside a criterion is part of its search)", name, strings.Join(study.Criteria(), ", "))
		}
		j.search.Criteria = append(j.search.Criteria, name)
		j.methods = append(j.methods, fmt.Sprintf("%s: %d trials", name, j.trials))
	}
	var err error
	if j.spec, err = j.search.Spec(); err != nil {
		return err
	}
	j.spec.Weights = j.weights
	_, _, err = j.spec.Plan()
	return err
}

func (j *tuning) run(cmd *cobra.Command) error {
	ctx, stderr := cmd.Context(), cmd.ErrOrStderr()
	j.given = cmd.Flags().Changed
	if err := j.plan(); err != nil {
		return err
	}
	d, err := j.ReadGraph(ctx, stderr)
	if err != nil {
		return err
	}
	if len(d.Split.Train) > 0 && len(d.Split.Valid) == 0 {
		return fmt.Errorf("split %s of %s has no validation nodes, want some: trials are chosen by their accuracy", d.Split.Name, j.Data)
	}
	if err := j.taughtBy(&d); err != nil {
		return err
	}
	if err := j.planFor(d.Graph, tuneKeys(), j.plan); err != nil {
		return err
	}
	d.Graph, d.Split = study.Blind(d.Graph, d.Split)
	w, folder, closeFolder, err := j.work(d)
	if err != nil {
		return err
	}
	defer closeFolder()
	j.note(cmd, w)
	j.Notes.Print(stderr)
	if reports, err := j.runs(cmd, folder, w); err != nil || !reports {
		return err
	}
	t, err := report.NewTuned(j.search, w)
	if err != nil {
		return err
	}
	j.Notes.Tell(stderr, report.Remarks(t.Results, settings.Flag)...)
	t.Line, t.Data, t.Notes = cli.Typed("abkd"), j.Data, append(t.Notes, j.Notes...)
	if err := t.Save(folder); err != nil {
		return err
	}
	found := filepath.Join(j.out, "tuned.json")
	text := t.Text() + fit.ChosenText(j.size, j.chosen) +
		fmt.Sprintf("settings in %s, every trial in trials.csv beside it; now: abkd compare --data %s --tuned %s\n", found, j.Data, found)
	return cli.Write(cmd.OutOrStdout(), j.asJSON, t, text)
}
