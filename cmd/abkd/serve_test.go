package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"abkd/internal/webtest"
)

// A site is a running server.
type site struct {
	url, addr string
	cmd       *exec.Cmd
}

// startSite serves dir on a free port until the test ends.
func startSite(t *testing.T, dir string, flags ...string) *site {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"serve", "--dir", dir, "--port", "0"}, flags...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	addr, found := strings.CutPrefix(strings.TrimSpace(line), "Serving on http://")
	if err != nil || !found || len(flags) == 0 && !strings.HasPrefix(addr, "127.0.0.1:") {
		t.Fatalf("first line is %q (%v), want Serving on http://127.0.0.1:...", line, err)
	}
	_, port, _ := net.SplitHostPort(addr)
	addr = net.JoinHostPort("127.0.0.1", port)
	return &site{"http://" + addr, addr, cmd}
}

func TestServePort(t *testing.T) {
	dir := webtest.Page(t)
	s := startSite(t, dir)
	_, port, _ := net.SplitHostPort(s.addr)
	want := fmt.Sprintf("port %s is taken", port)
	abkd(t, "serve", "--dir", dir, "--port", port).fails(t, want)

	cmd := exec.Command(binary, "serve", "--dir", dir)
	cmd.Env = append(os.Environ(), "PORT="+port)
	finish(t, cmd).fails(t, want)
	cmd = exec.Command(binary, "serve", "--dir", dir)
	cmd.Env = append(os.Environ(), "PORT=http")
	finish(t, cmd).fails(t, `port is "http"`)
}

// TestServeEnds checks that Ctrl-C is the ordinary end of a server.
func TestServeEnds(t *testing.T) {
	s := startSite(t, webtest.Page(t))
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v, want status 0", err)
	}
}

// TestServeCompletes ends a server in the middle of a transfer.
func TestServeCompletes(t *testing.T) {
	dir := webtest.Page(t)
	large := strings.Repeat("content of a large file\n", 1<<20)
	put(t, filepath.Join(dir, "large.txt"), large)
	s := startSite(t, dir)
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /large.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for { // until it takes no new one
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			break
		}
		c.Close()
	}
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != large {
		t.Errorf("%d bytes came (%v), want all %d", len(got), err, len(large))
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v, want status 0", err)
	}
}

// TestServeServes asks the program once for what a handler has, under its own
// name and under another.
func TestServeServes(t *testing.T) {
	dir := webtest.Page(t)
	local, open := startSite(t, dir), startSite(t, dir, "--addr", "0.0.0.0")
	for _, s := range []*site{local, open} {
		resp, body := webtest.Get(t, s.addr, "GET", "/app.js")
		if resp.StatusCode != 200 || string(body) != "content of app.js" || resp.Header.Get("Cross-Origin-Opener-Policy") != "same-origin" {
			t.Errorf("status %d, body %q, headers %v, want the file with the headers of the page", resp.StatusCode, body, resp.Header)
		}
		if resp, _ := webtest.Get(t, s.addr, "GET", "/app.js", "Host: rebound.example"); resp.StatusCode != 403 {
			t.Errorf("another host: status %d, want 403", resp.StatusCode)
		}
	}
	if resp, _ := webtest.Get(t, local.addr, "GET", "/app.js", "Host: 192.168.7.9"); resp.StatusCode != 403 {
		t.Errorf("an address that the server does not listen on: status %d, want 403", resp.StatusCode)
	}
	if resp, _ := webtest.Get(t, open.addr, "GET", "/app.js", "Host: 192.168.7.9"); resp.StatusCode != 200 {
		t.Errorf("an address of a server that is open: status %d, want 200", resp.StatusCode)
	}
	abkd(t, "serve", "--dir", dir, "--port", "0", "--addr", "no such host").fails(t, `--addr is "no such host"`)
	abkd(t, "serve", "--dir", dir, "--port", "0", "--addr", "192.0.2.1").fails(t, "--addr 192.0.2.1: cannot serve on port 0")
}

// The addresses for other machines are printed, and told to a teacher at this machine
// alone; a server that none can reach has none.
func TestServeOthers(t *testing.T) {
	if got := (&server{}).others(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}); got != nil {
		t.Errorf("of this machine alone %q is said, want nothing", got)
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	s := startRooms(t, t.TempDir(), "--addr", "0.0.0.0")
	_, port, _ := net.SplitHostPort(s.addr)
	for _, a := range all {
		if ip := a.(*net.IPNet).IP; ip.To4() != nil && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
			want = append(want, "http://"+ip.String()+":"+port)
		}
	}
	for from, want := range map[string][]string{s.addr: want, "192.0.2.7": nil} {
		var header []string
		if from != s.addr {
			header = []string{"X-Forwarded-For: " + from}
		}
		var about struct{ Others []string }
		if _, body := webtest.Get(t, s.addr, "GET", "/api/about.json", header...); json.Unmarshal(body, &about) != nil || !slices.Equal(about.Others, want) {
			t.Errorf("%s is told %s, want %q", from, body, want)
		}
	}
}
