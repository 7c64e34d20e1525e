package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A process that is started counts the memory of the one that started it in its
// own peak. So the test starts itself anew, while it is small, to start the
// program and to say what the system counted.
func init() {
	if os.Getenv("ABKD_TEST_PEAK") == "" {
		return
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdout = os.Stdout
	if err := cmd.Run(); err != nil {
		os.Exit(1)
	}
	fmt.Fprint(os.Stderr, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss<<10)
	os.Exit(0)
}

// The peak that a program reports is the one that the system has at its end.
func TestPeakIsTheSystems(t *testing.T) {
	for _, args := range [][]string{
		{"train", "--data", "mag-mini", "--epochs", "1", "--hidden", "1024"},
		{"train", "--data", "mag-mini", "--epochs", "1", "--hidden", "512", "--sampler", "saint", "--roots", "50"}, // measured on more than it trains on
	} {
		printed, system := peakOf(t, append(args, "--json")...)
		var v struct {
			Peak float64 `json:"peak_memory"`
		}
		if err := json.Unmarshal(printed, &v); err != nil {
			t.Fatal(err)
		}
		if ratio := v.Peak / system; ratio < 0.97 || ratio > 1.03 {
			t.Errorf("%v reports %.0f bytes, %.3f times the system's %.0f", args, v.Peak, ratio, system)
		}
	}
}

// What eval is estimated to take is no less than its peak, whether the graph is
// evaluated as one batch or layer by layer: with as much as the peak it is
// refused. So is what training takes that is followed by one layer by layer.
func TestEvaluationFits(t *testing.T) {
	dir := t.TempDir()
	small, large := filepath.Join(dir, "small"), filepath.Join(dir, "large")
	abkd(t, "synth", "--shape", "ogbn-mag", "--scale", "0.004", "--out", small).ok(t)
	abkd(t, "synth", "--shape", "ogbn-mag", "--scale", "0.06", "--out", large).ok(t)
	for name, args := range map[string]string{
		"deep":  "--data mag-mini --layers 8 --hidden 400",
		"wide":  "--data " + small + " --layers 4 --hidden 256",
		"gcn":   "--data " + small + " --model gcn --layers 24 --hidden 128",
		"gcnii": "--data " + small + " --model gcnii --layers 32 --hidden 96",
		"mlp":   "--data " + small + " --model mlp --layers 16 --hidden 200",
		"gat":   "--data " + small + " --model gat --layers 4 --heads 8 --hidden 16",
		"large": "--data " + large + " --layers 4 --hidden 48 --sampler saint --roots 2000",
	} {
		t.Run("model="+name, func(t *testing.T) {
			weights, line := filepath.Join(dir, name+".weights"), strings.Fields(args)
			trained := abkd(t, append([]string{"train", "--epochs", "1", "--dropout", "0", "--out", weights, "--json"}, line...)...).ok(t).json(t)
			if estimate, peak := num(t, trained, "estimated_memory"), num(t, trained, "peak_memory"); name == "large" && (estimate < peak || estimate > 1.8*peak) {
				t.Errorf("training is estimated to take %.0f bytes, want 1 to 1.8 times its peak of %.0f", estimate, peak)
			}
			eval := []string{"eval", "--weights", weights, line[0], line[1]}
			_, peak := peakOf(t, eval...)
			t.Logf("the peak is %.0f MiB", peak/(1<<20))
			abkd(t, append(eval, "--max-memory", strconv.FormatFloat(peak, 'f', 0, 64))...).fails(t, "to evaluate it on all nodes takes about")
			abkd(t, append(eval, "--max-memory", strconv.FormatFloat(2.2*peak, 'f', 0, 64))...).ok(t)
		})
	}
}

// peakOf runs the program, and returns what it printed and the most memory that
// the system says it had.
func peakOf(t *testing.T, args ...string) (printed []byte, peak float64) {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{binary}, args...)...)
	cmd.Env = append(os.Environ(), "ABKD_TEST_PEAK=1")
	var out, counted bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &counted
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	peak, err := strconv.ParseFloat(counted.String(), 64)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), peak
}
