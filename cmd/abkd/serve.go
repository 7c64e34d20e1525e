package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/settings"
	"abkd/gnn/file"
	"abkd/internal/show"
	"abkd/site/host"
	"abkd/site/room"
	"abkd/site/static"
)

func newServe() *cobra.Command {
	s := &server{}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the built page on this machine",
		Long: `Serve the files of a folder on 127.0.0.1, with the headers that the page
needs: right types, isolation from other origins, no request to another host.
A file x is sent as x.br or x.gz if that stands beside it and the browser
likes it no less; browsers take br of this machine and by https alone. Files
in the folder immutable are said never to change. Ctrl-C and SIGTERM end the server once running transfers are
complete; a second one ends it at once.

A request is answered only if it names this machine as its host, so that no
page from elsewhere can reach the server under a name of its own. That is
localhost and 127.0.0.1; with --addr, also the name of this machine, what
--addr names, and any IP address; and what --host names.

With --data-dir there are classrooms: a teacher opens a room on the page, and
students join by its code. A room and all that is kept of it end after 24 hours.
Whoever reaches the server may open rooms, but for --teacher-key.
/healthz says whether the server is well, and /metrics counts (for programs on
this machine).`,
		Example: `  abkd serve --dir site/web/dist
  abkd serve --dir site/web/dist --port 9000
  PORT=9000 abkd serve --dir site/web/dist
  abkd serve --dir site/web/dist --data-dir rooms --addr 0.0.0.0:8080 --teacher-key key.txt      # for a classroom
  abkd serve --dir site/web/dist --data-dir rooms --addr 0.0.0.0:443 --acme lab.school.example`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cli.Notes(settings.Unused(cmd, nil)).Print(cmd.ErrOrStderr())
			if err := s.checkRooms(cmd); err != nil {
				return err
			}
			files, l, err := s.open(cmd)
			if err != nil {
				return err
			}
			defer files.Close()
			if s.rooms.folder == "" {
				return s.serve(cmd.Context(), l, files, "")
			}
			defer l.Close()
			return s.serveRooms(cmd.Context(), l, files)
		},
	}
	s.addFlags(cmd)
	s.addRoomFlags(cmd)
	return cmd
}

// A server is what to serve, where to listen, and what to say about it.
type server struct {
	dir, addr, port string
	names           []string // under which it answers beside those of the machine
	certificates    host.Certificates
	rooms           struct {
		folder string
		size   int
		key    string // file of teachers' key
	}
	stdout, stderr io.Writer
}

func (s *server) addRoomFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.rooms.folder, "data-dir", "", "`folder` in which classrooms are kept (default: there are none)")
	f.IntVar(&s.rooms.size, "room-size", room.MostSockets, fmt.Sprintf("number of pages that a room has at a time, the teacher's included [2..%d]", room.MostStudents+1))
	f.StringVar(&s.rooms.key, "teacher-key", "", "`file` of the key that teachers type to open a room (default: anybody opens rooms)")
	f.StringSliceVar(&s.names, "host", nil, "other `names` that lead here")
	f.StringVar(&s.certificates.Cert, "tls-cert", "", "PEM `file` of a certificate, to serve https")
	f.StringVar(&s.certificates.Key, "tls-key", "", "PEM `file` of its key")
	f.StringSliceVar(&s.certificates.Names, "acme", nil, "`names` for which to get certificates from Let's Encrypt, whose terms you then accept; wants --data-dir, and port 443")
}

// checkRooms refuses what is said of classrooms where there are none.
func (s *server) checkRooms(cmd *cobra.Command) error {
	if s.rooms.folder != "" {
		return nil
	}
	for _, name := range []string{"teacher-key", "room-size"} {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s is of classrooms, which are kept in the folder of --data-dir, and that is not given", name)
		}
	}
	if len(s.certificates.Names) > 0 {
		return errors.New("--acme keeps certificates in the folder of --data-dir, which is not given")
	}
	return nil
}

// serveRooms serves the page with classrooms.
func (s *server) serveRooms(ctx context.Context, l net.Listener, files http.Handler) error {
	if s.rooms.size < 2 || s.rooms.size > room.MostStudents+1 {
		return fmt.Errorf("--room-size is %d, want 2..%d", s.rooms.size, room.MostStudents+1)
	}
	var key string
	if s.rooms.key != "" {
		var err error
		if key, err = host.ReadKey(s.rooms.key); err != nil {
			return fmt.Errorf("--teacher-key %s: %w", show.Line(s.rooms.key), file.Cause(err))
		}
	}
	h, err := host.Open(host.Options{Folder: s.rooms.folder, Page: files, Sockets: s.rooms.size, Key: key, Others: func() []string { return s.others(l.Addr()) }, Log: slog.New(slog.NewTextHandler(s.stderr, nil))})
	if err != nil {
		return fmt.Errorf("--data-dir %s: %w", show.Line(s.rooms.folder), err)
	}
	context.AfterFunc(ctx, func() { h.Close() }) // pages are told before their connections end
	return errors.Join(s.serve(ctx, l, h, ""), h.Close())
}

