package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/outcome"
	"abkd/cmd/internal/studies"
	"abkd/sim/fit"
	"abkd/sim/study"
	"abkd/sim/study/report"
)

// A documented field: its type, whether it may be null and whether it is
// always there.
type documented struct {
	kind             string
	nullable, rarely bool
}

// fields returns the documented fields of a section, by path. Types in capitals
// are sections themselves.
func fields(t *testing.T, name, title string) map[string]documented {
	t.Helper()
	all := map[string]documented{}
	for _, block := range blocks(section(t, name, title)) {
		for line := range strings.Lines(block) {
			f := strings.Fields(line)
			if len(f) < 2 {
				t.Fatalf("%s: line %q is not PATH TYPE MEANING", title, line)
			}
			path, kind, nullable := f[0], strings.TrimSuffix(f[1], "?"), strings.HasSuffix(f[1], "?")
			d := documented{kind, nullable, strings.Contains(line, "(rarely)")}
			if kind != strings.ToUpper(kind) {
				add(t, all, path, d)
				continue
			}
			inner := kind
			if kind == "TRAIN" {
				inner = "train"
			}
			for p, d := range fields(t, name, inner+"\n") {
				d.nullable = d.nullable || nullable
				if path != "..." {
					p = path + "." + p
				}
				add(t, all, p, d)
			}
		}
	}
	return all
}

func add(t *testing.T, all map[string]documented, path string, d documented) {
	t.Helper()
	if _, twice := all[path]; twice {
		t.Errorf("%s is documented twice", path)
	}
	all[path] = d
}

// declared adds the fields of a Go type that encoding/json writes, by path.
func declared(all map[string]documented, t reflect.Type, path string, d documented) {
	switch k := t.Kind(); {
	case k == reflect.Pointer:
		d.nullable = true
		declared(all, t.Elem(), path, d)
	case k == reflect.Float32 || k == reflect.Float64:
		d.kind = "number"
	case k == reflect.String:
		d.kind = "text"
	case k == reflect.Bool:
		d.kind = "flag"
	case k == reflect.Slice:
		declared(all, t.Elem(), path+"[]", d)
	case k == reflect.Struct:
		declareStruct(all, t, path, d)
	case k == reflect.Map: // such as versions, whose keys the output tells
	default:
		d.kind = "integer"
	}
	if d.kind != "" {
		all[path] = d
	}
}

func declareStruct(all map[string]documented, t reflect.Type, path string, d documented) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, tagged := strings.Cut(f.Tag.Get("json"), ",")
		inner := d
		inner.rarely = d.rarely || tagged && strings.Contains(options, "omitempty")
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Pointer: // as distill's, there or not there
			declared(all, f.Type.Elem(), path, d)
		case f.Anonymous && name == "":
			declared(all, f.Type, path, inner)
		case path == "":
			declared(all, f.Type, name, inner)
		default:
			declared(all, f.Type, path+"."+name, inner)
		}
	}
}

// sections are the documented objects with the Go types that make them.
var sections = []struct {
	topic, title string
	value        any
}{
	{"json", "info", infoReport{}}, {"json", "distill", fit.Report{}}, {"json", "eval", evalReport{}}, {"json", "version", versionReport{}},
	{"json", "compare", report.Comparison{}}, {"json", "tune", report.Tuned{}}, {"json", "study", report.Fair{}}, {"json", "report", studies.Report{}}, {"json", "synth", synthReport{}}, {"json", "fetch", fetchReport{}},
	{"json", "pack", packReport{}}, {"json", "import", importReport{}}, {"json", "export", exportReport{}}, {"json", "curves", outcome.Curves{}}, {"json", "bench step", stepReport{}}, {"json", "bench scale", scaleReport{}},
	{"json", "metrics", fit.Epoch{}}, {"results", "A cell", study.Result{}}, {"results", "A teacher", study.TeacherResult{}},
}

// TestFieldsAreDocumented compares the topics with the types that are printed,
// in both directions.
func TestFieldsAreDocumented(t *testing.T) {
	for _, s := range sections {
		t.Run("section="+s.title, func(t *testing.T) {
			want, got := map[string]documented{}, fields(t, s.topic, s.title)
			declared(want, reflect.TypeOf(s.value), "", documented{})
			for _, path := range slices.Sorted(maps.Keys(want)) {
				w := want[path]
				switch d, found := got[path]; {
				case !found:
					t.Errorf("%s (%s) is not documented in assets/help/%s.md", path, w.kind, s.topic)
				case d.kind != w.kind:
					t.Errorf("%s is documented as %s, it is %s", path, d.kind, w.kind)
				case w.nullable && !d.nullable:
					t.Errorf("%s may be null, which is not documented", path)
				case w.rarely != d.rarely:
					t.Errorf("%s is left out at times: %v, documented: %v", path, w.rarely, d.rarely)
				}
			}
			for path := range got {
				if _, found := want[path]; !found && !strings.HasPrefix(path, "versions.") {
					t.Errorf("%s is documented, and there is no such field", path)
				}
			}
		})
	}
}

