package wire

import (
	"reflect"
	"strings"
	"testing"
)

// Who knows the lists knows all that can be read.
func TestFormsAreAll(t *testing.T) {
	first := func(text string) string { verb, _, _ := strings.Cut(text, " "); return verb }
	known := map[string]bool{}
	for _, c := range Commands {
		known[first(String(c))] = true
	}
	for _, v := range verbs {
		if !known[v.name] {
			t.Errorf("no value of Commands is a %s", v.name)
		}
	}
	if len(known) != len(verbs) {
		t.Errorf("Commands has %d verbs, %d are read", len(known), len(verbs))
	}
	clear(known)
	for _, e := range Edits {
		verb := first(EditString(e))
		if form, read := editForms[verb]; !read || form.words != reflect.TypeOf(e).NumField() {
			t.Errorf("%T has %d fields, and %d words are read", e, reflect.TypeOf(e).NumField(), form.words)
		}
		known[verb] = true
	}
	if len(known) != len(editForms) {
		t.Errorf("Edits has %d verbs, %d are read", len(known), len(editForms))
	}
	for _, f := range Subjects {
		if words, read := subjectWords[f.Kind]; !read || words != len(f.Fields) {
			t.Errorf("a %s has %d fields, and %d words are read", f.Kind, len(f.Fields), words)
		}
	}
	if len(Subjects) != len(subjectWords) {
		t.Errorf("there are %d kinds of subjects, %d are read", len(Subjects), len(subjectWords))
	}
}
