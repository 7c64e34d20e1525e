package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"abkd/internal/webtest"
	"abkd/site/classtest"
)

// startRooms serves classrooms that are kept in folder.
func startRooms(t *testing.T, folder string, flags ...string) *site {
	t.Helper()
	return startSite(t, webtest.Page(t), append([]string{"--data-dir", folder}, flags...)...)
}

// The program does and refuses what any server of classrooms does, beside the page.
func TestRooms(t *testing.T) {
	s := startRooms(t, t.TempDir())
	classtest.Suite(t, classtest.Server{URL: s.url})
	if resp, body := webtest.Get(t, s.addr, "GET", "/app.js"); resp.StatusCode != 200 || string(body) != "content of app.js" {
		t.Errorf("the page: status %d, body %q", resp.StatusCode, body)
	}
	if resp, _ := webtest.Get(t, s.addr, "GET", "/api/about.json", "Host: rebound.example"); resp.StatusCode != 403 {
		t.Errorf("another host: status %d, want 403", resp.StatusCode)
	}
}

// A process that is killed in the middle of a lesson, or ended, has lost nothing of
// what it had told.
func TestRoomsRestart(t *testing.T) {
	for name, signal := range map[string]syscall.Signal{"kill": syscall.SIGKILL, "end": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			s := startRooms(t, folder)
			classtest.Restart(t, classtest.Server{URL: s.url}, func() classtest.Server {
				if err := s.cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				if err := s.cmd.Wait(); signal == syscall.SIGTERM && err != nil {
					t.Errorf("the server ended with %v, want status 0", err)
				}
				return classtest.Server{URL: startRooms(t, folder).url}
			})
		})
	}
}

// Of a room that was closed nothing is left in the file, also if the process is
// killed at once.
func TestRoomsErased(t *testing.T) {
	folder := t.TempDir()
	s := startRooms(t, folder)
	rooms := classtest.Server{URL: s.url}
	code, token := rooms.Open(t)
	rooms.Join(t, code, "Ada Lovelace")
	teacher := rooms.Dial(t, code, token)
	teacher.Type("board")
	teacher.Say(`{"type":"close"}`)
	teacher.Type("closed")
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.cmd.Wait()
	startRooms(t, folder)
	b, err := os.ReadFile(filepath.Join(folder, "rooms.db"))
	if err != nil || bytes.Contains(b, []byte("Lovelace")) || bytes.Contains(b, []byte(code)) {
		t.Errorf("the room is still in the file (%v)", err)
	}
}

// Another name leads to the server if it is told so.
func TestServeHost(t *testing.T) {
	s := startRooms(t, t.TempDir(), "--host", "lab.school.example,other.example")
	for host, want := range map[string]int{"lab.school.example": 200, "OTHER.example:80": 200, "rebound.example": 403} {
		if resp, _ := webtest.Get(t, s.addr, "GET", "/healthz", "Host: "+host); resp.StatusCode != want {
			t.Errorf("%s: status %d, want %d", host, resp.StatusCode, want)
		}
	}
}

// With a certificate the server speaks TLS, of these days alone.
func TestServeTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pool := makeCertificate(t, cert, key)
	s := startSecure(t, "--data-dir", t.TempDir(), "--tls-cert", cert, "--tls-key", key)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	resp, err := client.Get("https://" + s + "/healthz")
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("over TLS: %v %v", resp, err)
	}
	resp.Body.Close()
	if _, err := tls.Dial("tcp", s, &tls.Config{RootCAs: pool, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}

// A server that gets certificates asks for none of a name that it was not told.
func TestServeACME(t *testing.T) {
	s := startSecure(t, "--data-dir", t.TempDir(), "--acme", "lab.school.example")
	if _, err := tls.Dial("tcp", s, &tls.Config{ServerName: "rebound.example"}); err == nil {
		t.Error("there is a certificate for another name")
	}
}

// startSecure returns the address of a server that speaks TLS.
func startSecure(t *testing.T, flags ...string) string {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"serve", "--dir", webtest.Page(t), "--addr", "127.0.0.1:0"}, flags...)...)
	var out bytes.Buffer
	reader, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for !bytes.HasSuffix(out.Bytes(), []byte("\n")) {
		var b [1]byte
		if _, err := reader.Read(b[:]); err != nil {
			t.Fatal(err)
		}
		out.Write(b[:])
	}
	addr, found := strings.CutPrefix(strings.TrimSpace(out.String()), "Serving on https://")
	if !found {
		t.Fatalf("first line is %q", out.String())
	}
	return addr
}

// makeCertificate writes a certificate of this machine, and returns who trusts it.
func makeCertificate(t *testing.T, cert, key string) *x509.CertPool {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	bits, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	put(t, cert, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	put(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: bits})))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return pool
}

// What cannot be served is one sentence.
func TestServeRoomsBad(t *testing.T) {
	dir, file := webtest.Page(t), filepath.Join(t.TempDir(), "file")
	put(t, file, "no folder")
	for want, flags := range map[string][]string{
		"--data-dir " + file:                        {"--data-dir", file},
		"--room-size is 1, want 2..":                {"--data-dir", t.TempDir(), "--room-size", "1"},
		"want the port once":                        {"--addr", "127.0.0.1:0", "--port", "1"},
		"--teacher-key " + file:                     {"--data-dir", t.TempDir(), "--port", "0", "--teacher-key", file},
		"--acme keeps certificates":                 {"--acme", "lab.school.example"},
		"--teacher-key is of classrooms":            {"--teacher-key", file},
		"--room-size is of classrooms":              {"--room-size", "5"},
		"all of which is served":                    {"--data-dir", filepath.Join(dir, "rooms")},
		"a certificate and its key are wanted":      {"--data-dir", t.TempDir(), "--port", "0", "--tls-cert", file},
		"certificate " + file + " with key " + file: {"--data-dir", t.TempDir(), "--port", "0", "--tls-cert", file, "--tls-key", file},
	} {
		abkd(t, append([]string{"serve", "--dir", dir}, flags...)...).fails(t, want)
	}
	abkd(t, "lab", "--data", "karate", "--dir", dir, "--studies", filepath.Join(dir, "studies")).fails(t, "all of which is served")
	folder := t.TempDir()
	startRooms(t, folder)
	abkd(t, "serve", "--dir", dir, "--port", "0", "--data-dir", folder).fails(t, filepath.Join(folder, "rooms.db")+": another process has it open")
	folder = t.TempDir()
	for _, text := range []string{"", "no database", strings.Repeat("\x00", 1<<15)} {
		put(t, filepath.Join(folder, "rooms.db"), text)
		abkd(t, "serve", "--dir", dir, "--port", "0", "--data-dir", folder).fails(t, filepath.Join(folder, "rooms.db")+": it is damaged, or no file of rooms")
	}
}
