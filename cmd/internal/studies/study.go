package studies

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/sim/fit"
	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/fair"
	"abkd/sim/study/report"
	"abkd/sim/study/store"
)

// A protocol is the command study.
type protocol struct {
	comparison
	fair   fair.Protocol
	tuning int // seeds to tune on
}

const studyLong = `Compare criteria by a protocol that gives each of them the same, so that what
differs is the criterion and not the luck or the length of its search.

Common settings (learning rate, dropout, weight decay, weight and temperature
of KD, distillation nodes) are drawn once for the graph, the same for all
criteria. Stage A trains none and kd on all of them and keeps the best. Stage B
tries each criterion beside KD on those with settings of its own: its weight as
a ratio of gradients, measured where it would begin to act, and its forms; half
the epochs for all, all epochs for the best. kd and none get as many other
settings. beta = 0, which is KD alone, is in every space. Stage C trains the
winners on fresh seeds, each with a teacher of its own. A recipe of distill, such
as abkd+, is trained there with its own settings and those of the teachers:
nothing is tuned for it.

Compared is what was declared before: a criterion's winner with kd at the same
common settings, with kd's own winner, and with the winner of spread, a control
that never looks at the teacher; paired, with Holm's correction over criteria
and graphs. Beside accuracy stand constant units (the same for every node), the effective
rank of the last hidden layer, and how often student and teacher agree.

Stages A and B choose by validation accuracy and see no test label. --out keeps
every finished run: when the command was ended, even by kill -9, the same
command goes on where it was. Folders of other graphs, each of a study that is
done, are summed up together: a mixed model with the graph as random effect.
With folders alone nothing is trained.`

