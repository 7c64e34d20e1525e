package static

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"abkd/internal/webtest"
)

// TestHosts asks under names that a page from elsewhere may have pointed
// at this machine.
func TestHosts(t *testing.T) {
	dir := webtest.Page(t)
	local, open := startSite(t, dir), start(t, dir, "0.0.0.0")
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
		for name, s := range map[string]*server{"local": local, "open": open} {
			want := c.local
			if name == "open" {
				want = c.open
			}
			resp, body := webtest.Get(t, s.addr, "GET", "/app.js", "Host: "+c.host)
			if resp.StatusCode != want || (want == 200) != strings.HasPrefix(string(body), "content of") {
				t.Errorf("host %q on the %s server: status %d, body %q, want %d", c.host, name, resp.StatusCode, body, want)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	s := startSite(t, webtest.Page(t))
	for _, path := range []string{"/", "/trainer.wasm", "/nosuch"} {
		resp, _ := webtest.Get(t, s.addr, "GET", path)
		for name, want := range map[string]string{
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Embedder-Policy": "require-corp",
			"X-Content-Type-Options":       "nosniff",
			"Cache-Control":                "no-cache",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
				"connect-src 'self'; worker-src 'self' blob:; frame-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'self'",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

// TestEmbedded checks that pages from elsewhere may show what is asked for by
// embed=1, and nothing else, in a frame.
func TestEmbedded(t *testing.T) {
	s := startSite(t, webtest.Page(t))
	for query, want := range map[string]bool{"?embed=1": true, "?step=6.2&embed=1": true, "": false, "?embed=0": false, "?embed=11": false, "?embed": false, "?embed=0&embed=1": false, "?x=embed=1": false} {
		resp, _ := webtest.Get(t, s.addr, "GET", "/"+query)
		csp := resp.Header.Get("Content-Security-Policy")
		if got := !strings.Contains(csp, "frame-ancestors 'self'"); got != want || !strings.Contains(csp, "script-src 'self'") {
			t.Errorf("/%s: any page may frame it: %v, want %v; the policy is %q", query, got, want, csp)
		}
	}
}

// TestAgain checks that what the browser has is not sent again, and that
// what has changed is.
func TestAgain(t *testing.T) {
	dir := webtest.Page(t)
	put(t, filepath.Join(dir, "app.js.gz"), "packed")
	s := startSite(t, dir)
	resp, _ := webtest.Get(t, s.addr, "GET", "/app.js")
	packed, _ := webtest.Get(t, s.addr, "GET", "/app.js", "Accept-Encoding: gzip")
	tag := resp.Header.Get("ETag")
	if tag == "" || tag == packed.Header.Get("ETag") {
		t.Fatalf("tags are %q and, packed, %q, want two", tag, packed.Header.Get("ETag"))
	}
	again, body := webtest.Get(t, s.addr, "GET", "/app.js", "If-None-Match: "+tag)
	if again.StatusCode != 304 || len(body) != 0 || again.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("asked with its tag: status %d, %d bytes, Cache-Control %q, want 304 and none", again.StatusCode, len(body), again.Header.Get("Cache-Control"))
	}
	part, body := webtest.Get(t, s.addr, "GET", "/app.js", "Range: bytes=3-5", "If-Range: "+tag)
	if part.StatusCode != 206 || string(body) != "ten" {
		t.Errorf("a range: status %d, body %q, want 206 and ten", part.StatusCode, body)
	}
	put(t, filepath.Join(dir, "app.js"), "changed in length")
	if got, body := webtest.Get(t, s.addr, "GET", "/app.js", "If-None-Match: "+tag); got.StatusCode != 200 || string(body) != "changed in length" {
		t.Errorf("changed: status %d, body %q, want it sent", got.StatusCode, body)
	}
	if got, body := webtest.Get(t, s.addr, "GET", "/app.js", "Range: bytes=3-5", "If-Range: "+tag); got.StatusCode != 200 || string(body) != "changed in length" {
		t.Errorf("a range of what was: status %d, body %q, want all of what is", got.StatusCode, body)
	}
}

// TestBody checks that a body that never comes holds no connection.
func TestBody(t *testing.T) {
	s := startSite(t, webtest.Page(t))
	for _, method := range []string{"POST", "PUT", "OPTIONS"} {
		resp, _ := webtest.Get(t, s.addr, method, "/app.js", "Content-Length: 1000")
		if resp.StatusCode != 405 || resp.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: status %d, Allow %q, want 405 and GET, HEAD", method, resp.StatusCode, resp.Header.Get("Allow"))
		}
	}
}

// TestLimits checks the server's timeouts by what they do: a client that
// takes its time gets everything, one that takes nothing is given up.
func TestLimits(t *testing.T) {
	dir := webtest.Page(t)
	large := strings.Repeat("content of a large file\n", 1<<20) // more than sockets hold
	put(t, filepath.Join(dir, "large.txt"), large)
	files, err := Open(dir, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	serve := func(write, patience time.Duration) (*httptest.Server, chan struct{}) {
		done := make(chan struct{}, 1)
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			(&Site{files.root, patience, nil}).ServeHTTP(w, r)
			done <- struct{}{}
		}))
		s.Config.WriteTimeout = write
		s.Start()
		return s, done
	}

	s, _ := serve(time.Nanosecond, time.Hour) // over before the first write
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

	s, done := serve(time.Hour, time.Millisecond)
	defer s.Close()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /large.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
	<-done // though nothing is read
}
