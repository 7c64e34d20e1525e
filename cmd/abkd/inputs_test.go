package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// bareData is a graph without features, see gnn/synth/disk.
var bareData = filepath.Join("..", "..", "gnn", "synth", "disk", "testdata", "featureless")

// TestInputsOfBareGraph drives a graph without features through all commands: a
// teacher with label reuse and FastRP is saved, evaluated, exported, packed,
// taught from and compared with, and computes the same everywhere.
func TestInputsOfBareGraph(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	of := []string{"--data", bareData, "--epochs", "20"}
	run := func(args ...string) result { return abkd(t, append(args, of...)...).ok(t) }

	r := run("train", "--inputs", "fastrp", "--hidden", "8", "--out", path("teacher"), "--json")
	teacher := r.json(t)
	if !slices.Contains(teacher["defaults"].([]any), any("label-reuse=on")) || teacher["embedding_params"] != 0. {
		t.Errorf("defaults are %v, tables have %v numbers, want label reuse and none", teacher["defaults"], teacher["embedding_params"])
	}
	tables := run("train", "--hidden", "8", "--label-reuse=false", "--json").json(t)
	if slices.Contains(tables["defaults"].([]any), any("label-reuse=on")) || num(t, tables, "embedding_params") == 0 {
		t.Errorf("with the flag off: defaults %v, %v numbers in tables", tables["defaults"], tables["embedding_params"])
	}
	again := run("train", "--inputs", "fastrp", "--hidden", "8", "--out", path("again"), "--json").json(t)
	a, errA := os.ReadFile(path("teacher"))
	b, errB := os.ReadFile(path("again"))
	if errA != nil || errB != nil || len(a) == 0 || again["valid"] != teacher["valid"] || !bytes.Equal(a[len(a)-4096:], b[len(b)-4096:]) {
		t.Error("the same command comes to other weights")
	}

	e := abkd(t, "eval", "--data", bareData, "--weights", path("teacher"), "--json").ok(t).json(t)
	for _, part := range []string{"train", "valid", "test"} {
		if e[part] != teacher[part] {
			t.Errorf("eval has %v of the %s nodes, train had %v", e[part], part, teacher[part])
		}
	}
	abkd(t, "export", path("teacher"), "--data", bareData, "--out", path("all.csv")).ok(t)
	abkd(t, "export", path("teacher"), "--data", bareData, "--format", "npy", "--out", path("embeddings")).ok(t)
	abkd(t, "export", path("teacher"), "--data", bareData, "--format", "pytorch", "--out", path("torch")).ok(t)

	// The student has the teacher's inputs unless others are asked for.
	d := run("distill", "--teacher", path("teacher"), "--layers", "2", "--hidden", "4", "--label-reuse", "--out", path("student"), "--json")
	student := d.json(t)
	if !strings.Contains(d.stderr, "as the teacher: inputs=fastrp") || student["embedding_params"] != 0. || student["teacher"].(map[string]any)["test"] != teacher["test"] {
		t.Errorf("told %q, tables %v, teacher %v, want FastRP and %v", d.stderr, student["embedding_params"], student["teacher"], teacher["test"])
	}
	if e := abkd(t, "eval", "--data", bareData, "--weights", path("student"), "--json").ok(t).json(t); e["test"] != student["test"] {
		t.Errorf("eval has %v for the student, distill had %v", e["test"], student["test"])
	}
	other := run("distill", "--teacher", path("teacher"), "--inputs", "embedding", "--label-reuse=false", "--hidden", "4", "--json").json(t)
	if num(t, other, "embedding_params") == 0 {
		t.Error("a student that is to have tables has none")
	}

	// A pack has FastRP's features of the whole graph, and its teacher reads them.
	p := abkd(t, "pack", "--data", bareData, "--teacher", path("teacher"), "--target", "60", "--nodes", "400", "--features", "float32", "--out", path("bare.pack"), "--json").ok(t).json(t)
	packed := abkd(t, "eval", "--data", path("bare.pack"), "--weights", "pack", "--json").ok(t).json(t)
	if packed["test"] != p["teacher"].(map[string]any)["test"] {
		t.Errorf("the packed teacher has %v of the test nodes, pack said %v", packed["test"], p["teacher"])
	}
	abkd(t, "distill", "--data", path("bare.pack"), "--layers", "2", "--hidden", "4", "--epochs", "3").ok(t)
	abkd(t, "train", "--data", path("bare.pack"), "--inputs", "means", "--epochs", "2").ok(t)

	c := run("compare", "--criteria", "none,kd", "--students", "2x4", "--seeds", "2", "--teacher-epochs", "20", "--inputs", "fastrp", "--out", path("compared"), "--json").json(t)
	if rows := c["rows"].([]any); len(rows) != 2 || rows[0].(map[string]any)["embedding_params"] != 0. {
		t.Errorf("rows are %v, want two without tables", rows)
	}
	run("compare", "--criteria", "kd", "--students", "2x4", "--seeds", "1", "--teacher", path("teacher"), "--out", path("taught"))
}

