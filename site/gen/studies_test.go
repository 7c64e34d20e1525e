package main

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"
)

// Some of what the scenes of many runs open with is computed again.
func TestStoredStudies(t *testing.T) {
	t.Chdir("../..")
	s, err := readStudies()
	if err != nil {
		t.Fatal(err)
	}
	ship, err := openShipment()
	if err != nil {
		t.Fatal(err)
	}
	for name, i := range map[string]int{"race": 1, "frontier": 0, "depth": 1} {
		want := (*s.lists()[name])[i]
		got, teacher, err := ship.run(want.Experiment, name == "depth")
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: run %d comes to %+v, stored is %+v: run make studies", name, i, got, want)
		}
		if name != "depth" && teacher != s.Teacher {
			t.Errorf("%s: the teacher is %+v, stored is %+v", name, teacher, s.Teacher)
		}
	}
}

// Studies of another graph are not shown.
func TestStudiesOfAnotherGraph(t *testing.T) {
	b, err := os.ReadFile("../../" + studiesFile)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("assets/packs", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(studiesFile, bytes.Replace(b, []byte(`"of":"`), []byte(`"of":"0`), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := readStudies(); err == nil || !strings.Contains(err.Error(), "run make studies") {
		t.Errorf("studies of another graph give %v", err)
	}
}
