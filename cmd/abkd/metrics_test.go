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
