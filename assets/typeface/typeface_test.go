package typeface

import (
	"testing"
	"unicode"

	"golang.org/x/image/font/sfnt"

	"abkd/assets/messages"
)

// TestWritesMessages has every character of every message in both weights, but
// symbols, which the window does not say.
func TestWritesMessages(t *testing.T) {
	languages, err := messages.Read(messages.Files)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"Regular": Regular, "Bold": Bold} {
		font, err := sfnt.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		missing := map[rune]bool{}
		for _, c := range languages {
			for _, m := range c.Texts {
				for _, r := range letters(m) {
					if i, err := font.GlyphIndex(nil, r); err != nil || i == 0 && unicode.IsPrint(r) && !unicode.Is(unicode.So, r) {
						missing[r] = true
					}
				}
			}
		}
		for r := range missing {
			t.Errorf("%s has no %q: cd assets/font && ./cut.py", name, r)
		}
	}
}

// letters are those of a message and all that it may say.
func letters(m messages.Message) (all []rune) {
	for _, p := range m {
		all = append(append(all, []rune(p.Text)...), letters(p.Inner)...)
		for _, c := range p.Cases {
			all = append(all, letters(c)...)
		}
	}
	return all
}
