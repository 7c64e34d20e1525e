package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/sim/study/report"
)

// brief are the flags of a study that takes no time.
var brief = []string{"study", "--model", "gcn", "--criteria", "abkd,at,spread,abkd+", "--draws", "2", "--tuning-seeds", "1", "--seeds", "4", "--layers", "2", "--hidden", "4",
	"--teacher-layers", "2", "--teacher-hidden", "8", "--teacher-epochs", "5", "--epochs", "6"}

// lasting returns fair.json of a folder without what is measured.
func lasting(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "fair.json"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := report.ParseFair(text)
	if err != nil {
		t.Fatal(err)
	}
	f.Line, f.Notes = "", nil
	for i := range f.Studies {
		f.Studies[i].Seconds = 0
	}
	out, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestStudy studies two graphs, each again, and both together.
func TestStudy(t *testing.T) {
	in := t.TempDir()
	graph, first, second := filepath.Join(in, "graph"), filepath.Join(in, "first"), filepath.Join(in, "second")
	abkd(t, "synth", "--papers", "60", "--classes", "3", "--features", "8", "--out", graph).ok(t)
	for data, dir := range map[string]string{"karate": first, graph: second} {
		v := abkd(t, with(brief, "--data", data, "--out", dir, "--json")...).ok(t).json(t)
		if names := namesIn(t, dir); !slices.Equal(names, []string{"cells", "fair.json", "fair.txt", "sensitivity.svg", "study.json", "teachers"}) {
			t.Errorf("the folder holds %q", names)
		}
		criteria := v["studies"].([]any)[0].(map[string]any)["criteria"].([]any)
		if len(criteria) != 6 {
			t.Errorf("%d criteria, want none, kd, three and a recipe", len(criteria))
		}
		cells := namesIn(t, filepath.Join(dir, "cells"))
		before := lasting(t, dir)
		abkd(t, with(brief, "--data", data, "--out", dir)...).ok(t)
		if again := namesIn(t, filepath.Join(dir, "cells")); !slices.Equal(again, cells) || lasting(t, dir) != before {
			t.Error("done again it is another study")
		}
	}
	both := abkd(t, "study", first, second, "--json").ok(t).json(t)
	summary := both["summary"].(map[string]any)
	if n := len(summary["graphs"].([]any)); n != 2 {
		t.Errorf("%d graphs are summed up, want 2", n)
	}
	for _, h := range summary["headlines"].([]any) {
		if h := h.(map[string]any); h["criterion"] == "none" && h["p"] == nil {
			t.Errorf("over two graphs none is %v, want a p", h)
		}
	}
	text := abkd(t, "study", first, second).ok(t).stdout
	for _, want := range []string{"2 graphs together", "over kd's winner", "No gain is claimed", "gcn on karate", "nothing tuned: alpha=0.9 beta=10"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text has no %q:\n%s", want, text)
		}
	}
}

// TestStudyExtended adds a criterion and seeds: what is done stays.
func TestStudyExtended(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "study")
	abkd(t, with(brief, "--data", "karate", "--criteria", "at", "--seeds", "2", "--out", dir)...).ok(t)
	kept := namesIn(t, filepath.Join(dir, "cells"))
	whole := with(brief, "--data", "karate", "--criteria", "at,spread", "--seeds", "3", "--out", dir)
	abkd(t, whole...).fails(t, "another study", "--extend")
	abkd(t, with(whole, "--extend")...).ok(t)
	now := namesIn(t, filepath.Join(dir, "cells"))
	for _, name := range kept {
		if !slices.Contains(now, name) {
			t.Errorf("%s is gone", name)
		}
	}
	fresh := filepath.Join(t.TempDir(), "fresh")
	abkd(t, with(whole, "--out", fresh)...).ok(t)
	if lasting(t, dir) != lasting(t, fresh) {
		t.Error("extended it is another study than one from the start")
	}
}

func TestStudyRefuses(t *testing.T) {
	dir := t.TempDir()
	empty, damaged := filepath.Join(dir, "empty"), filepath.Join(dir, "damaged")
	mkdir(t, empty)
	mkdir(t, damaged)
	put(t, filepath.Join(damaged, "fair.json"), `{"format":"abkd study 0"}`)
	out := filepath.Join(dir, "out")
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"--data", "karate"}, []string{"--out is not given"}},
		{[]string{"--data", "karate", "--out", out, "--criteria", "published"}, []string{`"published"`, "abkd+"}},
		{[]string{"--data", "karate", "--out", out, "--criteria", "kl"}, []string{`"kl"`, "want one of"}},
		{[]string{"--data", "karate", "--out", out, "--draws", "0"}, []string{"--draws is 0", "want 1..60"}},
		{[]string{"--data", "karate", "--out", out, "--seed", "1001"}, []string{"seed 1001 is both tuned and tested on"}},
		{[]string{empty}, []string{"fair.json", "a study that is done"}},
		{[]string{damaged}, []string{"fair.json", `"abkd study 0"`}},
	} {
		abkd(t, append([]string{"study"}, c.args...)...).fails(t, c.want...)
	}
}

// TestStudyDivided has the criteria of a study run apart, as on two machines: with
// the cells of both there is nothing left to train.
func TestStudyDivided(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	run := func(out, criteria string, more ...string) {
		t.Helper()
		abkd(t, with(brief, append(more, "--data", "karate", "--seeds", "2", "--criteria", criteria, "--out", in(out))...)...).ok(t)
	}
	run("one", "at")
	run("two", "spread")
	for _, sub := range []string{"cells", "teachers"} {
		for _, name := range namesIn(t, filepath.Join(in("two"), sub)) {
			text, err := os.ReadFile(filepath.Join(in("two"), sub, name))
			if err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(in("one"), sub, name), string(text))
		}
	}
	before := namesIn(t, filepath.Join(in("one"), "cells"))
	run("one", "at,spread", "--extend")
	run("whole", "at,spread")
	if after := namesIn(t, filepath.Join(in("one"), "cells")); !slices.Equal(after, before) || lasting(t, in("one")) != lasting(t, in("whole")) {
		t.Errorf("of two machines it is another study than of one: %d cells before, %d after", len(before), len(after))
	}
}
