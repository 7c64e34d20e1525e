package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A running is a program that goes on until it is told to stop.
type running struct {
	*exec.Cmd
	stderr bytes.Buffer
	ended  chan struct{}
}

// begin starts the program and waits until it says, in the file called lock,
// that it writes what that stands for.
func begin(t *testing.T, lock string, args ...string) *running {
	t.Helper()
	return beginCommand(t, lock, exec.Command(binary, args...))
}

func beginCommand(t *testing.T, lock string, cmd *exec.Cmd) *running {
	t.Helper()
	r := &running{Cmd: cmd, ended: make(chan struct{})}
	r.Stderr = &r.stderr
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		r.Wait() // the status tells
		close(r.ended)
	}()
	t.Cleanup(func() { r.Process.Kill(); <-r.ended })
	for {
		if text := readIfThere(lock); bytes.HasPrefix(text, fmt.Appendf(nil, "%d ", r.Process.Pid)) && bytes.HasSuffix(text, []byte("\n")) {
			return r
		}
		select {
		case <-r.ended:
			t.Fatalf("abkd %q has ended: %s", cmd.Args[1:], r.stderr.String())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// end sends a signal and returns how the program ended.
func (r *running) end(t *testing.T, sig os.Signal) result {
	t.Helper()
	if err := r.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	<-r.ended
	return result{r.Args[1:], "", r.stderr.String(), r.ProcessState.ExitCode()}
}

// A second process that would write a file of a first one is refused at once
// and told of it, by whatever name and flag; the first goes on as if nothing
// had been. When it is over, or was killed, the place is free.
func TestTwice(t *testing.T) {
	train := "train --data mag-mini --hidden 8 --epochs 100000"
	for name, c := range map[string]struct{ first, lock, second, label string }{
		"out":         {train + " --out D/w", "D/.w.abkd-lock", train + " --seed 2 --out D/w", "--out D/w"},
		"link":        {train + " --out D/w", "D/.w.abkd-lock", train + " --out D/link/w", "--out D/link/w"},
		"distil":      {train + " --out D/w", "D/.w.abkd-lock", "distill --data mag-mini --criterion none --out D/w", "--out D/w"},
		"checkpoint":  {train + " --checkpoint D/s", "D/.s.abkd-lock", train + " --hidden 16 --checkpoint D/s", "--checkpoint D/s"},
		"default":     {train + " --out D/w", "D/.w.checkpoint.abkd-lock", train + " --checkpoint D/w.checkpoint", "--checkpoint D/w.checkpoint"},
		"wrong":       {train + " --checkpoint D/s", "D/.s.abkd-lock", train + " --checkpoint D/s --data D/nosuch --split nosuch", "--checkpoint D/s"},
		"metrics":     {train + " --metrics D/m", "D/.m.abkd-lock", train + " --metrics D/m", "--metrics D/m"},
		"resumed":     {train + " --checkpoint D/old --resume", "D/.old.abkd-lock", train + " --checkpoint D/old --resume", "--checkpoint D/old"},
		"as-metrics":  {train + " --out D/w", "D/.w.abkd-lock", train + " --metrics D/w", "--metrics D/w"},
		"compare":     {"compare --data mag-mini --epochs 100000 --seeds 1 --criteria none --out D/c", "D/c/.abkd-lock", "compare --data mag-mini --seeds 1 --criteria kd --out D/c", "--out D/c"},
		"in-folder":   {"compare --data mag-mini --epochs 100000 --seeds 1 --criteria none --out D/c", "D/c/.abkd-lock", "train --data mag-mini --epochs 1 --out D/c/table.txt", "--out D/c/table.txt"},
		"tune":        {"tune --data mag-mini --epochs 100000 --trials 1 --criteria none --out D/c", "D/c/.abkd-lock", "compare --data mag-mini --seeds 1 --criteria none --out D/c", "--out D/c"},
		"synth":       {"synth --papers 300000 --out D/g", "D/.g.abkd-lock", "synth --papers 60 --out D/g", "--out D/g"},
		"pack-to-out": {train + " --out D/w", "D/.w.abkd-lock", "pack --data karate --out D/w", "--out D/w"},
	} {
		t.Run("of="+name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			in := func(s string) string { return strings.ReplaceAll(s, "D/", dir+"/") }
			if err := os.Symlink(".", filepath.Join(dir, "link")); err != nil {
				t.Fatal(err)
			}
			if name == "resumed" {
				abkd(t, strings.Fields(in("train --data mag-mini --hidden 8 --epochs 1 --checkpoint D/old"))...).ok(t)
			}
			first := begin(t, in(c.lock), strings.Fields(in(c.first))...)
			second := abkd(t, strings.Fields(in(c.second))...)
			second.fails(t, in(c.label), "abkd with process "+strconv.Itoa(first.Process.Pid)+" writes it since ", "wait for it or give another name")
			if r := first.end(t, syscall.SIGTERM); r.status != 130 || !strings.Contains(r.stderr, "interrupted") {
				t.Errorf("the first ended with status %d: %s", r.status, r.stderr)
			}
			for _, entry := range namesIn(t, dir) {
				if strings.Contains(entry, "abkd-") {
					t.Errorf("%s is left", entry)
				}
			}
			if name == "resumed" {
				return // to begin anew there is refused
			}
			anew := func() {
				for _, state := range []string{"w.checkpoint", "s"} {
					os.Remove(filepath.Join(dir, state)) // if there is one
				}
			}
			anew()
			killed := begin(t, in(c.lock), strings.Fields(in(c.first))...)
			killed.end(t, syscall.SIGKILL)
			anew()
			begin(t, in(c.lock), strings.Fields(in(c.first))...).end(t, syscall.SIGTERM)
			for _, entry := range namesIn(t, dir) {
				if strings.Contains(entry, "abkd-") {
					t.Errorf("%s is left after a kill and a run", entry)
				}
			}
		})
	}
}

// A program that was started to outlive its terminal does.
func TestHangUpIgnored(t *testing.T) {
	dir := t.TempDir()
	lock := filepath.Join(dir, ".w.abkd-lock")
	args := []string{"-c", `trap "" HUP; exec "$0" "$@"`, binary, "train", "--data", "mag-mini", "--hidden", "8", "--epochs", "300", "--out", filepath.Join(dir, "w")}
	r := beginCommand(t, lock, exec.Command("sh", args...)).end(t, syscall.SIGHUP)
	if r.status != 0 {
		t.Errorf("status is %d, want 0; stderr:\n%s", r.status, r.stderr)
	}
}

// What a kill has left of a file or a folder goes with the next run that writes
// it; what others have there stays.
func TestLeftovers(t *testing.T) {
	w := weights(t)
	for name, args := range map[string]string{
		"w": "train --data karate --epochs 1 --out D/w", "s": "train --data karate --epochs 1 --checkpoint D/s",
		"m": "train --data karate --epochs 1 --metrics D/m", "p": "pack --data karate --out D/p",
		"x": "export " + w + " --data karate --out D/x", "g": "synth --papers 60 --out D/g", "c": "train --data karate --epochs 1 --cpuprofile D/c",
	} {
		t.Run("of="+name, func(t *testing.T) {
			dir := t.TempDir()
			left := filepath.Join(dir, "."+name+".abkd-0123456789abcdef.tmp")
			if name == "g" {
				mkdir(t, left)
				left = filepath.Join(left, "half")
			}
			put(t, left, "half")
			put(t, filepath.Join(dir, "."+name+".abkd-lock"), "1 2020-01-01T00:00:00Z\n")
			put(t, filepath.Join(dir, ".other.abkd-0123456789abcdef.tmp"), "of another file")
			abkd(t, strings.Fields(strings.ReplaceAll(args, "D/", dir+"/"))...).ok(t)
			if got := namesIn(t, dir); len(got) != 2 || got[0] != ".other.abkd-0123456789abcdef.tmp" || got[1] != name {
				t.Errorf("in the folder are %q, want %s and what is of another file", got, name)
			}
		})
	}
}
