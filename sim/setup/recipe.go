package setup

import "fmt"

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
	{"abkd+", "KD, and beside it energies of all pairs of hidden layers, from epoch 20 on and gated: it cannot outweigh or oppose KD",
		"criterion=abkd&alpha=0.9&beta=10&temperature=1&nodes=all&dissimilarity=energy&hidden-only=on&warmup=20&gate=0.3"},
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
	return Recipe{}, fmt.Errorf("setup: recipe is %q, want one of %q", name, known)
}
