//go:build js

package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"syscall/js"
	"time"

	"github.com/syumai/workers/cloudflare"

	"abkd/site/api"
)

// limits implement api.Limiter by rate limits of Cloudflare's, one binding for
// each kind, which count by location. A limit tells that it is spent only to who
// takes one more; spent, a Map of all programs of the isolate, has until when it
// is known to be.
type limits struct{ spent js.Value }

// forgets is after how long a limit is asked again: the period of those of wrong codes
// and keys.
const forgets = time.Minute

// Allow implements api.Limiter.
func (l limits) Allow(_ context.Context, kind api.Kind, address string) (bool, error) {
	limit := cloudflare.GetBinding("LIMIT_" + strings.ToUpper(string(kind)))
	if limit.IsUndefined() {
		return false, fmt.Errorf("there is no limit of %s", kind)
	}
	said, err := await(limit.Call("limit", map[string]any{"key": address}))
	if err != nil {
		return false, err
	}
	allowed := said.Get("success").Truthy()
	if !allowed {
		l.spent.Call("set", string(kind)+" "+address, time.Now().Add(forgets).UnixMilli())
	}
	return allowed, nil
}

// Has implements api.Limiter.
func (l limits) Has(_ context.Context, kind api.Kind, address string) (bool, error) {
	key := string(kind) + " " + address
	until := l.spent.Call("get", key)
	if until.IsUndefined() {
		return true, nil
	}
	if time.Now().UnixMilli() < int64(until.Float()) {
		return false, nil
	}
	l.spent.Call("delete", key)
	return true, nil
}

// address returns what a client is limited by. Cloudflare sets the header and
// takes no client's own.
func address(r *http.Request) string { return api.Client(r.Header.Get("CF-Connecting-IP")) }
