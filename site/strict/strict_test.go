package strict

import (
	"strings"
	"testing"
)

func TestObject(t *testing.T) {
	for text, ok := range map[string]bool{
		`{}`: true, ` {"name":"Ada"} `: true, `{"name":null}`: true, `{"name":"\u0041"}`: true, `{"nam\u0065":"x"}`: true,
		`{"NAME":"Ada"}`: false, `{"Name":"Ada"}`: false, `{"name ":"x"}`: false, `{"name":"a","name":"b"}`: false, `{"role":1}`: false, `{"name":1}`: false,
		`null`: false, `[]`: false, `"{}"`: false, `1`: false, ``: false, ` `: false, `{} {}`: false, `{},`: false, `{"name":"a"`: false, "{\"name\":\"\xff\"}": false, `{"name":"\ud800"}`: false, "\ufeff{}": false,
	} {
		var in struct {
			Name string `json:"name"`
		}
		if err := Object([]byte(text), &in); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A field is named as it was sent, and nothing of this program is told.
func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"NAME":"Ada"}`: `there is no field "/NAME"`, `{"run":{"seed":1,"x":2}}`: `there is no field "/run/x"`,
		`{"name":1}`: `"/name" has a value that it cannot have`, `{"run":{"seed":"1"}}`: `"/run/seed" has a value that it cannot have`, `{"run":{"seed":1.5}}`: `"/run/seed" has a value`, `{"run":[]}`: `"/run" has a value that`, `null`: "it is no JSON object",
	} {
		var in struct {
			Name string `json:"name"`
			Run  struct {
				Seed int `json:"seed"`
			} `json:"run"`
		}
		if err := Object([]byte(text), &in); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
