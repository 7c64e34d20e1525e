package main

import (
	"bytes"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"abkd/cmd/internal/keep"
)

// TestRefuses says in one sentence why there is no window.
func TestRefuses(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere there is always a display")
	}
	dir := filepath.Join(t.TempDir(), "kept")
	said := func(args ...string) string {
		var out bytes.Buffer
		if code := run(append([]string{"-folder", dir}, args...), &out); code != 1 {
			t.Errorf("%q ends with %d, want 1", args, code)
		}
		if strings.Count(out.String(), "\n") != 1 {
			t.Errorf("%q says %q, want one line", args, out.String())
		}
		return out.String()
	}
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if got := said(); !strings.Contains(got, "no display") {
		t.Errorf("without a display it says %q", got)
	}
	if got := said("a", "b"); !strings.Contains(got, "2 graphs") {
		t.Errorf("with two graphs it says %q", got)
	}
	t.Setenv("DISPLAY", ":no-such-display")
	if got := said(); !strings.Contains(got, "could not be drawn") {
		t.Errorf("on a display that is none it says %q", got)
	}
	kept, _, err := keep.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	if got := said(); !strings.Contains(got, "another window has it") || !strings.Contains(got, dir) {
		t.Errorf("a second window says %q", got)
	}
}
