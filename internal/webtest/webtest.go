// Package webtest is for tests of servers and of those who ask them.
package webtest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Get asks the server at addr for path as it is, without the cleaning that a
// client does.
func Get(t *testing.T, addr, method, path string, header ...string) (*http.Response, []byte) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nConnection: close\r\n", method, path)
	if !slices.ContainsFunc(header, func(h string) bool { return strings.HasPrefix(h, "Host:") }) {
		fmt.Fprintf(conn, "Host: %s\r\n", addr)
	}
	for _, h := range header {
		fmt.Fprintf(conn, "%s\r\n", h)
	}
	fmt.Fprint(conn, "\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

// Page writes a small site, with a secret outside of it, and returns its folder.
func Page(t *testing.T) string {
	t.Helper()
	base := t.TempDir()
	dir := filepath.Join(base, "site")
	if err := os.MkdirAll(filepath.Join(dir, "assets"), 0o755); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{filepath.Join(base, "secret.txt"): "secret"}
	for _, name := range []string{"index.html", "trainer.wasm", "app.js", "style.css", "icon.svg", "assets/teacher.safetensors", ".hidden", "a.json", "sub.woff2"} {
		texts[filepath.Join(dir, name)] = "content of " + name
	}
	for name, text := range texts {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../secret.txt", filepath.Join(dir, "link.txt")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A Cutting sends so many bytes and ends the connection.
type Cutting struct {
	http.ResponseWriter
	Left int
}

// Write implements io.Writer.
func (c *Cutting) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b[:min(len(b), c.Left)])
	if c.Left -= n; c.Left == 0 {
		c.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, err
}
