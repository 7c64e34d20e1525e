package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// small are the flags of a comparison that takes no time.
var small = []string{"compare", "--data", "karate", "--criteria", "none,kd,fitnet,abkd,kd+abkd", "--seeds", "3", "--students", "2x4,2x6",
	"--teacher-hidden", "8", "--teacher-epochs", "5", "--epochs", "6"}

func with(args []string, more ...string) []string { return append(args[:len(args):len(args)], more...) }

// stable returns the rows and the teacher of a result without what is
// measured, as bytes.
func stable(t *testing.T, v map[string]any) string {
	t.Helper()
	rows, ok := v["rows"].([]any)
	if !ok || len(rows) == 0 {
		t.Fatalf("rows are %v, want some", v["rows"])
	}
	for _, r := range append(rows, v["teacher"]) {
		for _, key := range []string{"infer_ms", "teacher_ms", "train_s"} {
			delete(r.(map[string]any), key)
		}
	}
	text, err := json.Marshal([]any{rows, v["teacher"]})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestCompare(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	v := abkd(t, with(small, "--out", dir, "--json")...).ok(t).json(t)
	rows := v["rows"].([]any)
	if len(rows) != 10 {
		t.Fatalf("%d rows, want 5 methods of 2 sizes", len(rows))
	}
	teacher := v["teacher"].(map[string]any)
	for i, name := range []string{"none", "kd", "fitnet", "abkd", "abkd"} {
		r := rows[i].(map[string]any)
		if r["criterion"] != name || (r["variant"] == "+ kd") != (i == 4) || num(t, r, "hidden") != 4 || num(t, r, "layers") != 2 {
			t.Errorf("row %d is %v %v, want %s", i, r["criterion"], r["variant"], name)
		}
		for key, limits := range map[string][2]float64{"test_mean": {0, 1}, "test_sd": {0, 1}, "valid_mean": {0, 1}, "p_wilcoxon": {0.25, 1},
			"diff": {-1, 1}, "infer_ms": {1e-6, 1e4}, "train_s": {1e-9, 1e4}, "seeds": {3, 3}, "failed": {0, 0}} {
			if x := num(t, r, key); x < limits[0] || x > limits[1] {
				t.Errorf("row %d: %s is %v, want %v", i, key, x, limits)
			}
		}
		if r["diff_low"] != nil { // there is a spread
			if low, diff, high := num(t, r, "diff_low"), num(t, r, "diff"), num(t, r, "diff_high"); low > diff || diff > high {
				t.Errorf("row %d: %v is not within %v..%v", i, diff, low, high)
			}
			if p := num(t, r, "p"); p < 0 || p > 1 {
				t.Errorf("row %d: p is %v", i, p)
			}
		}
		if got, want := num(t, r, "ratio"), num(t, teacher, "params")/num(t, r, "params"); got != want {
			t.Errorf("row %d: ratio is %v, want %v", i, got, want)
		}
		if b := r["baseline"]; b == name || b == "abkd + kd" && name == "abkd" {
			t.Errorf("row %d: %s is compared with %v", i, name, b)
		}
	}
	if num(t, teacher, "hidden") != 8 || num(t, teacher, "seeds") != 3 {
		t.Errorf("teacher is %v", teacher)
	}
	if got := namesIn(t, dir); !slices.Equal(got, []string{"cells", "comparison.json", "report.html", "result.json", "rows.csv", "table.txt", "teachers", "timing.json"}) {
		t.Errorf("the folder holds %q", got)
	}
	if c, k := len(namesIn(t, filepath.Join(dir, "cells"))), len(namesIn(t, filepath.Join(dir, "teachers"))); c != 39 || k != 6 {
		t.Errorf("%d cells and %d files of teachers, want 30 and 9 of baselines, and 6", c, k)
	}
	checkCSV(t, dir, rows)
	checkAgain(t, dir, v)
}

// checkCSV compares rows.csv with the rows.
func checkCSV(t *testing.T, dir string, rows []any) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "rows.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil || len(lines) != len(rows)+1 {
		t.Fatalf("rows.csv has %d lines (%v), want %d", len(lines), err, len(rows)+1)
	}
	for i, line := range lines[1:] {
		r := rows[i].(map[string]any)
		for k, key := range lines[0] {
			want := r[key]
			if x, ok := want.(float64); ok {
				text, _ := json.Marshal(x)
				var got float64
				if err := json.Unmarshal([]byte(line[k]), &got); err != nil || got != x {
					t.Errorf("row %d: %s is %q, want %s", i, key, line[k], text)
				}
			} else if cell := strings.TrimPrefix(line[k], "'"); want == nil && cell != "" || want != nil && cell != want { // see sheet
				t.Errorf("row %d: %s is %q, want %v", i, key, line[k], want)
			}
		}
	}
}

