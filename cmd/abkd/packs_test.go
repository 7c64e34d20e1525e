package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/assets/packs"
	"abkd/gnn/graph"
)

// TestMakePacks runs "make packs" on a small index, twice: what it makes is the
// same, says what it was made from, and has no person's name.
func TestMakePacks(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip(err)
	}
	known := filepath.Join(t.TempDir(), "known.txt")
	if err := os.WriteFile(known, []byte("# known\nlibzip1\nlonely\nnot-here\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	made := func() ([]byte, string) {
		out := filepath.Join(t.TempDir(), "made.pack")
		cmd := exec.Command("make", "--no-print-directory", "-C", "../..", "packs", "INDEX=gnn/graph/formats/testdata/debian/Packages", "RELEASE=0.1",
			"DEBIAN="+t.TempDir(), "PACK="+out, "KNOWN="+known, "SPLIT=random", "TEACHER_EPOCHS=3", "TARGET=9", "NODES=30")
		said, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return b, string(said)
	}
	b, said := made()
	for _, want := range []string{
		"debian 0.1: 30 nodes", "made from  Debian 0.1\n", "Packages: SHA-256 ", " unpacked\n", "splits drawn from seed 1\n",
		"abkd pack --data debian --split random --target 9 --prefer well-known.txt --nodes 30 --teacher teacher.safetensors\n",
		"teacher    rgcn 3x128, ", "trained on split random of debian: ", "1 names are of no package, such as not-here",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("make packs does not say %q:\n%s", want, said)
		}
	}
	if again, _ := made(); !bytes.Equal(b, again) {
		t.Error("the same index and seed give another pack")
	}
	p, err := graph.DecodePack(b)
	if err != nil {
		t.Fatal(err)
	}
	g := p.Graph
	if s, err := g.Split("random"); err != nil || len(s.Train) == 0 || len(s.Train)+len(s.Valid)+len(s.Test) != 9 {
		t.Errorf("the split is %v (%v), want the nine seeds", s, err)
	}
	for _, name := range []string{"libzip1", "lonely"} {
		if !slices.Contains(g.Types[g.Target].Labels, name) {
			t.Errorf("%s is not in the part, though it is known", name)
		}
	}
	if bytes.Contains(b, []byte("Ada")) || bytes.Contains(b, []byte("people who like")) {
		t.Error("the pack has a person's name or a description")
	}
}

// TestDebianMini uses the pack that abkd holds, by every command that takes a
// graph.
func TestDebianMini(t *testing.T) {
	info := abkd(t, "info", "--data", "debian-mini").ok(t).stdout
	for _, want := range []string{"debian 12.", "package", "maintainer", "tag", "site", "SHA-256 ", "splits drawn from seed 1\n", "abkd pack ", "rgcn 3x128, 471,240 parameters, trained on split few of debian: "} {
		if !strings.Contains(info, want) {
			t.Errorf("info does not say %q:\n%s", want, info)
		}
	}
	dir := t.TempDir()
	student := filepath.Join(dir, "student")
	r := abkd(t, "distill", "--data", "debian-mini", "--layers", "2", "--hidden", "6", "--epochs", "2", "--out", student, "--json").ok(t)
	v := r.json(t)
	teacher := v["teacher"].(map[string]any)
	if num(t, v, "compression") < 32 || num(t, teacher, "test") < 0.5 || v["teacher_split"] != "few" || v["teacher_graph"] != "same" || strings.Contains(r.stderr, "not known") {
		t.Errorf("distill says %v and %s, want a teacher of the same graph and split above 50 %%, and a student 32 times smaller", v, r.stderr)
	}
	abkd(t, "eval", "--data", "debian-mini", "--weights", student).ok(t)
	whole := abkd(t, "eval", "--data", "debian-mini", "--weights", "pack", "--json").ok(t).json(t)
	if whole["test"] != teacher["test"] || whole["weights_split"] != "few" {
		t.Errorf("eval of the teacher says %v, distill %v", whole, teacher)
	}
	abkd(t, "train", "--data", "debian-mini", "--layers", "1", "--epochs", "1").ok(t)
	other := abkd(t, "eval", "--data", "debian-mini", "--split", "random", "--weights", "pack").ok(t)
	if !strings.Contains(other.stderr, "was trained on split few, evaluated on split random: ") {
		t.Errorf("on another split eval says only %s", other.stderr)
	}
	b := filepath.Join(dir, "copy.pack")
	if err := os.WriteFile(b, packs.DebianMini, 0o666); err != nil {
		t.Fatal(err)
	}
	if fromFile := abkd(t, "info", "--data", b).ok(t).stdout; !strings.Contains(fromFile, "made from") {
		t.Errorf("info of the same file says only\n%s", fromFile)
	}
}

