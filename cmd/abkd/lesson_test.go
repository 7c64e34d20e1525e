package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What lesson new writes is a lesson without a mistake, whose claims hold.
func TestLessonNew(t *testing.T) {
	name := filepath.Join(t.TempDir(), "My Luck.md")
	abkd(t, "lesson", "new", name).ok(t)
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), "\nlesson: my-luck ") {
		t.Fatalf("%v: %.200s", err, text)
	}
	said := abkd(t, "lesson", "check", name, "--seeds", "10").ok(t).stdout
	for _, want := range []string{"2 runs, 3 options, 1 claims: no mistake", "claim lead > -1.96", "of 10\n"} {
		if !strings.Contains(said, want) {
			t.Errorf("check says\n%s\nwant %q in it", said, want)
		}
	}
	told := abkd(t, "lesson", "preview", name, "--seed", "1").ok(t).stdout
	if !strings.Contains(told, "(*) ") || strings.Contains(told, "unknown") || !strings.Contains(told, "percentage points") {
		t.Errorf("preview says\n%s", told)
	}
	abkd(t, "lesson", "new", name).fails(t, "is there already: choose another name")
}

// Each mistake is named with file, line and field, and claims that do not hold
// are told.
func TestLessonCheck(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "wrong.md")
	abkd(t, "lesson", "new", name).ok(t)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	write := func(was, is string) {
		if err := os.WriteFile(name, []byte(strings.Replace(string(text), was, is, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("hidden=4", "hidden=many")
	r := abkd(t, "lesson", "check", name)
	if r.status != 1 || r.stderr != "abkd: there is 1 mistake: each is named above with its line\n" {
		t.Errorf("check ends with status %d and says %q", r.status, r.stderr)
	}
	if want := name + ":18: runs[0].begin: hidden is \"many\", want a whole number from 1 to 1024"; !strings.Contains(r.stdout, want) {
		t.Errorf("check says\n%s\nwant %s", r.stdout, want)
	}
	write("- lead > -1.96", "- taught > 2")
	abkd(t, "lesson", "check", name).ok(t)
	r = abkd(t, "lesson", "check", name, "--seeds", "2")
	if r.status != 1 || !strings.Contains(r.stdout, "holds on 0 of 2") || !strings.Contains(r.stderr, "1 of its claims holds on fewer than eight of ten seeds") {
		t.Errorf("check ends with status %d and says\n%s%s", r.status, r.stdout, r.stderr)
	}
	abkd(t, "lesson", "check", filepath.Join(dir, "gone.md")).fails(t, "gone.md")
}