// NewStudy returns the command study.
func NewStudy() *cobra.Command {
	j := &protocol{comparison: comparison{kind: store.Study, base: setup.Experiment{Seed: setup.Some[uint64](1)}}}
	cmd := &cobra.Command{
		Use:   "study [FOLDER...]",
		Short: "Compare criteria fairly: shared settings, equal effort, fresh seeds",
		Long:  studyLong,
		Example: `  abkd study --data data/cora --model gcn --layers 2 --hidden 7 --out fair/cora
  abkd study fair/cora fair/citeseer fair/vispub
  abkd study --data karate --model gcn --criteria abkd,spread --draws 3 --tuning-seeds 1 --seeds 4 --epochs 20 --out fair/karate`,
		RunE: func(cmd *cobra.Command, others []string) error { return j.run(cmd, others) },
	}
	j.Source.AddFlags(cmd, source.FirstSplit)
	f := cmd.Flags()
	f.StringVar(&j.criteria, "criteria", "fitnet,at,lsp,gsp,gcrd,abkd,stride,spread,abkd+", "criteria and recipes beside none and kd, separated by commas")
	cli.SomeOf(f, "criteria", slices.Concat(study.Criteria(), fair.Recipes())...)
	f.IntVar(&j.fair.Draws, "draws", fair.Draws, "common settings that are drawn [1..60]")
	f.IntVar(&j.tuning, "tuning-seeds", fair.TuningSeeds, fmt.Sprintf("seeds of stages A and B, from %d on [1..10000]", firstTuningSeed))
	f.IntVar(&j.seeds, "seeds", fair.Seeds, "seeds of stage C, from --seed on [1..10000]")
	f.StringVar(&j.out, "out", "", "`folder` for the result and for finished runs")
	f.BoolVar(&j.extend, "extend", false, "let the study in --out have other criteria and seeds; finished runs are kept")
	f.IntVar(&j.jobs, "jobs", runtime.NumCPU(), "number of runs side by side [1..1024]")
	f.BoolVar(&j.asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
	settings.Add(cmd, &j.base, tuneKeys(), map[string]string{
		"seed":           "The first seed of stage C.",
		"model":          "Kind of all models.",
		"epochs":         "Epochs of each student; stage B begins with half of them.",
		"teacher-epochs": "Epochs of each teacher.",
		"lr":             "Adam's learning rate for teachers and recipes.",
		"dropout":        "Share of hidden activations left out, of teachers and recipes.",
		"decay":          "Weight decay of teachers and recipes.",
	})
	settings.LeaveToSize(f)
	return cmd
}

func (j *protocol) plan() error {
	if j.out == "" {
		return fmt.Errorf("--out is not given: want a folder for fair.json and the finished runs, or folders of studies to sum up")
	}
	if err := j.checkCounts(); err != nil {
		return err
	}
	if j.fair.Draws < 1 || j.fair.Draws > 60 || j.tuning < 1 || j.tuning > 10000 {
		return fmt.Errorf("--draws is %d and --tuning-seeds %d, want 1..60 and 1..10000", j.fair.Draws, j.tuning)
	}
	p := &j.fair
	p.Base, p.Student, p.Kept, p.Full, p.Seeds = j.base, j.base.Student, fair.Kept, fair.Full, j.seedList()
	p.Base.Student = setup.Size{}
	p.Criteria, p.Tuning = nil, nil
	for _, name := range strings.Split(j.criteria, ",") {
		p.Criteria = append(p.Criteria, strings.TrimSpace(name))
	}
	for i := range j.tuning {
		p.Tuning = append(p.Tuning, firstTuningSeed+uint64(i))
	}
	if err := p.Check(); err != nil {
		return settings.WithFlags(err)
	}
	j.spec = study.Spec{Base: p.Base, Students: []setup.Size{p.Student}, Seeds: p.Seeds}
	j.methods = append([]string{p.String()}, p.Names()...)
	return nil
}

func (j *protocol) run(cmd *cobra.Command, others []string) error {
	j.given = cmd.Flags().Changed
	var studies []*fair.Study
	for _, folder := range others {
		more, err := report.ReadFair(folder)
		if err != nil {
			return err
		}
		studies = append(studies, more...)
	}
	if len(others) == 0 || j.given("out") || j.given("data") {
		return j.study(cmd, studies)
	}
	r, err := j.result(studies...)
	if err != nil {
		return err
	}
	return cli.Write(cmd.OutOrStdout(), j.asJSON, r, r.Text())
}

// study runs the protocol, keeps what it came to, and prints it with others.
func (j *protocol) study(cmd *cobra.Command, others []*fair.Study) error {
	ctx, stderr := cmd.Context(), cmd.ErrOrStderr()
	if err := j.plan(); err != nil {
		return err
	}
	d, err := j.ReadGraph(ctx, stderr)
	if err != nil {
		return err
	}
	if len(d.Split.Valid) == 0 || len(d.Split.Test) == 0 {
		return fmt.Errorf("split %s of %s has %d validation and %d test nodes, want some of each", d.Split.Name, j.Data, len(d.Split.Valid), len(d.Split.Test))
	}
	if err := j.planFor(d.Graph, tuneKeys(), j.plan); err != nil {
		return err
	}
	folder, _, closeFolder, err := j.open(d)
	if err != nil {
		return err
	}
	defer closeFolder()
	j.fair.Base.Split = d.Split.Name
	s, err := j.fair.Run(d.Graph, d.Split, folder, func(stage string, w *study.Work) error {
		if j.doing == "" {
			j.note(cmd, w)
			j.Notes.Print(stderr)
		}
		j.doing = stage
		return j.do(ctx, stderr, w)
	})
	if err != nil {
		return err
	}
	s.Data = j.Data
	r, err := j.result(s)
	if err != nil {
		return err
	}
	if err := r.Save(folder); err != nil {
		return err
	}
	j.Notes.Tell(stderr, report.Remarks(s.Results(), settings.Flag)...)
	if len(others) > 0 {
		if r, err = j.result(append(others, s)...); err != nil {
			return err
		}
	}
	text := r.Text() + fit.ChosenText(j.size, j.chosen) + "the result is in " + filepath.Join(j.out, "fair.json") + "\n"
	return cli.Write(cmd.OutOrStdout(), j.asJSON, r, text)
}

// result sums up studies.
func (j *protocol) result(studies ...*fair.Study) (*report.Fair, error) {
	r, err := report.NewFair(studies)
	if err != nil {
		return nil, err
	}
	r.Line, r.Versions, r.Notes = cli.Typed("abkd"), versions(), append(r.Notes, j.Notes...)
	return r, nil
}
