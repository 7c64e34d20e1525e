// Package assets holds the files that are part of every program that draws.
package assets

import _ "embed"

// Regular and Bold are subsets of Noto Sans CJK SC under the SIL Open Font
// License (font/OFL.txt); font/cut.py says how they were cut.
var (
	//go:embed font/NotoSansCJKsc-Regular.otf
	Regular []byte
	//go:embed font/NotoSansCJKsc-Bold.otf
	Bold []byte
)

// Glyphs lists the characters of both fonts.
//
//go:embed font/chars.txt
var Glyphs string

// SDF is the shader that paints every shape of a picture.
//
//go:embed shader/sdf.kage
var SDF []byte
