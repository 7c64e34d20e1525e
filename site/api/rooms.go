package api

import (
	"encoding/json"
	"net/http"
	"strings"

	"abkd/site/room"
	"abkd/site/secrets"
)

// call has a room do something.
func (s *server) call(r *http.Request, code string, q room.Request) (room.Outcome, error) {
	request, err := json.Marshal(q)
	if err != nil {
		panic(err)
	}
	return s.Rooms.Call(r.Context(), code, request)
}

// refuse answers with why a room does not do something.
func refuse(w http.ResponseWriter, o room.Outcome) {
	var why struct {
		Error string `json:"error"`
	}
	if err := json.Unmarshal(o.Answer, &why); err != nil {
		panic(err)
	}
	fail(w, o.Status, why.Error)
}

// answer sends what a room answered, with the token that was made for it.
func answer(w http.ResponseWriter, o room.Outcome, token string) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(o.Answer, &fields); err != nil {
		panic(err)
	}
	if token != "" {
		fields["token"] = json.RawMessage(`"` + token + `"`) // letters and digits
	}
	reply(w, o.Status, fields)
}

// keyed answers with next who has the key of teachers, or anybody if there is
// none. It can be guessed as codes can.
func (s *server) keyed(next http.HandlerFunc) http.HandlerFunc {
	if s.Key == "" {
		return next
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if s.hasKey(w, r) {
			next(w, r)
		}
	}
}

// hasKey reports whether a request was sent with the key, or answers that it was
// not.
func (s *server) hasKey(w http.ResponseWriter, r *http.Request) bool {
	defer s.turn(r)()
	switch {
	case !s.allows(r, WrongKey, s.Limiter.Has):
		tooOften(w)
	case secrets.Same(bearer(r), s.Key):
		return true
	default:
		s.allows(r, WrongKey, s.Limiter.Allow) // takes one
		fail(w, 403, "only who has the key of teachers may open a room")
	}
	return false
}

// open opens a room under a code that no other has.
func (s *server) open(w http.ResponseWriter, r *http.Request) {
	var in struct{}
	if !read(w, r, &in) {
		return
	}
	token := newToken()
	for range codeTries {
		code := newCode()
		o, err := s.call(r, code, room.Request{Do: room.DoOpen, Code: code, Token: token})
		switch {
		case err != nil:
			s.broken(w, err)
			return
		case o.Status == 201:
			answer(w, o, token)
			return
		case o.Status != 409: // which says that the code is taken
			refuse(w, o)
			return
		}
	}
	fail(w, 503, "no code is free: try again")
}

// join gives a student a token. Codes can be guessed, so who tries too many that
// are of no room is not told of any other.
func (s *server) join(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name string `json:"name"`
	}
	if !read(w, r, &in) {
		return
	}
	defer s.turn(r)()
	if !s.allows(r, WrongCode, s.Limiter.Has) {
		tooOften(w)
		return
	}
	code, token := strings.ToUpper(r.PathValue("code")), newToken()
	o, err := room.Outcome{Status: 404, Answer: []byte(`{"error":"there is no such room"}`)}, error(nil)
	if room.IsCode(code) {
		o, err = s.call(r, code, room.Request{Do: room.DoJoin, Token: token, Name: in.Name})
	}
	switch {
	case err != nil:
		s.broken(w, err)
	case o.Status == 201:
		answer(w, o, token)
	default:
		if o.Status == 404 {
			s.allows(r, WrongCode, s.Limiter.Allow) // takes one
		}
		refuse(w, o)
	}
}

// bearer returns the token that a request was sent with, "" for none.
func bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	for _, offered := range strings.Split(r.Header.Get("Sec-WebSocket-Protocol"), ",") {
		if t, ok := strings.CutPrefix(strings.TrimSpace(offered), TokenPrefix); ok {
			token = t
		}
	}
	return token
}

// ask asks the room of the request for what its token may have. That there is no
// room and that the token is of another one are told as the same: nobody learns
// codes by it.
func (s *server) ask(w http.ResponseWriter, r *http.Request, what string) (room.Outcome, bool) {
	code, token := r.PathValue("code"), bearer(r)
	if !room.IsCode(code) || token == "" || len(token) > 64 {
		unknown(w)
		return room.Outcome{}, false
	}
	o, err := s.call(r, code, room.Request{Do: what, Token: token})
	switch {
	case err != nil:
		s.broken(w, err)
	case o.Status == 401 || o.Status == 404:
		unknown(w)
	case o.Status != 200:
		refuse(w, o)
	default:
		return o, true
	}
	return o, false
}

func unknown(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", "Bearer")
	fail(w, 401, "the room is over, or the token is not one of it")
}

// who tells somebody what the room takes them for.
func (s *server) who(w http.ResponseWriter, r *http.Request) {
	if o, ok := s.ask(w, r, room.DoWho); ok {
		answer(w, o, "")
	}
}

// results sends the teacher a table.
func (s *server) results(w http.ResponseWriter, r *http.Request) {
	o, ok := s.ask(w, r, room.DoResults)
	if !ok {
		return
	}
	var results room.Results
	if err := json.Unmarshal(o.Answer, &results); err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="class.csv"`)
	w.Write([]byte(results.CSV))
}

// socket makes a WebSocket of who has a token. Browsers tell from which page one
// is asked for; what is asked for by none is refused.
func (s *server) socket(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		w.Header().Set("Upgrade", "websocket")
		fail(w, http.StatusUpgradeRequired, "there is a WebSocket here")
		return
	}
	if r.Header.Get("Origin") == "" {
		fail(w, 403, "only the page of this server may ask that")
		return
	}
	o, ok := s.ask(w, r, room.DoWho)
	if !ok {
		return
	}
	var who room.Joined
	if err := json.Unmarshal(o.Answer, &who); err != nil {
		panic(err)
	}
	s.Rooms.Connect(w, r, r.PathValue("code"), who.Who)
}