func (s *server) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.dir, "dir", "", "`folder` of the built page, with its index.html")
	cmd.Flags().StringVar(&s.addr, "addr", "127.0.0.1", "`host` to listen on: a name or IP address of this machine, 0.0.0.0 for all; or host:port")
	cmd.Flags().StringVar(&s.port, "port", "8080", "`number` of the port; if not given, that of the environment variable PORT")
}

// open opens the folder of the page, and the port.
func (s *server) open(cmd *cobra.Command) (*static.Site, net.Listener, error) {
	s.stdout, s.stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
	if env := os.Getenv("PORT"); env != "" && !cmd.Flags().Changed("port") {
		s.port = env
	}
	if h, port, err := net.SplitHostPort(s.addr); err == nil {
		if cmd.Flags().Changed("port") {
			return nil, nil, fmt.Errorf("--addr is %q and --port %q, want the port once", s.addr, s.port)
		}
		s.addr, s.port = h, port
	}
	s.certificates.Folder = s.rooms.folder
	if n, err := strconv.Atoi(s.port); err != nil || n < 0 || n > 65535 {
		return nil, nil, fmt.Errorf("port is %q, want 1..65535, or 0 for any that is free", s.port)
	}
	if s.dir == "" {
		return nil, nil, fmt.Errorf("--dir is not given, want the folder of the built page")
	}
	if s.addr == "" || strings.ContainsAny(s.addr, "/ ") {
		return nil, nil, fmt.Errorf("--addr is %q, want the name or IP address of this machine, such as 0.0.0.0", s.addr)
	}
	files, err := static.Open(s.dir, func(err error) {
		fmt.Fprintf(s.stderr, "abkd: --dir %s: %s\n", show.Line(s.dir), show.Line(err.Error()))
	})
	if err != nil {
		return nil, nil, fmt.Errorf("--dir %s: %w", s.dir, file.Cause(err))
	}
	if !files.Has("index.html") {
		files.Close()
		return nil, nil, fmt.Errorf("--dir %s: there is no index.html in it, want the folder of the built page", s.dir)
	}
	l, err := s.listen()
	if err != nil {
		files.Close()
	}
	return files, l, err
}

func (s *server) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(s.addr, s.port))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("port %s is taken by another program: stop that one, or choose another port with --port or PORT", s.port)
	case err != nil && s.addr != "127.0.0.1":
		return nil, fmt.Errorf("--addr %s: cannot serve on port %s: %w", s.addr, s.port, err)
	case err != nil:
		return nil, fmt.Errorf("cannot serve on port %s: %w", s.port, err)
	}
	return l, nil
}

// others returns the addresses by which other machines reach a server that listens on
// all of this one's, one for each network.
func (s *server) others(listens net.Addr) (addresses []string) {
	on, ok := listens.(*net.TCPAddr)
	if !ok || !on.IP.IsUnspecified() {
		return nil
	}
	all, _ := net.InterfaceAddrs() // without them what is printed has to do
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			addresses = append(addresses, fmt.Sprintf("%s://%s", s.scheme(), net.JoinHostPort(n.IP.String(), strconv.Itoa(on.Port))))
		}
	}
	return addresses
}

func (s *server) scheme() string {
	if s.certificates.Cert != "" || len(s.certificates.Names) > 0 {
		return "https"
	}
	return "http"
}

// serve answers what comes to l by h until ctx is done and what is being sent
// has been sent. It prints the address, of the page's document with that
// fragment.
func (s *server) serve(ctx context.Context, l net.Listener, h http.Handler, fragment string) error {
	secure, err := s.certificates.Secure(l)
	if err == nil {
		said := fmt.Sprintf("Serving on %s://%s%s\n", s.scheme(), l.Addr(), fragment)
		for _, address := range s.others(l.Addr()) {
			said += fmt.Sprintf("Other machines reach it at %s\n", address)
		}
		_, err = io.WriteString(s.stdout, said)
	}
	if err != nil {
		l.Close()
		return err
	}
	names := slices.Concat(s.names, s.certificates.Names)
	return static.Serve(ctx, secure, static.Protect(h, s.addr, "--addr and --host add some", names...), func() {
		fmt.Fprintln(s.stderr, "abkd: ends when what is being sent has been sent; the same signal again ends it at once")
	})
}
