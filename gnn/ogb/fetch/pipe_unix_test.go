//go:build linux || darwin

package fetch

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"
)

// TestPipe has a pipe where it is noted what a partial file is a part of.
func TestPipe(t *testing.T) {
	b, err := zipBytes(tinyItems(t, "tiny")...)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "a.zip", time.Time{}, bytes.NewReader(b))
	}))
	defer s.Close()
	j := Job{Release: tinyRelease, Root: t.TempDir(), URL: s.URL, Unverified: true, Wait: time.Millisecond}
	if err := syscall.Mkfifo(j.Dir()+".zip.part"+sourceSuffix, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Run(t.Context()); err != nil {
		t.Error(err)
	}
}
