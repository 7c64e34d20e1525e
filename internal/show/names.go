package show

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable returns s with what could move the cursor, change the terminal or
// turn the direction of the text as an escape that is shown: \x1b, \u202e.
// Letters of every script stay. So does a byte that is among keep.
func Printable(s, keep string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			escape(&b, `\x`, int(s[i]), 2)
		case strings.ContainsRune(keep, r) || !unprintable(r):
			b.WriteString(s[i : i+n])
		case r < 0x80:
			escape(&b, `\x`, int(r), 2)
		default:
			escape(&b, `\u`, int(r), 4)
		}
		i += n
	}
	return b.String()
}

// Line joins the lines of s, of which nothing controls a terminal.
func Line(s string) string {
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return Printable(strings.Join(lines, " "), "\t")
}

// unprintable reports whether r is a control character, a separator of lines
// or a mark that turns the direction of the text after it.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// escape appends kind and the hexadecimal digits of x.
func escape(b *strings.Builder, kind string, x, digits int) {
	b.WriteString(kind)
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		b.WriteByte("0123456789abcdef"[x>>shift&15])
	}
}

// JSON returns a line of JSON in which every such character is
// escaped. They stand in strings only, so the value is the same.
func JSON(line []byte) []byte {
	var b strings.Builder
	for _, r := range string(line) {
		if unprintable(r) {
			escape(&b, `\u`, int(r), 4)
		} else {
			b.WriteRune(r)
		}
	}
	return []byte(b.String())
}
