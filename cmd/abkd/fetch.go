package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"abkd/gnn/ogb"
)

// A fetchReport is the result of fetch.
type fetchReport struct {
	Command   string   `json:"command"`
	Name      string   `json:"name"`
	Data      string   `json:"data"` // the folder
	URL       string   `json:"url"`
	Already   bool     `json:"already"`   // nothing had to be fetched
	Bytes     int64    `json:"bytes"`     // of the zip
	SHA256    string   `json:"sha256"`    // of the zip
	Verified  string   `json:"verified"`  // against what: "published", "given" or "nothing"
	Files     int      `json:"files"`     // unpacked, or found to be whole
	Differing []string `json:"differing"` // published files that are missing or others
	Seconds   number   `json:"seconds"`
	Notes     notes    `json:"notes"`
}

// A fetch is what is asked for.
type fetch struct {
	release ogb.Release
	root    string
	url     string
	sha256  string // "" for the published one
	retries int
	wait    time.Duration // before the first retry
	idle    time.Duration
	keep    bool // the zip

	unverified bool // take what there is no sum for
}

func newFetch() *cobra.Command {
	var f fetch
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "fetch NAME",
		Short: "Download ogbn-mag or ogbn-arxiv, check it and unpack it",
		Long: `Download a data set of the Open Graph Benchmark, ogbn-mag or ogbn-arxiv, check
it and unpack it to a folder under --root: ogbn_mag or ogbn_arxiv. Its licence
is that of its publishers (ODC-BY), see https://ogb.stanford.edu.

A download that was cut off, by Ctrl-C too, goes on where it stopped when the
command is given again. The zip is checked against the SHA-256 that is
published for ogbn-mag, or that --sha256 gives. For ogbn-arxiv none is
published: it is fetched with --unverified alone, over https, and the result
says that it was not verified. The folder appears when all of it is there. If
it is there already, its files are checked.`,
		Example: `  abkd fetch ogbn-mag --root data
  abkd fetch ogbn-arxiv --root data --unverified --json
  abkd fetch ogbn-mag --root data --url https://mirror.example/mag.zip`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("%d names are given, want one: ogbn-mag or ogbn-arxiv (see %q)", len(args), cmd.CommandPath()+" --help")
			}
			return nil
		},
		ValidArgs: []string{"ogbn-mag", "ogbn-arxiv"},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if f.release, err = ogb.FindRelease(args[0]); err != nil {
				return err
			}
			if err := f.check(); err != nil {
				return err
			}
			r, err := f.run(cmd)
			if err != nil {
				return err
			}
			r.Notes.tell(cmd.ErrOrStderr(), unused(cmd, nil, f.rules(r)...)...)
			return write(cmd.OutOrStdout(), asJSON, r, r.text())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.root, "root", "", "`folder` to unpack in; it is made if need be")
	flags.StringVar(&f.url, "url", "", "`address` of the zip file, if not the publishers'")
	flags.StringVar(&f.sha256, "sha256", "", "`sum` of the zip file, in hexadecimal, in place of the published one")
	flags.BoolVar(&f.unverified, "unverified", false, "take a zip file that no sum is known of, over https")
	flags.IntVar(&f.retries, "retries", 8, "`number` of tries in a row that may bring nothing [0..1000]")
	flags.DurationVar(&f.wait, "retry-wait", time.Second, "`time` before the first retry; it doubles from one to the next, up to a minute")
	flags.DurationVar(&f.idle, "idle-timeout", 30*time.Second, "`time` without a byte after which the connection is given up")
	flags.BoolVar(&f.keep, "keep-zip", false, "keep the zip file beside the folder")
	flags.BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	flags.SortFlags = false
	return cmd
}

// check looks at the flags and fills in what was not given.
func (f *fetch) check() error {
	if f.root == "" {
		return fmt.Errorf("--root is not given, want a folder to unpack the data set in")
	}
	if f.url == "" {
		f.url = f.release.URL
	}
	if u, err := url.Parse(f.url); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("--url is %q, want an address that begins with http:// or https://", f.url)
	}
	f.sha256 = strings.ToLower(f.sha256)
	if n := len(f.sha256); n != 0 && (n != 64 || strings.Trim(f.sha256, "0123456789abcdef") != "") {
		return fmt.Errorf("--sha256 is %q, want 64 hexadecimal digits", f.sha256)
	}
	switch {
	case f.retries < 0 || f.retries > 1000:
		return fmt.Errorf("--retries is %d, want 0..1000", f.retries)
	case f.wait <= 0:
		return fmt.Errorf("--retry-wait is %v, want more than 0", f.wait)
	case f.idle <= 0:
		return fmt.Errorf("--idle-timeout is %v, want more than 0", f.idle)
	}
	return nil
}

