package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/cmd/internal/settings"
	"abkd/gnn/graph"
	"abkd/gnn/synth"
	"abkd/sim/fit"
	"abkd/sim/setup"
)

// TestSizeDefaults wants the same defaults of every command, and a note of them
// where a report is.
func TestSizeDefaults(t *testing.T) {
	dir := t.TempDir()
	teacher := filepath.Join(dir, "teacher")
	var trained, distilled fit.Report
	for _, run := range []struct {
		into *fit.Report
		args []string
	}{
		{&trained, []string{"train", "--data", "karate", "--epochs", "4", "--out", teacher, "--json"}},
		{&distilled, []string{"distill", "--data", "karate", "--epochs", "4", "--teacher", teacher, "--json"}},
	} {
		r := abkd(t, run.args...)
		if err := json.Unmarshal([]byte(r.stdout), run.into); r.status != 0 || err != nil {
			t.Fatalf("%q is %d: %s (%v)", run.args, r.status, r.stderr, err)
		}
	}
	d := setup.Defaults(synth.Karate())
	for _, c := range []struct {
		r *fit.Report
		s setup.Size
	}{{&trained, d.Teacher}, {&distilled, d.Student}} {
		if c.r.Model != "gcn" || c.r.Layers != c.s.Layers || c.r.Hidden != c.s.Hidden {
			t.Errorf("%s is a %s of %d x %d, want a gcn of %+v", c.r.Command, c.r.Model, c.r.Layers, c.r.Hidden, c.s)
		}
		if want := []string{"model=gcn"}; !slices.Contains(c.r.Defaults, want[0]) || slices.ContainsFunc(c.r.Defaults, func(s string) bool { return strings.HasPrefix(s, "epochs") }) {
			t.Errorf("%s says its defaults are %q, want %q among them and no epochs, which were given", c.r.Command, c.r.Defaults, want)
		}
	}
	if distilled.Recipe != "aligned" || distilled.Alpha != 0.9 || distilled.Alone == nil {
		t.Errorf("distill has the recipe %q, alpha %g and the student alone %v, want aligned, 0.9 and one", distilled.Recipe, distilled.Alpha, distilled.Alone)
	}
}

// TestRecipes wants flags to come before a recipe, and a criterion that is asked
// for to be the published one.
func TestRecipes(t *testing.T) {
	for _, tt := range []struct {
		recipe string
		given  []string
		set    string
		want   string
	}{
		{"aligned", nil, "", "criterion=abkd&alpha=0.9&beta=0.03&temperature=1&head=batchnorm&no-subspace=on&frozen=on&nodes=all"},
		{"aligned", []string{"beta"}, "beta=2", "criterion=abkd&alpha=0.9&beta=2&temperature=1&head=batchnorm&no-subspace=on&frozen=on&nodes=all"},
		{"aligned", []string{"no-subspace"}, "", "criterion=abkd&alpha=0.9&beta=0.03&temperature=1&head=batchnorm&frozen=on&nodes=all"},
		{"aligned", []string{"criterion"}, "criterion=at", "criterion=at"},
		{"kd", []string{"recipe"}, "", "criterion=kd&alpha=0.9&temperature=1&nodes=all"},
		{"published", []string{"recipe"}, "", "criterion=abkd"},
	} {
		e, err := setup.ParseExperiment(tt.set)
		if err != nil {
			t.Fatal(err)
		}
		want, err := setup.ParseExperiment(tt.want)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := settings.TakeRecipe(&e, tt.recipe, settings.DistillKeys, func(flag string) bool { return slices.Contains(tt.given, flag) }); err != nil || e != want {
			t.Errorf("recipe %s with %q is %s (%v), want %s", tt.recipe, tt.set, e, err, want)
		}
	}
	if r := abkd(t, "distill", "--recipe", "soup"); r.status != 1 || !strings.Contains(r.stderr, "want one of aligned") {
		t.Errorf("an unknown recipe is %d: %s", r.status, r.stderr)
	}
}

// TestLargeDefaults wants a large graph to be trained on in parts, unless
// batches are asked for.
func TestLargeDefaults(t *testing.T) {
	g := &graph.Graph{Classes: 40, Types: make([]graph.NodeType, 2), Relations: []graph.Relation{{In: graph.CSR{Col: make([]int32, 1_000_000)}}}}
	none := func(string) bool { return false }
	if e := settings.DefaultsFor(g, none); e.Sampler != "saint" || e.Epochs != 30 || e.Student.Hidden != 16 || e.Model != "rgcn" {
		t.Errorf("a large graph has the defaults %s", e)
	}
	if e := settings.DefaultsFor(g, func(flag string) bool { return flag == "sampler" }); e.Sampler != "" || e.Roots != 0 || e.LR != (setup.Opt[float64]{}) || e.Epochs != 150 {
		t.Errorf("with --sampler it has the defaults %s", e)
	}
}
