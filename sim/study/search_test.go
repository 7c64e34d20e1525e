package study

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph/fingerprint"
	"abkd/sim/setup"
)

// search is a small search on the karate club.
func search(criteria ...string) Search {
	return Search{
		Base:    setup.Experiment{Seed: setup.Some[uint64](7), Model: "rgcn", Teacher: setup.Size{Layers: 3, Hidden: 8}, TeacherEpochs: 3, Epochs: 1},
		Student: setup.Size{Layers: 2, Hidden: 4}, Criteria: criteria, Trials: 12, Seeds: []uint64{7},
	}
}

func specOf(t *testing.T, s Search) Spec {
	t.Helper()
	spec, err := s.Spec()
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// TestSearchIsFair checks that every criterion has as many trials, that no two
// of them are the same run, and that their settings all have an effect.
func TestSearchIsFair(t *testing.T) {
	s := search(Criteria()...)
	s.Trials = 40
	spec := specOf(t, s)
	_, cells, err := spec.Plan()
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	known := map[string]string{}
	for _, c := range cells {
		count[c.Method.Criterion]++
		if other := known[c.Key("", "")]; other != "" {
			t.Errorf("%s is the run of %s", c.Method, other)
		}
		known[c.Key("", "")] = c.Method.String()
		r := c.Experiment.Plan()
		set := func(key string) bool { return strings.Contains("&"+c.Method.Settings, "&"+key+"=") }
		if r.Alpha == 0 && set("temperature") || r.Softmax == "uniform" && set("detach") || r.Head == "batchnorm" && r.Granularity != "per-node" {
			t.Errorf("%s has %s", c.Method, c.Method.Settings)
		}
	}
	for _, criterion := range Criteria() {
		if count[criterion] != 40 {
			t.Errorf("%s has %d trials, want 40", criterion, count[criterion])
		}
	}
}

// TestSearchPublished checks the trials that are not drawn.
func TestSearchPublished(t *testing.T) {
	for _, criterion := range Criteria() {
		m := specOf(t, search(criterion)).Methods
		if m[0] != (Method{criterion, "trial 0", ""}) {
			t.Errorf("trial 0 is %+v, want %s as it is", m[0], criterion)
		}
		beside := strings.HasPrefix(m[1].Settings, "alpha=0.9&nodes=train")
		if want := criterion != "none" && criterion != "kd"; beside != want || beside && strings.Contains(m[1].Settings, "lr=") {
			t.Errorf("trial 1 of %s is %q, beside KD: %t", criterion, m[1].Settings, want)
		}
		if !strings.HasPrefix(m[2].Settings, "lr=") || m[2].Variant != "trial 2" {
			t.Errorf("trial 2 of %s is %+v, want one that was drawn", criterion, m[2])
		}
		// Trial 1 is what a comparison calls kd+NAME.
		if method, err := ParseMethod("kd+" + criterion); err == nil {
			want, _, err := method.apply(setup.Experiment{})
			if err != nil {
				t.Fatal(err)
			}
			if got, _, err := m[1].apply(setup.Experiment{}); err != nil || Text(got) != Text(want) {
				t.Errorf("trial 1 of %s is\n%s(%v), want\n%s", criterion, Text(got), err, Text(want))
			}
		}
	}
}

// TestSearchDraws checks what the draws depend on.
func TestSearchDraws(t *testing.T) {
	s := search("none", "kd", "abkd")
	want := specOf(t, s).Methods
	if got := specOf(t, s).Methods; !slices.Equal(got, want) {
		t.Errorf("a second time it draws %v, want %v", got, want)
	}
	alone := specOf(t, search("abkd")).Methods
	if !slices.Equal(alone, want[2*s.Trials:]) {
		t.Errorf("without the other criteria, abkd draws %v, want %v", alone, want[2*s.Trials:])
	}
	s.Trials = 20
	if more := specOf(t, s).Methods; !slices.Equal(more[:12], want[:12]) {
		t.Errorf("of more trials the first are %v, want %v", more[:12], want[:12])
	}
	s.Trials, s.Seeds = 12, []uint64{7, 8}
	if got := specOf(t, s).Methods; !slices.Equal(got, want) {
		t.Errorf("with a seed more it draws %v, want %v", got, want)
	}
	s.Seeds = []uint64{8}
	if got := specOf(t, s).Methods; slices.Equal(got, want) {
		t.Error("with another seed it draws the same")
	}
}

// TestSearchRuns trains every criterion with draws from all over its space:
// none is refused, and none knows of a test node.
func TestSearchRuns(t *testing.T) {
	s := search(Criteria()...)
	s.Trials = 24
	spec := specOf(t, s)
	whole := karate(t, spec)
	split, err := whole.Split("")
	if err != nil {
		t.Fatal(err)
	}
	g, _ := Blind(whole, split)
	list, cells, err := spec.Plan()
	if err != nil || len(list) != 1 {
		t.Fatalf("%d teachers (%v), want 1", len(list), err)
	}
	teacher, r, err := Teach(g, list[0], always)
	if err != nil || r.Test == r.Test {
		t.Fatalf("teacher has a test accuracy of %v (%v)", r.Test, err)
	}
	var results []Result
	for _, c := range cells {
		r, ok, err := Train(g, c, teacher, always)
		if err != nil || !ok {
			t.Fatalf("%s, %s: %v", c.Method, c.Method.Settings, err)
		}
		if r.Test == r.Test || r.Curve[0].Test == r.Curve[0].Test {
			t.Errorf("%s has a test accuracy of %v", c.Method, r.Test)
		}
		results = append(results, r)
	}
	tuned, err := s.Best(results)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range tuned {
		m, err := x.Method()
		if err != nil || m.Criterion != x.Criterion || m.String() != x.Criterion {
			t.Errorf("method of %s is %+v (%v)", x.Criterion, m, err)
		}
		// The method is the best trial's run.
		e, _, err := m.apply(spec.Base)
		if err != nil {
			t.Fatal(err)
		}
		want, _, err := spec.Methods[24*slices.Index(s.Criteria, x.Criterion)+x.Best.Trial].apply(spec.Base)
		if err != nil || Text(e) != Text(want) {
			t.Errorf("%s is tuned to\n%s\nwant trial %d\n%s", x.Criterion, Text(e), x.Best.Trial, Text(want))
		}
	}
}

func TestSearchErrors(t *testing.T) {
	for want, change := range map[string]func(*Search){
		"at least one of each":  func(s *Search) { s.Criteria = nil },
		"0 trials":              func(s *Search) { s.Trials = 0 },
		"0 seeds":               func(s *Search) { s.Seeds = nil },
		"abkd is there twice":   func(s *Search) { s.Criteria = []string{"abkd", "abkd"} },
		`criterion is "nosuch"`: func(s *Search) { s.Criteria = []string{"nosuch"} },
		"different trials, want 500: every criterion": func(s *Search) { s.Criteria, s.Trials = []string{"none"}, 500 },
	} {
		s := search("none", "abkd")
		change(&s)
		if _, err := s.Spec(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the search says %v, want %q in it", err, want)
		}
		if _, err := s.Best(nil); err == nil {
			t.Errorf("a search that says %q has a result", want)
		}
	}
}

// scored returns results of 4 trials of none and of kd on two seeds with
// these validation accuracies, trial by trial, and some test accuracies.
func scored(valid [2][4][2]Value, test func(i int) Value) []Result {
	var out []Result
	for seed := range 2 {
		for i, criterion := range []string{"none", "kd"} {
			for k := range 4 {
				out = append(out, Result{Criterion: criterion, Variant: fmt.Sprintf("trial %d", k), Seconds: float64(1 + i),
					Outcome: Outcome{Valid: valid[i][k][seed], Test: test(len(out))}})
			}
		}
	}
	return out
}

// TestBest checks the choice against one made by hand.
func TestBest(t *testing.T) {
	s := search("none", "kd")
	s.Trials, s.Seeds = 4, []uint64{7, 8}
	valid := [2][4][2]Value{
		{{0.5, 0.5}, {0.25, 0.875}, {0.75, 0.375}, {1, 0}}, // 0.5, 0.5625 twice, 0.5
		{{0.3, 0.4}, {0.2, 0.5}, {0.4, 0.3}, {0.1, 0.6}},   // 0.35 but for rounding
	}
	results := scored(valid, func(i int) Value { return Value(i) / 16 })
	results[1].Failure = "kd: step: total loss is NaN"
	tuned, err := s.Best(results)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		criterion     string
		trial, failed int
		mean, seconds float64
	}{{"none", 1, 1, 0.5625, 8}, {"kd", 0, 0, 0.35, 16}} {
		x := tuned[i]
		if x.Criterion != want.criterion || x.Best.Trial != want.trial || x.Best.Failed != want.failed || !near(x.Best.ValidMean, want.mean) {
			t.Errorf("best of criterion %d is %+v, want %+v", i, x.Best, want)
		}
		if x.Trials != 4 || x.Runs != 8 || x.Seconds != want.seconds || len(x.All) != 4 {
			t.Errorf("%s cost %d trials, %d runs and %v s, want 4, 8 and %v", x.Criterion, x.Trials, x.Runs, x.Seconds, want.seconds)
		}
		if !slices.Equal(x.Best.Valid, valid[i][want.trial][:]) {
			t.Errorf("best of %s has %v, want %v", x.Criterion, x.Best.Valid, valid[i][want.trial])
		}
		if c := x.Cost(); c.TuneTrials != 4 || c.TuneRuns != 8 || c.TuneSeconds != want.seconds || !strings.Contains(c.TuneSpace, "lr 0.003 0.01 0.03; dropout ") {
			t.Errorf("cost of %s is %+v", x.Criterion, c)
		}
	}
	if got := tuned[1].Best.Settings; got != "criterion=kd" {
		t.Errorf("the published settings are written %q", got)
	}
	if got := tuned[0].Best.Settings; !strings.HasPrefix(got, "criterion=none&lr=") {
		t.Errorf("settings are written %q", got)
	}
	// Test accuracies are not looked at.
	other, err := s.Best(scored(valid, func(i int) Value { return 1 - Value(i)/16 }))
	if err != nil {
		t.Fatal(err)
	}
	other[0].Best.Failed, other[0].All[1].Failed = 1, 1
	if !reflect.DeepEqual(other, tuned) {
		t.Errorf("with other test accuracies the choice is\n%+v\nwant\n%+v", other, tuned)
	}
	if _, err := s.Best(results[1:]); err == nil || !strings.Contains(err.Error(), "15 results of a search, want 16") {
		t.Errorf("a result less gives %v", err)
	}
}

