// Package secrets compares what only some know.
package secrets

import (
	"crypto/sha256"
	"crypto/subtle"
)

// Same reports whether two secrets are the same, in a time that tells nothing of
// them.
func Same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
