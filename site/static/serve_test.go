package static

import (
	"bytes"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
)

// What net/http tells of clients has no addresses.
func TestNameless(t *testing.T) {
	var said bytes.Buffer
	log.SetOutput(&said)
	defer log.SetOutput(os.Stderr)
	s := NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a mistake") }))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	if _, err := http.Get("http://" + l.Addr().String()); err == nil {
		t.Error("a handler that panics is answered")
	}
	s.Close()
	s.ErrorLog.Output(1, "http: TLS handshake error from [2001:db8::7%eth0]:443: read tcp 192.0.2.1:443->198.51.100.7:9: EOF")
	for _, address := range []string{"127.0.0.1", "2001:db8", "eth0", "192.0.2.1", "198.51"} {
		if strings.Contains(said.String(), address) {
			t.Errorf("the log has %s: %s", address, said.String())
		}
	}
	for _, want := range []string{"a mistake", "serve_test.go:", "from a client: read tcp a client->a client: EOF"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the log lacks %q: %s", want, said.String())
		}
	}
}
