package study

import (
	"slices"
	"strings"
	"testing"

	"abkd/sim/setup"
)

// untuned are settings of criteria that no search changes: how many node
// pairs are compared and how wide heads are is what a run costs, a pinned
// attention belongs to one size, and forms of alignment that are ours are
// experiments of their own: to draw them would draw all else anew.
var untuned = []string{"head-dim", "max-nodes", "pin", "hidden-only", "dissimilarity", "attend", "renormalise", "warmup", "fade", "gate", "own-lr", "own-decay"}

func spaceOf(t *testing.T, criterion string) []Choice {
	t.Helper()
	space, err := Space(setup.Experiment{}, criterion)
	if err != nil {
		t.Fatal(err)
	}
	return space
}

func choiceOf(space []Choice, key string) *Choice {
	i := slices.IndexFunc(space, func(c Choice) bool { return c.Key == key })
	if i < 0 {
		return nil
	}
	return &space[i]
}

// TestSpaceCoversEveryCriterion checks that every setting that has an effect
// on a criterion is searched, and no other one.
func TestSpaceCoversEveryCriterion(t *testing.T) {
	for _, criterion := range Criteria() {
		t.Run("criterion="+criterion, func(t *testing.T) {
			space := spaceOf(t, criterion)
			for _, c := range setup.Controls() {
				has := choiceOf(space, c.Key) != nil
				want := slices.Contains([]string{"lr", "dropout", "decay"}, c.Key) ||
					slices.ContainsFunc(c.Needs, func(n setup.Condition) bool { return n.Key == "criterion" && slices.Contains(n.Values, criterion) }) && !slices.Contains(untuned, c.Key)
				if has != want {
					t.Errorf("%s is searched: %t, want %t", c.Key, has, want)
				}
			}
		})
	}
}

