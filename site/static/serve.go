// Package static serves the built page: its files with their types and what
// they are packed to, isolated from other origins, to nobody who does not name
// this machine.
package static

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"regexp"
	"time"
)

// patience is how long a client may take to send a request, or to take one
// write of the answer.
const patience = 30 * time.Second

// NewServer returns a server of h with limits on what a client may take: of
// time, and of headers. Each write of a Site gets its time anew.
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: patience, WriteTimeout: patience,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: log.New(nameless{log.Writer()}, "", log.LstdFlags),
	}
}

// A nameless log has no addresses of clients, which net/http writes into it.
type nameless struct{ io.Writer }

var client = regexp.MustCompile(`\d+\.\d+\.\d+\.\d+:\d+|\[[^\]\s]*:[^\]\s]*\]:\d+`)

func (n nameless) Write(p []byte) (int, error) {
	if _, err := n.Writer.Write(client.ReplaceAll(p, []byte("a client"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Serve answers what comes to l with h until ctx is done and what is being sent
// has been sent. If that takes more than a second, it calls waiting.
func Serve(ctx context.Context, l net.Listener, h http.Handler, waiting func()) error {
	s := NewServer(h)
	ended := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(ended)
		slow := time.AfterFunc(time.Second, waiting)
		defer slow.Stop()
		s.Shutdown(context.Background()) // ends: a client that takes nothing is given up
	})
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-ended
	return nil
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
