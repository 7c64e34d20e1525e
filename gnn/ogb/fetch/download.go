//go:build !js

package fetch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"abkd/gnn/file"
)

// A download brings a file over HTTP, in as many tries as it takes. What has
// come stands in part, and beside it, in part+sourceSuffix, of which version
// of which file it is: only the rest of that same version is asked for (RFC
// 9110, sections 13.1.5 and 14).
type download struct {
	url, part  string
	retries    int           // tries in a row that may bring nothing
	wait, idle time.Duration // before the first retry; without a byte
	room       func(left, total int64) error
	progress   func(done, total int64) // total is -1 if not known
	note       func(text string)
}

const (
	sourceSuffix = ".source"
	maxWait      = time.Minute
	maxDownload  = 64 << 30 // from a server that does not say how much comes
)

// A sourceFile says what a partial file is a part of.
type sourceFile struct {
	URL       string `json:"url"`
	Validator string `json:"validator"` // a strong ETag, or else the time of the last change; "" for neither
	Total     int64  `json:"total"`     // -1 if not known
}

// A refusal is an error that another try would not change.
type refusal struct{ error }

func (e refusal) Unwrap() error { return e.error }

// redirect follows a server to another address, but not from one that only it
// can answer for to one that anyone on the way can.
func redirect(to *http.Request, via []*http.Request) error {
	switch last := via[len(via)-1].URL; {
	case len(via) >= 10:
		return errors.New("stopped after 10 redirects")
	case to.URL.Scheme != "http" && to.URL.Scheme != "https":
		return refusal{fmt.Errorf("%s: the server sends on to %q, want https", last, to.URL.String())}
	case last.Scheme == "https" && to.URL.Scheme != "https":
		return refusal{fmt.Errorf("%s: the server sends on to %s, which is not https: what comes from there could be anyone's", last, to.URL)}
	}
	return nil
}

// errStalled is why a connection without a byte is given up.
var errStalled = errors.New("no byte came")

// run downloads all of the file.
func (d *download) run(ctx context.Context) error {
	client := &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: redirect,
	}
	best, wait := d.bytesHere(), d.wait
	for failures := 0; ; {
		err := d.request(ctx, client)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if _, ok := errors.AsType[refusal](err); ok {
			return err
		}
		if n := d.bytesHere(); n > best {
			best, failures, wait = n, 0, d.wait
		}
		if failures++; failures > d.retries {
			return fmt.Errorf("%s: %w; %d tries in a row brought nothing new, and %d bytes are kept: the same command goes on from there", Shown(d.url), err, failures, d.bytesHere())
		}
		d.note(fmt.Sprintf("%s: %v; trying again in %v", Shown(d.url), err, wait))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
		wait = min(2*wait, maxWait)
	}
}

// bytesHere returns how many bytes have come.
func (d *download) bytesHere() int64 {
	info, err := os.Stat(d.part)
	if err != nil {
		return 0
	}
	return info.Size()
}

// readSource returns what the partial file is a part of, and how many bytes of it
// are there: none if it is not of this address or its version is not known.
func (d *download) readSource() (s sourceFile, have int64) {
	text, err := file.Read(d.part + sourceSuffix)
	if err != nil || json.Unmarshal(text, &s) != nil || s.URL != Shown(d.url) {
		return sourceFile{}, 0
	}
	have = d.bytesHere()
	if have == s.Total && have > 0 {
		return s, have // all of it
	}
	if s.Validator == "" || s.Total >= 0 && have > s.Total {
		return sourceFile{}, 0
	}
	return s, have
}

// request makes one request, for what is missing.
func (d *download) request(ctx context.Context, client *http.Client) error {
	known, have := d.readSource()
	if have > 0 && have == known.Total {
		return nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	idle := time.AfterFunc(d.idle, func() { cancel(fmt.Errorf("%w for %v", errStalled, d.idle)) })
	defer idle.Stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return refusal{err}
	}
	request.Header.Set("User-Agent", "abkd")
	request.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
		request.Header.Set("If-Range", known.Validator)
	}
	response, err := client.Do(request)
	if err != nil {
		return d.reason(ctx, err)
	}
	defer response.Body.Close()
	total, err := d.checkResponse(response, known, have)
	if err != nil || total == have && have > 0 {
		return err
	}
	if response.StatusCode == http.StatusOK {
		have = 0
	}
	if err := d.room(max(total, have)-have, max(total, have)); err != nil {
		return refusal{err}
	}
	body := &body{response.Body, idle, d.idle}
	return d.reason(ctx, d.appendBody(body, sourceFile{Shown(d.url), validator(response.Header), total}, have))
}

