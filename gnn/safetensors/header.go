package safetensors

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const metadataKey = "__metadata__"

// A header is what stands before the data of a file.
type header struct {
	metadata map[string]string
	entries  []*entry
}

// An entry says where a tensor is and what it is.
type entry struct {
	name       string
	dtype      string
	shape      []int
	begin, end int // bytes from the end of the header
}

// A scanner reads the JSON of a header. No method recurses, so that no input
// can exhaust the stack. The first error sticks, and once there is one every
// method returns at once.
type scanner struct {
	b   []byte
	pos int
	err error
}

func parseHeader(b []byte) (header, error) {
	s := &scanner{b: b}
	h := header{}
	seen := map[string]bool{}
	s.object(func(name string) {
		if seen[name] {
			s.fail("name %.80q stands twice", name)
		}
		seen[name] = true
		if name == metadataKey {
			h.metadata = map[string]string{}
			s.object(func(key string) {
				if _, ok := h.metadata[key]; ok {
					s.fail("metadata %.80q stands twice", key)
				}
				h.metadata[key] = s.text()
			})
			return
		}
		h.entries = append(h.entries, s.entry(name))
	})
	if s.space(); s.err == nil && s.pos != len(b) {
		s.fail("found %q after the object", b[s.pos])
	}
	return h, s.err
}

// entry reads the description of a tensor.
func (s *scanner) entry(name string) *entry {
	e := &entry{name: name}
	seen := map[string]bool{}
	s.object(func(key string) {
		if seen[key] {
			s.fail("%s of %.80q stands twice", key, name)
		}
		seen[key] = true
		switch key {
		case "dtype":
			e.dtype = s.text()
		case "shape":
			e.shape = s.ints()
		case "data_offsets":
			at := s.ints()
			if s.err == nil && len(at) != 2 {
				s.fail("data_offsets of %.80q are %d numbers, want 2", name, len(at))
			}
			if s.err == nil {
				e.begin, e.end = at[0], at[1]
			}
		default:
			s.fail("field of %.80q is %.80q, want dtype, shape or data_offsets", name, key)
		}
	})
	if s.err == nil && len(seen) != 3 {
		s.fail("tensor %.80q lacks dtype, shape or data_offsets", name)
	}
	return e
}

// object reads an object and calls value to read the value of each key.
func (s *scanner) object(value func(key string)) {
	s.list('{', '}', func() {
		key := s.text()
		s.expect(':')
		if s.err == nil {
			value(key)
		}
	})
}

// ints reads an array of numbers.
func (s *scanner) ints() (a []int) {
	s.list('[', ']', func() { a = append(a, s.number()) })
	return a
}

// list reads item after item between open and end, separated by commas.
func (s *scanner) list(open, end byte, item func()) {
	s.expect(open)
	if s.next() == end {
		s.pos++
		return
	}
	for s.err == nil {
		item()
		if s.next() == end {
			s.pos++
			return
		}
		s.expect(',')
	}
}

// number reads an integer that is not negative.
func (s *scanner) number() int {
	s.space()
	start, n := s.pos, 0
	for s.err == nil && s.pos < len(s.b) && '0' <= s.b[s.pos] && s.b[s.pos] <= '9' {
		d := int(s.b[s.pos] - '0')
		if n > (math.MaxInt-d)/10 {
			s.fail("number is too large")
			return 0
		}
		n = 10*n + d
		s.pos++
	}
	digits := s.b[start:s.pos]
	if len(digits) == 0 || len(digits) > 1 && digits[0] == '0' {
		s.fail("found %q, want a whole number", s.b[start:min(start+8, len(s.b))])
	}
	return n
}

// text reads a string.
func (s *scanner) text() string {
	s.expect('"')
	start := s.pos
	for s.err == nil && s.pos < len(s.b) {
		switch c := s.b[s.pos]; {
		case c == '"':
			text, ok := unquote(s.b[start:s.pos])
			if !ok {
				s.fail("string is %.80q, want valid escapes and UTF-8", s.b[start:s.pos])
			}
			s.pos++
			return text
		case c == '\\':
			s.pos = min(s.pos+2, len(s.b))
		case c < ' ':
			s.fail("found control character %q in a string", c)
		default:
			s.pos++
		}
	}
	s.fail("string has no end")
	return ""
}

