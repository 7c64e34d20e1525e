package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abkd/sim/study/report"
)

// TestCompareTuned compares criteria as they were tuned.
func TestCompareTuned(t *testing.T) {
	from := tune(t)
	file := filepath.Join(from, "tuned.json")
	found := readTunedFile(t, from)
	dir := filepath.Join(t.TempDir(), "out")
	v := abkd(t, "compare", "--data", "karate", "--tuned", file, "--seeds", "3", "--out", dir, "--json").ok(t).json(t)
	rows := v["rows"].([]any)
	if len(rows) != 3 {
		t.Fatalf("%d rows, want one of each criterion", len(rows))
	}
	for i, c := range found.Criteria {
		r := rows[i].(map[string]any)
		if r["criterion"] != c.Criterion || r["variant"] != "" || num(t, r, "hidden") != 4 || num(t, r, "seeds") != 3 {
			t.Errorf("row %d is %v", i, r)
		}
		if num(t, r, "tune_trials") != 5 || num(t, r, "tune_runs") != 10 || num(t, r, "tune_s") != c.Seconds || !strings.Contains(r["tune_space"].(string), c.Space[0].String()) {
			t.Errorf("row %d does not say what its settings cost: %v", i, r)
		}
	}
	if num(t, v, "epochs") != 6 || num(t, v, "teacher_epochs") != 5 || v["model"] != "gcn" || v["split"] != "public" {
		t.Errorf("what was compared is not what was tuned for: %v", v)
	}
	if tuned := v["tuned"].(map[string]any); num(t, tuned, "trials") != 5 || tuned["line"] != found.Line {
		t.Errorf("the result says of the search %v", tuned)
	}
	checkCSV(t, dir, rows)
	text, err := os.ReadFile(filepath.Join(dir, "table.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{found.Budget(), "search space", found.Criteria[2].Space[0].String(), report.SettingsText(&found.Criteria[0])} {
		if !strings.Contains(string(text), w) {
			t.Errorf("table.txt is\n%s\nwant %q in it", text, w)
		}
	}
	// A row is the run that its settings say.
	variant := abkd(t, "compare", "--data", "karate", "--tuned", file, "--seeds", "3", "--criteria", "kd", "--json",
		"--variant", "same:"+found.Find("abkd").Best.Settings).ok(t).json(t)["rows"].([]any)
	if len(variant) != 2 || variant[1].(map[string]any)["test_mean"] != rows[2].(map[string]any)["test_mean"] {
		t.Errorf("as a variant abkd has %v, want %v", variant, rows[2])
	}
	if r := variant[1].(map[string]any); num(t, r, "tune_trials") != 0 {
		t.Errorf("a variant of mine was searched for with %v trials", r["tune_trials"])
	}
	if v := abkd(t, with(small, "--json")...).ok(t).json(t); v["tuned"] != nil {
		t.Errorf("a comparison without tuning says %v", v["tuned"])
	}
}

// TestCompareTunedRefuses compares on something else than was tuned for.
func TestCompareTunedRefuses(t *testing.T) {
	file := filepath.Join(tune(t), "tuned.json")
	args := []string{"compare", "--data", "karate", "--tuned", file, "--seeds", "2"}
	abkd(t, args...).ok(t)
	for _, c := range []struct{ more, want []string }{
		{[]string{"--data", "mag-mini"}, []string{file, "split public of karate"}},
		{[]string{"--data", graphFolder(t), "--split", "random"}, []string{file, "split public, here it is random"}},
		{[]string{"--model", "rgcn"}, []string{file, "made with model=gcn, here it is model=rgcn"}},
		{[]string{"--students", "2x5"}, []string{file, "made for a student of 2x4, here is one of 2x5"}},
		{[]string{"--students", "2x4,2x8"}, []string{file, "2x8"}},
		{[]string{"--epochs", "7"}, []string{file, "made with epochs=6, here it is epochs=7"}},
		{[]string{"--teacher-epochs", "7"}, []string{file, "teacher-epochs=5"}},
		{[]string{"--teacher-hidden", "9"}, []string{file, "teacher-hidden=8"}},
		{[]string{"--beta", "3"}, []string{file, "beta=1, here it is beta=3"}},
		{[]string{"--seed", "1000"}, []string{file, "seed 1001 was tuned on"}},
		{[]string{"--criteria", "fitnet"}, []string{"--criteria", `"fitnet" was not tuned`, "none, kd, abkd"}},
		{[]string{"--criteria", "kd+abkd"}, []string{"--criteria", "was not tuned"}},
		{[]string{"--preset", "quick"}, []string{"--preset and --tuned"}},
		{[]string{"--tuned", ""}, []string{`--tuned is ""`}},
		{[]string{"--tuned", "/nosuch/tuned.json"}, []string{"--tuned /nosuch/tuned.json", "no such file"}},
		{[]string{"--tuned", filepath.Dir(file)}, []string{"it is a folder, want a file"}},
	} {
		t.Run("args="+strings.Join(c.more, "="), func(t *testing.T) {
			abkd(t, with(args, c.more...)...).fails(t, c.want...)
		})
	}
}

// TestCompareTunedData tunes for one split of a graph: the other one, and a
// graph with one label changed, are refused.
func TestCompareTunedData(t *testing.T) {
	data := graphFolder(t)
	from := tune(t, "--data", data, "--split", "random", "--criteria", "none")
	args := []string{"compare", "--data", data, "--tuned", filepath.Join(from, "tuned.json"), "--seeds", "2"}
	if v := abkd(t, with(args, "--json")...).ok(t).json(t); v["split"] != "random" {
		t.Errorf("the split is %v, want the one that was tuned for", v["split"])
	}
	abkd(t, with(args, "--split", "time")...).fails(t, "split random, here it is time")
	other := filepath.Join(t.TempDir(), "other")
	abkd(t, "synth", "--papers", "60", "--classes", "3", "--features", "8", "--seed", "5", "--out", other).ok(t)
	abkd(t, with(args, "--data", other)...).fails(t, "another graph or another split", data, other, "fingerprints")
}

// TestCompareTunedCorrupt damages tuned.json in one place at a time.
func TestCompareTunedCorrupt(t *testing.T) {
	from := tune(t)
	text, err := os.ReadFile(filepath.Join(from, "tuned.json"))
	if err != nil {
		t.Fatal(err)
	}
	criterion := func(v map[string]any, i int) map[string]any { return v["criteria"].([]any)[i].(map[string]any) }
	for name, c := range map[string]struct {
		damage func(v map[string]any)
		want   string
	}{
		"format":     {func(v map[string]any) { v["format"] = "abkd tune 0" }, `format is "abkd tune 0"`},
		"no-format":  {func(v map[string]any) { delete(v, "format") }, `format is ""`},
		"data":       {func(v map[string]any) { delete(v, "fingerprint") }, "fingerprint"},
		"seeds":      {func(v map[string]any) { v["seeds"] = []any{} }, "0 seeds"},
		"seed-type":  {func(v map[string]any) { v["seeds"] = "1001" }, "seeds"},
		"trials":     {func(v map[string]any) { v["trials"] = 0 }, "0 trials"},
		"criteria":   {func(v map[string]any) { v["criteria"] = nil }, "0 criteria"},
		"base":       {func(v map[string]any) { v["base"] = "model=abacus" }, `model is "abacus"`},
		"student":    {func(v map[string]any) { v["student"] = "large" }, `"large"`},
		"criterion":  {func(v map[string]any) { criterion(v, 1)["criterion"] = "nosuch" }, "criterion 2"},
		"twice":      {func(v map[string]any) { v["criteria"].([]any)[1] = v["criteria"].([]any)[0] }, "none is there twice"},
		"budget":     {func(v map[string]any) { criterion(v, 2)["trials"] = 50 }, "criterion abkd had 50 trials"},
		"settings":   {func(v map[string]any) { criterion(v, 2)["best"].(map[string]any)["settings"] = "criterion=abkd&beta=x" }, "beta is"},
		"no-setting": {func(v map[string]any) { criterion(v, 2)["best"].(map[string]any)["settings"] = "" }, "criterion 3"},
	} {
		t.Run("damage="+name, func(t *testing.T) {
			var v map[string]any
			if err := json.Unmarshal(text, &v); err != nil {
				t.Fatal(err)
			}
			c.damage(v)
			damaged, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "tuned.json")
			put(t, file, string(damaged))
			abkd(t, "compare", "--data", "karate", "--tuned", file, "--seeds", "2").fails(t, file, c.want)
		})
	}
	for name, content := range map[string]string{"empty": "", "cut": string(text[:len(text)/2]), "html": "<html>", "number": "7", "null": "null"} {
		t.Run("damage="+name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "tuned.json")
			put(t, file, content)
			abkd(t, "compare", "--data", "karate", "--tuned", file).fails(t, file, "no result of abkd tune")
		})
	}
}
