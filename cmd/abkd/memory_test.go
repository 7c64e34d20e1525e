package main

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/ogb"
)

// A run that needs more than it may is refused before it begins, with the
// parts of the estimate and what would help.
func TestMaxMemory(t *testing.T) {
	out := filepath.Join(t.TempDir(), "w")
	for args, want := range map[string]string{
		"":                                       "--sampler saint",
		"--inputs embedding --input 4096":        "--inputs means",
		"--sampler saint":                        "--roots",
		"--sampler neighbor --batch-size 100000": "--batch-size",
	} {
		abkd(t, append([]string{"train", "--data", "mag-mini", "--max-memory", "27MiB", "--out", out}, strings.Fields(args)...)...).
			fails(t, "--max-memory 27 MiB: the run is estimated to need", "graph ", "models ", "optimiser ", "program 25 MiB", want)
	}
	abkd(t, "train", "--data", "mag-mini", "--epochs", "1", "--max-memory", "1GB").ok(t)
	abkd(t, "train", "--data", "mag-mini", "--max-memory", "much").fails(t, "--max-memory")
}

// Every command that reads a graph has the limit, and a comparison asks for
// all runs that it would do side by side.
func TestMaxMemoryOfEveryCommand(t *testing.T) {
	dir, w := t.TempDir(), weights(t)
	data, out := filepath.Join(dir, "g"), filepath.Join(dir, "out")
	abkd(t, "synth", "--shape", "ogbn-mag", "--scale", "0.002", "--out", data).ok(t)
	for _, command := range []string{"train", "distill --teacher " + w, "eval --weights " + w, "info", "compare", "tune --out " + out, "pack --out " + out, "export " + w + " --format csv --out " + out} {
		args := append(strings.Fields(command), "--data", data, "--max-memory", "24MiB")
		abkd(t, args...).fails(t, "--max-memory 24 MiB: the graph and the program need")
	}
	// Room for one run, but not for two.
	for command, room := range map[string]string{
		"compare --criteria kd --students 2x1000 --seeds 2":    "400MiB",
		"tune --criteria kd --trials 2 --seeds 2 --out " + out: "100MiB",
	} {
		args := append(strings.Fields(command), "--data", data, "--jobs", "2", "--max-memory")
		abkd(t, append(args, room)...).fails(t, ": 2 runs side by side are estimated to need", "lower --jobs")
		abkd(t, append(args, "36MiB")...).fails(t, "2 runs side by side are estimated to need", "one alone is too large: choose narrower models")
	}
}

// The estimate is no less than what the process has at its peak, and not
// absurdly more, for every kind of model, sampler, input and criterion.
func TestEstimate(t *testing.T) {
	dir := t.TempDir()
	data, teacher := filepath.Join(dir, "g"), filepath.Join(dir, "teacher")
	abkd(t, "synth", "--shape", "ogbn-mag", "--scale", "0.012", "--out", data).ok(t)
	abkd(t, "train", "--data", data, "--epochs", "1", "--layers", "3", "--hidden", "64", "--out", teacher).ok(t)
	const saint = " --sampler saint --roots 600 --steps 3"
	for _, args := range []string{
		"train --hidden 128 --sampler full",
		"train --hidden 128 --sampler full --inputs embedding --input 64",
		"train --hidden 128 --sampler neighbor --batch-size 256 --fanout 5",
		"train --hidden 128" + saint,
		"train --hidden 128 --inputs embedding --input 64" + saint,
		"train --hidden 128 --layers 8" + saint,
		"train --hidden 64 --model gcn" + saint,
		"train --hidden 64 --model sage --sampler neighbor --batch-size 256 --fanout 5",
		"train --hidden 64 --model gat --heads 4",
		"train --hidden 64 --model gcnii --layers 16",
		"train --hidden 64 --model mlp",
		"train --model sgc",
		"train --model lp",
		"train --hidden 64 --model cs",
		"distill --hidden 32 --criterion abkd --teacher TEACHER" + saint,
		"distill --hidden 32 --criterion gsp --max-nodes 3000 --teacher TEACHER" + saint,
		"distill --hidden 32 --criterion stride --max-nodes 3000 --teacher TEACHER" + saint,
		"distill --hidden 32 --criterion kd --teacher TEACHER",
	} {
		checkEstimate(t, strings.ReplaceAll(args, "TEACHER", teacher)+" --data "+data)
	}
}

// It is so where inputs are made of labels and by FastRP.
func TestEstimateOfInputs(t *testing.T) {
	bare, teacher := filepath.Join(t.TempDir(), "bare"), filepath.Join(t.TempDir(), "teacher")
	abkd(t, "synth", "--shape", "featureless", "--papers", "2500", "--out", bare).ok(t)
	abkd(t, "train", "--data", bare, "--inputs", "fastrp", "--epochs", "1", "--out", teacher).ok(t)
	for _, args := range []string{
		"train --hidden 128 --data " + bare,
		"train --hidden 64 --inputs fastrp --data " + bare,
		"distill --hidden 8 --teacher " + teacher + " --data " + bare,
	} {
		checkEstimate(t, args)
	}
}