// checkAgain runs a finished comparison again: it trains nothing and says the
// same, times included.
func checkAgain(t *testing.T, dir string, want map[string]any) {
	t.Helper()
	before := stamps(t, dir)
	got := abkd(t, with(small, "--out", dir, "--json")...).ok(t).json(t)
	a, _ := json.Marshal(want["rows"])
	b, _ := json.Marshal(got["rows"])
	if string(a) != string(b) {
		t.Errorf("a second run says\n%s\nwant\n%s", b, a)
	}
	if after := stamps(t, dir); after != before {
		t.Errorf("a second run wrote runs again:\n%s\nbefore\n%s", after, before)
	}
}

// stamps says when each finished run was written.
func stamps(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	for _, sub := range []string{"cells", "teachers"} {
		for _, name := range namesIn(t, filepath.Join(dir, sub)) {
			info, err := os.Stat(filepath.Join(dir, sub, name))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&b, name, info.ModTime().UnixNano())
		}
	}
	return b.String()
}

// TestCompareJobs checks that the number of runs side by side changes nothing.
func TestCompareJobs(t *testing.T) {
	one := stable(t, abkd(t, with(small, "--jobs", "1", "--json")...).ok(t).json(t))
	for _, jobs := range []string{"2", "7"} {
		if got := stable(t, abkd(t, with(small, "--jobs", jobs, "--json")...).ok(t).json(t)); got != one {
			t.Errorf("with %s jobs the result is\n%s\nwant\n%s", jobs, got, one)
		}
	}
}

// TestCompareIsDistill compares a cell with what train and distill say of
// the same student.
func TestCompareIsDistill(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	v := abkd(t, with(small, "--seeds", "1", "--criteria", "kd", "--students", "2x4", "--out", dir, "--json")...).ok(t).json(t)
	var weights string
	for _, name := range namesIn(t, filepath.Join(dir, "teachers")) {
		if strings.HasSuffix(name, ".safetensors") {
			weights = filepath.Join(dir, "teachers", name)
		}
	}
	one := abkd(t, "distill", "--data", "karate", "--teacher", weights, "--criterion", "kd", "--layers", "2", "--hidden", "4", "--epochs", "6", "--json").ok(t).json(t)
	row := v["rows"].([]any)[0].(map[string]any)
	if got, want := num(t, row, "test_mean"), num(t, one, "test"); got-want > 1e-6 || want-got > 1e-6 {
		t.Errorf("test accuracy is %v, distill has %v", got, want)
	}
	if got, want := num(t, v["teacher"].(map[string]any), "test_mean"), num(t, one["teacher"].(map[string]any), "test"); got-want > 1e-6 || want-got > 1e-6 {
		t.Errorf("the teacher's test accuracy is %v, distill has %v", got, want)
	}
	for _, key := range []string{"test_sd", "p", "diff"} {
		if x, there := row[key]; !there || x != nil {
			t.Errorf("%s of one run is %v (there: %t), want null", key, x, there)
		}
	}
}

