package lab

import (
	"bytes"
	"encoding/json"
	"html"
	"io/fs"
	"net/http"
	"os"
	"strings"
)

// A Page is the built page: its files, and the folder where they are.
type Page struct {
	Files  http.Handler
	Folder string
}

// about is what a page must know of what it steers.
type about struct {
	Graph      string `json:"graph"`
	Experiment string `json:"experiment"`
	Places     int    `json:"places"`
	Studies    bool   `json:"studies"` // it has a folder of them
}

// serve serves a file of the page, and the document with what tells it that it is
// of a run elsewhere.
func (p Page) serve(w http.ResponseWriter, r *http.Request, a about) {
	if path := r.URL.Path; path != "/" && path != "/index.html" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		p.Files.ServeHTTP(w, r)
		return
	}
	document, err := fs.ReadFile(os.DirFS(p.Folder), "index.html")
	if err != nil {
		p.Files.ServeHTTP(w, r) // says why
		return
	}
	// 'self' is no address of sockets in all browsers.
	csp := w.Header().Get("Content-Security-Policy")
	w.Header().Set("Content-Security-Policy", strings.Replace(csp, "connect-src 'self'", "connect-src 'self' ws://"+r.Host, 1))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(bytes.Replace(document, []byte("</head>"), []byte(a.mark()+"</head>"), 1))
}

// mark is the element by which the page knows what it is steering.
func (a about) mark() string {
	b, err := json.Marshal(a)
	if err != nil {
		panic(err) // it has texts and a number alone
	}
	return `<meta name="abkd-lab" content="` + html.EscapeString(string(b)) + `">`
}
