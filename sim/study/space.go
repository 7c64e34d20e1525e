package study

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"abkd/sim/setup"
)

// A Choice is one setting of a search space and the values that are tried.
type Choice struct {
	Key    string   `json:"key"`
	Values []string `json:"values"`
	// Unless, key=value, names a choice drawn before beside which this one has
	// no effect, or no other value than its default: then it is not drawn.
	Unless string `json:"unless,omitempty"`
	Why    string `json:"why"`
}

// String returns the choice on a line, such as "lr 0.003 0.01 0.03".
func (c Choice) String() string { return c.Key + " " + strings.Join(c.Values, " ") }

// A dimension is a row of the table of all search spaces. For a criterion the
// first row of each key counts that names it, or names none.
type dimension struct {
	Choice
	criteria []string
	// times is what the criterion's default is multiplied by, where there are
	// no values.
	times []float64
}

const (
	official  = "published range"
	aroundMAG = "around the weights published for OGBN-Mag, alone and beside KD"
	switches  = "all switches of ABKD"
)

// dimensions is the table. Whether a criterion has a setting at all says
// Needs of setup.Controls. What stands first is shared by all, so no criterion
// has a learning rate or a regularisation that another one has not.
var dimensions = []dimension{
	{Choice: Choice{Key: "lr", Values: list("0.003 0.01 0.03"), Why: "half a decade around the default"}},
	{Choice: Choice{Key: "dropout", Values: list("0 0.1 0.3 0.5"), Why: "a narrow student can spare little"}},
	{Choice: Choice{Key: "decay", Values: list("0 0.0001 0.0005 0.001 0.01"), Why: "those of the models' papers, and none"}},
	{Choice: Choice{Key: "alpha", Values: list("0.5 0.8 0.9 1"), Why: official + " 0.8, 0.9; half, and no labels at all"}, criteria: list("kd")},
	{Choice: Choice{Key: "alpha", Values: list("0 0.5 0.8 0.9 1"), Why: "0 is the criterion without KD; beside it as for kd"}},
	{Choice: Choice{Key: "temperature", Values: list("1 2 4 5"), Unless: "alpha=0", Why: official + " 4, 5; harder labels"}},
	{Choice: Choice{Key: "nodes", Values: list("train all"), Why: "the teacher can speak of nodes that have no label"}},

	{Choice: Choice{Key: "beta", Values: list("1 10 100 1000 10000"), Why: aroundMAG}, criteria: list("fitnet lsp gsp")},
	{Choice: Choice{Key: "beta", Values: list("10 100 1000 10000 100000"), Why: aroundMAG}, criteria: list("at")},
	{Choice: Choice{Key: "beta", Values: list("0.01 0.05 0.1 0.5 1"), Why: official + " 0.01, 0.05, and above"}, criteria: list("gcrd")},
	{Choice: Choice{Key: "beta", Why: "two decades around the default; ABKD's publication names no value"}, times: []float64{0.01, 0.1, 0.3, 1, 3, 10, 100}},
	{Choice: Choice{Key: "tau", Values: list("0.05 0.075 0.1"), Why: official}, criteria: list("gcrd")},
	{Choice: Choice{Key: "tau", Why: "up to four times sharper or softer than the default"}, times: []float64{0.25, 0.5, 1, 2, 4}},
	{Choice: Choice{Key: "kernel", Values: list("rbf cosine poly l2"), Why: "all that are published"}},
	{Choice: Choice{Key: "softmax", Values: list("row column global uniform"), Why: switches}},
	{Choice: Choice{Key: "head", Values: list("linear batchnorm"), Why: switches}},
	{Choice: Choice{Key: "granularity", Values: list("pooled per-node"), Unless: "head=batchnorm", Why: switches + "; batch-normalised heads are per node"}},
	{Choice: Choice{Key: "no-subspace", Values: list("off on"), Why: switches}},
	{Choice: Choice{Key: "detach", Values: list("off on"), Unless: "softmax=uniform", Why: switches}},
	{Choice: Choice{Key: "frozen", Values: list("off on"), Why: switches}},
	{Choice: Choice{Key: "dim", Values: list("16 32 64"), Why: "an octave around the default"}},
}

func list(words string) []string { return strings.Fields(words) }

// Searchable reports whether the setting key is in any search space.
func Searchable(key string) bool {
	return slices.ContainsFunc(dimensions, func(d dimension) bool { return d.Key == key })
}

// Space returns the search space of a criterion beside the settings of base.
// A weight of KD above 0 is part of it, so that the best point is the best of
// the criterion with and without KD.
func Space(base setup.Experiment, criterion string) ([]Choice, error) {
	e, _, err := Method{Criterion: criterion}.apply(base)
	if err != nil {
		return nil, err
	}
	var space []Choice
	for _, d := range dimensions {
		c := controlOf(d.Key)
		switch {
		case len(d.criteria) > 0 && !slices.Contains(d.criteria, criterion),
			slices.ContainsFunc(space, func(o Choice) bool { return o.Key == d.Key }),
			!matters(c, &e):
		case len(d.Values) == 0:
			space = append(space, d.around(c, &e))
		default:
			space = append(space, d.Choice)
		}
	}
	return space, nil
}

// Spaces returns the search spaces of all criteria, as they are without
// settings.
func Spaces() (all []Tuned) {
	for _, criterion := range Criteria() {
		space, err := Space(setup.Experiment{}, criterion)
		if err != nil {
			panic(err) // of the tables themselves
		}
		all = append(all, Tuned{Criterion: criterion, Space: space})
	}
	return all
}

// matters reports whether the setting has an effect on e, or may have when
// what else is searched has other values.
func matters(c *setup.Control, e *setup.Experiment) bool {
	return !slices.ContainsFunc(c.Unmet(e), func(n setup.Need) bool { return !Searchable(n.Key) })
}

// around returns the choice between multiples of the default in e, as far as
// the setting may have them.
func (d dimension) around(c *setup.Control, e *setup.Experiment) Choice {
	out := d.Choice
	middle, err := strconv.ParseFloat(c.DefaultIn(e), 64)
	if err != nil {
		panic(fmt.Sprintf("study: Space: default of %s is %q, want a number", d.Key, c.DefaultIn(e)))
	}
	for _, t := range d.times {
		if v := t * middle; v >= c.Min && v <= c.Max {
			out.Values = append(out.Values, strconv.FormatFloat(v, 'g', 6, 64))
		}
	}
	return out
}

// controlOf returns the control of a setting that is known to be there.
func controlOf(key string) *setup.Control {
	controls := setup.Controls()
	i := slices.IndexFunc(controls, func(c setup.Control) bool { return c.Key == key })
	if i < 0 {
		panic(fmt.Sprintf("study: setting is %q, want one of setup.Controls", key))
	}
	return &controls[i]
}