// endedAfterTwo sends sig to a program that stores its runs in dir as soon as
// two are finished. It returns how it ended and what it said.
func endedAfterTwo(t *testing.T, sig syscall.Signal, dir string, args []string) (*os.ProcessState, string) {
	t.Helper()
	cmd := exec.Command(binary, with(args, "--out", dir, "--jobs", "1")...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if done, _ := filepath.Glob(filepath.Join(dir, "cells", "*.json")); len(done) >= 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("no run was finished in a minute")
		}
	}
	cmd.Process.Signal(sig)
	cmd.Wait() // the status tells
	return cmd.ProcessState, stderr.String()
}

// TestCompareKilled kills a comparison as soon as it has finished two runs,
// and lets it go on: the result is that of one that was never killed.
func TestCompareKilled(t *testing.T) {
	args := []string{"compare", "--data", "mag-mini", "--criteria", "none,kd,abkd", "--seeds", "3", "--students", "2x4",
		"--teacher-hidden", "16", "--teacher-epochs", "4", "--epochs", "300", "--json"}
	base := t.TempDir()
	want := stable(t, abkd(t, with(args, "--out", filepath.Join(base, "whole"))...).ok(t).json(t))
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT} {
		t.Run("signal="+sig.String(), func(t *testing.T) {
			dir := filepath.Join(base, sig.String())
			state, stderr := endedAfterTwo(t, sig, dir, args)
			if sig == syscall.SIGINT && (state.ExitCode() != 130 || !strings.Contains(stderr, "of 9 students are done")) {
				t.Errorf("status %d, stderr %q, want 130 and how far it is", state.ExitCode(), stderr)
			}
			done := namesIn(t, filepath.Join(dir, "cells"))
			if len(done) >= 9 {
				t.Fatalf("all %d runs were finished before the signal", len(done))
			}
			before := strings.Split(strings.TrimSpace(stamps(t, dir)), "\n")
			if got := stable(t, abkd(t, with(args, "--out", dir)...).ok(t).json(t)); got != want {
				t.Errorf("the resumed comparison has\n%s\nwant\n%s", got, want)
			}
			after := stamps(t, dir)
			for _, line := range before {
				if !strings.Contains(line, ".tmp") && !strings.Contains(after, line) {
					t.Errorf("%s was written again", line)
				}
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*", ".*.tmp")); len(left) > 0 {
				t.Errorf("%q is left over", left)
			}
		})
	}
}

// TestCompareDamaged damages a finished run: it is done again.
func TestCompareDamaged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	want := stable(t, abkd(t, with(small, "--out", dir, "--json")...).ok(t).json(t))
	cells := namesIn(t, filepath.Join(dir, "cells"))
	put(t, filepath.Join(dir, "cells", cells[0]), `{"key":`)
	put(t, filepath.Join(dir, "cells", cells[1]), `{"key":"another"}`)
	remove(t, filepath.Join(dir, "cells", cells[2]))
	remove(t, filepath.Join(dir, "result.json"))
	if got := stable(t, abkd(t, with(small, "--out", dir, "--json")...).ok(t).json(t)); got != want {
		t.Errorf("after damage the result is\n%s\nwant\n%s", got, want)
	}
}

