package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// fileOf returns what is in a file.
func fileOf(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A run that was cut into pieces comes to the file of weights of one that was
// not, bit for bit.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	teacher := filepath.Join(dir, "teacher")
	abkd(t, "train", "--data", "mag-mini", "--epochs", "4", "--hidden", "8", "--out", teacher).ok(t)
	for _, args := range []string{
		"train --data karate",
		"train --data karate --model gat --heads 2 --hidden 4",
		"train --data mag-mini --hidden 8 --inputs embedding --input 4",
		"train --data mag-mini --hidden 8 --sampler neighbor --batch-size 64 --fanout 3",
		"train --data mag-mini --hidden 8 --sampler saint --roots 60 --steps 3 --eval-every 2",
		"distill --data mag-mini --hidden 4 --alpha 0.5 --teacher " + teacher,
		"distill --data mag-mini --hidden 4 --criterion gcrd --max-nodes 40 --sampler saint --roots 60 --steps 3 --teacher " + teacher,
	} {
		t.Run("args="+strings.ReplaceAll(strings.ReplaceAll(args, teacher, "file"), " ", ","), func(t *testing.T) {
			dir := t.TempDir()
			whole, cut, state := filepath.Join(dir, "whole"), filepath.Join(dir, "cut"), filepath.Join(dir, "state")
			run := func(more ...string) map[string]any {
				return comparable(abkd(t, append(strings.Fields(args), append(more, "--json")...)...).ok(t).json(t))
			}
			want := run("--epochs", "10", "--out", whole)
			for i, epochs := range []string{"2", "6", "10"} {
				more := []string{"--epochs", epochs, "--out", cut, "--checkpoint", state}
				if i > 0 {
					more = append(more, "--resume")
				}
				got := run(more...)
				if i == 2 && (got["best_epoch"] != want["best_epoch"] || got["epochs"] != want["epochs"] || got["loss"] != want["loss"]) {
					t.Errorf("in pieces it is\n%v\nwant\n%v", got, want)
				}
			}
			if !bytes.Equal(fileOf(t, cut), fileOf(t, whole)) {
				t.Error("in pieces it comes to other weights")
			}
			if again := run("--epochs", "10", "--out", cut, "--checkpoint", state, "--resume"); again["epochs"] != want["epochs"] || !bytes.Equal(fileOf(t, cut), fileOf(t, whole)) {
				t.Errorf("going on from the end gives %v epochs, want %v and the same weights", again["epochs"], want["epochs"])
			}
		})
	}
}

func readIfThere(name string) []byte {
	b, _ := os.ReadFile(name)
	return b
}

// A signal saves the state of this very step, and the run goes on from it.
func TestInterruptResumes(t *testing.T) {
	dir := t.TempDir()
	out, whole := filepath.Join(dir, "w"), filepath.Join(t.TempDir(), "w")
	args := func(out string, epochs int, more ...string) []string {
		return append([]string{"train", "--data", "mag-mini", "--hidden", "32", "--sampler", "saint", "--roots", "300", "--steps", "20",
			"--epochs", strconv.Itoa(epochs), "--out", out, "--json"}, more...)
	}
	r := interrupt(t, exec.Command(binary, args(out, 100000)...), syscall.SIGTERM)
	state := out + ".checkpoint"
	if r.status != 130 || !strings.Contains(r.stderr, "--resume goes on from "+state) {
		t.Fatalf("status is %d, stderr %q, want 130 and where to go on from", r.status, r.stderr)
	}
	epochs := int(num(t, r.json(t), "epochs")) + 2
	abkd(t, args(out, epochs)...).fails(t, state+": it is the checkpoint of an earlier run: --resume goes on from it")
	abkd(t, args(out, epochs, "--resume", "--lr", "0.02")...).fails(t, "--resume: "+state, "same settings")
	abkd(t, args(out, epochs, "--resume")...).ok(t)
	abkd(t, args(whole, epochs)...).ok(t)
	if !bytes.Equal(fileOf(t, out), fileOf(t, whole)) {
		t.Error("the run that was interrupted comes to other weights")
	}
	onlyFile(t, dir, "w") // the checkpoint that nobody asked for goes with the end
}

