package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"abkd/sim/wire"
)

// allScripts returns the modules of TypeScript, by their files.
func allScripts() (map[string]string, error) {
	scripts := map[string]string{}
	for name, write := range map[string]func() (string, error){
		"wire.ts": wireScript, "lesson.ts": lessonScript, "course.ts": courseScript, "data.ts": dataScript, "study.ts": studyScript, "session.ts": sessionScript, "params.ts": paramsScript, "setup.ts": setupScript, "stored.ts": storedScript,
	} {
		text, err := write()
		if err != nil {
			return nil, err
		}
		scripts[name] = text
	}
	return scripts, nil
}

// A script is TypeScript being written from values and types of the core.
type script struct {
	strings.Builder
	docs map[string]string // of types and of fields, see comments
}

// newScript begins a module of what a package of the core says.
func newScript(pkg, imports string, docs map[string]string) *script {
	s := &script{docs: docs}
	s.line("// Written by site/gen from %s: a change there is a change here.\n", pkg)
	if imports != "" {
		s.line("%s\n", imports)
	}
	return s
}

func (s *script) line(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

// doc writes the comment of a type or field, if it has one.
func (s *script) doc(indent, name string) {
	if text := s.docs[name]; text != "" {
		s.line("%s/** %s */", indent, strings.ReplaceAll(text, "\n", " "))
	}
}

// codec writes an interface and a reader for the struct type t and for each that
// it is made of, those first: the mirror of wire.Snapshot.AppendBinary.
func (s *script) codec(t reflect.Type) {
	done := map[reflect.Type]bool{}
	var parts func(of reflect.Type)
	parts = func(of reflect.Type) {
		for f := range fields(of) {
			if e := element(f.Type); e.Kind() == reflect.Struct && readers[e] == "" && !done[e] {
				done[e] = true
				parts(e)
				s.record(e)
				s.reader(e, "")
			}
		}
	}
	parts(t)
	s.record(t)
	s.reader(t, "export ")
}

// record writes the interface of a struct type.
func (s *script) record(t reflect.Type) {
	s.doc("", t.Name())
	s.line("export interface %s {", t.Name())
	for f := range fields(t) {
		s.doc("  ", t.Name()+"."+f.Name)
		s.line("  %s: %s;", lower(f.Name), typeName(t, f))
	}
	s.line("}\n")
}

// reader writes what reads the fields of t one after the other; those of a row
// are read with the table that it is in.
func (s *script) reader(t reflect.Type, exported string) {
	if isRow(t) {
		s.line("export const %sColumns = %s as const;\n", lower(t.Name()), list(fieldNames(t)))
		return
	}
	s.line("%sconst read%s = (r: Reader): %s => ({", exported, t.Name(), t.Name())
	for f := range fields(t) {
		s.line("  %s: %s,", lower(f.Name), readOf(t, f))
	}
	s.line("});\n")
}

// fields are those of the struct type t.
func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

func fieldNames(t reflect.Type) (names []string) {
	for f := range fields(t) {
		names = append(names, lower(f.Name))
	}
	return names
}

// element is what lists of t, or of lists of it, are made of.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		t = t.Elem()
	}
	return t
}

// isRow reports whether t has numbers alone: a list of it is a table.
func isRow(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for f := range fields(t) {
		if f.Type.Kind() != reflect.Float32 {
			return false
		}
	}
	return true
}

// readers are the types that the page's Reader knows by themselves.
var readers = map[reflect.Type]string{
	reflect.TypeFor[wire.Matrix](): "Matrix",
	reflect.TypeFor[wire.Change](): "Change",
}

