package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"abkd/cmd/internal/keep"
	"abkd/internal/ostest"
)

// TestMain is abkd-desktop where a test asks for it.
func TestMain(m *testing.M) {
	if folder := os.Getenv("ABKD_DESKTOP_FOLDER"); folder != "" {
		os.Exit(run([]string{"-folder", folder, "karate"}, os.Stderr))
	}
	os.Exit(m.Run())
}

// desktop is abkd-desktop as a process, on that display.
func desktop(folder, display string, env ...string) (*exec.Cmd, *bytes.Buffer) {
	var said bytes.Buffer
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), "ABKD_DESKTOP_FOLDER="+folder, "DISPLAY="+display), env...)
	cmd.Stderr = &said
	return cmd, &said
}

// TestNeedsGraphics has no driver for the display: a sentence says what is needed.
func TestNeedsGraphics(t *testing.T) {
	display, _ := ostest.Display(t)
	cmd, said := desktop(filepath.Join(t.TempDir(), "kept"), display, "LIBGL_DRIVERS_PATH=/nonexistent")
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(said.String(), "could not be drawn") || !strings.Contains(said.String(), "it needs OpenGL") {
		t.Errorf("without a driver it ends with %v and says %q", err, said)
	}
}

// TestLosesDisplay ends the display under the window: what it showed goes on in the
// next one.
func TestLosesDisplay(t *testing.T) {
	display, server := ostest.Display(t)
	folder := filepath.Join(t.TempDir(), "kept")
	cmd, said := desktop(folder, display)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	for isKept := false; !isKept; time.Sleep(20 * time.Millisecond) {
		_, err := os.Stat(filepath.Join(folder, "window.json"))
		isKept = err == nil
	}
	server.Kill()
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(said.String(), display) {
		t.Errorf("it ends with %v and says %q", err, said)
	}
	kept, state, err := keep.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	if run, err := kept.RunState(state); state.Graph != "karate" || err != nil || run == nil {
		t.Errorf("%+v is kept, its run %v", state, err)
	}
}

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