// A checkpoint that is damaged, or of something else, is refused by name.
func TestBadCheckpoint(t *testing.T) {
	dir := t.TempDir()
	state := filepath.Join(dir, "state")
	args := []string{"train", "--data", "karate", "--epochs", "3", "--checkpoint", state}
	abkd(t, args...).ok(t)
	whole := fileOf(t, state)
	other := weights(t)
	for _, c := range []struct {
		name    string
		content []byte
		more    string
		want    string
	}{
		{"cut", whole[:len(whole)*2/3], "", "damaged or cut short"},
		{"empty", nil, "", "it is an empty file, want the state of a run"},
		{"text", []byte("epoch 3\n"), "", "it is a text file, want the state of a run"},
		{"longer", append(bytes.Clone(whole), 0), "", "damaged or cut short"},
		{"flipped", append(append(bytes.Clone(whole[:500]), whole[500]^4), whole[501:]...), "", "damaged"},
		{"weights", fileOf(t, other), "", "it is a safetensors file, want the state of a run"},
		{"settings", whole, "--hidden 7", "hidden=7: resume with the same settings"},
		{"default", whole, "--model sage", "begun with model=gcn, this run has model=sage: resume with the same settings"},
		{"data", whole, "--data mag-mini", "same settings"},
		{"fewer-epochs", whole, "--epochs 2", "3 are done"},
	} {
		t.Run("checkpoint="+c.name, func(t *testing.T) {
			put(t, state, string(c.content))
			abkd(t, append(append(args[:len(args):len(args)], "--resume"), strings.Fields(c.more)...)...).fails(t, "--resume: "+state, c.want)
			if !bytes.Equal(fileOf(t, state), c.content) {
				t.Error("the file is another one now")
			}
		})
	}
	remove(t, state)
	abkd(t, append(args, "--resume")...).fails(t, "there is no checkpoint "+state)
	abkd(t, "train", "--data", "karate", "--resume").fails(t, "--resume: want --checkpoint or --out")
	abkd(t, "train", "--data", "no/such", "--checkpoint", dir).fails(t, "--checkpoint "+dir+": it is a folder")
	abkd(t, "train", "--data", "no/such", "--checkpoint", other, "--out", other).fails(t, "it is what --out writes too, want one of its own")
	abkd(t, "train", "--data", "no/such", "--metrics", other, "--out", other).fails(t, "it is what --out writes too, want one of its own")
}

// TestCheckpointStays keeps the one that was asked for, and only that.
func TestCheckpointStays(t *testing.T) {
	dir := t.TempDir()
	abkd(t, "train", "--data", "karate", "--epochs", "2", "--out", filepath.Join(dir, "w")).ok(t)
	onlyFile(t, dir, "w")
	abkd(t, "train", "--data", "karate", "--epochs", "2", "--checkpoint", filepath.Join(dir, "s")).ok(t)
	remove(t, filepath.Join(dir, "w"))
	put(t, filepath.Join(dir, ".s.abkd-0123456789abcdef.tmp"), "half written")
	abkd(t, "train", "--data", "karate", "--epochs", "3", "--checkpoint", filepath.Join(dir, "s"), "--resume").ok(t)
	onlyFile(t, dir, "s")
}

// A run that diverges says where, and what was good is saved.
func TestDiverges(t *testing.T) {
	dir := t.TempDir()
	out, lines := filepath.Join(dir, "w"), filepath.Join(dir, "lines")
	train := func(args string) result {
		r := abkd(t, append(strings.Fields("train --epochs 200 --dropout 0 "+args), "--out", out, "--metrics", lines)...)
		all := strings.TrimSuffix(r.stderr, "\n")
		r.stderr = all[strings.LastIndex(all, "\n")+1:] + "\n" // a slow machine shows progress before
		return r
	}
	r := train("--data mag-mini --layers 50 --lr 0.1")
	r.fails(t, "want a finite number: lower the learning rate (epoch 2, step 1 of 1, learning rate 0.1: ", "the first that is not finite in the model is the output of layer ", " for paper")
	onlyFile(t, dir, "lines") // it was good in no epoch
	train("--data karate --model gat --layers 30 --hidden 8 --lr 0.3").
		fails(t, "want a finite number: lower the learning rate (epoch ", "of the model layers.", "since the last update", "the best weights so far, of epoch ", "are in "+out)
	v := abkd(t, "eval", "--data", "karate", "--weights", out, "--json").ok(t).json(t)
	if v["loss"] == nil {
		t.Error("the loss of the saved weights is not finite")
	}
	if len(epochLines(t, lines)) < 1 {
		t.Error("there is no line of the epochs before")
	}
	remove(t, lines)
	onlyFile(t, dir, "w")
}
