package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"abkd/gnn/ogb"
	"abkd/sim/study"
	"abkd/sim/study/report"
)

// tiny are the flags of a search that takes no time.
var tiny = []string{"tune", "--data", "karate", "--criteria", "none,kd,abkd", "--trials", "5", "--seeds", "2", "--layers", "2", "--hidden", "4",
	"--teacher-hidden", "8", "--teacher-epochs", "5", "--epochs", "6"}

// tune makes the tiny search and returns its folder.
func tune(t *testing.T, more ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tuning")
	abkd(t, with(tiny, append(more, "--out", dir)...)...).ok(t)
	return dir
}

// readTunedFile returns tuned.json of a folder.
func readTunedFile(t *testing.T, dir string) *report.Tuned {
	t.Helper()
	v, err := report.ReadTuned(filepath.Join(dir, "tuned.json"))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// timeless returns what was found without what is measured, as bytes.
func timeless(t *testing.T, dir string) string {
	t.Helper()
	v := readTunedFile(t, dir)
	v.Seconds, v.Line = 0, ""
	for i := range v.Criteria {
		v.Criteria[i].Seconds, v.Criteria[i].Best.Seconds = 0, 0
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTune(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tuning")
	v := abkd(t, with(tiny, "--out", dir, "--json")...).ok(t).json(t)
	if got := namesIn(t, dir); !slices.Equal(got, []string{"cells", "search.json", "teachers", "trials.csv", "tuned.json"}) {
		t.Errorf("the folder holds %q", got)
	}
	if c, k := len(namesIn(t, filepath.Join(dir, "cells"))), len(namesIn(t, filepath.Join(dir, "teachers"))); c != 3*5*2 || k != 4 {
		t.Errorf("%d cells and %d files of teachers, want 30 and 4", c, k)
	}
	kept, err := os.ReadFile(filepath.Join(dir, "tuned.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(kept, &file); err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(v)
	b, _ := json.Marshal(file)
	if string(a) != string(b) {
		t.Errorf("tuned.json holds\n%s\nbut printed was\n%s", b, a)
	}
	if bytes.Contains(kept, []byte("test")) {
		t.Errorf("tuned.json speaks of a test: %s", kept)
	}
	found := readTunedFile(t, dir)
	if found.Model != "gcn" || found.Student != "2x4" || found.Split != "public" || found.Epochs != 6 || !slices.Equal(found.Seeds, []uint64{1001, 1002}) {
		t.Errorf("tuned is %+v", found)
	}
	checkTrials(t, dir, found)
	before, files := stamps(t, dir), string(kept)
	abkd(t, with(tiny, "--out", dir, "--json")...).ok(t)
	kept, _ = os.ReadFile(filepath.Join(dir, "tuned.json"))
	if stamps(t, dir) != before || string(kept) != files {
		t.Errorf("a second run wrote runs again, or another tuned.json:\n%s", kept)
	}
}

// checkTrials compares trials.csv with what was found.
func checkTrials(t *testing.T, dir string, found *report.Tuned) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "trials.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(lines) != 1+3*5 || slices.ContainsFunc(lines[0], func(s string) bool { return strings.Contains(s, "test") }) {
		t.Fatalf("trials.csv has %d lines under %q (%v), want 16", len(lines), lines[0], err)
	}
	for i, c := range found.Criteria {
		best, seconds := 0, 0.
		mean := func(k int) float64 {
			x, err := strconv.ParseFloat(lines[1+5*i+k][3], 64)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		for k := range 5 {
			line := lines[1+5*i+k]
			if line[0] != c.Criterion || line[1] != strconv.Itoa(k) || line[2] != strconv.FormatBool(k == c.Best.Trial) || len(strings.Fields(line[4])) != 2 {
				t.Errorf("trial %d of %s is %q", k, c.Criterion, line)
			}
			if mean(k) > mean(best)+1e-6 {
				best = k
			}
			s, _ := strconv.ParseFloat(line[5], 64)
			seconds += s
		}
		if best != c.Best.Trial || lines[1+5*i+best][7] != c.Best.Settings || seconds-c.Seconds > 1e-9 || c.Seconds-seconds > 1e-9 || seconds <= 0 {
			t.Errorf("%s has trial %d, %s, %v s; want %d, %q, %v s", c.Criterion, c.Best.Trial, c.Best.Settings, c.Seconds, best, lines[1+5*i+best][7], seconds)
		}
		if c.Trials != 5 || c.Runs != 10 || len(c.Space) < 3 {
			t.Errorf("%s had %d trials, %d runs and a space of %d, want 5, 10 and several", c.Criterion, c.Trials, c.Runs, len(c.Space))
		}
	}
}

func TestTuneText(t *testing.T) {
	r := abkd(t, with(tiny, "--out", filepath.Join(t.TempDir(), "tuning"))...).ok(t)
	for _, w := range []string{"gcn on karate, split public, student 2x4", "5 trials of each criterion, seeds 1001 to 1002, 6 epochs each", "abkd", "valid %"} {
		if !strings.Contains(r.stdout, w) {
			t.Errorf("stdout is\n%s\nwant %q in it", r.stdout, w)
		}
	}
	help := abkd(t, "tune", "--help").ok(t).stdout
	for _, criterion := range study.Criteria() {
		if !strings.Contains(help, criterion) {
			t.Errorf("the help lacks %s", criterion)
		}
	}
	for _, c := range study.Spaces() {
		for _, choice := range c.Space {
			if !strings.Contains(help, choice.String()) {
				t.Errorf("the help lacks %s of %s", choice, c.Criterion)
			}
		}
	}
}

// TestTuneJobs checks that neither the number of runs side by side nor the
// other criteria change what is found.
func TestTuneJobs(t *testing.T) {
	one := timeless(t, tune(t, "--jobs", "1"))
	if got := timeless(t, tune(t, "--jobs", "5")); got != one {
		t.Errorf("with 5 jobs it finds\n%s\nwant\n%s", got, one)
	}
	alone := readTunedFile(t, tune(t, "--criteria", "abkd")).Find("abkd")
	if all := readTunedFile(t, tune(t)).Find("abkd"); alone.Best.Settings != all.Best.Settings || alone.Best.Trial != all.Best.Trial {
		t.Errorf("abkd alone is tuned to %+v, beside others to %+v", alone.Best, all.Best)
	}
}

// TestTuneKilled kills a search as soon as it has finished two runs, and lets
// it go on: what is found is what one finds that was never killed.
func TestTuneKilled(t *testing.T) {
	args := []string{"tune", "--data", "mag-mini", "--criteria", "none,abkd", "--trials", "6", "--layers", "2", "--hidden", "4",
		"--teacher-hidden", "16", "--teacher-epochs", "4", "--epochs", "12"}
	base := t.TempDir()
	whole := filepath.Join(base, "whole")
	abkd(t, with(args, "--out", whole)...).ok(t)
	want := timeless(t, whole)
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT} {
		t.Run("signal="+sig.String(), func(t *testing.T) {
			dir := filepath.Join(base, sig.String())
			state, stderr := endedAfterTwo(t, sig, dir, args)
			if sig == syscall.SIGINT && (state.ExitCode() != 130 || !strings.Contains(stderr, "of 12 students are done")) {
				t.Errorf("status %d, stderr %q, want 130 and how far it is", state.ExitCode(), stderr)
			}
			if done := namesIn(t, filepath.Join(dir, "cells")); len(done) >= 12 {
				t.Fatalf("all %d runs were finished before the signal", len(done))
			}
			if _, err := os.Stat(filepath.Join(dir, "tuned.json")); err == nil {
				t.Error("there is a result of a search that was not finished")
			}
			before := stamps(t, dir)
			abkd(t, with(args, "--out", dir)...).ok(t)
			if got := timeless(t, dir); got != want {
				t.Errorf("the resumed search finds\n%s\nwant\n%s", got, want)
			}
			after := stamps(t, dir)
			for line := range strings.Lines(before) {
				if !strings.Contains(line, ".tmp") && !strings.Contains(after, line) {
					t.Errorf("%s was written again", line)
				}
			}
		})
	}
}

// TestTuneExtend gives a search more trials and criteria: the finished runs
// stay, and what is found is what a new search finds.
func TestTuneExtend(t *testing.T) {
	dir := tune(t, "--trials", "3", "--criteria", "none,abkd")
	before := stamps(t, dir)
	abkd(t, with(tiny, "--out", dir)...).fails(t, "another search", "none: 3 trials", "none: 5 trials", "--extend")
	abkd(t, with(tiny, "--out", dir, "--extend")...).ok(t)
	if got, want := timeless(t, dir), timeless(t, tune(t)); got != want {
		t.Errorf("the extended search finds\n%s\nwant\n%s", got, want)
	}
	after := stamps(t, dir)
	for line := range strings.Lines(before) {
		if !strings.Contains(after, line) {
			t.Errorf("%s was written again", line)
		}
	}
}

// TestTuneIsBlind gives all test nodes other labels. The search finds the same
// to the last bit, though an evaluation shows that the labels are others.
func TestTuneIsBlind(t *testing.T) {
	data := graphFolder(t)
	teacher := filepath.Join(t.TempDir(), "teacher.safetensors")
	abkd(t, "train", "--data", data, "--epochs", "20", "--out", teacher).ok(t)
	args := []string{"tune", "--data", data, "--criteria", "none,kd,abkd,gcrd", "--trials", "5", "--hidden", "4", "--teacher-hidden", "8", "--epochs", "6", "--teacher-epochs", "5"}
	search := func() (found string, test float64) {
		dir := filepath.Join(t.TempDir(), "tuning")
		abkd(t, with(args, "--out", dir)...).ok(t)
		return timeless(t, dir), num(t, abkd(t, "eval", "--data", data, "--weights", teacher, "--json").ok(t).json(t), "test")
	}
	want, testBefore := search()
	g, err := ogb.Read(data, ogb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	split, err := g.Split("")
	if err != nil {
		t.Fatal(err)
	}
	g.Labels = slices.Clone(g.Labels) // they may be those of a mapped file
	for _, v := range split.Test {
		g.Labels[v] = (g.Labels[v] + 1) % int32(g.Classes)
	}
	remove(t, data)
	if err := ogb.Write(data, g); err != nil {
		t.Fatal(err)
	}
	got, testAfter := search()
	if got != want {
		t.Errorf("with other test labels it finds\n%s\nwant\n%s", got, want)
	}
	if testAfter == testBefore {
		t.Errorf("the test accuracy is still %v: the labels are the same", testAfter)
	}
	// With other labels of validation nodes it is another graph.
	g.Labels[split.Valid[0]] = (g.Labels[split.Valid[0]] + 1) % int32(g.Classes)
	remove(t, data)
	if err := ogb.Write(data, g); err != nil {
		t.Fatal(err)
	}
	if got, _ := search(); got == want {
		t.Error("with other validation labels it finds the same, fingerprint included")
	}
}

func TestTuneRefuses(t *testing.T) {
	dir := tune(t)
	for _, c := range []struct{ more, want []string }{
		{[]string{"--data", "mag-mini"}, []string{dir, "another search", "fingerprint"}},
		{[]string{"--epochs", "7"}, []string{"another search", "epochs=6", "epochs=7"}},
		{[]string{"--hidden", "5"}, []string{"another search", "students", "2x5"}},
		{[]string{"--extend", "--seed", "5"}, []string{"another search", "seed=1001", "seed=5"}},
	} {
		abkd(t, with(tiny, append(c.more, "--out", dir)...)...).fails(t, c.want...)
	}
	// A comparison's folder is no search's, nor the other way round.
	abkd(t, with(small, "--out", dir)...).fails(t, "it holds other files", "one of a comparison")
	compared := filepath.Join(t.TempDir(), "out")
	abkd(t, with(small, "--out", compared)...).ok(t)
	abkd(t, with(tiny, "--out", compared)...).fails(t, "it holds other files", "one of a search")
	abkd(t, with(tiny, "--out", dir)...).ok(t) // nothing was harmed
}

func TestTuneBadFlags(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"--out is not given"}},
		{[]string{"--criteria", "nosuch"}, []string{"--criteria", `"nosuch"`, "abkd"}},
		{[]string{"--criteria", "kd+abkd"}, []string{"--criteria", `"kd+abkd"`, "part of its search"}},
		{[]string{"--criteria", ""}, []string{"--criteria", `""`}},
		{[]string{"--criteria", "kd,kd"}, []string{"kd is there twice"}},
		{[]string{"--trials", "0"}, []string{"--trials is 0", "1..10000"}},
		{[]string{"--trials", "1000"}, []string{"criterion none has", "different trials, want 1000"}},
		{[]string{"--seeds", "0"}, []string{"--seeds is 0"}},
		{[]string{"--jobs", "0"}, []string{"--jobs"}},
		{[]string{"--hidden", "0"}, []string{"--hidden"}},
		{[]string{"--beta", "3"}, []string{"unknown flag: --beta"}},
		{[]string{"--split", "nosuch"}, []string{"nosuch"}},
		{[]string{"--data", "/nosuch"}, []string{"/nosuch"}},
		{[]string{"--teacher-layers", "1"}, []string{}},
		{[]string{"extra"}, []string{`"extra"`}},
	} {
		t.Run("args="+strings.Join(c.args, "="), func(t *testing.T) {
			args := tiny
			if c.args != nil {
				args = with(tiny, "--out", filepath.Join(t.TempDir(), "tuning"))
			}
			if len(c.want) == 0 {
				abkd(t, with(args, c.args...)...).ok(t) // criteria without hidden layers have no say
				return
			}
			abkd(t, with(args, c.args...)...).fails(t, c.want...)
		})
	}
}
