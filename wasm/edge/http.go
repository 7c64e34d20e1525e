//go:build js

package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall/js"
)

// whole mends what the library does to requests and responses: it splits headers
// at commas, and when a body that it streams has ended, so has the program. A
// response is handed over as one array, and the program takes the next request.
func whole(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, parts := range r.Header {
			r.Header[name] = []string{strings.Join(parts, ",")}
		}
		response := &buffer{header: w.Header(), status: http.StatusOK}
		next.ServeHTTP(response, r)
		io.Copy(io.Discard, io.LimitReader(r.Body, 256<<10)) // as net/http does: the connection goes on
		w.WriteHeader(response.status)
		array := js.Global().Get("Uint8Array").New(response.body.Len())
		js.CopyBytesToJS(array, response.body.Bytes())
		w.(interface{ WriteRawJSBody(js.Value) }).WriteRawJSBody(array)
	})
}

// A buffer is a response that is not sent yet.
type buffer struct {
	header http.Header
	status int
	fixed  bool
	body   bytes.Buffer
}

func (b *buffer) Header() http.Header { return b.header }

func (b *buffer) WriteHeader(status int) {
	if !b.fixed {
		b.status, b.fixed = status, true
	}
}

func (b *buffer) Write(p []byte) (int, error) {
	b.fixed = true
	return b.body.Write(p)
}

// await waits for a promise.
func await(promise js.Value) (js.Value, error) {
	var value js.Value
	var err error
	done := make(chan struct{})
	kept := js.FuncOf(func(_ js.Value, args []js.Value) any {
		value = args[0]
		close(done)
		return nil
	})
	broken := js.FuncOf(func(_ js.Value, args []js.Value) any {
		err = errors.New(args[0].Call("toString").String())
		close(done)
		return nil
	})
	defer kept.Release()
	defer broken.Release()
	promise.Call("then", kept, broken)
	<-done
	return value, err
}
