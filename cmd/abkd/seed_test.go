package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"abkd/gnn/safetensors"
)

// TestSeedZero checks that seed 0 is a seed of its own, under its own number,
// and that the largest one, under which it once ran, is still another.
func TestSeedZero(t *testing.T) {
	dir := t.TempDir()
	loss := map[string]float64{}
	for _, seed := range []string{"0", "1", "4294967296"} {
		out := filepath.Join(dir, seed)
		args := []string{"train", "--data", "karate", "--epochs", "3", "--seed", seed, "--out", out, "--json"}
		first, second := abkd(t, args...).ok(t).json(t), abkd(t, args...).ok(t).json(t)
		if got := fmt.Sprintf("%.0f", num(t, first, "seed")); got != seed {
			t.Errorf("seed %s is reported as %s", seed, got)
		}
		if !reflect.DeepEqual(first["last"], second["last"]) {
			t.Errorf("seed %s: the losses are %v, then %v", seed, first["last"], second["last"])
		}
		f, err := safetensors.ReadFile(out)
		if err != nil || f.Metadata["seed"] != seed {
			t.Errorf("seed %s: the file has %v (%v)", seed, f.Metadata, err)
		}
		loss[seed] = num(t, first["last"].(map[string]any), "total")
	}
	if loss["0"] == loss["1"] || loss["0"] == loss["4294967296"] {
		t.Errorf("losses by seed are %v, want others for each", loss)
	}
	v := abkd(t, "compare", "--data", "karate", "--model", "gcn", "--criteria", "none", "--students", "1x2", "--seed", "0", "--seeds", "3",
		"--epochs", "1", "--teacher-epochs", "1", "--teacher-hidden", "2", "--json").ok(t).json(t)
	if got := fmt.Sprint(v["seeds"]); got != "[0 1 2]" {
		t.Errorf("compare from seed 0 has the seeds %s", got)
	}
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	zero := abkd(t, "synth", "--papers", "40", "--seed", "0", "--out", a, "--json").ok(t).json(t)
	one := abkd(t, "synth", "--papers", "40", "--seed", "1", "--out", b, "--json").ok(t).json(t)
	if num(t, zero, "seed") != 0 || slices.Equal(featuresOf(t, a), featuresOf(t, b)) || num(t, one, "seed") != 1 {
		t.Errorf("synth reports the seeds %v and %v, want other files of 0 and 1", zero["seed"], one["seed"])
	}
}

// featuresOf returns the bytes of the papers' features in a graph's folder.
func featuresOf(t *testing.T, dir string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "raw", "node-feat", "paper", "node-feat.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
