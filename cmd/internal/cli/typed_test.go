package cli

import (
	"os/exec"
	"strings"
	"testing"
)

// A word is read by a shell as it was, and stands on one line.
func TestWord(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	for _, want := range []string{"plain", "", "two words", "it's", "$HOME", "a\nb", "tab\tand 'quote'\\", "\x1b[31m", "naïve", "naïve\x07"} {
		word := Word(want)
		if strings.ContainsAny(word, "\n\x1b\a\t") {
			t.Errorf("%q is written %q, want no control characters", want, word)
		}
		if got, err := exec.Command(shell, "-c", "printf %s "+word).Output(); err != nil || string(got) != want {
			t.Errorf("%q is written %s, which a shell reads as %q (%v)", want, word, got, err)
		}
	}
}
