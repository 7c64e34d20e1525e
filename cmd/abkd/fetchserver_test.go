package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"abkd/internal/webtest"
)

// zipped returns a small data set as a zip file whose folder is top; salt
// makes another file of it.
func zipped(t *testing.T, top, salt string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.SetComment(salt)
	dir := os.DirFS(graphFolder(t))
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return err
		}
		w, err := z.Create(top + "/" + name)
		if err == nil {
			_, err = w.Write(text)
		}
		return err
	})
	if err == nil {
		w, _ := z.CreateHeader(&zip.FileHeader{Name: top + "/padding", Method: zip.Store})
		_, err = w.Write(bytes.Repeat([]byte{7}, 300_000)) // so that there is something to cut
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// A badServer answers the nth request, from 0, with handle.
type badServer struct {
	*httptest.Server
	requests atomic.Int64
	ranges   atomic.Int64 // requests for a range
}

func serveBadly(t *testing.T, handle func(w http.ResponseWriter, r *http.Request, n int)) *badServer {
	t.Helper()
	s := &badServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") != "" {
			s.ranges.Add(1)
		}
		handle(w, r, int(s.requests.Add(1))-1)
	}))
	t.Cleanup(s.CloseClientConnections)
	t.Cleanup(s.Close)
	return s
}

// whole serves b with an ETag, and ranges of it.
func whole(w http.ResponseWriter, r *http.Request, b []byte) {
	w.Header().Set("ETag", `"`+sumOf(b)[:8]+`"`)
	w.Header().Set("Content-Type", "application/zip")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}

// cut serves b as whole does, and ends the connection after n bytes.
func cut(w http.ResponseWriter, r *http.Request, b []byte, n int) {
	whole(&webtest.Cutting{ResponseWriter: w, Left: n}, r, b)
}

// fetchArgs are the arguments that fetch from s to root, in a hurry.
func fetchArgs(s *badServer, root string, more ...string) []string {
	return append([]string{"fetch", "ogbn-mag", "--root", root, "--url", s.URL + "/mag.zip", "--retry-wait", "1ms"}, more...)
}

// names returns what is in the folder.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// stalling sends some bytes and then waits until the client is gone.
type stalling struct {
	http.ResponseWriter
	r    *http.Request
	left int
}

func (s *stalling) Write(b []byte) (int, error) {
	n, _ := s.ResponseWriter.Write(b[:min(len(b), s.left)])
	if s.left -= n; s.left == 0 {
		s.ResponseWriter.(http.Flusher).Flush()
		<-s.r.Context().Done()
		panic(http.ErrAbortHandler)
	}
	return n, nil
}

// A goodServer sends the file in the end.
type goodServer struct {
	name   string
	handle func(w http.ResponseWriter, r *http.Request, n int)
	ranges bool // are asked for
	want   []byte
}

