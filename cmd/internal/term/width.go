package term

import (
	"io"

	"golang.org/x/term"
)

// The widths of text: where it is no terminal, and the least and most.
const (
	PlainWidth  = 100
	LeastWidth  = 60
	WidestWidth = 120
)

// WidthOf returns in how wide lines text is written to w.
func WidthOf(w io.Writer) int {
	if f, ok := w.(interface{ Fd() uintptr }); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return min(max(width-1, LeastWidth), WidestWidth)
		}
	}
	return PlainWidth
}
