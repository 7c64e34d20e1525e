package secrets

import (
	"strings"
	"testing"
)

func TestKey(t *testing.T) {
	for text, want := range map[string]string{
		"horse-battery": "", "horse-battery\n": "", "horse-battery\r\n": "", "\ufeffhorse-battery\r\n": "", " \r\nhorse-battery\t\r\n\r\n": "",
		"\xff\xfeh\x00o\x00r\x00s\x00e\x00-\x00b\x00": "UTF-16", "\xfe\xff\x00h\x00o\x00r\x00s\x00e": "UTF-16", "h\x00o\x00r\x00s\x00e\x00-\x00b\x00": "UTF-16",
		"": "one word", "\ufeff": "one word", "short": "one word", "two words": "one word", "horse\r\nbattery": "one word", "pferd-größe": "one word", strings.Repeat("x", 65): "one word",
	} {
		key, err := Key(text)
		switch {
		case want == "" && (err != nil || key != "horse-battery"):
			t.Errorf("%q is read as %q (%v)", text, key, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q is read as %q (%v), want an error with %q", text, key, err, want)
		}
	}
}

func TestSame(t *testing.T) {
	if !Same("horse", "horse") || Same("horse", "Horse") || Same("horse", "") || !Same("", "") {
		t.Error("what is the same is not told from what is not")
	}
}
