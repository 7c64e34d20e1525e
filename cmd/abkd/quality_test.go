package main

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// readCSV returns the lines of a file by their columns.
func readCSV(t *testing.T, name string) (all []map[string]string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", name, len(rows), err)
	}
	for _, r := range rows[1:] {
		line := map[string]string{}
		for i, cell := range r {
			line[rows[0][i]] = cell
		}
		all = append(all, line)
	}
	return all
}

// TestEvalOut counts the predictions that export writes again, by hand, and
// compares what eval says of them.
func TestEvalOut(t *testing.T) {
	w, dir := weights(t, "--data", "mag-mini"), t.TempDir()
	out, predicted := filepath.Join(dir, "report"), filepath.Join(dir, "p.csv")
	r := abkd(t, "eval", "--data", "mag-mini", "--weights", w, "--out", out, "--json").ok(t).json(t)
	abkd(t, "export", w, "--data", "mag-mini", "--out", predicted).ok(t)
	type bin struct{ nodes, right, sum float64 }
	cells, label, said, right := map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{}
	bins, nodes := map[string]*bin{}, map[string]float64{}
	for _, p := range readCSV(t, predicted) {
		if p["label"] == "" || p["part"] == "" {
			continue
		}
		c, err := strconv.ParseFloat(p["confidence"], 64)
		if err != nil || p["p:"+p["prediction_name"]] != p["confidence"] {
			t.Fatalf("the confidence of node %s is %s (%v)", p["node"], p["confidence"], err)
		}
		part := p["part"] + " "
		key := part + strconv.Itoa(int(math.Ceil(15*c)))
		if bins[key] == nil {
			bins[key] = &bin{}
		}
		b := bins[key]
		b.nodes, b.sum = b.nodes+1, b.sum+c
		cells[part+p["label"]+" "+p["prediction"]]++
		label[part+p["label"]]++
		said[part+p["prediction"]]++
		nodes[p["part"]]++
		if p["label"] == p["prediction"] {
			b.right++
			right[part+p["label"]]++
		}
	}
	same := func(what, text string, want float64) {
		t.Helper()
		if got, err := strconv.ParseFloat(text, 64); err != nil && text != "" || math.Abs(got-want) > 1e-5 || text == "" && want == want {
			t.Errorf("%s is %q, want %v", what, text, want)
		}
	}
	confusion := readCSV(t, filepath.Join(out, "confusion.csv"))
	for _, c := range confusion {
		same(fmt.Sprint("confusion ", c), c["nodes"], cells[c["part"]+" "+c["label"]+" "+c["prediction"]])
	}
	if len(confusion) != len(cells) {
		t.Errorf("the confusion has %d entries, want %d", len(confusion), len(cells))
	}
	for _, c := range readCSV(t, filepath.Join(out, "classes.csv")) {
		k := c["part"] + " " + c["class"]
		p, q := right[k]/said[k], right[k]/label[k]
		same(k+" nodes", c["nodes"], label[k])
		same(k+" precision", c["precision"], p)
		same(k+" recall", c["recall"], q)
		same(k+" F1", c["f1"], 2*p*q/(p+q))
	}
	ece := map[string]float64{}
	for _, b := range readCSV(t, filepath.Join(out, "calibration.csv")) {
		want := bins[b["part"]+" "+b["bin"]]
		if want == nil {
			if b["nodes"] != "0" || b["accuracy"] != "" || b["confidence"] != "" {
				t.Errorf("bin %v is empty", b)
			}
			continue
		}
		same(fmt.Sprint("bin ", b), b["accuracy"], want.right/want.nodes)
		same(fmt.Sprint("bin ", b), b["confidence"], want.sum/want.nodes)
		same(fmt.Sprint("bin ", b), b["nodes"], want.nodes)
		ece[b["part"]] += math.Abs(want.right-want.sum) / nodes[b["part"]]
	}
	for _, p := range r["parts"].([]any) {
		p := p.(map[string]any)
		part := p["part"].(string)
		if num(t, p, "nodes") != nodes[part] || math.Abs(num(t, p, "ece")-ece[part]) > 1e-5 || math.Abs(num(t, p, "accuracy")-num(t, r, part)) > 1e-6 {
			t.Errorf("of %s: %v, want an ECE of %v", part, p, ece[part])
		}
	}
	text, err := os.ReadFile(filepath.Join(out, "report.txt"))
	if err != nil || !strings.Contains(string(text), "test, confusion matrix") || !strings.Contains(string(text), "calibration (ECE") {
		t.Errorf("the report is (%v)\n%s", err, text)
	}
	checkDrawing(t, filepath.Join(out, "calibration.svg"), "train", "valid", "test", "mean confidence, %")
	abkd(t, "eval", "--data", "mag-mini", "--weights", w, "--out", out).fails(t, "--out "+out)
}

// checkDrawing checks that a file is SVG with those texts, which any program
// can show.
func checkDrawing(t *testing.T, name string, texts ...string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(b); strings.Contains(s, "var(") || strings.Contains(s, "currentColor") || strings.Contains(s, "NaN") {
		t.Errorf("%s needs a page around it, or has a number that is none:\n%s", name, s)
	}
	d, words := xml.NewDecoder(strings.NewReader(string(b))), ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if c, ok := token.(xml.CharData); ok {
			words += string(c) + "\n"
		}
	}
	for _, want := range texts {
		if !strings.Contains(words, want) {
			t.Errorf("%s does not say %q in\n%s", name, want, words)
		}
	}
}

