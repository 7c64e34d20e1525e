package jsongraph

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"abkd/gnn/graph/table"
)

// checkTexts refuses texts that are too long, before any is copied, and halves
// of characters: the decoder puts one and the same sign in place of each, so
// that identifiers that differ would be the same.
func (p *parser) checkTexts() error {
	where := func(at int) string {
		return fmt.Sprintf("%s, line %d", p.file, 1+strings.Count(p.text[:at], "\n"))
	}
	for at := 0; at < len(p.text); {
		from, quoted := at, p.text[at] == '"'
		end := strings.IndexAny(p.text[at:], "\"{}[],:")
		if quoted {
			end = endOfText(p.text[at:])
		}
		if end < 0 {
			end = len(p.text) - at
		}
		if err := table.CheckField(end, func() string { return where(from) }); err != nil {
			return err
		}
		if at += max(end, 1); !quoted {
			continue
		}
		if i := loneSurrogate(p.text[from:at]); i >= 0 {
			return table.Refuse("%s: %s is half a character (a lone surrogate): write the whole one", where(from), p.text[from+i:from+i+6])
		}
	}
	return nil
}

// endOfText returns where a text in quotes ends, behind its last quote, -1 for
// one that does not.
func endOfText(s string) int {
	for at := 1; ; {
		i := strings.IndexAny(s[at:], `"\`)
		switch {
		case i < 0 || at+i+1 >= len(s) && s[at+i] != '"':
			return -1
		case s[at+i] == '"':
			return at + i + 1
		}
		at += i + 2
	}
}

// loneSurrogate returns where the half of a pair of UTF-16 stands without the
// other, -1 for nowhere.
func loneSurrogate(s string) int {
	for at := 0; ; {
		i := strings.IndexByte(s[at:], '\\')
		if i < 0 {
			return -1
		}
		at += i
		r, ok := escaped(s[at:])
		switch low, second := escaped(s[min(at+6, len(s)):]); {
		case !ok:
			at += 2
		case !utf16.IsSurrogate(r):
			at += 6
		case second && utf16.DecodeRune(r, low) != '\ufffd':
			at += 12
		default:
			return at
		}
		if at >= len(s) {
			return -1
		}
	}
}

// escaped reads an escape such as \u00e9 at the front of s.
func escaped(s string) (r rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}