// TestInputsAuto wants the inputs chosen by validation nodes, each choice stated,
// and the weights those of the same inputs by name.
func TestInputsAuto(t *testing.T) {
	for _, c := range []struct {
		data, args string
		want       []string // inputs, and whether labels are reused
	}{
		{bareData, "--hidden 8", []string{"embedding false", "embedding true", "fastrp false", "fastrp true"}},
		{bareData, "--hidden 8 --label-reuse", []string{"embedding true", "fastrp true"}},
		{"mag-mini", "--hidden 8 --label-reuse=false", []string{"means false", "fastrp false"}},
		{"karate", "--hidden 4 --model rgcn", []string{"means false", "means true"}},
	} {
		t.Run(filepath.Base(c.data)+" "+c.args, func(t *testing.T) {
			args := append([]string{"train", "--data", c.data, "--epochs", "8", "--layers", "2", "--json"}, strings.Fields(c.args)...)
			out := filepath.Join(t.TempDir(), "w")
			r := abkd(t, append(args, "--inputs", "auto", "--out", out)...).ok(t)
			v := r.json(t)
			var got []string
			var chosen map[string]any
			best := -1.
			for _, x := range v["input_trials"].([]any) {
				trial := x.(map[string]any)
				got = append(got, fmt.Sprint(trial["inputs"], " ", trial["label_reuse"]))
				if trial["chosen"] == true {
					chosen = trial
				}
				if trial["epochs"] != 8. {
					t.Errorf("a trial has %v epochs, want 8", trial["epochs"])
				}
				best = max(best, num(t, trial, "valid"))
			}
			if !slices.Equal(got, c.want) || chosen == nil || num(t, chosen, "valid") != best {
				t.Fatalf("trials are %v, chosen is %v, want %v and the best", v["input_trials"], chosen, c.want)
			}
			// A trial of as many epochs is the run itself.
			if v["valid"] != chosen["valid"] {
				t.Errorf("the model has %v of the validation nodes, its trial had %v", v["valid"], chosen["valid"])
			}
			named := abkd(t, append(args, "--inputs", chosen["inputs"].(string), fmt.Sprint("--label-reuse=", chosen["label_reuse"]))...).ok(t).json(t)
			if named["test"] != v["test"] || len(named["input_trials"].([]any)) != 0 {
				t.Errorf("by name it has %v of the test nodes and trials %v, want %v and none", named["test"], named["input_trials"], v["test"])
			}
			text := abkd(t, append(slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "--json" }), "--inputs", "auto")...).ok(t).stdout
			if !strings.Contains(text, "inputs, by validation after 8 epochs: "+chosen["inputs"].(string)) {
				t.Errorf("the output is %q, want the choice in it", text)
			}
		})
	}
	abkd(t, "compare", "--data", "karate", "--inputs", "auto").fails(t, "--inputs is auto, want those of all runs by name")
	abkd(t, "train", "--data", "karate", "--model", "gcn", "--inputs", "auto", "--epochs", "2").ok(t)
}
