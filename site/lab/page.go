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

// servePage serves the page's document, with what tells it that it is a lab's.
func (l *Lab) servePage(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		l.options.Page.ServeHTTP(w, r) // says what it takes
		return
	}
	document, err := fs.ReadFile(os.DirFS(l.options.Folder), "index.html")
	if err != nil {
		l.options.Page.ServeHTTP(w, r) // says why
		return
	}
	// 'self' is no address of sockets in all browsers.
	csp := w.Header().Get("Content-Security-Policy")
	w.Header().Set("Content-Security-Policy", strings.Replace(csp, "connect-src 'self'", "connect-src 'self' ws://"+r.Host, 1))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(bytes.Replace(document, []byte("</head>"), []byte(l.mark()+"</head>"), 1))
}

// mark is the element by which the page knows what it is steering.
func (l *Lab) mark() string {
	b, err := json.Marshal(struct {
		Graph      string `json:"graph"`
		Experiment string `json:"experiment"`
		Places     int    `json:"places"`
	}{l.options.Name, l.begin.String(), l.shares.studies})
	if err != nil {
		panic(err) // it has texts and a number alone
	}
	return `<meta name="abkd-lab" content="` + html.EscapeString(string(b)) + `">`
}
