//go:build edge

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"abkd/site/classtest"
)

// served is the Worker of build/edge in workerd: node, and workerd as its child,
// in a group of processes of their own.
type served struct {
	classtest.Server
	cmd   *exec.Cmd
	stdin io.Closer
}

// serve serves it until the test ends.
func serve(t testing.TB, flags ...string) *served {
	t.Helper()
	cmd := exec.Command("node", append([]string{"serve.mjs", "--port", "0", "--tied"}, flags...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var said bytes.Buffer
	cmd.Stderr = &said
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &served{cmd: cmd, stdin: stdin}
	t.Cleanup(func() {
		if s.end(); t.Failed() {
			t.Logf("workerd says: %s", said.String())
		}
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if url, found := strings.CutPrefix(lines.Text(), "Serving on "); found {
			s.URL = url
			go io.Copy(io.Discard, stdout)
			return s
		}
	}
	t.Fatal("the Worker has not started: make edge-build, and npm ci in wasm/edge")
	return nil
}

func (s *served) end() {
	s.stdin.Close()
	s.cmd.Wait()
}

// kill ends it in the middle of whatever it does.
func (s *served) kill() {
	syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	s.cmd.Wait()
}

func TestSuite(t *testing.T) {
	t.Parallel()
	classtest.Suite(t, serve(t).Server)
}

func TestGuessing(t *testing.T) {
	t.Parallel()
	s := serve(t, "--key", "key-of-teachers").Server
	s.Key = "key-of-teachers"
	classtest.Guessing(t, s)
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	classtest.Places(t, serve(t, "--room-size", "6").Server)
}

// A room is full of pages whose connections have ended at this end alone: who says
// nothing gives up the place when somebody wants it.
func TestSilence(t *testing.T) {
	t.Parallel()
	s := serve(t, "--room-size", "3", "--silence", "1000", "--limit", "100000")
	code, _ := s.Open(t)
	for range 3 {
		s.Dial(t, code, s.Join(t, code, "")) // reads nothing: it does not take leave either
	}
	student := s.Join(t, code, "")
	for {
		k, status := s.TryDial(t, code, student, s.URL)
		if k != nil {
			break
		}
		if status != 503 {
			t.Fatalf("status %d, want 503 until there is a place", status)
		}
	}
}

// Bodies that do not come hold no programs, of which the isolate has room for few.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	classtest.SlowBody(t, serve(t, "--patience", "3000", "--limit", "100000").Server)
}

// What the server had told is kept, whether it is ended or killed.
func TestRestart(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*served){"kill": (*served).kill, "end": (*served).end} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			s := serve(t, "--data-dir", folder)
			classtest.Restart(t, s.Server, func() classtest.Server {
				end(s)
				return serve(t, "--data-dir", folder).Server
			})
		})
	}
}

// The alarm ends a room after 24 hours, of which all but some seconds have gone by
// since a server with a clock that was late.
func TestExpires(t *testing.T) {
	t.Parallel()
	for left := 10 * time.Second; ; left *= 2 {
		folder := t.TempDir()
		late := serve(t, "--data-dir", folder, fmt.Sprintf("--clock=%d", -(24*time.Hour-left).Milliseconds()))
		code, token := late.Open(t)
		student := late.Join(t, code, "Ada")
		late.end()
		s := serve(t, "--data-dir", folder)
		k, status := s.TryDial(t, code, student, s.URL)
		if status == 401 {
			continue // it took longer than was left
		}
		k.Type("closed")
		if end := k.Closed(); end != 1000 {
			t.Errorf("the socket of a room that is over is closed with %d", end)
		}
		if status, _, _ := s.Ask(t, "GET", "/api/rooms/"+code, "", "Authorization: Bearer "+token); status != 401 {
			t.Errorf("a day later: status %d, want 401", status)
		}
		return
	}
}

// What the limits refuse is refused, and nothing else is done.
func TestLimits(t *testing.T) {
	t.Parallel()
	s := serve(t, "--limit", "3")
	var got []int
	for range 5 {
		status, _, _ := s.Ask(t, "POST", "/api/rooms", "{}")
		got = append(got, status)
	}
	if !slices.Contains(got, 201) || !slices.Contains(got, 429) {
		t.Errorf("rooms are opened with %v, want some and no more", got)
	}
}

// A port that is taken is one sentence.
func TestPort(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	said, err := exec.Command("node", "serve.mjs", "--port", port).CombinedOutput()
	if want := "port " + port + " is taken by another program: stop that one, or choose another port, as by PORT=9000 make edge\n"; err == nil || string(said) != want {
		t.Errorf("on a port that is taken: %q (%v), want %q", said, err, want)
	}
}

// The page is there with its headers, and in the form in which others may show it.
func TestPage(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for path, want := range map[string]struct {
		status         int
		policy, caches string
	}{
		"/":                   {200, "frame-ancestors 'self'", "no-cache"},
		"/?embed=1":           {200, "object-src 'none'", "no-cache"},
		"/stage.html?embed=1": {200, "object-src 'none'", "no-cache"},
		"/bench.html":         {200, "frame-ancestors 'self'", "no-cache"},
		script(t):             {200, "frame-ancestors 'self'", "public, max-age=31536000, immutable"},
		"/nosuch":             {404, "", ""},
	} {
		resp, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		policy := resp.Header.Get("Content-Security-Policy")
		if resp.StatusCode != want.status || !strings.HasSuffix(policy, want.policy) || want.caches != "" && resp.Header.Get("Cache-Control") != want.caches {
			t.Errorf("%s: status %d, policy %q, Cache-Control %q, want %+v", path, resp.StatusCode, policy, resp.Header.Get("Cache-Control"), want)
		}
	}
}

// script returns the address of one of the page's files that never change.
func script(t *testing.T) string {
	names, err := filepath.Glob("../../build/edge/site/immutable/index-*.js")
	if err != nil || len(names) == 0 {
		t.Fatalf("the page has no script: %v", err)
	}
	return "/immutable/" + filepath.Base(names[0])
}

// Two hundred students in one room: nothing is lost, and the board is not behind.
func TestClass(t *testing.T) {
	s := serve(t, "--room-size", "201", "--limit", "100000")
	took := classtest.Class(t, s.Server, 200, 3, 200*time.Millisecond)
	slices.Sort(took)
	t.Logf("200 students, %d heartbeats: median %v, 95 %% within %v, all within %v", len(took), took[len(took)/2], took[len(took)*95/100], took[len(took)-1])
}

// One program answers many requests: those that come one after the other, and more
// at once than programs are kept.
func TestPool(t *testing.T) {
	t.Parallel()
	s := serve(t, "--limit", "100000")
	for range 3 {
		errs := make(chan error)
		for range 8 {
			go func() {
				resp, err := http.Get(s.URL + "/api/about.json")
				if err == nil {
					resp.Body.Close()
					if resp.StatusCode != 200 {
						err = fmt.Errorf("status %d", resp.StatusCode)
					}
				}
				errs <- err
			}()
		}
		for range 8 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	}
}
