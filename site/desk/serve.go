package desk

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// mostAsked is how many bytes what is asked for may have.
const mostAsked = 1 << 14

// ServeHTTP answers for a page that may: GET lists the studies, or shows one, POST
// begins one or, without a body, goes on with it, DELETE stops its runs. What is
// refused is a text of one sentence.
//
//	GET    /studies        []Listed
//	GET    /studies/NAME   View
//	POST   /studies/NAME   Ask or nothing -> View
//	DELETE /studies/NAME   View
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/studies"), "/")
	answer, err := d.answer(w, r, name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	json.NewEncoder(w).Encode(answer)
}

func (d *Desk) answer(w http.ResponseWriter, r *http.Request, name string) (any, error) {
	switch {
	case r.Method == http.MethodGet && name == "":
		return d.List()
	case r.Method == http.MethodGet:
	case r.Method == http.MethodPost:
		ask, err := readBody(http.MaxBytesReader(w, r.Body, mostAsked))
		if err != nil {
			return nil, err
		}
		if err := d.Start(name, ask); err != nil {
			return nil, err
		}
	case r.Method == http.MethodDelete:
		if err := d.Stop(name); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("%s is not answered here, want GET, POST or DELETE", r.Method)
	}
	return d.View(name)
}

// readBody reads what is asked for, nil for nothing.
func readBody(body io.Reader) (*Ask, error) {
	text, err := io.ReadAll(body)
	if err != nil || len(text) == 0 {
		return nil, err
	}
	var a Ask
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&a); err != nil {
		return nil, fmt.Errorf("what is asked for cannot be read: %w", err)
	}
	return &a, nil
}
