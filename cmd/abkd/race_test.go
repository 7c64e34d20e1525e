//go:build race

package main

// With the race detector the program is built with it too.
func init() { buildFlags, buildEnv = []string{"-race"}, nil }
