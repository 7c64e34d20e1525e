package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
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
		cmd := exec.Command(os.Args[0], append(append([]string{binary}, args...), "--json")...)
		cmd.Env = append(os.Environ(), "ABKD_TEST_PEAK=1")
		var out, counted bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &counted
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		var v struct {
			Peak float64 `json:"peak_memory"`
		}
		if err := json.Unmarshal(out.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		system, err := strconv.ParseFloat(counted.String(), 64)
		if err != nil {
			t.Fatal(err)
		}
		if ratio := v.Peak / system; ratio < 0.97 || ratio > 1.03 {
			t.Errorf("%v reports %.0f bytes, %.3f times the system's %.0f", args, v.Peak, ratio, system)
		}
	}
}
