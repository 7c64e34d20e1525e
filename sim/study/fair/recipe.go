package fair

import (
	"math"
	"slices"
	"strings"

	"abkd/sim/setup"
	"abkd/sim/study"
)

// Recipes are those of distill that have a criterion beside KD. What a recipe does
// not say, as learning rate, dropout and decay, is that of the protocol's base.
func Recipes() (names []string) {
	for _, r := range setup.Recipes() {
		if strings.Contains(r.Settings, "alpha=") && !slices.Contains(study.Criteria(), r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// recipe returns the recipe of that name as what stage B finds for a criterion:
// nothing was tried for it.
func recipe(name string) (c Criterion, is bool) {
	r, err := setup.FindRecipe(name)
	if err != nil || !slices.Contains(Recipes(), name) {
		return c, false
	}
	var own, shared []string
	for _, pair := range strings.Split(r.Settings, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if key == "criterion" {
			c.Of = value
			continue
		}
		own = append(own, pair)
		if slices.ContainsFunc(commonOf("kd"), func(s study.Choice) bool { return s.Key == key }) {
			shared = append(shared, pair)
		}
	}
	c.Criterion, c.Tried, c.Beside = name, []Setting{}, strings.Join(shared, "&")
	c.Winner = unrun(Setting{Settings: strings.Join(own, "&"), Common: -1, Ratio: study.Value(math.NaN())})
	return c, true
}
