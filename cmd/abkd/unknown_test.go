package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/ogb"
	"abkd/gnn/synth"
)

// karateWithout writes the karate club, with test nodes, but without the named
// part of its split, or with a single node there ("one-valid"), or without any
// node of a class in training and validation ("class"), and returns its folder.
func karateWithout(t *testing.T, what string) string {
	t.Helper()
	g := synth.Karate()
	s := &g.Splits[0]
	s.Test, s.Valid = s.Valid[len(s.Valid)/2:], s.Valid[:len(s.Valid)/2]
	parts := map[string]*[]int32{"train": &s.Train, "valid": &s.Valid, "test": &s.Test}
	if part, one := strings.CutPrefix(what, "one-"); one {
		*parts[part] = (*parts[part])[:1]
	} else if what == "class" {
		last := int32(g.Classes - 1)
		for _, part := range parts {
			*part = slices.DeleteFunc(slices.Clone(*part), func(v int32) bool { return g.Labels[v] == last })
		}
	} else if what != "" {
		*parts[what] = nil
	}
	g.Splits = []graph.Split{*s}
	dir := filepath.Join(t.TempDir(), "karate")
	if err := ogb.Write(dir, g); err != nil {
		t.Fatal(err)
	}
	return dir
}

// knownParts reports for train, valid and test whether v has a number for it; what
// has neither a number nor null fails the test.
func knownParts(t *testing.T, v map[string]any) (out [3]bool) {
	t.Helper()
	for i, part := range []string{"train", "valid", "test"} {
		x, ok := v[part]
		if !ok {
			t.Fatalf("there is no %s in %v", part, v)
		}
		_, out[i] = x.(float64)
		if !out[i] && x != nil {
			t.Fatalf("%s is %v, want a number or null", part, x)
		}
	}
	return out
}

// TestUnknownIsNotZero walks every output of every command over splits that
// lack a part.
func TestUnknownIsNotZero(t *testing.T) {
	for _, c := range []struct {
		lacks string
		known [3]bool // train, valid, test
	}{
		{"", [3]bool{true, true, true}}, {"valid", [3]bool{true, false, true}}, {"test", [3]bool{true, true, false}},
		{"one-train", [3]bool{true, true, true}}, {"one-valid", [3]bool{true, true, true}}, {"one-test", [3]bool{true, true, true}},
		{"class", [3]bool{true, true, true}},
	} {
		t.Run("lacks="+c.lacks, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			at := func(name string) string { return filepath.Join(dir, name) }
			data := karateWithout(t, c.lacks)
			run := func(args ...string) result {
				t.Helper()
				return abkd(t, slices.Insert(args, 1, "--data", data)...).ok(t)
			}
			small := []string{"--epochs", "3", "--hidden", "4", "--layers", "2"}

			out := run(slices.Concat([]string{"train", "--json", "--out", at("t"), "--metrics", at("m")}, small)...)
			checkUnknown(t, out, c.known)
			checkMetricsLines(t, at("m"), c.known)
			if epoch := num(t, out.json(t), "best_epoch"); c.lacks == "valid" && epoch != 3 {
				t.Errorf("best epoch is %v without validation nodes, want the last", epoch)
			}
			checkUnknown(t, run(slices.Concat([]string{"distill", "--json", "--teacher", at("t")}, small)...), c.known)
			checkUnknown(t, run("eval", "--json", "--weights", at("t")), c.known)
			checkText(t, run(slices.Concat([]string{"train"}, small)...), c.known)
			checkText(t, run(slices.Concat([]string{"distill", "--teacher", at("t")}, small)...), c.known)
			checkText(t, run("eval", "--weights", at("t")), c.known)
			run("info")
			run("export", at("t"), "--format", "csv", "--out", at("p.csv"))
			v := run("pack", "--target", "8", "--out", at("g.pack"), "--teacher", at("t"), "--json").json(t)
			knownParts(t, v["teacher"].(map[string]any))
			for _, seeds := range []string{"1", "2"} {
				checkCompared(t, data, at("cmp"+seeds), seeds, c.known)
			}
			tune := abkd(t, "tune", "--data", data, "--criteria", "none,kd", "--trials", "2", "--epochs", "2", "--teacher-epochs", "2", "--out", at("tuned"))
			if c.lacks == "valid" {
				tune.fails(t, "no validation nodes", "trials are chosen by their accuracy")
			} else {
				tune.ok(t)
			}
		})
	}
}

// checkUnknown checks the accuracies of a report and of its teacher, and that
// the notes tell of parts that are not there.
func checkUnknown(t *testing.T, r result, known [3]bool) {
	t.Helper()
	v := r.json(t)
	models := []map[string]any{v}
	if teacher, ok := v["teacher"].(map[string]any); ok {
		models = append(models, teacher)
	}
	for _, m := range models {
		if got := knownParts(t, m); got != known {
			t.Errorf("abkd %q: known are %v, want %v: %v", r.args, got, known, m)
		}
	}
	notes := fmt.Sprint(v["notes"])
	if strings.Contains(notes, "no test nodes") == known[2] || r.args[0] != "eval" && strings.Contains(notes, "no validation nodes") == known[1] {
		t.Errorf("abkd %q: notes are %v, known are %v", r.args, notes, known)
	}
}

