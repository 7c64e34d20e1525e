package desk

import (
	"encoding/json"
	"math"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"abkd/assets/messages"
	"abkd/sim/memory"
	"abkd/sim/setup"
	"abkd/sim/study/report"
	"abkd/sim/study/store"
)

// sit returns a desk at the folder.
func sit(t *testing.T, folder string) *Desk {
	t.Helper()
	g, err := setup.BuiltIn("karate")
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(Options{Folder: folder, Graph: g, Data: "karate", Memory: memory.Allow(1<<30, "the test"), Cores: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// wait waits for the end of what runs.
func (d *Desk) wait() {
	d.ended.Wait()
}

// ask sends a request, and returns the answer, or its text if it is refused.
func ask(t *testing.T, d *Desk, method, path, body string, to any) (refusal string) {
	t.Helper()
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	if w.Code != 200 {
		return w.Body.String()
	}
	if err := json.Unmarshal(w.Body.Bytes(), to); err != nil {
		t.Fatalf("%s %s is answered %q: %v", method, path, w.Body, err)
	}
	return ""
}

const (
	comparison = `{"kind":"comparison","criteria":["none","kd+abkd"],"students":"2x4,2x8","seeds":2,"epochs":5,"teacherEpochs":5}`
	searching  = `{"kind":"search","criteria":["kd"],"students":"2x4","seeds":1,"trials":3,"epochs":5,"teacherEpochs":5}`
)

// TestCompare runs a comparison to its end and opens it at another desk.
func TestCompare(t *testing.T) {
	folder := t.TempDir()
	d := sit(t, folder)
	var v View
	if no := ask(t, d, "POST", "/studies/first", comparison, &v); no != "" || len(v.Cells) != 8 || v.Cells[7].OfEpochs != 5 {
		t.Fatalf("%q: %d cells: %+v", no, len(v.Cells), v)
	}
	d.wait()
	if ask(t, d, "GET", "/studies/first", "", &v); !v.Whole || v.Running || v.Error != "" || v.Runs != v.OfRuns || v.Epochs != v.OfEpochs || len(v.Rows) != 4 || !strings.Contains(v.Chart, "<svg") {
		t.Fatalf("at the end it is %+v", v)
	}
	for _, r := range v.Rows {
		if r.Seeds != 2 || r.Of != 2 || !(r.Test > 0) {
			t.Errorf("a row is %+v", r)
		}
	}
	for _, c := range v.Cells {
		if !c.Done || c.Epochs != 5 || c.OfEpochs != 5 || !(c.Test >= 0) {
			t.Errorf("a cell is %+v", c)
		}
	}
	for range 2 { // the folder is free after the first
		if no := ask(t, d, "POST", "/studies/first", searching, &v); !strings.Contains(no, "it holds other files, such as") {
			t.Errorf("a search in its folder is refused by %q", no)
		}
	}
	other := sit(t, folder)
	var all []Listed
	if ask(t, other, "GET", "/studies", "", &all); len(all) != 1 || all[0] != (Listed{"first", store.Comparison, false, true}) {
		t.Errorf("the folder has %+v", all)
	}
	var again View
	ask(t, other, "GET", "/studies/first", "", &again)
	if !again.Whole || again.Running || len(again.Cells) != 8 || len(again.Rows) != 4 || again.Ask == nil || again.Chart == "" {
		t.Errorf("at another desk it is %+v", again)
	}
	if no := ask(t, other, "POST", "/studies/first", "", &again); no != "" || again.OfRuns != 0 {
		t.Errorf("%q: %d runs are to do again", no, again.OfRuns)
	}
	other.wait()
}

// TestStop stops a comparison, whose desk is left, and goes on with it at another.
func TestStop(t *testing.T) {
	folder := t.TempDir()
	d := sit(t, folder)
	long := strings.NewReplacer(`"epochs":5`, `"epochs":20000`, `"seeds":2`, `"seeds":1`, "2x4,2x8", "2x4").Replace(comparison)
	var v View
	if no := ask(t, d, "POST", "/studies/long", long, &v); no != "" {
		t.Fatal(no)
	}
	if no := ask(t, d, "POST", "/studies/another", comparison, &v); !strings.Contains(no, "the study long runs: wait for it, or stop it") {
		t.Errorf("a second one is refused by %q", no)
	}
	if no := ask(t, sit(t, folder), "POST", "/studies/long", long, &v); !strings.Contains(no, "writes it") || !messages.IsSaid(strings.TrimSpace(no)) {
		t.Errorf("at a second desk it is refused by %q", no)
	}
	if no := ask(t, d, "DELETE", "/studies/long", "", &v); no != "" || v.Running || v.Whole || v.Error != "" {
		t.Errorf("%q: stopped it is %+v", no, v)
	}
	if no := ask(t, d, "DELETE", "/studies/long", "", &v); !strings.Contains(no, "does not run") {
		t.Errorf("a second time: %q", no)
	}
	d.Close()
	other := sit(t, folder)
	if no := ask(t, other, "POST", "/studies/long", "", &v); no != "" || !v.Running || v.OfRuns == 0 {
		t.Errorf("%q: at another desk it goes on as %+v", no, v)
	}
}

// TestSearch runs a search, which comes to settings that a comparison takes.
func TestSearch(t *testing.T) {
	d := sit(t, t.TempDir())
	var v View
	if no := ask(t, d, "POST", "/studies/search", searching, &v); no != "" || len(v.Cells) != 3 {
		t.Fatalf("%q: %d cells", no, len(v.Cells))
	}
	d.wait()
	if ask(t, d, "GET", "/studies/search", "", &v); !v.Whole || v.Error != "" || len(v.Rows) != 3 || !math.IsNaN(float64(v.Rows[0].Test)) || !(v.Rows[0].Valid > 0) || v.Chart == "" {
		t.Errorf("it came to %+v", v)
	}
	tuned, err := report.ReadTuned(filepath.Join(v.Folder, "tuned.json"))
	if err != nil || len(tuned.Criteria) != 1 {
		t.Errorf("tuned.json: %v", err)
	}
}

// TestRefuses asks for what cannot be.
func TestRefuses(t *testing.T) {
	d := sit(t, t.TempDir())
	for _, c := range []struct{ method, path, body, want string }{
		{"POST", "/studies/..", comparison, "the study is called"},
		{"POST", "/studies/a%2fb", comparison, "the study is called"},
		{"POST", "/studies/A", comparison, "small letters, digits and hyphens"},
		{"POST", "/studies/x", strings.Replace(comparison, "kd+abkd", "magic", 1), `criterion is "magic"`},
		{"POST", "/studies/x", strings.Replace(comparison, "2x8", "2y8", 1), "students"},
		{"POST", "/studies/x", strings.Replace(comparison, `"seeds":2`, `"seeds":101`, 1), "seeds is 101, want 1..100"},
		{"POST", "/studies/x", strings.Replace(comparison, "comparison", "party", 1), "kind is"},
		{"POST", "/studies/x", strings.Replace(searching, `"trials":3`, `"trials":0`, 1), "trials is 0"},
		{"POST", "/studies/x", strings.Replace(searching, `"2x4"`, `"2x4,2x8"`, 1), "one size for a search"},
		{"POST", "/studies/x", `{"kind":"comparison","criteria":[]}`, "seeds is 0"},
		{"POST", "/studies/x", `{"colour":1}`, "cannot be read"},
		{"POST", "/studies/x", strings.Repeat(" ", mostAsked+1), "too large"},
		{"POST", "/studies/x", "", "was not begun here"},
		{"GET", "/studies/x", "", "there is no study x"},
		{"PUT", "/studies/x", "", "PUT is not answered"},
	} {
		var v View
		if no := ask(t, d, c.method, c.path, c.body, &v); !strings.Contains(no, c.want) || strings.Count(no, "\n") != 1 {
			t.Errorf("%s %s %.60s is refused by %q, want %q", c.method, c.path, c.body, no, c.want)
		} else if c.method != "PUT" && !strings.Contains(no, "too large") && !messages.IsSaid(strings.TrimSpace(no)) {
			t.Errorf("no message says %q", no) // a page asks for nothing else
		}
	}
	var all []Listed
	if ask(t, d, "GET", "/studies", "", &all); len(all) != 0 {
		t.Errorf("there are %+v", all)
	}
}
