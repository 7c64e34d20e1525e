package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
	out := abkd(t, append([]string{"import", "--preview", "--out", filepath.Join(dir, "g"), "--label", "year", "--split", "50/25/25", "--directed"}, files...)...).ok(t).stdout
	for _, want := range []string{"2017", "as they are listed", "f0 … f1", "2 features", "50 % training", "not used: \"label\""} {
		if !strings.Contains(out, want) {
			t.Errorf("--preview does not say %q:\n%s", want, out)
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
