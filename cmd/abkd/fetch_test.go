package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFetch fetches in spite of servers that do what servers do.
func TestFetch(t *testing.T) {
	b := zipped(t, "mag", "a")
	other := zipped(t, "mag", "another version")
	for _, c := range goodServers(b, other) {
		t.Run("server="+c.name, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "new", "root")
			s := serveBadly(t, c.handle)
			v := abkd(t, fetchArgs(s, root, "--sha256", sumOf(c.want), "--json")...).ok(t).json(t)
			if v["verified"] != "given" || v["sha256"] != sumOf(c.want) || v["already"] != false || num(t, v, "bytes") != float64(len(c.want)) {
				t.Errorf("result is %v, want the file verified", v)
			}
			if got := s.ranges.Load() > 0; got != c.ranges {
				t.Errorf("%d of %d requests are for a range, want any: %v", s.ranges.Load(), s.requests.Load(), c.ranges)
			}
			onlyFile(t, root, "ogbn_mag")
			abkd(t, "info", "--data", filepath.Join(root, "ogbn_mag"), "--json").ok(t)
			before := s.requests.Load()
			again := abkd(t, fetchArgs(s, root)...).ok(t)
			if !strings.Contains(again.stdout, "is there already, complete") || s.requests.Load() != before {
				t.Errorf("a second time: %q with %d requests", again.stdout, s.requests.Load()-before)
			}
		})
	}
}

// TestFetchStalls has a server that stops sending, and sends on when asked anew.
func TestFetchStalls(t *testing.T) {
	b := zipped(t, "mag", "")
	s := serveBadly(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n < 2 {
			w = &stalling{w, r, 50_000}
		}
		whole(w, r, b)
	})
	root := t.TempDir()
	r := abkd(t, fetchArgs(s, root, "--idle-timeout", "300ms", "--retries", "100", "--sha256", sumOf(b))...).ok(t)
	if !strings.Contains(r.stderr, "no byte came for 300ms; trying again") || s.ranges.Load() < 2 {
		t.Errorf("stderr is %q, with %d requests for a range", r.stderr, s.ranges.Load())
	}
	onlyFile(t, root, "ogbn_mag")
}

// TestFetchFails has servers that never send the file.
func TestFetchFails(t *testing.T) {
	b := zipped(t, "mag", "")
	for _, c := range badEnds(b) {
		t.Run("server="+c.name, func(t *testing.T) {
			if c.name == "no-room" {
				var s syscall.Statfs_t
				if err := syscall.Statfs(t.TempDir(), &s); err != nil || s.Bavail*uint64(s.Bsize) > 120<<30 {
					t.Skipf("the disk has room for anything (%v)", err)
				}
			}
			root := t.TempDir()
			s := serveBadly(t, c.handle)
			r := abkd(t, fetchArgs(s, root, "--retries", "2", "--sha256", sumOf(b))...)
			if r.status != 1 || r.stdout != "" || !strings.Contains(lastLine(r.stderr), c.want) {
				t.Errorf("status %d, stderr %q, want 1 and %q in its last line", r.status, r.stderr, c.want)
			}
			if n := s.requests.Load(); n != c.requests {
				t.Errorf("%d requests, want %d", n, c.requests)
			}
			if got := len(names(t, root)) > 0; got != c.kept {
				t.Errorf("%q is left, want anything: %v", names(t, root), c.kept)
			}
		})
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// TestFetchAfterFailure checks that a damaged download does not spoil the next.
func TestFetchAfterFailure(t *testing.T) {
	b := zipped(t, "mag", "")
	damaged := bytes.Clone(b)
	damaged[len(b)-200_000] ^= 1
	s := serveBadly(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 0 {
			whole(w, r, damaged)
			return
		}
		whole(w, r, b)
	})
	root := t.TempDir()
	abkd(t, fetchArgs(s, root)...).fails(t, "SHA-256 is "+sumOf(damaged)+", want 2afe62ead87f") // the published sum
	abkd(t, fetchArgs(s, root, "--sha256", sumOf(b))...).ok(t)
	onlyFile(t, root, "ogbn_mag")
}

// interruptible starts a fetch from a server that sends a part and waits, and
// returns when that part has come.
func interruptible(t *testing.T, b []byte, root string) (s *badServer, cmd *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	const part = 100_000
	s = serveBadly(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 0 {
			w = &stalling{w, r, part}
		}
		whole(w, r, b)
	})
	cmd, stderr = exec.Command(binary, fetchArgs(s, root, "--idle-timeout", "1h", "--sha256", sumOf(b))...), new(bytes.Buffer)
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	for {
		if info, err := os.Stat(filepath.Join(root, "ogbn_mag.zip.part")); err == nil && info.Size() == part {
			return s, cmd, stderr
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// TestFetchInterrupted ends a fetch in the middle and goes on.
func TestFetchInterrupted(t *testing.T) {
	b := zipped(t, "mag", "")
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run("signal="+sig.String(), func(t *testing.T) {
			root := t.TempDir()
			s, cmd, stderr := interruptible(t, b, root)
			abkd(t, fetchArgs(s, root)...).fails(t, "--root "+root+": abkd with process "+strconv.Itoa(cmd.Process.Pid)+" writes it since", "wait for it or give another name")
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); sig != syscall.SIGKILL && (code != 130 || !strings.Contains(stderr.String(), "goes on from there")) {
				t.Errorf("status %d, stderr %q, want 130 and what is kept", code, stderr)
			}
			if got := names(t, root); len(got) != 2 && (sig != syscall.SIGKILL || len(got) != 3) {
				t.Errorf("%q is left, want the part and its source, and after a kill the lock", got)
			}
			abkd(t, fetchArgs(s, root, "--sha256", sumOf(b))...).ok(t)
			if n := s.ranges.Load(); n != 1 {
				t.Errorf("%d requests for a range, want 1: the rest", n)
			}
			onlyFile(t, root, "ogbn_mag")
		})
	}
}

// TestFetchOtherURL checks that a part from elsewhere is not added to.
func TestFetchOtherURL(t *testing.T) {
	b := zipped(t, "mag", "")
	root := t.TempDir()
	_, cmd, _ := interruptible(t, zipped(t, "mag", "other"), root)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	s := serveBadly(t, func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, b) })
	abkd(t, fetchArgs(s, root, "--sha256", sumOf(b))...).ok(t)
	if n := s.ranges.Load(); n != 0 {
		t.Errorf("%d requests for a range, want 0", n)
	}
}

