package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/graph/fingerprint"
	"abkd/gnn/synth"
	"abkd/sim/setup"
	"abkd/sim/study"
)

// spec is a small comparison on the karate club.
func spec(criteria ...string) study.Spec {
	s := study.Spec{
		Base:     setup.Experiment{Split: "public", Model: "gcn", Teacher: setup.Size{Layers: 2, Hidden: 8}, TeacherEpochs: 3, Epochs: 4},
		Students: []setup.Size{{Layers: 2, Hidden: 4}}, Seeds: []uint64{1, 2},
	}
	for _, c := range criteria {
		s.Methods = append(s.Methods, study.Method{Criterion: c})
	}
	return s
}

func open(t *testing.T, dir string, g *graph.Graph, s study.Spec, extend bool) (*Folder, *study.Work) {
	t.Helper()
	print := fingerprint.Run(g, g.Splits[0])
	f, err := Open(dir, Comparison, NewManifest("karate", print, "go", s), extend)
	if err != nil {
		t.Fatal(err)
	}
	f.Origin = map[string]string{"data": "karate"}
	w, err := study.NewWork(s, g, print, f)
	if err != nil {
		t.Fatal(err)
	}
	return f, w
}

func results(t *testing.T, w *study.Work) []study.Result {
	t.Helper()
	all, _, err := w.Results()
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		all[i].Seconds = 0
	}
	return all
}

