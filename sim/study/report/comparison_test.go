package report

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph/fingerprint"
	"abkd/gnn/synth"
	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/store"
)

// done runs a small comparison of which all but the sizes is at its default.
func done(t *testing.T, s study.Store, spec study.Spec) *study.Work {
	t.Helper()
	g := synth.Karate()
	w, err := study.NewWork(spec, g, fingerprint.Run(g, g.Splits[0]), s)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Run(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestComparison sums up a comparison that no command line asked for, in every
// form, and with settings that were searched for.
func TestComparison(t *testing.T) {
	search := study.Search{Base: setup.Experiment{Epochs: 2, TeacherEpochs: 2, Teacher: setup.Size{Layers: 2, Hidden: 4}},
		Student: setup.Size{Layers: 1, Hidden: 2}, Criteria: []string{"none", "kd"}, Trials: 2, Seeds: []uint64{1001}}
	spec, err := search.Spec()
	if err != nil {
		t.Fatal(err)
	}
	tuned, err := NewTuned(search, done(t, &study.Memory{}, spec))
	if err != nil {
		t.Fatal(err)
	}
	spec = study.Spec{Base: search.Base, Students: []setup.Size{search.Student}, Seeds: []uint64{1, 2}}
	for _, name := range tuned.Names() {
		m, err := tuned.Method(name)
		if err != nil {
			t.Fatal(err)
		}
		spec.Methods = append(spec.Methods, m)
	}
	dir := filepath.Join(t.TempDir(), "out")
	f, err := store.Open(dir, store.Comparison, store.NewManifest("karate", "f", "go", spec), false)
	if err != nil {
		t.Fatal(err)
	}
	w := done(t, f, spec)
	timing, err := w.Measure()
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(w, timing, tuned)
	if err != nil {
		t.Fatal(err)
	}
	if r.Split != "public" || r.Model == "" || r.Epochs != 2 || len(r.Rows) != 2 || r.Rows[0].TuneTrials != 2 || !r.Rows[0].InferMS.Known() || r.Teacher.Hidden != 4 {
		t.Errorf("the comparison is %+v", r)
	}
	if err := r.Save(f); err != nil {
		t.Fatal(err)
	}
	content := map[string]string{}
	for _, name := range []string{"table.txt", "rows.csv", "report.html", "result.json"} {
		b, err := os.ReadFile(f.Path(name))
		if err != nil {
			t.Fatal(err)
		}
		content[name] = string(b)
	}
	if text := content["table.txt"]; text != r.Text() || !strings.Contains(text, tuned.Budget()) || !strings.Contains(text, "seeds 1 to 2") {
		t.Errorf("table.txt is\n%s", text)
	}
	if rows, err := csv.NewReader(strings.NewReader(content["rows.csv"])).ReadAll(); err != nil || len(rows) != 3 {
		t.Errorf("rows.csv has %d rows (%v), want 3", len(rows), err)
	}
	if page := content["report.html"]; !strings.Contains(page, "<svg") || !strings.Contains(page, "</html>") {
		t.Errorf("report.html is\n%.200s", page)
	}
	if !json.Valid([]byte(content["result.json"])) {
		t.Errorf("result.json is\n%.200s", content["result.json"])
	}
}

// TestTuned writes what a search came to and reads it back.
func TestTuned(t *testing.T) {
	search := study.Search{Base: setup.Experiment{Model: "gcn", Epochs: 2, TeacherEpochs: 2, Split: "public"},
		Student: setup.Size{Layers: 1, Hidden: 2}, Criteria: []string{"none", "kd"}, Trials: 3, Seeds: []uint64{1001}}
	spec, err := search.Spec()
	if err != nil {
		t.Fatal(err)
	}
	f, err := store.Open(filepath.Join(t.TempDir(), "out"), store.Search, store.NewManifest("karate", "f", "go", spec), false)
	if err != nil {
		t.Fatal(err)
	}
	tuned, err := NewTuned(search, done(t, f, spec))
	if err != nil {
		t.Fatal(err)
	}
	if err := tuned.Save(f); err != nil {
		t.Fatal(err)
	}
	back, err := ReadTuned(f.Path("tuned.json"))
	if err != nil || back.Base != tuned.Base || !slices.Equal(back.Names(), search.Criteria) || back.Text() != tuned.Text() {
		t.Errorf("read back it is %+v (%v), want %+v", back, err, tuned)
	}
}