// goodServers send b or, where the file changes, other.
func goodServers(b, other []byte) []goodServer {
	const piece = 100_000
	return []goodServer{
		{"whole", func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, b) }, false, b},
		{"cuts", func(w http.ResponseWriter, r *http.Request, _ int) { cut(w, r, b, piece) }, true, b},
		{"cuts-then-503", func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 || n == 2 {
				w.WriteHeader(503)
				return
			}
			cut(w, r, b, piece)
		}, true, b},
		{"last-modified", func(w http.ResponseWriter, r *http.Request, _ int) {
			http.ServeContent(&webtest.Cutting{ResponseWriter: w, Left: piece}, r, "mag.zip", time.Date(2020, 2, 2, 2, 2, 2, 0, time.UTC), bytes.NewReader(b))
		}, true, b},
		{"weak-etag", func(w http.ResponseWriter, r *http.Request, n int) {
			w.Header().Set("ETag", `W/"a"`)
			http.ServeContent(&webtest.Cutting{ResponseWriter: w, Left: piece * (n + 1)}, r, "mag.zip", time.Time{}, bytes.NewReader(b))
		}, false, b},
		{"no-ranges", func(w http.ResponseWriter, r *http.Request, n int) {
			w.Header().Set("ETag", `"a"`)
			w.Header().Set("Content-Length", fmt.Sprint(len(b)))
			(&webtest.Cutting{ResponseWriter: w, Left: piece * (n + 1)}).Write(b)
		}, true, b},
		{"no-length", func(w http.ResponseWriter, r *http.Request, n int) {
			w.(http.Flusher).Flush()
			if n == 0 {
				(&webtest.Cutting{ResponseWriter: w, Left: piece}).Write(b)
			}
			w.Write(b)
		}, false, b},
		{"changed", afterCut(b, func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, other) }), true, other},
		{"changed-unsaid", afterCut(b, func(w http.ResponseWriter, r *http.Request, _ int) {
			r.Header.Del("If-Range")
			whole(w, r, other)
		}), true, other},
		{"wrong-range", afterCut(b, func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				r.Header.Set("Range", "bytes=5-")
			}
			whole(w, r, b)
		}), true, b},
		{"range-refused", afterCut(b, func(w http.ResponseWriter, r *http.Request, n int) {
			if n == 1 {
				w.WriteHeader(416)
				return
			}
			whole(w, r, b)
		}), true, b},
		{"redirect", func(w http.ResponseWriter, r *http.Request, _ int) {
			if r.URL.Path == "/mag.zip" {
				http.Redirect(w, r, "/elsewhere", http.StatusFound)
				return
			}
			whole(w, r, b)
		}, false, b},
	}
}

// afterCut cuts the first response, and then is then.
func afterCut(b []byte, then func(http.ResponseWriter, *http.Request, int)) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 0 {
			cut(w, r, b, 100_000)
		}
		then(w, r, n)
	}
}

// A badEnd is a server that never sends the file.
type badEnd struct {
	name     string
	handle   func(w http.ResponseWriter, r *http.Request, n int)
	requests int64 // before fetch gives up
	kept     bool  // what has come
	want     string
}

func badEnds(b []byte) []badEnd {
	status := func(code int) func(http.ResponseWriter, *http.Request, int) {
		return func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(code) }
	}
	damaged := bytes.Clone(b)
	damaged[len(b)/2] ^= 1
	return []badEnd{
		{"404", status(404), 1, false, "404 Not Found"},
		{"403", status(403), 1, false, "403 Forbidden"},
		{"204", status(204), 1, false, "204 No Content"},
		{"500", status(500), 3, false, "500 Internal Server Error"},
		{"429", status(429), 3, false, "429 Too Many Requests"},
		{"page", func(w http.ResponseWriter, _ *http.Request, _ int) { fmt.Fprint(w, "<html>Log in first</html>") }, 1, false, "sent a page (text/html), want a zip file"},
		{"page-unsaid", func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Content-Type", "application/zip")
			fmt.Fprint(w, "<html>Log in first</html>")
		}, 1, false, `begins with "<htm"`},
		{"empty", func(http.ResponseWriter, *http.Request, int) {}, 3, false, "the connection ended at byte 0"},
		{"lies-more", func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Content-Length", fmt.Sprint(len(b)+5))
			w.Write(b)
		}, 3, true, "3 tries in a row brought nothing new"},
		{"lies-less", func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, b[:len(b)-5]) }, 1, false, "SHA-256 is"},
		{"damaged", func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, damaged) }, 1, false, "it was damaged on its way"},
		{"loop", func(w http.ResponseWriter, r *http.Request, _ int) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, 30, false, "stopped after 10 redirects"},
		{"huge", func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Content-Length", "99999999999999")
			w.WriteHeader(200)
		}, 1, false, "want at most 68719476736"},
		{"no-room", func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Content-Length", fmt.Sprint(60<<30))
			w.WriteHeader(200)
			w.Write(b)
		}, 1, false, "bytes are free"},
	}
}
