package static

import (
	"strconv"
	"strings"
)

// codings are the forms in which a file may be sent, by what stands beside it;
// of those that a client likes as much the first is sent.
var codings = []coding{{"br", ".br"}, {"gzip", ".gz"}, {"identity", ""}}

type coding struct{ name, ext string }

// accepted returns how much a client likes each of the codings, 0 for not at
// all, by its header Accept-Encoding (RFC 9110, section 12.5.3). What cannot be
// read of it counts as not said.
func accepted(header string) []float64 {
	const unsaid = -1
	q, any := make([]float64, len(codings)), float64(unsaid)
	for i := range q {
		q[i] = unsaid
	}
	for part := range strings.SplitSeq(header, ",") {
		name, weight, ok := readCoding(part)
		if !ok {
			continue
		}
		if name == "*" {
			any = weight
		}
		for i, c := range codings {
			if c.name == name {
				q[i] = weight
			}
		}
	}
	for i, c := range codings {
		switch {
		case q[i] != unsaid:
		case c.name == "identity" && any != 0: // unless it is refused it can always be sent, after what is asked for
			q[i] = 1e-4
		default:
			q[i] = max(any, 0)
		}
	}
	return q
}

// readCoding reads one part of the header, such as "gzip;q=0.5".
func readCoding(part string) (name string, q float64, ok bool) {
	name, param, weighted := strings.Cut(part, ";")
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "x-gzip" {
		name = "gzip"
	}
	if !weighted {
		return name, 1, name != ""
	}
	key, value, _ := strings.Cut(param, "=")
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return name, q, strings.EqualFold(strings.TrimSpace(key), "q") && err == nil && q >= 0 && q <= 1
}
