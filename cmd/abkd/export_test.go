package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"abkd/gnn/safetensors"
)

// python returns a Python that has PyTorch, or skips the test.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import torch").Run() == nil {
			return name
		}
	}
	t.Skip("there is no Python with PyTorch here")
	return ""
}

// exportCases are the models that PyTorch is to rebuild.
var exportCases = []struct{ data, args string }{
	{"karate", "--model sage"}, {"karate", "--model gcnii --layers 5 --initial-share 0.3"}, {"karate", "--model mlp --layers 1"},
	{"karate", "--model gat --layers 3 --heads 3"}, {"karate", "--model rgcn"}, {"mag-mini", "--model gcn --input 20"}, {"mag-mini", "--model rgcn"},
	{"mag-mini", "--model rgcn --inputs embedding --input 20 --row-normalise"}, {"mag-mini", "--model rgcn --inputs fastrp --label-reuse"}, {"debian-mini", "--model rgcn"}, {vispub, "--model rgcn --layers 2"}, {vispub, "--model gat --row-normalise"},
}

// TestExportPyTorch lets PyTorch compute the logits of each kind of model, all
// in one process: to start one takes longer than all the rest.
func TestExportPyTorch(t *testing.T) {
	python, dir := python(t), t.TempDir()
	var scripts, splits []string
	for i, c := range exportCases {
		if _, err := os.Stat(c.data); c.data == vispub && err != nil {
			t.Logf("the data set is not here: %v", err)
			continue
		}
		weights, stem := filepath.Join(dir, fmt.Sprint("w", i)), filepath.Join(dir, fmt.Sprint("model", i))
		args := append([]string{"train", "--data", c.data, "--hidden", "16", "--epochs", "3", "--out", weights}, strings.Fields(c.args)...)
		abkd(t, args...).ok(t)
		abkd(t, "export", weights, "--data", c.data, "--format", "pytorch", "--out", stem).ok(t)
		v := abkd(t, "eval", "--data", c.data, "--weights", weights, "--json").ok(t).json(t)
		scripts = append(scripts, stem+".py")
		splits = append(splits, fmt.Sprintf("split %s: accuracy train %.2f %%, valid %.2f %%, test %.2f %%", v["split"], 100*num(t, v, "train"), 100*num(t, v, "valid"), 100*num(t, v, "test")))
	}
	const code = "import runpy, sys\nfor script in sys.argv[1:]:\n    runpy.run_path(script, run_name='__main__')\n    print('---')"
	out, err := exec.Command(python, append([]string{"-c", code}, scripts...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	parts := strings.Split(string(out), "---\n")
	for i, split := range splits {
		t.Run("data="+filepath.Base(exportCases[i].data)+" "+exportCases[i].args, func(t *testing.T) {
			var nodes int
			var diff float64
			_, err := fmt.Sscanf(lineWith(parts[i], "logits of"), "logits of %d nodes differ from abkd's by %g of the largest", &nodes, &diff)
			if err != nil || nodes < 30 || !(diff < 1e-4) {
				t.Errorf("%v in\n%s", err, parts[i])
			}
			// What it says of the accuracy is what eval says.
			if got := lineWith(parts[i], strings.SplitAfter(split, ":")[0]); got != split {
				t.Errorf("PyTorch says %q, eval %q", got, split)
			}
		})
	}
}

func lineWith(s, start string) string {
	for _, line := range strings.Split(s, "\n") {
		if strings.HasPrefix(line, start) {
			return line
		}
	}
	return ""
}

// TestExportPyTorchNotices checks that the script compares: a weight that is
// another one is noticed. And that its names are those of a state dict.
func TestExportPyTorchNotices(t *testing.T) {
	python, dir := python(t), t.TempDir()
	stem := filepath.Join(dir, "my_model")
	abkd(t, "export", weights(t), "--data", "karate", "--format", "pytorch", "--out", stem+".py").ok(t)
	if got := strings.Join(names(t, dir), " "); got != "my_model.logits.safetensors my_model.pack my_model.py my_model.safetensors" {
		t.Errorf("it writes %s", got)
	}
	code := `import sys; sys.path.insert(0, sys.argv[1]); import my_model, torch
model, graph = my_model.load()
state = model.state_dict(); model.load_state_dict(state)
print(sorted(state) == sorted(my_model.read_safetensors(sys.argv[1] + "/my_model.safetensors")[0]), list(model(graph).shape))`
	if out, err := exec.Command(python, "-c", code, dir).CombinedOutput(); err != nil || string(out) != "True [34, 4]\n" {
		t.Errorf("%v: %s", err, out)
	}
	f, err := safetensors.ReadFile(stem + ".safetensors")
	if err != nil {
		t.Fatal(err)
	}
	f.Tensors[len(f.Tensors)-1].Data[0] += 0.25
	f.Tensors[0].Half = true // that PyTorch reads it too
	if err := safetensors.WriteFile(stem+".safetensors", f); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(python, stem+".py").CombinedOutput(); err == nil || !strings.Contains(string(out), "that is too much, want at most 0.0001") {
		t.Errorf("%v: %s", err, out)
	}
}

// records reads the CSV that export writes for those weights.
func records(t *testing.T, weights, data string, args ...string) [][]string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.csv")
	v := abkd(t, append([]string{"export", weights, "--data", data, "--out", out, "--json"}, args...)...).ok(t).json(t)
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows)-1 != int(num(t, v, "rows")) {
		t.Errorf("%d lines after the header, the report says %v", len(rows)-1, v["rows"])
	}
	return rows
}

