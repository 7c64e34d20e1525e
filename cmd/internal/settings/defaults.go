package settings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"abkd/gnn/graph"
	"abkd/internal/show"
	"abkd/sim/setup"
)

// DefaultsHelp says what setup.Defaults chooses.
const DefaultsHelp = `What is not given follows from the size of the graph, the same in train, distill,
compare and tune: the model is gcn for one type of nodes with one relation and
rgcn for others, with label reuse if no type has features; the student has 2
layers of 8 (16 from 33 classes on), the teacher 3 of 64; there are 150 epochs on
the whole graph. From a million edges
on there are 30 epochs of 30 batches of random walks, at a learning rate of
0.005, evaluated every 5 epochs; with --sampler the schedule is as for smaller
graphs.`

// sized are the settings that setup.Defaults chooses.
var sized = []string{"model", "layers", "hidden", "teacher-layers", "teacher-hidden", "epochs", "teacher-epochs", "lr", "sampler", "roots", "steps", "eval-every"}

// LeaveToSize makes help show no default for the settings that follow from the
// size of the graph.
func LeaveToSize(f *pflag.FlagSet) {
	for _, key := range sized {
		flag := f.Lookup(FlagName(key))
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

// DefaultsFor returns the defaults for g beside the flags that are given.
func DefaultsFor(g *graph.Graph, given func(flag string) bool) setup.Experiment {
	if given("sampler") {
		return setup.SamplerDefaults(g)
	}
	return setup.Defaults(g)
}

// Adopt gives e those of the settings that from has, neither e nor a flag. It
// returns them as key=value.
func Adopt(e *setup.Experiment, from setup.Experiment, keys []string, given func(flag string) bool) (filled []string) {
	open := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return given(FlagName(key)) })
	return e.Adopt(from, open)
}

// RecipesHelp lists the recipes for help.
func RecipesHelp() string {
	var rows [][]string
	for _, r := range setup.Recipes() {
		rows = append(rows, []string{"  " + r.Name, r.Why + ":"}, []string{"", strings.ReplaceAll(r.Settings, "&", " ")})
	}
	return show.Table(rows)
}

// RecipeNames returns the names of the recipes, the default one first.
func RecipeNames() (names []string) {
	for _, r := range setup.Recipes() {
		names = append(names, r.Name)
	}
	return names
}

// TakeRecipe gives e the settings of the recipe called name, those of keys that
// flags do not say. It returns the name, "" for a criterion that is asked for
// without a recipe: that is the published one.
func TakeRecipe(e *setup.Experiment, name string, keys []string, given func(flag string) bool) (string, error) {
	if given("criterion") && !given("recipe") {
		return "", nil
	}
	r, err := setup.FindRecipe(name)
	if err != nil {
		return name, fmt.Errorf("--recipe is %q, want one of %s", name, strings.Join(RecipeNames(), ", "))
	}
	from, err := setup.ParseExperiment(r.Settings)
	if err != nil {
		panic(err) // of the table itself
	}
	if given("granularity") && !given("head") && e.Granularity == "pooled" {
		from.Head = "" // its heads have no pooled form
	}
	Adopt(e, from, keys, given)
	return name, nil
}
