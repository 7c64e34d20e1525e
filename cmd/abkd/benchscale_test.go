package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The costs of graphs of several sizes are measured, set out, drawn, and
// nothing of the graphs is left.
func TestBenchScale(t *testing.T) {
	temp, plot := t.TempDir(), filepath.Join(t.TempDir(), "cost.svg")
	t.Setenv("TMPDIR", temp)
	v := abkd(t, "bench", "scale", "--scales", "0.002,0.0005,0.001", "--layers", "2", "--hidden", "8", "--steps", "3", "--plot", plot, "--json").ok(t).json(t)
	sizes := v["sizes"].([]any)
	if len(sizes) != 3 {
		t.Fatalf("there are %d sizes, want 3", len(sizes))
	}
	edges := 0.0
	for i, x := range sizes {
		s := x.(map[string]any)
		if got, want := num(t, s, "scale"), []float64{0.0005, 0.001, 0.002}[i]; got != want {
			t.Errorf("size %d is of scale %v, want %v", i, got, want)
		}
		if num(t, s, "edges") <= edges || num(t, s, "epoch_edges") <= 0 || num(t, s, "nodes") <= 0 {
			t.Errorf("size %d is %v, want more edges than before", i, s)
		}
		edges = num(t, s, "edges")
		for _, key := range []string{"read_s", "epoch_s", "evaluation_s", "gflop_per_second", "evaluation_gflop_per_second"} {
			if num(t, s, key) <= 0 {
				t.Errorf("size %d: %s is %v, want above 0", i, key, s[key])
			}
		}
	}
	for _, key := range []string{"read", "epoch", "evaluation"} {
		if _, ok := v["exponents"].(map[string]any)[key].(float64); !ok {
			t.Errorf("exponents are %v, want one for %s", v["exponents"], key)
		}
	}
	drawing, err := os.ReadFile(plot)
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(strings.NewReader(string(drawing))); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the plot is no XML: %v", err)
		}
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("what is left of the graphs is %v (%v)", left, err)
	}
}

func TestBenchScaleRefuses(t *testing.T) {
	abkd(t, "bench", "scale", "--scales", "0.01,0.01").fails(t, "--scales", "1 different", "at least 2")
	abkd(t, "bench", "scale", "--scales", "0.01,9").fails(t, "--scales", "9", "0.0005..4")
	abkd(t, "bench", "scale", "--threads", "0").fails(t, "--threads is 0", "1..1024")
	abkd(t, "bench", "scale", "--plot", filepath.Join(t.TempDir(), "none", "cost.svg")).fails(t, "--plot", "cost.svg")
}
