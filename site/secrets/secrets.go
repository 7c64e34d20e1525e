// Package secrets reads and compares what only some know.
package secrets

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"
)

var keyish = regexp.MustCompile(`^[!-~]{8,64}$`) // as headers have it, and long enough

// Key reads a key that people type, which is all that a file has but for spaces and
// ends of lines around it, and for the mark by which some editors say UTF-8.
func Key(text string) (string, error) {
	key := strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	switch {
	case keyish.MatchString(key):
		return key, nil
	case !utf8.ValidString(text) || strings.Contains(text, "\x00"):
		return "", errors.New("it is no text in UTF-8: save it as that, as Windows may write UTF-16")
	}
	return "", errors.New("it is no key of teachers, want one word of 8 to 64 letters, digits and signs of ASCII")
}

// Same reports whether two secrets are the same, in a time that tells nothing of
// them.
func Same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