// TestGivenTeacher compares with a teacher that is there, goes on from what is
// done, and refuses to with another one.
func TestGivenTeacher(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "compared")
	args := []string{"compare", "--data", "debian-mini", "--students", "1x2", "--criteria", "none,kd", "--epochs", "1", "--out", out, "--json"}
	args = slices.Clip(args) // each line has its own end
	given := slices.Clip(append(args, "--teacher", "pack"))
	first := abkd(t, append(given, "--seeds", "1")...).ok(t).json(t)
	teacher := first["teacher"].(map[string]any)
	if teacher["hidden"] != 128. || teacher["train_s"] != 0. && num(t, teacher, "train_s") > 60 || num(t, teacher, "test_mean") < 0.5 {
		t.Errorf("the teacher is %v, want the one of the pack", teacher)
	}
	more := abkd(t, append(given, "--seeds", "2", "--extend")...).ok(t).json(t)
	if rows := more["rows"].([]any); len(rows) != 2 || num(t, rows[0].(map[string]any), "seeds") != 2 {
		t.Errorf("extended it has %v", rows)
	}
	if files, err := filepath.Glob(filepath.Join(out, "teachers", "*.safetensors")); err != nil || len(files) != 1 {
		t.Errorf("the teachers are %q (%v), want the one of all seeds", files, err)
	}
	for want, line := range map[string][]string{
		"it has teacher=":                 append(args, "--seeds", "1", "--teacher-layers", "3", "--teacher-hidden", "128", "--teacher-epochs", "100"),
		"--model and --teacher are both":  append(given, "--seeds", "1", "--model", "gcn"),
		"--teacher-hidden and --teacher ": append(given, "--seeds", "1", "--teacher-hidden", "8"),
	} {
		if r := abkd(t, line...); r.status == 0 || !strings.Contains(r.stderr, want) {
			t.Errorf("%q is accepted or refused by %q, want %q", line, r.stderr, want)
		}
	}
	if r := abkd(t, "eval", "--data", "karate", "--weights", "pack"); r.status == 0 || !strings.Contains(r.stderr, "it holds no teacher") {
		t.Errorf("a graph without a teacher is refused by %q", r.stderr)
	}
	if r := abkd(t, "compare", "--data", "debian-mini", "--criteria", "none", "--students", "1x2", "--teacher-hidden", "2", "--teacher-layers", "1", "--epochs", "1", "--teacher-epochs", "1", "--seeds", "1").ok(t); !strings.Contains(r.stderr, "the teacher in --data is not used") {
		t.Errorf("a teacher that is not used is not told: %s", r.stderr)
	}
	tuned := filepath.Join(dir, "tuned")
	abkd(t, "tune", "--data", "debian-mini", "--teacher", "pack", "--criteria", "kd", "--trials", "1", "--layers", "1", "--hidden", "2", "--epochs", "1", "--out", tuned).ok(t)
	abkd(t, "compare", "--data", "debian-mini", "--teacher", "pack", "--tuned", filepath.Join(tuned, "tuned.json"), "--seeds", "1").ok(t)
}
