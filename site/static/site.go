package static

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A Site is a folder whose files are served. As a handler it answers GET and
// HEAD, and knows no listings, no hidden files and nothing that a link leads to
// outside of the folder. A file x is sent as x.br or x.gz if that stands beside
// it, is not older, and the client likes it no less. What is in the folder
// immutable is said never to change.
type Site struct {
	root     *os.Root
	patience time.Duration // with a client that takes nothing
	tell     func(error)   // why a file that is there cannot be read
}

// immutable is the folder of files whose addresses have a hash of what is in
// them.
const immutable = "immutable/"

// unchanging is the Cache-Control of these.
const unchanging = "public, max-age=31536000, immutable"

// Open returns the site in the folder dir. It calls tell with why a file that is
// there cannot be read.
func Open(dir string, tell func(error)) (*Site, error) {
	root, err := os.OpenRoot(dir) // no link leads out of a Root
	if err != nil {
		return nil, err
	}
	return &Site{root, patience, tell}, nil
}

// Close gives up the folder.
func (s *Site) Close() error { return s.root.Close() }

// Has reports whether there is a file of that name to serve.
func (s *Site) Has(name string) bool {
	f, _, _ := s.open(name)
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
	f, info, err := s.open(name)
	switch {
	case errors.Is(err, fs.ErrPermission):
		s.tell(err)
		refuse(w, r, http.StatusForbidden, "403 the server may not read this file")
		return
	case err != nil:
		s.tell(err)
		refuse(w, r, http.StatusInternalServerError, "500 the server cannot read this file")
		return
	case f == nil:
		refuse(w, r, http.StatusNotFound, "404 there is no such file")
		return
	}
	forms := s.forms(name, f, info)
	defer func() {
		for _, form := range forms {
			form.file.Close()
		}
	}()
	if len(forms) > 1 {
		w.Header().Set("Vary", "Accept-Encoding")
	}
	form := choose(forms, r.Header.Get("Accept-Encoding"))
	if form == nil {
		refuse(w, r, http.StatusNotAcceptable, "406 the file is there in no coding that Accept-Encoding admits")
		return
	}
	w.Header().Set("Content-Type", contentType(name))
	if strings.HasPrefix(name, immutable) {
		w.Header().Set("Cache-Control", unchanging)
	}
	tag := form.coding.ext
	if tag != "" {
		w.Header().Set("Content-Encoding", form.coding.name)
		w.Header().Set("Content-Length", strconv.FormatInt(form.info.Size(), 10)) // which ServeContent leaves out
	}
	w.Header().Set("ETag", fmt.Sprintf(`"%x-%x%s"`, form.info.Size(), form.info.ModTime().UnixNano(), tag))
	http.ServeContent(steady{w, s.patience}, r, "", form.info.ModTime(), form.file)
}

// A form is an open file that can be sent for what was asked for.
type form struct {
	coding coding
	file   *os.File
	info   fs.FileInfo
}

// forms returns the file f of that name and what it is compressed to, in the
// order of codings. What is older than the file is of another one.
func (s *Site) forms(name string, f *os.File, info fs.FileInfo) []form {
	var all []form
	for _, c := range codings {
		if c.ext == "" {
			all = append(all, form{c, f, info})
			continue
		}
		packed, packedInfo, _ := s.open(name + c.ext) // the file itself is there
		if packed == nil {
			continue
		}
		if packedInfo.ModTime().Before(info.ModTime()) {
			packed.Close()
			continue
		}
		all = append(all, form{c, packed, packedInfo})
	}
	return all
}

// choose returns the form that is liked most by the header Accept-Encoding, the
// first of several, nil if all are refused.
func choose(forms []form, header string) *form {
	liked := accepted(header)
	var best *form
	most := 0.0
	for i, form := range forms {
		if q := liked[slices.Index(codings, form.coding)]; q > most {
			best, most = &forms[i], q
		}
	}
	return best
}

// open returns the ordinary file of that name, nil if there is none to serve. The
// error is of one that is there and cannot be opened.
// It is looked at before it is opened: to open a pipe waits for a writer, and
// to open a device may do anything.
func (s *Site) open(name string) (*os.File, fs.FileInfo, error) {
	if !fs.ValidPath(name) || strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		return nil, nil, nil
	}
	switch info, err := s.root.Stat(name); {
	case errors.Is(err, fs.ErrPermission):
		return nil, nil, err
	case err != nil || !info.Mode().IsRegular():
		return nil, nil, nil
	}
	f, err := s.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe may have taken its place
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}
