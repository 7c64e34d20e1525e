package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// epochLines returns the objects of a file of metrics.
func epochLines(t *testing.T, name string) (lines []map[string]any) {
	t.Helper()
	text := string(fileOf(t, name))
	if text != "" && !strings.HasSuffix(text, "\n") {
		t.Errorf("%s ends within a line", name)
	}
	for line := range strings.Lines(text) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		lines = append(lines, v)
	}
	return lines
}

func TestMetrics(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lines")
	put(t, name, `{"epoch":1}`+"\n{cut sho")
	v := abkd(t, "train", "--data", "mag-mini", "--hidden", "8", "--sampler", "saint", "--roots", "60", "--steps", "3", "--eval-every", "2",
		"--epochs", "5", "--metrics", name, "--json").ok(t).json(t)
	lines := epochLines(t, name)
	if len(lines) != 5 {
		t.Fatalf("there are %d lines, want one for each of 5 epochs", len(lines))
	}
	for i, l := range lines {
		evaluated := i == 1 || i == 3 || i == 4
		if num(t, l, "epoch") != float64(i+1) || evaluated != (l["valid"] != nil) || evaluated != (l["test"] != nil) || evaluated != (l["train"] != nil) {
			t.Errorf("line %d is %v, want that epoch and accuracies after 2, 4 and 5", i+1, l)
		}
		for _, key := range []string{"seconds", "edges", "edges_per_second", "flop", "gflop_per_second", "memory"} {
			if num(t, l, key) <= 0 {
				t.Errorf("line %d: %s is %v, want above 0", i+1, key, l[key])
			}
		}
		if evaluated != (num(t, l, "evaluation_flop") > 0) {
			t.Errorf("line %d: evaluation_flop is %v, want above 0 where there was one", i+1, l["evaluation_flop"])
		}
		if num(t, l, "evaluation_seconds") < 0 || num(t, l["last"].(map[string]any), "ce") <= 0 {
			t.Errorf("line %d is %v", i+1, l)
		}
	}
	last := lines[4]
	if last["best_epoch"] != v["best_epoch"] || num(t, last["last"].(map[string]any), "total") != num(t, v["last"].(map[string]any), "total") {
		t.Errorf("the last line is %v, want it to agree with %v", last, v)
	}
}

// A run that goes on adds its lines, each epoch's once: those that were done
// after the checkpoint are done again, and a line that was cut short goes.
func TestMetricsResume(t *testing.T) {
	dir := t.TempDir()
	name, state := filepath.Join(dir, "lines"), filepath.Join(dir, "state")
	args := []string{"train", "--data", "karate", "--checkpoint", state, "--metrics", name}
	abkd(t, append(args, "--epochs", "3")...).ok(t)
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"epoch":4,"best_epoch":1}` + "\n" + `{"epoch":5,"be`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	abkd(t, append(args, "--epochs", "6", "--resume")...).ok(t)
	lines := epochLines(t, name)
	if len(lines) != 6 {
		t.Fatalf("there are %d lines, want 6", len(lines))
	}
	for i, l := range lines {
		if num(t, l, "epoch") != float64(i+1) || l["last"] == nil {
			t.Errorf("line %d is %v", i+1, l)
		}
	}
	put(t, name, "notes of mine\n")
	abkd(t, append(args, "--epochs", "7", "--resume")...).fails(t, "--metrics "+name+": the file that is there is no file of metrics")
	remove(t, name)
	abkd(t, append(args, "--epochs", "7", "--resume")...).ok(t)
	if lines := epochLines(t, name); len(lines) != 1 || num(t, lines[0], "epoch") != 7 {
		t.Errorf("lines are %v, want that of epoch 7", lines)
	}
	abkd(t, "train", "--data", "no/such", "--metrics", dir).fails(t, "--metrics "+dir+": it is a folder")
}

// Hidden units and gradients are in the lines of the epochs that are looked into;
// the weights are those of a run without metrics.
func TestMetricsLookInto(t *testing.T) {
	dir := t.TempDir()
	teacher, lines := filepath.Join(dir, "teacher.safetensors"), filepath.Join(dir, "lines")
	abkd(t, "train", "--data", "karate", "--model", "gcn", "--hidden", "8", "--epochs", "5", "--out", teacher).ok(t)
	args := []string{"distill", "--data", "karate", "--model", "gcn", "--teacher", teacher, "--layers", "3", "--hidden", "4", "--epochs", "13", "--recipe", "published", "--warmup", "2", "--json"}
	plain := abkd(t, args...).ok(t).json(t)
	seen := abkd(t, append(args, "--metrics", lines)...).ok(t).json(t)
	if plain["test"] != seen["test"] || num(t, plain["last"].(map[string]any), "total") != num(t, seen["last"].(map[string]any), "total") {
		t.Errorf("a run that is looked at comes to %v, another to %v", seen["last"], plain["last"])
	}
	for i, l := range epochLines(t, lines) {
		layers, gradients := l["hidden_layers"].([]any), l["gradients"].([]any)
		if i == 10 || i == 11 {
			if len(layers)+len(gradients) > 0 {
				t.Errorf("epoch %d is looked into", i+1)
			}
			continue
		}
		if len(layers) != 2 || len(gradients) != 3 {
			t.Fatalf("epoch %d has %d hidden layers and %d gradients, want 2 and 3", i+1, len(layers), len(gradients))
		}
		for _, h := range layers {
			if h := h.(map[string]any); num(t, h, "units") != 4 || num(t, h, "rank") > 4 {
				t.Errorf("epoch %d: a hidden layer is %v", i+1, h)
			}
		}
		g := gradients[0].(map[string]any)
		if begun := i >= 2; num(t, g, "task") <= 0 || begun != (num(t, g, "ratio") > 0) || begun != (g["cosine"] != nil) {
			t.Errorf("epoch %d: gradients are %v", i+1, g)
		}
	}
	if report := abkd(t, args[:len(args)-1]...).ok(t).stdout; !strings.Contains(report, "hidden units, layer 1: ") || !strings.Contains(report, "effective rank") {
		t.Errorf("the report says nothing of hidden units:\n%s", report)
	}
}
