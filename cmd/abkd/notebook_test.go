package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"abkd/gnn/safetensors"
)

// TestNotebook runs the commands and then the cells of the notebook that reads
// what they write, and holds what it reads against the files.
func TestNotebook(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3")
	}
	text, err := os.ReadFile("../../assets/notebook/read-exports.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	var notebook struct {
		Cells []struct {
			Type   string `json:"cell_type"`
			Source []string
		}
	}
	if err := json.Unmarshal(text, &notebook); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	run := func(name string, args ...string) []byte {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return out
	}
	var script strings.Builder
	commands := 0
	for _, cell := range notebook.Cells {
		source := strings.Join(cell.Source, "")
		if cell.Type == "code" {
			script.WriteString(source + "\n")
		}
		for line := range strings.Lines(source) {
			if args, ok := strings.CutPrefix(line, "    abkd "); ok && cell.Type == "markdown" {
				run(binary, strings.Fields(args)...)
				commands++
			}
		}
	}
	if commands != 2 {
		t.Fatalf("the notebook has %d commands, want 2", commands)
	}
	script.WriteString("print(json.dumps({'test': best['test'], 'seen': accuracy['test'], 'shapes': {n: s for n, (s, _) in weights.items()}}))\n")
	lines := strings.Split(strings.TrimSpace(string(run(python, "-c", script.String()))), "\n")
	var read struct {
		Test, Seen float64
		Shapes     map[string][]int
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &read); err != nil {
		t.Fatal(err)
	}
	if read.Seen != read.Test {
		t.Errorf("the weights that were kept are right on %v of the test nodes, their epoch on %v", read.Seen, read.Test)
	}
	saved, err := os.ReadFile(filepath.Join(dir, "student.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := safetensors.Decode(saved)
	if err != nil {
		t.Fatal(err)
	}
	if len(read.Shapes) != len(file.Tensors) {
		t.Errorf("the notebook finds %d tensors of %d", len(read.Shapes), len(file.Tensors))
	}
}
