//go:build unix

package static

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"abkd/internal/webtest"
)

// TestOrdinaryFiles has things in the folder that are no files: each is
// told to be missing, and none is opened, which would wait.
func TestOrdinaryFiles(t *testing.T) {
	dir := webtest.Page(t)
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.txt"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "app.js.gz"), 0o666); err != nil {
		t.Fatal(err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "socket.txt")})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for name, to := range map[string]string{"inside.txt": "app.js", "outside.txt": filepath.Dir(dir) + "/secret.txt", "device.txt": os.DevNull, "loop.txt": "loop.txt", "topipe.txt": "pipe.txt"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	s := startSite(t, dir)
	for path, want := range map[string]int{
		"/pipe.txt": 404, "/topipe.txt": 404, "/socket.txt": 404, "/device.txt": 404, "/outside.txt": 404, "/loop.txt": 404, "/assets/": 404,
		"/inside.txt": 200, "/app.js": 200,
	} {
		if resp, _ := webtest.Get(t, s.addr, "GET", path, "Accept-Encoding: gzip"); resp.StatusCode != want || resp.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: status %d, coding %q, want %d", path, resp.StatusCode, resp.Header.Get("Content-Encoding"), want)
		}
	}
	os.Remove(filepath.Join(dir, "index.html"))
	if err := syscall.Mkfifo(filepath.Join(dir, "index.html"), 0o666); err != nil {
		t.Fatal(err)
	}
	files, err := Open(dir, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	if files.Has("index.html") || !files.Has("app.js") {
		t.Error("a pipe is said to be there, or a file not to be")
	}
}
