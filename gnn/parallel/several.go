//go:build !js

package parallel

// Several reports whether n ranks are more than one.
func Several(n int) bool { return n > 1 }

// Alone reports whether g is one rank: nil is.
func Alone(g Group) bool { return g == nil || !Several(g.Size()) }
