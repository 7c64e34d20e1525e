package report

import (
	"strings"
	"testing"

	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/store"
)

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
		if store.ParseRun([]byte(text), &r) != nil || store.ParseRun([]byte(teacherText), &of) != nil || r.Check(cell) != nil || of.Check(teacher) != nil {
			return
		}
		if says := strings.Contains(strings.ToLower(text), "valid") || strings.Contains(text, "\\"); !says && r.Valid == r.Valid {
			t.Fatalf("%s says nothing of validation, and has %v", text, r.Valid)
		}
		of.Key, r.Teacher, r.Criterion, r.Variant = "t", "t", cell.Method.Criterion, cell.Method.Variant // as the store does
		results, teachers := []study.Result{r}, []study.TeacherResult{of}
		report := &Comparison{Rows: study.Rows(results, teachers), Teachers: study.TeacherRows(teachers), Seeds: []uint64{1}, Results: results}
		report.Teacher = report.Teachers[0]
		report.Text()
		if _, err := report.CSV(); err != nil {
			t.Fatal(err)
		}
		if _, err := report.HTML(); err != nil {
			t.Fatal(err)
		}
	})
}
