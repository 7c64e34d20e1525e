package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

func newServe() *cobra.Command {
	var dir, addr, port string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the built page on this machine",
		Long: `Serve the files of a folder on 127.0.0.1, with the headers that the page
needs: right types, isolation from other origins, no request to another host.
A file x is sent as x.br or x.gz if that stands beside it and the browser
takes it. Ctrl-C and SIGTERM end the server once running transfers are
complete; a second one ends it at once.

A request is answered only if it names this machine as its host, so that no
page from elsewhere can reach the server under a name of its own. That is
localhost and 127.0.0.1; with --addr, also the name of this machine, what
--addr names, and any IP address.`,
		Example: `  abkd serve --dir site/web/dist
  abkd serve --dir site/web/dist --port 9000
  PORT=9000 abkd serve --dir site/web/dist
  abkd serve --dir site/web/dist --addr 0.0.0.0      # for a classroom`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("port") {
				if env := os.Getenv("PORT"); env != "" {
					port = env
				}
			}
			if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
				return fmt.Errorf("port is %q, want 1..65535, or 0 for any that is free", port)
			}
			if dir == "" {
				return fmt.Errorf("--dir is not given, want the folder of the built page")
			}
			if addr == "" || strings.ContainsAny(addr, "/ ") {
				return fmt.Errorf("--addr is %q, want the name or IP address of this machine, such as 0.0.0.0", addr)
			}
			notes(unused(cmd, nil)).print(cmd.ErrOrStderr())
			s := &server{addr: addr, port: port, stdout: cmd.OutOrStdout(), stderr: cmd.ErrOrStderr()}
			return s.serve(cmd.Context(), dir)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "`folder` of the built page, with its index.html")
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1", "`host` to listen on: a name or IP address of this machine, 0.0.0.0 for all")
	cmd.Flags().StringVar(&port, "port", "8080", "`number` of the port; if not given, that of the environment variable PORT")
	return cmd
}

// A server is where to listen and what to say about it.
type server struct {
	addr, port     string
	stdout, stderr io.Writer
}

// serve serves dir until ctx is done and what is being sent has been sent.
func (s *server) serve(ctx context.Context, dir string) error {
	root, err := os.OpenRoot(dir) // no link leads out of a Root
	if err != nil {
		return fmt.Errorf("--dir %s: %w", dir, cause(err))
	}
	defer root.Close()
	files := &static{root, clientPatience}
	if f, _ := files.open("index.html"); f == nil {
		return fmt.Errorf("--dir %s: there is no index.html in it, want the folder of the built page", dir)
	} else {
		f.Close()
	}
	l, err := net.Listen("tcp", net.JoinHostPort(s.addr, s.port))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("port %s is taken by another program: stop that one, or choose another port with --port or PORT", s.port)
	case err != nil && s.addr != "127.0.0.1":
		return fmt.Errorf("--addr %s: cannot serve on port %s: %w", s.addr, s.port, err)
	case err != nil:
		return fmt.Errorf("cannot serve on port %s: %w", s.port, err)
	}
	if _, err := fmt.Fprintf(s.stdout, "Serving on http://%s\n", l.Addr()); err != nil {
		l.Close()
		return err
	}
	h := &http.Server{
		Handler:           newHosts(s.addr).only(files),
		ReadHeaderTimeout: clientPatience, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		WriteTimeout: clientPatience, // each write of a transfer gets as long anew, see steady
	}
	ended := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(ended)
		waiting := time.AfterFunc(time.Second, func() {
			fmt.Fprintln(s.stderr, "abkd: ends when what is being sent has been sent; the same signal again ends it at once")
		})
		defer waiting.Stop()
		h.Shutdown(context.Background()) // ends: a client that takes nothing is given up
	})
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-ended
	return nil
}

// clientPatience is how long a client may take to send a request, or to take
// one write of the answer.
const clientPatience = 30 * time.Second

// hosts are the names under which a request may ask for this server.
type hosts struct {
	loopback bool // no other machine reaches it
	names    []string
}

func newHosts(addr string) *hosts {
	h := &hosts{names: []string{strings.ToLower(addr)}}
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

// only answers with next what asks for this server, and refuses all else.
func (h *hosts) only(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		if !h.has(r.Host) {
			refuse(w, r, http.StatusForbidden, "403 this server answers to the names of its own machine only; --addr adds one")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuse answers with an error and closes the connection if the request has a
// body, which nobody reads.
func refuse(w http.ResponseWriter, r *http.Request, status int, text string) {
	if r.ContentLength != 0 {
		w.Header().Set("Connection", "close")
		http.NewResponseController(w).SetReadDeadline(time.Now().Add(time.Second))
	}
	http.Error(w, text, status)
}

// A steady writer gives each write the same time, so that a slow client gets
// all of a large file and one that takes nothing holds no connection.
type steady struct {
	http.ResponseWriter
	patience time.Duration
}

func (s steady) Write(p []byte) (n int, err error) {
	const most = 64 << 10
	for len(p) > 0 && err == nil {
		http.NewResponseController(s.ResponseWriter).SetWriteDeadline(time.Now().Add(s.patience))
		var k int
		k, err = s.ResponseWriter.Write(p[:min(len(p), most)])
		n, p = n+k, p[k:]
	}
	return n, err
}

// headers are sent with every answer, errors included.
var headers = map[string]string{
	"Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
		"img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; frame-src 'self'; frame-ancestors 'self'; " +
		"base-uri 'none'; form-action 'none'; object-src 'none'",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
	"Cache-Control":                "no-cache",
}

// types are the content types by extension. The system's own table is not
// asked for these: it differs between machines.
var types = map[string]string{
	".html":        "text/html; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".mjs":         "text/javascript; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".webmanifest": "application/manifest+json",
	".wasm":        "application/wasm",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".ico":         "image/x-icon",
	".txt":         "text/plain; charset=utf-8",
	".csv":         "text/csv; charset=utf-8",
	".woff2":       "font/woff2",
	".ttf":         "font/ttf",
	".safetensors": "application/octet-stream",
}

func contentType(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if t, ok := types[ext]; ok {
		return t
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

// static serves the files of a folder: no listings, no hidden files.
type static struct {
	root     *os.Root
	patience time.Duration // with a client that takes nothing
}

func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
func (s *static) open(name string) (*os.File, fs.FileInfo) {
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
