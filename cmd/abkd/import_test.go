package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	graphtable "abkd/gnn/graph/table"
	"abkd/sim/opening"
)

// tableFiles writes the tables of the topic, and returns their names.
func tableFiles(t *testing.T) []string {
	t.Helper()
	example := blocks(strings.SplitN(topic(t, "tables"), "\n## ", 2)[0])[0]
	dir := writeExample(t, example)
	return []string{filepath.Join(dir, "nodes.csv"), filepath.Join(dir, "edges.csv")}
}

// What import writes is what every command reads.
func TestImport(t *testing.T) {
	files := tableFiles(t)
	for _, out := range []string{"graph", "graph.pack"} {
		out := filepath.Join(t.TempDir(), out)
		r := abkd(t, append([]string{"import", "--json", "--out", out}, files...)...).ok(t)
		var got importReport
		if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
			t.Fatal(err)
		}
		if got.Nodes != 9 || got.Edges != 20 || len(got.Classes) != 2 || got.Out != out {
			t.Errorf("import prints %s", r.stdout)
		}
		info := abkd(t, "info", "--data", out, "--no-cache").ok(t).stdout
		for _, want := range []string{"paper", "author", "graphs", "writes", "file"} {
			if !strings.Contains(info, want) {
				t.Errorf("info --data %s has no %q:\n%s", out, want, info)
			}
		}
		abkd(t, "train", "--data", out, "--no-cache", "--hidden", "4", "--epochs", "2").ok(t)
	}
}

