package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abkd/cmd/internal/source"
	"abkd/gnn/graph"
	"abkd/gnn/ogb"
)

// packFile packs data and returns the file and the report.
func packFile(t *testing.T, data string, args ...string) (string, map[string]any) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "g.pack")
	v := abkd(t, append([]string{"pack", "--data", data, "--out", out, "--json"}, args...)...).ok(t).json(t)
	if info, err := os.Stat(out); err != nil || float64(info.Size()) != num(t, v, "bytes") {
		t.Errorf("the file is %v (%v), the report says %v bytes", info, err, v["bytes"])
	}
	return out, v
}

func unpackFile(t *testing.T, name string) graph.Pack {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := graph.DecodePack(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPack cuts a part out, trains on it, and cuts the same again.
func TestPack(t *testing.T) {
	out, v := packFile(t, "mag-mini", "--target", "60", "--hops", "2", "--nodes", "250")
	if v["seeds"] != 60. || v["nodes"] != 250. || v["teacher"] != nil || v["refused"] != "" || len(v["types"].([]any)) != 4 {
		t.Errorf("the report is %v, want 250 nodes around 60 seeds", v)
	}
	info := abkd(t, "info", "--data", out, "--json").ok(t).json(t)
	if info["nodes"] != 250. || info["edges"] != v["edges"] || info["classes"] != 8. {
		t.Errorf("info says %v", info)
	}
	s := entry(t, info["splits"], "name", "time")
	if n := num(t, s, "train") + num(t, s, "valid") + num(t, s, "test"); n != 60 || num(t, s, "valid") < 15 {
		t.Errorf("the split is %v, want the 60 seeds, balanced", s)
	}
	abkd(t, "train", "--data", out, "--epochs", "2").ok(t)
	again, _ := packFile(t, "mag-mini", "--target", "60", "--hops", "2", "--nodes", "250")
	other, _ := packFile(t, "mag-mini", "--target", "60", "--hops", "2", "--nodes", "250", "--seed", "2")
	a, _ := os.ReadFile(out)
	b, _ := os.ReadFile(again)
	c, _ := os.ReadFile(other)
	if !bytes.Equal(a, b) || bytes.Equal(a, c) {
		t.Error("the same seed gives another file, or another seed the same")
	}
	p := unpackFile(t, out)
	if paper := p.Graph.Types[0]; !p.Int8 || paper.Labels == nil || paper.Years == nil || p.Graph.Types[1].Derived != graph.Means {
		t.Error("features in a byte, names, years or means are missing")
	}
	whole, _ := packFile(t, "mag-mini", "--features", "float32")
	if p := unpackFile(t, whole); p.Int8 || p.Graph.Types[0].Features.Row(3)[5] == 0 {
		t.Error("--features float32 has no such features")
	}
}

// TestPackTeacher packs whole graphs with their teachers: as they are, they
// do what they did on the folder, and rounded nearly so.
func TestPackTeacher(t *testing.T) {
	data := []string{"mag-mini"}
	if _, err := os.Stat(vispub); err == nil {
		data = append(data, vispub)
	} else {
		t.Logf("the data set is not here: %v", err)
	}
	for _, data := range data {
		for _, inputs := range []string{"means", "embedding"} {
			t.Run("data="+filepath.Base(data)+" inputs="+inputs, func(t *testing.T) {
				teacher := filepath.Join(t.TempDir(), "t")
				abkd(t, "train", "--data", data, "--inputs", inputs, "--layers", "2", "--hidden", "16", "--epochs", "8", "--out", teacher).ok(t)
				want := abkd(t, "eval", "--data", data, "--weights", teacher, "--json").ok(t).json(t)
				split := abkd(t, "info", "--data", data, "--json").ok(t).json(t)["splits"].([]any)[0].(map[string]any)
				seeds := num(t, split, "train") + num(t, split, "valid") + num(t, split, "test")
				args := []string{"--teacher", teacher, "--target", fmt.Sprint(seeds), "--nodes", "20000", "--hops", "9"}
				for _, c := range []struct {
					features, weights string
					near              float64
				}{{"float32", "float32", 1e-9}, {"int8", "float16", 0.03}} {
					_, v := packFile(t, data, append(args, "--features", c.features, "--weights", c.weights)...)
					got := v["teacher"].(map[string]any)
					for _, part := range []string{"train", "valid", "test"} {
						if a, b := num(t, got, part), num(t, want, part); a-b > c.near || b-a > c.near {
							t.Errorf("features %s, weights %s: %s is %g, and %g on the whole graph", c.features, c.weights, part, a, b)
						}
					}
					if v["refused"] != "" || got["params"] != want["params"] {
						t.Errorf("refused for %q, %v parameters of %v", v["refused"], got["params"], want["params"])
					}
				}
			})
		}
	}
}

// TestPackNames gives the nodes of a part the names that the graph was too
// large to be read with.
func TestPackNames(t *testing.T) {
	dir := graphFolder(t)
	g, err := ogb.Read(dir, ogb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	part := &graph.Graph{}
	var origin [][]int32
	for _, nt := range g.Types {
		part.Types = append(part.Types, graph.NodeType{Name: nt.Name, Count: 2})
		origin = append(origin, []int32{0, int32(nt.Count - 1)})
	}
	if err := (&packing{Source: source.Source{Data: dir}}).name(part, origin); err != nil {
		t.Fatal(err)
	}
	for k, nt := range g.Types {
		if got := part.Types[k].Labels; len(got) != 2 || got[0] == "" || got[0] != nt.Labels[0] || got[1] != nt.Labels[nt.Count-1] {
			t.Errorf("%s are called %q, want %q and %q", nt.Name, got, nt.Labels[0], nt.Labels[nt.Count-1])
		}
	}
}

// TestPackRefusedByPage writes what the page would not open, and says so.
func TestPackRefusedByPage(t *testing.T) {
	_, v := packFile(t, karateWithout(t, "train"), "--target", "1", "--nodes", "5")
	if text, _ := v["refused"].(string); !strings.Contains(text, "no training nodes") {
		t.Errorf("refused is %q, want why", text)
	}
}

func TestPackBadFlags(t *testing.T) {
	teacher := weights(t)
	good, _ := packFile(t, "karate", "--target", "20")
	b, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "damaged")
	put(t, damaged, string(b[:len(b)-9]))
	for args, want := range map[string]string{
		"pack --data karate":                                            "--out is not given",
		"pack --data karate --target 0 --out x":                         "--target is 0",
		"pack --data karate --target 35 --out x":                        "--target is 35, want 1..34",
		"pack --data karate --target 9 --nodes 5 --out x":               "--nodes is 5, want at least 9",
		"pack --data karate --nodes 0 --out x":                          "--nodes is 0",
		"pack --data karate --hops -1 --out x":                          "--hops is -1",
		"pack --data karate --features float16 --out x":                 `--features is "float16", want one of int8, float32`,
		"pack --data karate --weights int8 --out x":                     `--weights is "int8"`,
		"pack --data karate --split nosuch --out x":                     `split is "nosuch"`,
		"pack --data karate --out no/such/x":                            "there is no folder",
		"pack --data karate --teacher no/such --out x":                  "no/such",
		"pack --data mag-mini --teacher " + teacher + " --out x":        "abkd.types",
		"pack --data karate --teacher " + teacher + " --out " + teacher: "it is what is read as --teacher",
		"pack --data " + good + " --out " + good:                        "it is what is read as --data",
		"info --data " + damaged:                                        "cut short or has been added to",
	} {
		t.Run("args="+args, func(t *testing.T) { abkd(t, strings.Split(args, " ")...).fails(t, want) })
	}
	if _, err := os.Stat("x"); err == nil {
		t.Error("a refused pack left a file x")
	}
}