// It is so for small graphs with many features as well, of words, which models
// of one node type read as sparse, and of any numbers; for one type of nodes
// and for several, with means in the others; and for a pack.
func TestEstimateOfManyFeatures(t *testing.T) {
	dir := t.TempDir()
	words, kinds, pack := filepath.Join(dir, "words"), filepath.Join(dir, "kinds"), filepath.Join(dir, "kinds.pack")
	ofWords, ofKinds := filepath.Join(dir, "teacher1"), filepath.Join(dir, "teacher2")
	if err := ogb.Write(words, wordGraph(2500, 2500)); err != nil {
		t.Fatal(err)
	}
	abkd(t, "synth", "--papers", "1500", "--features", "2000", "--out", kinds).ok(t)
	abkd(t, "pack", "--data", kinds, "--target", "1500", "--nodes", "3000", "--features", "float32", "--out", pack).ok(t)
	abkd(t, "train", "--data", words, "--model", "gcn", "--epochs", "1", "--layers", "3", "--hidden", "64", "--out", ofWords).ok(t)
	abkd(t, "train", "--data", kinds, "--epochs", "1", "--layers", "3", "--hidden", "64", "--out", ofKinds).ok(t)
	for _, args := range []string{
		"train --model rgcn --data " + words,
		"train --model gcn --data " + words,
		"train --model gcnii --data " + words,
		"train --model mlp --data " + words,
		"train --model sgc --data " + words,
		"train --model cs --data " + words,
		"train --model gcn --row-normalise --sampler saint --roots 200 --steps 3 --data " + words,
		"train --model gcn --sampler neighbor --batch-size 64 --data " + words,
		"distill --model gcn --layers 2 --hidden 8 --teacher " + ofWords + " --data " + words,
		"distill --model gcn --layers 2 --hidden 8 --sampler neighbor --batch-size 64 --teacher " + ofWords + " --data " + words,
		"distill --model gcn --layers 2 --hidden 8 --sampler saint --roots 100 --steps 2 --teacher " + ofWords + " --data " + words,
		"train --data " + kinds,
		"distill --layers 2 --hidden 8 --criterion kd --nodes all --teacher " + ofKinds + " --data " + kinds,
		"train --sampler saint --roots 300 --steps 3 --data " + kinds,
		"train --model mlp --data " + kinds,
		"train --model sgc --data " + kinds,
		"train --data " + pack,
	} {
		checkEstimate(t, args)
	}
}

// wordGraph returns a graph of texts that cite each other, each with some of
// many words.
func wordGraph(texts, words int) *graph.Graph {
	const classes, each = 5, 4 // in a class, of a text: links
	rng := rand.New(rand.NewPCG(1, 2))
	g := &graph.Graph{
		Name: "words", Types: []graph.NodeType{{Name: "node", Count: texts, Features: mat.New(texts, words)}},
		Classes: classes, Labels: make([]int32, texts), Splits: []graph.Split{{Name: "random"}},
	}
	split := &g.Splits[0]
	var src, dst []int32
	for v := range texts {
		g.Labels[v] = int32(v % classes)
		for range words / 100 {
			g.Types[0].Features.Row(v)[rng.IntN(words)] = 1
		}
		for range each {
			if u := rng.IntN(texts); u != v {
				src, dst = append(src, int32(v)), append(dst, int32(u))
			}
		}
		switch {
		case v < texts/20:
			split.Train = append(split.Train, int32(v))
		case v < texts/2:
			split.Valid = append(split.Valid, int32(v))
		default:
			split.Test = append(split.Test, int32(v))
		}
	}
	if err := g.AddWithReverse(graph.EdgeType{Src: "node", Rel: "to", Dst: "node"}, src, dst); err != nil {
		panic(err)
	}
	return g
}

// checkEstimate checks what the command line args says of its memory.
func checkEstimate(t *testing.T, args string) {
	t.Helper()
	dir := filepath.Dir(t.TempDir())
	t.Run("args="+strings.ReplaceAll(strings.ReplaceAll(args, dir, ""), " ", ","), func(t *testing.T) {
		v := abkd(t, append(strings.Fields(args), "--epochs", "4", "--eval-every", "2", "--json")...).ok(t).json(t)
		if v["peak_memory"] == nil {
			t.Skip("the peak is not known on this system")
		}
		estimate, peak := num(t, v, "estimated_memory"), num(t, v, "peak_memory")
		t.Logf("estimate %.0f MiB, peak %.0f MiB, ratio %.2f", estimate/(1<<20), peak/(1<<20), estimate/peak)
		if ratio := estimate / peak; ratio < 1 || ratio > 1.8 {
			t.Errorf("the estimate is %.0f bytes, %.2f times the peak of %.0f, want 1 to 1.8", estimate, ratio, peak)
		}
	})
}
