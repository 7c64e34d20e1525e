package cli

import "testing"

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{
		"20GiB": 20 << 30, "1.5 MiB": 3 << 19, "800MB": 800e6, "2kb": 2000, "3 KIB": 3072, "77": 77, "5B": 5, "1TB": 1e12, "2TiB": 2 << 40,
	} {
		var b Size
		if err := b.Set(text); err != nil || b != want {
			t.Errorf("%q is %d (%v), want %d", text, b, err, want)
		}
	}
	for _, text := range []string{"", "GiB", "-1GB", "0", "NaN", "Inf GB", "1e30", "20 apples", "9999999TiB"} {
		b := Size(3)
		if err := b.Set(text); err == nil || b != 3 {
			t.Errorf("%q is %d, want an error", text, b)
		}
	}
}
