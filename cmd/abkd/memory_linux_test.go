package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"syscall"
	"testing"
)

// The peak that a program reports is the one that the system has at its end.
func TestPeakIsTheSystems(t *testing.T) {
	for _, args := range [][]string{
		{"train", "--data", "mag-mini", "--epochs", "1", "--hidden", "256"},
		{"train", "--data", "mag-mini", "--epochs", "1", "--hidden", "128", "--sampler", "saint", "--roots", "50"}, // measured on more than it trains on
	} {
		cmd := exec.Command(binary, append(args, "--json")...)
		var out bytes.Buffer
		cmd.Stdout = &out
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		var v struct {
			Peak float64 `json:"peak_memory"`
		}
		if err := json.Unmarshal(out.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		system := float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10)
		if ratio := v.Peak / system; ratio < 0.97 || ratio > 1.03 {
			t.Errorf("%v reports %.0f bytes, %.3f times the system's %.0f", args, v.Peak, ratio, system)
		}
	}
}
