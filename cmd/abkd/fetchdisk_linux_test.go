package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// TestFetchFullDisk fetches to disks without room: for the zip and what it
// unpacks to, and for what a zip that has come unpacks to.
func TestFetchFullDisk(t *testing.T) {
	b := zipped(t, "arxiv", "")
	s := serveBadly(t, func(w http.ResponseWriter, r *http.Request, _ int) { whole(w, r, b) })
	dir := smallDisk(t, "512k")
	args := []string{"fetch", "ogbn-arxiv", "--root", dir, "--url", s.URL}
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
	abkd(t, "fetch", "ogbn-arxiv", "--root", large, "--url", s.URL).ok(t)
	onlyFile(t, large, "ogbn_arxiv")
	if n := s.requests.Load() - before; n != 0 {
		t.Errorf("%d requests for a zip that had come, want 0", n)
	}
}
