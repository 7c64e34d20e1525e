// Package studies holds the commands of many runs: compare, tune and study.
package studies

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/internal/built"
	"abkd/internal/machine"
	"abkd/sim/fit"
	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/report"
	"abkd/sim/study/store"
)

// A comparison is the command compare: what is asked for, then what it is
// made from.
type comparison struct {
	source.Source
	base     setup.Experiment // from the settings' flags
	criteria string
	variants []string
	students string
	seeds    int
	preset   string
	out      string // folder for cells and report, "" for none
	jobs     int
	extend   bool
	asJSON   bool
	health   bool   // look at hidden units
	from     string // file that tune wrote, "" for none
	teacher  string // file of the weights of the teacher of all students, "" for one of each seed
	sharing

	kind    store.Kind
	doing   string // in progress
	given   func(flag string) bool
	spec    study.Spec
	weights []byte        // of the teacher of all students
	methods []string      // what the folder is said to hold, if not the spec's
	tuned   *report.Tuned // what from holds
	chosen  []string      // settings that follow from the size of the graph
	size    string        // what they follow from
}

const compareLong = `Train students by several criteria, of several sizes and with several seeds,
with one teacher for each seed, and compare their test accuracies at the epoch
of the best validation accuracy.

Runs of one seed start from the same weights and see the same batches and
dropout, for the same number of epochs, so they are compared in pairs: the
difference to the best method of the other criteria (by validation accuracy,
not by test) has a 95 % confidence interval by Student's t, and p-values of
the paired t-test and of Wilcoxon's signed-rank test, exact up to 25 seeds.
With n seeds the latter cannot be below 2/2^n. No p-value is corrected for the
number of comparisons.

Below the rows stand models that are no GNN: the largest class and label
propagation, which need no training, and for each seed an mlp of the teacher's
size, sgc, and Correct & Smooth (cs) over that mlp, trained for as many epochs as
the students. Which models are below the best of them is told in a line.

A criterion stands for itself, kd+NAME for both terms together; --alpha is the
weight of KD in kd and kd+NAME only. --variant adds a method with settings of
its own, in the form of a share link, such as
  --variant "heads:criterion=abkd&head=batchnorm&nodes=all&beta=3"
where pin may be diagonal or last, and teacher=untrained is possible. Other
settings hold for all methods. The presets choose criteria, seeds and epochs
that are not given: quick (two minutes), recipes (the student alone and by each
recipe of "abkd distill", 5 seeds), ablation (ABKD, as the flags have it, with
one switch changed at a time), full (every criterion alone and with KD, 10
seeds).

` + settings.DefaultsHelp + `

With --teacher all students have that teacher, whose kind and size are then
those of the comparison; with pack it is the one in the pack of --data.

--tuned runs each criterion with the settings that abkd tune found for it, one
row per criterion; a row may then have KD beside it, if that was best. What is
not given is as it was tuned for: model, sizes, epochs, split, criteria. Another
graph, model or size is refused, and so are the seeds that were tuned on. The
report states what the search cost.

--out names a folder for the report (report.html, table.txt, rows.csv,
result.json), the teachers' weights and a file for each finished run. When the
command was ended, even by kill -9, the same command goes on where it was. The
results do not depend on --jobs; training times do, inference is measured
afterwards, alone, on one core.

` + sharingHelp