// TestExportCSV compares the predictions with what eval says of the weights.
func TestExportCSV(t *testing.T) {
	w := weights(t, "--data", "mag-mini")
	rows := records(t, w, "mag-mini")
	if h := strings.Join(rows[0][:7], ","); h != "node,name,part,label,label_name,prediction,prediction_name" || len(rows) != 401 || len(rows[0]) != 7+8+1 || rows[0][15] != "confidence" {
		t.Fatalf("header is %q, with %d lines", rows[0], len(rows))
	}
	right, count := map[string]float64{}, map[string]float64{}
	for i, r := range rows[1:] {
		if r[0] != strconv.Itoa(i) || r[1] == "" || !strings.HasPrefix(rows[0][7], "p:") || r[4] != strings.TrimPrefix(rows[0][7+number32(t, r[3])], "p:") {
			t.Fatalf("line %d is %q", i+2, r)
		}
		sum, best := 0.0, 0.0
		for _, p := range r[7:15] {
			v, err := strconv.ParseFloat(p, 64)
			if err != nil || v < 0 || v > 1 {
				t.Fatalf("line %d: probability is %q", i+2, p)
			}
			sum, best = sum+v, max(best, v)
		}
		if p := r[7+number32(t, r[5])]; math.Abs(sum-1) > 1e-4 || fmt.Sprintf("%.6g", best) != p {
			t.Errorf("line %d: probabilities sum to %g, the prediction has %s of at most %g", i+2, sum, p, best)
		}
		count[r[2]]++
		if r[3] == r[5] {
			right[r[2]]++
		}
	}
	v := abkd(t, "eval", "--data", "mag-mini", "--weights", w, "--json").ok(t).json(t)
	for _, part := range []string{"train", "valid", "test"} {
		if got, want := right[part]/count[part], num(t, v, part); math.Abs(got-want) > 1e-6 {
			t.Errorf("of %s %g is right, eval says %g", part, got, want)
		}
	}
	top := records(t, w, "mag-mini", "--top", "3")
	if h := strings.Join(top[0][7:], ","); h != "top1,p1,top2,p2,top3,p3,confidence" {
		t.Errorf("header is %q", h)
	}
	for i, r := range top[1:] {
		if r[7] != r[6] || r[8] < r[10] && !strings.Contains(r[8]+r[10], "e") || !slices.Equal(r[:7], rows[i+1][:7]) {
			t.Errorf("line %d is %q", i+2, r)
		}
	}
	if many := records(t, w, "mag-mini", "--top", "100"); len(many[0]) != 16 {
		t.Errorf("the header of all classes has %d columns, want 16", len(many[0]))
	}
}

