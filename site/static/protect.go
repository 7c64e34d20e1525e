package static

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
)

// policy is what a page of the site may load.
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; frame-src 'self'; " +
	"base-uri 'none'; form-action 'none'; object-src 'none'"

// headers are sent with every answer, errors included.
var headers = map[string]string{
	"Content-Security-Policy":      policy + "; frame-ancestors 'self'",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
	"Cache-Control":                "no-cache",
}

// embedded are sent in place of these with what is asked for by ?embed=1: a form
// of the page without settings and files, which a page from anywhere may show in a frame.
var embedded = map[string]string{
	"Content-Security-Policy":      policy,
	"Cross-Origin-Resource-Policy": "cross-origin",
}

// HeadersFile returns the headers of all files in the form _headers, which hosts
// of files read. It has none for pages that are embedded: a host of files knows
// no queries.
func HeadersFile() string {
	var b strings.Builder
	b.WriteString("/*\n")
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		fmt.Fprintf(&b, "  %s: %s\n", name, headers[name])
	}
	fmt.Fprintf(&b, "/%s*\n  ! Cache-Control\n  Cache-Control: %s\n", immutable, unchanging)
	return b.String()
}

// hosts are the names under which a request may ask for this server.
type hosts struct {
	loopback bool // no other machine reaches it
	names    []string
}

func newHosts(addr string, others []string) *hosts {
	h := &hosts{names: []string{strings.ToLower(addr)}}
	for _, name := range others {
		h.names = append(h.names, strings.ToLower(name))
	}
	if h.loopback = isLoopback(addr); !h.loopback {
		if name, err := os.Hostname(); err == nil {
			name = strings.ToLower(name)
			h.names = append(h.names, name, name+".local")
		}
	}
	return h
}

// isLoopback reports whether host, a name or an address, is this machine alone.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return isLocalhost(host) || ip != nil && ip.IsLoopback()
}

func isLocalhost(name string) bool {
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// has reports whether host, a name or an address with or without a port, is
// this server. Any address is, unless only this machine reaches the server: a
// page from elsewhere has a name, which it can point anywhere.
func (h *hosts) has(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || !h.loopback
	}
	return isLocalhost(host) || slices.Contains(h.names, host)
}

// Protect answers with next what asks for this server, which listens on addr, a
// name or an address without a port, or by other names, and refuses all else: no page from
// elsewhere reaches the server under a name of its own. What is refused is told
// advice, how the server takes another name. Every answer has the headers that
// keep the page to itself, but for what is asked for to be embedded.
func Protect(next http.Handler, addr, advice string, others ...string) http.Handler {
	h := newHosts(addr, others)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		if r.URL.Query().Get("embed") == "1" {
			for name, value := range embedded {
				w.Header().Set(name, value)
			}
		}
		if !h.has(r.Host) {
			refuse(w, r, http.StatusForbidden, "403 this server answers to the names of its own machine only; "+advice)
			return
		}
		next.ServeHTTP(w, r)
	})
}
