package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/gnn/file"
	"abkd/internal/show"
	"abkd/sim"
	"abkd/site/lab"
	"abkd/site/static"
)

// A listener is where pages look at the run of train and distill, and one of them
// steers it.
type listener struct {
	address string // host:port, "" for nowhere
	dir     string // of the built page, "" for none
	wait    bool   // for whoever steers to play

	files *static.Site
	at    net.Listener
}

// AddFlags adds its flags to cmd.
func (l *listener) AddFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&l.address, "listen", "", "`address` at which the page may watch the training, or steer it: pause, step and pace it; its weights are the same (such as 127.0.0.1:8081)")
	f.BoolVar(&l.wait, "wait", false, "begin to train when the page that steers plays")
	f.StringVar(&l.dir, "dir", "", "`folder` of the built page, to be served there too (default: \"abkd lab --attach\" serves it)")
}

// Open opens the port and the folder, before anything is read.
func (l *listener) Open() (err error) {
	if l.address == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(l.address)
	if err != nil {
		return fmt.Errorf("--listen is %q, want a host and a port, such as 127.0.0.1:8081", l.address)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	if l.dir != "" {
		if l.files, err = static.Open(l.dir, func(error) {}); err != nil {
			return fmt.Errorf("--dir %s: %w", l.dir, file.Cause(err))
		}
		if !l.files.Has("index.html") {
			l.files.Close()
			return fmt.Errorf("--dir %s: there is no index.html in it, want the folder of the built page", l.dir)
		}
	}
	s := &server{addr: host, port: port}
	if l.at, err = s.listen(); err != nil {
		l.Close()
		return fmt.Errorf("--listen %s: %w", l.address, err)
	}
	return nil
}

func (l *listener) Close() {
	if l.at != nil {
		l.at.Close()
	}
	if l.files != nil {
		l.files.Close()
	}
}

// Shows reports whether there is an address.
func (l *listener) Shows() bool { return l.address != "" }

// Rules say when its other flags have no effect.
func (l *listener) Rules() []cli.Rule {
	return []cli.Rule{
		{Flag: "wait", Idle: l.address == "", Why: "nobody steers without --listen"},
		{Flag: "dir", Idle: l.address == "", Why: "it is served where --listen says"},
	}
}

// Attend lets pages attend to r, which is of the graph of that name, and prints
// where. It returns what makes the steps of r until ctx is done, nil without an
// address, and what ends that.
func (l *listener) Attend(ctx context.Context, stderr io.Writer, r *sim.Run, graph string) (step func(*sim.Run) (bool, error), end func()) {
	if l.at == nil {
		return nil, func() {}
	}
	keys, page := lab.NewKeys(), lab.Page{Folder: l.dir}
	if l.files != nil {
		page.Files = l.files
	}
	a := lab.NewAudience(r, filepath.Base(graph), keys, page)
	fmt.Fprintf(stderr, "abkd: steer this training at http://%s/#token=%s\nabkd: watch it at http://%[1]s/#token=%[3]s\n", l.at.Addr(), keys.Steer, keys.Watch)
	serving, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	host, _, _ := net.SplitHostPort(l.at.Addr().String())
	go func() { ended <- static.Serve(serving, l.at, static.Protect(a, host, "--listen adds one"), func() {}) }()
	leave := context.AfterFunc(ctx, a.Leave)
	attendant := sim.Attend(r, a.Port(), l.wait)
	return func(*sim.Run) (bool, error) { return attendant.Step() }, func() {
		leave()
		if ctx.Err() == nil && a.IsThere() {
			attendant.Linger(time.Second / 2)
		}
		a.Close()
		stop()
		if err := <-ended; err != nil {
			fmt.Fprintf(os.Stderr, "abkd: --listen %s: %s\n", l.address, show.Line(err.Error()))
		}
	}
}
