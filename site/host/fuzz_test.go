package host

import (
	"testing"
	"time"
)

// FuzzLink reads any bytes as a link of the file. One lasts until it says, and what
// was cut off lasts no more.
func FuzzLink(f *testing.F) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	f.Add(linkRecord("#data=karate&seed=7", now.Add(time.Hour)))
	f.Add([]byte{})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, '#'})
	f.Fuzz(func(t *testing.T, record []byte) {
		text, until, ok := readLink(record)
		if ok != (len(record) >= 8) || !ok && text != "" {
			t.Fatalf("%x is read as %q, %v", record, text, ok)
		}
		if ok && string(linkRecord(text, until)) != string(record) {
			t.Errorf("%x is read as %q until %v", record, text, until)
		}
	})
}
