//go:build !js

// Package packs holds the parts of real graphs that the command line can do
// without a file for; the page fetches them. "make packs" makes them.
package packs

import _ "embed"

// DebianMini is a part of the archive of Debian 12, with a teacher.
//
//go:embed debian-mini.pack
var DebianMini []byte
