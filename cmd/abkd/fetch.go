package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/term"
	"abkd/gnn/file"
	"abkd/gnn/ogb/fetch"
	"abkd/internal/show"
)

// A fetchReport is the result of fetch.
type fetchReport struct {
	Command   string      `json:"command"`
	Name      string      `json:"name"`
	Data      string      `json:"data"` // the folder
	URL       string      `json:"url"`
	Already   bool        `json:"already"`   // nothing had to be fetched
	Bytes     int64       `json:"bytes"`     // of the zip
	SHA256    string      `json:"sha256"`    // of the zip
	Verified  string      `json:"verified"`  // against what: "published", "given" or "nothing"
	Files     int         `json:"files"`     // unpacked, or found to be whole
	Differing []string    `json:"differing"` // published files that are missing or others
	Seconds   show.Number `json:"seconds"`
	Notes     cli.Notes   `json:"notes"`
}

// A fetchJob is what is asked for.
type fetchJob struct{ fetch.Job }

func newFetch() *cobra.Command {
	var f fetchJob
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
			if f.Release, err = fetch.FindRelease(args[0]); err != nil {
				return err
			}
			if err := f.check(); err != nil {
				return err
			}
			r, err := f.run(cmd)
			if err != nil {
				return err
			}
			r.Notes.Tell(cmd.ErrOrStderr(), settings.Unused(cmd, nil, f.rules(r)...)...)
			return cli.Write(cmd.OutOrStdout(), asJSON, r, r.text())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.Root, "root", "", "`folder` to unpack in; it is made if need be")
	flags.StringVar(&f.URL, "url", "", "`address` of the zip file, if not the publishers'")
	flags.StringVar(&f.SHA256, "sha256", "", "`sum` of the zip file, in hexadecimal, in place of the published one")
	flags.BoolVar(&f.Unverified, "unverified", false, "take a zip file that no sum is known of, over https")
	flags.IntVar(&f.Retries, "retries", 8, "`number` of tries in a row that may bring nothing [0..1000]")
	flags.DurationVar(&f.Wait, "retry-wait", time.Second, "`time` before the first retry; it doubles from one to the next, up to a minute")
	flags.DurationVar(&f.Idle, "idle-timeout", 30*time.Second, "`time` without a byte after which the connection is given up")
	flags.BoolVar(&f.KeepZip, "keep-zip", false, "keep the zip file beside the folder")
	flags.BoolVar(&asJSON, "json", false, "print the result as one line of JSON")
	flags.SortFlags = false
	return cmd
}

// check looks at the flags and fills in what was not given.
func (f *fetchJob) check() error {
	if f.Root == "" {
		return fmt.Errorf("--root is not given, want a folder to unpack the data set in")
	}
	if f.URL == "" {
		f.URL = f.Release.URL
	}
	if u, err := url.Parse(f.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("--url is %q, want an address that begins with http:// or https://", f.URL)
	}
	f.SHA256 = strings.ToLower(f.SHA256)
	if n := len(f.SHA256); n != 0 && (n != 64 || strings.Trim(f.SHA256, "0123456789abcdef") != "") {
		return fmt.Errorf("--sha256 is %q, want 64 hexadecimal digits", f.SHA256)
	}
	switch {
	case f.Retries < 0 || f.Retries > 1000:
		return fmt.Errorf("--retries is %d, want 0..1000", f.Retries)
	case f.Wait <= 0:
		return fmt.Errorf("--retry-wait is %v, want more than 0", f.Wait)
	case f.Idle <= 0:
		return fmt.Errorf("--idle-timeout is %v, want more than 0", f.Idle)
	}
	return nil
}

// rules say what was of no use when r was fetched.
func (f *fetchJob) rules(r *fetchReport) (all []cli.Rule) {
	for _, flag := range []string{"url", "sha256", "unverified", "retries", "retry-wait", "idle-timeout", "keep-zip"} {
		all = append(all, cli.Rule{Flag: flag, Idle: r.Already, Why: "the data set is there already"})
	}
	return append(all,
		cli.Rule{Flag: "retry-wait", Idle: !r.Already && f.Retries == 0, Why: "there are no --retries"},
		cli.Rule{Flag: "unverified", Idle: !r.Already && r.Verified != "nothing", Why: "the sum is known, and was compared"})
}

