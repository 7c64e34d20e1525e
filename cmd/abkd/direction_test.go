package main

import (
	"os"
	"path/filepath"
	"testing"
)

// Edges go as --direction says, and memory is bounded by --max-memory, on a
// folder; a graph from elsewhere has its edges as they are.
func TestDirection(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"raw/num-node-list.csv": "3\n", "raw/num-edge-list.csv": "2\n", "raw/edge.csv": "0,1\n1,2\n",
		"raw/node-label.csv": "0\n1\n0\n", "raw/node-feat.csv": "1\n2\n3\n",
		"split/a/train.csv": "0\n1\n", "split/a/valid.csv": "2\n", "split/a/test.csv": "",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for d, want := range map[string]float64{"stated": 4, "undirected": 4, "directed": 2} {
		if got := abkd(t, "info", "--data", dir, "--direction", d, "--json").ok(t).json(t)["edges"]; got != want {
			t.Errorf("with --direction %s there are %v edges, want %v", d, got, want)
		}
	}
	abkd(t, "info", "--data", dir, "--direction", "both").fails(t, "--direction")
	abkd(t, "info", "--data", "karate", "--direction", "directed").fails(t, "--data karate is a built-in graph, whose edges are as they are")
	abkd(t, "info", "--data", dir, "--max-memory", "50B").fails(t, "more than the 50 bytes that it may have (--max-memory)")
}
