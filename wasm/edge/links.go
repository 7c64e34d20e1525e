//go:build js

package main

import (
	"context"
	"syscall/js"
	"time"
)

// links implement api.Links by Workers KV. The library's GetString has a text
// for a key that is not there, so the namespace is called itself.
type links struct{ namespace js.Value }

// Get implements api.Links.
func (l links) Get(_ context.Context, id string) (text string, found bool, err error) {
	v, err := await(l.namespace.Call("get", id))
	if err != nil || v.IsNull() {
		return "", false, err
	}
	return v.String(), true, nil
}

// Put implements api.Links.
func (l links) Put(_ context.Context, id, text string, lasts time.Duration) error {
	_, err := await(l.namespace.Call("put", id, text, map[string]any{"expirationTtl": lasts.Seconds()}))
	return err
}