// A kept run that says less than was written, or what cannot be drawn, is done
// again, and so is one that names another teacher.
func TestCompareDamagedRuns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	args := with(small, "--seeds", "1", "--criteria", "abkd", "--students", "2x4", "--out", dir, "--json")
	want := stable(t, abkd(t, args...).ok(t).json(t))
	cell := filepath.Join(dir, "cells", namesIn(t, filepath.Join(dir, "cells"))[0])
	var whole map[string]any
	if err := json.Unmarshal(fileOf(t, cell), &whole); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(c map[string]any){
		"the key alone":   func(c map[string]any) { maps.DeleteFunc(c, func(k string, _ any) bool { return k != "key" }) },
		"an empty A":      func(c map[string]any) { c["A"] = []any{} },
		"a ragged D":      func(c map[string]any) { c["D"] = []any{[]any{1}, []any{1, 2}} },
		"no curve":        func(c map[string]any) { c["curve"] = []any{} },
		"another teacher": func(c map[string]any) { c["teacher"] = "none" },
		"another size":    func(c map[string]any) { c["hidden"] = 5 },
		"another seed":    func(c map[string]any) { c["seed"] = 7 },
		"an accuracy":     func(c map[string]any) { c["valid"] = 81 },
	} {
		c := maps.Clone(whole)
		change(c)
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		put(t, cell, string(text))
		if got := stable(t, abkd(t, args...).ok(t).json(t)); got != want {
			t.Errorf("%s: the result is\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestCompareRefuses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	first := with(small, "--out", dir)
	abkd(t, first...).ok(t)
	for _, c := range []struct {
		more []string
		want []string
	}{
		{[]string{"--data", "mag-mini"}, []string{dir, "another comparison", "fingerprint", "choose another folder"}},
		{[]string{"--epochs", "7"}, []string{"another comparison", "epochs=6", "epochs=7"}},
		{[]string{"--teacher-hidden", "9"}, []string{"another comparison", "teacher-hidden=8", "teacher-hidden=9"}},
		{[]string{"--seeds", "4"}, []string{"another comparison", "seeds are [1 2 3], here they are [1 2 3 4]", "--extend"}},
		{[]string{"--criteria", "none,at"}, []string{"another comparison", "criteria", "at"}},
		{[]string{"--students", "2x5"}, []string{"another comparison", "students", "2x5"}},
		{[]string{"--extend", "--epochs", "7"}, []string{"another comparison", "epochs=7"}},
	} {
		abkd(t, with(first, c.more...)...).fails(t, c.want...)
	}
	abkd(t, first...).ok(t) // nothing was harmed

	base := t.TempDir()
	put(t, filepath.Join(base, "thesis.txt"), "years of work")
	abkd(t, with(small, "--out", base)...).fails(t, "it holds other files", "thesis.txt")
	if got := namesIn(t, base); len(got) != 1 {
		t.Errorf("the refused folder holds %q", got)
	}
	abkd(t, with(small, "--out", filepath.Join(base, "thesis.txt"))...).fails(t, "thesis.txt", "not a directory")
}

// TestCompareExtend gives a comparison more seeds, criteria and sizes.
func TestCompareExtend(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	abkd(t, with(small, "--out", dir, "--seeds", "2", "--students", "2x4", "--criteria", "none,abkd")...).ok(t)
	before := stamps(t, dir)
	got := stable(t, abkd(t, with(small, "--out", dir, "--extend", "--json")...).ok(t).json(t))
	want := stable(t, abkd(t, with(small, "--json")...).ok(t).json(t))
	if got != want {
		t.Errorf("the extended comparison has\n%s\nwant\n%s", got, want)
	}
	after := stamps(t, dir)
	for _, line := range strings.Split(strings.TrimSpace(before), "\n") {
		if !strings.Contains(after, line) {
			t.Errorf("%s was written again", line)
		}
	}
}

// TestCompareSeedZero counts seeds from 0: seed 1 is the same as from 1 on.
func TestCompareSeedZero(t *testing.T) {
	tests := func(args ...string) []any {
		v := abkd(t, with(small, append(args, "--criteria", "none", "--students", "2x4", "--json")...)...).ok(t).json(t)
		return v["rows"].([]any)[0].(map[string]any)["tests"].([]any)
	}
	zero, one := tests("--seed", "0"), tests()
	if len(zero) != 3 || zero[1] != one[0] || zero[2] != one[1] {
		t.Errorf("seeds 0 to 2 have %v, seeds 1 to 3 %v, want the middle in common", zero, one)
	}
}

func TestCompareBadFlags(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"--criteria", "nosuch"}, []string{"--criteria", `"nosuch"`, "abkd"}},
		{[]string{"--criteria", ""}, []string{"--criteria", `""`}},
		{[]string{"--criteria", "kd,kd"}, []string{"kd 2x4", "twice"}},
		{[]string{"--preset", "huge"}, []string{"--preset", `"huge"`, "one of quick, recipes, ablation, full"}},
		{[]string{"--seeds", "0"}, []string{"--seeds", "0", "1..10000"}},
		{[]string{"--seeds", "-1"}, []string{"--seeds"}},
		{[]string{"--jobs", "0"}, []string{"--jobs"}},
		{[]string{"--students", "2"}, []string{"--students", `"2"`, "2x8"}},
		{[]string{"--students", "2x8,0x4"}, []string{`"0x4"`}},
		{[]string{"--students", "2x8,2x8"}, []string{"twice"}},
		{[]string{"--variant", "x"}, []string{"--variant", `"x"`}},
		{[]string{"--variant", "x:criterion=kd&epochs=9"}, []string{"epochs cannot differ"}},
		{[]string{"--split", "nosuch"}, []string{"nosuch"}},
		{[]string{"--data", "/nosuch"}, []string{"/nosuch"}},
		{[]string{"--pin", "1,0"}, []string{"abkd", "pinned attention is 1×2, want 3×2"}},
		{[]string{"--layers", "3"}, []string{"unknown flag: --layers"}},
		{[]string{"extra"}, []string{`"extra"`}},
	} {
		t.Run("args="+strings.Join(c.args, "="), func(t *testing.T) {
			abkd(t, with(small, c.args...)...).fails(t, c.want...)
		})
	}
}