// checkResponse looks at the response to a request for what comes after have, and
// returns the size of the whole file, -1 if the server does not say.
func (d *download) checkResponse(r *http.Response, known sourceFile, have int64) (total int64, err error) {
	switch code := r.StatusCode; {
	case code == http.StatusOK:
		total = r.ContentLength
		if have > 0 {
			d.note(fmt.Sprintf("%s: the server begins again: it cannot go on from byte %d, or the file has changed", Shown(d.url), have))
		}
	case code == http.StatusPartialContent && have > 0:
		var first, last int64
		if _, err := fmt.Sscanf(r.Header.Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &total); err != nil ||
			first != have || last < first || last >= total || known.Total >= 0 && total != known.Total {
			return 0, errors.Join(fmt.Errorf("the server sent %.60q, want the bytes from %d to the end of %d", r.Header.Get("Content-Range"), have, known.Total), forget(d.part))
		}
	case code == http.StatusRequestedRangeNotSatisfiable && have > 0:
		if _, err := fmt.Sscanf(r.Header.Get("Content-Range"), "bytes */%d", &total); err == nil && total == have {
			return total, d.writeSource(sourceFile{Shown(d.url), known.Validator, total})
		}
		return 0, errors.Join(fmt.Errorf("the server has no bytes from %d on", have), forget(d.part))
	case code == http.StatusRequestTimeout || code == http.StatusTooEarly || code == http.StatusTooManyRequests || code >= 500:
		return 0, fmt.Errorf("the server answered %.80q", r.Status)
	default:
		return 0, refusal{fmt.Errorf("%s: the server answered %.80q", Shown(d.url), r.Status)}
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "text/html" || kind == "application/xhtml+xml" {
		return 0, refusal{fmt.Errorf("%s: the server sent a page (%s), want a zip file", Shown(d.url), kind)}
	}
	if total > maxDownload {
		return 0, refusal{fmt.Errorf("%s: %d bytes, want at most %d", Shown(d.url), total, int64(maxDownload))}
	}
	return total, nil
}

// validator returns what names the version of the file that was sent.
func validator(h http.Header) string {
	if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
		return tag
	}
	return h.Get("Last-Modified")
}

// writeSource writes down what the partial file is a part of.
func (d *download) writeSource(s sourceFile) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return refused(file.Replace(d.part+sourceSuffix, file.Bytes(text)))
}

// appendBody appends what comes to the have bytes that are there.
func (d *download) appendBody(from io.Reader, s sourceFile, have int64) error {
	if have == 0 {
		// Old bytes must never stand beside the name of a new version.
		if err := refused(forget(d.part)); err != nil {
			return err
		}
		var start [4]byte
		if _, err := io.ReadFull(from, start[:]); err != nil {
			return err
		}
		if string(start[:]) != "PK\x03\x04" {
			return refusal{fmt.Errorf("%s: begins with %q, want a zip file", Shown(d.url), start)}
		}
		from = io.MultiReader(bytes.NewReader(start[:]), from)
	}
	if err := d.writeSource(s); err != nil {
		return err
	}
	f, err := file.Append(d.part)
	if err != nil {
		return refused(err)
	}
	defer f.Close() // a second Close is harmless
	n, err := io.Copy(&sink{f, d, have, s.Total}, io.LimitReader(from, maxDownload-have))
	if e := refused(errors.Join(f.Sync(), f.Close())); e != nil {
		return e
	}
	have += n
	switch {
	case err != nil:
		return err
	case s.Total >= 0 && have != s.Total:
		return fmt.Errorf("the connection ended at byte %d of %d", have, s.Total)
	case s.Total < 0 && have == maxDownload:
		return refusal{fmt.Errorf("%s: more than %d bytes came", Shown(d.url), have)}
	}
	s.Total = have
	return d.writeSource(s)
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

// refused makes an error of this machine's one that no retry changes.
func refused(err error) error {
	if err == nil {
		return nil
	}
	return refusal{err}
}

// reason is why err came about, in words.
func (d *download) reason(ctx context.Context, err error) error {
	if final, ok := errors.AsType[refusal](err); ok {
		return final
	}
	switch stalled := context.Cause(ctx); {
	case err == nil:
		return nil
	case errors.Is(stalled, errStalled):
		return stalled
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("the connection ended at byte %d", d.bytesHere())
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("the server takes no connection")
	}
	return err
}

// A body is what a server sends. Only waiting for it counts as idle, not
// writing what has come.
type body struct {
	io.Reader
	idle  *time.Timer
	after time.Duration
}

func (b *body) Read(p []byte) (int, error) {
	b.idle.Reset(b.after)
	return b.Reader.Read(p)
}

// A sink is the partial file.
type sink struct {
	f           *os.File
	d           *download
	have, total int64
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.f.Write(p)
	s.have += int64(n)
	s.d.progress(s.have, s.total)
	return n, refused(err)
}
