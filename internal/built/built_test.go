package built

import "testing"

// TestCommitName checks how a commit is named.
func TestCommitName(t *testing.T) {
	for want, v := range map[string]Info{
		"unknown":                {Version: "unknown"},
		"0123456789ab":           {Version: "v1", Commit: "0123456789abcdef"},
		"0123456789ab, modified": {Commit: "0123456789abcdef", Modified: true},
	} {
		if got := v.Short(); got != want {
			t.Errorf("%+v is %q, want %q", v, got, want)
		}
	}
}
