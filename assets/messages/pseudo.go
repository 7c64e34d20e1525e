package messages

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Pseudo returns source in a language that nobody speaks, by which a test finds
// what is not translated and what has too little room: each message stands in
// brackets, its letters have accents, and it is longer by two fifths. With
// mirrored it is written from right to left.
func Pseudo(source *Catalogue, mirrored bool) *Catalogue {
	c := &Catalogue{Tag: "en-XA", Name: "[Þšéûðö]", Texts: map[string]Message{}, language: language.English}
	if mirrored {
		c.Tag, c.Name, c.language = "ar-XB", "[Þšéûðö ←]", language.Arabic
	}
	for key, m := range source.Texts {
		bracketed := append(Message{{Text: "⟦"}}, stretched(m)...)
		length := 0
		m.walk(func(p Part) { length += len(p.Text) })
		c.Texts[key] = append(bracketed, Part{Text: tail((2*length+4)/5) + "⟧"})
	}
	return c
}

// tail is n characters, in words that a line can break between.
func tail(n int) string {
	const word = 7
	return strings.Repeat(strings.Repeat("~", word)+" ", n/word) + strings.Repeat("~", n%word)
}

func stretched(m Message) Message {
	out := slices.Clone(m)
	for i, p := range out {
		out[i].Text = accents.Replace(p.Text)
		out[i].Inner = stretched(p.Inner)
		if p.Cases != nil {
			out[i].Cases = maps.Clone(p.Cases)
			for form, inner := range p.Cases {
				out[i].Cases[form] = stretched(inner)
			}
		}
	}
	return out
}

var accents = strings.NewReplacer("a", "å", "c", "ç", "d", "ð", "e", "é", "g", "ĝ", "h", "ĥ", "i", "î", "k", "ķ", "l", "ļ", "n", "ñ", "o", "ö", "r", "ŕ", "s", "š", "t", "ţ", "u", "û", "w", "ŵ", "y", "ý", "z", "ž",
	"A", "Å", "C", "Ç", "D", "Ð", "E", "É", "G", "Ĝ", "I", "Î", "K", "Ķ", "L", "Ļ", "N", "Ñ", "O", "Ö", "R", "Ŕ", "S", "Š", "T", "Ţ", "U", "Û", "W", "Ŵ", "Y", "Ý")
