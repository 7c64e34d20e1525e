package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestServeHosts asks under names that a page from elsewhere may have pointed
// at this machine.
func TestServeHosts(t *testing.T) {
	dir := page(t)
	local, open := startSite(t, dir), startSite(t, dir, "--addr", "0.0.0.0")
	machine, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		host        string
		local, open int
	}{
		{"localhost", 200, 200},
		{"LOCALHOST:8080", 200, 200},
		{"lab.localhost:80", 200, 200},
		{"127.0.0.1", 200, 200},
		{"127.3.2.1:9", 200, 200},
		{"[::1]:8080", 200, 200},
		{"192.168.7.9:8080", 403, 200},
		{machine, 403, 200},
		{"rebound.example", 403, 403},
		{"rebound.example:8080", 403, 403},
		{"localhost.rebound.example", 403, 403},
		{"127.0.0.1.rebound.example", 403, 403},
		{"xlocalhost", 403, 403},
		{"", 403, 403},
	} {
		for name, s := range map[string]*site{"local": local, "open": open} {
			want := c.local
			if name == "open" {
				want = c.open
			}
			resp, body := s.get(t, "GET", "/app.js", "Host: "+c.host)
			if resp.StatusCode != want || (want == 200) != strings.HasPrefix(string(body), "content of") {
				t.Errorf("host %q on the %s server: status %d, body %q, want %d", c.host, name, resp.StatusCode, body, want)
			}
		}
	}
	abkd(t, "serve", "--dir", dir, "--port", "0", "--addr", "no such host").fails(t, `--addr is "no such host"`)
	abkd(t, "serve", "--dir", dir, "--port", "0", "--addr", "192.0.2.1").fails(t, "--addr 192.0.2.1: cannot serve on port 0")
}

// TestServeAgain checks that what the browser has is not sent again, and that
// what has changed is.
func TestServeAgain(t *testing.T) {
	dir := page(t)
	put(t, filepath.Join(dir, "app.js.gz"), "packed")
	s := startSite(t, dir)
	resp, _ := s.get(t, "GET", "/app.js")
	packed, _ := s.get(t, "GET", "/app.js", "Accept-Encoding: gzip")
	tag := resp.Header.Get("ETag")
	if tag == "" || tag == packed.Header.Get("ETag") {
		t.Fatalf("tags are %q and, packed, %q, want two", tag, packed.Header.Get("ETag"))
	}
	again, body := s.get(t, "GET", "/app.js", "If-None-Match: "+tag)
	if again.StatusCode != 304 || len(body) != 0 || again.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("asked with its tag: status %d, %d bytes, Cache-Control %q, want 304 and none", again.StatusCode, len(body), again.Header.Get("Cache-Control"))
	}
	part, body := s.get(t, "GET", "/app.js", "Range: bytes=3-5", "If-Range: "+tag)
	if part.StatusCode != 206 || string(body) != "ten" {
		t.Errorf("a range: status %d, body %q, want 206 and ten", part.StatusCode, body)
	}
	put(t, filepath.Join(dir, "app.js"), "changed in length")
	if got, body := s.get(t, "GET", "/app.js", "If-None-Match: "+tag); got.StatusCode != 200 || string(body) != "changed in length" {
		t.Errorf("changed: status %d, body %q, want it sent", got.StatusCode, body)
	}
	if got, body := s.get(t, "GET", "/app.js", "Range: bytes=3-5", "If-Range: "+tag); got.StatusCode != 200 || string(body) != "changed in length" {
		t.Errorf("a range of what was: status %d, body %q, want all of what is", got.StatusCode, body)
	}
}

// TestServeBody checks that a body that never comes holds no connection.
func TestServeBody(t *testing.T) {
	s := startSite(t, page(t))
	for _, method := range []string{"POST", "PUT", "OPTIONS"} {
		resp, _ := s.get(t, method, "/app.js", "Content-Length: 1000")
		if resp.StatusCode != 405 || resp.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: status %d, Allow %q, want 405 and GET, HEAD", method, resp.StatusCode, resp.Header.Get("Allow"))
		}
	}
}

// TestServeLimits checks the server's timeouts by what they do: a client that
// takes its time gets everything, one that takes nothing is given up.
func TestServeLimits(t *testing.T) {
	dir := page(t)
	large := strings.Repeat("content of a large file\n", 1<<20) // more than sockets hold
	put(t, filepath.Join(dir, "large.txt"), large)
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	start := func(write, patience time.Duration) (*httptest.Server, chan struct{}) {
		done := make(chan struct{}, 1)
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			(&static{root, patience}).ServeHTTP(w, r)
			done <- struct{}{}
		}))
		s.Config.WriteTimeout = write
		s.Start()
		return s, done
	}

	s, _ := start(time.Nanosecond, time.Hour) // over before the first write
	defer s.Close()
	resp, err := http.Get(s.URL + "/large.txt")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || string(got) != large {
		t.Errorf("%d bytes came (%v), want all %d", len(got), err, len(large))
	}

	s, done := start(time.Hour, time.Millisecond)
	defer s.Close()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /large.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
	<-done // though nothing is read
}

// TestServeCompletes ends a server in the middle of a transfer.
func TestServeCompletes(t *testing.T) {
	dir := page(t)
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
