package main

import (
	"context"
	"io"

	"abkd/cmd/internal/process"
	"abkd/cmd/internal/term"
	"abkd/internal/show"
)

func printable(s, keep string) string { return show.Printable(s, keep) }

func oneLine(s string) string { return show.Line(s) }

func newSheet(w io.Writer) show.Sheet { return show.NewSheet(w) }

type interruption = process.Interruption

func await(ctx context.Context, m *term.Meter, f func() error) error {
	return process.Await(ctx, m, f)
}
