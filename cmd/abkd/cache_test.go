package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestInfoCache(t *testing.T) {
	data, cache := graphFolder(t), filepath.Join(t.TempDir(), "cache")
	info := func(args ...string) map[string]any {
		return abkd(t, append([]string{"info", "--data", data, "--json"}, args...)...).ok(t).json(t)
	}
	plain := info("--no-cache")
	if plain["cached"] != false || plain["cache_file"] != "" {
		t.Errorf("with --no-cache it is %v, want not cached", plain)
	}
	first, again := info("--cache", cache), info("--cache", cache)
	if first["cached"] != false || again["cached"] != true || again["cache_file"] != first["cache_file"] || filepath.Dir(again["cache_file"].(string)) != cache {
		t.Errorf("cached is %v, then %v (%v), want false, then true", first["cached"], again["cached"], again["cache_file"])
	}
	if verified := info("--cache", cache, "--verify"); verified["verified"] != true {
		t.Errorf("verified is %v, want true", verified["verified"])
	}
	for _, key := range []string{"cached", "cache_file", "load_ms", "peak_mb"} {
		delete(plain, key)
		delete(again, key)
	}
	if !maps.EqualFunc(plain, again, func(a, b any) bool { return jsonText(t, a) == jsonText(t, b) }) {
		t.Errorf("from the cache it is\n%v, want\n%v", again, plain)
	}
	file := first["cache_file"].(string)
	b, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, b[:len(b)/2], 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	if r := info("--cache", cache); r["cached"] != false || !strings.HasSuffix(r["rebuilt"].(string), ": the file is cut off") || strings.Contains(r["rebuilt"].(string), cache) {
		t.Errorf("with a cut file cached is %v, rebuilt %q, want it read because it is cut off", r["cached"], r["rebuilt"])
	}
	if r := abkd(t, "info", "--data", data, "--cache", cache).ok(t); !strings.Contains(r.stdout, "(cached: "+file+")") {
		t.Errorf("info says\n%s\nwant it cached in %s", r.stdout, file)
	}
	onlyFile(t, cache, filepath.Base(file))
}

func TestInfoCacheRefuses(t *testing.T) {
	data := graphFolder(t)
	abkd(t, "info", "--data", data, "--cache", "x", "--no-cache").fails(t, "--cache and --no-cache are both given")
	abkd(t, "info", "--data", data, "--no-cache", "--verify").fails(t, "there is no cache file")
	abkd(t, "info", "--data", "karate", "--verify").fails(t, "there is no cache file")
}

// TestCacheCannotBeWritten checks that a cache is refused where there can be
// none.
func TestCacheCannotBeWritten(t *testing.T) {
	data, file := graphFolder(t), filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for cache, want := range map[string]string{
		filepath.Join(file, "x"):        file + " is a file, not a directory",
		file:                            "it is a file, not a directory; want a folder",
		filepath.Join(data, "raw", "x"): "it is in " + data + ", which is read as --data",
	} {
		abkd(t, "train", "--data", data, "--epochs", "2", "--cache", cache).fails(t, "--cache", want)
	}
	if _, err := os.Stat("/proc/self"); err == nil {
		abkd(t, "train", "--data", data, "--epochs", "2", "--cache", "/proc/x").fails(t, "--cache /proc/x: /proc takes no files of yours")
	}
}

// TestTrainFromCache trains on a graph whose arrays cannot be written to:
// every model, sampler and criterion leaves it as it is, and finds the same.
func TestTrainFromCache(t *testing.T) {
	data, cache := graphFolder(t), t.TempDir()
	abkd(t, "info", "--data", data, "--cache", cache).ok(t)
	teacher := filepath.Join(t.TempDir(), "teacher")
	abkd(t, "train", "--data", data, "--epochs", "2", "--hidden", "8", "--out", teacher).ok(t)
	for _, args := range [][]string{
		{"train", "--model", "rgcn"}, {"train", "--model", "rgcn", "--inputs", "embedding"}, {"train", "--model", "mlp"},
		{"train", "--sampler", "neighbor"}, {"train", "--row-normalise"}, {"train", "--split", "random"},
		{"distill", "--teacher", teacher, "--criterion", "abkd"}, {"distill", "--teacher", teacher, "--criterion", "lsp"},
	} {
		t.Run(strings.Join(args[:min(len(args), 3)], " "), func(t *testing.T) {
			args = append(slices.Clone(args), "--data", data, "--epochs", "3", "--json")
			cached := abkd(t, append(args, "--cache", cache)...).ok(t).json(t)
			plain := abkd(t, append(args, "--no-cache")...).ok(t).json(t)
			for _, key := range []string{"test", "loss", "last"} {
				if a, b := jsonText(t, cached[key]), jsonText(t, plain[key]); a != b {
					t.Errorf("%s is %s from the cache, want %s", key, a, b)
				}
			}
		})
	}
}

// jsonText returns v as JSON.
func jsonText(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
