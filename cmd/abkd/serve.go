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
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

func newServe() *cobra.Command {
	var dir string
	var port string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the built page on this machine",
		Long: `Serve the files of a folder on 127.0.0.1, with the headers that the page
needs: right types, isolation from other origins, no request to another host.
A file x is sent as x.br or x.gz if that stands beside it and the browser
takes it. Ctrl-C ends the server.`,
		Example: `  abkd serve --dir build/site
  abkd serve --dir build/site --port 9000
  PORT=9000 abkd serve --dir build/site`,
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
			return serve(cmd.Context(), dir, port, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "`folder` of the built page, with its index.html")
	cmd.Flags().StringVar(&port, "port", "8080", "`number` of the port; if not given, that of the environment variable PORT")
	return cmd
}

// serve serves dir until ctx is done.
func serve(ctx context.Context, dir, port string, stdout io.Writer) error {
	root, err := os.OpenRoot(dir) // no link leads out of a Root
	if err != nil {
		return fmt.Errorf("--dir %s: %w", dir, cause(err))
	}
	defer root.Close()
	if _, err := fs.Stat(root.FS(), "index.html"); err != nil {
		return fmt.Errorf("--dir %s: there is no index.html in it, want the folder of the built page", dir)
	}
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %s is taken by another program: stop that one, or choose another port with --port or PORT", port)
	}
	if err != nil {
		return fmt.Errorf("cannot serve on port %s: %w", port, err)
	}
	if _, err := fmt.Fprintf(stdout, "Serving on http://%s\n", l.Addr()); err != nil {
		l.Close()
		return err
	}
	server := &http.Server{Handler: &static{root.FS()}, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// headers are sent with every answer, errors included.
var headers = map[string]string{
	"Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
		"img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; frame-src 'self'; frame-ancestors 'self'",
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
type static struct{ files fs.FS }

func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range headers {
		w.Header().Set(name, value)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "405 only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" || strings.HasSuffix(r.URL.Path, "/") {
		name = path.Join(name, "index.html")
	}
	f, info := s.open(name)
	if f == nil {
		http.Error(w, "404 there is no such file", http.StatusNotFound)
		return
	}
	defer func() { f.Close() }()
	w.Header().Set("Content-Type", contentType(name))
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
		f, info = packed, packedInfo
		w.Header().Set("Content-Encoding", c.coding)
		break
	}
	http.ServeContent(w, r, "", info.ModTime(), f.(io.ReadSeeker)) // files of an os.Root seek
}

// open returns the ordinary file of that name, nil if there is none to serve.
func (s *static) open(name string) (fs.File, fs.FileInfo) {
	if !fs.ValidPath(name) || strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		return nil, nil
	}
	f, err := s.files.Open(name)
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
