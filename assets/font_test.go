package assets

import (
	"testing"
	"unicode"

	"golang.org/x/image/font/sfnt"

	"abkd/assets/messages"
)

// TestFontWritesDrawing has every character that the drawing says in the fonts,
// but those of scripts that Noto Sans CJK has not.
func TestFontWritesDrawing(t *testing.T) {
	languages, err := messages.Read(messages.Files)
	if err != nil {
		t.Fatal(err)
	}
	scripts := []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Common}
	for name, data := range map[string][]byte{"Regular": Regular, "Bold": Bold} {
		font, err := sfnt.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		lacks := func(r rune) bool {
			i, err := font.GlyphIndex(nil, r)
			return err != nil || i == 0
		}
		for _, r := range Glyphs {
			if r != '\n' && lacks(r) {
				t.Errorf("%s has no %q of chars.txt: cd assets/font && ./cut.py", name, r)
			}
		}
		for _, c := range languages {
			texts, err := c.Patterns("canvas.")
			if err != nil {
				t.Fatal(err)
			}
			for key, text := range texts {
				for _, r := range text {
					if unicode.In(r, scripts...) && lacks(r) {
						t.Errorf("%s has no %q of canvas.%s in %s: cd assets/font && ./cut.py", name, r, key, c.Tag)
					}
				}
			}
		}
	}
}
