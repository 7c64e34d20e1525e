//go:build !js

package parallel

// Several reports whether n ranks are more than one.
func Several(n int) bool { return n > 1 }
