package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"abkd/assets/licences"
)

const root = "../../.."

// entries are the lines of the list in the tree.
var entries = regexp.MustCompile(`(?m)^(.+) (\S+): (.+); in (.+)$`)

// unreachable is in the errors of go list without a network.
var unreachable = regexp.MustCompile("dial tcp|module lookup disabled|no such host")

// TestTreeIsUpToDate compares the file in the tree with what is linked now:
// every part, with its version, licences and texts, and no other.
func TestTreeIsUpToDate(t *testing.T) {
	parts, err := goParts(root)
	if err != nil && unreachable.MatchString(err.Error()) { // what only another system links
		t.Skipf("a module is not here and cannot be fetched: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	fonts, err := fontParts(root)
	if err != nil || len(fonts) == 0 {
		t.Fatalf("%d fonts, %v", len(fonts), err)
	}
	known := map[string]bool{}
	for _, p := range append(parts, fonts...) {
		ids, err := p.licences()
		if err != nil {
			t.Error(err)
		}
		known[p.name] = true
		line := fmt.Sprintf("%s %s: %s; in %s\n", p.name, p.version, ids, strings.Join(p.in, ", "))
		if !strings.Contains(licences.ThirdParty, "\n"+line) {
			t.Errorf("%s has not the line %q: run make licences", target, line)
		}
		checkTexts(t, p)
	}
	lists := strings.SplitN(licences.ThirdParty, rule, 2)[0]
	for _, e := range entries.FindAllStringSubmatch(lists, -1) {
		if in := e[4]; !known[e[1]] && in != "page" && !strings.Contains(in, "simd128.wasm") {
			t.Errorf("%s lists %s %s, which is part of nothing: run make licences", target, e[1], e[2])
		}
	}
}

func checkTexts(t *testing.T, p part) {
	t.Helper()
	for _, f := range p.files {
		if !strings.Contains(licences.ThirdParty, "\n--- "+f.name+"\n\n"+f.text+"\n") {
			t.Errorf("%s has not the text %s of %s: run make licences", target, f.name, p.name)
		}
	}
}

// TestPackagesOfThePage checks those with the versions that are installed. The
// page's build checks that there are no others.
func TestPackagesOfThePage(t *testing.T) {
	page, err := lockedVersions(filepath.Join(root, "site/web/package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	kernel, err := lockedVersions(filepath.Join(root, "wasm/kernel/package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries.FindAllStringSubmatch(licences.ThirdParty, -1) {
		want, dir := "", ""
		switch {
		case e[4] == "page":
			want, dir = page[e[1]], "site/web"
		case strings.Contains(e[4], "simd128.wasm"):
			want, dir = kernel[e[1]], "wasm/kernel"
		default:
			continue
		}
		n++
		if e[2] != want {
			t.Errorf("%s has %s %s, locked is %q: run make licences", target, e[1], e[2], want)
		}
		if files, err := npmTexts(filepath.Join(root, dir, "node_modules", e[1])); err == nil { // installed
			checkTexts(t, part{name: e[1], files: files})
		}
	}
	if n < 2 {
		t.Errorf("%d packages of npm, want those of the page and the kernels' compiler", n)
	}
}

// TestUnlicensed checks that a part without a text, or with an unknown one,
// cannot come in.
func TestUnlicensed(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "lib", "inner")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ids := func() (string, error) {
		t.Helper()
		files, err := texts(inner, dir)
		if err != nil {
			t.Fatal(err)
		}
		_, err = render([]part{{name: "lib", version: "v1", files: files}})
		id, _ := part{name: "lib", version: "v1", files: files}.licences()
		return id, err
	}
	put("license.go", "package lib")
	put("README", "free for all")
	if _, err := ids(); err == nil || !strings.Contains(err.Error(), "lib v1 has no licence text") {
		t.Errorf("without a text it is %v", err)
	}
	put("LICENSE", "All rights reserved.")
	if _, err := ids(); err == nil || !strings.Contains(err.Error(), "lib v1: LICENSE is no licence that is known") {
		t.Errorf("with an unknown text it is %v", err)
	}
	put("LICENSE", "Permission is hereby granted,\r\n  free of charge, to any person")
	put("lib/COPYING.txt", "Redistribution and use in source\nand binary forms. Neither the name of")
	if id, err := ids(); err != nil || id != "BSD-3-Clause, MIT" {
		t.Errorf("licences are %q, %v, want that of the inner folder and the outer one", id, err)
	}
}