// TestCommandsWithJSONAreDocumented checks that each has its section.
func TestCommandsWithJSONAreDocumented(t *testing.T) {
	known := map[string]bool{"train": true} // with distill
	for _, s := range sections {
		known[s.title] = true
	}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		if name := strings.TrimPrefix(c.CommandPath(), "abkd "); c.Flags().Lookup("json") != nil && !known[name] {
			t.Errorf("abkd %s has --json and no section in assets/help/json.md", name)
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(newRoot())
}

// printed collects what is printed under each path.
type printed map[string][]any

func (p printed) walk(path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			p.walk(strings.TrimPrefix(path+"."+key, "."), x)
		}
	case []any:
		p[path+"[]"] = append(p[path+"[]"], nil)[:len(p[path+"[]"])] // known, if without elements
		for _, x := range v {
			p.walk(path+"[]", x)
		}
	default:
		p[path] = append(p[path], v)
	}
}

// check compares what was printed with the documented fields.
func (p printed) check(t *testing.T, docs map[string]documented) {
	t.Helper()
	for path, values := range p {
		d, found := docs[path]
		for _, v := range values {
			switch {
			case v == nil && !nullable(docs, path):
				t.Errorf("%s is null, which is not documented", path)
			case v != nil && !found:
				t.Errorf("%s is printed (%v) and not documented", path, v)
			case v != nil && !fits(v, d.kind):
				t.Errorf("%s is %v, documented is %s", path, v, d.kind)
			}
		}
	}
	for path, d := range docs {
		if !d.rarely && !p.covers(path) {
			t.Errorf("%s is documented and was not printed", path)
		}
	}
}

// nullable reports whether path, or all that lies below it, may be null.
func nullable(docs map[string]documented, path string) bool {
	below := 0
	for p, d := range docs {
		if p == path || strings.HasPrefix(p, path+".") || strings.HasPrefix(p, path+"[]") {
			if !d.nullable {
				return false
			}
			below++
		}
	}
	return below > 0
}

// covers reports whether path was printed, or null or an empty list above it.
func (p printed) covers(path string) bool {
	if _, found := p[path]; found {
		return true
	}
	for above, values := range p {
		if strings.HasPrefix(path, above) && (len(values) == 0 || slices.Contains(values, nil)) {
			return true
		}
	}
	return false
}

func fits(v any, kind string) bool {
	switch v := v.(type) {
	case string:
		return kind == "text"
	case bool:
		return kind == "flag"
	case float64:
		return kind == "number" || kind == "integer" && v == float64(int64(v))
	}
	return false
}

// read adds every line of a file of JSON, or its only object.
func (p printed) read(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for d := json.NewDecoder(f); d.More(); {
		var v any
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p.walk("", v)
	}
}

