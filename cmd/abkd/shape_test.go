package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// shaped makes a graph of OGBN-Mag's shape with that many threads.
func shaped(t *testing.T, threads, out string, args ...string) result {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"synth", "--shape", "ogbn-mag", "--scale", "0.001", "--out", out}, args...)...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS="+threads)
	return finish(t, cmd).ok(t)
}

func TestSynthShape(t *testing.T) {
	dir := t.TempDir()
	a, b, c := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "c")
	v := shaped(t, "1", a, "--json").json(t)
	if shaped(t, "5", b); !reflect.DeepEqual(files(t, a), files(t, b)) {
		t.Error("one thread and five give different files")
	}
	if shaped(t, "2", c, "--seed", "2"); reflect.DeepEqual(files(t, a), files(t, c)) {
		t.Error("seeds 1 and 2 give the same files")
	}
	if v["papers"] != 736. || v["edges"] != 21111. || v["nodes"] != 736.+1135+9+60 {
		t.Errorf("papers %v, edges %v, nodes %v, want 736, 21111 and 1940", v["papers"], v["edges"], v["nodes"])
	}
	for _, name := range []string{"papers", "authors per paper, mean", "share of papers with 12 or 13 fields", "features, deviation"} {
		if f := entry(t, v["facts"], "name", name); num(t, f, "error") < -.1 || num(t, f, "error") > .1 {
			t.Errorf("%v is off by more than a tenth", f)
		}
	}
	info := abkd(t, "info", "--data", a, "--json").ok(t).json(t)
	if info["nodes"] != v["nodes"] || info["classes"] != v["classes"] || info["name"] != "a" {
		t.Errorf("info says %v nodes, %v classes, name %v, want those of synth", info["nodes"], info["classes"], info["name"])
	}
	if r := shaped(t, "2", filepath.Join(dir, "d")); !strings.Contains(r.stdout, "papers per author, share with one") || !strings.Contains(r.stdout, "OGBN-Mag") {
		t.Errorf("the report is\n%s\nwant it to set the graph beside OGBN-Mag", r.stdout)
	}
}

// TestSynthShapeFiles compares the names of the files with those published.
func TestSynthShapeFiles(t *testing.T) {
	list, err := os.ReadFile("../../../shared/design/mag-files.txt")
	if err != nil {
		t.Skipf("the list of files is not here: %v", err)
	}
	out := filepath.Join(t.TempDir(), "mag")
	shaped(t, "2", out)
	var got, want []string
	for name := range files(t, out) {
		got = append(got, filepath.ToSlash(name))
	}
	for line := range strings.Lines(string(list)) {
		if f := strings.Fields(line); len(f) == 3 {
			want = append(want, strings.TrimPrefix(strings.Replace(f[2], "raw/split/", "split/", 1), "mag/"))
		}
	}
	if len(want) < 20 {
		t.Fatalf("the list names %d files, want 20 or more", len(want))
	}
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf("%s is missing", name)
		}
	}
	for _, name := range got {
		known := slices.Contains(want, name) || strings.HasPrefix(name, "mapping/") || name == "RELEASE_v2.txt" ||
			slices.Contains([]string{"raw/triplet-type-list.csv.gz", "raw/nodetype-has-feat.csv.gz", "raw/nodetype-has-label.csv.gz", "split/time/nodetype-has-split.csv.gz"}, name)
		if !known {
			t.Errorf("%s is written, and not in OGBN-Mag", name)
		}
	}
}

func TestSynthShapeRefuses(t *testing.T) {
	out := filepath.Join(t.TempDir(), "g")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--shape", "cora", "--out", out}, `--shape is "cora", want one of ogbn-mag`},
		{[]string{"--shape", "ogbn-mag", "--papers", "100", "--out", out}, "--shape ogbn-mag and --papers are both given"},
		{[]string{"--shape", "ogbn-mag", "--classes", "10", "--out", out}, "--shape ogbn-mag and --classes are both given"},
		{[]string{"--shape", "ogbn-mag", "--scale", "0", "--out", out}, "--scale is 0, want 0.0005..4"},
		{[]string{"--shape", "ogbn-mag"}, "--out is not given"},
		{[]string{"--shape", "ogbn-mag", "--scale", "0.001", "--out", filepath.Join(out, "x")}, "there is no folder " + out},
	} {
		abkd(t, append([]string{"synth"}, c.args...)...).fails(t, c.want)
	}
	onlyEntries(t, filepath.Dir(out))
}

// onlyEntries checks what a folder holds.
func onlyEntries(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s holds %q, want %q", dir, got, want)
	}
}
