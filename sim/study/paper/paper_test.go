package paper

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"abkd/gnn/graph/fingerprint"
	"abkd/gnn/synth"
	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/fair"
	"abkd/sim/study/report"
	"abkd/sim/study/store"
)

// compared returns the folder of a comparison on karate, with a method whose name is
// hostile.
func compared(t *testing.T) string {
	t.Helper()
	g := synth.Karate()
	spec := study.Spec{Base: setup.Experiment{Model: "gcn", Epochs: 4, TeacherEpochs: 4, Teacher: setup.Size{Layers: 2, Hidden: 8}},
		Students: []setup.Size{{Layers: 2, Hidden: 2}, {Layers: 2, Hidden: 4}}, Seeds: []uint64{1, 2, 3}, Examined: true,
		Methods: []study.Method{{Criterion: "none"}, {Criterion: "kd"}, {Criterion: "abkd", Variant: `<b>|\_^&%$ {x}`}}}
	dir := filepath.Join(t.TempDir(), "compared")
	f, err := store.Open(dir, store.Comparison, store.NewManifest("karate", "f", "go", spec), false)
	if err != nil {
		t.Fatal(err)
	}
	w, err := study.NewWork(spec, g, fingerprint.Run(g, g.Splits[0]), f)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Run(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	r, err := report.New(w, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Line, r.Data, r.Versions = "abkd compare", "karate", map[string]string{"abkd": "(devel)", "go": "go1.26.8"}
	if err := r.Save(f); err != nil {
		t.Fatal(err)
	}
	return dir
}

// studied returns the folders of studies on karate, with students of two sizes.
func studied(t *testing.T) (folders []string) {
	t.Helper()
	g := synth.Karate()
	for _, hidden := range []int{3, 4} {
		p := fair.Protocol{Base: setup.Experiment{Model: "gcn", Split: "public", Teacher: setup.Size{Layers: 2, Hidden: 8}, TeacherEpochs: 8, Epochs: 6},
			Student: setup.Size{Layers: 2, Hidden: hidden}, Criteria: []string{"at", "spread"}, Draws: 2, Kept: 1, Full: 1, Tuning: []uint64{1001}, Seeds: []uint64{1, 2, 3, 4}}
		s, err := p.Run(g, g.Splits[0], &study.Memory{}, func(_ string, w *study.Work) error { return w.Run(t.Context(), 2) })
		if err != nil {
			t.Fatal(err)
		}
		s.Data = "karate"
		f, err := report.NewFair([]*fair.Study{s})
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "studied")
		folder, err := store.Open(dir, store.Study, store.NewManifest("karate", "f", "go", study.Spec{}), false)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Save(folder); err != nil {
			t.Fatal(err)
		}
		folders = append(folders, dir)
	}
	return folders
}

// TestPaper makes all files of a comparison and of studies, and looks at what they say.
func TestPaper(t *testing.T) {
	dir := compared(t)
	p, err := Read([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	names, err := p.Save(out)
	if err != nil || len(names) != 7 { // ranks, two slopes, one frontier of both sizes
		t.Fatalf("files are %q (%v)", names, err)
	}
	html, tex, md := contentOf(t, out, "report.html"), contentOf(t, out, "tables.tex"), contentOf(t, out, "tables.md")
	hash := p.Sources[0].Hash
	for _, text := range []string{html, tex, md} {
		if !strings.Contains(text, hash) || !strings.Contains(text, "go1.26.8") || !strings.Contains(text, "machine not recorded") || !strings.Contains(text, p.Graphs[0].Fingerprint) {
			t.Errorf("it does not say what it was made of: %.2000s", text)
		}
	}
	if outside := regexp.MustCompile(`<script|<b>\||(src|href)="[^d#]|url\(`).FindString(html); outside != "" || strings.Count(html, "<svg ") != 4 {
		t.Errorf("the page has %q, and %d drawings", outside, strings.Count(html, "<svg "))
	}
	if want := `abkd \textless{}b\textgreater{}|\textbackslash{}\_\textasciicircum{}\&\%\$ \{x\} &`; !strings.Contains(tex, want) {
		t.Errorf("LaTeX lacks %s:\n%s", want, tex)
	}
	if want := `| abkd &lt;b&gt;\|\\\_^&%$ {x} |`; !strings.Contains(md, want) {
		t.Errorf("Markdown lacks %s:\n%s", want, md)
	}
	for _, name := range names[3:] {
		if svg := contentOf(t, out, name); !strings.HasPrefix(svg, "<svg ") || strings.Contains(svg, "var(--") {
			t.Errorf("%s is %.100s", name, svg)
		}
	}
	checkNumbers(t, p)
	if folders := studied(t); true {
		checkStudies(t, folders, dir)
	}
}

func contentOf(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkNumbers computes a mean and a difference again.
func checkNumbers(t *testing.T, p *Paper) {
	t.Helper()
	g := &p.Graphs[0]
	a, b := g.Method("kd"), g.Method("none")
	d, want := &a.Over[0], 0.0
	other := g.Method(d.Against)
	for i := range a.Tests {
		want += (a.Tests[i] - other.Tests[i]) / float64(len(a.Tests))
	}
	if math.Abs(float64(d.Diff)-want) > 1e-6 || d.Holm.Known() && d.Holm < d.P {
		t.Errorf("the difference is %+v, want %v", d, want)
	}
	if mean, _ := b.Mean(); a.From != mean {
		t.Errorf("the slope of kd begins at %v, want %v", a.From, mean)
	}
}

func checkStudies(t *testing.T, folders []string, other string) {
	t.Helper()
	p, err := Read(folders)
	if err != nil {
		t.Fatal(err)
	}
	if names, err := p.Save(t.TempDir()); err != nil || len(names) != 7 { // ranks, two slopes, a frontier
		t.Errorf("files are %q (%v)", names, err)
	}
	text := string(p.Markdown())
	for _, want := range []string{"kd's winner", "spread's winner", "All 2 graphs", "| at |", "mean rank"} {
		if !strings.Contains(text, want) {
			t.Errorf("the tables lack %q:\n%s", want, text)
		}
	}
	for want, folders := range map[string][]string{
		"it is there twice":        {folders[0], folders[0] + "/"},
		"it is of another command": {folders[0], other},
	} {
		if _, err := Read(folders); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q", err, want)
		}
	}
}

// TestRefused: a folder that has no result, an old one or a damaged one gives one
// sentence.
func TestRefused(t *testing.T) {
	row := `{"criterion":"kd","layers":2,"hidden":4,"seeds":2,"tests":[0.5,0.6]}`
	for _, c := range []struct {
		files map[string]string
		want  string
	}{
		{nil, "it has neither fair.json nor result.json"},
		{map[string]string{"study.json": "{}"}, "its study is not finished"},
		{map[string]string{"comparison.json": "{}"}, "its comparison is not finished"},
		{map[string]string{"tuned.json": "{}"}, "it is a search"},
		{map[string]string{"fair.json": "{"}, "it is no result of abkd study"},
		{map[string]string{"fair.json": `{"format":"abkd study 9"}`}, "of another version"},
		{map[string]string{"fair.json": `{"format":"abkd study 1","studies":[]}`}, "there are no studies"},
		{map[string]string{"fair.json": `{"format":"abkd study 1","studies":[{}]}`}, "study"},
		{map[string]string{"result.json": ""}, "it is no result of abkd compare"},
		{map[string]string{"result.json": `[]`}, "it is no result of abkd compare"},
		{map[string]string{"result.json": `{"command":"eval"}`}, "it is no result of abkd compare"},
		{map[string]string{"result.json": `{"command":"compare","seeds":[1,2,3],"rows":[` + row + `]}`}, "has 2 accuracies of 3 seeds"},
		{map[string]string{"result.json": `{"command":"compare","seeds":[1,2],"rows":[` + row + "," + row + `]}`}, "is there twice"},
		{map[string]string{"result.json": `{"command":"compare","seeds":[1,2],"rows":[` + row + `]}`, "comparison.json": "x"}, "it is damaged"},
	} {
		dir := t.TempDir()
		for name, text := range c.files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		_, err := Read([]string{dir})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), filepath.Base(dir)) && c.want != "there are no studies" && c.want != "is there twice" {
			t.Errorf("%v: error is %v, want %q", c.files, err, c.want)
		}
	}
	if _, err := Read([]string{filepath.Join(t.TempDir(), "none")}); err == nil || !strings.Contains(err.Error(), "want a folder") {
		t.Errorf("error is %v", err)
	}
}

// TestOld: what a result of before does not say is not known, and is no zero; a
// single method has no figure that compares.
func TestOld(t *testing.T) {
	dir := t.TempDir()
	text := `{"command":"compare","data":"x","split":"s","seeds":[1,2],"rows":[{"criterion":"kd","layers":2,"hidden":4,"seeds":2,"tests":[0.5,null],"units":4,"dead":0,"rank":2,"test_mean":null,"ratio":null}]}`
	if err := os.WriteFile(filepath.Join(dir, "result.json"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	p, err := Read([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	if m := p.Graphs[0].Methods[0]; m.Units.Known() || m.Ratio.Known() || p.Ranks() != nil || len(p.Figures()) != 0 {
		t.Errorf("the method is %+v", m)
	}
	if text := string(p.Markdown()); !strings.Contains(text, "| kd | n/a |") {
		t.Errorf("the table is\n%s", text)
	}
	if _, err := p.Save(t.TempDir()); err != nil {
		t.Error(err)
	}
}

// FuzzRead: whatever a result holds is told or read, and then all files can be made.
func FuzzRead(f *testing.F) {
	f.Add(`{"command":"compare","seeds":[1,2],"rows":[{"criterion":"kd","seeds":2,"tests":[0.5,0.25],"ratio":3},{"criterion":"none","seeds":2,"tests":[1,0]}]}`)
	f.Add(`{"command":"compare","seeds":[1,2],"rows":[{"criterion":"kd","seeds":2,"tests":[1e30,-5]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "result.json"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if p, err := Read([]string{dir}); err == nil {
			if _, _, err := p.Files(); err != nil {
				t.Error(err)
			}
		}
	})
}
