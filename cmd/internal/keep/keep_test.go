package keep

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/file"
	"abkd/sim"
)

// newSession returns a session that has trained for so many steps.
func newSession(t *testing.T, steps int) *sim.Session {
	t.Helper()
	s := sim.NewSession()
	for _, c := range []string{"begin data=karate&model=gcn&hidden=4&teacher-layers=2&teacher-hidden=8&teach=untrained&input-dropout=0", "pause"} {
		if err := s.Command(c); err != nil {
			t.Fatal(err)
		}
	}
	for range steps {
		if err := s.Command("step"); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// TestKeeps keeps what a window shows with its run, in a folder that one window has.
func TestKeeps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	f, s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if s.Focus != -1 || s.Speed != sim.DefaultSpeed || s.Graph != "" {
		t.Errorf("an empty folder has %+v", s)
	}
	if _, _, err := Open(dir); !errors.As(err, new(*file.Busy)) {
		t.Errorf("a second window: %v, want that it is busy", err)
	}
	session := newSession(t, 3)
	s.Graph, s.Scene, s.Step = "karate", "depth", 2
	s.Opened("karate")
	s.Opened("mag-mini")
	s.Opened("karate")
	for range 3 { // the runs of before go
		if err := session.Command("step"); err != nil {
			t.Fatal(err)
		}
		if err := f.Save(s, session.Run()); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	if runs, _ := filepath.Glob(filepath.Join(dir, "run-*")); len(runs) != 1 {
		t.Errorf("%q are there, want the last run alone", runs)
	}

	f, s, err = Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if s.Graph != "karate" || s.Scene != "depth" || s.Step != 2 || !slices.Equal(s.Recent, []string{"karate", "mag-mini"}) {
		t.Errorf("%+v is kept", s)
	}
	state, err := f.RunState(s)
	if err != nil {
		t.Fatal(err)
	}
	other := newSession(t, 0)
	if err := other.Resume(state); err != nil || other.Run().Hash() != session.Run().Hash() || other.Run().Epoch() != 6 {
		t.Errorf("the run goes on with hash %x after epoch %d (%v), want %x after 6", other.Run().Hash(), other.Run().Epoch(), err, session.Run().Hash())
	}
	s.Graph = ""
	if err := f.Save(s, nil); err != nil {
		t.Fatal(err)
	}
	if state, err := f.RunState(f.last); state != nil || err != nil {
		t.Errorf("without a run there are %d bytes of one (%v)", len(state), err)
	}
}

// TestDamaged names the file that cannot be read, and leaves it.
func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, stateFile)
	if err := os.WriteFile(name, []byte(`{"graph": 7`), 0o666); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the lock is free again
		if _, _, err := Open(dir); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "remove") {
			t.Errorf("damaged: %v, want the file's name and what to do", err)
		}
	}
}

// TestKeepsUnread keeps the run of a graph that could not be opened this time, or not
// yet, and lets it go with another graph.
func TestKeepsUnread(t *testing.T) {
	dir := t.TempDir()
	f, s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s.Graph = "/media/stick/mag"
	if err := f.Save(s, newSession(t, 3).Run()); err != nil {
		t.Fatal(err)
	}
	was := f.last.Run
	if err := f.Save(s, nil); err != nil || f.last.Run != was {
		t.Errorf("without its graph the run is %q (%v), want %q", f.last.Run, err, was)
	}
	if b, err := f.RunState(f.last); err != nil || len(b) == 0 {
		t.Errorf("its file: %v", err)
	}
	s.Graph = "karate"
	if err := f.Save(s, nil); err != nil || f.last.Run != "" {
		t.Errorf("of another graph the run is %q (%v), want none", f.last.Run, err)
	}
}
