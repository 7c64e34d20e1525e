package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/mat"
)

// A cell is what a test reads of a finished run.
type cell struct {
	Variant, Teacher string
	Test             float64
}

func readCell(t *testing.T, name string) (c cell) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCompareBaselines compares the rows of models that are no GNN with what
// train says of them.
func TestCompareBaselines(t *testing.T) {
	args := []string{"compare", "--data", "mag-mini", "--criteria", "none", "--students", "2x4", "--seed", "3", "--seeds", "2", "--teacher-layers", "2", "--teacher-hidden", "8",
		"--teacher-epochs", "2", "--epochs", "20"}
	c := abkd(t, with(args, "--json")...).ok(t)
	v := c.json(t)
	for _, model := range []string{"mlp", "sgc"} {
		row := entry(t, v["baselines"], "model", model)
		for i, seed := range []string{"3", "4"} {
			one := abkd(t, "train", "--data", "mag-mini", "--model", model, "--layers", "2", "--hidden", "8", "--seed", seed, "--epochs", "20", "--json").ok(t).json(t)
			if got, want := row["tests"].([]any)[i].(float64), num(t, one, "test"); got-want > 1e-6 || want-got > 1e-6 || num(t, row, "params") != num(t, one, "params") {
				t.Errorf("%s, seed %s: %v with %v parameters, train has %v with %v", model, seed, got, row["params"], want, one["params"])
			}
		}
	}
	mlp, cs := entry(t, v["baselines"], "model", "mlp"), entry(t, v["baselines"], "model", "cs")
	if num(t, cs, "params") != num(t, mlp, "params") || num(t, cs, "test") < num(t, mlp, "test")+.1 || cs["test_sd"] == nil || cs["size"] != "2x8" || num(t, cs, "seeds") != 2 {
		t.Errorf("Correct & Smooth is %v over %v, want it far ahead with the same weights", cs, mlp)
	}
	if sgc := entry(t, v["baselines"], "model", "sgc"); sgc["size"] != "" {
		t.Errorf("sgc has the size %v, want none", sgc["size"])
	}
	if !strings.Contains(c.stderr, "BELOW lp, which needs no training") || !strings.Contains(c.stderr, "none 2x4, teacher 2x8; try") {
		t.Errorf("told is %q, want that student and teacher are below the strongest", c.stderr)
	}
	if r := abkd(t, with(args, "--rounds", "1", "--json")...).ok(t); strings.Contains(r.stderr, "--rounds has no effect") || num(t, entry(t, r.json(t)["baselines"], "model", "cs"), "test") == num(t, cs, "test") {
		t.Errorf("with one round of propagation Correct & Smooth is the same: %s", r.stderr)
	}
}

// TestCompareOldFolder opens a folder that was made before comparisons had
// baselines that are trained: these are added, and no student is trained again.
func TestCompareOldFolder(t *testing.T) {
	if mat.Fastest() != "avx2" {
		t.Skipf("the folder was computed by the kernels avx2, here they are %s", mat.Fastest())
	}
	dir := filepath.Join(t.TempDir(), "out")
	if err := os.CopyFS(dir, os.DirFS("testdata/compared")); err != nil {
		t.Fatal(err)
	}
	cells := filepath.Join(dir, "cells")
	old, before := namesIn(t, cells), map[string]string{}
	for _, name := range old {
		text, err := os.ReadFile(filepath.Join(cells, name))
		if err != nil {
			t.Fatal(err)
		}
		before[name] = string(text)
	}
	v := abkd(t, "compare", "--data", "karate", "--model", "gcn", "--criteria", "none,kd", "--students", "2x2", "--seeds", "2", "--teacher-layers", "2", "--teacher-hidden", "4",
		"--teacher-epochs", "4", "--epochs", "3", "--out", dir, "--json").ok(t).json(t)
	var tests []float64
	for _, name := range namesIn(t, cells) {
		c := readCell(t, filepath.Join(cells, name))
		if text, was := before[name]; was {
			tests = append(tests, c.Test)
			if now, err := os.ReadFile(filepath.Join(cells, name)); err != nil || string(now) != text {
				t.Errorf("the student %s is another now (%v)", name, err)
			}
		} else if c.Teacher != "" || !slices.Contains([]string{"mlp", "sgc", "cs"}, c.Variant) {
			t.Errorf("%s is new and no baseline: %+v", name, c)
		}
	}
	var rows []float64
	for _, r := range v["rows"].([]any) {
		for _, x := range r.(map[string]any)["tests"].([]any) {
			rows = append(rows, x.(float64))
		}
	}
	slices.Sort(tests)
	slices.Sort(rows)
	if !slices.Equal(tests, rows) || len(tests) != 4 {
		t.Errorf("the rows have %v, the students that were there %v", rows, tests)
	}
}