// rules say what was of no use when r was fetched.
func (f *fetch) rules(r *fetchReport) (all []rule) {
	for _, flag := range []string{"url", "sha256", "unverified", "retries", "retry-wait", "idle-timeout", "keep-zip"} {
		all = append(all, rule{flag, r.Already, "the data set is there already"})
	}
	return append(all,
		rule{"retry-wait", !r.Already && f.retries == 0, "there are no --retries"},
		rule{"unverified", !r.Already && r.Verified != "nothing", "the sum is known, and was compared"})
}

// run fetches, unless all is there.
func (f *fetch) run(cmd *cobra.Command) (*fetchReport, error) {
	ctx := cmd.Context()
	r := &fetchReport{Command: "fetch", Name: f.release.Name, Data: filepath.Join(f.root, f.release.Folder), URL: f.url, Differing: []string{}}
	start := time.Now()
	defer func() { r.Seconds = number(time.Since(start).Seconds()) }()
	if err := os.MkdirAll(f.root, 0o777); err != nil {
		return nil, fmt.Errorf("--root %s: %w", f.root, cause(err))
	}
	if _, err := os.Lstat(r.Data); err == nil {
		return r, f.inspect(cmd, r)
	}
	if err := f.checkable(); err != nil {
		return nil, err
	}
	zip := filepath.Join(f.root, f.release.Folder+".zip.part")
	if err := f.ready(zip); err != nil {
		return nil, err
	}
	if err := f.download(cmd, zip); err != nil {
		return nil, err
	}
	if err := f.verify(cmd, zip, r); err != nil {
		return nil, err
	}
	m := newMeter(cmd.ErrOrStderr(), "unpacking", "bytes")
	sums, err := f.release.Install(ctx, zip, f.root, ogb.InstallOptions{
		Room:     func(n int64) error { return room(f.root, n) },
		Progress: func(file string, done, total int64) { m.set(done, total, file) },
	})
	m.done()
	if err != nil {
		return nil, f.interrupted(ctx, err)
	}
	r.Files = len(sums)
	if f.sha256 == "" {
		r.Differing = append(r.Differing, f.release.Differing(sums)...)
	}
	return r, f.tidy(zip)
}

// sum returns the SHA-256 that the zip should have, "" if none is known.
func (f *fetch) sum() string { return cmp.Or(f.sha256, f.release.SHA256) }

// checkable refuses a zip that nothing could be checked of, neither what it
// holds nor whom it comes from, unless that is asked for.
func (f *fetch) checkable() error {
	u, err := url.Parse(f.url)
	switch {
	case err != nil || f.sum() != "":
		return err
	case !f.unverified:
		return fmt.Errorf("%s: no SHA-256 of its zip file is published, so what comes cannot be checked: give --sha256, or take it as it comes with --unverified", f.release.Name)
	case u.Scheme != "https" && !isLoopback(u.Hostname()):
		return fmt.Errorf("--unverified with --url %s: anyone on the way could send another file: give an address that begins with https://, or --sha256", f.url)
	}
	return nil
}

// ready reports what would keep the files from being written, before the
// network is asked for them.
func (f *fetch) ready(zip string) error {
	probe, err := os.CreateTemp(f.root, ".abkd-*")
	if err != nil {
		return fmt.Errorf("--root %s: nothing can be written there (%w): choose a folder of your own", f.root, cause(err))
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return fmt.Errorf("--root %s: %w", f.root, cause(err))
	}
	if f.sha256 != "" {
		return nil // another file than the published, of unknown size
	}
	have := int64(0)
	if info, err := os.Stat(zip); err == nil {
		have = info.Size()
	}
	n := f.release.Unpacked() // the zip is as large: what it packs is packed already
	return room(f.root, n+max(n-have, 0))
}

