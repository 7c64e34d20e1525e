package messages

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	decimals "golang.org/x/text/number"
)

// Patterns returns the messages whose keys begin with prefix, by the rest of
// these, for whoever knows no more of a language than to put arguments in the
// place of their names in braces. A message that wants more is an error.
func (c *Catalogue) Patterns(prefix string) (map[string]string, error) {
	all := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(c.Texts)) {
		rest, ok := strings.CutPrefix(key, prefix)
		if !ok {
			continue
		}
		for _, p := range c.Texts[key] {
			switch {
			case p.Text != "":
				all[rest] += p.Text
			case p.Arg != "":
				all[rest] += "{" + p.Arg + "}"
			default:
				return nil, fmt.Errorf("%s.arb: %s has more than texts and arguments such as {name}", c.Tag, key)
			}
		}
	}
	return all, nil
}

// Marks returns what stands in the language's numbers before the tenths, and
// between the thousands, where their digits are 0 to 9.
func (c *Catalogue) Marks() (decimal, group string) {
	latin, err := c.language.SetTypeForKey("nu", "latn")
	if err != nil {
		latin = language.English
	}
	marks := strings.FieldsFunc(message.NewPrinter(latin).Sprint(decimals.Decimal(1234567.5)), unicode.IsDigit)
	return marks[len(marks)-1], marks[0]
}
