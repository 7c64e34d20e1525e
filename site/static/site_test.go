package static

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abkd/internal/webtest"
)

// A server is a running server.
type server struct{ addr string }

// start serves dir on a free port until the test ends, as for listening on
// the host.
func start(t *testing.T, dir, host string) *server {
	t.Helper()
	files, err := Open(dir, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- Serve(ctx, l, Protect(files, host, "start it with another"), func() {}) }()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
		files.Close()
	})
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return &server{net.JoinHostPort("127.0.0.1", port)}
}

// startSite serves dir for this machine alone.
func startSite(t *testing.T, dir string) *server {
	t.Helper()
	return start(t, dir, "127.0.0.1")
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestTypes(t *testing.T) {
	s := startSite(t, webtest.Page(t))
	for path, want := range map[string]string{
		"/":                             "text/html; charset=utf-8",
		"/index.html":                   "text/html; charset=utf-8",
		"/index.html?v=1":               "text/html; charset=utf-8",
		"/trainer.wasm":                 "application/wasm",
		"/app.js":                       "text/javascript; charset=utf-8",
		"/style.css":                    "text/css; charset=utf-8",
		"/icon.svg":                     "image/svg+xml",
		"/a.json":                       "application/json",
		"/sub.woff2":                    "font/woff2",
		"/assets/teacher.safetensors":   "application/octet-stream",
		"/assets/../trainer.wasm":       "application/wasm",
		"/assets/teacher%2esafetensors": "application/octet-stream",
	} {
		t.Run("path="+path, func(t *testing.T) {
			resp, body := webtest.Get(t, s.addr, "GET", path)
			if got := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || got != want {
				t.Errorf("status %d and type %q, want 200 and %q", resp.StatusCode, got, want)
			}
			if !strings.HasPrefix(string(body), "content of ") {
				t.Errorf("body is %q, want the file", body)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	s := startSite(t, webtest.Page(t))
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/nosuch", 404},
		{"GET", "/assets", 404},
		{"GET", "/assets/", 404},
		{"GET", "/index.html/", 404},
		{"GET", "/.hidden", 404},
		{"GET", "/../secret.txt", 404},
		{"GET", "/%2e%2e/secret.txt", 404},
		{"GET", "/..%2fsecret.txt", 404},
		{"GET", "/assets/..%2f..%2fsecret.txt", 404},
		{"GET", "/..%5csecret.txt", 404},
		{"GET", "//etc/passwd", 404},
		{"GET", "/link.txt", 404},
		{"GET", "/index.html%00.css", 404},
		{"POST", "/index.html", 405},
		{"DELETE", "/index.html", 405},
	} {
		t.Run("request="+c.method+c.path, func(t *testing.T) {
			resp, body := webtest.Get(t, s.addr, c.method, c.path)
			if resp.StatusCode != c.status || bytes.Contains(body, []byte("secret")) || bytes.Contains(body, []byte("content of")) {
				t.Errorf("status %d, body %q, want %d and no file", resp.StatusCode, body, c.status)
			}
		})
	}
}

func TestHead(t *testing.T) {
	s := startSite(t, webtest.Page(t))
	resp, body := webtest.Get(t, s.addr, "HEAD", "/app.js")
	if resp.StatusCode != 200 || len(body) != 0 || resp.ContentLength != int64(len("content of app.js")) {
		t.Errorf("status %d, %d bytes, length %d, want 200, no body and the file's length", resp.StatusCode, len(body), resp.ContentLength)
	}
}

func TestPacked(t *testing.T) {
	dir := webtest.Page(t)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, "content of trainer.wasm")
	z.Close()
	put(t, filepath.Join(dir, "trainer.wasm.gz"), packed.String())
	put(t, filepath.Join(dir, "app.js.br"), "brotli")
	put(t, filepath.Join(dir, "app.js.gz"), packed.String())
	s := startSite(t, dir)
	for _, c := range []struct{ path, accept, coding string }{
		{"/trainer.wasm", "", ""},
		{"/trainer.wasm", "br", ""},
		{"/trainer.wasm", "gzip, deflate, br", "gzip"},
		{"/trainer.wasm", "gzip;q=0", ""},
		{"/trainer.wasm", "gzip; q=0.5", "gzip"},
		{"/app.js", "gzip, br", "br"},
		{"/app.js", "gzip", "gzip"},
		{"/app.js", "BR", "br"},
		{"/app.js", "x-gzip", "gzip"},
		{"/app.js", "gzip;q=1.0, br;q=0.9", "gzip"},
		{"/app.js", "gzip;q=0.8, br;q=0.8", "br"},
		{"/app.js", "*", "br"},
		{"/app.js", "br;q=0, *", "gzip"},
		{"/app.js", "br;q=0, gzip;q=0", ""},
		{"/app.js", "identity, gzip;q=0.5", ""},
		{"/app.js", "identity;q=0.5, gzip;q=0.6", "gzip"},
		{"/app.js", "identity;q=0, gzip;q=0.001", "gzip"},
		{"/app.js", "zstd, compress", ""},
		{"/app.js", "gzip;q=2, br;q=x, gzip;level=9", ""},
		{"/app.js", ";q=1,,", ""},
		{"/style.css", "gzip, br", ""},
		{"/style.css", "*;q=0, identity", ""},
	} {
		t.Run("path="+c.path+",accept="+c.accept, func(t *testing.T) {
			resp, body := webtest.Get(t, s.addr, "GET", c.path, "Accept-Encoding: "+c.accept)
			if got := resp.Header.Get("Content-Encoding"); resp.StatusCode != 200 || got != c.coding {
				t.Fatalf("status %d, coding %q, want 200 and %q", resp.StatusCode, got, c.coding)
			}
			if want := contentType(c.path); resp.Header.Get("Content-Type") != want {
				t.Errorf("type is %q, want that of the file itself, %q", resp.Header.Get("Content-Type"), want)
			}
			if c.coding == "gzip" && !bytes.Equal(body, packed.Bytes()) || c.coding == "" && !strings.HasPrefix(string(body), "content of") {
				t.Errorf("body is %q, want what the coding says", body)
			}
			if c.path != "/style.css" && resp.Header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("Vary is %q, want Accept-Encoding", resp.Header.Get("Vary"))
			}
		})
	}
}

// TestNotAcceptable asks for files in no form that there is.
func TestNotAcceptable(t *testing.T) {
	dir := webtest.Page(t)
	put(t, filepath.Join(dir, "app.js.gz"), "packed")
	s := startSite(t, dir)
	for path, accept := range map[string]string{"/app.js": "gzip;q=0, identity;q=0", "/style.css": "gzip, *;q=0"} {
		resp, body := webtest.Get(t, s.addr, "GET", path, "Accept-Encoding: "+accept)
		if resp.StatusCode != 406 || bytes.Contains(body, []byte("content of")) || resp.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s for %q: status %d, body %q, want 406 and no file", path, accept, resp.StatusCode, body)
		}
	}
}

// TestImmutable checks what is said of how long files last, packed or not,
// sent or not again.
func TestImmutable(t *testing.T) {
	dir := webtest.Page(t)
	if err := os.MkdirAll(filepath.Join(dir, "immutable", "0123"), 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "immutable", "0123", "app.wasm"), "content of app.wasm")
	put(t, filepath.Join(dir, "immutable", "0123", "app.wasm.br"), "packed")
	put(t, filepath.Join(dir, "immutable.js"), "content of immutable.js")
	s := startSite(t, dir)
	const forever = "public, max-age=31536000, immutable"
	for path, want := range map[string]string{
		"/immutable/0123/app.wasm": forever, "/immutable/../immutable/0123/app.wasm": forever,
		"/immutable/0123/none.wasm": "no-cache", "/immutable.js": "no-cache", "/immutable/../app.js": "no-cache", "/": "no-cache",
	} {
		for _, accept := range []string{"identity", "br"} {
			resp, _ := webtest.Get(t, s.addr, "GET", path, "Accept-Encoding: "+accept)
			if got := resp.Header.Get("Cache-Control"); got != want {
				t.Errorf("%s as %s: Cache-Control %q, want %q", path, accept, got, want)
			}
			if resp.StatusCode != 200 {
				continue
			}
			again, body := webtest.Get(t, s.addr, "GET", path, "Accept-Encoding: "+accept, "If-None-Match: "+resp.Header.Get("ETag"))
			if again.StatusCode != 304 || len(body) != 0 || again.Header.Get("Cache-Control") != want || again.Header.Get("Vary") != resp.Header.Get("Vary") {
				t.Errorf("%s as %s again: status %d, headers %v, want 304 and the same", path, accept, again.StatusCode, again.Header)
			}
		}
	}
	resp, _ := webtest.Get(t, s.addr, "HEAD", "/immutable/0123/app.wasm", "Accept-Encoding: br")
	if resp.Header.Get("Content-Type") != "application/wasm" || resp.Header.Get("Content-Encoding") != "br" || resp.ContentLength != int64(len("packed")) {
		t.Errorf("packed: headers %v, length %d, want a program in br, as long as it is packed", resp.Header, resp.ContentLength)
	}
}

// TestStalePacked checks that a packed file older than the file itself
// is left alone.
func TestStalePacked(t *testing.T) {
	dir := webtest.Page(t)
	put(t, filepath.Join(dir, "app.js.gz"), "stale")
	info, err := os.Stat(filepath.Join(dir, "app.js"))
	if err != nil {
		t.Fatal(err)
	}
	old := info.ModTime().AddDate(0, 0, -1)
	if err := os.Chtimes(filepath.Join(dir, "app.js.gz"), old, old); err != nil {
		t.Fatal(err)
	}
	if _, body := webtest.Get(t, startSite(t, dir).addr, "GET", "/app.js", "Accept-Encoding: gzip"); string(body) != "content of app.js" {
		t.Errorf("body is %q, want the newer file", body)
	}
}
