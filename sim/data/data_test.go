//go:build !js

package data

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/ogb"
	"abkd/gnn/synth"
)

// TestOpen opens each kind of name.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	g := synth.MAG(synth.Config{Papers: 20, Features: 3, Seed: 1})
	if err := ogb.Write("folder", g); err != nil {
		t.Fatal(err)
	}
	b, err := graph.Pack{Graph: g}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"pack": string(b), "text": "not a graph", "torn": string(b[:20])} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]struct {
		kind  Kind
		nodes int // 0 if it cannot be opened
	}{
		"karate": {Made, 34}, "pack": {Pack, g.NumNodes()}, "folder": {Folder, g.NumNodes()}, "text": {Folder, 0}, "torn": {Pack, 0}, "none": {Missing, 0},
	} {
		kind, err := KindOf(name)
		if err != nil || kind != want.kind {
			t.Errorf("%s is %v (%v), want %v", name, kind, err, want.kind)
		}
		got, load, err := Open(name, kind, Options{Cache: "cache"})
		if (err == nil) != (want.nodes > 0) || err == nil && got.Graph.NumNodes() != want.nodes {
			t.Errorf("%s is opened as %v (%v), want %d nodes", name, got.Graph, err, want.nodes)
		}
		if err == nil && (load.File != "") != (kind == Folder) {
			t.Errorf("%s has the cache file %q", name, load.File)
		}
	}
}

// TestCacheFolder checks which data sets are cached unasked, and where.
func TestCacheFolder(t *testing.T) {
	dir, user := t.TempDir(), t.TempDir()
	t.Setenv("XDG_CACHE_HOME", user)
	t.Setenv("HOME", user)
	want, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := func(name string, o Options) string {
		got, err := o.cacheFolder(name)
		if err != nil {
			t.Error(err)
		}
		return got
	}
	if got := folder(dir, Options{}); got != "" {
		t.Errorf("a small data set is cached in %q, want not at all", got)
	}
	if got := folder(dir, Options{Cache: "here"}); got != "here" {
		t.Errorf("--cache here means %q", got)
	}
	big := filepath.Join(dir, "big")
	if err := os.WriteFile(big, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, cachedFrom); err != nil { // takes no room
		t.Fatal(err)
	}
	if got := folder(dir, Options{}); got != filepath.Join(want, "abkd") {
		t.Errorf("a large data set is cached in %q, want abkd in %s", got, want)
	}
	if got := folder(dir, Options{NoCache: true}); got != "" {
		t.Errorf("with --no-cache it is cached in %q", got)
	}
}

// TestNames completes names in a folder of its own.
func TestNames(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"more/deep", "mine/raw", ".hidden"} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"mine/raw/num-node-list.csv.gz", "m.pack", "m.txt"} {
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for typed, want := range map[string]string{
		"m": "mag-mini=built in m.pack=pack mine=data set more/=", "more/": "more/deep/=", "k": "karate=built in", "none/": "",
	} {
		var got []string
		for _, n := range Names(typed) {
			got = append(got, n.Name+"="+n.What)
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%q is completed by %q, want %q", typed, text, want)
		}
	}
	if got := Splits("karate"); len(got) == 0 {
		t.Error("karate has no splits")
	}
}
