package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Files and evaluations that do not fit are refused before they are read or
// begun.
func TestMemoryBound(t *testing.T) {
	dir := t.TempDir()
	data, w, out := filepath.Join(dir, "g"), filepath.Join(dir, "w"), filepath.Join(dir, "out")
	abkd(t, "synth", "--shape", "ogbn-mag", "--scale", "0.002", "--out", data).ok(t)
	abkd(t, "train", "--data", data, "--epochs", "1", "--layers", "3", "--hidden", "512", "--sampler", "saint", "--roots", "20", "--out", w).ok(t)
	for _, command := range []string{"eval --weights " + w, "export " + w + " --format csv --out " + out, "export " + w + " --format pytorch --out " + out} {
		args := append(strings.Fields(command), "--data", data, "--max-memory")
		abkd(t, append(args, "60MiB")...).fails(t, "to evaluate it on all nodes takes about", "more than --max-memory, 60 MiB")
		abkd(t, append(args, "1GB")...).ok(t)
	}
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, []byte("ABKDPACK"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 1<<43); err != nil {
		t.Skip("no file of 8 TiB can be made here: ", err)
	}
	for _, command := range []string{"eval --data karate --weights ", "export --data karate --format csv --out " + out + " ", "distill --data karate --teacher ", "pack --data karate --out " + out + ".pack --teacher ", "info --data ", "train --data "} {
		abkd(t, append(strings.Fields(command), large)...).fails(t, large+": the file has 8 TiB, and reading it takes about 16 TiB, more than the machine has")
	}
}

// Nodes that a folder only claims are asked for no memory before there is
// enough: by weights that read means of features, too.
func TestClaimedNodes(t *testing.T) {
	dir := t.TempDir()
	data, w, out := filepath.Join(dir, "g"), filepath.Join(dir, "w"), filepath.Join(dir, "out")
	abkd(t, "synth", "--shape", "ogbn-mag", "--scale", "0.001", "--out", data).ok(t)
	abkd(t, "train", "--data", data, "--epochs", "1", "--out", w).ok(t)
	claim(t, filepath.Join(data, "raw/num-node-dict.csv.gz"), "author", 1<<21)
	for _, command := range []string{"eval --weights " + w, "export " + w + " --out " + out, "distill --teacher " + w, "train", "pack --out " + out, "pack --teacher " + w + " --out " + out} {
		abkd(t, append(strings.Fields(command), "--data", data, "--max-memory", "256MiB")...).
			fails(t, "to average features for the nodes without any, such as 2,097,152 of author", "more than --max-memory, 256 MiB")
	}
	abkd(t, "bench", "step", "--data", data, "--max-memory", "256MiB", "--inputs", "means").fails(t, "to average features for the nodes without any")
	abkd(t, "bench", "step", "--data", data, "--max-memory", "256MiB").fails(t, "--max-memory 256 MiB: the step is estimated to need", "lower --hidden or --input")
	abkd(t, "info", "--data", data, "--max-memory", "256MiB").ok(t)
	abkd(t, "info", "--data", data, "--max-memory", "26MiB").fails(t, "--max-memory")
}

// claim sets the number of nodes of a type in a file that lists all.
func claim(t *testing.T, file, typ string, n int) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows[1][slices.Index(rows[0], typ)] = strconv.Itoa(n)
	var b bytes.Buffer
	packed := gzip.NewWriter(&b)
	if err := errors.Join(csv.NewWriter(packed).WriteAll(rows), packed.Close(), os.WriteFile(file, b.Bytes(), 0o666)); err != nil {
		t.Fatal(err)
	}
}
