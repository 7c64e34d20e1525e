package static

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A Site is a folder whose files are served. As a handler it answers GET and
// HEAD, and knows no listings, no hidden files and nothing that a link leads to
// outside of the folder. A file x is sent as x.br or x.gz if that stands beside
// it, is not older, and the client takes it.
type Site struct {
	root     *os.Root
	patience time.Duration // with a client that takes nothing
}

// Open returns the site in the folder dir.
func Open(dir string) (*Site, error) {
	root, err := os.OpenRoot(dir) // no link leads out of a Root
	if err != nil {
		return nil, err
	}
	return &Site{root, patience}, nil
}

// Close gives up the folder.
func (s *Site) Close() error { return s.root.Close() }

// Has reports whether there is a file of that name to serve.
func (s *Site) Has(name string) bool {
	f, _ := s.open(name)
	if f == nil {
		return false
	}
	f.Close()
	return true
}

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, r, http.StatusMethodNotAllowed, "405 only GET and HEAD")
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" || strings.HasSuffix(r.URL.Path, "/") {
		name = path.Join(name, "index.html")
	}
	f, info := s.open(name)
	if f == nil {
		refuse(w, r, http.StatusNotFound, "404 there is no such file")
		return
	}
	defer func() { f.Close() }()
	w.Header().Set("Content-Type", contentType(name))
	coding := ""
	for _, c := range []struct{ coding, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
		packed, packedInfo := s.open(name + c.ext)
		if packed == nil {
			continue
		}
		w.Header().Set("Vary", "Accept-Encoding")
		if !accepts(r.Header.Get("Accept-Encoding"), c.coding) || packedInfo.ModTime().Before(info.ModTime()) {
			packed.Close()
			continue
		}
		f.Close()
		f, info, coding = packed, packedInfo, c.coding
		w.Header().Set("Content-Encoding", c.coding)
		break
	}
	w.Header().Set("ETag", fmt.Sprintf(`"%x-%x%s"`, info.Size(), info.ModTime().UnixNano(), coding))
	http.ServeContent(steady{w, s.patience}, r, "", info.ModTime(), f)
}

// open returns the ordinary file of that name, nil if there is none to serve.
// It is looked at before it is opened: to open a pipe waits for a writer, and
// to open a device may do anything.
func (s *Site) open(name string) (*os.File, fs.FileInfo) {
	if !fs.ValidPath(name) || strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		return nil, nil
	}
	if info, err := s.root.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	f, err := s.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe may have taken its place
	if err != nil {
		return nil, nil
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, nil
	}
	return f, info
}

// accepts reports whether the header Accept-Encoding admits coding.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) != coding {
			continue
		}
		weight, found := strings.CutPrefix(strings.ReplaceAll(q, " ", ""), "q=")
		v, err := strconv.ParseFloat(weight, 64)
		return !found || err == nil && v > 0
	}
	return false
}
