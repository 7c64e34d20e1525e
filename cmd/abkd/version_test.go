package main

import (
	"runtime"
	"strings"
	"testing"
)

// TestVersion checks that abkd says what it is, by a flag too.
func TestVersion(t *testing.T) {
	r := abkd(t, "version").ok(t)
	for _, want := range []string{"abkd ", "\ncommit ", runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, "\nkernels "} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("version is %q, want %q in it", r.stdout, want)
		}
	}
	if by := abkd(t, "--version").ok(t); by.stdout != r.stdout {
		t.Errorf("--version is %q, want %q", by.stdout, r.stdout)
	}
	v := abkd(t, "version", "--json").ok(t).json(t)
	if v["go"] != runtime.Version() || !strings.Contains(r.stdout, v["kernels"].(string)) {
		t.Errorf("version is %v in JSON and %q as text", v, r.stdout)
	}
}
