package study

import (
	"slices"
	"strings"
	"testing"

	"abkd/sim/setup"
)

// spec is a small comparison on the karate club.
func spec(t testing.TB, criteria ...string) Spec {
	t.Helper()
	s := Spec{
		Base:     setup.Experiment{Seed: setup.Some[uint64](1), Model: "rgcn", Teacher: setup.Size{Layers: 3, Hidden: 8}, TeacherEpochs: 4, Epochs: 5},
		Students: []setup.Size{{Layers: 2, Hidden: 4}},
		Seeds:    []uint64{1, 2},
	}
	for _, c := range criteria {
		m, err := ParseMethod(c)
		if err != nil {
			t.Fatal(err)
		}
		s.Methods = append(s.Methods, m)
	}
	return s
}

func TestParseMethod(t *testing.T) {
	for _, c := range []struct{ text, criterion, variant, name string }{
		{"none", "none", "", "none"},
		{"abkd", "abkd", "", "abkd"},
		{"kd+abkd", "abkd", "+ kd", "abkd + kd"},
		{"gcrd+kd", "gcrd", "+ kd", "gcrd + kd"},
	} {
		m, err := ParseMethod(c.text)
		if err != nil || m.Criterion != c.criterion || m.Variant != c.variant || m.String() != c.name {
			t.Errorf("ParseMethod(%q) is %+v (%v), want %s, %q", c.text, m, err, c.criterion, c.variant)
		}
	}
	for _, text := range []string{"", "nosuch", "kd+", "kd+kd", "kd+none", "kd+abkd+at", "abkd+at"} {
		if m, err := ParseMethod(text); err == nil || !strings.Contains(err.Error(), "want one of none, kd, ") {
			t.Errorf("ParseMethod(%q) is %+v (%v), want an error that lists the criteria", text, m, err)
		}
	}
}

func TestParseVariant(t *testing.T) {
	m, err := ParseVariant("heads:criterion=abkd&head=batchnorm&beta=3")
	if err != nil || m != (Method{"abkd", "heads", "head=batchnorm&beta=3"}) {
		t.Errorf("variant is %+v (%v)", m, err)
	}
	for text, want := range map[string]string{
		"heads":                          "want a name and settings",
		":criterion=abkd":                "want a name and settings",
		"heads:head=batchnorm":           "want a name and settings",
		"a,b:criterion=abkd":             "want no comma",
		"x:criterion=nosuch":             `criterion is "nosuch"`,
		"x:criterion=abkd&epochs=9":      "epochs cannot differ between methods",
		"x:criterion=abkd&seed=9":        "seed cannot differ between methods",
		"x:criterion=abkd&nosuch=9":      `"nosuch" is no setting`,
		"x:criterion=abkd&beta=-3":       "beta is",
		"x:criterion=abkd&softmax=row2":  "softmax is",
		"x:criterion=kd&criterion=abkd":  "says criterion twice",
		"x:criterion=abkd&beta=3&beta=4": "says beta twice",
	} {
		if _, err := ParseVariant(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseVariant(%q) says %v, want %q in it", text, err, want)
		}
	}
}

// TestWeights checks which losses a method has, and with which weights.
func TestWeights(t *testing.T) {
	for _, c := range []struct {
		text        string
		base        setup.Experiment
		alpha, beta float64
	}{
		{"none", setup.Experiment{Alpha: setup.Some(0.5)}, 0, 1},
		{"kd", setup.Experiment{}, 0.9, 1},
		{"kd", setup.Experiment{Alpha: setup.Some(0.5)}, 0.5, 1},
		{"fitnet", setup.Experiment{Alpha: setup.Some(0.5)}, 0, 100},
		{"kd+fitnet", setup.Experiment{}, 0.9, 1},
		{"kd+fitnet", setup.Experiment{Alpha: setup.Some(0.5), Beta: setup.Some(7.0)}, 0.5, 7},
		{"kd+at", setup.Experiment{}, 0.9, 100},
		{"kd+gcrd", setup.Experiment{}, 0.9, 0.1},
		{"abkd", setup.Experiment{Beta: setup.Some(3.0)}, 0, 3},
		{"kd+abkd", setup.Experiment{}, 0.9, 1},
	} {
		m, err := ParseMethod(c.text)
		if err != nil {
			t.Fatal(err)
		}
		e, _, err := m.apply(c.base)
		if r := e.Plan(); err != nil || r.Alpha != c.alpha || r.Beta != c.beta {
			t.Errorf("%s on alpha %v, beta %v has alpha %g, beta %g (%v), want %g and %g", c.text, c.base.Alpha, c.base.Beta, r.Alpha, r.Beta, err, c.alpha, c.beta)
		}
	}
}

func TestCriteriaAreThoseOfTheTable(t *testing.T) {
	got := Criteria()
	if got[0] != "none" || got[1] != "kd" || !slices.Contains(got, "abkd") || !slices.Contains(got, "stride") {
		t.Errorf("criteria are %q", got)
	}
	for _, name := range got {
		if err := set(&setup.Experiment{}, "criterion", name); err != nil {
			t.Error(err)
		}
	}
}

// TestText checks that the text tells any two settings apart, and does not
// tell a default from itself.
func TestText(t *testing.T) {
	zero := Text(setup.Experiment{})
	if got := Text(setup.Experiment{Student: setup.Size{Layers: 2}, Softmax: "row"}); got != zero {
		t.Errorf("defaults that are spelled out give\n%s\nwant\n%s", got, zero)
	}
	for _, c := range setup.Controls() {
		var e setup.Experiment
		value := map[setup.Kind]string{setup.Bool: "on", setup.Text: "x", setup.Int: "7", setup.Float: "0.3"}[c.Kind]
		if c.Kind == setup.Choice {
			for _, o := range c.Options {
				if o != c.Default {
					value = o
				}
			}
		}
		if err := c.Set(&e, value); err != nil {
			t.Fatal(err)
		}
		if Text(e) == zero {
			t.Errorf("%s=%s does not show in the text", c.Key, value)
		}
	}
}

// TestRecipeMethod: a recipe is a method, with its settings; what is a criterion too
// is the criterion.
func TestRecipeMethod(t *testing.T) {
	m, err := ParseMethod("abkd+")
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := m.apply(setup.Experiment{})
	if p := e.Plan(); err != nil || m.Criterion != "abkd" || p.Gate != 0.3 || p.Warmup != 20 || p.Alpha != 0.9 || !p.HiddenOnly {
		t.Errorf("the method is %+v, its plan %+v (%v)", m, p, err)
	}
	if m, err := ParseMethod("kd"); err != nil || m.Settings != "" {
		t.Errorf("kd is %+v (%v)", m, err)
	}
}
