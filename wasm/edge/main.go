//go:build js

// Command edge is the server of classrooms on Cloudflare Workers. The scripts
// beside it start it in two parts, which its context names:
//
//	api    answers requests one after the other (package api), in a pool of such programs
//	room   holds the rules of one room (package room), as long as its Durable Object lives
//
//	page --HTTP--> worker.mjs --> api --Call--> room.mjs --> room
//	     --WebSocket---------------------------> room.mjs --> room
//
// The scripts have what must be JavaScript: the pool, sockets, storage and the
// alarm. Static files are Cloudflare's, by configuration.
package main

import (
	"fmt"
	"syscall/js"

	"github.com/syumai/workers"
	"github.com/syumai/workers/cloudflare"

	"abkd/site/api"
	"abkd/site/secrets"
)

// teacherKey returns the secret TEACHER_KEY, "" if the Worker has none. One that is
// no key is nobody's.
func teacherKey() string {
	secret := cloudflare.GetBinding("TEACHER_KEY")
	if secret.Type() != js.TypeString {
		return ""
	}
	key, err := secrets.Key(secret.String())
	if err != nil {
		fmt.Println("TEACHER_KEY:", err)
		return secret.String()
	}
	return key
}

func main() {
	context := js.Global().Get("context")
	if context.Get("part").String() == "room" {
		newRules().offer(context.Get("binding"))
	} else {
		workers.ServeNonBlock(whole(api.New(api.Options{
			Rooms:   rooms{objects: cloudflare.GetBinding("ROOM"), binding: context.Get("binding")},
			Links:   links{cloudflare.GetBinding("LINKS")},
			Limiter: limits{spent: context.Get("spent")},
			Key:     teacherKey(),
			Address: address,
			Tell:    func(err error) { fmt.Println(err) }, // to who watches by wrangler tail: Cloudflare keeps no log, which would have addresses and codes
		})))
	}
	workers.Ready()
	select {}
}
