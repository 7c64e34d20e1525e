package main

import (
	"io"

	"abkd/internal/show"
)

func printable(s, keep string) string { return show.Printable(s, keep) }

func oneLine(s string) string { return show.Line(s) }

func newSheet(w io.Writer) show.Sheet { return show.NewSheet(w) }
