//go:build purego || !(amd64 || js)

package kernel

// machine returns the implementations made for this machine.
func machine() []Impl { return nil }
