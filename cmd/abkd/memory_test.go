package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// A run that needs more than it may is refused before it begins, with the
// parts of the estimate and what would help.
func TestMaxMemory(t *testing.T) {
	out := filepath.Join(t.TempDir(), "w")
	for args, want := range map[string]string{
		"":                                       "--sampler saint",
		"--inputs embedding --input 4096":        "--inputs means",
		"--sampler saint":                        "--roots",
		"--sampler neighbor --batch-size 100000": "--batch-size",
	} {
		abkd(t, append([]string{"train", "--data", "mag-mini", "--max-memory", "27MiB", "--out", out}, strings.Fields(args)...)...).
			fails(t, "--max-memory 27 MiB: the run is estimated to need", "graph ", "models ", "optimiser ", "program 24 MiB", want)
	}
	abkd(t, "train", "--data", "mag-mini", "--epochs", "1", "--max-memory", "1GB").ok(t)
	abkd(t, "train", "--data", "mag-mini", "--max-memory", "much").fails(t, "--max-memory")
}

// Every command that reads a graph has the limit, and a comparison asks for
// all runs that it would do side by side.
func TestMaxMemoryOfEveryCommand(t *testing.T) {
	dir, w := t.TempDir(), weights(t)
	data, out := filepath.Join(dir, "g"), filepath.Join(dir, "out")
	abkd(t, "synth", "--shape", "ogbn-mag", "--scale", "0.002", "--out", data).ok(t)
	for _, command := range []string{"train", "distill --teacher " + w, "eval --weights " + w, "info", "compare", "tune --out " + out, "pack --out " + out, "export " + w + " --format csv --out " + out} {
		args := append(strings.Fields(command), "--data", data, "--max-memory", "24MiB")
		abkd(t, args...).fails(t, "--max-memory 24 MiB: the graph and the program need")
	}
	// Room for one run, but not for two.
	for command, room := range map[string]string{
		"compare --criteria kd --students 2x1000 --seeds 2":    "400MiB",
		"tune --criteria kd --trials 2 --seeds 2 --out " + out: "100MiB",
	} {
		args := append(strings.Fields(command), "--data", data, "--jobs", "2", "--max-memory")
		abkd(t, append(args, room)...).fails(t, ": 2 runs side by side are estimated to need", "lower --jobs")
		abkd(t, append(args, "36MiB")...).fails(t, "2 runs side by side are estimated to need", "one alone is too large: choose narrower models")
	}
}

// The estimate is no less than what the process has at its peak, and not
// absurdly more, for every kind of model, sampler, input and criterion.
func TestEstimate(t *testing.T) {
	dir := t.TempDir()
	data, teacher := filepath.Join(dir, "g"), filepath.Join(dir, "teacher")
	abkd(t, "synth", "--shape", "ogbn-mag", "--scale", "0.012", "--out", data).ok(t)
	abkd(t, "train", "--data", data, "--epochs", "1", "--layers", "3", "--hidden", "64", "--out", teacher).ok(t)
	const saint = " --sampler saint --roots 600 --steps 3"
	for _, args := range []string{
		"train --hidden 128 --sampler full",
		"train --hidden 128 --sampler full --inputs embedding --input 64",
		"train --hidden 128 --sampler neighbor --batch-size 256 --fanout 5",
		"train --hidden 128" + saint,
		"train --hidden 128 --inputs embedding --input 64" + saint,
		"train --hidden 64 --model gcn" + saint,
		"train --hidden 64 --model sage --sampler neighbor --batch-size 256 --fanout 5",
		"train --hidden 64 --model gat --heads 4",
		"train --hidden 64 --model gcnii --layers 16",
		"train --hidden 64 --model mlp",
		"distill --hidden 32 --criterion abkd --teacher TEACHER" + saint,
		"distill --hidden 32 --criterion gsp --max-nodes 3000 --teacher TEACHER" + saint,
		"distill --hidden 32 --criterion stride --max-nodes 3000 --teacher TEACHER" + saint,
		"distill --hidden 32 --criterion kd --teacher TEACHER",
	} {
		t.Run("args="+strings.ReplaceAll(args, " ", ","), func(t *testing.T) {
			line := strings.Fields(strings.ReplaceAll(args, "TEACHER", teacher) + " --epochs 2 --eval-every 2 --json --data " + data)
			v := abkd(t, line...).ok(t).json(t)
			if v["peak_memory"] == nil {
				t.Skip("the peak is not known on this system")
			}
			estimate, peak := num(t, v, "estimated_memory"), num(t, v, "peak_memory")
			t.Logf("estimate %.0f MiB, peak %.0f MiB, ratio %.2f", estimate/(1<<20), peak/(1<<20), estimate/peak)
			if ratio := estimate / peak; ratio < 1 || ratio > 1.8 {
				t.Errorf("the estimate is %.0f bytes, %.2f times the peak of %.0f, want 1 to 1.8", estimate, ratio, peak)
			}
		})
	}
}
