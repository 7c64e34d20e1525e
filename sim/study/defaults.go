package study

import (
	"fmt"

	"abkd/gnn/graph"
	"abkd/sim/setup"
)

// largeEdges is from how many edges on a first run trains on parts of a graph:
// with all of it in each step an epoch takes minutes.
const largeEdges = 1_000_000

// IsLarge reports whether g is so large that Defaults trains on parts of it.
func IsLarge(g *graph.Graph) bool {
	edges := 0
	for _, r := range g.Relations {
		edges += len(r.In.Col)
	}
	return edges >= largeEdges
}

// Defaults returns what a first run on g has where nothing else is asked for:
// the kind and the sizes of teacher and student, and how they are trained. It
// is chosen by the size of g alone; all other settings are at their defaults.
// The numbers were chosen by validation accuracy, see RESULTS.md.
//
//	model    gcn for one type of nodes and one relation, rgcn for others
//	student  2 layers of 8, of 16 from 33 classes on
//	teacher  3 layers of 64
//	large    batches of random walks, 30 steps in each of 30 epochs
//	else     the whole graph in each of 150 epochs
func Defaults(g *graph.Graph) setup.Experiment {
	e := setup.Experiment{Model: "rgcn", Epochs: 150, TeacherEpochs: 150}
	if len(g.Types) == 1 && len(g.Relations) == 1 {
		e.Model = "gcn"
	}
	e.Teacher, e.Student = setup.Shape{Layers: 3, Hidden: 64}, setup.Shape{Layers: 2, Hidden: 8}
	if g.Classes > 32 {
		e.Student.Hidden = 16
	}
	if IsLarge(g) {
		e.Sampler, e.Roots, e.Steps, e.LR, e.EvalEvery = "saint", 20000, 30, 0.005, 5
		e.Epochs, e.TeacherEpochs = 30, 30
	}
	return e
}

// A Recipe is a way to distil that needs no choice of its own. It is a set of
// settings for the student; what is asked for beside comes before it.
type Recipe struct {
	Name     string
	Why      string
	Settings string // in the text form of an experiment
}

var recipes = []Recipe{
	{"aligned", "soft labels of all nodes, and layers aligned beside them by heads that cannot collapse",
		"criterion=abkd&alpha=0.9&beta=0.03&temperature=1&nodes=all&head=batchnorm&no-subspace=on&frozen=on"},
	{"kd", "soft labels of all nodes alone",
		"criterion=kd&alpha=0.9&temperature=1&nodes=all"},
	{"published", "ABKD as published: layers compared by the mean training node, no soft labels",
		"criterion=abkd"},
}

// Recipes returns the recipes, the default one first. They must not be changed.
func Recipes() []Recipe { return recipes }

// FindRecipe returns the recipe of that name.
func FindRecipe(name string) (Recipe, error) {
	var known []string
	for _, r := range recipes {
		if r.Name == name {
			return r, nil
		}
		known = append(known, r.Name)
	}
	return Recipe{}, fmt.Errorf("study: recipe is %q, want one of %q", name, known)
}

// method returns the recipe as a method of a comparison.
func (r Recipe) method() Method {
	m, err := ParseVariant(r.Name + " recipe:" + r.Settings)
	if err != nil {
		panic(err) // of the table itself
	}
	return m
}
