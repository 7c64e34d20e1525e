// Package messages words what the page says, by language. A language is one
// file, TAG.arb: an Application Resource Bundle, whose messages are written in
// ICU's MessageFormat. Of that format these are read:
//
//	{name}                                     an argument
//	{n, number}                                a whole number, as the language writes it
//	{n, plural, =0 {none} one {# node} other {# nodes}}
//	{kind, select, teacher {the teacher} other {a student}}
//	<b>text</b>                                a part that is shown in another way
//
// Between apostrophes, '{like this}', nothing has a meaning, and two of them are
// one. English is the source: each language has its messages, with the same
// arguments and parts, and every plural the forms that CLDR has for it.
package messages

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Files are the languages that this project has.
//
//go:embed *.arb
var Files embed.FS

// Source is the language that all others are translated from.
const Source = "en"

// A Catalogue is one language.
type Catalogue struct {
	Tag      string // in BCP 47's form
	Name     string // of the language, in itself
	Texts    map[string]Message
	language language.Tag
}

// Direction is how the language is written: "ltr" or "rtl".
func (c *Catalogue) Direction() string {
	script, _ := c.language.Script()
	if slices.Contains([]string{"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Syrc", "Thaa"}, script.String()) {
		return "rtl"
	}
	return "ltr"
}

// Read returns the languages whose files are in dir, English first, the others
// by their tags. An error names the file, the message and what is wrong.
func Read(dir fs.FS) ([]*Catalogue, error) {
	names, err := fs.Glob(dir, "*.arb")
	if err != nil {
		return nil, err
	}
	var all []*Catalogue
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		c, err := parse(strings.TrimSuffix(path.Base(name), ".arb"), text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if c.Tag == Source {
			all = slices.Insert(all, 0, c)
		} else {
			all = append(all, c)
		}
	}
	if len(all) == 0 || all[0].Tag != Source {
		return nil, fmt.Errorf("%s.arb is not there: the other languages are translated from it", Source)
	}
	for _, c := range all {
		if err := c.check(all[0]); err != nil {
			return nil, fmt.Errorf("%s.arb: %w", c.Tag, err)
		}
	}
	return all, nil
}

// English returns the language that the command line speaks.
func English() *Catalogue {
	text, err := Files.ReadFile(Source + ".arb")
	if err != nil {
		panic(err) // it is embedded
	}
	c, err := parse(Source, text)
	if err != nil {
		panic(fmt.Sprintf("%s.arb: %v", Source, err)) // a test reads it
	}
	return c
}

// parse reads a file. Keys that begin with @ are not messages: the language and
// its name, and what translators are told of a message.
func parse(tag string, text []byte) (*Catalogue, error) {
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(text, &entries); err != nil {
		return nil, err
	}
	c := &Catalogue{Tag: tag, Texts: map[string]Message{}}
	var locale string
	for key, into := range map[string]*string{"@@locale": &locale, "@@name": &c.Name} {
		if err := json.Unmarshal(entries[key], into); err != nil || *into == "" {
			return nil, fmt.Errorf("%s is not there, want a text", key)
		}
	}
	if locale != tag {
		return nil, fmt.Errorf("@@locale is %q, want %q as in the file's name", locale, tag)
	}
	var err error
	if c.language, err = language.Parse(tag); err != nil {
		return nil, fmt.Errorf("@@locale is %q, which is no language: %w", tag, err)
	}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if strings.HasPrefix(key, "@") {
			continue
		}
		var pattern string
		if err := json.Unmarshal(entries[key], &pattern); err != nil {
			return nil, fmt.Errorf("%s is %s, want a text", key, entries[key])
		}
		if c.Texts[key], err = Parse(pattern); err != nil {
			return nil, fmt.Errorf("%s is %q: %w", key, pattern, err)
		}
	}
	return c, nil
}

// check compares with the language that c is translated from.
func (c *Catalogue) check(source *Catalogue) error {
	for _, key := range slices.Sorted(maps.Keys(c.Texts)) {
		if _, ok := source.Texts[key]; !ok {
			return fmt.Errorf("%s is no message of English", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(source.Texts)) {
		text, ok := c.Texts[key]
		if !ok {
			return fmt.Errorf("%s is not there", key)
		}
		if got, want := text.uses(), source.Texts[key].uses(); !maps.Equal(got, want) {
			return fmt.Errorf("%s uses %s, want %s as in English", key, list(got), list(want))
		}
		if missing := text.missingForms(c.forms()); missing != "" {
			return fmt.Errorf("%s lacks the form %q, which %s has", key, missing, c.Name)
		}
	}
	return nil
}

func list(uses map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(uses)) {
		all = append(all, strings.TrimSpace(uses[name]+" "+name))
	}
	if all == nil {
		return "nothing"
	}
	return strings.Join(all, ", ")
}
