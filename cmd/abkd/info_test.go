package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// vispub is a real graph with OGBN-Mag's schema.
const vispub = "../../../shared/data/vispub"

// entry returns the object of list whose keys have the given values.
func entry(t *testing.T, list any, key, value string) map[string]any {
	t.Helper()
	objects, _ := list.([]any)
	for _, o := range objects {
		if m, ok := o.(map[string]any); ok && m[key] == value {
			return m
		}
	}
	t.Fatalf("no entry with %s = %q in %v", key, value, list)
	return nil
}

func TestInfoKarate(t *testing.T) {
	v := abkd(t, "info", "--data", "karate", "--json").ok(t).json(t)
	for key, want := range map[string]any{"command": "info", "nodes": 34., "edges": 156., "classes": 4., "labelled": 34., "cached": false} {
		if v[key] != want {
			t.Errorf("%s is %v, want %v", key, v[key], want)
		}
	}
	relations := v["relations"].([]any)
	degree := relations[0].(map[string]any)["in_degree"].(map[string]any)
	if degree["min"] != 1. || degree["max"] != 17. {
		t.Errorf("in-degrees run from %v to %v, want 1 to 17 (member 34)", degree["min"], degree["max"])
	}
	if len(relations) != 1 || num(t, v, "load_ms") < 0 {
		t.Errorf("%d relations read in %v ms, want 1 in no negative time", len(relations), v["load_ms"])
	}
}

func TestInfoVispub(t *testing.T) {
	if _, err := os.Stat(vispub); err != nil {
		t.Skipf("the data set is not here: %v", err)
	}
	v := abkd(t, "info", "--data", vispub, "--json").ok(t).json(t)
	if v["nodes"] != 10652. || v["classes"] != 3. || v["target"] != "paper" {
		t.Errorf("nodes %v, classes %v, target %v, want 10652, 3, paper", v["nodes"], v["classes"], v["target"])
	}
	if p := entry(t, v["types"], "name", "paper"); p["count"] != 3101. || p["features"] != v["features"] {
		t.Errorf("papers are %v, want 3101 with the target's features (%v)", p, v["features"])
	}
	if n := len(v["relations"].([]any)); n != 7 {
		t.Errorf("%d relations, want 7: four, three of them with a reverse", n)
	}
	writes, written := entry(t, v["relations"], "name", "writes"), entry(t, v["relations"], "name", "rev_writes")
	if writes["src"] != "author" || written["src"] != "paper" || writes["edges"] != written["edges"] {
		t.Errorf("writes is %v and its reverse %v, want the same edges from author and from paper", writes, written)
	}
	labelled := 0.0
	for _, c := range v["class_sizes"].([]any) {
		labelled += num(t, c.(map[string]any), "size")
	}
	for _, name := range []string{"time", "random"} {
		s := entry(t, v["splits"], "name", name)
		if sum := num(t, s, "train") + num(t, s, "valid") + num(t, s, "test"); sum > labelled || sum < 1 {
			t.Errorf("split %s has %v nodes, want 1..%v", name, sum, labelled)
		}
	}
	if labelled != v["labelled"] {
		t.Errorf("classes have %v nodes, want all %v labelled ones", labelled, v["labelled"])
	}
}

// TestSynth checks the size of what synth writes by reading it back, and
// that the seed alone decides the files.
func TestSynth(t *testing.T) {
	dir := t.TempDir()
	make := func(name, seed string) (map[string]any, map[string][]byte) {
		out := filepath.Join(dir, name)
		v := abkd(t, "synth", "--papers", "80", "--classes", "4", "--features", "6", "--seed", seed, "--out", out, "--json").ok(t).json(t)
		return v, files(t, out)
	}
	a, filesA := make("a", "3")
	info := abkd(t, "info", "--data", filepath.Join(dir, "a"), "--json").ok(t).json(t)
	for _, key := range []string{"nodes", "edges", "classes"} {
		if info[key] != a[key] {
			t.Errorf("info says %s %v, synth %v", key, info[key], a[key])
		}
	}
	if p := entry(t, info["types"], "name", "paper"); p["count"] != 80. || p["features"] != 6. {
		t.Errorf("papers are %v, want 80 with 6 features", p)
	}
	if _, filesB := make("b", "3"); !reflect.DeepEqual(filesA, filesB) {
		t.Error("seed 3 gave two different folders")
	}
	if _, filesC := make("c", "4"); reflect.DeepEqual(filesA, filesC) {
		t.Error("seeds 3 and 4 gave the same files")
	}
	abkd(t, "synth", "--papers", "80", "--out", filepath.Join(dir, "a")).fails(t, "the folder is not empty")
	if again := files(t, filepath.Join(dir, "a")); !reflect.DeepEqual(again, filesA) {
		t.Error("a folder that was refused has changed")
	}
}

// TestSynthScale checks that --scale counts in OGBN-Mag's papers.
func TestSynthScale(t *testing.T) {
	out := filepath.Join(t.TempDir(), "g")
	mkdir(t, out) // an empty folder is as good as none
	v := abkd(t, "synth", "--scale", "0.0002", "--out", out, "--json").ok(t).json(t)
	if v["papers"] != 147. {
		t.Errorf("papers is %v, want 147 of 736,389", v["papers"])
	}
	onlyFile(t, filepath.Dir(out), "g")
}

// TestSynthInterrupt stops a graph that takes long: nothing of it is left.
func TestSynthInterrupt(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(binary, "synth", "--scale", "1", "--out", filepath.Join(dir, "g"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	for { // until it has begun
		if entries, err := os.ReadDir(dir); err != nil {
			t.Fatal(err)
		} else if len(entries) > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // the status tells
	if got := cmd.ProcessState.ExitCode(); got != 130 || stderr.String() != "abkd: interrupted before anything was saved\n" {
		t.Errorf("status %d, stderr %q, want 130 and one line", got, stderr.String())
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("%v (%v) is left, want nothing", entries, err)
	}
}

// TestInfoManyClasses checks that people are spared a list of hundreds.
func TestInfoManyClasses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "g")
	abkd(t, "synth", "--papers", "300", "--classes", "23", "--out", dir).ok(t)
	if r := abkd(t, "info", "--data", dir).ok(t); !strings.Contains(r.stdout, "and 3 smaller ones") {
		t.Errorf("stdout is\n%s\nwant the largest 20 of 23 classes", r.stdout)
	}
	v := abkd(t, "info", "--data", dir, "--json").ok(t).json(t)
	if n := len(v["class_sizes"].([]any)); n != 23 {
		t.Errorf("%d class sizes, want all 23", n)
	}
}

// files returns the contents of all files under dir by their name.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		all[rel], err = os.ReadFile(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestMissingData says what --data may be where nothing has its name.
func TestMissingData(t *testing.T) {
	for name, want := range map[string]string{
		"nowhere":  "--data nowhere: there is no such folder or file (want a folder, a pack, or one of karate, mag-mini, debian-mini)",
		"Mag_Mini": "--data Mag_Mini: there is no such folder or file (did you mean mag-mini?)",
	} {
		if r := abkd(t, "info", "--data", name); r.status != 1 || !strings.Contains(r.stderr, want) {
			t.Errorf("exit status %d, stderr is %q, want %q in it", r.status, r.stderr, want)
		}
	}
}