// TestOutputsAreDocumented runs the commands and compares what they print, and
// the files that they leave, with the topics.
func TestOutputsAreDocumented(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	out := func(p printed, args ...string) {
		t.Helper()
		p.walk("", abkd(t, append(args, "--json")...).ok(t).json(t))
	}
	docs := func(p printed, name, title string) {
		t.Helper()
		t.Run("section="+title, func(t *testing.T) { p.check(t, fields(t, name, title)) })
	}
	all := map[string]printed{}
	of := func(title string) printed {
		if all[title] == nil {
			all[title] = printed{}
		}
		return all[title]
	}
	out(of("synth"), "synth", "--papers", "60", "--classes", "3", "--features", "8", "--out", in("graph"))
	out(of("info"), "info", "--data", in("graph"))
	out(of("train"), "train", "--data", in("graph"), "--epochs", "1", "--inputs", "auto")
	out(of("train"), "train", "--data", in("graph"), "--epochs", "3", "--eval-every", "2", "--metrics", in("m.jsonl"), "--out", in("t.safetensors"))
	for _, criterion := range []string{"abkd", "kd"} {
		out(of("distill"), "distill", "--data", in("graph"), "--epochs", "2", "--teacher", in("t.safetensors"), "--criterion", criterion, "--out", in("s.safetensors"))
	}
	out(of("eval"), "eval", "--data", in("graph"), "--weights", in("s.safetensors"))
	out(of("eval"), "eval", "--data", in("graph"), "--weights", in("s.safetensors"), "--out", in("eval"))
	quick := []string{"--data", "karate", "--epochs", "3", "--teacher-epochs", "3"}
	out(of("tune"), append(quick, "tune", "--criteria", "abkd,kd", "--trials", "2", "--seeds", "1", "--out", in("tune"))...)
	out(of("study"), append(quick, "study", "--criteria", "at,spread,abkd+", "--draws", "2", "--tuning-seeds", "1", "--seeds", "4", "--out", in("study"))...)
	out(of("compare"), append(quick, "compare", "--criteria", "none,abkd", "--students", "1x2", "--seeds", "2", "--variant", "frozen:criterion=abkd&frozen=on", "--out", in("compare"))...)
	out(of("compare"), append(quick, "compare", "--tuned", in("tune/tuned.json"), "--seeds", "1")...)
	out(of("pack"), "pack", "--data", in("graph"), "--nodes", "60", "--target", "10", "--teacher", in("t.safetensors"), "--out", in("p.pack"))
	out(of("export"), "export", in("t.safetensors"), "--data", in("graph"), "--format", "csv", "--out", in("p.csv"))
	out(of("export"), "export", in("t.safetensors"), "--data", in("graph"), "--format", "npy", "--out", in("npy"))
	out(of("curves"), "curves", in("m.jsonl"), "--out", in("m.svg"))
	out(of("bench step"), "bench", "step", "--data", "karate", "--hidden", "4", "--steps", "1")
	out(of("bench scale"), "bench", "scale", "--scales", "0.001,0.002", "--hidden", "4", "--steps", "1", "--roots", "100")
	untested := []string{"--data", withoutTest(t, in("graph")), "--epochs", "2"} // what is not known is null
	out(of("info"), "info", "--data", untested[1])
	out(of("train"), append(untested, "train", "--eval-every", "2", "--metrics", in("u.jsonl"), "--out", in("u.safetensors"))...)
	out(of("distill"), append(untested, "distill", "--teacher", in("u.safetensors"), "--criterion", "abkd")...)
	out(of("eval"), "eval", "--data", untested[1], "--weights", in("u.safetensors"))
	out(of("pack"), "pack", "--data", untested[1], "--nodes", "60", "--target", "10", "--teacher", in("u.safetensors"), "--out", in("u.pack"))
	out(of("compare"), append(untested, "compare", "--teacher-epochs", "2", "--criteria", "none,kd", "--students", "1x2", "--seeds", "2", "--out", in("untested"))...)
	out(of("report"), "report", in("compare"), "--out", in("paper"))
	out(of("report"), "report", in("study"), "--out", in("paper"))
	of("metrics").read(t, in("u.jsonl"))
	zip := zipped(t, "mag", "")
	sum := sha256.Sum256(zip)
	server := serveBadly(t, func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, zip) })
	out(of("fetch"), "fetch", "ogbn-mag", "--root", in("data"), "--url", server.URL+"/mag.zip", "--sha256", hex.EncodeToString(sum[:]))
	of("metrics").read(t, in("m.jsonl"))
	of("compare").read(t, in("compare/result.json"))
	of("tune").read(t, in("tune/tuned.json"))
	of("study").read(t, in("study/fair.json"))
	for title, p := range all {
		docs(p, "json", title)
	}
	checkFolder(t, dir)
}

// withoutTest returns a copy of a data set that has no test nodes.
func withoutTest(t *testing.T, data string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "untested")
	if err := os.CopyFS(dir, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "split", "*", "paper", "test.csv.gz"))
	if len(files) == 0 {
		t.Fatalf("no split of %s has a part test", data)
	}
	for _, f := range files {
		if err := os.WriteFile(f, gzipped(t, ""), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// checkFolder compares the files of the folders compare and tune, and the
// columns of their tables, with the topic.
func checkFolder(t *testing.T, dir string) {
	t.Helper()
	text := topic(t, "results")
	for _, sub := range []string{"compare", "tune", "study", "untested"} {
		for title, pattern := range map[string]string{"A cell": "cells/*.json", "A teacher": "teachers/*.json"} {
			p := printed{}
			files, _ := filepath.Glob(filepath.Join(dir, sub, pattern))
			if len(files) == 0 {
				t.Errorf("%s has no %s", sub, pattern)
			}
			for _, f := range files {
				p.read(t, f)
			}
			p.check(t, fields(t, "results", title))
		}
		files, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if name := f.Name(); name != "cells" && name != "teachers" && !strings.Contains(text, "\n    "+name+" ") {
				t.Errorf("%s of a folder of %s is not documented", name, sub)
			}
		}
	}
	for file, title := range map[string]string{"compare/rows.csv": "Columns of rows.csv", "tune/trials.csv": "Columns of trials.csv", "p.csv": "Columns of predictions",
		"eval/classes.csv": "Columns of classes.csv", "eval/confusion.csv": "Columns of confusion.csv", "eval/calibration.csv": "Columns of calibration.csv"} {
		b, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		header, _, _ := strings.Cut(string(b), "\n")
		want := strings.ReplaceAll(strings.TrimSpace(blocks(section(t, "results", title))[0]), "\n", "")
		if file == "p.csv" {
			header, _, _ = strings.Cut(header, ",p:")
		}
		if header != want {
			t.Errorf("columns of %s are %s, documented are %s", file, header, want)
		}
	}
}