// --preview prints what is understood and writes nothing.
func TestImportPreview(t *testing.T) {
	files, dir := tableFiles(t), t.TempDir()
	text := abkd(t, append([]string{"import", "--preview", "--label", "year", "--split", "50/25/25", "--directed", "--features", "f0"}, files...)...)
	if text.status == 0 || !strings.Contains(text.stderr, `no column "f0" is left to be a feature`) {
		t.Errorf("it says %q %q", text.stdout, text.stderr)
	}
	out := abkd(t, append([]string{"import", "--preview", "--out", filepath.Join(dir, "g.pack"), "--label", "year", "--split", "50/25/25", "--directed"}, files...)...).ok(t).stdout
	for _, want := range []string{"2017", "as they are listed", "f0 … f1", "2 features", "50 % training", "not used: \"label\""} {
		if !strings.Contains(out, want) {
			t.Errorf("--preview does not say %q:\n%s", want, out)
		}
	}
	for _, want := range []string{"--out has no effect: with --preview nothing is written", "--seed has no effect"} {
		if got := strings.Contains(out, want); got != strings.HasPrefix(want, "--out") {
			t.Errorf("that it says %q is %t:\n%s", want, got, out)
		}
	}
	if strings.Contains(out, "written to") {
		t.Errorf("--preview says that it has written:\n%s", out)
	}
	var r importReport
	said := abkd(t, append([]string{"import", "--preview", "--json", "--seed", "3", "--seed", "4", "--release", "12", "--out", filepath.Join(dir, "g")}, files...)...).ok(t).stdout
	if err := json.Unmarshal([]byte(said), &r); err != nil || r.Out != "" {
		t.Errorf("--preview --json: out is %q (%v)", r.Out, err)
	}
	for _, want := range []string{"--seed 3 is not used: 4 comes after it.", "--seed has no effect: no split is drawn, the files have theirs.", "--release has no effect: only of a Debian index it is kept."} {
		if !slices.Contains(r.Notes, want) {
			t.Errorf("the notes are %q, want %q among them", r.Notes, want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("--preview has written %v (%v)", left, err)
	}
}

func TestImportRefused(t *testing.T) {
	files := tableFiles(t)
	dir, same, other := t.TempDir(), files[0]+".pack", files[1]+".pack"
	put(t, same, "my work")
	put(t, other, "my work")
	work := t.TempDir()
	set, pack, empty, none := work+"/set", work+"/a.pack", work+"/empty.json", work+"/none.json"
	abkd(t, append([]string{"import", "--out", set}, files...)...).ok(t)
	abkd(t, append([]string{"import", "--out", pack}, files...)...).ok(t)
	put(t, empty, `{"nodes": [{"id": 1, "label": "a"}, {"id": 2, "label": "b"}], "edges": []}`)
	put(t, none, `{"nodes": null, "edges": []}`)
	people := work + "/people.csv"
	kinds, ways := work+"/kinds.csv", work+"/ways.csv"
	put(t, kinds, "id,type,label\n1,paper,a\n2,paper,b\n3,../x,\n4,paper,a\n")
	put(t, ways, "source,target\n1,2\n1,3\n")
	put(t, people, "id,label\n1,Ada\n2,Bob\n3,Cem\n4,Dan\n5,Eve\n")
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "no file is given"},
		{files, "--out is not given"},
		{append(files, "--out", dir+"/g", "--split", "60/20"), `--split is "60/20", want three percents`},
		{append(files, "--out", dir+"/g", "--split", "60/30/20"), "together at most 100"},
		{append(files, "--out", dir+"/g", "--format", "xls"), "xls"},
		{append(files, "--out", dir+"/g", "--max-memory", "1kB"), "takes more memory"},
		{[]string{dir + "/no.csv", "--out", dir + "/g"}, "no.csv: no such file"},
		{append(files, "--out", files[0]), "want a folder"},
		{append(files, files[0], "--out", dir+"/g"), files[0] + " is given twice"},
		{[]string{set, "--out", dir + "/g"}, set + " is a data set already: give it as --data"},
		{[]string{pack, "--out", dir + "/g"}, "every command takes it as its data"},
		{[]string{empty, "--out", dir + "/g"}, "edges: nothing is in it"},
		{[]string{none, "--out", dir + "/g"}, `"nodes" is "null", want a list`},
		{[]string{people, files[1], "--out", dir + "/g"}, "name the column of the classes if it is this one; --label names it"},
		{[]string{kinds, ways, "--out", dir + "/g"}, `node type is "../x", want a plain name`},
		{[]string{kinds, ways, "--preview"}, `node type is "../x", want a plain name`},
		{append(files, same, "--out", same), "what is read as FILES"},
		{append(files, "--out", other), "would be replaced"},
		{append(files, "--out", files[0]+"/x.pack"), "not a directory"},
	} {
		r := abkd(t, append([]string{"import"}, c.args...)...)
		if r.status != 1 || !strings.Contains(r.stderr, c.want) || strings.Count(r.stderr, "\n") != 1 {
			t.Errorf("import %q ends with %d and says %q, want %q", c.args, r.status, r.stderr, c.want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("a refusal has left %v (%v)", left, err)
	}
}

// What import makes of files is what the page makes of them.
func TestImportIsThePages(t *testing.T) {
	folders, err := filepath.Glob("../../gnn/graph/formats/testdata/*-*")
	if err != nil || len(folders) < 20 {
		t.Fatalf("there are %d folders with graphs (%v)", len(folders), err)
	}
	for _, folder := range append(folders, "../../gnn/graph/formats/testdata/csv", "../../gnn/graph/formats/testdata/debian") {
		names, err := filepath.Glob(filepath.Join(folder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		reading, args := opening.Reading{Seed: 1}, append([]string{"import", "--json", "--max-memory", "1GB"}, names...)
		switch filepath.Base(folder) {
		case "csv-neo4j":
			reading.Label = "genre"
			args = append(args, "--label", "genre")
		case "debian":
			reading.Release, reading.Seed, reading.Directed = "12", 3, true
			args = append(args, "--release", "12", "--seed", "3", "--directed")
		case "csv-gephi":
			reading.Directed, reading.Split = true, "50/25/25"
			args = append(args, "--directed", "--split", "50/25/25")
		}
		var files []graphtable.File
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, graphtable.File{Name: filepath.Base(name), Data: b})
		}
		opened, pack, err := opening.Files(files, reading)
		if err != nil {
			t.Errorf("%s: %v", folder, err)
			continue
		}
		out := filepath.Join(t.TempDir(), "g.pack")
		var got importReport
		if err := json.Unmarshal([]byte(abkd(t, append(args, "--out", out)...).ok(t).stdout), &got); err != nil {
			t.Fatal(err)
		}
		if got.Fingerprint != opened.Fingerprint || len(got.Fingerprint) != 32 || !reflect.DeepEqual(*got.Preview, opened.Preview) {
			t.Errorf("%s: import prints %+v, the page %+v", folder, got, opened)
		}
		written, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(written, pack) {
			t.Errorf("%s: the pack has %d bytes, the page's %d, or others", folder, len(written), len(pack))
		}
		again, _, err := opening.Files([]graphtable.File{{Name: "g.pack", Data: written}}, opening.Reading{})
		if err != nil || again.Fingerprint != opened.Fingerprint {
			t.Errorf("%s: the pack has the fingerprint %q (%v), want %q", folder, again.Fingerprint, err, opened.Fingerprint)
		}
	}
}

// What --preview shows can be written: what a folder cannot have is told before.
func TestImportPreviewChecks(t *testing.T) {
	dir := t.TempDir()
	nodes, edges, out := dir+"/nodes.csv", dir+"/edges.csv", dir+"/g"
	put(t, nodes, "id,type,label\n1,paper,a\n2,paper,b\n3,author,\n4,paper,a\n5,paper,b\n")
	put(t, edges, "source,target,relation\n1,2,cites\n3,1,writes\n")
	args := []string{"import", nodes, edges, "--directed"}
	const want = "relation paper__cites__paper has no reverse"
	for _, more := range [][]string{{"--out", out}, {"--out", out, "--preview"}} {
		if r := abkd(t, append(args, more...)...); r.status != 1 || !strings.Contains(r.stderr, want) {
			t.Errorf("%q ends with %d and says %q, want %q", more, r.status, r.stderr, want)
		}
	}
	if said := abkd(t, append(args, "--preview")...).ok(t).stdout; !strings.Contains(said, "As a folder it cannot be written ("+want) {
		t.Errorf("--preview says %q", said)
	}
	abkd(t, append(args, "--out", out+".pack")...).ok(t)
}
