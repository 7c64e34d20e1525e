package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"abkd/sim/setup"
	"abkd/sim/study"
)

// karateData returns the built-in graph as a command reads it.
func karateData(t testing.TB) dataset {
	t.Helper()
	g, err := setup.BuiltIn("karate")
	if err != nil {
		t.Fatal(err)
	}
	return dataset{graph: g, split: g.Splits[0]}
}

// A result of tune is refused, or every criterion in it has settings, it is
// shown, and it is told whether it is of a graph.
func FuzzTuned(f *testing.F) {
	d := karateData(f)
	whole, err := json.Marshal(tuned{
		Format: tunedFormat, Data: "karate", Split: d.split.Name, Fingerprint: study.Fingerprint(study.Blind(d.graph, d.split)), Model: "gcn", Student: "2x4",
		Base: "model=gcn&epochs=6&split=" + d.split.Name, Seeds: []uint64{1001}, Trials: 1, Epochs: 6,
		Criteria: []study.Tuned{{Criterion: "abkd", Trials: 1, Runs: 1, Best: study.Trial{Settings: "criterion=abkd&lr=0.03"}, Space: []study.Choice{{Key: "lr", Values: []string{"0.03"}}}}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(whole))
	f.Add(string(bytes.Replace(whole, []byte("&split=public"), []byte("&split=a b"), 1)))
	f.Add(string(bytes.Replace(whole, []byte(`"seeds":[1001]`), []byte(`"seeds":[1]`), 1)))
	f.Fuzz(func(t *testing.T, text string) {
		r, err := parseTuned([]byte(text))
		if err != nil {
			return
		}
		for _, name := range r.names() {
			if _, err := r.method(name); err != nil {
				t.Fatalf("criterion %q has no settings: %v", name, err)
			}
		}
		r.text()
		j := &comparison{source: source{data: "karate"}, tuned: r, from: "tuned.json", given: func(string) bool { return false }}
		j.spec.Base, err = setup.ParseExperiment("model=gcn&epochs=6")
		if err != nil {
			t.Fatal(err)
		}
		j.spec.Seeds = []uint64{1}
		d := d
		j.checkTuned(&d)
	})
}

// Lines of metrics are refused, or those that are kept are whole lines of the
// text, and all of them are kept again.
func FuzzLinesUntil(f *testing.F) {
	f.Add("{\"epoch\":1,\"seconds\":0.5}\n{\"epoch\":2}\n{\"epo", 1)
	f.Add("{\"epoch\":1}\n\n{\"epoch\":2}\r\n", 2)
	f.Add("null\n", 0)
	f.Fuzz(func(t *testing.T, text string, last int) {
		kept, err := linesUntil([]byte(text), last)
		if err != nil {
			return
		}
		all := slices.Collect(bytes.Lines([]byte(text)))
		for line := range bytes.Lines(kept) {
			i := slices.IndexFunc(all, func(l []byte) bool { return bytes.Equal(l, line) })
			if i < 0 || line[len(line)-1] != '\n' {
				t.Fatalf("line %q is kept, which is not in order among %q", line, text)
			}
			all = all[i+1:]
		}
		if again, err := linesUntil(kept, last); err != nil || !bytes.Equal(again, kept) {
			t.Fatalf("%q is kept, and then %q (%v)", kept, again, err)
		}
	})
}

// planned is what the files of FuzzResult are said to be of.
func planned(t testing.TB) (teacher study.Teacher, cell study.Cell) {
	t.Helper()
	base, err := setup.ParseExperiment("data=karate&epochs=2&teacher-epochs=2&teacher-layers=2&teacher-hidden=4")
	if err != nil {
		t.Fatal(err)
	}
	s := study.Spec{Base: base, Students: []setup.Size{{Layers: 2, Hidden: 2}}, Seeds: []uint64{1}, Methods: []study.Method{{Criterion: "abkd"}}}
	teachers, cells, err := s.Plan()
	if err != nil {
		t.Fatal(err)
	}
	return teachers[0], cells[0]
}

// The files of a finished run and of its teacher are refused, or a report is
// made of them in which what they do not say is unknown.
func FuzzResult(f *testing.F) {
	teacher, cell := planned(f)
	size := `"layers":2,"hidden":2,"params":9,"embedding_params":0,"bytes":36`
	taught := `{"key":"t","seed":1,"layers":2,"hidden":4,"params":9,"embedding_params":0,"bytes":36,"valid":0.5,"test":null}`
	f.Add(`{"key":"c","criterion":"abkd","seed":1,"teacher":"t",`+size+`,"valid":0.5,"test":null,"A":[[1,null]],"D":[[1,2]],"curve":[{"loss":1,"valid":0.5,"test":null}]}`, taught)
	f.Add(`{"key":"c","criterion":"abkd","seed":1,"teacher":"t",`+size+`,"A":[],"curve":[{}]}`, `{}`)
	f.Add(`{"key":"c","seed":1,`+size+`,"A":[[1],[1,2]],"failure":"x","seconds":-1}`, `null`)
	f.Fuzz(func(t *testing.T, text, teacherText string) {
		var r study.Result
		var of study.TeacherResult
		if parseRun([]byte(text), &r) != nil || parseRun([]byte(teacherText), &of) != nil || r.Check(cell) != nil || of.Check(teacher) != nil {
			return
		}
		if says := strings.Contains(strings.ToLower(text), "valid") || strings.Contains(text, "\\"); !says && r.Valid == r.Valid {
			t.Fatalf("%s says nothing of validation, and has %v", text, r.Valid)
		}
		of.Key, r.Teacher, r.Criterion, r.Variant = "t", "t", cell.Method.Criterion, cell.Method.Variant // as the store does
		results, teachers := []study.Result{r}, []study.TeacherResult{of}
		report := &compareReport{Rows: study.Rows(results, teachers), Teachers: study.TeacherRows(teachers), Seeds: []uint64{1}, results: results}
		report.Teacher = report.Teachers[0]
		report.text()
		if _, err := report.csv(); err != nil {
			t.Fatal(err)
		}
		if _, err := report.html(); err != nil {
			t.Fatal(err)
		}
	})
}