// unquote resolves the escapes of a JSON string, false if one is unknown or
// the result is not UTF-8.
func unquote(b []byte) (string, bool) {
	if !utf8.Valid(b) {
		return "", false
	}
	text := make([]byte, 0, len(b))
	for len(b) > 0 {
		if b[0] != '\\' {
			text, b = append(text, b[0]), b[1:]
			continue
		}
		if b[1] == 'u' {
			r, n := unicodeEscape(b)
			if n == 0 {
				return "", false
			}
			text, b = utf8.AppendRune(text, r), b[n:]
			continue
		}
		i := strings.IndexByte(escapes, b[1])
		if i < 0 {
			return "", false
		}
		text, b = append(text, escaped[i]), b[2:]
	}
	return string(text), true
}

// The byte after a backslash, and what both stand for.
const (
	escapes = `"\/bfnrt`
	escaped = "\"\\/\b\f\n\r\t"
)

// unicodeEscape returns the rune at the start of b, written as \u1234 or as
// two of these for a surrogate pair, and its length in b, 0 if it is not one.
func unicodeEscape(b []byte) (rune, int) {
	r, ok := hex4(b)
	switch {
	case !ok:
		return 0, 0
	case !utf16.IsSurrogate(r):
		return r, 6
	}
	low, ok := hex4(b[6:])
	if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(v), err == nil
}

// next skips white space and returns the byte after it, 0 at the end.
func (s *scanner) next() byte {
	s.space()
	if s.err != nil || s.pos >= len(s.b) {
		return 0
	}
	return s.b[s.pos]
}

func (s *scanner) expect(c byte) {
	switch got := s.next(); {
	case s.err != nil:
	case s.pos >= len(s.b):
		s.fail("header ends, want %q", c)
	case got != c:
		s.fail("found %q, want %q", got, c)
	default:
		s.pos++
	}
}

func (s *scanner) space() {
	for s.pos < len(s.b) {
		switch s.b[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

func (s *scanner) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("header: byte %d: %s", s.pos, fmt.Sprintf(format, args...))
	}
}

// appendHeader appends the header of f to b.
func appendHeader(b []byte, f *File) ([]byte, error) {
	b = append(b, '{')
	if len(f.Metadata) > 0 {
		b = append(appendText(b, metadataKey), ":{"...)
		for i, key := range slices.Sorted(maps.Keys(f.Metadata)) {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendText(b, key), ':')
			b = appendText(b, f.Metadata[key])
		}
		b = append(b, '}')
	}
	seen := map[string]bool{metadataKey: true}
	at := 0
	for i, t := range f.Tensors {
		if n, ok := product(t.Shape); !ok || n != len(t.Data) {
			return nil, fmt.Errorf("tensor %.80q has %d elements, want the product of shape %v", t.Name, len(t.Data), t.Shape)
		}
		if seen[t.Name] {
			return nil, fmt.Errorf("name %.80q of tensor %d is taken", t.Name, i)
		}
		seen[t.Name] = true
		if len(b) > 9 {
			b = append(b, ',')
		}
		size := 4
		if t.Half {
			size = 2
		}
		b = append(appendText(b, t.Name), `:{"dtype":"`+t.written()+`","shape":`...)
		b = append(appendInts(b, t.Shape), `,"data_offsets":`...)
		b = append(appendInts(b, []int{at, at + size*len(t.Data)}), '}')
		at += size * len(t.Data)
	}
	return append(b, '}'), nil
}

func appendInts(b []byte, a []int) []byte {
	b = append(b, '[')
	for i, v := range a {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(v), 10)
	}
	return append(b, ']')
}

// appendText appends s as a JSON string. What is not UTF-8 becomes U+FFFD.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
