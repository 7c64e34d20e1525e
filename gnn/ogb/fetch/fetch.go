//go:build !js

// Package fetch brings data sets of the Open Graph Benchmark from their
// publishers: it downloads a zip file, goes on where a download was cut off,
// checks the file and unpacks it.
package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"abkd/internal/machine"
	"abkd/internal/show"
)

// A Job says what to fetch, from where, and to where.
type Job struct {
	Release    Release
	Root       string        // folder that is there, in which that of the data set is made
	URL        string        // of the zip file, the Release's or another
	SHA256     string        // that the file must have, "" for the published one
	Unverified bool          // take a file of which no sum is known
	Retries    int           // tries in a row that may bring nothing
	Wait       time.Duration // before the first retry, a second by default; it doubles from one to the next
	Idle       time.Duration // without a byte, after which a connection is given up; half a minute by default
	KeepZip    bool          // beside the folder

	// Progress, if not nil, is told how far a step is, of a file where there
	// are several. When a step begins, and while it is not known how much
	// there is to do, total is -1.
	Progress func(step Step, file string, done, total int64)
	// Note, if not nil, is told in a sentence what went wrong and is tried
	// again.
	Note func(text string)
}

// A Step is a part of the work.
type Step string

// The steps, in their order.
const (
	Downloading Step = "downloading"
	Checking    Step = "checking"
	Unpacking   Step = "unpacking"
)

// A Result is what was fetched.
type Result struct {
	Bytes     int64    // of the zip file
	SHA256    string   // of the zip file
	Verified  Verified // against what its sum was compared
	Files     int      // unpacked
	Differing []string // published files that are missing or others
}

// Verified says against what the sum of a zip file was compared.
type Verified string

// The sums that there may be.
const (
	Published Verified = "published"
	Given     Verified = "given" // in the Job
	Nothing   Verified = "nothing"
)

// Errors of a file that nothing could be checked of.
var (
	// ErrNoSum says that no sum is known, and that the Job does not take the
	// file without.
	ErrNoSum = errors.New("no SHA-256 of its zip file is published, so what comes cannot be checked")
	// ErrInsecure says that the file would come without a sum over a connection
	// that anyone on the way could answer.
	ErrInsecure = errors.New("anyone on the way could send another file: want an address that begins with https://, or a sum")
)

// Dir is the folder of the data set.
func (j *Job) Dir() string { return filepath.Join(j.Root, j.Release.Folder) }

// Check refuses a file that nothing could be checked of, neither what it holds
// nor whom it comes from, unless the Job takes it.
func (j *Job) Check() error {
	u, err := url.Parse(j.url())
	switch {
	case err != nil || j.sum() != "":
		return err
	case !j.Unverified:
		return fmt.Errorf("%s: %w", j.Release.Name, ErrNoSum)
	case u.Scheme != "https" && !isThisMachine(u.Hostname()):
		return fmt.Errorf("%s: %w", Shown(j.url()), ErrInsecure)
	}
	return nil
}

// isThisMachine reports whether nobody is on the way to the host.
func isThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// Shown is an address as messages and files have it: without its password.
func Shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Redacted()
}

func (j *Job) url() string { return cmp.Or(j.URL, j.Release.URL) }

// sum returns the SHA-256 that the zip should have, "" if none is known.
func (j *Job) sum() string { return cmp.Or(j.SHA256, j.Release.SHA256) }