func TestTunedMethodErrors(t *testing.T) {
	for settings, want := range map[string]string{
		"":                         "want a name and settings",
		"lr=0.01":                  "want a name and settings",
		"criterion=abkd":           "want those of the same criterion",
		"criterion=kd&lr=fast":     "lr is",
		"criterion=kd&epochs=1000": "epochs cannot differ",
	} {
		x := Tuned{Criterion: "kd", Best: Trial{Settings: settings}}
		if m, err := x.Method(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("settings %q give %+v (%v), want %q", settings, m, err, want)
		}
	}
}

// TestBlind checks that what only a test may see is gone, and nothing else.
func TestBlind(t *testing.T) {
	whole := karate(t, spec(t, "none"))
	split, err := whole.Split("")
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(whole.Labels)
	g, s := Blind(whole, split)
	if len(s.Test) != 0 || !slices.Equal(s.Train, split.Train) || !slices.Equal(s.Valid, split.Valid) || s.Name != split.Name {
		t.Errorf("split is %+v, want that of %+v without test nodes", s, split)
	}
	for v, y := range g.Labels {
		seen := slices.Contains(split.Train, int32(v)) || slices.Contains(split.Valid, int32(v))
		if want := before[v]; seen && y != want || !seen && y != -1 {
			t.Errorf("node %d has label %d of %d, seen: %t", v, y, want, seen)
		}
	}
	if !slices.Equal(whole.Labels, before) || len(split.Test) == 0 {
		t.Error("the graph itself was changed")
	}
	if err := g.Validate(); err != nil {
		t.Error(err)
	}
	if one, err := g.Split(""); err != nil || len(one.Test) != 0 || len(g.Splits) != 1 {
		t.Errorf("the graph has the splits %+v (%v)", g.Splits, err)
	}
	// Test labels are not in its fingerprint, others are.
	print := func(nodes []int32) string {
		h := *whole
		h.Labels = slices.Clone(whole.Labels)
		h.Labels[nodes[0]] = 1 - h.Labels[nodes[0]]
		return fingerprint.Run(Blind(&h, split))
	}
	want := fingerprint.Run(g, s)
	if print(split.Test) != want || print(split.Train) == want || print(split.Valid) == want {
		t.Error("the fingerprint should depend on labels of training and validation nodes, not on others")
	}
}
