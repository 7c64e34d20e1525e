package host

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
	"golang.org/x/crypto/acme"
)

const school = "lab.school.example"

// An authority gives certificates (ACME) to servers that its own look-ups lead to.
type authority struct {
	*httptest.Server
	roots *x509.CertPool
	asked atomic.Int64 // requests
}

// startAuthority starts one that finds the school at a port of this machine. It is
// of a version that says of a finished order where that is, as Let's Encrypt does
// and acme.Client expects.
func startAuthority(t *testing.T, port int) *authority {
	t.Helper()
	for name, value := range map[string]string{"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"} {
		t.Setenv(name, value) // no waiting, no errors by chance
	}
	quiet, store := log.New(io.Discard, "", 0), db.NewMemoryStore()
	issuer := ca.New(quiet, store, "", 0, 1, map[string]ca.Profile{"default": {}})
	validator := va.New(quiet, port, port, true, startNames(t), store)
	front := wfe.New(quiet, store, validator, issuer, true, false, 0, 0)
	a, handler := &authority{roots: x509.NewCertPool()}, front.Handler()
	a.roots.AddCert(issuer.GetRootCert(0).Cert)
	a.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.asked.Add(1)
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(a.Close)
	return a
}

// startNames starts a name server by which the school is this machine, and returns
// its address.
func startNames(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		answer := new(dns.Msg).SetReply(q)
		if q.Question[0].Qtype == dns.TypeA && q.Question[0].Name == school+"." {
			answer.Answer = append(answer.Answer, &dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1)})
		}
		w.WriteMsg(answer)
	})}
	go s.ActivateAndServe()
	t.Cleanup(func() { s.Shutdown() })
	return conn.LocalAddr().String()
}

// serveTLS serves ok over TLS and returns where.
func serveTLS(t *testing.T, c Certificates, l net.Listener) string {
	t.Helper()
	secure, err := c.Secure(l)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }), ErrorLog: log.New(io.Discard, "", 0)}
	go s.Serve(secure)
	t.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

// A server that asks for a certificate gets one from a real authority, shows it to
// whoever trusts that authority, and still has it when it is started again. It gets
// none for another name.
func TestACME(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a, folder := startAuthority(t, l.Addr().(*net.TCPAddr).Port), t.TempDir()
	dial := func(addr, name string) error {
		conn, err := tls.Dial("tcp", addr, &tls.Config{ServerName: name, RootCAs: a.roots, MinVersion: tls.VersionTLS12})
		if err == nil {
			conn.Close()
		}
		return err
	}
	certificates := func() Certificates {
		return Certificates{Names: []string{school}, Folder: folder, authority: &acme.Client{DirectoryURL: a.URL + wfe.DirectoryPath, HTTPClient: a.Client()}}
	}
	addr := serveTLS(t, certificates(), l)
	if err := dial(addr, school); err != nil {
		t.Fatalf("with a certificate of the authority: %v", err)
	}
	asked := a.asked.Load()
	if err := dial(addr, "rebound.example"); err == nil || a.asked.Load() != asked {
		t.Errorf("another name: %v, after %d requests more, want an error and none", err, a.asked.Load()-asked)
	}
	again, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := dial(serveTLS(t, certificates(), again), school); err != nil || a.asked.Load() != asked {
		t.Errorf("started again: %v, after %d requests more, want none", err, a.asked.Load()-asked)
	}
}
