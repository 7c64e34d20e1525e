package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Attached serves the page of an Audience at another address.
type Attached struct {
	about about
	page  Page
	proxy *httputil.ReverseProxy
}

var tokenFragment = regexp.MustCompile(`^token=[0-9A-Z]+$`)

// Attach serves the page for the audience at an address, as its command has
// printed it. It returns the key in that.
func Attach(ctx context.Context, address string, page Page) (a *Attached, key string, err error) {
	to, key, err := parseAddress(address)
	if err != nil {
		return nil, "", err
	}
	a = &Attached{page: page}
	if a.about, err = ask(ctx, to); err != nil {
		return nil, "", err
	}
	a.proxy = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: to.Host})
			r.Out.Host = to.Host
			r.Out.Header.Set("Origin", "http://"+to.Host) // that of r.In has been checked
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, "502 the training that listened at "+to.Host+" cannot be reached", http.StatusBadGateway)
		},
	}
	return a, key, nil
}

// parseAddress takes the key out of the address of an audience.
func parseAddress(address string) (to *url.URL, key string, err error) {
	to, err = url.Parse(address)
	if err != nil || to.Scheme != "http" || to.Host == "" || !tokenFragment.MatchString(to.Fragment) {
		return nil, "", fmt.Errorf("%.200q is no address of a run, want the whole one that \"abkd train --listen\" has printed, such as http://127.0.0.1:8081/#token=…", address)
	}
	return to, strings.TrimPrefix(to.Fragment, "token="), nil
}

// ask asks the audience what it is of.
func ask(ctx context.Context, to *url.URL) (about, error) {
	a, err := askAbout(ctx, to)
	if err != nil {
		return a, fmt.Errorf("%s: no training listens there (%w): it ends with its run", to.Host, err)
	}
	return a, nil
}

func askAbout(ctx context.Context, to *url.URL) (a about, err error) {
	ctx, stop := context.WithTimeout(ctx, helloPatience)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+to.Host+aboutPath, nil)
	if err != nil {
		return a, err
	}
	answer, err := directly().Do(r)
	if err != nil {
		return a, cause(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return a, fmt.Errorf("it answers %s", answer.Status)
	}
	if err := json.NewDecoder(http.MaxBytesReader(nil, answer.Body, mostHead)).Decode(&a); err != nil || a.Graph == "" {
		return a, fmt.Errorf("another program answers")
	}
	return a, nil
}

// directly is a client that asks no proxy, since none knows a training.
func directly() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext}}
}

// cause leaves the request out of an error.
func cause(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// ServeHTTP implements http.Handler. It expects that the host of the request has
// been checked.
func (a *Attached) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/lab" {
		a.page.serve(w, r, a.about)
		return
	}
	if ownOrigin(w, r) {
		a.proxy.ServeHTTP(w, r)
	}
}
