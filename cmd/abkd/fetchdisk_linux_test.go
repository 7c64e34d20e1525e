package main

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestFetchFullDisk fetches to disks without room: for the zip and what it
// unpacks to, and for what a zip that has come unpacks to.
func TestFetchFullDisk(t *testing.T) {
	b := zipped(t, "arxiv", "")
	s := serveBadly(t, func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, b) })
	dir := smallDisk(t, "512k")
	args := []string{"fetch", "ogbn-arxiv", "--root", dir, "--url", s.URL, "--unverified"}
	abkd(t, args...).fails(t, "bytes are free", "no space left on the device")
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("%q is left, want nothing: there was no room for it", got)
	}
	part := filepath.Join(dir, "ogbn_arxiv.zip.part")
	if err := os.WriteFile(part, b, 0o666); err != nil {
		t.Fatal(err)
	}
	put(t, part+".source", fmt.Sprintf(`{"url":%q,"total":%d}`, s.URL, len(b)))
	before := s.requests.Load()
	abkd(t, args...).fails(t, "bytes are free", "no space left on the device")
	if got := names(t, dir); len(got) != 2 {
		t.Errorf("%q is left, want the zip that has come and its source", got)
	}
	large := smallDisk(t, "1m")
	for _, name := range names(t, dir) {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(large, name), string(b))
	}
	abkd(t, "fetch", "ogbn-arxiv", "--root", large, "--url", s.URL, "--unverified").ok(t)
	onlyFile(t, large, "ogbn_arxiv")
	if n := s.requests.Load() - before; n != 0 {
		t.Errorf("%d requests for a zip that had come, want 0", n)
	}
}

// TestFetchTold gives folders that nothing can be written to, or not enough:
// that is told before the server is asked.
func TestFetchTold(t *testing.T) {
	s := serveBadly(t, func(w http.ResponseWriter, r *http.Request, _ int) { http.NotFound(w, r) })
	frozen := smallDisk(t, "64k")
	if err := syscall.Mount("", frozen, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("a disk cannot be made read-only here: %v", err)
	}
	abkd(t, fetchArgs(s, frozen)...).fails(t, "--root "+frozen+": nothing can be written there", "read-only")
	small := smallDisk(t, "64m")
	abkd(t, fetchArgs(s, small)...).fails(t, small+": ", "bytes are free", "no space left on the device")
	if n := s.requests.Load(); n != 0 {
		t.Errorf("%d requests, want 0: nothing could be kept of an answer", n)
	}
	for _, dir := range []string{frozen, small} {
		if got := names(t, dir); len(got) != 0 {
			t.Errorf("%s holds %q, want nothing", dir, got)
		}
	}
}

// TestFetchSecure follows servers to other addresses: never from https to
// http, whatever sum is known.
func TestFetchSecure(t *testing.T) {
	b := zipped(t, "arxiv", "")
	plain := serveBadly(t, func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, b) })
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/down":
			http.Redirect(w, r, plain.URL+"/arxiv.zip", http.StatusFound)
		case "/on":
			http.Redirect(w, r, "/arxiv.zip", http.StatusFound)
		default:
			whole(w, r, b)
		}
	}))
	defer secure.Close()
	trusted := filepath.Join(t.TempDir(), "trusted.pem")
	put(t, trusted, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})))
	fetch := func(url, root string, more ...string) result {
		cmd := exec.Command(binary, append([]string{"fetch", "ogbn-arxiv", "--root", root, "--url", url}, more...)...)
		cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+trusted)
		return finish(t, cmd)
	}
	root := t.TempDir()
	fetch(secure.URL+"/down", root, "--sha256", sumOf(b)).fails(t, secure.URL+"/down: the server sends on to "+plain.URL+"/arxiv.zip, which is not https")
	if n := plain.requests.Load(); n != 0 {
		t.Errorf("%d requests over http, want 0", n)
	}
	fetch(secure.URL+"/on", root, "--unverified").ok(t)
	onlyFile(t, root, "ogbn_arxiv")
	root = t.TempDir()
	redirected := serveBadly(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		http.Redirect(w, r, secure.URL+"/arxiv.zip", http.StatusFound)
	})
	fetch(redirected.URL, root, "--sha256", sumOf(b)).ok(t)
}