func checkText(t *testing.T, r result, known [3]bool) {
	t.Helper()
	for i, line := range []string{"accuracy, train", "  valid", "  test"} {
		m := regexp.MustCompile(`(?m)^` + line + ` +(.*)$`).FindStringSubmatch(r.stdout)
		if m == nil || strings.Contains(m[1], "n/a") == known[i] || strings.Contains(m[1], "NaN") {
			t.Errorf("abkd %q: line of %s is %q, known is %t", r.args, line, m, known[i])
		}
	}
}

func checkMetricsLines(t *testing.T, name string, known [3]bool) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		if got := knownParts(t, v); got != known {
			t.Errorf("metrics have %v, want %v: %s", got, known, line)
		}
	}
}

// checkCompared compares two criteria and reads every file that this leaves.
func checkCompared(t *testing.T, data, out, seeds string, known [3]bool) {
	t.Helper()
	r := abkd(t, "compare", "--data", data, "--criteria", "none,kd", "--seeds", seeds, "--epochs", "2", "--teacher-epochs", "2", "--out", out, "--json").ok(t)
	for _, row := range r.json(t)["rows"].([]any) {
		v := row.(map[string]any)
		spread, differs := seeds != "1", known[1] && known[2]
		for key, want := range map[string]bool{
			"test_mean": known[2], "test_sd": known[2] && spread, "valid_mean": known[1], "valid_sd": known[1] && spread,
			"diff": differs, "p_wilcoxon": differs && spread,
		} {
			if _, got := v[key].(float64); got != want {
				t.Errorf("compare over %s seeds: %s is %v, known ought to be %t", seeds, key, v[key], want)
			}
		}
		if tests := v["tests"].([]any); (tests[0] != nil) != known[2] {
			t.Errorf("tests are %v", tests)
		}
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "NaN") || strings.Contains(string(text), "+Inf") {
			t.Errorf("%s says NaN:\n%s", name, text)
		}
		return string(text)
	}
	page, text := read("report.html"), read("table.txt")
	if strings.Contains(page, "no validation nodes") == known[1] || strings.Contains(page, "no test nodes") == known[2] {
		t.Errorf("the page does not say what is known: %v", known)
	}
	if !known[2] && !strings.Contains(text, "test accuracy n/a") || seeds == "1" && !strings.Contains(text, "± n/a") {
		t.Errorf("table over %s seeds:\n%s", seeds, text)
	}
	rows, err := csv.NewReader(strings.NewReader(read("rows.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		if cell := row[slices.Index(rows[0], "test_mean")]; (cell != "") != known[2] {
			t.Errorf("test_mean in CSV is %q", cell)
		}
	}
}

// TestNoTrainingNodes refuses what nothing can be learned from.
func TestNoTrainingNodes(t *testing.T) {
	data := karateWithout(t, "train")
	teacher := weights(t, "--layers", "2", "--hidden", "4")
	for _, args := range [][]string{
		{"train"}, {"distill", "--teacher", teacher}, {"compare", "--criteria", "none,kd", "--epochs", "2"},
		{"tune", "--criteria", "none,kd", "--trials", "2", "--out", filepath.Join(t.TempDir(), "tuned")},
	} {
		abkd(t, slices.Insert(args, 1, "--data", data)...).fails(t, "no training nodes")
	}
}

// TestBatchesWithoutTrainingNodes draws batches by random walks that mostly
// miss the only training node.
func TestBatchesWithoutTrainingNodes(t *testing.T) {
	data := karateWithout(t, "one-train")
	metrics := filepath.Join(t.TempDir(), "m.jsonl")
	args := []string{"train", "--data", data, "--layers", "1", "--sampler", "saint", "--roots", "1", "--steps", "1", "--epochs", "20", "--metrics", metrics, "--json"}
	r := abkd(t, args...).ok(t)
	m := regexp.MustCompile(`note: (\d+) of 20 batches had no training node`).FindStringSubmatch(r.stderr)
	if m == nil {
		t.Fatalf("stderr is %q", r.stderr)
	}
	text, err := os.ReadFile(metrics)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), `"last":{"total":null,"ce":null,`); fmt.Sprint(n) != m[1] || n == 0 {
		t.Errorf("%d lines without a loss, want %s:\n%s", n, m[1], text)
	}
	if strings.Contains(string(text), `"ce":0,`) {
		t.Errorf("a loss of 0:\n%s", text)
	}
	again := filepath.Join(t.TempDir(), "m.jsonl")
	args[len(args)-2] = again
	if other := abkd(t, args...).ok(t).json(t); other["loss"] != r.json(t)["loss"] {
		t.Error("the same command comes to another loss")
	}
}
