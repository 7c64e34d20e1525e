package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"abkd/sim/wire"
)

// A form is how a command, an edit or a subject is written.
type form struct {
	verb  string
	words []reflect.StructField
	of    reflect.Value // with a value in each field that is written
}

// formsOf are the forms of values, whose texts begin with their verbs.
func formsOf[T any](values []T) (all []form) {
	for _, v := range values {
		verb, _, _ := strings.Cut(textOf(v), " ")
		f := form{verb: verb, of: reflect.New(reflect.TypeOf(v)).Elem()}
		for field := range fields(reflect.TypeOf(v)) {
			f.add(field)
		}
		all = append(all, f)
	}
	return all
}

func subjectForms() (all []form) {
	for _, s := range wire.Subjects {
		f := form{verb: s.Kind, of: reflect.New(reflect.TypeFor[wire.Subject]()).Elem()}
		if s.Kind != "none" {
			f.of.FieldByName("Kind").SetString(s.Kind)
		}
		for _, name := range s.Fields {
			field, _ := reflect.TypeFor[wire.Subject]().FieldByName(name)
			f.add(field)
		}
		all = append(all, f)
	}
	return all
}

// samples are values of words, by their types. A number is another one in each
// word, so that a swap shows.
var samples = map[reflect.Type]any{
	reflect.TypeFor[string]():        "a b",
	reflect.TypeFor[bool]():          true,
	reflect.TypeFor[float64]():       0.25,
	reflect.TypeFor[float32]():       float32(1.5),
	reflect.TypeFor[wire.Moment]():   wire.Moment{Epoch: 12, Step: 3},
	reflect.TypeFor[wire.Edit]():     wire.Cut{Relation: "wrote it", Src: 4, Dst: 7},
	reflect.TypeFor[wire.Subject]():  wire.Subject{Kind: "cell", I: 2, J: 1},
	reflect.TypeFor[[]wire.Change](): []wire.Change{{Epoch: 3, Edit: wire.Drop{Relation: "cites"}}, {Epoch: 4, Step: 1, Edit: wire.Pin{To: "free"}}},
	reflect.TypeFor[[]string]():      wire.Showable[:2],
}

func (f *form) add(field reflect.StructField) {
	f.words = append(f.words, field)
	to := f.of.FieldByIndex(field.Index)
	switch sample, known := samples[field.Type]; {
	case field.Name == "Model":
		to.SetString("student")
	case known:
		to.Set(reflect.ValueOf(sample))
	default:
		to.SetInt(int64(10 + len(f.words)))
	}
}

// constructors writes a function for each form, which makes its text.
func (s *script) constructors(name, of string, forms []form) {
	s.line("export const %s = {", name)
	for _, f := range forms {
		var parameters []string
		words := []string{quote(f.verb)}
		for _, w := range f.words {
			name := parameter(w.Name)
			parameters = append(parameters, name+": "+wordType(w.Type))
			words = append(words, name)
		}
		s.line("  %s: (%s) => write(%s) as %s,", f.verb, strings.Join(parameters, ", "), strings.Join(words, ", "), of)
	}
	s.line("};\n")
}

// parameter is the name of a field as that of a parameter, which cannot be a
// keyword.
func parameter(name string) string {
	if name = lower(name); name == "class" {
		return "label"
	}
	return name
}

// readerOf writes what reads texts of these forms, whose words are plain.
func (s *script) readerOf(of string, forms []form) {
	fmt.Fprintf(s, "/** What a text says, by its verb. */\nexport type %sWords =", of)
	for _, f := range forms {
		members := []string{"verb: " + quote(f.verb)}
		for _, w := range f.words {
			members = append(members, lower(w.Name)+": "+wordType(w.Type))
		}
		fmt.Fprintf(s, "\n  | { %s }", strings.Join(members, "; "))
	}
	s.line(";\n\nconst %sForms: Forms = {", lower(of))
	for _, f := range forms {
		words := make([]string, len(f.words))
		for i, w := range f.words {
			words[i] = list([]string{lower(w.Name), wordType(w.Type)})
		}
		s.line("  %s: [%s],", f.verb, strings.Join(words, ", "))
	}
	s.line("};\n\nexport const read%s = (text: string) => read(%sForms, text) as %sWords | undefined;\n", of, lower(of), of)
}

// wordType is the TypeScript of a word.
func wordType(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[wire.Moment]():
		return "Moment"
	case reflect.TypeFor[wire.Edit]():
		return "Edit"
	case reflect.TypeFor[wire.Subject]():
		return "Subject"
	case reflect.TypeFor[[]wire.Change]():
		return "Plan"
	case reflect.TypeFor[[]string]():
		return "readonly Showable[]"
	case reflect.TypeFor[string](), reflect.TypeFor[bool]():
		return typeOf(t)
	}
	return "number"
}

// formTexts are a text of each form as Go writes it, with its words, to test
// the page's by.
func formTexts() ([]byte, error) {
	type sample struct {
		Verb  string   `json:"verb"`
		Names []string `json:"names"`
		Words []any    `json:"words"`
		Text  string   `json:"text"`
	}
	texts := map[string][]sample{}
	for of, forms := range map[string][]form{"command": formsOf(wire.Commands), "edit": formsOf(wire.Edits), "subject": subjectForms()} {
		for _, f := range forms {
			t := sample{f.verb, []string{}, []any{}, textOf(f.of.Interface())}
			for _, w := range f.words {
				t.Names = append(t.Names, lower(w.Name))
				t.Words = append(t.Words, plainWord(f.of.FieldByIndex(w.Index).Interface()))
			}
			texts[of] = append(texts[of], t)
		}
	}
	return json.MarshalIndent(texts, "", "\t")
}

// plainWord is a word as the page has it.
func plainWord(v any) any {
	switch v := v.(type) {
	case wire.Moment:
		return map[string]int{"epoch": v.Epoch, "step": v.Step}
	case []wire.Change:
		_, plan, _ := strings.Cut(textOf(wire.Schedule{Plan: v}), " ")
		return plan
	case wire.Edit, fmt.Stringer:
		return textOf(v)
	}
	return v
}

// textOf is the text of a command, an edit or whatever else has one.
func textOf(v any) string {
	switch v := v.(type) {
	case wire.Command:
		return wire.String(v)
	case wire.Edit:
		return wire.EditString(v)
	}
	return fmt.Sprint(v)
}
