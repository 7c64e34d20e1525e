package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"abkd/gnn/graph"
	"abkd/sim/fit"
	"abkd/sim/setup"
)

// defaultsHelp says what setup.Defaults chooses.
const defaultsHelp = `What is not given follows from the size of the graph, the same in train, distill,
compare and tune: the model is gcn for one type of nodes with one relation and
rgcn for others; the student has 2 layers of 8 (16 from 33 classes on), the
teacher 3 of 64; there are 150 epochs on the whole graph. From a million edges
on there are 30 epochs of 30 batches of random walks, at a learning rate of
0.005, evaluated every 5 epochs; with --sampler the schedule is as for smaller
graphs.`

// sized are the settings that setup.Defaults chooses.
var sized = []string{"model", "layers", "hidden", "teacher-layers", "teacher-hidden", "epochs", "teacher-epochs", "lr", "sampler", "roots", "steps", "eval-every"}

// leaveToSize makes help show no default for the settings that follow from the
// size of the graph.
func leaveToSize(f *pflag.FlagSet) {
	for _, key := range sized {
		flag := f.Lookup(flagName(key))
		if flag == nil {
			continue
		}
		switch key {
		case "lr", "sampler", "roots", "steps", "eval-every": // of a large graph only
		default:
			flag.DefValue = ""
			if !strings.Contains(flag.Usage, "(default") {
				flag.Usage += " (default: by the size of the graph)"
			}
		}
	}
}

// adopt gives e those of the settings that from has, neither e nor a flag. It
// returns them as key=value.
func adopt(e *setup.Experiment, from setup.Experiment, keys []string, given func(flag string) bool) (filled []string) {
	open := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return given(flagName(key)) })
	return e.Adopt(from, open)
}

// defaultsFor returns the defaults for g beside the flags that are given.
func defaultsFor(g *graph.Graph, given func(flag string) bool) setup.Experiment {
	if given("sampler") {
		return setup.SamplerDefaults(g)
	}
	return setup.Defaults(g)
}

// settle gives the settings of j that are left open the defaults for g. Train
// makes a teacher, distill a student.
func (j *job) settle(cmd *cobra.Command, name string, g *graph.Graph) {
	given := cmd.Flags().Changed
	d := defaultsFor(g, given)
	if name == "train" {
		d.Student = d.Teacher
	}
	j.chosen = adopt(&j.experiment, d, []string{"model", "layers", "hidden", "epochs", "lr", "sampler", "roots", "steps", "eval-every"}, given)
	if len(j.chosen) > 0 {
		j.size = fit.SizeText(g)
	}
	if !given("alone") {
		j.alone = !setup.IsLarge(g)
	}
	j.alone = j.alone && j.teacher != "" && j.experiment.Plan().Distils()
}

// recipesHelp lists the recipes for help.
func recipesHelp() string {
	var rows [][]string
	for _, r := range setup.Recipes() {
		rows = append(rows, []string{"  " + r.Name, r.Why + ":"}, []string{"", strings.ReplaceAll(r.Settings, "&", " ")})
	}
	return table(rows)
}

func recipeNames() (names []string) {
	for _, r := range setup.Recipes() {
		names = append(names, r.Name)
	}
	return names
}

// takeRecipe gives j the settings of its recipe, but those that flags say. A
// criterion that is asked for without a recipe is the published one.
func (j *job) takeRecipe(given func(flag string) bool) error {
	if given("criterion") && !given("recipe") {
		j.recipe = ""
		return nil
	}
	r, err := setup.FindRecipe(j.recipe)
	if err != nil {
		return fmt.Errorf("--recipe is %q, want one of %s", j.recipe, strings.Join(recipeNames(), ", "))
	}
	from, err := setup.ParseExperiment(r.Settings)
	if err != nil {
		panic(err) // of the table itself
	}
	if given("granularity") && !given("head") && j.experiment.Granularity == "pooled" {
		from.Head = "" // its heads have no pooled form
	}
	adopt(&j.experiment, from, distillKeys, given)
	return nil
}
