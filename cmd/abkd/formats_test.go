package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/assets/help"
)

// topic returns the text of a topic.
func topic(t *testing.T, name string) string {
	t.Helper()
	for _, x := range help.Topics() {
		if x.Name == name {
			return x.Text
		}
	}
	t.Fatalf("there is no topic %s", name)
	return ""
}

// section returns the part of a topic below a heading that begins with title.
func section(t *testing.T, name, title string) string {
	t.Helper()
	_, rest, found := strings.Cut(topic(t, name), "\n## "+title)
	if !found {
		t.Fatalf("topic %s has no section %q", name, title)
	}
	_, rest, _ = strings.Cut(rest, "\n")
	text, _, _ := strings.Cut(rest, "\n## ")
	return text
}

// blocks returns the indented blocks of a text, without their indentation.
func blocks(text string) (all []string) {
	open := false
	for line := range strings.Lines(text) {
		code, indented := strings.CutPrefix(line, "    ")
		switch {
		case indented && open:
			all[len(all)-1] += code
		case indented:
			all = append(all, code)
		}
		open = indented
	}
	return all
}

// TestTopics checks that help lists and prints every topic, and that the first
// of them names the others.
func TestTopics(t *testing.T) {
	top := abkd(t, "--help").ok(t).stdout
	first := abkd(t, "help", "formats").ok(t).stdout
	for _, x := range help.Topics() {
		if !strings.Contains(top, "\n  abkd help "+x.Name+" ") {
			t.Errorf("abkd --help does not list the topic %s", x.Name)
		}
		if x.Name != "formats" && !strings.Contains(first, "\n    "+x.Name+" ") {
			t.Errorf("abkd help formats does not list %s", x.Name)
		}
		if got := abkd(t, "help", x.Name).ok(t).stdout; strings.TrimSpace(got) != strings.TrimSpace(x.Text) {
			t.Errorf("abkd help %s prints\n%s", x.Name, got)
		}
	}
}