// narrowed are fields whose type says more, or something else, in TypeScript.
var narrowed = map[string]string{
	"Snapshot.Hash": "string", // it needs 64 bits, and is only shown and compared
	"Control.Kind":  "Kind",
	"Control.Needs": "Record<string, string[]>", // the values of each key, as it is written in JSON
	"Scene.ID":      "SceneID",
	"Scene.Shows":   "Showable[]",
	"Step.Kind":     "StepKind",
	"Step.Move":     "Move",
	"Step.Ask":      "Ask",
	"Scene.Tab":     "Tab",
	"Study.Cost":    "Cost",
	"Lesson.Scene":  "SceneID",
	"Lesson.Shows":  "Showable[]",
	"Lesson.Texts":  "Partial<Record<Part | ForTeachers, Block[]>>", // a part without text is left out
	"Value.Form":    "Form",
	"Answer.Values": "Record<string, number>",
}

// typeName is the TypeScript of the type of a field of t.
func typeName(t reflect.Type, f reflect.StructField) string {
	if name := narrowed[t.Name()+"."+f.Name]; name != "" {
		return name
	}
	return typeOf(f.Type)
}

func typeOf(t reflect.Type) string {
	switch {
	case readers[t] != "":
		return readers[t]
	case t == reflect.TypeFor[wire.Phase]():
		return "Phase"
	case t.Kind() == reflect.Slice && isRow(t.Elem()):
		return "Float32Array"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Struct:
		return t.Name()
	case reflect.Pointer:
		return typeOf(t.Elem()) + " | null"
	case reflect.Slice:
		return typeOf(t.Elem()) + "[]"
	case reflect.Map:
		return "Record<" + typeOf(t.Key()) + ", " + typeOf(t.Elem()) + ">"
	case reflect.Array:
		return "[" + strings.Join(slices.Repeat([]string{typeOf(t.Elem())}, t.Len()), ", ") + "]"
	}
	return "number"
}

// readOf is the call that reads a field of t.
func readOf(t reflect.Type, f reflect.StructField) string {
	if f.Type.Kind() == reflect.Uint64 && typeName(t, f) == "string" {
		return "r.hex()"
	}
	return read(f.Type)
}

func read(t reflect.Type) string {
	switch {
	case readers[t] != "":
		return fmt.Sprintf("r.%s()", lower(readers[t]))
	case t == reflect.TypeFor[wire.Phase]():
		return "r.choice('phase', phases)"
	case t.Kind() == reflect.Slice && isRow(t.Elem()):
		return fmt.Sprintf("r.rows(%d)", t.Elem().NumField())
	}
	switch t.Kind() {
	case reflect.Bool:
		return "r.bool()"
	case reflect.String:
		return "r.string()"
	case reflect.Float32:
		return "r.float()"
	case reflect.Int, reflect.Int32:
		return "r.int()"
	case reflect.Int64, reflect.Uint64:
		return "r.long()"
	case reflect.Struct:
		return fmt.Sprintf("read%s(r)", t.Name())
	case reflect.Array:
		return "[" + strings.Join(slices.Repeat([]string{read(t.Elem())}, t.Len()), ", ") + "]"
	case reflect.Slice:
		return fmt.Sprintf("r.list(() => %s)", read(t.Elem()))
	}
	panic("gen: no reader for " + t.String())
}

// lower is a name of Go as one of TypeScript: "InferMicros" is inferMicros, "ID"
// is id.
func lower(name string) string {
	if strings.ToUpper(name) == name {
		return strings.ToLower(name)
	}
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}

// list is a list of texts.
func list(texts []string) string { return "[" + joined(texts, ", ") + "]" }

// union is the type of a text that is one of texts.
func union(texts []string) string { return joined(texts, " | ") }

func joined(texts []string, between string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return strings.Join(quoted, between)
}

// quote is a text in single quotes.
func quote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`).Replace(text) + "'"
}

// literal is a value as TypeScript.
func literal(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return quote(v.String())
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = literal(v.Index(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case reflect.Struct:
		var parts []string
		for f := range fields(v.Type()) {
			parts = append(parts, lower(f.Name)+": "+literal(v.FieldByIndex(f.Index)))
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	}
	return fmt.Sprint(v)
}