// TestSpaceValues checks that every value may be set, and that a search may
// come back to the settings that are published.
func TestSpaceValues(t *testing.T) {
	for _, criterion := range Criteria() {
		for i, c := range spaceOf(t, criterion) {
			t.Run("criterion="+criterion+"/key="+c.Key, func(t *testing.T) {
				e, _, err := Method{Criterion: criterion}.apply(setup.Experiment{})
				if err != nil {
					t.Fatal(err)
				}
				if c.Why == "" || len(c.Values) < 2 {
					t.Errorf("choice is %+v, want several values and a reason", c)
				}
				for k, v := range c.Values {
					if slices.Contains(c.Values[:k], v) {
						t.Errorf("%s is there twice", v)
					}
					if err := set(&e, c.Key, v); err != nil {
						t.Error(err)
					}
					if got := controlOf(c.Key).Get(&e); got != v && got != "" {
						t.Errorf("%s becomes %s", v, got)
					}
				}
				fresh, _, err := Method{Criterion: criterion, Settings: besideKD(criterion)}.apply(setup.Experiment{})
				if err != nil {
					t.Fatal(err)
				}
				for _, at := range []setup.Experiment{{Criterion: criterion}, fresh} {
					v := valueOf(controlOf(c.Key), &at)
					if !slices.Contains(c.Values, v) {
						t.Errorf("values are %q, want the published %q among them", c.Values, v)
					}
				}
				if c.Unless == "" {
					return
				}
				key, value, _ := strings.Cut(c.Unless, "=")
				if choiceOf(spaceOf(t, criterion)[:i], key) == nil {
					t.Errorf("it is not drawn with %s, which is no choice before it", c.Unless)
				}
				if err := set(&e, key, value); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestSpaceIsShared checks that what is not a criterion's own is the same for
// all criteria that have it.
func TestSpaceIsShared(t *testing.T) {
	for _, key := range []string{"lr", "dropout", "decay", "temperature", "nodes"} {
		var first string
		for _, criterion := range Criteria() {
			c := choiceOf(spaceOf(t, criterion), key)
			if c == nil {
				continue
			}
			if first == "" {
				first = c.String()
			}
			if c.String() != first {
				t.Errorf("%s is tuned over %q, want %q as others", criterion, c, first)
			}
		}
	}
}

// TestSpaceAlpha checks that kd always has its only term, and that every other
// criterion may go without.
func TestSpaceAlpha(t *testing.T) {
	for _, criterion := range Criteria() {
		c := choiceOf(spaceOf(t, criterion), "alpha")
		switch {
		case criterion == "none":
			if c != nil {
				t.Errorf("none has %q", c)
			}
		case slices.Contains(c.Values, "0") == (criterion == "kd"):
			t.Errorf("%s has %q", criterion, c)
		}
	}
}

// TestSpaceNeeds checks that a setting of one kind of model is not searched
// for another: nothing of it would show.
func TestSpaceNeeds(t *testing.T) {
	for _, c := range []struct {
		e    setup.Experiment
		key  string
		want bool
	}{
		{setup.Experiment{}, "lambda", false},
		{setup.Experiment{Model: "gcnii"}, "lambda", true},
		{setup.Experiment{}, "beta", true}, // abkd is the default
		{setup.Experiment{Criterion: "kd"}, "beta", false},
		{setup.Experiment{Criterion: "kd"}, "lr", true},
	} {
		if got := matters(controlOf(c.key), &c.e); got != c.want {
			t.Errorf("%s matters for %q: %t, want %t", c.key, c.e, got, c.want)
		}
	}
}

// TestAround checks the grid of a criterion that has no row of its own.
func TestAround(t *testing.T) {
	d := dimension{Choice: Choice{Key: "beta"}, times: []float64{0.01, 0.3, 1, 30}}
	for criterion, want := range map[string]string{
		"abkd":   "beta 0.01 0.3 1 30",
		"fitnet": "beta 1 30 100 3000",
		"at":     "beta 100 3000 10000", // 300000 is out of range
		"gcrd":   "beta 0.001 0.03 0.1 3",
	} {
		if got := d.around(controlOf("beta"), &setup.Experiment{Criterion: criterion}).String(); got != want {
			t.Errorf("around the default of %s is %q, want %q", criterion, got, want)
		}
	}
	defer func() {
		if p := recover(); p == nil || !strings.Contains(p.(string), `default of softmax is "row"`) {
			t.Errorf("panic is %v", p)
		}
	}()
	dimension{Choice: Choice{Key: "softmax"}}.around(controlOf("softmax"), &setup.Experiment{})
}

// TestDimensionsAreUsed checks that no row of the table is in vain.
func TestDimensionsAreUsed(t *testing.T) {
	for i, d := range dimensions {
		used := slices.ContainsFunc(Criteria(), func(criterion string) bool {
			c := choiceOf(spaceOf(t, criterion), d.Key)
			return c != nil && c.Why == d.Why && (len(d.Values) == 0 || slices.Equal(c.Values, d.Values))
		})
		if !used {
			t.Errorf("row %d, %s %q, is in no criterion's space", i, d.Key, d.Values)
		}
		for _, name := range d.criteria {
			if !slices.Contains(Criteria(), name) {
				t.Errorf("row %d is of %q, want criteria", i, name)
			}
		}
		if !Searchable(d.Key) {
			t.Errorf("%s is not searchable", d.Key)
		}
	}
	for _, key := range append(untuned, "epochs", "seed") {
		if Searchable(key) {
			t.Errorf("%s is searchable", key)
		}
	}
}

func TestSpaceErrors(t *testing.T) {
	if s, err := Space(setup.Experiment{}, "nosuch"); err == nil || !strings.Contains(err.Error(), `"nosuch"`) {
		t.Errorf("space is %v (%v), want an error that names the criterion", s, err)
	}
	defer func() {
		if p := recover(); p == nil || !strings.Contains(p.(string), `setting is "nosuch"`) {
			t.Errorf("panic is %v", p)
		}
	}()
	controlOf("nosuch")
}

// valueOf returns the setting's text in e, its default if e says nothing.
func valueOf(c *setup.Control, e *setup.Experiment) string {
	if v := c.Get(e); v != "" {
		return v
	}
	return c.DefaultIn(e)
}