// Run fetches the data set to Dir, which must not be there. What an earlier Job
// has downloaded is not asked for again. When ctx is done it ends, and what has
// come is kept.
func (j *Job) Run(ctx context.Context) (r Result, err error) {
	if err := j.Check(); err != nil {
		return r, err
	}
	zip := j.Dir() + ".zip.part"
	if err := j.hasRoom(zip); err != nil {
		return r, err
	}
	if err := j.download(ctx, zip); err != nil {
		return r, err
	}
	if err := j.verify(ctx, zip, &r); err != nil {
		return r, err
	}
	j.tellProgress(Unpacking, "", 0, -1)
	sums, err := j.Release.Install(ctx, zip, j.Root, InstallOptions{
		Room:     func(n int64) error { return room(j.Root, n) },
		Progress: func(file string, done, total int64) { j.tellProgress(Unpacking, file, done, total) },
	})
	if _, bad := errors.AsType[damage](err); bad && r.Verified == Nothing {
		// What is kept would be unpacked again, and fail again.
		err = errors.Join(fmt.Errorf("%w; it has been removed: the same command fetches it anew", err), forget(zip))
	}
	if err != nil {
		return r, err
	}
	r.Files = len(sums)
	if j.SHA256 == "" {
		r.Differing = j.Release.Differing(sums)
	}
	return r, j.tidy(zip)
}

// Inspect checks the files of the data set in Dir, and returns how many there
// are; 0 if no sums of them are known.
func (j *Job) Inspect(ctx context.Context) (files int, err error) {
	j.tellProgress(Checking, "", 0, -1)
	return j.Release.Installed(ctx, j.Dir(), func(file string, done, total int64) { j.tellProgress(Checking, file, done, total) })
}

func (j *Job) tellProgress(step Step, file string, done, total int64) {
	if j.Progress != nil {
		j.Progress(step, file, done, total)
	}
}

// hasRoom looks for room for the published files before the network is asked
// for them. Other files are of unknown size.
func (j *Job) hasRoom(zip string) error {
	if j.SHA256 != "" {
		return nil
	}
	have := int64(0)
	if info, err := os.Stat(zip); err == nil {
		have = info.Size()
	}
	n := j.Release.Unpacked() // the zip is as large: what it packs is packed already
	return room(j.Root, n+max(n-have, 0))
}

func (j *Job) download(ctx context.Context, part string) error {
	j.tellProgress(Downloading, "", 0, -1)
	d := download{
		url: j.url(), part: part, retries: j.Retries, wait: cmp.Or(j.Wait, time.Second), idle: cmp.Or(j.Idle, 30*time.Second),
		room:     func(left, total int64) error { return room(j.Root, left+max(total, j.Release.Unpacked())) },
		progress: func(done, total int64) { j.tellProgress(Downloading, "", done, total) },
		note: func(text string) {
			if j.Note != nil {
				j.Note(text)
			}
		},
	}
	return d.run(ctx)
}

// verify compares the sum of the zip with the one that it should have.
func (j *Job) verify(ctx context.Context, zip string, r *Result) error {
	info, err := os.Stat(zip)
	if err != nil {
		return err
	}
	r.Bytes = info.Size()
	j.tellProgress(Checking, "", 0, -1)
	done := int64(0)
	r.SHA256, err = SHA256(ctx, zip, func(n int64) { done += n; j.tellProgress(Checking, "", done, r.Bytes) })
	if err != nil {
		return err
	}
	want := j.sum()
	r.Verified = Given
	if j.SHA256 == "" {
		r.Verified = Published
	}
	switch {
	case want == "":
		r.Verified = Nothing
	case want != r.SHA256:
		err := fmt.Errorf("%s: SHA-256 is %s, want %s: it was damaged on its way, or is another file; it has been removed", Shown(j.url()), r.SHA256, want)
		return errors.Join(err, forget(zip))
	}
	return nil
}

// tidy removes the zip, or gives it its name.
func (j *Job) tidy(zip string) error {
	if j.KeepZip {
		if err := os.Rename(zip, strings.TrimSuffix(zip, ".part")); err != nil {
			return err
		}
	}
	return forget(zip)
}

// room returns an error if the disk of the folder dir is known to have less
// than need bytes left.
func room(dir string, need int64) error {
	if free, ok := machine.FreeDisk(dir); ok && need > 0 && free < uint64(need) {
		return fmt.Errorf("%s: %s bytes are free, want %s for the zip file and what it unpacks to: no space left on the device",
			dir, show.Grouped(int64(min(free, 1<<62))), show.Grouped(need))
	}
	return nil
}
