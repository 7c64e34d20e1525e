package fit

import (
	"bytes"
	"slices"
	"testing"
)

// Lines of metrics are refused, or those that are kept are whole lines of the
// text, and all of them are kept again.
func FuzzLinesUntil(f *testing.F) {
	f.Add("{\"epoch\":1,\"seconds\":0.5}\n{\"epoch\":2}\n{\"epo", 1)
	f.Add("{\"epoch\":1}\n\n{\"epoch\":2}\r\n", 2)
	f.Add("null\n", 0)
	f.Fuzz(func(t *testing.T, text string, last int) {
		kept, err := linesUntil([]byte(text), last)
		if err != nil {
			return
		}
		all := slices.Collect(bytes.Lines([]byte(text)))
		for line := range bytes.Lines(kept) {
			i := slices.IndexFunc(all, func(l []byte) bool { return bytes.Equal(l, line) })
			if i < 0 || line[len(line)-1] != '\n' {
				t.Fatalf("line %q is kept, which is not in order among %q", line, text)
			}
			all = all[i+1:]
		}
		if again, err := linesUntil(kept, last); err != nil || !bytes.Equal(again, kept) {
			t.Fatalf("%q is kept, and then %q (%v)", kept, again, err)
		}
	})
}
