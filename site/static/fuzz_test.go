package static

import (
	"net"
	"strings"
	"testing"
)

// FuzzAccepted reads any header Accept-Encoding. Whatever it says, each coding is
// liked between not at all and wholly, and there is always one that can be sent
// unless the file as it is was refused.
func FuzzAccepted(f *testing.F) {
	for _, header := range []string{"", "br", "gzip, br;q=0.5", "*;q=0", "identity;q=0, *", "gzip;q=nan", "br;q=1e-400", "x-gzip; Q=.5;q=1", ",;=,"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		best := 0.0
		for i, q := range accepted(header) {
			if !(q >= 0 && q <= 1) {
				t.Errorf("%q: %s is liked %g, want 0..1", header, codings[i].name, q)
			}
			best = max(best, q)
		}
		if best == 0 && !strings.Contains(header, "0") {
			t.Errorf("%q: nothing can be sent", header)
		}
	})
}

// FuzzHost asks with any header Host for a server of this machine alone. It answers to
// no other machine's address, and to no name but its own.
func FuzzHost(f *testing.F) {
	for _, host := range []string{"localhost", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST.", "192.0.2.1", "rebound.example", "localhost.rebound.example", "lab.localhost", "127.1", "::ffff:127.0.0.1", "[::1%lo]"} {
		f.Add(host)
	}
	h := newHosts("127.0.0.1", []string{"lab.school.example"})
	f.Fuzz(func(t *testing.T, host string) {
		if !h.has(host) {
			return
		}
		name := strings.ToLower(host)
		if n, _, err := net.SplitHostPort(host); err == nil {
			name = strings.ToLower(n)
		}
		name = strings.TrimSuffix(strings.Trim(name, "[]"), ".")
		if ip := net.ParseIP(name); ip != nil && !ip.IsLoopback() || ip == nil && name != "localhost" && name != "lab.school.example" && !strings.HasSuffix(name, ".localhost") {
			t.Errorf("%q is answered", host)
		}
	})
}
