package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk mounts a file system of size bytes, or skips the test.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill writes zeros to a new file until the disk is full.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// TestFullDisk saves to a disk without room: the older file stays.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t, "1m")
	out := filepath.Join(dir, "w")
	abkd(t, "train", "--data", "karate", "--epochs", "3", "--out", out).ok(t)
	before, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(dir, "filler")
	fill(t, filler)
	abkd(t, "train", "--data", "karate", "--epochs", "3", "--seed", "2", "--out", out, "--json").fails(t, out, "no space left")
	if after, err := os.ReadFile(out); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the older file has %d bytes (%v), want the same %d", len(after), err, len(before))
	}
	remove(t, filler)
	onlyFile(t, dir, "w")
	abkd(t, "eval", "--data", "karate", "--weights", out, "--json").ok(t)
}

// TestFullDiskSynth writes a graph to a disk that is too small for it.
func TestFullDiskSynth(t *testing.T) {
	dir := smallDisk(t, "64k")
	abkd(t, "synth", "--papers", "2000", "--out", filepath.Join(dir, "graph")).fails(t, "--out "+filepath.Join(dir, "graph"), "no space left on device; the folder has not been made; free some space")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 0 {
		t.Errorf("%v (%v) is left, want nothing", entries, err)
	}
}

// TestFullOutput prints the result to a device that is always full.
func TestFullOutput(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("there is no full device here: %v", err)
	}
	defer full.Close()
	for _, args := range [][]string{{"info", "--data", "karate"}, {"version"}, {"help", "formats"}, {"help", "train"}, {"train", "--help"}, {"--help"}, {}, {"bench"}, {"completion"}} {
		runTo(t, full, args...).fails(t, "cannot write the result", "no space left")
	}
}

// TestFullDiskCache caches on a disk that is too small: training goes on, and
// nothing is left behind.
func TestFullDiskCache(t *testing.T) {
	data, dir := graphFolder(t), smallDisk(t, "8k")
	r := abkd(t, "train", "--data", data, "--epochs", "2", "--cache", dir, "--json").ok(t)
	if r.json(t)["epochs"] != 2. || !strings.HasPrefix(r.stderr, "abkd: not cached, ") || !strings.Contains(r.stderr, "no space left") {
		t.Errorf("epochs %v, stderr %q, want 2 and a warning of the full disk", r.json(t)["epochs"], r.stderr)
	}
	onlyEntries(t, dir)
}

// TestFullDiskShape checks the room before it makes anything.
func TestFullDiskShape(t *testing.T) {
	dir := smallDisk(t, "1m")
	abkd(t, "synth", "--shape", "ogbn-mag", "--scale", "0.1", "--out", filepath.Join(dir, "g")).fails(t, "needs about 60,000,000 bytes of disk")
	onlyEntries(t, dir)
}

// TestFullDiskCheckpoint fills the disk while a run trains: it ends with an
// error, the state before stays, and the run goes on from it.
func TestFullDiskCheckpoint(t *testing.T) {
	dir := smallDisk(t, "2m")
	state, out := filepath.Join(dir, "state"), filepath.Join(t.TempDir(), "w")
	args := []string{"train", "--data", "karate", "--out", out, "--checkpoint", state}
	abkd(t, append(args, "--epochs", "3")...).ok(t)
	before, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(dir, "filler")
	fill(t, filler)
	abkd(t, append(args, "--epochs", "6", "--resume")...).fails(t, "--checkpoint: cannot write "+state+": no space left", "the one of epoch 3 is as it was", "the best weights so far")
	if after, err := os.ReadFile(state); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the older state has %d bytes (%v), want the same %d", len(after), err, len(before))
	}
	remove(t, filler)
	onlyFile(t, dir, "state")
	abkd(t, append(args, "--epochs", "6", "--resume")...).ok(t)
}

// TestFullDiskExport exports a set of files to a disk that holds some of them:
// none is there afterwards, and an older set is whole.
func TestFullDiskExport(t *testing.T) {
	dir := smallDisk(t, "128k")
	small, large := weights(t, "--hidden", "8"), weights(t, "--hidden", "256")
	args := func(w string) []string {
		return []string{"export", w, "--data", "karate", "--format", "pytorch", "--out", filepath.Join(dir, "model")}
	}
	abkd(t, args(large)...).fails(t, "cannot write "+filepath.Join(dir, "model.py"), "no space left on device; nothing is written; free some space")
	onlyEntries(t, dir)
	abkd(t, args(small)...).ok(t)
	before := map[string][]byte{}
	for _, name := range namesIn(t, dir) {
		before[name] = fileOf(t, filepath.Join(dir, name))
	}
	abkd(t, args(large)...).fails(t, "no space left on device; the previous files are unchanged; free some space")
	onlyEntries(t, dir, "model.logits.safetensors", "model.pack", "model.py", "model.safetensors")
	for name, content := range before {
		if !bytes.Equal(fileOf(t, filepath.Join(dir, name)), content) {
			t.Errorf("%s is another one now", name)
		}
	}
}
