package fair

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"

	"abkd/sim/setup"
	"abkd/sim/study"
)

// ratios are the weights that a criterion is tried with: its gradient over that
// of all else, see unit. One that has a single form is tried with more.
var (
	ratios      = []float64{0.03, 0.3, 3}
	finerRatios = []float64{0.01, 0.03, 0.1, 0.3, 1, 3}
)

// A form is one way to use a criterion beside its common settings.
type form struct {
	settings string
	ratio    float64
}

// shapes are the two forms that a criterion is tried in, the published one first.
var shapes = map[string][]string{
	"fitnet": {"head-dim=128", "head-dim=32"},
	"lsp":    {"kernel=rbf", "kernel=cosine"},
	"gsp":    {"kernel=rbf", "kernel=cosine"},
	"gcrd":   {"tau=0.075", "tau=0.05"},
	"abkd":   {"granularity=pooled", "head=batchnorm&granularity=per-node"},
	"stride": {"granularity=pooled", "head=batchnorm&granularity=per-node"},
}

// formsOf returns the six forms of a criterion.
func formsOf(criterion string) (all []form) {
	named, known := shapes[criterion]
	if !known {
		for _, ratio := range finerRatios {
			all = append(all, form{"", ratio})
		}
		return all
	}
	for _, settings := range named {
		for _, ratio := range ratios {
			all = append(all, form{settings, ratio})
		}
	}
	return all
}

// commonOf returns the space of the settings that all criteria share; none has
// no teacher.
func commonOf(criterion string) (space []study.Choice) {
	all, err := study.Space(setup.Experiment{}, "kd")
	if err != nil {
		panic(err) // of the tables themselves
	}
	for _, c := range all {
		if slices.Contains([]string{"lr", "dropout", "decay"}, c.Key) || criterion != "none" && slices.Contains([]string{"alpha", "temperature", "nodes"}, c.Key) {
			space = append(space, c)
		}
	}
	return space
}

// draws returns n points of space, no two the same, by a generator that the
// graph's fingerprint seeds; more begin with the same ones. A space that has
// fewer is drawn whole.
func draws(fingerprint string, space []study.Choice, n int) (all []string) {
	size := 1
	for _, c := range space {
		size *= len(c.Values)
	}
	rng := seeded(fingerprint)
	for len(all) < min(n, size) {
		var pairs []string
		for _, c := range space {
			pairs = append(pairs, c.Key+"="+c.Values[rng.IntN(len(c.Values))])
		}
		if text := strings.Join(pairs, "&"); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// seeded returns a generator that a text seeds.
func seeded(text string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(text)) // a hash does not fail
	return rand.New(rand.NewPCG(h.Sum64(), 0))
}

// others returns n settings of KD beside the learning rate, dropout and decay of
// a common one: other weights, temperatures and nodes.
func others(fingerprint string, common Setting, n int) (all []string) {
	shared, own := commonOf("none"), commonOf("kd")[len(commonOf("none")):]
	pairs := strings.Split(common.Settings, "&")
	for _, text := range draws(fingerprint+common.Settings, own, n+1) {
		text = strings.Join(pairs[:len(shared)], "&") + "&" + text
		if text != common.Settings && len(all) < n {
			all = append(all, text)
		}
	}
	return all
}