// NewCompare returns the command compare, of the processes that by says.
func NewCompare(by By) *cobra.Command {
	j := &comparison{kind: store.Comparison, doing: "comparing", base: setup.Experiment{Seed: setup.Some[uint64](1)}}
	cmd := &cobra.Command{
		Use:   "compare",
		Short: "Compare criteria over seeds and student sizes",
		Long:  compareLong,
		Example: `  abkd compare --data mag-mini --preset quick --out quick
  abkd compare --data karate --model gcn --criteria none,kd,kd+abkd --seeds 10 --students 2x4,2x16 --out sizes
  abkd compare --data mag-mini --split random --preset ablation --head batchnorm --out ablation --json`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return j.run(cmd) },
	}
	j.Source.AddFlags(cmd, source.TunedSplit)
	f := cmd.Flags()
	f.StringVar(&j.preset, "preset", "", "what to compare, where no flag says it (default: every criterion alone, 3 seeds)")
	cli.OneOf(f, "preset", presetNames()...)
	f.StringVar(&j.criteria, "criteria", "", "criteria, each `NAME` or kd+NAME, separated by commas ["+strings.Join(study.Criteria(), "|")+"] (default: the preset's)")
	cli.SomeOf(f, "criteria", study.MethodNames()...)
	f.StringArrayVar(&j.variants, "variant", nil, "a method with `settings` of its own, NAME:criterion=...&...; may be given several times")
	f.StringVar(&j.students, "students", "", "student sizes, layers x width such as 2x8, separated by commas (default: by the size of the graph)")
	j.addTeacher(f)
	f.StringVar(&j.from, "tuned", "", "`file` tuned.json of abkd tune: each criterion runs with the settings found for it")
	f.IntVar(&j.seeds, "seeds", 0, "number of seeds, from --seed on [1..10000] (default: the preset's, 3 without)")
	f.StringVar(&j.out, "out", "", "`folder` for the report and for finished runs; without it nothing is kept")
	f.BoolVar(&j.extend, "extend", false, "let the comparison in --out have other criteria, students and seeds; finished runs are kept")
	f.BoolVar(&j.health, "health", false, "look at each student's hidden units too: constant ones, effective rank, agreement with the teacher")
	j.addFlags(f, by, &j.jobs)
	f.BoolVar(&j.asJSON, "json", false, "print the result as one line of JSON")
	f.SortFlags = false
	settings.Add(cmd, &j.base, compareKeys(), map[string]string{
		"seed":           "The first seed.",
		"model":          "Kind of all models.",
		"epochs":         "Epochs of each student (default: the preset's, without one by the size of the graph).",
		"teacher-epochs": "Epochs of each teacher (default: the preset's, without one by the size of the graph).",
		"beta":           "Weight of every criterion (default: its own, alone and beside KD).",
		"alpha":          "Share of KD in kd and kd+NAME (default 0.9).",
		"pin":            `Pinned attention A: a matrix such as "1,0;0.5,0.5;0,1", diagonal or last.`,
	})
	settings.LeaveToSize(f)
	for _, name := range []string{"epochs", "teacher-epochs", "alpha", "beta", "tau"} {
		f.Lookup(name).DefValue = "" // it depends on the preset or the criterion
	}
	return cmd
}

func presetNames() (names []string) {
	for _, p := range study.Presets() {
		names = append(names, cobra.CompletionWithDesc(p.Name, p.Why))
	}
	return names
}

// compareKeys are the settings of compare: those of train and distill, but
// for the student's size and the criterion, of which it has several.
func compareKeys() (keys []string) {
	for _, key := range slices.Concat([]string{"teacher-layers", "teacher-hidden", "teacher-epochs"}, settings.TrainKeys, settings.DistillKeys) {
		if key != "layers" && key != "hidden" && key != "criterion" {
			keys = append(keys, key)
		}
	}
	return keys
}

// addTeacher adds the flag for a teacher that is there.
func (j *comparison) addTeacher(f *pflag.FlagSet) {
	f.StringVar(&j.teacher, "teacher", "", "`file` with the weights of the teacher of all students, or "+source.OfPack+" for those in --data (default: a teacher is trained for each seed)")
}

// taughtBy is the model of --teacher, which the base of all runs then describes.
func (j *comparison) taughtBy(d *source.Dataset) error {
	if j.teacher == "" {
		if j.HasTeacher() {
			j.Notes.Add("the teacher in --data is not used, one is trained for each seed: --teacher " + source.OfPack + " takes it")
		}
		return nil
	}
	for _, flag := range []string{"model", "teacher-layers", "teacher-hidden", "inputs", "label-reuse"} {
		if j.given(flag) {
			return fmt.Errorf("--%s and --teacher are both given: it is as the teacher has it", flag)
		}
	}
	m, meta, err := j.LoadModel(j.teacher, d.Graph)
	if err != nil {
		return err
	}
	j.Follow(d, j.teacher, meta, "its students")
	c := m.Config()
	b := &j.base
	b.Model, b.Inputs, b.LabelReuse, b.Teacher = c.Kind, c.Inputs, c.LabelReuse, setup.Size{Layers: c.Layers, Hidden: c.Hidden}
	j.weights = gnn.Encode(m, nil)
	return nil
}

