//go:build !js

package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"abkd/internal/webtest"
)

// TestJob fetches from a server that ends each connection after a piece: every
// request asks for the rest alone, each step is told, and nothing is left but
// the data set.
func TestJob(t *testing.T) {
	b, err := zipBytes(tinyItems(t, "tiny")...)
	if err != nil {
		t.Fatal(err)
	}
	requests, ranges := 0, 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests++; r.Header.Get("Range") != "" {
			ranges++
		}
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Content-Type", "application/zip")
		http.ServeContent(&webtest.Cutting{ResponseWriter: w, Left: len(b)/3 + 1}, r, "", time.Time{}, bytes.NewReader(b))
	}))
	defer s.Close()
	sum := sha256.Sum256(b)
	var steps []string
	notes := 0
	j := Job{
		Release: tinyRelease, Root: t.TempDir(), URL: s.URL, SHA256: hex.EncodeToString(sum[:]), Retries: 1, Wait: time.Millisecond,
		Progress: func(step Step, _ string, done, total int64) {
			if len(steps) == 0 || steps[len(steps)-1] != string(step) {
				steps = append(steps, string(step))
			}
		},
		Note: func(string) { notes++ },
	}
	r, err := j.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if r.Verified != Given || r.SHA256 != j.SHA256 || r.Bytes != int64(len(b)) || r.Files == 0 || len(r.Differing) != 0 {
		t.Errorf("the result is %+v, want all of the file, verified", r)
	}
	if requests != 3 || ranges != 2 || notes != 2 {
		t.Errorf("%d requests, %d for the rest, %d notes, want 3, 2 and 2", requests, ranges, notes)
	}
	if got := strings.Join(steps, " "); got != "downloading checking unpacking" {
		t.Errorf("the steps are %q", got)
	}
	if n, err := j.Inspect(context.Background()); err != nil || n != r.Files {
		t.Errorf("%d files are whole (%v), want %d", n, err, r.Files)
	}
	if there, err := os.ReadDir(j.Root); err != nil || len(there) != 1 || there[0].Name() != tinyRelease.Folder {
		t.Errorf("%v is in the root (%v), want the data set alone", there, err)
	}
}

// TestDamaged fetches a zip of no known sum that is damaged, and then whole: the
// damaged one is not kept for the next try. One that has the sum that was asked
// for is.
func TestDamaged(t *testing.T) {
	whole, err := zipBytes(tinyItems(t, "tiny")...)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := zipBytes(item{name: "tiny/notes.txt", text: "no data set"})
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[bytes.Index(flipped, []byte("edge.csv.gz"))+len("edge.csv.gz")+2] ^= 0xff
	for name, bad := range map[string][]byte{"cut short": whole[:len(whole)-9], "a bit off": flipped, "another": foreign} {
		sent := bad
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "a.zip", time.Time{}, bytes.NewReader(sent))
		}))
		defer s.Close()
		j := Job{Release: tinyRelease, Root: t.TempDir(), URL: s.URL, Unverified: true, Wait: time.Millisecond}
		if _, err := j.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "it has been removed: the same command fetches it anew") {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := os.ReadDir(j.Root); err != nil || len(left) != 0 {
			t.Errorf("%s: %v is left (%v)", name, left, err)
		}
		sum := sha256.Sum256(bad)
		j.SHA256 = hex.EncodeToString(sum[:])
		if _, err := j.Run(t.Context()); err == nil {
			t.Errorf("%s: taken for the sum of it", name)
		} else if _, e := os.Stat(j.Dir() + ".zip.part"); e != nil {
			t.Errorf("%s: what has the sum is gone (%v, %v)", name, e, err)
		}
		j.SHA256, sent = "", whole
		if err := forget(j.Dir() + ".zip.part"); err != nil {
			t.Fatal(err)
		}
		if _, err := j.Run(t.Context()); err != nil {
			t.Errorf("%s: then whole: %v", name, err)
		}
	}
}

// TestPassword fetches from an address with a password: it is sent, and no
// message or file has it.
func TestPassword(t *testing.T) {
	b, err := zipBytes(tinyItems(t, "tiny")...)
	if err != nil {
		t.Fatal(err)
	}
	asked, tries := "", 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tries++; tries > 3 {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, asked, _ = r.BasicAuth()
		w.Header().Set("ETag", `"v1"`)
		http.ServeContent(&webtest.Cutting{ResponseWriter: w, Left: len(b) / 4}, r, "a.zip", time.Time{}, bytes.NewReader(b))
	}))
	defer s.Close()
	var notes []string
	j := Job{
		Release: tinyRelease, Root: t.TempDir(), URL: strings.Replace(s.URL, "//", "//me:secret@", 1), Unverified: true, Retries: 3, Wait: time.Millisecond,
		Note: func(text string) { notes = append(notes, text) },
	}
	_, err = j.Run(t.Context())
	source, rerr := os.ReadFile(j.Dir() + ".zip.part" + sourceSuffix)
	if err == nil || rerr != nil || len(notes) == 0 || asked != "secret" {
		t.Fatalf("%v, %v, %q, asked with %q", err, rerr, notes, asked)
	}
	if all := err.Error() + string(source) + strings.Join(notes, ""); strings.Contains(all, "secret") || !strings.Contains(all, "me:xxxxx@") {
		t.Errorf("what is said and kept is %s", all)
	}
}

// TestUnchecked checks that a file of which nothing can be checked is asked for
// over a safe way alone, and only if that is wanted.
func TestUnchecked(t *testing.T) {
	for _, c := range []struct {
		url, sum   string
		unverified bool
		want       error
	}{
		{"https://mirror.example/a.zip", "", false, ErrNoSum},
		{"https://mirror.example/a.zip", "", true, nil},
		{"http://mirror.example/a.zip", "", true, ErrInsecure},
		{"http://mirror.example/a.zip", strings.Repeat("0", 64), false, nil},
		{"http://localhost.mirror.example/a.zip", "", true, ErrInsecure},
		{"http://127.0.0.1:80/a.zip", "", true, nil},
		{"http://[::1]/a.zip", "", true, nil},
		{"http://lab.localhost/a.zip", "", true, nil},
	} {
		j := Job{Release: tinyRelease, URL: c.url, SHA256: c.sum, Unverified: c.unverified}
		if err := j.Check(); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%+v: %v, want %v", c, err, c.want)
		}
	}
}
