package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
)

// The file of stored curves is what the core computes of the experiments and
// the graph of now: one seed of each is computed again, to the last node.
func TestStored(t *testing.T) {
	t.Chdir("../..")
	stored, err := readStored()
	if err != nil {
		t.Fatal(err)
	}
	ship, err := openShipment()
	if err != nil {
		t.Fatal(err)
	}
	for i, runs := range stored.Taught {
		seed := uint64(2 + 3*i)
		lanes, teacher, err := ship.curves(runs.Experiment, seed, i == 0)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 && !slices.Equal(lanes[0], stored.Alone[seed-1]) {
			t.Errorf("seed %d alone is %v, stored is %v", seed, lanes[0], stored.Alone[seed-1])
		}
		if got := lanes[len(lanes)-1]; !slices.Equal(got, runs.Right[seed-1]) {
			t.Errorf("seed %d of %s is %v, stored is %v", seed, runs.Experiment, got, runs.Right[seed-1])
		}
		if teacher != stored.Teacher {
			t.Errorf("the teacher has %d right, stored is %d", teacher, stored.Teacher)
		}
	}
}

// What the page opens with is worth opening with: on each seed the taught
// student is ten points ahead of the one alone at the end.
func TestTaughtIsAhead(t *testing.T) {
	t.Chdir("../..")
	stored, err := readStored()
	if err != nil {
		t.Fatal(err)
	}
	for seed, taught := range stored.Taught[0].Right {
		alone := stored.Alone[seed]
		if ahead := taught[len(taught)-1] - alone[len(alone)-1]; 10*ahead < stored.Tests {
			t.Errorf("seed %d is %d of %d test nodes ahead, want a tenth", seed+1, ahead, stored.Tests)
		}
	}
}

// Curves of another graph are not shown.
func TestStoredOfAnotherGraph(t *testing.T) {
	b, err := os.ReadFile("../../" + storedFile)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("assets/packs", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(storedFile, bytes.Replace(b, []byte(`"of":"`), []byte(`"of":"0`), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := readStored(); err == nil || !strings.Contains(err.Error(), "run make seeds") {
		t.Errorf("curves of another graph give %v", err)
	}
}
