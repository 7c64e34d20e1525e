package messages

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

func read(t *testing.T) []*Catalogue {
	t.Helper()
	all, err := Read(Files)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestLanguages checks that English and Simplified Chinese are complete, which
// Read does, and in which order languages come.
func TestLanguages(t *testing.T) {
	all := read(t)
	if len(all) < 2 || all[0].Tag != Source || all[1].Tag != "zh-Hans" || all[0].Direction() != "ltr" {
		t.Errorf("languages are %v, want English and Simplified Chinese", all)
	}
	for key, m := range all[1].Texts {
		if text := fmt.Sprint(m); strings.Contains(text, "TODO") {
			t.Errorf("%s is not translated", key)
		}
	}
}

// language returns the file of a language with these messages.
func arb(tag string, messages string) *fstest.MapFile {
	return &fstest.MapFile{Data: fmt.Appendf(nil, `{"@@locale": %q, "@@name": "a name", %s}`, tag, messages)}
}

func TestFormat(t *testing.T) {
	dir := fstest.MapFS{
		"en.arb": arb("en", `"n": "{n, plural, =0 {no nodes} one {# node} other {# nodes}} of {name}", "who": "{who, select, teacher {the teacher} other {a student}} '{'is'}' <b>{n, number}</b> o''clock"`),
		"pl.arb": arb("pl", `"n": "{name}: {n, plural, one {# węzeł} few {# węzły} many {# węzłów} other {# węzła}}", "who": "<b>{n, number}</b> {who, select, other {-}}"`),
		"he.arb": arb("he", `"n": "{n, plural, one {א} two {ב} many {#} other {#}} {name}", "who": "<b>{n, number}</b> {who, select, other {-}}"`),
	}
	all, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of   int
		key  string
		n    int
		want string
	}{
		{0, "n", 0, "no nodes of G"}, {0, "n", 1, "1 node of G"}, {0, "n", 12345, "12,345 nodes of G"},
		{0, "who", 1234, "the teacher {is} 1,234 o'clock"},
		{1, "n", 2, "ב G"}, {2, "n", 2, "G: 2 węzły"}, {2, "n", 5, "G: 5 węzłów"}, {2, "n", 22, "G: 22 węzły"},
	} {
		if got := all[c.of].Format(c.key, map[string]any{"n": c.n, "name": "G", "who": "teacher"}); got != c.want {
			t.Errorf("%s: %s of %d is %q, want %q", all[c.of].Tag, c.key, c.n, got, c.want)
		}
	}
	if all[1].Direction() != "rtl" || all[2].Direction() != "ltr" {
		t.Error("Hebrew is not written from right to left, or Polish is")
	}
}

// TestRefuses reads what translators do wrong.
func TestRefuses(t *testing.T) {
	const english = `"a": "{n, plural, one {# node} other {# nodes}} of <b>{name}</b>"`
	for messages, want := range map[string]string{
		``:                        "invalid character",
		`"@a": {}`:                "a is not there",
		english + `, "b": "more"`: "b is no message of English",
		`"a": 1`:                  "a is 1, want a text",
		`"a": "{n, plural, one {#} other {#}} {name}"`:                 "a uses number n, name, want tag <b>, number n, name as in English",
		`"a": "{n, number} <b>{naam}</b>"`:                             "a uses tag <b>, number n, naam",
		`"a": "{n, plural, one {#} many {#} other {#}} <b>{name}</b>"`: `lacks the form "few"`,
		`"a": "{n, plural, one {#}} <b>{name}</b>"`:                    `lacks the form "other"`,
		`"a": "{n, plural, one {#} other {#} <b>{name}</b>"`:           "is no form",
		`"a": "{n, plural, one {#} one {#} other {#}} <b>{name}</b>"`:  "is there twice",
		`"a": "{n, date} <b>{name}</b>"`:                               "{n, date} is not known",
		`"a": "{n} <b>{name}"`:                                         "<b> is not closed",
		`"a": "{n} {name}</b>"`:                                        "</b> closes nothing",
		`"a": "{n} {name"`:                                             "is not closed",
		`"a": "{n} name}"`:                                             "a } closes nothing",
		`"a": "{n} '{name}"`:                                           "apostrophe",
		`"a": "{two words}"`:                                           "is no argument",
	} {
		_, err := Read(fstest.MapFS{"en.arb": arb("en", english), "pl.arb": arb("pl", messages)})
		if err == nil || !strings.HasPrefix(err.Error(), "pl.arb: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one of pl.arb with %q", messages, err, want)
		}
	}
	for name, dir := range map[string]fstest.MapFS{
		"en.arb is not there": {"pl.arb": arb("pl", english)},
		`@@locale is "en"`:    {"en.arb": arb("en", english), "pl.arb": arb("en", english)},
		"no language":         {"en.arb": arb("en", english), "q!.arb": arb("q!", english)},
	} {
		if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want %q", err, name)
		}
	}
}

// TestPseudo checks that every text of a message is changed and every argument kept.
func TestPseudo(t *testing.T) {
	english, err := Read(fstest.MapFS{"en.arb": arb("en", `"n": "{n, plural, one {# node} other {# nodes}} of <b>{name}</b>"`)})
	if err != nil {
		t.Fatal(err)
	}
	for _, mirrored := range []bool{false, true} {
		c := Pseudo(english[0], mirrored)
		if got, want := c.Format("n", map[string]any{"n": 1, "name": "G"}), "⟦1 ñöðé öƒ G~~~~~~⟧"; got != strings.ReplaceAll(want, "ƒ", "f") && !mirrored {
			t.Errorf("%q, want %q", got, want)
		}
		if c.Direction() != map[bool]string{false: "ltr", true: "rtl"}[mirrored] {
			t.Errorf("%s is written %s", c.Tag, c.Direction())
		}
		if len(english[0].Texts["n"]) != 3 || english[0].Format("n", map[string]any{"n": 1, "name": "G"}) != "1 node of G" {
			t.Error("English has changed")
		}
	}
}

// TestWord reads each message without arguments by itself as all together.
func TestWord(t *testing.T) {
	c := read(t)[0]
	words := 0
	for key, m := range c.Texts {
		if len(m.uses()) > 0 {
			continue
		}
		words++
		if got, want := Word(key), c.Format(key, nil); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if words < 100 {
		t.Errorf("%d messages have no arguments, want most", words)
	}
	defer func() {
		if recover() == nil {
			t.Error("a key that is none has a word")
		}
	}()
	Word("control.none")
}
