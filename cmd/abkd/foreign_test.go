package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/synth"
	"abkd/internal/show"
)

// hostile are characters that a name must not bring to a terminal: escape,
// bell, return, backspace, delete, the eight-bit CSI, a right-to-left override
// and an isolate.
const hostile = "\x1b[2J\x07\b\x7f\u009b31m\u202e\u2066"

// hostileGraph writes a graph whose names are hostile, and formulas to a
// spreadsheet, as a pack and returns its name.
func hostileGraph(t *testing.T) string {
	t.Helper()
	g := synth.Karate()
	g.Name += hostile
	g.Types[0].Name += hostile
	g.Relations[0].EdgeType.Src, g.Relations[0].EdgeType.Dst = g.Types[0].Name, g.Types[0].Name
	g.Relations[0].Rel += hostile
	g.ClassNames = []string{"=1+1" + hostile, "+cmd|' /C calc'!A0", "-2", "@SUM(A1)"}
	g.Types[0].Labels = make([]string, g.Types[0].Count)
	for i := range g.Types[0].Labels {
		g.Types[0].Labels[i] = []string{"=HYPERLINK(\"http://x\")", "\tcell", "-1.5e3", "-b", "plain"}[i%5]
	}
	g.Splits[0].Name += "\u202e\u2066=" // what no name of a split may have is refused
	if _, err := (graph.Pack{Graph: g}).Encode(); err == nil {
		t.Errorf("a pack has the split %q", g.Splits[0].Name)
	}
	g.Splits[0].Name = "public\u202e\u2066"
	name := filepath.Join(t.TempDir(), "hostile.pack")
	b, err := graph.Pack{Graph: g}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestForeignNames trains on a graph of hostile names and looks at all that is
// printed and written for people.
func TestForeignNames(t *testing.T) {
	data, dir := hostileGraph(t), t.TempDir()
	model, out := filepath.Join(dir, "model\x1b[2J.safetensors"), filepath.Join(dir, "predictions.csv")
	for _, args := range [][]string{
		{"info", "--data", data},
		{"info", "--data", data, "--json"},
		{"train", "--data", data, "--epochs", "3", "--out", model},
		{"eval", "--data", data, "--weights", model},
		{"eval", "--data", data, "--weights", model, "--json"},
		{"compare", "--data", data, "--criteria", "none,kd", "--students", "1x2", "--seeds", "1", "--epochs", "2", "--teacher-epochs", "2"},
		{"pack", "--data", data, "--nodes", "20", "--target", "5", "--out", filepath.Join(dir, "part.pack")},
		{"export", model, "--data", data, "--format", "csv", "--out", out},
	} {
		r := abkd(t, args...).ok(t)
		checkPrintable(t, r)
		if args[len(args)-1] == "--json" && !strings.Contains(r.stdout, `\u001b[2J`) {
			t.Errorf("abkd %q: %s\nhas not the names as they are", args, r.stdout)
		}
	}
	for _, args := range [][]string{
		{"train", "--data", data, "--split", "\x1b[2J"},
		{"info", "--data", dir + "/\u202egone\x9b"},
		{"eval", "--data", "karate", "--weights", model},
	} {
		r := abkd(t, args...)
		if r.status != 1 {
			t.Errorf("abkd %q: status %d, want 1", args, r.status)
		}
		checkPrintable(t, r)
	}
	checkSheet(t, out)
}

// checkPrintable checks that r printed nothing that controls a terminal.
func checkPrintable(t *testing.T, r result) {
	t.Helper()
	for _, text := range []string{r.stdout, r.stderr} {
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if show.Printable(line, "") != line {
				t.Errorf("abkd %q printed %q", r.args, line)
			}
		}
	}
}

// checkSheet checks that no cell of the predictions is a formula, and that
// names that are none, and numbers, are as they were.
func checkSheet(t *testing.T, name string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil || len(rows) != 35 {
		t.Fatalf("%d rows, %v, want a header and 34", len(rows), err)
	}
	names := map[string]bool{}
	for _, row := range rows {
		names[row[1]] = true
		for _, cell := range row {
			if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.Contains("=+-@\t\r", cell[:1]) {
				t.Errorf("cell %q is a formula", cell)
			}
		}
	}
	for _, want := range []string{"'=HYPERLINK(\"http://x\")", "'\tcell", "-1.5e3", "'-b", "plain"} {
		if !names[want] {
			t.Errorf("names are %v, want %q among them", names, want)
		}
	}
}