// TestCompareVariants has methods with settings of their own, other teachers
// among them.
func TestCompareVariants(t *testing.T) {
	v := abkd(t, with(small, "--criteria", "abkd", "--students", "2x4", "--json",
		"--variant", "deep:criterion=abkd&teacher-layers=4", "--variant", "random teacher:criterion=abkd&teacher=untrained",
		"--variant", "same:criterion=abkd&softmax=row")...).ok(t).json(t)
	rows := v["rows"].([]any)
	if len(rows) != 4 || len(v["teachers"].([]any)) != 3 {
		t.Fatalf("%d rows and %d teachers, want 4 and 3", len(rows), len(v["teachers"].([]any)))
	}
	row := func(i int) map[string]any { return rows[i].(map[string]any) }
	if row(1)["teacher_size"] != "4x8" || row(2)["teacher_size"] != "untrained 3x8" || row(0)["teacher_size"] != "3x8" {
		t.Errorf("teachers are %v, %v and %v", row(0)["teacher_size"], row(1)["teacher_size"], row(2)["teacher_size"])
	}
	if row(0)["test_mean"] != row(3)["test_mean"] || row(3)["variant"] != "same" {
		t.Errorf("a variant that changes nothing has %v, want %v", row(3)["test_mean"], row(0)["test_mean"])
	}
	plain, ok := row(3)["plain"].(map[string]any)
	if !ok || num(t, plain, "diff") != 0 || plain["against"] != "abkd" || row(0)["plain"] != nil || row(0)["baseline"] != "" {
		t.Errorf("the variant is compared with %v, the plain one with %v", row(3)["plain"], row(0)["plain"])
	}
}

// TestComparePresets runs the presets, cut short.
func TestComparePresets(t *testing.T) {
	for preset, want := range map[string]int{"quick": 5, "full": 16, "ablation": 5 + 13} {
		t.Run("preset="+preset, func(t *testing.T) {
			v := abkd(t, "compare", "--data", "karate", "--preset", preset, "--seeds", "1", "--students", "2x3", "--teacher-hidden", "6",
				"--teacher-epochs", "2", "--epochs", "2", "--json").ok(t).json(t)
			if got := len(v["rows"].([]any)); got != want {
				t.Errorf("%d rows, want %d", got, want)
			}
		})
	}
}