// inspect checks a data set that is there.
func (f *fetch) inspect(cmd *cobra.Command, r *fetchReport) (err error) {
	m := newMeter(cmd.ErrOrStderr(), "checking", "bytes")
	defer m.done()
	r.Already, r.Verified = true, "nothing"
	r.Files, err = f.release.Installed(cmd.Context(), r.Data, func(file string, done, total int64) { m.set(done, total, file) })
	if cmd.Context().Err() != nil {
		return interruption("interrupted: nothing was changed")
	}
	if err != nil {
		return fmt.Errorf("%s is there, but not whole (%w): move it away and fetch again", r.Data, err)
	}
	if r.Files > 0 {
		r.Verified = "sums"
	}
	return nil
}

func (f *fetch) download(cmd *cobra.Command, part string) error {
	m := newMeter(cmd.ErrOrStderr(), "downloading "+f.release.Name, "bytes")
	defer m.done()
	d := download{
		url: f.url, part: part, retries: f.retries, wait: f.wait, idle: f.idle,
		room: func(left, total int64) error { return room(f.root, left+max(total, f.release.Unpacked())) },
		progress: func(done, total int64) {
			if total < 0 {
				m.tick()
			} else {
				m.set(done, total, "")
			}
		},
		note: func(text string) {
			m.done()
			fmt.Fprintf(cmd.ErrOrStderr(), "%s\n", oneLine(text))
		},
	}
	return f.interrupted(cmd.Context(), d.run(cmd.Context()))
}

// verify compares the sum of the zip with the one that it should have.
func (f *fetch) verify(cmd *cobra.Command, zip string, r *fetchReport) error {
	info, err := os.Stat(zip)
	if err != nil {
		return err
	}
	r.Bytes = info.Size()
	m := newMeter(cmd.ErrOrStderr(), "checking", "bytes")
	defer m.done()
	done := int64(0)
	r.SHA256, err = ogb.SHA256(cmd.Context(), zip, func(n int64) { done += n; m.set(done, r.Bytes, "") })
	if err != nil {
		return f.interrupted(cmd.Context(), err)
	}
	want := f.sum()
	r.Verified = "given"
	if f.sha256 == "" {
		r.Verified = "published"
	}
	switch {
	case want == "":
		r.Verified = "nothing"
	case want != r.SHA256:
		err := fmt.Errorf("%s: SHA-256 is %s, want %s: it was damaged on its way, or is another file; it has been removed", f.url, r.SHA256, want)
		return errors.Join(err, forget(zip))
	}
	return nil
}

// interrupted is err, or an interruption if that is what it comes from.
func (f *fetch) interrupted(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	return interruption("interrupted: what has been downloaded is kept, and the same command goes on from there")
}

// tidy removes the zip, or gives it its name.
func (f *fetch) tidy(zip string) error {
	if f.keep {
		if err := os.Rename(zip, strings.TrimSuffix(zip, ".part")); err != nil {
			return err
		}
	}
	return forget(zip)
}

// forget removes a partial file and what is known of it.
func forget(part string) error {
	for _, name := range []string{part, part + sourceSuffix} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// room returns an error if the disk of the folder dir is known to have less
// than need bytes left.
func room(dir string, need int64) error {
	if free, ok := diskFree(dir); ok && need > 0 && free < uint64(need) {
		return fmt.Errorf("%s: %s bytes are free, want %s for the zip file and what it unpacks to: no space left on the device",
			dir, grouped(int64(min(free, 1<<62))), grouped(need))
	}
	return nil
}

// text is the report for people.
func (r *fetchReport) text() string {
	if r.Already {
		if r.Files == 0 {
			return fmt.Sprintf("%s: is there already; not verified: no published sum\n", r.Data)
		}
		return fmt.Sprintf("%s: is there already, complete: %d files have their SHA-256\n", r.Data, r.Files)
	}
	verified := "not verified: no published sum"
	if r.Verified != "nothing" {
		verified = "as " + r.Verified
	}
	s := fmt.Sprintf("%s: %d files from %s\nzip: %s bytes, SHA-256 %s, %s\n", r.Data, r.Files, r.URL, grouped(r.Bytes), r.SHA256, verified)
	if len(r.Differing) > 0 {
		s += fmt.Sprintf("note: %d files differ from the sums published for a copy of the data set: %s\n", len(r.Differing), strings.Join(r.Differing, ", "))
	}
	return s
}
