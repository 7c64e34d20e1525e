package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abkd/sim/memory"
	"abkd/sim/setup"
)

// Files and evaluations that do not fit are refused before they are read or
// begun.
func TestMemoryBound(t *testing.T) {
	dir := t.TempDir()
	data, w, out := filepath.Join(dir, "g"), filepath.Join(dir, "w"), filepath.Join(dir, "out")
	abkd(t, "synth", "--shape", "ogbn-mag", "--scale", "0.002", "--out", data).ok(t)
	abkd(t, "train", "--data", data, "--epochs", "1", "--layers", "3", "--hidden", "512", "--sampler", "saint", "--roots", "20", "--out", w).ok(t)
	for _, command := range []string{"eval --weights " + w, "export " + w + " --format csv --out " + out, "export " + w + " --format pytorch --out " + out} {
		args := append(strings.Fields(command), "--data", data, "--max-memory")
		abkd(t, append(args, "60MiB")...).fails(t, "to evaluate it on all nodes takes about", "more than --max-memory, 60 MiB")
		abkd(t, append(args, "1GB")...).ok(t)
	}
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, []byte("ABKDPACK"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 1<<43); err != nil {
		t.Skip("no file of 8 TiB can be made here: ", err)
	}
	for _, command := range []string{"eval --data karate --weights ", "export --data karate --format csv --out " + out + " ", "distill --data karate --teacher ", "pack --data karate --out " + out + ".pack --teacher ", "info --data ", "train --data "} {
		abkd(t, append(strings.Fields(command), large)...).fails(t, large+": the file has 8 TiB, and reading it takes about 16 TiB, more than the machine has")
	}
}

// One run that the machine has no memory for is refused, and several at a time
// that it has not are warned of.
func TestCompareOnASmallMachine(t *testing.T) {
	j := &comparison{}
	run := setup.Footprint{Models: 1 << 30}
	var warned bytes.Buffer
	if err := j.judge(&warned, run, 2, memory.Allowance{Free: 1 << 29, Most: 1 << 29}); err == nil || !strings.Contains(err.Error(), "a run is estimated to need 1.02 GiB, more than the machine has with all its swap, 512 MiB: models 1 GiB") {
		t.Errorf("the error is %v", err)
	}
	if err := j.judge(&warned, run, 2, memory.Allowance{Free: 1 << 30, Most: 3 << 29}); err != nil || !strings.Contains(warned.String(), "2 runs side by side are estimated to need 2.02 GiB") {
		t.Errorf("the error is %v, the warning %q", err, &warned)
	}
}
