package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBaselineModels trains, saves, evaluates and exports each model that is no
// GNN on a graph without features.
func TestBaselineModels(t *testing.T) {
	dir := t.TempDir()
	bare := filepath.Join(dir, "bare")
	abkd(t, "synth", "--shape", "featureless", "--papers", "600", "--out", bare).ok(t)
	test := map[string]float64{}
	for _, model := range []string{"majority", "lp"} {
		out := filepath.Join(dir, model+".safetensors")
		r := abkd(t, "train", "--data", bare, "--model", model, "--out", out, "--json").ok(t)
		v := r.json(t)
		test[model] = num(t, v, "test")
		if v["params"] != 0. || v["epochs"] != 1. || !strings.Contains(r.stderr, "has no weights: "+out+" will hold its settings") {
			t.Errorf("%s: params %v, epochs %v, told %q", model, v["params"], v["epochs"], r.stderr)
		}
		if e := abkd(t, "eval", "--data", bare, "--weights", out, "--json").ok(t).json(t); num(t, e, "test") != test[model] {
			t.Errorf("%s: eval has %v, train had %v", model, e["test"], test[model])
		}
		if b := entry(t, v["baselines"], "model", model); num(t, b, "test") != test[model] {
			t.Errorf("%s: as a baseline it has %v, as a model %v", model, b["test"], test[model])
		}
		abkd(t, "export", out, "--data", bare, "--out", filepath.Join(dir, model+".csv")).ok(t)
		abkd(t, "distill", "--data", bare, "--teacher", out, "--criterion", "kd", "--epochs", "1").ok(t)
		abkd(t, "pack", "--data", bare, "--teacher", out, "--out", filepath.Join(dir, "p.pack")).fails(t, "computes from the whole graph")
		abkd(t, "export", out, "--data", bare, "--format", "pytorch", "--out", filepath.Join(dir, "py")).fails(t, "is no network")
	}
	if test["lp"] < test["majority"]+.1 {
		t.Errorf("test accuracies are %v, want label propagation far ahead", test)
	}
	r := abkd(t, "train", "--data", bare, "--label-reuse=false", "--layers", "1", "--epochs", "2").ok(t)
	for _, want := range []string{"the model is BELOW what needs no training", "label propagation (--model lp) has", "try --label-reuse, --inputs fastrp, more --layers"} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("told is %q, want %q in it", r.stderr, want)
		}
	}
	abkd(t, "train", "--data", bare, "--model", "sgc").fails(t, "has no features and gets none")
	abkd(t, "distill", "--data", bare, "--model", "lp", "--teacher", filepath.Join(dir, "lp.safetensors")).fails(t, "a model of the kind lp has no weights")
	abkd(t, "compare", "--data", bare, "--model", "majority").fails(t, "a model of the kind majority has no weights")
	out := filepath.Join(dir, "compared")
	c := abkd(t, "compare", "--data", bare, "--label-reuse=false", "--criteria", "none", "--students", "1x2", "--seeds", "1", "--epochs", "1", "--teacher-epochs", "1", "--teacher-hidden", "2", "--out", out, "--json").ok(t)
	for model, want := range test {
		if b := entry(t, c.json(t)["baselines"], "model", model); float32(num(t, b, "test")) != float32(want) {
			t.Errorf("compare has %v for %s, train had %v", b["test"], model, want)
		}
	}
	if b := entry(t, c.json(t)["baselines"], "model", "sgc"); b["test"] != nil || b["missing"] != "paper has no features and gets none" {
		t.Errorf("on a graph without features sgc is %v", b)
	}
	if !strings.Contains(c.stderr, "BELOW cs 3x2, which is no GNN") || !strings.Contains(c.stderr, "none 1x2, teacher 3x2") {
		t.Errorf("told is %q, want that the student is below", c.stderr)
	}
	for name, want := range map[string]string{"table.txt": "sgc is not known: paper has no features and gets none", "report.html": "Label propagation"} {
		if text, err := os.ReadFile(filepath.Join(out, name)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v, want %q in it", name, err, want)
		}
	}
	for _, model := range []string{"sgc", "cs"} {
		v := abkd(t, "train", "--data", "mag-mini", "--model", model, "--epochs", "100", "--json").ok(t).json(t)
		if num(t, v, "test") < .5 || num(t, v, "params") == 0 {
			t.Errorf("%s has %v of the test nodes with %v parameters", model, v["test"], v["params"])
		}
	}
}
