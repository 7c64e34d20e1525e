//go:build js

package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"syscall/js"
	"time"

	"abkd/site/api"
	"abkd/site/room"
)

// rules are those of one room, as functions that room.mjs calls. Times are
// milliseconds since 1970, somebody is a tag of sockets, an outcome is JSON.
type rules struct{ room *room.Room }

func newRules() *rules { return &rules{} }

// offer sets the functions.
func (s *rules) offer(binding js.Value) {
	binding.Set("mostMessage", room.MostMessage)
	binding.Set("protocol", api.Protocol)
	for name, f := range map[string]func(args []js.Value) any{
		"load": func(args []js.Value) any { return s.load(args[0].String()) },
		"call": func(args []js.Value) any { return outcome(s.room.Call(timeOf(args[0]), []byte(args[1].String()))) },
		"hear": func(args []js.Value) any {
			return outcome(s.room.Hear(timeOf(args[0]), whoOf(args[1]), []byte(args[2].String())))
		},
		"greet":   func(args []js.Value) any { return string(s.room.Greet(timeOf(args[0]), whoOf(args[1]))) },
		"expires": func([]js.Value) any { return s.expires() },
	} {
		binding.Set(name, js.FuncOf(func(_ js.Value, args []js.Value) any { return f(args) }))
	}
}

// load makes the room of its records, an object of texts, and returns why it
// cannot, "" if it can.
func (s *rules) load(records string) string {
	var texts map[string]string
	if err := json.Unmarshal([]byte(records), &texts); err != nil {
		return err.Error()
	}
	kept := map[string][]byte{}
	for key, text := range texts {
		kept[key] = []byte(text)
	}
	r, err := room.Load(kept)
	if err != nil {
		return err.Error()
	}
	s.room = r
	return ""
}

// expires returns when the room is over, 0 if it has not been opened.
func (s *rules) expires() int64 {
	if at := s.room.Expires(); !at.IsZero() {
		return at.UnixMilli()
	}
	return 0
}

func timeOf(v js.Value) time.Time { return time.UnixMilli(int64(v.Float())) }

// tagOf returns the tag of the sockets of somebody: "teacher", "student/3", or
// "student" for all of them.
func tagOf(who room.Who) string {
	if who.Number == 0 {
		return string(who.Role)
	}
	return fmt.Sprintf("%s/%d", who.Role, who.Number)
}

// whoOf returns whose tag that is. It was made by tagOf.
func whoOf(tag js.Value) room.Who {
	role, number, _ := strings.Cut(tag.String(), "/")
	n, _ := strconv.Atoi(number) // 0 for the teacher, who has none
	return room.Who{Role: room.Role(role), Number: n}
}

// A letter and a result are a room.Letter and a room.Outcome in texts, which are
// sent and kept as they are.
type (
	letter struct {
		To   string `json:"to"`
		Text string `json:"text"`
	}
	result struct {
		Status  int               `json:"status"`
		Answer  string            `json:"answer"`
		Letters []letter          `json:"letters"`
		Put     map[string]string `json:"put"`
		Soon    bool              `json:"soon"`
		Drop    bool              `json:"drop"`
		Removed string            `json:"removed,omitempty"`
		Over    bool              `json:"over"`
	}
)

func outcome(o room.Outcome) string {
	r := result{Status: o.Status, Answer: string(o.Answer), Letters: []letter{}, Put: map[string]string{}, Soon: o.Soon, Drop: o.Drop, Over: o.Over}
	if o.Removed != nil {
		r.Removed = tagOf(*o.Removed)
	}
	for _, l := range o.Letters {
		r.Letters = append(r.Letters, letter{tagOf(l.To), string(l.Text)})
	}
	for key, record := range o.Put {
		r.Put[key] = string(record)
	}
	text, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return string(text)
}