// TestCurves draws what training has written, of one run and of several.
func TestCurves(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	trained := map[string]map[string]any{}
	for seed, name := range map[string]string{"1": "one.jsonl", "2": "two.jsonl"} {
		trained[name] = abkd(t, "train", "--data", "karate", "--epochs", "6", "--seed", seed, "--metrics", in(name), "--out", in(name+".safetensors"), "--json").ok(t).json(t)
	}
	abkd(t, "train", "--data", "karate", "--epochs", "4", "--eval-every", "3", "--metrics", in("a=b.jsonl")).ok(t)
	r := abkd(t, "curves", "both="+in("one.jsonl"), "both="+in("two.jsonl"), in("a=b.jsonl"), "--out", in("c.svg"), "--json").ok(t).json(t)
	runs := r["runs"].([]any)
	both, alone := runs[0].(map[string]any), runs[1].(map[string]any)
	want := (num(t, trained["one.jsonl"], "test") + num(t, trained["two.jsonl"], "test")) / 2
	if got := num(t, both, "test"); math.Abs(got-want) > 1e-6 || len(both["files"].([]any)) != 2 || num(t, both, "epochs") != 6 {
		t.Errorf("of both %v is said, want a test accuracy of %v", both, want)
	}
	if alone["name"] != in("a=b.jsonl") || num(t, alone, "epochs") != 4 {
		t.Errorf("of the other %v is said", alone)
	}
	checkDrawing(t, in("c.svg"), "both (mean of 2, ± one standard deviation)", in("a=b.jsonl"), "test accuracy, %", "loss of the epoch's last step")
	shown := abkd(t, "curves", in("one.jsonl"), "--show", "loss", "--out", in("c.svg"), "--json").ok(t).json(t) // one of its kind is replaced
	if got := fmt.Sprint(shown["shown"]); got != "[loss]" {
		t.Errorf("it shows %s", got)
	}
	cut, err := os.ReadFile(in("one.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, in("cut.jsonl"), string(cut[:len(cut)-5]))
	if r := abkd(t, "curves", in("cut.jsonl"), "--out", in("cut.svg"), "--json").ok(t).json(t); num(t, r["runs"].([]any)[0].(map[string]any), "epochs") != 5 {
		t.Errorf("of a file cut short %v is said", r)
	}
	put(t, in("notes.txt"), "my notes\n")
	put(t, in("twice.jsonl"), string(cut)+string(cut))
	for args, want := range map[string]string{
		"curves --out " + in("x.svg"): "no file is given",
		"curves " + in("one.jsonl"):   "--out is not given",
		"curves " + in("one.jsonl") + " x=" + in("one.jsonl") + " --out " + in("x.svg"): "is given twice",
		"curves " + in("one.jsonl") + " --show speed --out " + in("x.svg"):              `--show has "speed", want some of train, valid, test, loss`,
		"curves " + in("notes.txt") + " --out " + in("x.svg"):                           "notes.txt: line 1",
		"curves " + in("twice.jsonl") + " --out " + in("x.svg"):                         "line 7: epoch 1 comes after epoch 6",
		"curves " + in("no.jsonl") + " --out " + in("x.svg"):                            "no.jsonl: no such file",
		"curves " + in("one.jsonl") + " --out " + in("notes.txt"):                       "is no plot (SVG), and would be replaced",
		"curves x=" + in("one.jsonl") + " --out " + in("one.jsonl"):                     "it is what is read as METRICS",
	} {
		abkd(t, strings.Split(args, " ")...).fails(t, want)
	}
}

// TestExportEmbeddings checks the folder; that its numbers are right is tested
// where they are made.
func TestExportEmbeddings(t *testing.T) {
	w, dir := weights(t), t.TempDir()
	first, later := filepath.Join(dir, "first"), filepath.Join(dir, "later")
	r := abkd(t, "export", w, "--data", "karate", "--format", "npy", "--out", first, "--json").ok(t).json(t)
	if num(t, r, "rows") != 34 || len(r["layers"].([]any)) < 2 {
		t.Errorf("the export says %v", r)
	}
	abkd(t, "export", w, "--data", "karate", "--format", "embeddings", "--axes", filepath.Join(first, "axes.safetensors"), "--out", later).ok(t)
	if a, b := readCSV(t, filepath.Join(first, "nodes.csv")), readCSV(t, filepath.Join(later, "nodes.csv")); fmt.Sprint(a) != fmt.Sprint(b) {
		t.Error("along the same axes the nodes are elsewhere")
	}
	other := weights(t, "--layers", "1")
	for args, want := range map[string]string{
		"export " + w + " --data karate --format npy --out " + first:                                                                  "--out " + first + ": the folder is not empty",
		"export " + other + " --data karate --format npy --axes " + filepath.Join(first, "axes.safetensors") + " --out " + dir + "/x": "want the 2 of a model of 1 layers",
		"export " + w + " --data karate --format npy --axes " + w + " --out " + dir + "/x":                                            "--axes " + w,
	} {
		abkd(t, strings.Split(args, " ")...).fails(t, want)
	}
	if _, err := os.Stat(dir + "/x"); err == nil {
		t.Error("a refused export left a folder")
	}
}

// TestExportOnly checks which nodes have a line.
func TestExportOnly(t *testing.T) {
	w := weights(t, "--data", "mag-mini")
	all := records(t, w, "mag-mini")
	count := map[string]int{}
	for _, r := range all[1:] {
		count[r[2]]++
	}
	for _, part := range []string{"train", "valid", "test"} {
		rows := records(t, w, "mag-mini", "--only", part)
		if len(rows)-1 != count[part] || rows[1][2] != part {
			t.Errorf("of %s %d nodes are written, want %d", part, len(rows)-1, count[part])
		}
	}
	if rows := records(t, w, "mag-mini", "--only", "unlabelled"); len(rows) != 1 {
		t.Errorf("%d nodes without a label are written, all have one", len(rows)-1)
	}
}