// writeExample writes the files of an example, FILE | LINE, to a folder.
func writeExample(t *testing.T, example string) string {
	t.Helper()
	dir, files, name := t.TempDir(), map[string]string{}, ""
	for line := range strings.Lines(example) {
		left, right, found := strings.Cut(strings.TrimSuffix(line, "\n"), "| ")
		if !found {
			t.Fatalf("line %q of the example is not FILE | LINE", line)
		}
		if left = strings.TrimSpace(left); left != "" {
			name = left
		}
		files[name] += right + "\n"
	}
	for name, text := range files {
		b := []byte(text)
		if strings.HasSuffix(name, ".gz") {
			b = gzipped(t, text)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestDataExamples reads the two data sets of the topic and trains on them.
func TestDataExamples(t *testing.T) {
	for title, want := range map[string]map[string]any{
		"Heterogeneous": {"nodes": 6., "edges": 14., "classes": 2., "labelled": 4., "target": "paper", "features": 2.},
		"Homogeneous":   {"nodes": 6., "edges": 14., "classes": 2., "labelled": 5., "target": "node", "name": "triangles"},
	} {
		t.Run("form="+title, func(t *testing.T) {
			dir := writeExample(t, blocks(section(t, "data", title))[0])
			checkReads(t, dir, want)
		})
	}
}

// TestDataVariants reads the heterogeneous example in the other forms that the
// topic names.
func TestDataVariants(t *testing.T) {
	example := blocks(section(t, "data", "Heterogeneous"))[0]
	labels := "node-label.csv.gz                 | 0\n"
	if !strings.Contains(example, labels) {
		t.Fatalf("the example has not the line %q", labels)
	}
	without := func(names ...string) string {
		var kept strings.Builder
		dropped := false
		for line := range strings.Lines(example) {
			if left, _, _ := strings.Cut(line, "|"); strings.TrimSpace(left) != "" {
				dropped = slices.ContainsFunc(names, func(n string) bool { return strings.Contains(left, n) })
			}
			if !dropped {
				kept.WriteString(line)
			}
		}
		return kept.String()
	}
	for name, text := range map[string]string{
		"plain":  strings.ReplaceAll(example, ".csv.gz", ".csv"),
		"spaced": strings.NewReplacer("| 0,1\n", "| 0.0, 1\n", "False,True", "false, 1").Replace(example),
		"blank":  example + "split/time/paper/test.csv.gz | \n",
		"pyg":    without("triplet-type-list", "nodetype-has-feat", "nodetype-has-label"),
		"hidden": example + "raw/relations/.ipynb_checkpoints/edge.csv | 7\n",
	} {
		t.Run("form="+name, func(t *testing.T) {
			checkReads(t, writeExample(t, text), map[string]any{"nodes": 6., "edges": 14., "labelled": 4., "target": "paper", "features": 2.})
		})
	}
	for _, no := range []string{"-1", "nan", "NA", "null", ""} {
		text := strings.Replace(example, labels, strings.Replace(labels, "| 0", "| "+no, 1), 1) // the first paper, which is in train
		t.Run("label="+no, func(t *testing.T) {
			checkReads(t, writeExample(t, text), map[string]any{"nodes": 6., "labelled": 3.})
		})
	}
}

// checkReads checks what info says of a data set, and trains on it.
func checkReads(t *testing.T, dir string, want map[string]any) {
	t.Helper()
	v := abkd(t, "info", "--data", dir, "--json").ok(t).json(t)
	for key, x := range want {
		if v[key] != x {
			t.Errorf("%s is %v, want %v", key, v[key], x)
		}
	}
	r := abkd(t, "train", "--data", dir, "--epochs", "2", "--hidden", "4", "--json").ok(t).json(t)
	if num(t, r, "epochs") != 2 {
		t.Errorf("trained %v epochs, want 2", r["epochs"])
	}
}

// standIn is Python that makes an object with the methods of a PyG one that
// the documented lines use.
const standIn = `
import sys
out = sys.argv[1]
class Tensor(list):
    def tolist(self): return list(self)
class Store(dict):
    __getattr__ = dict.__getitem__
class HeteroData(dict):
    node_types = ["author", "paper"]
    edge_types = [("author", "writes", "paper"), ("paper", "cites", "paper"), ("paper", "rev_writes", "author")]
papers = Store(num_nodes=4, x=Tensor([[0.5, 1.0], [0.25, -1.0], [0.0, 0.25], [1.0, 1.0]]), y=Tensor([0, 1, -1, 0]),
    train_mask=Tensor([True, False, False, False]), val_mask=Tensor([False, True, False, False]), test_mask=Tensor([False, False, False, True]))
data = HeteroData({"author": Store(num_nodes=2), "paper": papers,
    ("author", "writes", "paper"): Store(edge_index=Tensor([[0, 0, 1, 1], [0, 1, 2, 3]])),
    ("paper", "cites", "paper"): Store(edge_index=Tensor([[2, 3, 3], [0, 0, 1]])),
    ("paper", "rev_writes", "author"): Store(edge_index=Tensor([[0, 1, 2, 3], [0, 0, 1, 1]]))})
homogeneous = Store(papers, edge_index=Tensor([[0, 1, 2], [1, 2, 3]]))
`

// TestWriteFromPyG runs the documented lines.
func TestWriteFromPyG(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3")
	}
	code := blocks(section(t, "data", "From PyG"))
	if n := strings.Count(code[0], "\n"); n > 16 {
		t.Errorf("writing takes %d lines", n)
	}
	dir := t.TempDir()
	script := standIn + code[0] + "out, data = sys.argv[2], homogeneous\n" + code[1]
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	if text, err := exec.Command(python, "-c", script, one, two).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	checkReads(t, one, map[string]any{"nodes": 6., "edges": 14., "labelled": 3., "target": "paper", "features": 2.})
	checkReads(t, two, map[string]any{"nodes": 4., "edges": 6., "labelled": 3., "features": 2.})
}

// TestMergeResults does what the topic says of several machines, with the very
// command lines, and checks that the last one trains nothing.
func TestMergeResults(t *testing.T) {
	var commands string
	for _, b := range blocks(section(t, "results", "Runs of several")) {
		commands += b
	}
	work := t.TempDir()
	run := func(line string) string {
		t.Helper()
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "abkd ") {
			line, _, _ = strings.Cut(line, " #")
			line = strings.Replace(line, "--data DIR", "--data karate", 1) + " --epochs 3 --teacher-epochs 3 --students 1x2 --json"
		}
		cmd := exec.Command("sh", "-c", line)
		cmd.Dir, cmd.Env = work, append(os.Environ(), "PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
		return string(out)
	}
	lines := strings.Split(strings.TrimSpace(commands), "\n")
	for _, line := range lines[:3] {
		run(line)
	}
	before := folder(t, filepath.Join(work, "one"))
	last := run(lines[3])
	after := folder(t, filepath.Join(work, "one"))
	if !slices.Equal(before, after) {
		t.Errorf("the last command has trained: runs before are %q, after it %q", before, after)
	}
	if !strings.Contains(last, `"seeds":[1,2,3,4,5,6,7,8,9,10]`) || !strings.Contains(last, `"seeds":10`) {
		t.Errorf("the report is %s, want that of ten seeds", last)
	}
}

// folder returns the names and times of the runs in a folder of results.
func folder(t *testing.T, dir string) (all []string) {
	t.Helper()
	for _, sub := range []string{"cells", "teachers"} {
		entries, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, e.Name()+" "+info.ModTime().String())
		}
	}
	return all
}