// planFor makes the plan again, now that the graph is known: what neither the
// flags nor the preset say follows from its size. Settings that were tuned
// have their defaults from the table of controls, as in the tuning.
func (j *comparison) planFor(g *graph.Graph, keys []string, plan func() error) error {
	if j.base.Inputs == setup.AutoInputs {
		return fmt.Errorf("--inputs is auto, want those of all runs by name: abkd train --inputs auto says which are best")
	}
	if j.tuned == nil {
		d := settings.DefaultsFor(g, j.given)
		if j.teacher != "" {
			keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return strings.HasPrefix(key, "teacher-") || key == "label-reuse" })
		}
		j.chosen = settings.Adopt(&j.base, d, keys, j.given)
		j.size = fit.SizeText(g)
		if j.students == "" {
			j.students = study.SizeText(d.Student)
		}
	}
	return plan()
}

// plan checks the flags and makes the spec from them.
func (j *comparison) plan() error {
	p, err := study.FindPreset(j.preset)
	if err != nil {
		return fmt.Errorf("--preset: %w", err)
	}
	if j.seeds == 0 && !j.given("seeds") {
		j.seeds = p.Seeds
	}
	if err := j.checkCounts(); err != nil {
		return err
	}
	if err := j.sharing.check(j.out, j.asJSON); err != nil {
		return err
	}
	b := &j.base
	b.Epochs, b.TeacherEpochs = either(b.Epochs, p.Epochs), either(b.TeacherEpochs, p.TeacherEpochs)
	j.spec = study.Spec{Base: *b, Seeds: j.seedList(), Weights: j.weights, Baselines: true, Examined: j.health}
	students := j.students
	if students == "" && !j.given("students") {
		students = "2x8" // until the graph is known
	}
	if j.spec.Students, err = study.ParseSizes(students); err != nil {
		return fmt.Errorf("--students has %w", err)
	}
	return j.addMethods(p)
}

func (j *comparison) checkCounts() error {
	if j.seeds < 1 || j.seeds > 10000 {
		return fmt.Errorf("--seeds is %d, want 1..10000", j.seeds)
	}
	if j.jobs < 1 || j.jobs > 1024 {
		return fmt.Errorf("--jobs is %d, want 1..1024", j.jobs)
	}
	return nil
}

// seedList returns the seeds from --seed on.
func (j *comparison) seedList() (seeds []uint64) {
	for i := range j.seeds {
		seeds = append(seeds, j.base.Plan().Seed+uint64(i))
	}
	return seeds
}

func either(given, preset int) int {
	if given != 0 {
		return given
	}
	return preset
}

func (j *comparison) addMethods(p study.Preset) error {
	names := p.Methods
	parse := study.ParseMethod
	if j.tuned != nil {
		names, parse = j.tuned.Names(), j.tuned.Method
	}
	if j.given("criteria") {
		names = strings.Split(j.criteria, ",")
	}
	for _, name := range names {
		m, err := parse(strings.TrimSpace(name))
		if err != nil {
			return fmt.Errorf("--criteria: %w", err)
		}
		j.spec.Methods = append(j.spec.Methods, m)
	}
	if !j.given("criteria") {
		j.spec.Methods = append(j.spec.Methods, p.RecipeMethods()...)
	}
	if p.Ablate {
		methods, err := study.Ablations(j.base)
		if err != nil {
			return err
		}
		j.spec.Methods = append(j.spec.Methods, methods...)
	}
	for _, text := range j.variants {
		m, err := study.ParseVariant(text)
		if err != nil {
			return fmt.Errorf("--variant: %w", err)
		}
		j.spec.Methods = append(j.spec.Methods, m)
	}
	return nil
}

// versions says what computed the result.
func versions() map[string]string {
	v := built.From()
	return map[string]string{"go": v.Go, "system": v.System, "machine": machine.Processor(), "kernels": v.Kernels, "abkd": v.Short()}
}