// TestFolder keeps a study in a folder and in memory: both hold the same, and
// what is damaged in the folder, and that alone, is done again.
func TestFolder(t *testing.T) {
	g, s := synth.Karate(), spec("none", "kd", "abkd")
	m, err := study.NewWork(s, g, fingerprint.Run(g, g.Splits[0]), &study.Memory{})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Run(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "out")
	f, w := open(t, dir, g, s, false)
	if err := w.Run(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if got, want := results(t, w), results(t, m); !reflect.DeepEqual(got, want) {
		t.Errorf("the folder holds\n%+v\nmemory\n%+v", got, want)
	}
	cells, err := filepath.Glob(f.Path("cells", "*.json"))
	if err != nil || len(cells) != 6 {
		t.Fatalf("%d cells (%v), want 6", len(cells), err)
	}
	weights, err := filepath.Glob(f.Path("teachers", "*.safetensors"))
	if err != nil || len(weights) != 2 {
		t.Fatalf("%d teachers (%v), want 2", len(weights), err)
	}
	if err := errors.Join(os.WriteFile(cells[0], []byte(`{"key":`), 0o666), os.Remove(cells[1]), os.Remove(weights[0])); err != nil {
		t.Fatal(err)
	}
	_, w = open(t, dir, g, s, false)
	if w.ToDo() != 3 {
		t.Errorf("%d runs are to do, want the three that are damaged", w.ToDo())
	}
	if err := w.Run(t.Context(), 2); err != nil || !reflect.DeepEqual(results(t, w), results(t, m)) {
		t.Errorf("after damage the results are others (%v)", err)
	}
}

// TestTeacherOfAnother gives a teacher the weights of another, and damaged
// ones: it is trained again, to the weights that it had.
func TestTeacherOfAnother(t *testing.T) {
	g, s := synth.Karate(), spec("kd")
	dir := filepath.Join(t.TempDir(), "out")
	f, w := open(t, dir, g, s, false)
	if err := w.Run(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	weights, err := filepath.Glob(f.Path("teachers", "*.safetensors"))
	if err != nil || len(weights) != 2 {
		t.Fatalf("%d teachers (%v), want 2", len(weights), err)
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	want := read(weights[0])
	flipped := bytes.Clone(want)
	flipped[len(flipped)-5] ^= 4
	for name, damaged := range map[string][]byte{"another teacher's": read(weights[1]), "none": {}, "a bit off": flipped, "cut short": want[:len(want)-4]} {
		if err := os.WriteFile(weights[0], damaged, 0o666); err != nil {
			t.Fatal(err)
		}
		_, w := open(t, dir, g, s, false)
		if w.ToDo() != 1 {
			t.Errorf("weights %s: %d runs are to do, want the teacher's", name, w.ToDo())
		}
		if err := w.Run(t.Context(), 1); err != nil || !bytes.Equal(read(weights[0]), want) {
			t.Errorf("weights %s: trained again they are others (%v)", name, err)
		}
	}
}

// TestLinks refuses a folder in which a file is a link, before what that leads
// to is replaced.
func TestLinks(t *testing.T) {
	g, s := synth.Karate(), spec("none")
	dir := filepath.Join(t.TempDir(), "out")
	f, w := open(t, dir, g, s, false)
	if err := w.Run(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	cells, err := filepath.Glob(f.Path("cells", "*.json"))
	if err != nil || len(cells) == 0 {
		t.Fatalf("%d cells (%v)", len(cells), err)
	}
	for _, name := range []string{f.Path("report.html"), f.Path("comparison.json"), cells[0]} {
		old, _ := os.ReadFile(name)
		other := filepath.Join(t.TempDir(), "notes.txt")
		if err := errors.Join(os.WriteFile(other, []byte("mine"), 0o666), os.RemoveAll(name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(other, name); err != nil {
			t.Skip("no links here:", err)
		}
		if _, err := Open(dir, Comparison, NewManifest("karate", fingerprint.Run(g, g.Splits[0]), "go", s), false); err == nil {
			t.Errorf("%s is a link, and the folder is taken", name)
		}
		if got, _ := os.ReadFile(other); string(got) != "mine" {
			t.Errorf("%s: what the link leads to is now %q", name, got)
		}
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		if old != nil {
			if err := os.WriteFile(name, old, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestOpen refuses a folder of anything else, and extends one where that is
// asked for.
func TestOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	first := NewManifest("karate", "f", "go", spec("none", "kd"))
	if _, err := Open(dir, Comparison, first, false); err != nil {
		t.Fatal(err)
	}
	longer := spec("none", "kd")
	longer.Base.Epochs = 9
	for _, c := range []struct {
		m          Manifest
		what       string
		extensible bool
	}{
		{NewManifest("mag", "g", "go", spec("none", "kd")), "fingerprint", false},
		{NewManifest("karate", "f", "avx2", spec("none", "kd")), "kernels go", false},
		{NewManifest("karate", "f", "go", longer), "epochs=4, this one has epochs=9", false},
		{NewManifest("karate", "f", "go", spec("none", "kd", "abkd")), "criteria are none, kd, here they are none, kd, abkd", true},
	} {
		_, err := Open(dir, Comparison, c.m, false)
		other, ok := errors.AsType[*OtherError](err)
		if !ok || !strings.Contains(err.Error(), c.what) || other.Extensible != c.extensible || !strings.HasSuffix(err.Error(), "(choose another folder)") {
			t.Errorf("the error is %v, want %q, to extend: %t", err, c.what, c.extensible)
		}
		if _, err := Open(dir, Comparison, c.m, true); (err == nil) != c.extensible {
			t.Errorf("%s: extended, the error is %v", c.what, err)
		}
	}
	if _, err := Open(dir, Search, first, false); err == nil || !strings.Contains(err.Error(), "it holds other files, such as comparison.json; want a new folder, or one of a search") {
		t.Errorf("as a search's the folder is %v", err)
	}
}

// TestOlder opens a folder that was written before weights had a sum, and said
// their seed and best epoch: all of it is done, unless the teachers are exchanged.
func TestOlder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "older"))); err != nil {
		t.Fatal(err)
	}
	const backend = "avx2" // of the machine that wrote it
	g, s := synth.Karate(), spec("kd")
	s.Base.Teacher, s.Base.Epochs, s.Students = setup.Size{Layers: 2, Hidden: 4}, 2, []setup.Size{{Layers: 2, Hidden: 2}}
	print := fingerprint.Run(g, g.Splits[0])
	f, err := Open(dir, Comparison, NewManifest("karate", print, backend, s), false)
	if err != nil {
		t.Fatal(err)
	}
	w, err := study.NewWork(s, g, print, f)
	if err != nil {
		t.Fatal(err)
	}
	var weights []string
	for _, teacher := range w.Teachers {
		key := teacher.Key(print, backend)
		if _, ok := f.Teacher(key, teacher); !ok {
			t.Errorf("teacher %s of %s is not taken", key, dir)
		}
		if _, err := f.LoadTeacher(key, g); err != nil {
			t.Error(err)
		}
		weights = append(weights, f.weights(key))
	}
	for _, c := range w.Cells {
		if _, ok := f.Cell(c.Key(print, backend), c.Teacher.Key(print, backend), c); !ok {
			t.Errorf("the run of seed %d is not taken", c.Experiment.Plan().Seed)
		}
	}
	if len(weights) != 2 || len(w.Cells) != 2 {
		t.Fatalf("%d teachers and %d runs, want 2 and 2", len(weights), len(w.Cells))
	}
	spare := f.Path("spare")
	if err := errors.Join(os.Rename(weights[0], spare), os.Rename(weights[1], weights[0]), os.Rename(spare, weights[1])); err != nil {
		t.Fatal(err)
	}
	for _, teacher := range w.Teachers {
		if _, ok := f.Teacher(teacher.Key(print, backend), teacher); ok {
			t.Error("a teacher is taken with the weights of another")
		}
	}
}
