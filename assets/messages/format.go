package messages

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Format returns the message of that key with its arguments: strings, or ints
// where the message wants a number. Parts that are shown in another way are
// texts as the rest. It panics on a key that is none.
func (c *Catalogue) Format(key string, args map[string]any) string {
	m, ok := c.Texts[key]
	if !ok {
		panic("messages: no message is called " + key)
	}
	var b strings.Builder
	c.write(&b, m, args)
	return b.String()
}

func (c *Catalogue) write(b *strings.Builder, m Message, args map[string]any) {
	for _, p := range m {
		switch {
		case p.Number != "":
			b.WriteString(message.NewPrinter(c.language).Sprint(args[p.Number]))
		case p.Arg != "":
			b.WriteString(plain(args[p.Arg]))
		case p.Select != "":
			c.write(b, choose(p.Cases, plain(args[p.Select])), args)
		case p.Plural != "":
			n, _ := args[p.Plural].(int)
			c.write(b, choose(p.Cases, "="+strconv.Itoa(n), form(c.language, n)), args)
		case p.Tag != "":
			c.write(b, p.Inner, args)
		default:
			b.WriteString(p.Text)
		}
	}
}

// choose returns the first of the forms that there is, or the other one.
func choose(cases map[string]Message, forms ...string) Message {
	for _, form := range forms {
		if m, ok := cases[form]; ok {
			return m
		}
	}
	return cases["other"]
}

func plain(v any) string {
	if n, ok := v.(int); ok {
		return strconv.Itoa(n)
	}
	s, _ := v.(string)
	return s
}

var formNames = map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}

// form returns which form of a plural n takes.
func form(tag language.Tag, n int) string {
	return formNames[plural.Cardinal.MatchPlural(tag, max(n, -n), 0, 0, 0, 0)]
}

// forms returns the forms that whole numbers take in the language.
func (c *Catalogue) forms() []string {
	var all []string
	for n := range 1001 {
		if f := form(c.language, n); !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	if f := form(c.language, 1_000_000); !slices.Contains(all, f) {
		all = append(all, f)
	}
	return all
}
