package lab

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"

	"github.com/coder/websocket"

	"abkd/site/secrets"
)

// Keys are what a page must know: the one to steer, or the other to look on.
type Keys struct{ Steer, Watch string }

// NewKeys returns keys that nobody guesses.
func NewKeys() Keys { return Keys{rand.Text(), rand.Text()} }

// fits reports whether key is token; without a key nothing is.
func fits(key, token string) bool { return key != "" && secrets.Same(key, token) }

// A visit is a page that has said who it is.
type visit struct {
	*front
	hello  hello
	steers bool // it may
}

// receive answers a page that wants a session, for a conversation that ctx ends.
// Pages of other origins are refused before they are heard, and whoever knows
// neither key before anything else is read; then it reports false. It expects that
// the host of the request has been checked.
func receive(ctx context.Context, w http.ResponseWriter, r *http.Request, keys Keys) (v visit, ok bool) {
	if !ownOrigin(w, r) {
		return v, false
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return v, false // it has answered
	}
	f := newFront(ctx, conn)
	h, err := f.receiveHello()
	steers, watches := fits(keys.Steer, h.Token), fits(keys.Watch, h.Token)
	switch {
	case err != nil:
		f.refuse(badHello)
	case !steers && !watches:
		f.refuse(badToken)
	default:
		go f.keepAlive()
		return visit{f, h, steers}, true
	}
	f.close()
	return v, false
}

// ownOrigin reports whether a page of this server asks, and refuses any other.
func ownOrigin(w http.ResponseWriter, r *http.Request) bool {
	from, err := url.Parse(r.Header.Get("Origin"))
	if err != nil || from.Host == "" || !strings.EqualFold(from.Host, r.Host) {
		http.Error(w, "403 only the page that this server serves may ask for a session", http.StatusForbidden)
		return false
	}
	return true
}