// run fetches, unless all is there.
func (f *fetchJob) run(cmd *cobra.Command) (*fetchReport, error) {
	ctx, stderr := cmd.Context(), cmd.ErrOrStderr()
	r := &fetchReport{Command: "fetch", Name: f.Release.Name, Data: f.Dir(), URL: fetch.Shown(f.URL), Differing: []string{}}
	start := time.Now()
	defer func() { r.Seconds = show.Number(time.Since(start).Seconds()) }()
	if err := os.MkdirAll(f.Root, 0o777); err != nil {
		return nil, fmt.Errorf("--root %s: %w", f.Root, file.Cause(err))
	}
	steps := term.NewSteps(stderr, "bytes")
	defer steps.Done()
	f.Progress = func(step fetch.Step, file string, done, total int64) {
		title := string(step)
		if step == fetch.Downloading {
			title += " " + f.Release.Name
		}
		steps.Set(title, done, total, file)
	}
	f.Note = func(text string) {
		steps.Done()
		fmt.Fprintf(stderr, "%s\n", show.Line(text))
	}
	if _, err := os.Lstat(r.Data); err == nil {
		return r, f.inspect(ctx, r)
	}
	switch err := f.Check(); {
	case errors.Is(err, fetch.ErrNoSum):
		return nil, fmt.Errorf("%w: give --sha256, or take it as it comes with --unverified", err)
	case errors.Is(err, fetch.ErrInsecure):
		return nil, fmt.Errorf("--unverified with --url %s: anyone on the way could send another file: give an address that begins with https://, or --sha256", fetch.Shown(f.URL))
	case err != nil:
		return nil, err
	}
	if err := f.probe(); err != nil {
		return nil, err
	}
	got, err := f.Run(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, process.Interruption("interrupted: what has been downloaded is kept, and the same command goes on from there")
	}
	if err != nil {
		return nil, err
	}
	r.Bytes, r.SHA256, r.Verified, r.Files = got.Bytes, got.SHA256, string(got.Verified), got.Files
	r.Differing = append(r.Differing, got.Differing...)
	return r, nil
}

// probe reports what would keep files from being written, before the network is
// asked for them.
func (f *fetchJob) probe() error {
	probe, err := os.CreateTemp(f.Root, ".abkd-*")
	if err != nil {
		return fmt.Errorf("--root %s: nothing can be written there (%w): choose a folder of your own", f.Root, file.Cause(err))
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return fmt.Errorf("--root %s: %w", f.Root, file.Cause(err))
	}
	return nil
}

// inspect checks a data set that is there.
func (f *fetchJob) inspect(ctx context.Context, r *fetchReport) (err error) {
	r.Already, r.Verified = true, "nothing"
	r.Files, err = f.Inspect(ctx)
	if ctx.Err() != nil {
		return process.Interruption("interrupted: nothing was changed")
	}
	if err != nil {
		return fmt.Errorf("%s is there, but not whole (%w): move it away and fetch again", r.Data, err)
	}
	if r.Files > 0 {
		r.Verified = "sums"
	}
	return nil
}

// text is the report for people.
func (r *fetchReport) text() string {
	if r.Already {
		if r.Files == 0 {
			return fmt.Sprintf("%s: is there already; not verified: no published sum\n", r.Data)
		}
		return fmt.Sprintf("%s: is there already, complete: %d files have their SHA-256\n", show.Line(r.Data), r.Files)
	}
	verified := "not verified: no published sum"
	if r.Verified != "nothing" {
		verified = "as " + r.Verified
	}
	s := fmt.Sprintf("%s: %d files from %s\nzip: %s bytes, SHA-256 %s, %s\n", show.Line(r.Data), r.Files, r.URL, show.Grouped(r.Bytes), r.SHA256, verified)
	if len(r.Differing) > 0 {
		s += fmt.Sprintf("note: %d files differ from the sums published for a copy of the data set: %s\n", len(r.Differing), strings.Join(r.Differing, ", "))
	}
	return s
}
