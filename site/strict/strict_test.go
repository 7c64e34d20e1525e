package strict

import "testing"

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