func TestFetchArxiv(t *testing.T) {
	b := zipped(t, "arxiv", "")
	s := serveBadly(t, func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, b) })
	root := t.TempDir()
	args := []string{"fetch", "ogbn-arxiv", "--root", root, "--url", s.URL, "--keep-zip"}
	abkd(t, args...).fails(t, "no SHA-256 of its zip file is published", "--sha256", "--unverified")
	if n := s.requests.Load(); n != 0 {
		t.Errorf("%d requests for a file that is not to be taken, want 0", n)
	}
	args = append(args, "--unverified")
	if r := abkd(t, args...).ok(t); !strings.Contains(r.stdout, "not verified: no published sum") {
		t.Errorf("stdout is %q, want it to say that nothing was verified", r.stdout)
	}
	if got := fmt.Sprint(names(t, root)); got != "[ogbn_arxiv ogbn_arxiv.zip]" {
		t.Errorf("%s is there, want the data set and its zip", got)
	}
	truncate(t, filepath.Join(root, "ogbn_arxiv", "padding"))
	abkd(t, args...).fails(t, "is there, but not whole", "padding: SHA-256 is", "move it away")
}

// TestFetchHostile checks that nothing is unpacked of a zip that leads
// elsewhere, even if its sum is the one that was given.
func TestFetchHostile(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"mag/raw/num-node-dict.csv.gz", "mag/../../evil"} {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	s := serveBadly(t, func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, b.Bytes()) })
	outside := t.TempDir()
	root := filepath.Join(outside, "root")
	abkd(t, fetchArgs(s, root, "--sha256", sumOf(b.Bytes()))...).fails(t, "mag/../../evil", "leads out of the folder")
	onlyFile(t, outside, "root")
	for _, name := range names(t, root) {
		if !strings.HasPrefix(name, "ogbn_mag.zip.part") {
			t.Errorf("%s is left", name)
		}
	}
}

func TestFetchBadFlags(t *testing.T) {
	for args, want := range map[string]string{
		"fetch":                     "want one: ogbn-mag or ogbn-arxiv",
		"fetch ogbn-mag ogbn-arxiv": "2 names are given",
		"fetch cora --root x":       `data set is "cora"`,
		"fetch ogbn-mag":            "--root is not given",
		"fetch ogbn-mag --root x --url ftp://a/b":                                  "--url is",
		"fetch ogbn-mag --root x --url /etc/passwd":                                "--url is",
		"fetch ogbn-mag --root x --sha256 abc":                                     "want 64 hexadecimal digits",
		"fetch ogbn-mag --root x --retries -1":                                     "--retries is -1",
		"fetch ogbn-mag --root x --retry-wait 0s":                                  "--retry-wait is 0s",
		"fetch ogbn-mag --root x --idle-timeout 0s":                                "--idle-timeout is 0s",
		"fetch ogbn-mag --root main.go":                                            "--root main.go: it is a file, not a directory",
		"fetch ogbn-arxiv --root . --unverified --url http://mirror.example/a.zip": "an address that begins with https://",
	} {
		t.Run("args="+args, func(t *testing.T) { abkd(t, strings.Split(args, " ")...).fails(t, want) })
	}
}

// A link that somebody has planted in place of the partial file is not followed.
func TestFetchPlantedLink(t *testing.T) {
	b := zipped(t, "mag", "")
	s := serveBadly(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		w.Header().Set("ETag", `"v1"`)
		http.ServeContent(w, r, "mag.zip", time.Time{}, bytes.NewReader(b))
	})
	root, victim := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	put(t, victim, "PK\x03\x04 precious")
	part := filepath.Join(root, "ogbn_mag.zip.part")
	if err := os.Symlink(victim, part); err != nil {
		t.Fatal(err)
	}
	put(t, part+".source", fmt.Sprintf(`{"url":%q,"validator":"\"v1\"","total":%d}`, s.URL+"/mag.zip", len(b)))
	abkd(t, fetchArgs(s, root, "--sha256", sumOf(b))...).fails(t, "it is a link, want an ordinary file")
	if got := string(fileOf(t, victim)); got != "PK\x03\x04 precious" {
		t.Errorf("the file that the link leads to has %d bytes, want it as it was", len(got))
	}
}