func number32(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestExportSafetensors(t *testing.T) {
	w, out := weights(t), filepath.Join(t.TempDir(), "copy")
	abkd(t, "export", w, "--data", "karate", "--format", "safetensors", "--out", out).ok(t)
	a, errA := os.ReadFile(w)
	b, errB := os.ReadFile(out)
	if errA != nil || errB != nil || string(a) != string(b) {
		t.Errorf("%d and %d bytes (%v, %v), want them equal", len(a), len(b), errA, errB)
	}
	abkd(t, "export", w, "--data", "mag-mini", "--format", "safetensors", "--out", out).fails(t, w, "abkd.types")
}

// The four files of an export replace those of one before, and nothing else
// that has their names.
func TestExportBesideOthers(t *testing.T) {
	w, dir := weights(t), t.TempDir()
	stem := filepath.Join(dir, "m")
	export := func() result { return abkd(t, "export", w, "--data", "karate", "--format", "pytorch", "--out", stem) }
	for _, c := range []struct{ file, command string }{
		{stem + ".pack", "pack --data karate --out "},
		{stem + ".safetensors", "train --data karate --epochs 1 --out "},
		{stem + ".logits.safetensors", "train --data karate --epochs 1 --out "},
	} {
		abkd(t, append(strings.Fields(c.command), c.file)...).ok(t)
		before, err := os.ReadFile(c.file)
		if err != nil {
			t.Fatal(err)
		}
		export().fails(t, c.file+"): the file that is there is no ", " of an earlier export (which would have left "+stem+".py), and would be replaced")
		if after, err := os.ReadFile(c.file); err != nil || string(after) != string(before) {
			t.Errorf("%s has changed (%v)", c.file, err)
		}
		if err := os.Remove(c.file); err != nil {
			t.Fatal(err)
		}
	}
	export().ok(t)
	export().ok(t)
}

func TestExportBadFlags(t *testing.T) {
	w := weights(t)
	stem := strings.TrimSuffix(w, ".safetensors")
	for args, want := range map[string]string{
		"export --data karate --out x":                                  "0 files are given, want one with weights",
		"export " + w + " x --data karate --out x":                      "2 files are given",
		"export " + w + " --data karate":                                "--out is not given",
		"export " + w + " --data karate --format onnx --out x":          `--format is "onnx", want one of`,
		"export " + w + " --data karate --top -2 --out x":               "--top is -2",
		"export " + w + " --data karate --top -1 --out x":               "--top is -1, want 0 for all classes, or more",
		"export " + w + " --data karate --out " + w:                     "is what is read as WEIGHTS, want another name",
		"export " + w + " --data karate --format pytorch --out " + stem: "is what is read as WEIGHTS, want another name",
		"export no/such --data karate --out x":                          "no/such: no such file",
		"export " + w + " --data karate --out no/such/x":                "there is no folder",
		"export " + w + " --data no/such --out x":                       "no/such",
		"export main.go --data karate --out x":                          "main.go: ",
	} {
		t.Run("args="+strings.ReplaceAll(args, w, "W"), func(t *testing.T) { abkd(t, strings.Split(args, " ")...).fails(t, want) })
	}
	if _, err := os.Stat("x"); err == nil {
		t.Error("a refused export left a file x")
	}
}

// TestExportNames exports to a name with a line end and a blank: what is printed
// has neither raw, and the line for a shell names the script.
func TestExportNames(t *testing.T) {
	w := weights(t)
	dir := filepath.Join(t.TempDir(), "a b\nc")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Skip(err) // names of this system have none
	}
	out := abkd(t, "export", w, "--data", "karate", "--format", "pytorch", "--out", filepath.Join(dir, "model")).ok(t).stdout
	if strings.Count(out, "\n") != 2 {
		t.Errorf("it says %q, want two lines", out)
	}
	_, hint, _ := strings.Cut(out, "\n")
	word, _, _ := strings.Cut(strings.TrimPrefix(hint, "python3 "), " computes the logits")
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	if got, err := exec.Command(bash, "-c", "test -f "+word).CombinedOutput(); err != nil {
		t.Errorf("a shell finds no script under %s: %v %s", word, err, got)
	}
}
