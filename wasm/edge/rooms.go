//go:build js

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"syscall/js"

	"abkd/site/api"
	"abkd/site/room"
)

// rooms implement api.Rooms by Durable Objects, one for each code.
type rooms struct{ objects, binding js.Value }

// object returns the object of a code, which is there as soon as it is asked for.
func (r rooms) object(code string) js.Value {
	return r.objects.Call("get", r.objects.Call("idFromName", code))
}

// Call implements api.Rooms.
func (r rooms) Call(_ context.Context, code string, request []byte) (room.Outcome, error) {
	text, err := await(r.object(code).Call("call", string(request)))
	if err != nil {
		return room.Outcome{}, fmt.Errorf("a room does not answer: %w", err)
	}
	var said struct {
		Status int
		Answer string
	}
	if err := json.Unmarshal([]byte(text.String()), &said); err != nil {
		return room.Outcome{}, err
	}
	return room.Outcome{Status: said.Status, Answer: json.RawMessage(said.Answer)}, nil
}

// Connect implements api.Rooms. A response that has a WebSocket is JavaScript's
// own: worker.mjs takes it from the binding and answers with it.
func (r rooms) Connect(w http.ResponseWriter, _ *http.Request, code string, who room.Who) {
	response, err := await(r.object(code).Call("fetch", "https://room/", map[string]any{
		"headers": map[string]any{"Upgrade": "websocket", "who": tagOf(who)},
	}))
	switch {
	case err != nil || response.Get("status").Int() != http.StatusSwitchingProtocols:
		api.NoPlace(w)
	default:
		r.binding.Set("response", response)
	}
}
